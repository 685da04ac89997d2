"""The secretariat's meetings, from preparation to closing; members read theirs."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Max, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from governance.enums import MeetingStatus
from governance.forms import CancelForm, MeetingForm
from governance.models import Action, AgendaItem, AgendaPaper, Meeting, Minutes, Pack
from governance.permissions import (
    can_build_pack,
    can_close_meeting,
    can_edit_agenda,
    can_hold_meeting,
    can_prepare_meetings,
)
from governance.services import consultation, decisions, meetings, quorum, timing, versions
from governance.services.replies import replies_to
from governance.services.rules import notice_warning, summon_by
from governance.services.suggestions import suggestions_for
from governance.views.access import for_secretariat
from partners.models import User
from smartport import dates
from smartport.errors import Refusal

PER_PAGE = 25


def visible_meeting(request: HttpRequest, code: str) -> Meeting:
    queryset = Meeting.objects.visible_to(request.user).select_related("committee", "previous")
    return get_object_or_404(queryset, code=code)


@login_required
def meeting_list(request: HttpRequest) -> HttpResponse:
    rows = Meeting.objects.visible_to(request.user).select_related("committee")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    upcoming = rows.upcoming().first()
    return render(
        request,
        "governance/meeting_list.html",
        {"page": page, "upcoming": upcoming, "may_prepare": can_prepare_meetings(request.user)},
    )


def pinned_for(user: User) -> QuerySet[AgendaPaper]:
    """The annexes this person may open, each with the number of its paper's newest revision as `newest`."""
    return (
        AgendaPaper.objects.visible_to(user)
        .annotate(newest=Max("revision__paper__revisions__number"))
        .select_related("revision__paper")
        .order_by("position", "pk")
    )


@for_secretariat
def meeting_create(request: HttpRequest) -> HttpResponse:
    """With `?after=CODE`, filled in from that meeting."""
    before = Meeting.objects.visible_to(request.user).filter(code=request.GET.get("after", ""))
    like = before.first()
    form = MeetingForm(request.POST or None, like=like)
    if request.method == "POST" and form.is_valid():
        meeting = meetings.create_meeting(actor=request.user, like=like, **form.meeting_fields())
        messages.success(request, _("The meeting is in preparation. Now its agenda."))
        return redirect(meeting)
    return render(request, "governance/meeting_form.html", {"form": form}, status=_status(form))


@for_secretariat
def meeting_edit(request: HttpRequest, code: str) -> HttpResponse:
    meeting = visible_meeting(request, code)
    form = MeetingForm(request.POST or None, instance=meeting)
    if request.method == "POST" and form.is_valid():
        try:
            meetings.edit_meeting(actor=request.user, meeting=meeting, **form.meeting_fields())
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("The meeting is changed."))
            return redirect(meeting)
    context = {"form": form, "meeting": meeting}
    return render(request, "governance/meeting_form.html", context, status=_status(form))


def _status(form: Any) -> int:
    return 422 if form.errors else 200


@login_required
def meeting_detail(request: HttpRequest, code: str) -> HttpResponse:
    return render(
        request, "governance/meeting_detail.html", page_of(request, visible_meeting(request, code))
    )


def page_of(request: HttpRequest, meeting: Meeting) -> dict[str, Any]:
    """Everything the meeting's page shows to this person."""
    user = request.user
    agenda = list(
        AgendaItem.objects.visible_to(user)
        .filter(meeting=meeting)
        .select_related("series", "project", "agreement", "amendment", "decision__committee")
        .prefetch_related(Prefetch("annexes", pinned_for(user)))
        .order_by("position")
    )
    differs = _differs(user, meeting)
    for item, moment in zip(agenda, timing.times_of(meeting, agenda), strict=True):
        item.meeting, item.expected_at = meeting, moment
        item.differs = differs.by_item.get(item.pk) if differs else None
    replies = replies_to(meeting)
    return {
        "meeting": meeting,
        "sentence": sentence_of(meeting, agenda),
        "agenda": agenda,
        "suggestions": suggestions_for(meeting) if can_edit_agenda(user, meeting) else [],
        "overrun": timing.overrun(meeting, agenda),
        "proposals": list(
            meeting.proposals.waiting().select_related("partner", "proposed_by").order_by("pk")
        )
        if can_edit_agenda(user, meeting)
        else [],
        "moved": request.GET.get("moved", ""),
        "total_minutes": sum(item.minutes for item in agenda),
        "undecided": [item for item in agenda if not item.outcome],
        "not_ready": [item for item in agenda if not item.ready],
        "steps": steps_of(meeting),
        "packs": Pack.objects.visible_to(user)
        .filter(meeting=meeting)
        .defer("snapshot", "manifest"),
        "actions": Action.objects.visible_to(user)
        .filter(meeting=meeting)
        .select_related("owner", "partner"),
        "summon_by": summon_by(meeting),
        "notice_warning": notice_warning(meeting) if can_prepare_meetings(user) else "",
        "minutes_to_read": _minutes_to_read(user, meeting),
        "replies": replies,
        "my_summons": next(
            (one.summons for one in replies.answers if one.summons.user_id == user.pk), None
        ),
        "consultation": _consultation(user, meeting),
        "quorum": quorum.quorum_of(meeting, timezone.now())
        if meeting.status == MeetingStatus.IN_SESSION
        else None,
        "refusal": None,
        "refused_items": [],
        "may_prepare": can_prepare_meetings(user),
        "may_edit_agenda": can_edit_agenda(user, meeting),
        "may_hold": can_hold_meeting(user, meeting),
        "may_close": can_close_meeting(user, meeting),
        "may_build_pack": can_build_pack(user, meeting),
        "differs": differs,
    }


def _differs(user: User, meeting: Meeting) -> versions.Differs | None:
    """What is no longer as in the pack the members have, for those who prepare the next one."""
    if not can_edit_agenda(user, meeting):
        return None
    return versions.differs_item_by_item(meeting)


def _consultation(user: User, meeting: Meeting) -> dict[str, Any] | None:
    """How the answers stand, in full for the secretariat; to the others only whether theirs is awaited."""
    if not meeting.is_written:
        return None
    may_count = can_prepare_meetings(user)
    seats = consultation.seats_answering(user, meeting)
    return {
        "open": consultation.takes_answers(meeting),
        "my_seats": [
            {"seat": seat, "answered": len(consultation.answers_of(seat, meeting))}
            for seat in seats
        ],
        "counts": consultation.counts_of(meeting) if may_count else [],
        "silent": consultation.silent_seats(meeting) if may_count else [],
    }


def _minutes_to_read(user: User, meeting: Meeting) -> bool:
    if meeting.status not in {MeetingStatus.HELD, MeetingStatus.CLOSED}:
        return False
    return (
        can_prepare_meetings(user)
        or Minutes.objects.visible_to(user).filter(meeting=meeting).exists()
    )


def sentence_of(meeting: Meeting, agenda: list[AgendaItem]) -> str:
    """How the meeting stands, in one sentence."""
    day = dates.day(meeting.day)
    missing = [item for item in agenda if not item.ready]
    undecided = [item for item in agenda if not item.outcome]
    if meeting.status == MeetingStatus.CANCELLED:
        return _("Cancelled. It was to be on %(day)s.") % {"day": day}
    if meeting.status == MeetingStatus.CLOSED:
        count = len(agenda)
        return ngettext(
            "Closed: %(n)s decision, %(day)s.", "Closed: %(n)s decisions, %(day)s.", count
        ) % {"n": count, "day": day}
    if meeting.is_written and meeting.status == MeetingStatus.SUMMONED:
        return _("Written consultation: answers until %(day)s.") % {"day": day}
    if meeting.status in {MeetingStatus.IN_SESSION, MeetingStatus.HELD}:
        if not undecided:
            return _("Every item has its outcome. The meeting can be closed.")
        count = len(undecided)
        return ngettext(
            "%(n)s item has no outcome yet.", "%(n)s items have no outcome yet.", count
        ) % {"n": count}
    if not agenda:
        told = _("Nothing is on the agenda yet.")
    elif missing:
        count = len(missing)
        told = ngettext(
            "%(n)s item is not ready for the pack.",
            "%(n)s items are not ready for the pack.",
            count,
        ) % {"n": count}
    else:
        told = _("Every item is ready for the pack.")
    return f"{_('On %(day)s.') % {'day': day}} {told}" if meeting.title else told


def steps_of(meeting: Meeting) -> list[dict[str, str]]:
    """The stepper: prepare, summon, hold, close."""
    labels = [
        pgettext("step of a meeting", "Prepare"),
        pgettext("step of a meeting", "Send")
        if meeting.is_written
        else pgettext("step of a meeting", "Summon"),
        pgettext("step of a meeting", "Count")
        if meeting.is_written
        else pgettext("step of a meeting", "Hold"),
        pgettext("step of a meeting", "Close"),
    ]
    reached = {
        MeetingStatus.DRAFT: 0,
        MeetingStatus.SUMMONED: 1,
        MeetingStatus.IN_SESSION: 2,
        MeetingStatus.HELD: 3,
        MeetingStatus.CLOSED: 4,
        MeetingStatus.CANCELLED: 0,
    }[MeetingStatus(meeting.status)]
    return [
        {"label": label, "state": "done" if n < reached else "current" if n == reached else "todo"}
        for n, label in enumerate(labels)
    ]


def _act(
    request: HttpRequest, code: str, verb: Callable[..., Any], done: str, **arguments: Any
) -> HttpResponse:
    """Call a service on the meeting; a refusal comes back to the page as a message that says why."""
    meeting = visible_meeting(request, code)
    try:
        verb(actor=request.user, meeting=meeting, **arguments)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(meeting)


@for_secretariat
@require_POST
def meeting_summon(request: HttpRequest, code: str) -> HttpResponse:
    return _act(request, code, meetings.summon, _("The members are summoned."))


@for_secretariat
@require_POST
def meeting_open(request: HttpRequest, code: str) -> HttpResponse:
    if visible_meeting(request, code).is_yet_to_come:
        done = _("The meeting is open, before its day: its decisions will bear the day planned.")
    else:
        done = _("The meeting is open.")
    return _act(request, code, meetings.open_meeting, done)


@for_secretariat
@require_POST
def meeting_close(request: HttpRequest, code: str) -> HttpResponse:
    """When it is refused, the page says why and links to the items it is about."""
    meeting = visible_meeting(request, code)
    try:
        decisions.close_meeting(actor=request.user, meeting=meeting)
    except Refusal as refusal:
        context = page_of(request, meeting) | {
            "refusal": refusal,
            "refused_items": refusal.context.get("items", []),
        }
        return render(request, "governance/meeting_detail.html", context, status=refusal.status)
    messages.success(
        request, _("The meeting is closed. Its decisions are numbered and have taken effect.")
    )
    return redirect(meeting)


@for_secretariat
def meeting_cancel(request: HttpRequest, code: str) -> HttpResponse:
    meeting = visible_meeting(request, code)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _act(
            request,
            code,
            meetings.cancel_meeting,
            _("The meeting is cancelled."),
            **form.cleaned_data,
        )
    context = {"form": form, "meeting": meeting}
    return render(request, "governance/meeting_cancel.html", context, status=_status(form))
