"""Actions: listed with filters, noted at a meeting, done by their owner, verified or sent back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from governance.enums import ActionStatus
from governance.filters import ActionFilter
from governance.forms import ActionForm, ProgressForm, ReviewForm
from governance.models import Action, ActionFile, AgendaItem, Meeting
from governance.permissions import (
    can_close_meeting,
    can_do_action,
    can_edit_action,
    can_prepare_meetings,
    can_verify_action,
)
from governance.services import actions
from governance.views.access import for_secretariat
from governance.views.answers import done, item_url
from governance.views.meetings import visible_meeting
from smartport.errors import Refusal
from smartport.files import download

PER_PAGE = 25


def _visible(request: HttpRequest) -> QuerySet[Action]:
    return Action.objects.visible_to(request.user).select_related(
        "committee", "meeting__committee", "owner", "partner"
    )


@require_safe
@login_required
def action_list(request: HttpRequest) -> HttpResponse:
    """Without any parameter, what is still to follow."""
    found = ActionFilter(request.GET, queryset=_visible(request), request=request)
    rows = found.qs if found.is_valid() else _visible(request)
    if not request.GET.keys() - {"page"}:
        rows = rows.running()
    late = sum(action.is_late for action in rows)
    page = Paginator(rows.order_by("due_on", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "filter": found, "sentence": _sentence(page.paginator.count, late)}
    return render(request, "governance/action_list.html", context)


def _sentence(count: int, late: int) -> str:
    listed = ngettext("%(n)s action.", "%(n)s actions.", count) % {"n": count}
    overdue = ngettext("%(n)s is late.", "%(n)s are late.", late) % {"n": late}
    return f"{listed} {overdue}" if late else listed


@login_required
def action_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, get_object_or_404(_visible(request), pk=pk))


def _page(request: HttpRequest, action: Action, **forms: Any) -> HttpResponse:
    user = request.user
    context = {
        "action": action,
        "files": action.files.all(),
        "may_do": can_do_action(user, action) and action.status != ActionStatus.DONE,
        "may_edit": can_edit_action(user, action),
        "may_verify": can_verify_action(user, action),
        "progress_form": ProgressForm(initial={"evidence": action.evidence}),
        "review_form": ReviewForm(),
    } | forms
    return render(request, "governance/action_detail.html", context, status=422 if forms else 200)


@login_required
@require_POST
def action_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """`to` names the next state; what was typed comes back with the reason when it is refused."""
    action = get_object_or_404(_visible(request), pk=pk)
    to = request.POST.get("to", "")
    if to not in ActionStatus.values:
        return redirect("governance:action_detail", pk=pk)
    sends_back = action.status == ActionStatus.DONE
    name = "review_form" if sends_back else "progress_form"
    form = (
        ReviewForm(request.POST)
        if sends_back
        else ProgressForm(request.POST, request.FILES or None)
    )
    if form.is_valid():
        told = form.cleaned_data
        try:
            actions.progress_action(
                actor=request.user,
                action=action,
                to=to,
                evidence=told.get("evidence", ""),
                reason=told.get("reason", ""),
                files=[told["files"]] if told.get("files") else [],
            )
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("The action is up to date."))
            return redirect("governance:action_detail", pk=pk)
    return _page(request, action, **{name: form})


@require_safe
@login_required
def action_file(request: HttpRequest, pk: int, file: int) -> FileResponse:
    action = get_object_or_404(Action.objects.visible_to(request.user), pk=pk)
    kept = get_object_or_404(ActionFile.objects.filter(action=action), pk=file)
    return download(kept.file, name=kept.name, media_type=kept.media_type)


@login_required
def action_edit(request: HttpRequest, pk: int) -> HttpResponse:
    action = get_object_or_404(_visible(request), pk=pk)
    if not can_prepare_meetings(request.user):
        raise PermissionDenied
    form = ActionForm(request.POST or None, instance=action)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_action(actor=request.user, action=action, **form.cleaned_data)
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("The action is changed."))
            return redirect("governance:action_detail", pk=pk)
    return _form(request, form, action=action)


@for_secretariat
def action_create(request: HttpRequest, code: str) -> HttpResponse:
    """With `?item=`, the action belongs to that item, and the person comes back to it."""
    meeting = visible_meeting(request, code)
    item = _item_named(request, meeting)
    form = ActionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = actions.open_action(
            actor=request.user, meeting=meeting, item=item, **form.cleaned_data
        )
        planned = made.status == ActionStatus.PLANNED
        at_table = item if can_close_meeting(request.user, meeting) else None
        return done(
            request,
            item_url(meeting, at_table),
            _("The action is noted: it opens when the meeting closes.")
            if planned
            else _("The action is opened, and its owner is told."),
        )
    return _form(request, form, meeting=meeting, item=item)


def _form(
    request: HttpRequest,
    form: ActionForm,
    *,
    action: Action | None = None,
    meeting: Meeting | None = None,
    item: AgendaItem | None = None,
) -> HttpResponse:
    context = {"form": form, "action": action, "meeting": meeting, "item": item}
    return render(
        request, "governance/action_form.html", context, status=422 if form.errors else 200
    )


def _item_named(request: HttpRequest, meeting: Meeting) -> AgendaItem | None:
    pk = request.GET.get("item", "")
    return meeting.agenda.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 19 else None
