"""The matrix of a series' campaigns: who was asked for what, and how it stands."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from partners.models import Partner
from projects.enums import UNWRITTEN_REPORTS, ReportStatus
from projects.models import ProgressReport, ProjectSeries, ReportingPeriod

PERIODS = 4
LATE = "late"
NOT_REPORTED = "not_reported"


@dataclass(frozen=True, slots=True)
class Cell:
    """One report: `state` is its own, or `late` or `not_reported` where nobody sent it in time."""

    report: ProgressReport
    state: str
    label: str
    may_remind: bool


@dataclass
class Line:
    partner: Partner
    cells: list[list[Cell]] = field(default_factory=list)


@dataclass(frozen=True)
class Column:
    period: ReportingPeriod
    in_time: int
    asked: int

    @property
    def sentence(self) -> str:
        return ngettext("%(sent)s of %(asked)s sent", "%(sent)s of %(asked)s sent", self.asked) % {
            "sent": self.in_time,
            "asked": self.asked,
        }


def leads_of(series: ProjectSeries) -> Any:
    """The partners asked for reports in this series, by name."""
    return Partner.objects.filter(led_projects__series=series).distinct().order_by("name", "pk")


def latest_periods(series: ProjectSeries) -> list[ReportingPeriod]:
    """The last few, newest first: on a phone the campaign that runs is the one seen."""
    return list(series.periods.order_by("-starts_on")[:PERIODS])


def columns(periods: list[ReportingPeriod]) -> list[Column]:
    """Counts over the whole series, whatever page of partners is shown."""
    asked = dict.fromkeys([period.pk for period in periods], 0)
    sent = dict(asked)
    states = ProgressReport.objects.filter(period__in=periods, version=1).order_by()
    for period, status in states.values_list("period", "status"):
        asked[period] += 1
        sent[period] += status in {ReportStatus.SUBMITTED, ReportStatus.ACCEPTED}
    return [Column(period, sent[period.pk], asked[period.pk]) for period in periods]


def lines(
    partners: Iterable[Partner], series: ProjectSeries, periods: list[ReportingPeriod], day: date
) -> list[Line]:
    shown = list(partners)
    found = (
        ProgressReport.objects.current()
        .filter(project__lead__in=shown, project__series=series, period__in=periods)
        .select_related("project", "period")
        .order_by("project__code", "version")
    )
    cells: dict[tuple[int | None, int], list[Cell]] = {}
    for report in found:
        cells.setdefault((report.project.lead_id, report.period_id), []).append(cell(report, day))
    return [
        Line(partner, [cells.get((partner.pk, period.pk), []) for period in periods])
        for partner in shown
    ]


def standing(report: ProgressReport, day: date) -> tuple[str, str]:
    """The state of a report and its name: its own, or that it is late, or that nobody reported."""
    if report.is_editable and report.due_on < day:
        if report.status in UNWRITTEN_REPORTS and report.period.is_closed_on(day):
            return NOT_REPORTED, pgettext("report", "Not reported")
        return LATE, pgettext("report", "Late")
    return str(report.status), str(report.get_status_display())


def cell(report: ProgressReport, day: date) -> Cell:
    state, label = standing(report, day)
    muted = bool(report.project.reporting_muted_reason)
    return Cell(report, state, label, report.is_editable and not muted and state != NOT_REPORTED)


def sentence(newest: Column | None) -> str:
    if newest is None:
        return _("No campaign yet: the first one opens when a period of the series ends.")
    missing = newest.asked - newest.in_time
    if not newest.asked:
        return _("Nobody is asked for a report in %(period)s.") % {"period": newest.period.label}
    if not missing:
        return _("All reports of %(period)s are in.") % {"period": newest.period.label}
    return ngettext(
        "%(sent)s of %(asked)s reports of %(period)s are in: %(missing)s is missing.",
        "%(sent)s of %(asked)s reports of %(period)s are in: %(missing)s are missing.",
        missing,
    ) % {
        "sent": newest.in_time,
        "asked": newest.asked,
        "period": newest.period.label,
        "missing": missing,
    }
