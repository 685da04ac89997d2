"""The quorum at a moment: who is present, whom they represent, what the committee's rule asks."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from governance.enums import QuorumRule, SeatKind
from governance.models import Attendance, Committee, Mandate, Meeting, Proxy, Seat
from governance.models.quorum import Quorum


def moment_of(meeting: Meeting) -> datetime:
    """Now; for a meeting that has ended, its last moment, when everyone was still there."""
    now = timezone.now()
    return min(now, meeting.held_at - timedelta(microseconds=1)) if meeting.held_at else now


def in_the_room(meeting: Meeting, moment: datetime) -> models.QuerySet[Attendance]:
    """Those there at that moment whose mandate covers the day: one that has expired counts for nothing."""
    mandate = Mandate.objects.active_on(meeting.day).filter(
        user=OuterRef("user"), seat=OuterRef("seat")
    )
    return Attendance.objects.filter(
        Q(left_at__isnull=True) | Q(left_at__gt=moment),
        Exists(mandate),
        meeting=meeting,
        arrived_at__lte=moment,
    )


def present_at(meeting: Meeting, moment: datetime) -> set[int]:
    """People in the room at that moment, by id."""
    return set(in_the_room(meeting, moment).values_list("user", flat=True))


def seats_present(meeting: Meeting, moment: datetime) -> set[int]:
    """Voting seats with someone in the room at that moment, by id."""
    return set(
        in_the_room(meeting, moment)
        .filter(seat__kind=SeatKind.VOTING)
        .values_list("seat", flat=True)
    )


def seats_represented(meeting: Meeting, moment: datetime) -> set[int]:
    """Seats whose proxy's holder is in the room at that moment; a seat present itself does not count twice."""
    holders = present_at(meeting, moment)
    given = Proxy.objects.filter(
        Q(revoked_at__isnull=True) | Q(revoked_at__gt=moment),
        meeting=meeting,
        holder__in=holders,
        seat__kind=SeatKind.VOTING,
        given_at__lte=moment,
    ).values_list("seat", flat=True)
    return set(given) - seats_present(meeting, moment)


def voting_seats(meeting: Meeting) -> list[Seat]:
    """Those of the committee on the day of the meeting."""
    return list(
        Seat.objects.filter(committee=meeting.committee, kind=SeatKind.VOTING).filter(
            Q(end__isnull=True) | Q(end__gte=meeting.day),
            Q(start__isnull=True) | Q(start__lte=meeting.day),
        )
    )


def quorum_of(meeting: Meeting, moment: datetime, *, conflicts: Collection[Seat] = ()) -> Quorum:
    """Seats with a conflict of interest are not counted, present or not; what is needed stays the same."""
    return weigh(
        meeting,
        present=seats_present(meeting, moment),
        represented=seats_represented(meeting, moment),
        conflicts=conflicts,
    )


def weigh(
    meeting: Meeting, *, present: set[int], represented: set[int], conflicts: Collection[Seat] = ()
) -> Quorum:
    """What the committee's rule says of these seats, by id."""
    committee = meeting.committee
    seats = voting_seats(meeting)
    able = {seat.pk for seat in seats} - {seat.pk for seat in conflicts}
    present, represented = present & able, represented & able
    counted = present | (represented if committee.proxies_count_for_quorum else set())
    required = _share(committee, len(seats))
    short: tuple[str, ...] = ()
    if committee.quorum_rule == QuorumRule.NONE:
        required = 0
    elif committee.quorum_rule == QuorumRule.BY_COLLEGE:
        short = _colleges_short(committee, seats, counted)
    reached = not short and (
        committee.quorum_rule == QuorumRule.BY_COLLEGE or len(counted) >= required
    )
    return Quorum(
        seats=len(seats),
        required=required,
        present=len(present),
        represented=len(represented),
        counted=len(counted),
        reached=reached,
        rule=committee.quorum_rule,
        short=short,
        conflicts=tuple(str(seat) for seat in conflicts),
    )


def _share(committee: Committee, seats: int) -> int:
    """In whole seats, rounded up; in integers, since 55 % of 20 is 11 and not a hair more."""
    return -(-seats * committee.quorum_percent // 100)


def _colleges_short(committee: Committee, seats: list[Seat], counted: set[int]) -> tuple[str, ...]:
    total = Counter(seat.college for seat in seats)
    there = Counter(seat.college for seat in seats if seat.pk in counted)
    short = [name for name, number in total.items() if there[name] < _share(committee, number)]
    return tuple(sorted(short))
