"""The life of a meeting: prepared, summoned, opened, ended, cancelled. Closing is in `decisions`."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.enums import MEETING_MOVES, OPEN_AGENDA, Capacity, MeetingStatus
from governance.errors import AgendaClosed, DatesRefused, MeetingHasDecisions, OffTheAgenda
from governance.models import Committee, Mandate, Meeting, Summons
from governance.services import beginnings, consultation
from governance.services import summons as summonses
from governance.services.agenda import demand_secretariat, locked_meeting
from partners.models import User
from smartport.errors import TransitionRefused
from smartport.workflow import move

ON_CALENDARS = {"starts_at", "ends_at", "time_known", "link"} | {
    f"{name}_{code}" for name in ("title", "place") for code, _language in settings.LANGUAGES
}
COPIED = ("committee", "place_fr", "place_en", "link", "is_public")
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)  # a typing error lies beyond
SUMMONED_CAPACITIES = (Capacity.CHAIR, Capacity.TITULAR, Capacity.SECRETARY, Capacity.ALTERNATE)


def new_code(committee: Committee, day: Any) -> str:
    """`COPIL-2026-12-10`, with `-2` and so on for further meetings of one day."""
    stem = f"{committee.code}-{day:%Y-%m-%d}"
    taken = set(Meeting.objects.filter(code__startswith=stem).values_list("code", flat=True))
    code, number = stem, 2
    while code in taken:
        code, number = f"{stem}-{number}", number + 1
    return code


@transaction.atomic
def create_meeting(
    *,
    actor: User,
    committee: Committee,
    starts_at: datetime,
    agenda_from: str = beginnings.DEFAULT,
    like: Meeting | None = None,
    **fields: Any,
) -> Meeting:
    """A meeting in preparation, after the committee's last one, its agenda begun from `agenda_from` (beginnings).

    Of a written consultation, the day is the last one for answers.
    """
    demand_secretariat(actor)
    Committee.objects.select_for_update().get(pk=committee.pk)
    previous = (
        committee.meetings.filter(starts_at__lt=starts_at)
        .exclude(status=MeetingStatus.CANCELLED)
        .order_by("-starts_at")
        .first()
    )
    meeting = Meeting(
        code=new_code(committee, timezone.localdate(starts_at)),
        committee=committee,
        starts_at=starts_at,
        previous=previous,
        **fields,
    )
    _set_last_day(meeting)
    _check_days(meeting)
    if meeting.proposals_until is None and not meeting.is_written:
        until = meeting.day - timedelta(days=committee.proposal_days)
        meeting.proposals_until = until if until >= timezone.localdate() else None
    meeting.save()
    beginnings.begin_agenda(actor=actor, meeting=meeting, source=agenda_from, like=like)
    return meeting


def _set_last_day(meeting: Meeting) -> None:
    meeting.time_known = meeting.time_known and not meeting.is_written
    meeting.ends_at = None if meeting.is_written else meeting.ends_at
    meeting.answers_due_on = meeting.day if meeting.is_written else None


def copied_from(like: Meeting) -> dict[str, Any]:
    """What a meeting takes over from the one it is copied from, besides its agenda."""
    return {name: getattr(like, name) for name in COPIED}


def _check_days(meeting: Meeting) -> None:
    """Raises DatesRefused."""
    if not FIRST_DAY <= meeting.day <= LAST_DAY:
        raise DatesRefused(
            _("No meeting is held in that year."),
            remedy=_("Check the year."),
            field="answers_due_on" if meeting.is_written else "starts_at",
        )
    if meeting.ends_at and meeting.ends_at.astimezone(UTC) <= meeting.starts_at.astimezone(UTC):
        raise DatesRefused(
            _("The meeting ends before it begins."),
            remedy=_("Change one of them."),
            field="ends_at",
        )
    if meeting.proposals_until and meeting.proposals_until > meeting.day:
        raise DatesRefused(
            _("Items are proposed before the meeting."),
            remedy=_("Choose an earlier day."),
            field="proposals_until",
        )


@transaction.atomic
def edit_meeting(*, actor: User, meeting: Meeting, **fields: Any) -> Meeting:
    """Change date, place or kind. What calendars show is told to those summoned, by a higher sequence; another day
    asks for their replies again.
    """
    demand_secretariat(actor)
    meeting = locked_meeting(meeting.pk)
    if meeting.status not in OPEN_AGENDA:
        raise AgendaClosed(
            _("The meeting is %(state)s: its day and place no longer change.")
            % {"state": str(meeting.get_status_display()).lower()},
            remedy=_("Say in the minutes what was different."),
        )
    changed = {name for name, value in fields.items() if getattr(meeting, name) != value}
    day, was_written = meeting.day, meeting.is_written
    for name in changed:
        setattr(meeting, name, fields[name])
    if meeting.summoned_at and meeting.is_written != was_written:
        raise AgendaClosed(
            _(
                "The summons went out: a meeting does not become a written consultation, nor the reverse."
            ),
            remedy=_("Cancel this one and prepare the other."),
            field="kind",
        )
    if not meeting.is_written and "time_known" not in fields:
        meeting.time_known = meeting.time_known or was_written
    _set_last_day(meeting)
    _check_days(meeting)
    told = meeting.status == MeetingStatus.SUMMONED and not changed.isdisjoint(ON_CALENDARS)
    meeting.calendar_sequence += told
    meeting.save()
    if told:
        if moved := meeting.day != day:
            summonses.ask_again(actor=actor, meeting=meeting)
        summonses.tell_changed(meeting, asked_again=moved)
    return meeting


def people_to_summon(meeting: Meeting) -> list[Mandate]:
    """One mandate per person, titular before alternate, in the order of the seats."""
    mandates = (
        Mandate.objects.active_on(meeting.day)
        .filter(seat__committee=meeting.committee, user__is_active=True)
        .select_related("user", "seat__partner")
        .order_by("seat__position", "id")
    )
    rank = {capacity: place for place, capacity in enumerate(SUMMONED_CAPACITIES)}
    chosen: dict[int, Mandate] = {}
    for mandate in sorted(mandates, key=lambda m: rank[Capacity(m.capacity)]):
        chosen.setdefault(mandate.user_id, mandate)
    return sorted(chosen.values(), key=lambda m: (m.seat.position, m.pk))


@transaction.atomic
def summon(*, actor: User, meeting: Meeting) -> list[Summons]:
    """Summon everyone who holds a mandate that day; those summoned already keep their reply and are told once.

    Asked again, it reaches those who joined since, and takes back the summons of those whose mandate ended.
    """
    demand_secretariat(actor)
    meeting = locked_meeting(meeting.pk)
    now = timezone.now()
    if meeting.is_written:
        consultation.demand_sendable(meeting)
    if meeting.status != MeetingStatus.SUMMONED:
        move(meeting, MEETING_MOVES, MeetingStatus.SUMMONED)
        meeting.summoned_at = now
        meeting.save()
    mandates = people_to_summon(meeting)
    people = {mandate.user_id for mandate in mandates}
    gone = meeting.summonses.exclude(user__in=people).select_related("user")
    summonses.withdraw(actor=actor, meeting=meeting, summonses=gone)
    rows = [_summoned(meeting, mandate, now) for mandate in mandates]
    tell = consultation.tell_opened if meeting.is_written else summonses.tell_summoned
    tell(meeting, rows)
    return rows


def _summoned(meeting: Meeting, mandate: Mandate, now: datetime) -> Summons:
    """The person's summons, in the seat and capacity they hold today."""
    held = {"seat": mandate.seat, "capacity": mandate.capacity}
    row, created = Summons.objects.get_or_create(
        meeting=meeting, user=mandate.user, defaults=held | {"sent_at": now}
    )
    if not created and (row.seat_id, row.capacity) != (mandate.seat_id, mandate.capacity):
        row.seat, row.capacity = mandate.seat, mandate.capacity
        row.save(update_fields=["seat", "capacity"])
    return row


@transaction.atomic
def open_meeting(*, actor: User, meeting: Meeting) -> Meeting:
    demand_secretariat(actor)
    meeting = locked_meeting(meeting.pk)
    if meeting.status == MeetingStatus.IN_SESSION:
        return meeting
    if meeting.is_written:
        raise OffTheAgenda(
            _("A written consultation has no session."), remedy=_("Count its answers instead.")
        )
    move(meeting, MEETING_MOVES, MeetingStatus.IN_SESSION)
    meeting.opened_at = timezone.now()
    meeting.save()
    return meeting


@transaction.atomic
def end_meeting(*, actor: User, meeting: Meeting) -> Meeting:
    """The members leave; outcomes can still be written down until the meeting is closed."""
    demand_secretariat(actor)
    meeting = locked_meeting(meeting.pk)
    if meeting.status == MeetingStatus.HELD:
        return meeting
    move(meeting, MEETING_MOVES, MeetingStatus.HELD)
    meeting.held_at = timezone.now()
    meeting.attendances.filter(left_at__isnull=True).update(left_at=meeting.held_at)
    meeting.save()
    return meeting


@transaction.atomic
def cancel_meeting(*, actor: User, meeting: Meeting, reason: str) -> Meeting:
    """Its members are told, once: cancelling twice changes nothing."""
    demand_secretariat(actor)
    meeting = locked_meeting(meeting.pk)
    if meeting.status == MeetingStatus.CANCELLED:
        return meeting
    if meeting.decisions.exists() or meeting.agenda.exclude(outcome="").exists():
        raise MeetingHasDecisions(
            _("This meeting has decided something: it cannot be cancelled."),
            remedy=_("Close it; a decision is corrected by a later one."),
        )
    if meeting.status == MeetingStatus.IN_SESSION:
        raise TransitionRefused(
            _("The meeting has begun: it cannot be cancelled."),
            remedy=_("Record each item as postponed, then close it."),
        )
    move(meeting, MEETING_MOVES, MeetingStatus.CANCELLED)
    meeting.cancelled_at, meeting.cancel_reason = timezone.now(), reason
    meeting.calendar_sequence += 1
    meeting.save()
    summonses.tell_cancelled(meeting)
    return meeting
