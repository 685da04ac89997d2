"""The minutes of one meeting: the secretariat writes and circulates them, members read and remark."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from governance.forms import AnswerForm, RemarkForm
from governance.models import Meeting, Minutes, MinutesRemark
from governance.permissions import (
    can_edit_minutes,
    can_prepare_meetings,
    can_publish_extract,
    can_remark_on_minutes,
)
from governance.services import minutes as writing
from governance.views.access import for_secretariat
from governance.views.meetings import visible_meeting
from smartport.errors import Refusal


def visible_minutes(request: HttpRequest, code: str) -> Minutes:
    found = Minutes.objects.visible_to(request.user).select_related(
        "meeting__committee", "approved_by__committee"
    )
    return get_object_or_404(found, meeting__code=code)


def _page(
    request: HttpRequest, meeting: Meeting, minutes: Minutes | None, **forms: Any
) -> HttpResponse:
    user = request.user
    context = {
        "meeting": meeting,
        "minutes": minutes,
        "may_prepare": can_prepare_meetings(user),
        "may_edit": minutes and minutes.status == "draft" and can_edit_minutes(user, minutes),
        "may_publish": minutes and can_publish_extract(user, minutes),
        "extract": minutes.extracts.first() if minutes else None,
        "may_remark": minutes and can_remark_on_minutes(user, minutes),
        "remarks": minutes.remarks.select_related("author", "answered_by") if minutes else [],
        "revisions": minutes.revisions.select_related("author").defer("text") if minutes else [],
        "remark_form": RemarkForm(),
        "answer_form": AnswerForm(auto_id=False),
    } | forms
    return render(request, "governance/minutes_detail.html", context, status=422 if forms else 200)


@login_required
def minutes_detail(request: HttpRequest, code: str) -> HttpResponse:
    meeting = visible_meeting(request, code)
    minutes = Minutes.objects.visible_to(request.user).filter(meeting=meeting).first()
    if minutes is None and not can_prepare_meetings(request.user):
        raise Http404
    if minutes:
        minutes.meeting = meeting
    return _page(request, meeting, minutes)


@for_secretariat
@require_POST
def minutes_draft(request: HttpRequest, code: str) -> HttpResponse:
    meeting = visible_meeting(request, code)
    try:
        writing.draft(actor=request.user, meeting=meeting)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("governance:minutes_detail", code=code)


def _act(request: HttpRequest, code: str, verb: Callable[..., Any], done: str) -> HttpResponse:
    minutes = visible_minutes(request, code)
    try:
        verb(actor=request.user, minutes=minutes)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("governance:minutes_detail", code=code)


@for_secretariat
@require_POST
def minutes_circulate(request: HttpRequest, code: str) -> HttpResponse:
    return _act(request, code, writing.circulate, _("The minutes are on their way to the members."))


@for_secretariat
@require_POST
def minutes_take_back(request: HttpRequest, code: str) -> HttpResponse:
    return _act(request, code, writing.take_back, _("The minutes are a draft again."))


@login_required
@require_POST
def minutes_remark(request: HttpRequest, code: str) -> HttpResponse:
    minutes = visible_minutes(request, code)
    form = RemarkForm(request.POST)
    if not form.is_valid():
        return _page(request, minutes.meeting, minutes, remark_form=form)
    try:
        writing.remark(actor=request.user, minutes=minutes, **form.cleaned_data)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Your remark is sent to the secretariat."))
    return redirect("governance:minutes_detail", code=code)


@for_secretariat
@require_POST
def remark_answer(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    minutes = visible_minutes(request, code)
    remark = get_object_or_404(MinutesRemark.objects.filter(minutes=minutes), pk=pk)
    form = AnswerForm(request.POST)
    if form.is_valid():
        writing.answer(actor=request.user, remark=remark, **form.cleaned_data)
        messages.success(request, _("The answer is kept beside the remark."))
    else:
        messages.error(request, _("Write an answer first."))
    return redirect("governance:minutes_detail", code=code)
