"""What happens while a report is written: it saves itself, two people are told of each other, and choose."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from projects import presence, unsent
from projects.models import ProgressReport, UnmergedDraft
from projects.permissions import can_edit_report
from projects.reading import in_words, labels_of
from projects.services import drafts, reports
from projects.views.reports import report_to_write, sheet_of, to_edit, visible_report
from smartport import dates
from smartport.errors import Refusal, Stale


@require_POST
def report_autosave(request: HttpRequest, pk: int) -> HttpResponse:
    """200 {saved_at, version}; 401 the session is over; 409 {url} someone saved first; 422 {message}."""
    if not request.user.is_authenticated:
        return JsonResponse({"message": _("Your session has ended.")}, status=401)
    report = report_to_write(request, pk)
    sheet = sheet_of(report, request.POST)
    try:
        saved = reports.save_draft(
            actor=request.user,
            report=report,
            data=sheet.content(),
            revision=sheet.revision(),
            base=sheet.base(),
            held=sheet.held(),
        )
    except Stale:
        return JsonResponse({"url": reverse("projects:report_conflict", args=[pk])}, status=409)
    except Refusal as refusal:
        return JsonResponse({"message": str(refusal)}, status=422)
    sheet.refresh_version(saved)
    unsent.forget(request, pk)
    return JsonResponse(
        {
            "saved_at": dates.clock(saved.edited_at or timezone.now()),
            "version": sheet.version,
        }
    )


@require_POST
def report_presence(request: HttpRequest, pk: int) -> HttpResponse:
    """Says that this person has the form open; answers who else has, in words (empty when alone)."""
    if not request.user.is_authenticated:
        return JsonResponse({"message": _("Your session has ended.")}, status=401)
    report = report_to_write(request, pk)
    presence.arrive(report.pk, request.user)
    return JsonResponse({"others": presence.others(report.pk, request.user)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report_conflict(request: HttpRequest, pk: int) -> HttpResponse:
    """Both texts side by side, field by field; what is chosen becomes the newest version."""
    report = report_to_write(request, pk)
    kept = report.unmerged.filter(person=request.user).first()
    if kept is None:
        return to_edit(report)
    if not can_edit_report(request.user, report):
        return render(request, "projects/report_kept.html", _both_texts(report, kept))
    if request.method == "POST":
        return _choose(request, report, kept)
    return render(request, "projects/report_conflict.html", _both_texts(report, kept))


def _choose(request: HttpRequest, report: ProgressReport, kept: UnmergedDraft) -> HttpResponse:
    """Refuses to take a third version unseen: a newer save shows the page again with it."""
    if request.POST.get("version") != str(report.revision):
        messages.info(request, _("The text changed once more meanwhile: please look again."))
        return render(request, "projects/report_conflict.html", _both_texts(report, kept))
    theirs = drafts.shown(report)
    merge = drafts.merge(mine=kept.mine, theirs=theirs, base=kept.base)
    mine = {
        unit: kept.mine[unit]
        for unit in merge.conflicts
        if request.POST.get(f"choice-{unit}", "mine") == "mine"
    }
    try:
        reports.save_draft(
            actor=request.user, report=report, data=merge.content | mine, revision=report.revision
        )
    except Stale:
        return redirect("projects:report_conflict", report.pk)
    reports.forget_aside(actor=request.user, report=report)
    messages.success(request, _("Your choices are saved."))
    return to_edit(report)


def _both_texts(report: ProgressReport, kept: UnmergedDraft) -> dict[str, Any]:
    theirs = drafts.shown(report)
    conflicts = drafts.merge(mine=kept.mine, theirs=theirs, base=kept.base).conflicts
    labels = labels_of(report, [*theirs, *kept.mine])
    fields = [
        {
            "name": unit,
            "label": labels.get(unit, unit),
            "mine": in_words(unit, kept.mine[unit]),
            "theirs": in_words(unit, theirs.get(unit)),
        }
        for unit in labels
        if unit in conflicts
    ]
    return {
        "report": report,
        "project": report.project,
        "fields": fields,
        "them": str(report.edited_by or _("Someone else")),
        "their_time": dates.moment(report.edited_at),
        "kept": kept,
    }


@login_required
@require_POST
def report_forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives up the text kept aside."""
    report = visible_report(request, pk)
    reports.forget_aside(actor=request.user, report=report)
    messages.info(request, _("The text kept aside is gone."))
    return redirect(report)


@login_required
@require_POST
def report_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What is typed now, as the public will see it once accepted; saves nothing."""
    report = report_to_write(request, pk)
    content = drafts.shown(report) | drafts.plain_content(sheet_of(report, request.POST).content())
    context = {"report": report, "project": report.project, "content": content}
    return render(request, "projects/report_preview.html", context)
