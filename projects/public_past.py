"""What became of a project since its approval, as the public may know it: newest first, without names and reasons."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from projects.changes import TOLD_STATUSES
from projects.enums import ProjectStatus
from projects.models import Milestone, MilestoneSlip, ProgressReport, Project
from smartport import dates, marks

MOST = 80  # entries


@dataclass(frozen=True)
class Entry:
    day: date
    text: str
    icon: str
    url: str = ""


def since_approval(
    project: Project, reports: Iterable[ProgressReport], decision: dict[str, Any] | None
) -> list[Entry]:
    """`reports` are the accepted ones that stand; `decision` is the card of the one that approved the series."""
    if project.approved_on is None:
        return []
    url = decision["url"] if decision else ""
    approval = Entry(project.approved_on, _("Approved by the committee"), "gavel", url)
    found = [
        *_accepted(reports),
        *_milestones(project.milestones.all()),
        *_slips(project),
        *_states(project),
    ]
    later = [entry for entry in found if entry.day >= project.approved_on]
    newest = sorted(later, key=lambda entry: entry.day, reverse=True)
    return [*newest[:MOST], approval]


def _accepted(reports: Iterable[ProgressReport]) -> Iterator[Entry]:
    for report in reports:
        if report.reviewed_at:
            mark = marks.METEO[report.health]
            words = {"period": report.period.label, "health": str(mark.word).lower()}
            text = _("Report for %(period)s published: %(health)s") % words
            yield Entry(timezone.localdate(report.reviewed_at), text, mark.icon)


def _milestones(milestones: Iterable[Milestone]) -> Iterator[Entry]:
    for milestone in milestones:
        if milestone.actual_on:
            text = _("“%(name)s” reached") % {"name": milestone.title}
            yield Entry(milestone.actual_on, text, "check")


def _slips(project: Project) -> Iterator[Entry]:
    slips = MilestoneSlip.objects.filter(milestone__project=project).select_related("milestone")
    for slip in slips.order_by("-at", "-pk")[:MOST]:
        words = {"name": slip.milestone.title, "day": dates.short_day(slip.to_on)}
        text = _("“%(name)s” now expected on %(day)s") % words
        yield Entry(timezone.localdate(slip.at), text, "calendar")


def _states(project: Project) -> Iterator[Entry]:
    """Each state after the approval, which has its own entry, on the day it has held since."""
    history: Any = Project.events.rel.related_model  # type: ignore[attr-defined]
    told = TOLD_STATUSES - {ProjectStatus.APPROVED}
    rows = history.objects.filter(pgh_obj=project.pk, status__in=told, status_since__isnull=False)
    moves = rows.order_by("status_since", "status").values_list("status_since", "status").distinct()
    for day, status in moves[:MOST]:
        label = str(ProjectStatus(status).label).lower()
        yield Entry(day, _("State: %(state)s") % {"state": label}, marks.tone_and_icon(status)[1])
