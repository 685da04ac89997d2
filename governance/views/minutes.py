"""The minutes of one meeting: the secretariat writes and circulates them, members read and remark."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from governance.forms import AnswerForm, MinutesForm, RemarkForm
from governance.models import Meeting, Minutes, MinutesRemark
from governance.permissions import (
    can_edit_minutes,
    can_prepare_meetings,
    can_remark_on_minutes,
)
from governance.services import minutes as writing
from governance.views.access import for_secretariat
from governance.views.meetings import visible_meeting
from smartport.errors import Refusal, Stale


def _visible(request: HttpRequest, code: str) -> Minutes:
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
        "may_remark": minutes and can_remark_on_minutes(user, minutes),
        "remarks": minutes.remarks.select_related("author", "answered_by") if minutes else [],
        "revisions": minutes.revisions.select_related("author") if minutes else [],
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


@for_secretariat
def minutes_edit(request: HttpRequest, code: str) -> HttpResponse:
    minutes = _visible(request, code)
    initial = {"text": minutes.text, "revision": minutes.revision}
    form = MinutesForm(request.POST or None, initial=initial)
    status, theirs = 200, None
    if request.method == "POST" and form.is_valid():
        try:
            writing.edit(actor=request.user, minutes=minutes, **form.cleaned_data)
        except Stale as stale:
            theirs, status = stale.context["current"], 409
            form.add_error(None, str(stale))
            form.data = form.data.copy()
            form.data["revision"] = theirs.revision
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("The minutes are saved as a new revision."))
            return redirect("governance:minutes_detail", code=code)
    context = {"form": form, "minutes": minutes, "meeting": minutes.meeting, "theirs": theirs}
    if form.errors and status == 200:
        status = 422
    return render(request, "governance/minutes_form.html", context, status=status)


def _act(request: HttpRequest, code: str, verb: Callable[..., Any], done: str) -> HttpResponse:
    minutes = _visible(request, code)
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
    minutes = _visible(request, code)
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
    minutes = _visible(request, code)
    remark = get_object_or_404(MinutesRemark.objects.filter(minutes=minutes), pk=pk)
    form = AnswerForm(request.POST)
    if form.is_valid():
        writing.answer(actor=request.user, remark=remark, **form.cleaned_data)
        messages.success(request, _("The answer is kept beside the remark."))
    else:
        messages.error(request, _("Write an answer first."))
    return redirect("governance:minutes_detail", code=code)
