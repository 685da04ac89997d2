"""The demonstration's series and projects, with their partners, milestones and indicators."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from governance.loading.demo.calendar import Calendar
from governance.loading.rows import bilingual, money
from partners.models import Partner
from projects.enums import SeriesStatus
from projects.models import (
    Framework,
    Indicator,
    Milestone,
    Project,
    ProjectIndicator,
    ProjectPartner,
    ProjectSeries,
    StrategicGoal,
)

Facts = dict[str, Any]


def load_projects(facts: Facts, calendar: Calendar) -> None:
    for row in facts["indicators"]:
        _indicator(row)
    for row in facts["series"]:
        _series(row, calendar)
    for row in facts["projects"]:
        _project(row, calendar)


def _indicator(row: Facts) -> None:
    Indicator.objects.create(
        code=row["code"],
        **bilingual(title=row, unit=row["unit"]),
        goal=StrategicGoal.objects.get(code=row["goal"]),
        additive=row.get("additive", True),
        lower_is_better=row.get("lower_is_better", False),
    )


def _series(row: Facts, calendar: Calendar) -> None:
    approved_on = calendar.day(row.get("approved"))
    ProjectSeries.objects.create(
        code=row["code"],
        slug=row["slug"],
        **bilingual(title=row["title"], summary=row["summary"]),
        status=SeriesStatus.APPROVED if approved_on else SeriesStatus.SUBMITTED,
        submitted_on=calendar.day(row["submitted"]),
        approved_on=approved_on,
    )


def _project(row: Facts, calendar: Calendar) -> None:
    series = ProjectSeries.objects.get(code=row["series"])
    texts = {name: row.get(name) for name in ("title", "summary", "description", "place")}
    latitude, longitude = row.get("at", (None, None))
    since = calendar.day(row.get("since")) or series.approved_on
    project = Project.objects.create(
        code=row["code"],
        slug=row["slug"],
        **bilingual(**texts),
        series=series,
        lead=Partner.objects.get(code=row["lead"]),
        strand=row.get("strand", "port"),
        status=row["status"],
        status_since=since,
        approved_on=series.approved_on,
        start_on=calendar.day(row["start"]),
        end_on=calendar.day(row["end"]),
        latitude=None if latitude is None else Decimal(str(latitude)),
        longitude=None if longitude is None else Decimal(str(longitude)),
        total_cost=money(row.get("cost")),
        reporting_muted_reason=row.get("muted", ""),
    )
    project.goals.set(StrategicGoal.objects.filter(code__in=row["goals"]))
    project.frameworks.set(Framework.objects.filter(code__in=row.get("frameworks", [])))
    for support in row.get("partners", []):
        partner = Partner.objects.get(code=support["partner"])
        ProjectPartner.objects.create(project=project, partner=partner, role=support["role"])
    for position, milestone in enumerate(row.get("milestones", []), start=1):
        _milestone(project, milestone, position, calendar)
    for measure in row.get("indicators", []):
        ProjectIndicator.objects.create(
            project=project,
            indicator=Indicator.objects.get(code=measure["code"]),
            baseline=measure["baseline"],
            target=measure["target"],
            target_on=project.end_on,
        )


def _milestone(project: Project, row: Facts, position: int, calendar: Calendar) -> None:
    Milestone.objects.create(
        project=project,
        position=position,
        **bilingual(title=row),
        baseline_on=calendar.day(row.get("baseline")),
        baseline_frozen_on=project.approved_on,
        forecast_on=calendar.day(row.get("forecast", row.get("actual"))),
        actual_on=calendar.day(row.get("actual")),
    )
