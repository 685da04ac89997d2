"""Packs of one meeting: what stands in the way, the building as it goes on, the versions and their files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from governance.enums import Audience, BuildStatus
from governance.forms import BuildForm
from governance.models import Meeting, Pack, PackBuild
from governance.permissions import can_build_pack, can_issue_pack
from governance.services import packs, versions
from governance.services.preflight import preflight
from governance.views.access import for_secretariat
from governance.views.meetings import visible_meeting
from smartport.errors import Refusal
from smartport.files import PDF, ZIP, download

SHOWN_BUILDS = 3


def visible_packs(request: HttpRequest, meeting: Meeting) -> Any:
    return (
        Pack.objects.visible_to(request.user)
        .filter(meeting=meeting)
        .defer("snapshot", "manifest")
        .order_by("-version", "audience", "language")
    )


@login_required
def pack_list(request: HttpRequest, code: str) -> HttpResponse:
    return _list(request, visible_meeting(request, code))


@require_POST
@for_secretariat
def pack_build(request: HttpRequest, code: str) -> HttpResponse:
    meeting = visible_meeting(request, code)
    form = BuildForm(request.POST, issued=_issued(Pack.objects.filter(meeting=meeting)))
    if form.is_valid():
        try:
            packs.request_build(actor=request.user, meeting=meeting, **form.cleaned_data)
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            return redirect("governance:pack_list", code=code)
    return _list(request, meeting, form=form)


def _list(request: HttpRequest, meeting: Meeting, form: BuildForm | None = None) -> HttpResponse:
    rows = list(visible_packs(request, meeting))
    may_build = can_build_pack(request.user, meeting)
    builds = list(_builds(meeting)) if may_build else []
    notes = preflight(meeting, Audience.FULL) if may_build else []
    issued = next((pack for pack in rows if pack.is_issued), None) if may_build else None
    context = {
        "meeting": meeting,
        "packs": rows,
        "may_build": may_build,
        "form": form or _form(rows),
        "notes": notes,
        "errors": [note for note in notes if note.is_error],
        "warnings": [note for note in notes if not note.is_error],
        "builds": builds,
        "running": any(build.status in packs.UNDER_WAY for build in builds),
        "sentence": _sentence(rows, builds),
        "issued": issued,
        "lines": versions.differs_from(issued, meeting) if issued else [],
    }
    status = 422 if form is not None else 200
    return render(request, "governance/pack_list.html", context, status=status)


def _form(rows: list[Pack]) -> BuildForm:
    """The reason given for the version that was built and not issued is not typed twice."""
    given = next((pack.reason for pack in rows if not pack.is_issued), "")
    return BuildForm(issued=_issued(rows), initial={"reason": given})


def _issued(rows: Iterable[Pack]) -> list[Pack]:
    return [pack for pack in rows if pack.is_issued]


def _builds(meeting: Meeting) -> list[PackBuild]:
    """Those under way and the last ones that gave nothing, newest first."""
    rows = meeting.builds.exclude(status=BuildStatus.DONE).select_related("requested_by")
    return list(rows.order_by("-requested_at", "-pk")[:SHOWN_BUILDS])


def _sentence(rows: list[Pack], builds: list[PackBuild]) -> str:
    if any(build.status in packs.UNDER_WAY for build in builds):
        return _("The pack is being built. You may leave this page.")
    issued = [pack for pack in rows if pack.is_issued]
    if issued:
        return ngettext(
            "Version %(version)s is issued: %(pages)s page.",
            "Version %(version)s is issued: %(pages)s pages.",
            issued[0].pages,
        ) % {"version": issued[0].version, "pages": issued[0].pages}
    if rows:
        return _("Version %(version)s is built. Read it, then issue it.") % {
            "version": rows[0].version
        }
    return _("No pack yet.")


@for_secretariat
def pack_progress(request: HttpRequest, code: str) -> HttpResponse:
    """The builds under way, for the page that asks again each second; the whole page otherwise."""
    meeting = visible_meeting(request, code)
    if not request.htmx:
        return redirect("governance:pack_list", code=code)
    builds = _builds(meeting)
    running = any(build.status in packs.UNDER_WAY for build in builds)
    context = {"meeting": meeting, "builds": builds, "running": running}
    response = render(request, "governance/includes/pack_builds.html", context)
    if not running:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@for_secretariat
def build_cancel(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    meeting = visible_meeting(request, code)
    build = get_object_or_404(meeting.builds, pk=pk)
    packs.cancel_build(actor=request.user, build=build)
    messages.success(request, _("The build stops."))
    return redirect("governance:pack_list", code=code)


@login_required
def pack_detail(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    meeting = visible_meeting(request, code)
    pack = get_object_or_404(visible_packs(request, meeting), pk=pk)
    return _detail(request, pack)


@require_POST
@for_secretariat
def pack_issue(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    meeting = visible_meeting(request, code)
    pack = get_object_or_404(visible_packs(request, meeting), pk=pk)
    try:
        packs.issue_pack(actor=request.user, pack=pack)
    except Refusal as refusal:
        return _detail(request, pack, refusal=str(refusal))
    messages.success(request, _("Version %(version)s is issued.") % {"version": pack.version})
    return redirect("governance:pack_detail", code=code, pk=pk)


def _detail(request: HttpRequest, pack: Pack, refusal: str = "") -> HttpResponse:
    file_url = reverse("governance:pack_download", args=[pack.meeting.code, pack.pk])
    entries = list(pack.entries.order_by("position"))
    for entry in entries:
        entry.url = f"{file_url}?inline=1#page={entry.first_page}"
        language = entry.anchor.partition("-")[0]
        entry.lang = language if language != get_language() else ""
    newer = (
        visible_packs(request, pack.meeting)
        .filter(audience=pack.audience, language=pack.language, version__gt=pack.version)
        .first()
    )
    before = versions.last_read(request.user, pack) or versions.version_before(pack)
    context = {
        "pack": pack,
        "meeting": pack.meeting,
        "entries": entries,
        "before": before,
        "lines": versions.since_version(pack, before) if before else [],
        "file_url": file_url,
        "newer": newer,
        "engine": pack.engine,
        "replaced": " ".join(pack.manifest.get("replaced_characters", [])),
        "may_issue": can_issue_pack(request.user, pack),
        "refusal": refusal,
    }
    return render(request, "governance/pack_detail.html", context, status=422 if refusal else 200)


@login_required
def pack_download(request: HttpRequest, code: str, pk: int) -> FileResponse:
    """The file as stored; `?inline=1` shows it in the browser, where `#page=` works."""
    meeting = visible_meeting(request, code)
    pack = get_object_or_404(visible_packs(request, meeting), pk=pk)
    return download(
        pack.file, name=pack.file_name("pdf"), media_type=PDF, inline="inline" in request.GET
    )


@login_required
def pack_archive(request: HttpRequest, code: str, pk: int) -> FileResponse:
    meeting = visible_meeting(request, code)
    pack = get_object_or_404(visible_packs(request, meeting).exclude(archive=""), pk=pk)
    return download(pack.archive, name=pack.file_name("zip"), media_type=ZIP)
