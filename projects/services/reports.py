"""What a partner does with a report: write, have it confirmed, submit, answer, correct."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.models import User
from partners.permissions import manages
from projects.enums import (
    EDITABLE_REPORTS,
    REPORT_MOVES,
    UNWRITTEN_REPORTS,
    ReportSection,
    ReportStatus,
    ReviewAction,
)
from projects.models import (
    Evidence,
    ProgressReport,
    ProjectIndicator,
    ReviewNote,
    UnmergedDraft,
)
from projects.permissions import (
    can_confirm_report,
    can_correct_report,
    can_edit_report,
    can_remark_report,
)
from projects.services import drafts, notices
from projects.services.checks import require_complete
from smartport.errors import NotAllowed, Refusal, Stale
from smartport.workflow import move

CORRECTION_DAYS = 14


class NotEditable(Refusal):
    """The report has been sent, or accepted: its text cannot change now."""

    code = "not_editable"


class PeriodClosed(Refusal):
    """The campaign is over and this report was not extended."""

    code = "period_closed"


class ConfirmationNeeded(Refusal):
    """This partner wants a manager to confirm each report first."""

    code = "confirmation_needed"


def with_rows(reports: Any) -> Any:
    """The same few queries for any number of rows: what the form, the reading and the checks need."""
    return reports.select_related("project__lead", "project__series", "period").prefetch_related(
        "project__milestones",
        Prefetch("project__indicators", ProjectIndicator.objects.select_related("indicator")),
        "milestone_updates",
        "indicator_values",
        "expenditures",
        "risks",
    )


def locked(report: ProgressReport) -> ProgressReport:
    """The row as it is now, held until the transaction ends."""
    return with_rows(ProgressReport.objects).select_for_update(of=("self",)).get(pk=report.pk)


def loaded(report: ProgressReport) -> ProgressReport:
    """The row as it is now with everything a page shows of it."""
    return with_rows(ProgressReport.objects).get(pk=report.pk)


def save_draft(
    *,
    actor: User,
    report: ProgressReport,
    data: Mapping[str, Any],
    revision: int,
    base: Mapping[str, str] | None = None,
    held: Mapping[str, str] | None = None,
) -> ProgressReport:
    """Keeps what was typed. `data` maps units (services.drafts) to values; `held` is what cannot be stored yet.

    With `base` (digests of what the page showed) two people merge unit by unit; without, `revision` must be
    the newest. Raises Stale with `conflicts` and `current`; what was typed is then kept as an UnmergedDraft.
    """
    mine = drafts.plain_content(data)
    try:
        return _save(actor=actor, report=report, mine=mine, revision=revision, base=base, held=held)
    except (Stale, NotEditable, PeriodClosed) as refusal:
        if base is not None and refusal.context.get("conflicts", True):
            keep_aside(actor=actor, report=report, mine=mine, revision=revision, base=base)
        raise


@transaction.atomic
def _save(
    *,
    actor: User,
    report: ProgressReport,
    mine: drafts.Content,
    revision: int,
    base: Mapping[str, str] | None,
    held: Mapping[str, str] | None,
) -> ProgressReport:
    report = locked(report)
    stored = drafts.shown(report)
    same = all(stored.get(unit) == value for unit, value in mine.items())
    require_editable(actor, report, nothing_new=same)
    if base is None:
        if revision != report.revision:
            raise _stale(report, frozenset(mine))
        merged = stored | mine
    else:
        merge = drafts.merge(mine=mine, theirs=stored, base=base)
        if merge.conflicts:
            raise _stale(report, merge.conflicts)
        merged = merge.content
    held_now = report.held_input if held is None else dict(held)
    if merged == stored and held_now == report.held_input and report.status != ReportStatus.OPEN:
        return report
    drafts.write(report, merged)
    report.held_input = held_now
    _touch(report, actor)
    report.save()
    _drop_what_is_in(merged, report, actor)
    return report


def _drop_what_is_in(content: drafts.Content, report: ProgressReport, actor: User) -> None:
    """A text kept aside goes by itself only once every word of it is in the report."""
    kept = UnmergedDraft.objects.filter(report=report, person=actor).first()
    if kept and all(content.get(unit) == value for unit, value in kept.mine.items()):
        kept.delete()


def _touch(report: ProgressReport, actor: User) -> None:
    """A saved text is a draft, newer by one, that nobody has confirmed."""
    if report.status == ReportStatus.OPEN:
        move(report, REPORT_MOVES, ReportStatus.DRAFT)
    report.revision += 1
    report.edited_by, report.edited_at = actor, timezone.now()
    report.confirmation_asked_by = report.confirmation_asked_at = None
    report.confirmed_by = report.confirmed_at = None


def _stale(report: ProgressReport, conflicts: frozenset[str]) -> Stale:
    return Stale(
        _("%(person)s saved this report while you were writing.") % {"person": report.edited_by},
        remedy=_("Compare both texts and choose what to keep."),
        current=report,
        conflicts=conflicts,
    )


@transaction.atomic
def keep_aside(
    *,
    actor: User,
    report: ProgressReport,
    mine: Mapping[str, Any],
    revision: int,
    base: Mapping[str, str],
) -> UnmergedDraft:
    kept, _created = UnmergedDraft.objects.update_or_create(
        report=report,
        person=actor,
        defaults={"mine": mine, "base": base, "revision": revision, "at": timezone.now()},
    )
    return kept


@transaction.atomic
def forget_aside(*, actor: User, report: ProgressReport) -> None:
    """Once both texts are reconciled, or the person gives theirs up."""
    UnmergedDraft.objects.filter(report=report, person=actor).delete()


def require_editable(actor: User, report: ProgressReport, *, nothing_new: bool = False) -> None:
    """Raises NotEditable (`conflicts` is empty when nothing would be lost), PeriodClosed or NotAllowed."""
    if report.status not in EDITABLE_REPORTS:
        raise NotEditable(
            _("This report is with the secretariat: its text cannot change now.")
            if report.status == ReportStatus.SUBMITTED
            else _("This report is accepted: its text cannot change any more."),
            remedy=_("Ask the secretariat to send it back.")
            if report.status == ReportStatus.SUBMITTED
            else _("Open a correction to change it."),
            conflicts=frozenset() if nothing_new else frozenset({"*"}),
        )
    if not can_edit_report(actor, report):
        raise NotAllowed(_("Only people of the lead partner write this report."))
    if is_closed(report):
        raise PeriodClosed(
            _("This reporting campaign is closed."),
            remedy=_("Ask the secretariat for an extension; what you typed is kept."),
            conflicts=frozenset() if nothing_new else frozenset({"*"}),
        )


def is_closed(report: ProgressReport) -> bool:
    """Nobody sent it before its campaign closed, and no extension runs."""
    today = timezone.localdate()
    return (
        report.status in UNWRITTEN_REPORTS
        and report.version == 1
        and report.period.is_closed_on(today)
        and report.due_on < today
    )


@transaction.atomic
def ask_confirmation(*, actor: User, report: ProgressReport) -> ProgressReport:
    """Hands a complete draft to the partner's managers, who are told; asking twice tells them once."""
    report = locked(report)
    require_editable(actor, report)
    require_complete(report, drafts.read(report))
    if report.confirmation_asked_at is None:
        report.confirmation_asked_by, report.confirmation_asked_at = actor, timezone.now()
        report.save(update_fields=["confirmation_asked_by", "confirmation_asked_at"])
        notices.ask_to_confirm(report)
    return report


@transaction.atomic
def confirm(*, actor: User, report: ProgressReport) -> ProgressReport:
    report = locked(report)
    require_editable(actor, report)
    if not can_confirm_report(actor, report):
        raise NotAllowed(_("Only a manager of the lead partner confirms a report."))
    require_complete(report, drafts.read(report))
    _confirm(report, actor)
    report.save(update_fields=["confirmed_by", "confirmed_at"])
    return report


def _confirm(report: ProgressReport, actor: User) -> None:
    report.confirmed_by, report.confirmed_at = actor, timezone.now()
    _note(report, ReviewAction.CONFIRMED, actor)


@transaction.atomic
def submit(*, actor: User, report: ProgressReport) -> ProgressReport:
    """Sends a complete report to the secretariat. A manager's submission is also the confirmation asked for.

    Raises Incomplete, ConfirmationNeeded, NotEditable (also when it was submitted already).
    """
    report = locked(report)
    require_editable(actor, report, nothing_new=True)
    content = drafts.shown(report)
    require_complete(report, content)
    lead = report.project.lead
    if lead and lead.manager_confirms and report.confirmed_at is None:
        if not manages(actor, report.project.lead_id):
            raise ConfirmationNeeded(
                _("A manager of your organisation confirms each report before it is sent."),
                remedy=_("Ask for the confirmation: the managers are told by e-mail."),
            )
        _confirm(report, actor)
    drafts.write(report, content)
    move(report, REPORT_MOVES, ReportStatus.SUBMITTED)
    report.submitted_by, report.submitted_at = actor, timezone.now()
    report.save()
    _note(report, ReviewAction.SUBMITTED, actor)
    notices.tell_submitted(report)
    return report


@transaction.atomic
def add_remark(
    *, actor: User, report: ProgressReport, text: str, section: str = ReportSection.GENERAL
) -> ReviewNote:
    """One line of the conversation; the other side is told."""
    report = locked(report)
    if not can_remark_report(actor, report):
        raise NotAllowed(_("Only the lead partner and the secretariat talk about this report."))
    if not text.strip():
        raise Refusal(_("Write your remark first."), field="text")
    note = _note(report, ReviewAction.REMARK, actor, text=text.strip(), section=section)
    notices.tell_remark(report, note)
    return note


@transaction.atomic
def open_correction(*, actor: User, report: ProgressReport, reason: str) -> ProgressReport:
    """A new version of an accepted report, with its text, rows and evidence, to change and submit again."""
    report = locked(report)
    if not can_correct_report(actor, report):
        raise NotAllowed(
            _("Only an accepted report can be corrected, by its lead partner or the secretariat.")
        )
    if existing := ProgressReport.objects.filter(corrects=report).first():
        raise Refusal(
            _("A correction of this report is open already."),
            remedy=_("Go on with version %(number)s.") % {"number": existing.version},
            current=existing,
        )
    if not reason.strip():
        raise Refusal(
            _("Say why the report is corrected: the reason stays with it."), field="reason"
        )
    correction = ProgressReport.objects.create(
        project=report.project,
        period=report.period,
        version=report.version + 1,
        corrects=report,
        correction_reason=reason.strip(),
        status=ReportStatus.DRAFT,
        due_on=timezone.localdate() + timedelta(days=CORRECTION_DAYS),
        edited_by=actor,
        edited_at=timezone.now(),
    )
    drafts.write(correction, drafts.read(report))
    correction.save()
    for proof in report.evidence.all():
        proof.pk, proof.report = None, correction
        proof._state.adding = True
        proof.save()
    _note(correction, ReviewAction.CORRECTED, actor, text=reason.strip())
    notices.tell_correction(correction, actor)
    return correction


@transaction.atomic
def add_evidence(*, actor: User, report: ProgressReport, upload: Any) -> Evidence:
    """Checks the file by its content and joins it to the draft. Raises FileRefused or TooManyFiles."""
    from projects.services import evidence

    report = locked(report)
    require_editable(actor, report)
    return evidence.store(actor=actor, report=report, upload=upload)


@transaction.atomic
def remove_evidence(*, actor: User, report: ProgressReport, evidence_id: int) -> int:
    """Takes a file off the draft; 0 when it is gone already. Its bytes go once no version uses them."""
    from projects.services import evidence

    report = locked(report)
    require_editable(actor, report)
    return evidence.remove(report=report, evidence_id=evidence_id)


def _note(
    report: ProgressReport,
    action: ReviewAction,
    actor: User,
    *,
    text: str = "",
    section: str = ReportSection.GENERAL,
) -> ReviewNote:
    return ReviewNote.objects.create(
        report=report, action=action, author=actor, text=text, section=section
    )
