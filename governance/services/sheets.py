"""Project sheets read from rows: what the last accepted report says, the money, the milestones.

The number of queries does not depend on the number of projects.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Prefetch, Q, QuerySet, Sum

from governance.enums import Audience
from governance.services.texts import in_each_language, iso, partner_name, plain, translated, typed
from governance.typesetting import snapshot as shape
from projects.enums import InstalmentStatus
from projects.models import (
    Contribution,
    Expenditure,
    IndicatorValue,
    Instalment,
    Milestone,
    MilestoneSlip,
    ProgressReport,
    Project,
    ProjectIndicator,
    ProjectPartner,
    ReportingPeriod,
    ReportRisk,
)
from projects.querysets import settled

HISTORY = 5  # reports shown in the trend

REACHED = {
    "committed": [InstalmentStatus.COMMITTED, InstalmentStatus.CALLED, InstalmentStatus.RECEIVED],
    "called": [InstalmentStatus.CALLED, InstalmentStatus.RECEIVED],
    "received": [InstalmentStatus.RECEIVED],
}


@dataclass(frozen=True)
class Accepted:
    """A project's accepted reports that no correction replaced: the trend, oldest first, the latest in full,
    and the one that was the latest at an earlier moment."""

    trend: list[shape.PastHealth] = field(default_factory=list)
    latest: ProgressReport | None = None
    earlier: ProgressReport | None = None


Reports = dict[int, Accepted]
NONE = Accepted()


def project_sheets(
    projects: Iterable[Project], reports: Reports, audience: str, day: date
) -> list[shape.ProjectSheet]:
    """One sheet per project, in their order, as seen by this audience with the names of that day."""
    loaded = _load(projects)
    latest = {pk: found.latest for pk, found in reports.items() if found.latest}
    money = _money(loaded, latest, audience, day)
    return [
        _sheet(project, reports.get(project.pk, NONE), money[project.pk], audience, day)
        for project in loaded
    ]


def accepted_reports(projects: Iterable[Project], earlier: datetime | None = None) -> Reports:
    """Of each project; only the reports that are printed or compared are read in full."""
    rows = (
        ProgressReport.objects.accepted()
        .current()
        .filter(project__in=[project.pk for project in projects])
        .order_by("period__ends_on", "pk")
        .values_list("project", "pk", "period", "health", "reviewed_at")
    )
    by_project: dict[int, list[tuple[int, int, str, datetime]]] = defaultdict(list)
    for project, *row in rows:
        by_project[project].append(tuple(row))
    then = {
        project: [pk for pk, _period, _health, at in found if earlier and at <= earlier][-1:]
        for project, found in by_project.items()
    }
    wanted = [found[-1][0] for found in by_project.values()] + [
        pk for found in then.values() for pk in found
    ]
    full = (
        ProgressReport.objects.select_related("period")
        .prefetch_related(
            Prefetch("risks", ReportRisk.objects.order_by("position", "id")),
            Prefetch("indicator_values", IndicatorValue.objects.order_by("id")),
        )
        .in_bulk(wanted)
    )
    names = _period_names(row[1] for found in by_project.values() for row in found[-HISTORY:])
    return {
        project: Accepted(
            [shape.PastHealth(names[row[1]], row[2]) for row in found[-HISTORY:]],
            full[found[-1][0]],
            full[then[project][0]] if then[project] else None,
        )
        for project, found in by_project.items()
    }


def _period_names(keys: Iterable[int]) -> dict[int, shape.Text]:
    periods = ReportingPeriod.objects.in_bulk(set(keys))
    return {
        key: in_each_language(partial(getattr, period, "label")) for key, period in periods.items()
    }


def _load(projects: Iterable[Project]) -> list[Project]:
    keys = [project.pk for project in projects]
    rows = (
        Project.objects.filter(pk__in=keys)
        .select_related("series", "lead")
        .prefetch_related(
            "goals",
            "frameworks",
            "lead__former_names",
            Prefetch(
                "project_partners",
                ProjectPartner.objects.select_related("partner")
                .prefetch_related("partner__former_names")
                .order_by("pk"),
            ),
            Prefetch(
                "milestones",
                Milestone.objects.order_by("position", "pk").prefetch_related(
                    Prefetch("slips", MilestoneSlip.objects.order_by("at", "pk"))
                ),
            ),
            Prefetch("indicators", ProjectIndicator.objects.select_related("indicator")),
        )
    )
    order = {pk: rank for rank, pk in enumerate(keys)}
    return sorted(rows, key=lambda project: order[project.pk])


def _sheet(
    project: Project,
    reports: Accepted,
    money: list[shape.Contribution],
    audience: str,
    day: date,
) -> shape.ProjectSheet:
    public = audience == Audience.PUBLIC
    latest = reports.latest
    return shape.ProjectSheet(
        key=project.code,
        title=translated(project, "title"),
        state=project.status,
        series=translated(project.series, "title") if project.series else {},
        lead=partner_name(project.lead, day) or typed(project.lead_in_words),
        partners=[
            shape.Person(
                name="",
                partner=partner_name(row.partner, day),
                function=in_each_language(row.get_role_display),
            )
            for row in project.project_partners.all()
        ],
        goals=[translated(goal, "title") for goal in project.goals.all()],
        frameworks=[
            translated(framework, "short_title") or translated(framework, "title")
            for framework in project.frameworks.all()
        ],
        place=translated(project, "place"),
        start=iso(project.start_on),
        end=iso(project.end_on),
        purpose=translated(project, "summary"),
        report=_report(latest, public=public) if latest else None,
        history=reports.trend,
        milestones=[_milestone(row, public=public) for row in project.milestones.all()],
        indicators=[_indicator(row, latest) for row in project.indicators.all()],
        money=money,
        risks=[] if public or latest is None else open_risks(latest),
        demonstration=project.is_demo,
    )


def _report(report: ProgressReport, *, public: bool) -> shape.Report:
    return shape.Report(
        period=in_each_language(lambda: report.period.label),
        version=report.version,
        accepted_on=iso(report.reviewed_at.date()) if report.reviewed_at else None,
        health=report.health,
        completion=report.completion_percent,
        summary=translated(report, "public_summary"),
        achievements={} if public else typed(report.achievements),
        next_steps={} if public else typed(report.next_steps),
        cause={} if public else typed(report.cause),
        ask={} if public else typed(report.ask),
    )


def open_risks(report: ProgressReport) -> list[shape.Risk]:
    return [
        shape.Risk(typed(risk.title), risk.likelihood, risk.impact, typed(risk.response))
        for risk in report.risks.all()
        if not risk.closed
    ]


def _milestone(milestone: Milestone, *, public: bool) -> shape.Milestone:
    return shape.Milestone(
        title=translated(milestone, "title"),
        baseline=iso(milestone.baseline_on),
        forecast=iso(milestone.forecast_on),
        actual=iso(milestone.actual_on),
        slips=[
            shape.Slip(iso(slip.at.date()), iso(slip.from_on), iso(slip.to_on), typed(slip.reason))
            for slip in milestone.slips.all()
            if not public
        ],
    )


def _indicator(row: ProjectIndicator, latest: ProgressReport | None) -> shape.Indicator:
    values = latest.indicator_values.all() if latest else ()
    value = next((found for found in values if found.indicator_id == row.pk), None)
    return shape.Indicator(
        title=translated(row.indicator, "title"),
        unit=translated(row.indicator, "unit"),
        baseline=plain(row.baseline),
        value=plain(value.value) if value else None,
        target=plain(row.target),
        on=iso(latest.period.ends_on) if latest and value and value.value is not None else None,
    )


def _money(
    projects: list[Project], latest: dict[int, ProgressReport], audience: str, day: date
) -> dict[int, list[shape.Contribution]]:
    lines = known_lines(audience).filter(project__in=projects)
    reached = reached_by(lines)
    spent: dict[int, Decimal | None] = {}
    if audience != Audience.PUBLIC:
        spent = dict(
            Expenditure.objects.filter(
                report__in=[report.pk for report in latest.values()]
            ).values_list("contribution", "amount")
        )
    by_project: dict[int, list[shape.Contribution]] = defaultdict(list)
    for line in lines:
        found = contribution_line(line, reached[line.pk], spent.get(line.pk), day)
        by_project[line.project_id].append(found)
    return by_project


def known_lines(audience: str, *, of_amendments: Collection[int] = ()) -> QuerySet[Contribution]:
    """Contributions as this audience may know of them; those of an amendment count once it is in force.

    `of_amendments`, those that are to be decided, are told beforehand to those who decide.
    """
    lines = (
        Contribution.objects.public()
        if audience == Audience.PUBLIC
        else Contribution.objects.filter(settled() | Q(amendment__in=of_amendments))
    )
    return (
        lines.select_related("funder", "recipient")
        .prefetch_related("funder__former_names", "recipient__former_names")
        .order_by("project", "agreement", "pk")
    )


def contribution_line(
    line: Contribution, reached: dict[str, Decimal | None], spent: Decimal | None, day: date
) -> shape.Contribution:
    return shape.Contribution(
        funder=partner_name(line.funder, day),
        recipient=partner_name(line.recipient, day),
        kind=line.kind,
        promised=plain(line.amount),
        committed=plain(reached.get("committed")),
        called=plain(reached.get("called")),
        received=plain(reached.get("received")),
        spent=plain(spent),
    )


def reached_by(lines: QuerySet) -> dict[int, dict[str, Decimal | None]]:
    """Running totals by contribution and stage; nothing for a contribution without instalments."""
    totals: dict[int, dict[str, Decimal | None]] = defaultdict(dict)
    rows = (
        Instalment.objects.filter(contribution__in=lines.order_by().values("pk"))
        .values("contribution")
        .annotate(
            **{
                stage: Sum("amount", filter=Q(status__in=states), default=Decimal(0))
                for stage, states in REACHED.items()
            }
        )
        .order_by("contribution")
    )
    for row in rows:
        sums: dict[str, Any] = dict(row)
        totals[sums.pop("contribution")] = sums
    return totals
