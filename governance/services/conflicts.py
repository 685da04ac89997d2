"""Conflicts of interest: a seat that declares one neither votes on the item nor is counted for its quorum."""

from django.db import transaction
from django.utils.translation import gettext as _

from governance.enums import TAKING_OUTCOMES, VoteMode
from governance.errors import OffTheAgenda, VoteRefused
from governance.models import AgendaItem, ConflictOfInterest, Meeting, Seat
from governance.services.agenda import demand_secretariat, locked_meeting
from governance.services.quorum import quorum_of, voting_seats
from governance.services.voting import check_hands, conflicts_of, count_the_roll
from partners.models import User


@transaction.atomic
def declare_conflict(
    *, actor: User, item: AgendaItem, seat: Seat, reason: str = ""
) -> ConflictOfInterest:
    """Declared again, the reason is the last one. Where the item is taken already, the seat's vote is struck out.

    Raises OffTheAgenda, VoteRefused.
    """
    meeting, current = _on_the_table(actor, item)
    if seat not in voting_seats(meeting):
        raise VoteRefused(
            _("%(seat)s has no vote in this committee.") % {"seat": seat},
            remedy=_("Choose a voting seat."),
            field="seat",
        )
    declared, _created = ConflictOfInterest.objects.update_or_create(
        item=current, seat=seat, defaults={"reason": reason}
    )
    current.votes.filter(seat=seat).delete()
    _weigh_again(meeting, current)
    return declared


@transaction.atomic
def withdraw_conflict(*, actor: User, conflict: ConflictOfInterest) -> None:
    """The seat takes part again; where the item is taken already, record its outcome again with its vote."""
    meeting, current = _on_the_table(actor, conflict.item)
    current.conflicts.filter(pk=conflict.pk).delete()
    current.votes.filter(seat=conflict.seat_id).delete()
    _weigh_again(meeting, current)


def _on_the_table(actor: User, item: AgendaItem) -> tuple[Meeting, AgendaItem]:
    demand_secretariat(actor)
    meeting = locked_meeting(item.meeting_id)
    if meeting.status not in TAKING_OUTCOMES:
        raise OffTheAgenda(
            _("Conflicts of interest are declared during the meeting."),
            remedy=_("Open the meeting first."),
        )
    return meeting, AgendaItem.objects.select_for_update(of=["self"]).get(pk=item.pk)


def _weigh_again(meeting: Meeting, item: AgendaItem) -> None:
    if item.taken_at is None:
        return
    if item.vote_mode == VoteMode.ROLL_CALL:
        count_the_roll(item)
    elif item.vote_mode == VoteMode.SHOW_OF_HANDS:
        check_hands(meeting, item, item.taken_at)
    item.quorum = quorum_of(meeting, item.taken_at, conflicts=conflicts_of(item)).as_json()
    item.revision += 1
    item.save()
