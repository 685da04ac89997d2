"""The agenda: its items, their order, their papers, and what carries over."""

from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from governance.enums import Access, Effect, ItemKind, MeetingStatus
from governance.errors import (
    AgendaClosed,
    AlreadyApproved,
    LateReasonMissing,
    OnAgenda,
    PaperUnusable,
    SubjectMissing,
)
from governance.models import AgendaItem, AgendaPaper, Meeting, Paper, PaperRevision
from governance.permissions import can_prepare_meetings
from governance.typesetting.inspection import inspect_pdf
from partners.models import User
from projects.enums import AgreementStatus, SeriesStatus
from projects.models import Amendment
from projects.services import effects
from smartport.errors import NotAllowed, Stale
from smartport.files import PDF_ONLY, FileRefused, check_upload

EFFECT_OF_KIND = {
    ItemKind.APPROVE_MINUTES: Effect.APPROVE_MINUTES,
    ItemKind.APPROVE_SERIES: Effect.APPROVE_SERIES,
    ItemKind.APPROVE_AGREEMENT: Effect.APPROVE_AGREEMENT,
    ItemKind.APPROVE_AMENDMENT: Effect.APPROVE_AMENDMENT,
}
SUBJECT_OF_EFFECT = {
    Effect.APPROVE_SERIES: "series",
    Effect.APPROVE_AGREEMENT: "agreement",
    Effect.APPROVE_AMENDMENT: "amendment",
    Effect.SUSPEND_PROJECT: "project",
    Effect.RESUME_PROJECT: "project",
    Effect.COMPLETE_PROJECT: "project",
    Effect.CANCEL_PROJECT: "project",
    Effect.REBASELINE_PROJECT: "project",
}

# An item that corrects a decision is about what that decision was about.
FIXED_BY_CORRECTION = frozenset({"kind", "effect", "series", "project", "agreement", "amendment"})


def demand_secretariat(actor: User) -> None:
    if not can_prepare_meetings(actor):
        raise NotAllowed(
            _("Only the secretariat prepares and holds meetings."),
            remedy=_("Write to the secretariat to have this changed."),
        )


def locked_meeting(pk: int) -> Meeting:
    return Meeting.objects.select_for_update(of=["self"]).select_related("committee").get(pk=pk)


def demand_open_agenda(meeting: Meeting, *, late_reason: str = "") -> None:
    """Before the summons the agenda is open; after it began, only a late item with its reason enters."""
    if meeting.agenda_is_open or (late_reason and meeting.status == "in_session"):
        return
    raise AgendaClosed(
        _("The agenda is closed: the meeting is %(state)s.")
        % {"state": str(meeting.get_status_display()).lower()},
        remedy=_("Cancel it and send another one.")
        if meeting.is_written
        else _("During the meeting, add the item as late and say why."),
    )


def _demand_reason_if_late(meeting: Meeting, late_reason: str) -> None:
    if meeting.status == MeetingStatus.SUMMONED and not late_reason.strip():
        raise LateReasonMissing(
            _("The summons went out: a new item is late."),
            remedy=_("Say why; the members and the minutes are told."),
            field="late_reason",
        )


def _effect_of(item: AgendaItem, *, before: str) -> Effect:
    """That of its kind where it has one; an item that was of such a kind `before` does not keep its effect."""
    left = EFFECT_OF_KIND.get(ItemKind(before)) if before != item.kind else None
    kept = Effect.NONE if item.effect == left else Effect(item.effect)
    return kept if item.corrects_id else EFFECT_OF_KIND.get(ItemKind(item.kind), kept)


def _check_subject(item: AgendaItem) -> None:
    """The effect names what it acts on, and could act today.

    Raises SubjectMissing, AlreadyApproved, OnAgenda, AgreementNotAmended.
    """
    _bring_agreement(item)
    subject = SUBJECT_OF_EFFECT.get(Effect(item.effect))
    if subject and getattr(item, subject) is None:
        raise SubjectMissing(
            _("Say which project this acts on.")
            if subject == "project"
            else _("Say what is to be approved."),
            field=subject,
        )
    if item.corrects_id:
        return  # it takes the place of the decision that approved
    if item.effect == Effect.WITHDRAW:
        raise SubjectMissing(
            _("A decision is withdrawn from its own page."),
            remedy=_("Open the decision, then correct or withdraw it."),
            field="effect",
        )
    series, agreement = item.series, item.agreement
    if item.effect == Effect.APPROVE_SERIES and series and series.status == SeriesStatus.APPROVED:
        raise AlreadyApproved(
            _("“%(series)s” is approved already.") % {"series": series},
            remedy=_("Put it on the agenda for information or progress instead."),
            field="series",
        )
    if (
        item.effect == Effect.APPROVE_AGREEMENT
        and agreement
        and agreement.status != AgreementStatus.DRAFT
    ):
        raise AlreadyApproved(
            _("“%(agreement)s” is approved already.") % {"agreement": agreement},
            remedy=_("Put it on the agenda for information instead."),
            field="agreement",
        )
    if item.effect == Effect.APPROVE_AMENDMENT and item.amendment:
        _check_amendment(item.amendment)
    if item.effect in EFFECT_OF_KIND.values() and subject:
        _demand_once(item, subject)


def _demand_once(item: AgendaItem, subject: str) -> None:
    """The second of two would stop the meeting from closing."""
    wanted = {"effect": item.effect, subject: getattr(item, subject), "corrects": None}
    other = item.meeting.agenda.filter(**wanted).exclude(pk=item.pk).first()
    if other:
        raise OnAgenda(
            _("Item “%(item)s” of this agenda asks for this approval already.") % {"item": other},
            remedy=_("Change that item, or put this one for information."),
            field=subject,
        )


def _bring_agreement(item: AgendaItem) -> None:
    """An amendment comes with the agreement it amends, and is approved by itself."""
    if item.amendment is None:
        return
    if item.effect == Effect.APPROVE_AGREEMENT:
        raise SubjectMissing(
            _("An agreement and an amendment to it are approved one by one."),
            remedy=_("Leave the amendment out, or choose “Approval of an amendment”."),
            field="amendment",
        )
    if item.agreement_id not in {None, item.amendment.agreement_id}:
        raise SubjectMissing(
            _("This amendment is to another agreement."),
            remedy=_("Name the agreement it amends, or none."),
            field="amendment",
        )
    item.agreement = item.amendment.agreement


def _check_amendment(amendment: Amendment) -> None:
    if amendment.status != AgreementStatus.DRAFT:
        raise AlreadyApproved(
            _("“%(amendment)s” is approved already.") % {"amendment": amendment},
            remedy=_("Put it on the agenda for information instead."),
            field="amendment",
        )
    effects.demand_amendable(amendment.agreement)


@transaction.atomic
def add_item(*, actor: User, meeting: Meeting, late_reason: str = "", **fields: Any) -> AgendaItem:
    """Append an item. After the summons, `late_reason` is needed.

    Raises AgendaClosed, LateReasonMissing, AlreadyApproved, OnAgenda.
    """
    demand_secretariat(actor)
    meeting = locked_meeting(meeting.pk)
    demand_open_agenda(meeting, late_reason=late_reason)
    _demand_reason_if_late(meeting, late_reason)
    last = meeting.agenda.aggregate(last=Max("position"))["last"] or 0
    item = AgendaItem(meeting=meeting, position=last + 1, proposed_by=actor, **fields)
    item.late, item.late_reason = bool(late_reason), late_reason
    item.effect = _effect_of(item, before=item.kind)
    _check_subject(item)
    item.save()
    return item


@transaction.atomic
def edit_item(*, actor: User, item: AgendaItem, revision: int, **fields: Any) -> AgendaItem:
    """Change an item last read at `revision`. Raises Stale when someone saved it since."""
    demand_secretariat(actor)
    meeting = locked_meeting(item.meeting_id)
    demand_open_agenda(meeting)
    current = AgendaItem.objects.select_for_update(of=["self"]).get(pk=item.pk)
    if current.revision != revision:
        raise Stale(
            _("Someone saved this item while you were writing."),
            remedy=_("Compare the two texts and choose."),
            current=current,
        )
    kind = current.kind
    for name, value in fields.items():
        if not (current.corrects_id and name in FIXED_BY_CORRECTION):
            setattr(current, name, value)
    if not current.corrects_id:
        current.effect = _effect_of(current, before=kind)
    _check_subject(current)
    current.revision += 1
    current.save()
    return current


@transaction.atomic
def mark_ready(*, actor: User, item: AgendaItem, ready: bool) -> None:
    """Ready for the pack, or not any more; doing it twice changes nothing."""
    demand_secretariat(actor)
    demand_open_agenda(locked_meeting(item.meeting_id))
    current = AgendaItem.objects.select_for_update(of=["self"]).get(pk=item.pk)
    if current.ready != ready:
        current.ready, current.revision = ready, current.revision + 1
        current.save(update_fields=["ready", "revision"])


@transaction.atomic
def move_item(*, actor: User, item: AgendaItem, to: int) -> None:
    """Put the item at position `to` (from 1); the others close up."""
    demand_secretariat(actor)
    meeting = locked_meeting(item.meeting_id)
    demand_open_agenda(meeting)
    order = list(meeting.agenda.order_by("position").values_list("pk", flat=True))
    order.remove(item.pk)
    order.insert(max(0, min(to - 1, len(order))), item.pk)
    reorder_items(actor=actor, meeting=meeting, order=order)


@transaction.atomic
def reorder_items(*, actor: User, meeting: Meeting, order: list[int]) -> None:
    """`order` is every item's pk, in the wanted order; the unique position is checked at the end only."""
    demand_secretariat(actor)
    meeting = locked_meeting(meeting.pk)
    demand_open_agenda(meeting)
    items = {item.pk: item for item in meeting.agenda.select_for_update(of=["self"])}
    if set(order) != set(items):
        raise Stale(
            _("The agenda changed meanwhile."), remedy=_("Reload the page, then order it again.")
        )
    for position, pk in enumerate(order, start=1):
        if items[pk].position != position:
            AgendaItem.objects.filter(pk=pk).update(position=position)


@transaction.atomic
def remove_item(*, actor: User, item: AgendaItem) -> None:
    demand_secretariat(actor)
    meeting = locked_meeting(item.meeting_id)
    demand_open_agenda(meeting)
    position = item.position
    AgendaItem.objects.filter(pk=item.pk).delete()
    meeting.agenda.filter(position__gt=position).update(position=F("position") - 1)


@transaction.atomic
def attach_paper(
    *,
    actor: User,
    item: AgendaItem,
    upload: UploadedFile,
    title: str = "",
    access: str = Access.COMMITTEE,
    paper: Paper | None = None,
) -> AgendaPaper:
    """Keep the PDF as a new paper, or as a new revision of `paper`, and pin it to the item.

    Raises FileRefused for anything but a PDF, PaperUnusable for one that cannot be read.
    """
    demand_secretariat(actor)
    meeting = locked_meeting(item.meeting_id)
    demand_open_agenda(meeting, late_reason=item.late_reason)
    try:
        checked = check_upload(upload, PDF_ONLY)
    except FileRefused as refused:
        refused.field = "file"
        raise
    inspection = inspect_pdf(cast("BinaryIO", upload.file))
    upload.seek(0)
    if not inspection.is_usable:
        raise PaperUnusable(
            " ".join(str(finding.message) for finding in inspection.errors),
            remedy=_("Open it, print it to a new PDF without password, and send that one."),
            field="file",
        )
    if paper is None:
        stem = checked.name.rpartition(".")[0].replace("_", " ")
        paper = Paper.objects.create(
            committee=meeting.committee, title=title or stem, access=access
        )
    Paper.objects.select_for_update().get(pk=paper.pk)
    last = paper.revisions.order_by("number").last()
    if last and last.sha256 == checked.sha256:
        raise PaperUnusable(
            _("This is the file of revision %(number)s, byte for byte.") % {"number": last.number},
            remedy=_("Send the changed one, or pin that revision."),
            field="file",
        )
    revision = PaperRevision.objects.create(
        paper=paper,
        number=last.number + 1 if last else 1,
        file=upload,
        name=checked.name,
        size=checked.size,
        pages=inspection.pages,
        sha256=checked.sha256,
        findings=[
            {"code": f.code, "severity": f.severity, "pages": list(f.pages)}
            for f in inspection.findings
        ],
        uploaded_by=actor,
    )
    return _pin(item, revision)


def _pin(item: AgendaItem, revision: PaperRevision) -> AgendaPaper:
    pinned = item.annexes.filter(revision__paper=revision.paper).first()
    if pinned is None:
        place = item.annexes.aggregate(last=Max("position"))["last"] or 0
        return AgendaPaper.objects.create(item=item, revision=revision, position=place + 1)
    if pinned.revision_id != revision.pk:
        pinned.revision = revision
        pinned.save(update_fields=["revision"])
    return pinned


@transaction.atomic
def pin(*, actor: User, item: AgendaItem, revision: PaperRevision) -> AgendaPaper:
    """Let the item show this revision, in place of any other of its paper; doing it twice changes nothing."""
    demand_secretariat(actor)
    meeting = locked_meeting(item.meeting_id)
    demand_open_agenda(meeting, late_reason=item.late_reason)
    if revision.paper.committee_id != meeting.committee_id:
        raise PaperUnusable(
            _("This paper is of another committee."),
            remedy=_("Bring its file again here, with its own access level."),
            field="paper",
        )
    return _pin(item, revision)


@transaction.atomic
def set_access(*, actor: User, paper: Paper, access: str) -> None:
    """Who may read the paper from now on, in all its revisions."""
    demand_secretariat(actor)
    paper = Paper.objects.select_for_update().get(pk=paper.pk)
    if paper.access != access:
        paper.access = access
        paper.save(update_fields=["access"])


@transaction.atomic
def detach_paper(*, actor: User, annex: AgendaPaper) -> None:
    """Unpin; the paper and its revisions stay."""
    demand_secretariat(actor)
    demand_open_agenda(locked_meeting(annex.item.meeting_id))
    annex.delete()
