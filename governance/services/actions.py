"""Actions: noted at a meeting, opened when it closes, done by their owner, verified by the secretariat."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.enums import ACTION_MOVES, ActionStatus, MeetingStatus
from governance.errors import EvidenceMissing, OwnerMissing
from governance.models import Action, ActionFile, AgendaItem, Meeting
from governance.permissions import can_do_action, can_edit_action, can_verify_action
from governance.services.agenda import demand_secretariat, locked_meeting
from partners.models import Partner, User
from partners.services import outbox
from partners.services.acting import people_of
from partners.services.reminders import batches
from smartport.errors import NotAllowed, TransitionRefused
from smartport.files import EVIDENCE_TYPES, check_upload
from smartport.messages import Notice
from smartport.workflow import move

NEAR = timedelta(days=7)
BATCH = 500
MOST_FILES = 10
OWNER = gettext_lazy("This action is yours.")
PARTNER = gettext_lazy("This action is your organisation’s.")
VERIFIER = gettext_lazy("You follow the committee’s actions.")


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
    """Noted until the meeting closes, which opens it; opened at once when the meeting is closed already.

    Raises OwnerMissing, TransitionRefused.
    """
    demand_secretariat(actor)
    _demand_someone(owner, partner)
    meeting = locked_meeting(meeting.pk)
    if meeting.status == MeetingStatus.CANCELLED:
        raise TransitionRefused(
            _("This meeting is cancelled: it asks for nothing."),
            remedy=_("Note the action at another meeting."),
            field="meeting",
        )
    closed = meeting.status == MeetingStatus.CLOSED
    action = Action.objects.create(
        committee=meeting.committee,
        meeting=meeting,
        item=item,
        title=title,
        due_on=due_on,
        owner=owner,
        partner=partner,
        status=ActionStatus.OPEN if closed else ActionStatus.PLANNED,
    )
    if closed:
        _tell("action_opened", [action], step="opened")
    return action


def _demand_someone(owner: User | None, partner: Partner | None) -> None:
    if owner is None and partner is None:
        raise OwnerMissing(
            _("Nobody is asked to do it."),
            remedy=_("Name the person or the partner who will do it."),
            field="owner",
        )


def open_planned(meeting: Meeting) -> None:
    """In the transaction that closes the meeting: its actions open, and their owners are told."""
    planned = meeting.actions.filter(status=ActionStatus.PLANNED)
    opened = list(planned.select_related("owner", "partner", "committee").order_by("pk"))
    for action in opened:
        move(action, ACTION_MOVES, ActionStatus.OPEN)
        action.opened_on = timezone.localdate()
        action.save()
    _tell("action_opened", opened, step="opened")


@transaction.atomic
def edit_action(*, actor: User, action: Action, **fields: Any) -> Action:
    """`fields`: title, owner, partner, due_on. A new owner is told. Raises NotAllowed, OwnerMissing."""
    action = _locked(action)
    if not can_edit_action(actor, action):
        raise _not_yours()
    before = (action.owner_id, action.partner_id)
    for name, value in fields.items():
        setattr(action, name, value)
    _demand_someone(action.owner, action.partner)
    action.save()
    if action.status in {ActionStatus.OPEN, ActionStatus.IN_PROGRESS} and before != (
        action.owner_id,
        action.partner_id,
    ):
        _tell("action_opened", [action], step="opened")
    return action


@transaction.atomic
def progress_action(
    *,
    actor: User,
    action: Action,
    to: str,
    evidence: str = "",
    reason: str = "",
    files: Iterable[UploadedFile] = (),
) -> Action:
    """Move an action along; `evidence` says what was done, `reason` why it is sent back.

    Verifying and sending back are the secretariat's. Raises NotAllowed, TransitionRefused, EvidenceMissing,
    FileRefused.
    """
    action = _locked(action)
    if action.status == to:
        return action
    resumed = action.status == ActionStatus.DONE and to == ActionStatus.IN_PROGRESS
    sent_back = resumed and action.owner_id != actor.pk
    secretariats = sent_back or to == ActionStatus.VERIFIED
    allowed = (can_verify_action if secretariats else can_do_action)(actor, action)
    if not allowed and not (secretariats and can_edit_action(actor, action)):
        raise _not_yours()
    move(action, ACTION_MOVES, to)
    if evidence:
        action.evidence = evidence
    for upload in files:
        join_file(actor=actor, action=action, upload=upload)
    _STEPS.get(ActionStatus(to), _begin)(actor, action, reason.strip() if sent_back else None)
    action.save()
    return action


def _begin(actor: User, action: Action, sent_back: str | None) -> None:
    action.done_at = action.done_by = None
    if sent_back is None:
        return
    if not sent_back:
        raise EvidenceMissing(
            _("Say what is still missing."), remedy=_("Its owner reads it."), field="reason"
        )
    action.sent_back_reason = sent_back
    _tell("action_sent_back", [action], step=f"{timezone.now():%Y%m%d%H%M%S}")


def _finish(actor: User, action: Action, _sent_back: str | None) -> None:
    if not action.evidence.strip() and not action.files.exists():
        raise EvidenceMissing(
            _("Say in a few words what was done, or join a file that shows it."), field="evidence"
        )
    action.done_at, action.done_by, action.sent_back_reason = timezone.now(), actor, ""
    notice = _notice(action, list(User.objects.secretariat()), VERIFIER)
    outbox.queue_many(kind="action_done", notices=[notice], step=f"{action.done_at:%Y%m%d%H%M%S}")


def _verify(actor: User, action: Action, _sent_back: str | None) -> None:
    action.verified_at, action.verified_by = timezone.now(), actor


_STEPS = {ActionStatus.DONE: _finish, ActionStatus.VERIFIED: _verify}


@transaction.atomic
def join_file(*, actor: User, action: Action, upload: UploadedFile) -> ActionFile:
    """A file that shows what was done; the same bytes twice are one. Raises FileRefused, NotAllowed."""
    action = _locked(action)
    if not can_do_action(actor, action):
        raise _not_yours()
    checked = check_upload(upload, EVIDENCE_TYPES)
    if same := action.files.filter(sha256=checked.sha256).first():
        return same
    if action.files.count() >= MOST_FILES:
        raise EvidenceMissing(
            _("An action holds %(count)s files at most.") % {"count": MOST_FILES},
            remedy=_("Join several documents in one file."),
            field="files",
        )
    return ActionFile.objects.create(
        action=action,
        file=upload,
        name=checked.name,
        media_type=checked.media_type,
        size=checked.size,
        sha256=checked.sha256,
        uploaded_by=actor,
    )


def to_remind(day: date) -> Iterator[Notice]:
    """Actions still to do whose due date is near or past, for those who can do them."""
    due = (
        Action.objects.to_do()
        .filter(due_on__lte=day + NEAR)
        .select_related("owner", "partner", "committee")
        .order_by("due_on", "pk")
    )
    for some in batches(due.iterator(BATCH), BATCH):
        yield from _notices(some)


def still_to_do(pairs: set[tuple[int, str]]) -> set[tuple[int, str]]:
    numbers = {int(about.partition(":")[2]) for _person, about in pairs}
    actions = Action.objects.to_do().filter(pk__in=numbers).select_related("owner", "partner")
    able = {
        (person.pk, notice.obligation)
        for notice in _notices(actions)
        for person in notice.recipients
    }
    return pairs & able


def _notices(actions: Iterable[Action]) -> Iterator[Notice]:
    """To its owner; where nobody is named, to those who manage the organisation that owes it."""
    found = list(actions)
    managers = people_of({a.partner_id for a in found if a.owner is None}, managers=True)
    for action in found:
        if action.owner and action.owner.is_active:
            yield _notice(action, [action.owner], OWNER)
        elif people := managers.get(action.partner_id or 0):
            yield _notice(action, people, PARTNER)


def _notice(action: Action, recipients: list[User], why: Any) -> Notice:
    return Notice(
        obligation=f"action:{action.pk}",
        recipients=recipients,
        due_on=action.due_on,
        context={"asked": action, "committee": action.committee},
        url_name="governance:action_detail",
        url_args=[action.pk],
        why=why,
    )


def _tell(kind: str, actions: Iterable[Action], *, step: str) -> None:
    outbox.queue_many(kind=kind, notices=_notices(actions), step=step)


def _locked(action: Action) -> Action:
    return (
        Action.objects.select_for_update(of=["self"])
        .select_related("owner", "partner", "committee")
        .get(pk=action.pk)
    )


def _not_yours() -> NotAllowed:
    return NotAllowed(_("This action is not yours to change."), remedy=_("Write to its owner."))
