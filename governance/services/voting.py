"""Who votes on an item, and how: by show of hands, or seat by seat at a roll call."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from governance.enums import Capacity, SeatKind, VoteChoice, VoteMode
from governance.errors import VoteRefused
from governance.models import AgendaItem, ConflictOfInterest, Meeting, Proxy, Seat, Vote
from governance.services.quorum import in_the_room, voting_seats
from partners.models import User

VOICES = (Capacity.CHAIR, Capacity.TITULAR, Capacity.ALTERNATE, Capacity.SECRETARY)
COUNTS = {
    VoteChoice.FOR: "votes_for",
    VoteChoice.AGAINST: "votes_against",
    VoteChoice.ABSTAIN: "votes_abstain",
}


@dataclass(frozen=True)
class Voter:
    """The person who votes for a seat at that moment; `by_proxy` when the seat itself is absent."""

    seat: Seat
    user: User
    by_proxy: bool


def voters_at(meeting: Meeting, moment: datetime) -> list[Voter]:
    """One per voting seat present or represented, in the order of the seats."""
    rank = {capacity: place for place, capacity in enumerate(VOICES)}
    stays = in_the_room(meeting, moment).select_related("seat__partner", "user")
    found: dict[int, Voter] = {}
    there = set()
    for stay in sorted(stays, key=lambda stay: rank[Capacity(stay.capacity)]):
        there.add(stay.user_id)
        if stay.seat and stay.seat.kind == SeatKind.VOTING:
            found.setdefault(stay.seat.pk, Voter(stay.seat, stay.user, by_proxy=False))
    for proxy in proxies_at(meeting, moment):
        if proxy.holder_id in there and proxy.seat.kind == SeatKind.VOTING:
            found.setdefault(proxy.seat_id, Voter(proxy.seat, proxy.holder, by_proxy=True))
    return sorted(found.values(), key=lambda voter: (voter.seat.position, voter.seat.pk))


def proxies_at(meeting: Meeting, moment: datetime) -> list[Proxy]:
    """Given and not revoked at that moment, whether or not their holder is in the room."""
    return list(
        meeting.proxies.filter(
            Q(revoked_at__isnull=True) | Q(revoked_at__gt=moment), given_at__lte=moment
        ).select_related("seat__partner", "giver", "holder")
    )


def conflicts_of(item: AgendaItem) -> list[Seat]:
    """Seats that take no part in this item, in their order."""
    found = item.conflicts.select_related("seat__partner").order_by("seat__position", "seat")
    return [conflict.seat for conflict in found]


def apply_vote(
    *, meeting: Meeting, item: AgendaItem, moment: datetime, choices: Mapping[int, str]
) -> None:
    """Set the item's counts from its way of voting, and keep each seat's vote at a roll call; does not save it.

    `choices` maps a seat's id to a VoteChoice; a seat that answers with a conflict of interest declares it.
    Raises VoteRefused.
    """
    if meeting.is_written:  # its votes are the answers, already counted
        return
    if item.vote_mode == VoteMode.ROLL_CALL:
        _call_the_roll(meeting, item, moment, choices)
        return
    item.votes.all().delete()
    if item.vote_mode == VoteMode.SHOW_OF_HANDS:
        check_hands(meeting, item, moment)
    else:
        item.votes_for = item.votes_against = item.votes_abstain = None


def _call_the_roll(
    meeting: Meeting, item: AgendaItem, moment: datetime, choices: Mapping[int, str]
) -> None:
    away = {seat.pk: seat for seat in conflicts_of(item)}
    voters = {voter.seat.pk: voter for voter in voters_at(meeting, moment)}
    choices = {
        seat: choice
        for seat, choice in choices.items()
        if not (seat in away and choice == VoteChoice.CONFLICT)
    }
    for pk in choices.keys() & away.keys():
        raise VoteRefused(
            _("%(seat)s has declared a conflict of interest: it does not vote on this item.")
            % {"seat": away[pk]},
            remedy=_("Take the declaration back first, if it was a mistake."),
            field="vote_mode",
        )
    for seat in Seat.objects.filter(pk__in=set(choices) - set(voters)).select_related("partner"):
        raise VoteRefused(
            _("%(seat)s is neither present nor represented: it does not vote.") % {"seat": seat},
            remedy=_("Note its arrival or its proxy first, then vote again."),
            field="vote_mode",
        )
    if not choices and not away:
        raise VoteRefused(
            _("Nobody voted."),
            remedy=_("Note who is present, then how each seat votes."),
            field="vote_mode",
        )
    item.votes.exclude(seat__in=choices).delete()
    for seat_id, choice in choices.items():
        voter = voters[seat_id]
        Vote.objects.update_or_create(
            item=item,
            seat=voter.seat,
            defaults={"choice": choice, "cast_by": voter.user, "by_proxy": voter.by_proxy},
        )
        if choice == VoteChoice.CONFLICT:
            ConflictOfInterest.objects.get_or_create(item=item, seat=voter.seat)
    count_the_roll(item)


def count_the_roll(item: AgendaItem) -> None:
    """The counts as the seats' votes give them; does not save the item."""
    given = Counter(item.votes.values_list("choice", flat=True))
    for choice, column in COUNTS.items():
        setattr(item, column, given[choice])


def check_hands(meeting: Meeting, item: AgendaItem, moment: datetime) -> None:
    """Raises VoteRefused where there are more hands than seats that can vote."""
    if item.votes_for is None:
        raise VoteRefused(
            _("The votes for are missing."), remedy=_("Count the hands."), field="votes_for"
        )
    item.votes_against, item.votes_abstain = item.votes_against or 0, item.votes_abstain or 0
    hands = item.votes_for + item.votes_against + item.votes_abstain
    possible = _possible_votes(meeting, item, moment)
    if hands > possible:
        raise VoteRefused(
            _("%(hands)s votes were counted, but only %(possible)s seats can vote.")
            % {"hands": hands, "possible": possible},
            remedy=_("Count again, or note the arrivals and proxies that are missing."),
            field="votes_for",
        )


def _possible_votes(meeting: Meeting, item: AgendaItem, moment: datetime) -> int:
    """Seats present or represented; every voting seat where nobody's arrival was noted."""
    if meeting.attendances.exists():
        able = {voter.seat.pk for voter in voters_at(meeting, moment)}
    else:
        able = {seat.pk for seat in voting_seats(meeting)}
    return len(able - {seat.pk for seat in conflicts_of(item)})
