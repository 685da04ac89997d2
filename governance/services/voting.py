"""Who votes on an item, and how: by show of hands, or seat by seat at a roll call."""

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


def apply_vote(
    *, actor: User, meeting: Meeting, item: AgendaItem, moment: datetime, choices: Mapping[int, str]
) -> None:
    """Set the item's counts from its way of voting, and keep each seat's vote at a roll call; does not save it.

    `choices` maps a seat's id to a VoteChoice. Raises VoteRefused.
    """
    if meeting.is_written:  # its votes are the answers, already counted
        return
    if item.vote_mode == VoteMode.ROLL_CALL:
        _call_the_roll(meeting, item, moment, choices)
        return
    item.votes.all().delete()
    item.conflicts.all().delete()
    if item.vote_mode == VoteMode.SHOW_OF_HANDS:
        _check_hands(meeting, item, moment)
    else:
        item.votes_for = item.votes_against = item.votes_abstain = None


def _call_the_roll(
    meeting: Meeting, item: AgendaItem, moment: datetime, choices: Mapping[int, str]
) -> None:
    voters = {voter.seat.pk: voter for voter in voters_at(meeting, moment)}
    for seat in Seat.objects.filter(pk__in=set(choices) - set(voters)).select_related("partner"):
        raise VoteRefused(
            _("%(seat)s is neither present nor represented: it does not vote.") % {"seat": seat},
            remedy=_("Note its arrival or its proxy first, then vote again."),
            field="vote_mode",
        )
    if not choices:
        raise VoteRefused(
            _("Nobody voted."),
            remedy=_("Note who is present, then how each seat votes."),
            field="vote_mode",
        )
    item.votes.exclude(seat__in=choices).delete()
    item.conflicts.all().delete()
    for seat_id, choice in choices.items():
        voter = voters[seat_id]
        Vote.objects.update_or_create(
            item=item,
            seat=voter.seat,
            defaults={"choice": choice, "cast_by": voter.user, "by_proxy": voter.by_proxy},
        )
        if choice == VoteChoice.CONFLICT:
            ConflictOfInterest.objects.create(item=item, seat=voter.seat)
    for choice, column in COUNTS.items():
        setattr(item, column, sum(1 for given in choices.values() if given == choice))


def _check_hands(meeting: Meeting, item: AgendaItem, moment: datetime) -> None:
    if item.votes_for is None:
        raise VoteRefused(
            _("The votes for are missing."), remedy=_("Count the hands."), field="votes_for"
        )
    item.votes_against, item.votes_abstain = item.votes_against or 0, item.votes_abstain or 0
    hands = item.votes_for + item.votes_against + item.votes_abstain
    possible = _possible_votes(meeting, moment)
    if hands > possible:
        raise VoteRefused(
            _("%(hands)s votes were counted, but only %(possible)s seats can vote.")
            % {"hands": hands, "possible": possible},
            remedy=_("Count again, or note the arrivals and proxies that are missing."),
            field="votes_for",
        )


def _possible_votes(meeting: Meeting, moment: datetime) -> int:
    """Seats present or represented; every voting seat where nobody's arrival was noted."""
    if not meeting.attendances.exists():
        return len(voting_seats(meeting))
    return len(voters_at(meeting, moment))
