"""Actions: opened by a meeting, done by their owner, verified by the secretariat."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.enums import ACTION_MOVES, ActionStatus
from governance.models import Action, AgendaItem, Meeting
from governance.permissions import can_do_action, can_prepare_meetings
from governance.services.agenda import demand_secretariat
from partners.models import Partner, User
from smartport.errors import NotAllowed
from smartport.workflow import move


@transaction.atomic
def open_action(
    *,
    actor: User,
    meeting: Meeting,
    title: str,
    due_on: date,
    owner: User | None = None,
    partner: Partner | None = None,
    item: AgendaItem | None = None,
) -> Action:
    demand_secretariat(actor)
    return Action.objects.create(
        committee=meeting.committee,
        meeting=meeting,
        item=item,
        title=title,
        due_on=due_on,
        owner=owner,
        partner=partner,
    )


@transaction.atomic
def progress_action(*, actor: User, action: Action, to: str, evidence: str = "") -> Action:
    """Move an action along. Verifying is the secretariat's. Raises NotAllowed, TransitionRefused."""
    action = Action.objects.select_for_update(of=["self"]).get(pk=action.pk)
    allowed = (
        can_prepare_meetings(actor) if to == ActionStatus.VERIFIED else can_do_action(actor, action)
    )
    if not allowed:
        raise NotAllowed(_("This action is not yours to change."), remedy=_("Write to its owner."))
    if action.status == to:
        return action
    move(action, ACTION_MOVES, to)
    if evidence:
        action.evidence = evidence
    if to == ActionStatus.DONE:
        action.done_at, action.done_by = timezone.now(), actor
    if to == ActionStatus.VERIFIED:
        action.verified_at, action.verified_by = timezone.now(), actor
    action.save()
    return action
