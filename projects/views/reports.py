"""The report of a partner: written on one page, read on another."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners.permissions import belongs_to, manages
from projects import unsent
from projects.campaigns import standing
from projects.enums import ReportSection, ReportStatus
from projects.forms.reports import ReportSheet
from projects.models import Evidence, ProgressReport
from projects.permissions import can_correct_report, can_edit_report, can_remark_report
from projects.reading import reading_of
from projects.services import drafts, reports
from projects.services.checks import Incomplete
from smartport.errors import Refusal, Stale
from smartport.files import EVIDENCE_TYPES, download

SENT_TOGETHER = 10  # files in one go


def visible_report(request: HttpRequest, pk: int) -> ProgressReport:
    visible = ProgressReport.objects.visible_to(request.user)
    return get_object_or_404(reports.with_rows(visible), pk=pk)


def report_to_write(request: HttpRequest, pk: int) -> ProgressReport:
    """Strangers 404; those who may only read it 403."""
    report = visible_report(request, pk)
    if not belongs_to(request.user, report.project.lead_id):
        raise PermissionDenied
    return report


def to_edit(report: ProgressReport, anchor: str = "") -> HttpResponse:
    url = reverse("projects:report_edit", args=[report.pk])
    return redirect(f"{url}#{anchor}" if anchor else url)


@unsent.kept_for_sign_in
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report_edit(request: HttpRequest, pk: int) -> HttpResponse:
    report = report_to_write(request, pk)
    if request.method == "POST":
        return _save_and_go(request, report)
    if not can_edit_report(request.user, report) or reports.is_closed(report):
        return redirect(report)
    if found := unsent.find(request, report.pk):
        typed, with_files = found
        return _page(request, report, sheet_of(report, typed), restored=True, lost_files=with_files)
    return _page(request, report, sheet_of(report))


def sheet_of(report: ProgressReport, data: Any = None) -> ReportSheet:
    return ReportSheet(report, content=drafts.shown(report), before=_before(report), data=data)


def _before(report: ProgressReport) -> drafts.Content | None:
    """What the last accepted report said, to stand beside the fields."""
    previous = drafts.latest_accepted(report)
    if previous is None:
        return None
    previous.project = report.project
    report.previous = previous
    return drafts.read(previous)


def _save_and_go(request: HttpRequest, report: ProgressReport) -> HttpResponse:
    """Save first, whatever was asked: what is typed is never at the mercy of what comes after."""
    sheet = sheet_of(report, request.POST)
    try:
        reports.save_draft(
            actor=request.user,
            report=report,
            data=sheet.content(),
            revision=sheet.revision(),
            base=sheet.base(),
            held=sheet.held(),
        )
    except Stale:
        unsent.forget(request, report.pk)
        return redirect("projects:report_conflict", report.pk)
    except (reports.NotEditable, reports.PeriodClosed) as refusal:
        unsent.forget(request, report.pk)
        return _too_late(request, report, refusal)
    unsent.forget(request, report.pk)
    refused_files = _take_files(request, report)
    if sheet.has_errors() or refused_files:
        return _page(request, visible_report(request, report.pk), sheet, refused_files)
    return _after_save(request, report, sheet)


def _too_late(request: HttpRequest, report: ProgressReport, refusal: Refusal) -> HttpResponse:
    """Sent twice is sent once; a text that came too late is kept aside and shown on the report's page."""
    if report.status == ReportStatus.SUBMITTED and not refusal.context.get("conflicts"):
        messages.info(request, _("This report has been sent."))
    else:
        messages.error(request, str(refusal))
    return redirect(report)


def _take_files(request: HttpRequest, report: ProgressReport) -> list[str]:
    """Joins what was sent and says, by file, why one is refused."""
    refused = []
    for upload in request.FILES.getlist("evidence")[:SENT_TOGETHER]:
        try:
            reports.add_evidence(actor=request.user, report=report, upload=upload)
        except Refusal as refusal:
            refused.append(_("%(file)s: %(why)s") % {"file": upload.name, "why": refusal})
    return refused


def _after_save(request: HttpRequest, report: ProgressReport, sheet: ReportSheet) -> HttpResponse:
    if number := request.POST.get("remove_file", ""):
        if number.isdecimal():
            reports.remove_evidence(actor=request.user, report=report, evidence_id=int(number))
        return to_edit(report, "evidence")
    match request.POST.get("action"):
        case "submit":
            return _submit(request, report, sheet)
        case "ask":
            return _ask(request, report, sheet)
        case "add_risk":
            return to_edit(report, "risks")
        case "add_file":
            return to_edit(report, "evidence")
    messages.success(request, _("The draft is saved. You can stop here and come back."))
    return to_edit(report)


def _submit(request: HttpRequest, report: ProgressReport, sheet: ReportSheet) -> HttpResponse:
    try:
        reports.submit(actor=request.user, report=report)
    except Incomplete as refusal:
        return _incomplete(request, report, sheet, refusal)
    except reports.ConfirmationNeeded:
        return _ask(request, report, sheet)
    except reports.NotEditable as refusal:
        return _too_late(request, report, refusal)
    messages.success(request, _("The report is sent. The secretariat will review it."))
    return redirect(report)


def _ask(request: HttpRequest, report: ProgressReport, sheet: ReportSheet) -> HttpResponse:
    try:
        reports.ask_confirmation(actor=request.user, report=report)
    except Incomplete as refusal:
        return _incomplete(request, report, sheet, refusal)
    messages.success(
        request, _("Your managers are asked to confirm the report: they send it once they agree.")
    )
    return redirect(report)


def _incomplete(
    request: HttpRequest, report: ProgressReport, sheet: ReportSheet, refusal: Incomplete
) -> HttpResponse:
    fresh = visible_report(request, report.pk)
    sheet.add_problems(refusal.context["problems"])
    sheet.refresh_version(fresh)
    return _page(request, fresh, sheet)


def _page(
    request: HttpRequest,
    report: ProgressReport,
    sheet: ReportSheet,
    refused_files: list[str] | None = None,
    *,
    restored: bool = False,
    lost_files: bool = False,
) -> HttpResponse:
    """`restored`: what was typed without a session, shown again and not saved yet."""
    if sheet.posted and not restored:
        sheet.refresh_version(report)
    context = {
        "report": report,
        "project": report.project,
        "sheet": sheet,
        "previous": getattr(sheet.report, "previous", None),
        "reasons": (reasons := reasons_of(report)),
        "has_reasons": any(reasons.values()),
        "evidence": list(report.evidence.all()),
        "refused_files": refused_files or [],
        "unmerged": report.unmerged.filter(person=request.user).exists(),
        "accept": ",".join(f".{ending}" for ending in EVIDENCE_TYPES),
        "limit": settings.UPLOAD_MAX_BYTES // (1024 * 1024),
        "must_ask": _must_ask(request, report),
        "writer": unsent.mark(request.user, report.pk),
        "restored": restored,
        "lost_files": lost_files,
    }
    wrong = bool(refused_files) or (sheet.has_errors() and sheet.posted and not restored)
    return render(request, "projects/report_edit.html", context, status=422 if wrong else 200)


def _must_ask(request: HttpRequest, report: ProgressReport) -> bool:
    """Whether this person hands the report to a manager instead of sending it."""
    lead = report.project.lead
    return (
        lead.manager_confirms and report.confirmed_at is None and not manages(request.user, lead.pk)
    )


def reasons_of(report: ProgressReport) -> dict[str, list[Any]]:
    """Why it was sent back the last time, by section; all empty once it was sent again."""
    found: dict[str, list[Any]] = {section: [] for section in ReportSection.values}
    if report.status != ReportStatus.SENT_BACK:
        return found
    sent_back = report.review_notes.filter(action="sent_back", at__gte=report.reviewed_at)
    for note in sent_back.select_related("author").order_by("id"):
        found[note.section].append(note)
    return found


@login_required
@require_safe
def report_detail(request: HttpRequest, pk: int) -> HttpResponse:
    report = visible_report(request, pk)
    context = {
        "report": report,
        "project": report.project,
        "standing": standing(report, timezone.localdate()),
        "reading": reading_of(report),
        "notes": report.review_notes.select_related("author").order_by("at", "id"),
        "evidence": report.evidence.all(),
        "may_write": can_edit_report(request.user, report) and not reports.is_closed(report),
        "may_remark": can_remark_report(request.user, report),
        "may_correct": can_correct_report(request.user, report)
        and not ProgressReport.objects.filter(corrects=report).exists(),
        "correction": ProgressReport.objects.filter(corrects=report).first(),
        "unmerged": report.unmerged.filter(person=request.user).first(),
    }
    return render(request, "projects/report_detail.html", context)


@login_required
@require_safe
def evidence_file(request: HttpRequest, pk: int, evidence_id: int) -> HttpResponse:
    report = get_object_or_404(ProgressReport.objects.visible_to(request.user), pk=pk)
    proof = get_object_or_404(Evidence, report=report, pk=evidence_id)
    return download(proof.file, name=proof.name, media_type=proof.media_type)


@login_required
@require_POST
def report_remark(request: HttpRequest, pk: int) -> HttpResponse:
    report = visible_report(request, pk)
    try:
        reports.add_remark(actor=request.user, report=report, text=request.POST.get("text", ""))
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        messages.error(request, str(refusal))
    return redirect(f"{report.get_absolute_url()}#conversation")


@login_required
@require_POST
def report_correct(request: HttpRequest, pk: int) -> HttpResponse:
    report = visible_report(request, pk)
    try:
        correction = reports.open_correction(
            actor=request.user, report=report, reason=request.POST.get("reason", "")
        )
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        messages.error(request, str(refusal))
        return redirect(refusal.context.get("current", report))
    messages.success(
        request,
        _("Version %(number)s is open: change it, then send it.") % {"number": correction.version},
    )
    if can_edit_report(request.user, correction):
        return to_edit(correction)
    return redirect(correction)
