from typing import TYPE_CHECKING

from governance.enums import (
    OPEN_AGENDA,
    TAKING_OUTCOMES,
    ActionStatus,
    MeetingStatus,
    MinutesStatus,
    ProposalStatus,
)
from governance.models import (
    Action,
    Committee,
    Decision,
    ItemProposal,
    Mandate,
    Meeting,
    Minutes,
    Pack,
    Summons,
)
from partners.models import Partner
from partners.permissions import belongs_to

if TYPE_CHECKING:
    from partners.models import User


def can_prepare_meetings(user: "User") -> bool:
    return user.is_authenticated and user.runs_the_cycle


def can_keep_committees(user: "User") -> bool:
    """Rules, seats and mandates."""
    return user.is_authenticated and user.runs_the_cycle


def can_propose_item(user: "User") -> bool:
    """Whoever acts for a partner today."""
    return user.is_authenticated and Partner.objects.of(user).exists()


def can_edit_agenda(user: "User", meeting: Meeting) -> bool:
    return can_prepare_meetings(user) and meeting.agenda_is_open


def can_edit_meeting(user: "User", meeting: Meeting) -> bool:
    """Its day, place and kind."""
    return can_prepare_meetings(user) and meeting.status in OPEN_AGENDA


def can_cancel_meeting(user: "User", meeting: Meeting) -> bool:
    return can_edit_meeting(user, meeting)


def can_count_answers(user: "User", meeting: Meeting) -> bool:
    """Of a written consultation, once it is over."""
    sent = meeting.is_written and meeting.status == MeetingStatus.SUMMONED
    return can_prepare_meetings(user) and sent


def can_settle_proposal(user: "User", proposal: ItemProposal) -> bool:
    return can_prepare_meetings(user) and proposal.status == ProposalStatus.WAITING


def can_withdraw_proposal(user: "User", proposal: ItemProposal) -> bool:
    """Who proposed it and the people of its partner, until it is answered."""
    waiting = proposal.status == ProposalStatus.WAITING
    theirs = proposal.proposed_by_id == user.pk or belongs_to(user, proposal.partner_id)
    return user.is_authenticated and waiting and theirs


def can_hold_meeting(user: "User", meeting: Meeting) -> bool:
    return can_prepare_meetings(user) and meeting.status == MeetingStatus.IN_SESSION


def can_close_meeting(user: "User", meeting: Meeting) -> bool:
    return can_prepare_meetings(user) and meeting.status in TAKING_OUTCOMES


def can_correct_decision(user: "User", decision: Decision) -> bool:
    """By an item on the agenda of a meeting, while the decision stands."""
    return can_prepare_meetings(user) and not decision.corrected_by.all()


def can_build_pack(user: "User", meeting: Meeting) -> bool:
    return can_prepare_meetings(user) and meeting.status != MeetingStatus.CANCELLED


def can_issue_pack(user: "User", pack: Pack) -> bool:
    return can_build_pack(user, pack.meeting) and not pack.is_issued


def can_reply_to_summons(user: "User", summons: Summons) -> bool:
    """The person summoned; the secretariat in their name."""
    return user.is_authenticated and (summons.user_id == user.pk or can_prepare_meetings(user))


def can_edit_minutes(user: "User", minutes: Minutes) -> bool:
    return can_prepare_meetings(user) and minutes.status != MinutesStatus.APPROVED


def can_edit_minutes_text(user: "User", minutes: Minutes) -> bool:
    return can_prepare_meetings(user) and minutes.status == MinutesStatus.DRAFT


def can_take_back_minutes(user: "User", minutes: Minutes) -> bool:
    return can_prepare_meetings(user) and minutes.status == MinutesStatus.CIRCULATED


def can_publish_extract(user: "User", minutes: Minutes) -> bool:
    return can_prepare_meetings(user) and minutes.status == MinutesStatus.APPROVED


def can_remark_on_minutes(user: "User", minutes: Minutes) -> bool:
    return minutes.status == MinutesStatus.CIRCULATED and sits_on(user, minutes.meeting.committee)


def can_do_action(user: "User", action: Action) -> bool:
    """The owner, people of its partner, or the secretariat, once it is open and until it is verified."""
    return action.status not in {ActionStatus.PLANNED, ActionStatus.VERIFIED} and (
        user.is_authenticated
        and (
            user.runs_the_cycle or action.owner_id == user.pk or belongs_to(user, action.partner_id)
        )
    )


def can_edit_action(user: "User", action: Action) -> bool:
    """What is asked, of whom and for when."""
    return can_prepare_meetings(user) and action.status != ActionStatus.VERIFIED


def can_verify_action(user: "User", action: Action) -> bool:
    return can_prepare_meetings(user) and action.status == ActionStatus.DONE


def sits_on(user: "User", committee: Committee) -> bool:
    if not user.is_authenticated:
        return False
    return Mandate.objects.active().filter(user=user, seat__committee=committee).exists()
