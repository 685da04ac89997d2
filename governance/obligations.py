"""What the committee waits for from a person: actions, and meetings to come."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.enums import OPEN_AGENDA, ActionStatus, MeetingStatus
from governance.models import Action, ItemProposal, Meeting, Summons
from governance.services import consultation
from partners.models import Partner, User
from smartport import obligations
from smartport.obligations import Obligation


def actions_to_do(user: User, today: date) -> Iterator[Obligation]:
    ours = Q(owner=None, partner__in=Partner.objects.of(user).values("pk"))
    mine = Action.objects.filter(Q(owner=user) | ours).to_do().select_related("committee")
    for action in mine:
        yield Obligation(
            key=f"action:{action.pk}",
            kind="action",
            title=action.title,
            url=reverse("governance:action_detail", args=[action.pk]),
            action=_("Say how far it is"),
            for_whom=str(action.committee),
            partner_id=action.partner_id,
            due_on=action.due_on,
            since=action.opened_on,
            icon="target",
            state=action.status,
            state_label=action.get_status_display(),
        )


def hand_actions(leaver: User, partner_id: int, successor: User) -> int:
    """Actions that the leaver owns for this organisation, still to be done."""
    mine = Action.objects.filter(owner=leaver, partner=partner_id).to_do()
    return Action.objects.filter(pk__in=[action.pk for action in mine]).update(owner=successor)


def actions_to_verify(user: User, today: date) -> Iterator[Obligation]:
    if not user.runs_the_cycle:
        return
    for action in Action.objects.filter(status=ActionStatus.DONE).select_related("committee"):
        yield Obligation(
            key=f"action-verify:{action.pk}",
            kind="action_verify",
            title=action.title,
            url=reverse("governance:action_detail", args=[action.pk]),
            action=_("Verify the action"),
            for_whom=str(action.committee),
            since=timezone.localdate(action.done_at),
            icon="check-circle",
            state=action.status,
            state_label=action.get_status_display(),
        )


def summonses(user: User, today: date) -> Iterator[Obligation]:
    waiting = (
        Summons.objects.awaiting_reply(today).filter(user=user).select_related("meeting__committee")
    )
    for summons in waiting:
        meeting = summons.meeting
        yield Obligation(
            key=f"summons:{summons.pk}",
            kind="summons",
            title=meeting.short_name,
            url=reverse("governance:meeting_reply", args=[meeting.code]),
            action=_("Reply to the summons"),
            for_whom=str(meeting.committee),
            due_on=meeting.day,
            since=timezone.localdate(summons.sent_at) if summons.sent_at else None,
            icon="calendar",
            state=meeting.status,
            state_label=meeting.get_status_display(),
            is_demo=meeting.is_demo,
        )


def consultations(user: User, today: date) -> Iterator[Obligation]:
    waiting = consultation.unanswered().filter(user=user).select_related("meeting__committee")
    for summons in waiting:
        meeting = summons.meeting
        yield Obligation(
            key=f"answer:{summons.pk}",
            kind="consultation",
            title=meeting.short_name,
            url=reverse("governance:consultation_answer", args=[meeting.code]),
            action=_("Answer the consultation"),
            for_whom=str(meeting.committee),
            due_on=meeting.answers_due_on,
            since=timezone.localdate(summons.sent_at) if summons.sent_at else None,
            icon="vote",
            state=meeting.status,
            state_label=meeting.get_status_display(),
            is_demo=meeting.is_demo,
        )


def proposals_to_answer(user: User, today: date) -> Iterator[Obligation]:
    """Of the meetings still to come; to the others, what they proposed and waits for the secretariat."""
    waiting = (
        ItemProposal.objects.visible_to(user)
        .waiting()
        .filter(meeting__status__in=OPEN_AGENDA)
        .select_related("meeting__committee")
    )
    for proposal in waiting:
        shared = {
            "key": f"proposal:{proposal.pk}",
            "kind": "proposal",
            "title": proposal.title,
            "for_whom": str(proposal.meeting.committee),
            "since": timezone.localdate(proposal.proposed_at),
            "icon": "list",
            "state": proposal.status,
            "state_label": proposal.get_status_display(),
            "is_demo": proposal.meeting.is_demo,
        }
        if user.runs_the_cycle:
            url = reverse("governance:proposal_settle", args=[proposal.pk])
            yield Obligation(url=url, action=_("Answer the proposal"), **shared)
        else:
            url = reverse("governance:proposal_list")
            who = _("the secretariat")
            yield Obligation(url=url, action=_("See the proposals"), waits_for=who, **shared)


def meetings_in_preparation(user: User, today: date) -> Iterator[Obligation]:
    if not user.runs_the_cycle:
        return
    running = {
        MeetingStatus.DRAFT: _("Prepare the meeting"),
        MeetingStatus.IN_SESSION: _("Record the outcomes"),
        MeetingStatus.HELD: _("Close the meeting"),
    }
    for meeting in Meeting.objects.filter(status__in=running).select_related("committee"):
        yield Obligation(
            key=f"meeting:{meeting.pk}",
            kind="meeting",
            title=meeting.short_name,
            url=meeting.get_absolute_url(),
            action=running[MeetingStatus(meeting.status)],
            for_whom=str(meeting.committee),
            due_on=meeting.day,
            icon="calendar",
            state=meeting.status,
            state_label=meeting.get_status_display(),
            is_demo=meeting.is_demo,
        )


obligations.register("actions", actions_to_do)
obligations.handovers.register("actions", hand_actions)
obligations.register("actions_to_verify", actions_to_verify)
obligations.register("summonses", summonses)
obligations.register("consultations", consultations)
obligations.register("proposals", proposals_to_answer)
obligations.register("meetings", meetings_in_preparation)
