"""The quorum at a moment: who is present, whom they represent, what the committee's rule asks."""

import math
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.enums import QuorumRule, SeatKind
from governance.models import Attendance, Meeting, Proxy, Seat


@dataclass(frozen=True)
class Quorum:
    """Counts are of voting seats. `reason` is in the language of the moment; it warns, it never blocks."""

    seats: int
    required: int
    present: int
    represented: int
    counted: int
    reached: bool
    reason: str

    def as_json(self) -> dict[str, Any]:
        return {
            "seats": self.seats,
            "required": self.required,
            "present": self.present,
            "represented": self.represented,
            "counted": self.counted,
            "reached": self.reached,
            "reason": self.reason,
        }


def moment_of(meeting: Meeting) -> datetime:
    """Now; for a meeting that has ended, its last moment, when everyone was still there."""
    now = timezone.now()
    return min(now, meeting.held_at - timedelta(microseconds=1)) if meeting.held_at else now


def in_the_room(meeting: Meeting, moment: datetime) -> models.QuerySet[Attendance]:
    return Attendance.objects.filter(
        Q(left_at__isnull=True) | Q(left_at__gt=moment), meeting=meeting, arrived_at__lte=moment
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


def quorum_of(meeting: Meeting, moment: datetime) -> Quorum:
    committee = meeting.committee
    seats = voting_seats(meeting)
    present, represented = seats_present(meeting, moment), seats_represented(meeting, moment)
    counted = present | (represented if committee.proxies_count_for_quorum else set())
    share = committee.quorum_percent / 100
    required = math.ceil(len(seats) * share)
    if committee.quorum_rule == QuorumRule.NONE:
        required, reached, reason = 0, True, _("This committee needs no quorum.")
    elif committee.quorum_rule == QuorumRule.BY_COLLEGE:
        reached, reason = _by_college(seats, counted, share)
    else:
        reached = len(counted) >= required
        reason = _("%(counted)s of %(seats)s voting seats; %(required)s needed.") % {
            "counted": len(counted),
            "seats": len(seats),
            "required": required,
        }
    return Quorum(
        len(seats), required, len(present), len(represented), len(counted), reached, reason
    )


def _by_college(seats: list[Seat], counted: set[int], share: float) -> tuple[bool, str]:
    total = Counter(seat.college for seat in seats)
    there = Counter(seat.college for seat in seats if seat.pk in counted)
    short = [name for name, number in total.items() if there[name] < math.ceil(number * share)]
    if short:
        return False, _("Too few seats present in: %(colleges)s.") % {
            "colleges": ", ".join(sorted(short))
        }
    return True, _("Each college has enough seats present.")
