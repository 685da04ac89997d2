"""Items that partners propose for a meeting, until the day the secretariat set; it takes them or says why not."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.enums import OPEN_AGENDA, PROPOSAL_MOVES, ItemKind, MeetingKind, ProposalStatus
from governance.errors import ProposalsClosed
from governance.models import AgendaItem, ItemProposal, Meeting
from governance.permissions import can_propose_item
from governance.services.agenda import add_item, demand_secretariat, locked_meeting
from partners.models import Partner, User
from partners.permissions import belongs_to
from partners.services import outbox
from smartport.errors import NotAllowed, Refusal
from smartport.workflow import move

WHY = gettext_lazy("You proposed this item.")


def meetings_taking(user: User) -> QuerySet[Meeting]:
    """Those for which this person may propose an item today, the nearest first."""
    taking = Meeting.objects.exclude(kind=MeetingKind.WRITTEN).filter(
        status__in=OPEN_AGENDA, proposals_until__gte=timezone.localdate()
    )
    if not can_propose_item(user):
        return taking.none()
    return taking.select_related("committee").order_by("starts_at", "pk")


@transaction.atomic
def propose(
    *, actor: User, meeting: Meeting, partner: Partner, title: str, reason: str, **fields: Any
) -> ItemProposal:
    """Raises ProposalsClosed after the last day, NotAllowed for someone who does not belong to the partner."""
    if not belongs_to(actor, partner):
        raise NotAllowed(
            _("You do not act for %(partner)s.") % {"partner": partner},
            remedy=_("Choose an organisation of yours."),
        )
    meeting = locked_meeting(meeting.pk)
    if not meetings_taking(actor).filter(pk=meeting.pk).exists():
        raise ProposalsClosed(
            _("Items can no longer be proposed for this meeting."),
            remedy=_("Choose a later meeting, or write to the secretariat."),
            field="meeting",
        )
    proposal, _created = ItemProposal.objects.get_or_create(
        meeting=meeting,
        partner=partner,
        title=title,
        status=ProposalStatus.WAITING,
        defaults={"reason": reason, "proposed_by": actor, **fields},
    )
    return proposal


@transaction.atomic
def withdraw(*, actor: User, proposal: ItemProposal) -> None:
    current = _locked(proposal)
    if current.proposed_by_id != actor.pk and not belongs_to(actor, current.partner):
        raise NotAllowed(_("Only those who proposed an item withdraw it."))
    move(current, PROPOSAL_MOVES, ProposalStatus.WITHDRAWN)
    current.save(update_fields=["status"])


@transaction.atomic
def accept(*, actor: User, proposal: ItemProposal, late_reason: str = "") -> AgendaItem:
    """Put it on the agenda, not ready yet; who proposed it is told. Raises AgendaClosed, LateReasonMissing."""
    demand_secretariat(actor)
    current = _locked(proposal)
    move(current, PROPOSAL_MOVES, ProposalStatus.ACCEPTED)
    item = add_item(
        actor=actor,
        meeting=current.meeting,
        late_reason=late_reason,
        kind=ItemKind.PROGRESS if current.project else ItemKind.OTHER,
        title_fr=current.title,
        note_fr=current.reason,
        proposed_decision_fr=current.proposed_decision,
        project=current.project,
        minutes=current.minutes,
        rapporteur=f"{current.proposed_by} ({current.partner.label})"[:200],
    )
    AgendaItem.objects.filter(pk=item.pk).update(proposed_by=current.proposed_by)
    current.item = item
    _settle(actor, current)
    return item


@transaction.atomic
def decline(*, actor: User, proposal: ItemProposal, answer: str) -> None:
    demand_secretariat(actor)
    if not answer.strip():
        raise Refusal(_("Say why."), remedy=_("They read it."), field="answer")
    current = _locked(proposal)
    move(current, PROPOSAL_MOVES, ProposalStatus.DECLINED)
    current.answer = answer.strip()
    _settle(actor, current)


def _locked(proposal: ItemProposal) -> ItemProposal:
    return (
        ItemProposal.objects.select_for_update(of=["self"])
        .select_related("meeting__committee", "partner", "project", "proposed_by")
        .get(pk=proposal.pk)
    )


def _settle(actor: User, proposal: ItemProposal) -> None:
    proposal.decided_by, proposal.decided_at = actor, timezone.now()
    proposal.save()
    outbox.queue(
        kind="proposal_settled",
        recipient=proposal.proposed_by,
        obligation=f"proposal:{proposal.pk}",
        step=proposal.status,
        context={"proposal": proposal, "meeting": proposal.meeting},
        url_name="governance:proposal_list",
        url_args=[],
        why=WHY,
    )
