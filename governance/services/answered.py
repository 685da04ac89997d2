"""Who answered a written consultation, when, and who did not: for its minutes and their public extract."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.enums import QuorumRule
from governance.models import AgendaItem, Decision, Meeting, Seat, Vote
from governance.models.quorum import reason_of
from governance.services.quorum import voting_seats
from smartport import dates


@dataclass(frozen=True)
class SeatAnswer:
    """One voting seat: the last moment it answered and who spoke for it; `missing` counts items left open."""

    seat: Seat
    person: str = ""
    at: datetime | None = None
    missing: int = 0

    @property
    def when(self) -> str:
        """“12 November 2026”, and what it left open; nothing where it never answered."""
        if self.at is None:
            return ""
        day = dates.day(timezone.localdate(self.at))
        if not self.missing:
            return day
        open_items = ngettext(
            "%(n)s item without answer", "%(n)s items without answer", self.missing
        )
        return f"{day}, {open_items % {'n': self.missing}}"


def answers_by_seat(meeting: Meeting) -> list[SeatAnswer]:
    """In the order of the seats."""
    votes: dict[int, list[Vote]] = {}
    given = (
        Vote.objects.filter(item__meeting=meeting).select_related("cast_by").order_by("at", "pk")
    )
    for vote in given:
        votes.setdefault(vote.seat_id, []).append(vote)
    items = meeting.agenda.count()
    seats = sorted(voting_seats(meeting), key=lambda seat: (seat.position, seat.pk))
    return [_told(seat, votes.get(seat.pk, []), items) for seat in seats]


def _told(seat: Seat, votes: list[Vote], items: int) -> SeatAnswer:
    if not votes:
        return SeatAnswer(seat)
    people = ", ".join(dict.fromkeys(str(vote.cast_by) for vote in votes))
    return SeatAnswer(seat, people, votes[-1].at, items - len(votes))


def period_of(meeting: Meeting) -> str:
    """From when to when answers were taken."""
    last = dates.day(meeting.day)
    if meeting.summoned_at is None:
        return _("Written consultation, answers until %(last)s") % {"last": last}
    sent = dates.day(timezone.localdate(meeting.summoned_at))
    return _("Written consultation sent on %(sent)s, answers until %(last)s") % {
        "sent": sent,
        "last": last,
    }


def quorum_line(item: AgendaItem) -> str:
    """Whether enough seats answered the item, and why."""
    kept = item.quorum
    if not kept:
        return ""
    why = reason_of(kept)
    if kept.get("rule") == QuorumRule.SHARE:
        why = ngettext(
            "%(counted)s of %(seats)s voting seats answered; %(required)s needed.",
            "%(counted)s of %(seats)s voting seats answered; %(required)s needed.",
            kept["counted"],
        ) % {name: kept[name] for name in ("counted", "seats", "required")}
    said = _("Quorum reached.") if kept.get("reached") else _("Quorum not reached.")
    return f"{said} {why}"


def organisations_answering(meeting: Meeting) -> Iterator[str]:
    """Those that answered an item whose decision is public."""
    public = Decision.objects.public().filter(meeting=meeting)
    seats = (
        Seat.objects.filter(votes__item__in=public.values("item"))
        .select_related("partner")
        .order_by("position", "pk")
        .distinct()
    )
    yield from dict.fromkeys(str(seat.partner) for seat in seats)
