"""What is missing or odd before a pack is built: each with the place to put it right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.enums import ItemKind, MeetingStatus
from governance.models import AgendaItem, Meeting, PaperRevision
from governance.services.rules import minutes_warning
from governance.services.snapshots import annexes_for, items_for, projects_by_item
from governance.typesetting.inspection import ERRORS, MESSAGES
from projects.models import ProgressReport


@dataclass(frozen=True)
class Note:
    """An error stops the build; a warning is there to be read. `url` leads to where it is put right."""

    code: str
    message: str
    url: str = ""
    is_error: bool = False


def preflight(meeting: Meeting, audience: str) -> list[Note]:
    """Errors first, then warnings, each in the order of the agenda."""
    items = list(items_for(meeting, audience))
    notes = [
        *_meeting(meeting, items),
        *(note for item in items for note in _item(meeting, item, audience)),
        *_reports(items, audience),
    ]
    return sorted(notes, key=lambda note: not note.is_error)


def _page(name: str, *args: Any) -> str:
    return reverse(f"governance:{name}", args=args)


def _meeting(meeting: Meeting, items: list[AgendaItem]) -> Iterator[Note]:
    here = _page("meeting_detail", meeting.code)
    if not items:
        yield Note("no_item", _("The agenda has no item."), here, is_error=True)
    if meeting.status == MeetingStatus.DRAFT:
        yield Note("not_summoned", _("The summons have not been sent yet."), here)
    approves = any(item.kind == ItemKind.APPROVE_MINUTES for item in items)
    if told := minutes_warning(meeting) if approves else "":
        there = _page("minutes_detail", meeting.previous.code) if meeting.previous else here
        yield Note("minutes_not_circulated", told, there)


def _item(meeting: Meeting, item: AgendaItem, audience: str) -> Iterator[Note]:
    here = _page("item_edit", meeting.code, item.pk)
    words = {"number": item.position, "title": item.title}
    if not item.ready:
        yield Note(
            "not_ready", _("Item %(number)s, “%(title)s”, is not marked ready.") % words, here
        )
    elif not item.note.strip():
        yield Note("no_note", _("Item %(number)s, “%(title)s”, has no note.") % words, here)
    pinned = {pin.revision.pk: pin for pin in item.annexes.all()}
    for rank, revision in annexes_for(item, audience):
        number = f"{item.position}.{rank}"
        yield from _annex(number, revision, here)
        if pinned[revision.pk].revision.number < _newest(revision):
            yield Note(
                "newer_revision",
                _("Annex %(number)s, “%(name)s”, has a newer version than the one on the agenda.")
                % {"number": number, "name": revision.name},
                here,
            )


def _annex(number: str, revision: PaperRevision, here: str) -> Iterator[Note]:
    if not revision.file.storage.exists(str(revision.file.name)):
        yield Note(
            "annex_missing",
            _("Annex %(number)s, “%(name)s”: its file is missing.")
            % {"number": number, "name": revision.name},
            here,
            is_error=True,
        )
    for finding in revision.findings:
        code = finding["code"]
        if code in MESSAGES:
            yield Note(
                f"annex_{code}",
                _("Annex %(number)s, “%(name)s”: %(finding)s")
                % {"number": number, "name": revision.name, "finding": MESSAGES[code]},
                here,
                is_error=code in ERRORS,
            )


def _newest(revision: PaperRevision) -> int:
    return max(row.number for row in revision.paper.revisions.all())


def _reports(items: list[AgendaItem], audience: str) -> Iterator[Note]:
    """Reports of the projects concerned that are due and not accepted: their last accepted one is printed."""
    projects = {p.pk for rows in projects_by_item(items, audience).values() for p in rows}
    late = (
        ProgressReport.objects.filter(project__in=projects)
        .late_on(timezone.localdate())
        .select_related("project", "period")
        .order_by("project__code", "due_on")
    )
    for report in late:
        days = (timezone.localdate() - report.due_on).days
        yield Note(
            "late_report",
            ngettext(
                "The report of “%(project)s” for %(period)s is %(days)s day late.",
                "The report of “%(project)s” for %(period)s is %(days)s days late.",
                days,
            )
            % {"project": report.project.title, "period": report.period.label, "days": days},
            report.get_absolute_url(),
        )
    waiting = (
        ProgressReport.objects.filter(project__in=projects)
        .awaiting_review()
        .select_related("project", "period")
        .order_by("project__code", "due_on")
    )
    for report in waiting:
        yield Note(
            "unreviewed_report",
            _("The report of “%(project)s” for %(period)s waits for your review.")
            % {"project": report.project.title, "period": report.period.label},
            report.get_absolute_url(),
        )
