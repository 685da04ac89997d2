"""The demonstration's reporting periods: two with every report accepted, and one open, in varied states."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from governance.loading.demo.calendar import Calendar, at
from governance.loading.rows import bilingual
from partners.models import Membership, Partner, User
from projects.enums import ReportStatus, ReviewAction
from projects.models import (
    Contribution,
    Expenditure,
    IndicatorValue,
    MilestoneSlip,
    MilestoneUpdate,
    ProgressReport,
    Project,
    ProjectSeries,
    ReportingPeriod,
    ReportRisk,
    ReviewNote,
)

Facts = dict[str, Any]
OPEN, ACCEPTED = 0, (2, 1)
DAYS_TO_SUBMIT, DAYS_TO_REVIEW = 14, 18


def load_reports(
    projects: list[Facts], calendar: Calendar, contributions: dict[str, Contribution]
) -> None:
    """`contributions` are those of the agreements, by their code in the data file."""
    loader = _Reports(calendar, contributions)
    series = ProjectSeries.objects.get(code=projects[0]["series"])
    for back in (*ACCEPTED, OPEN):
        loader.open_period(series, back)
    for row in projects:
        if "reports" not in row:
            continue
        project = Project.objects.get(code=row["code"])
        for back in ACCEPTED:
            loader.accepted(project, row, back)
        if "now" in row:
            loader.current(project, row["now"])


class _Reports:
    def __init__(self, calendar: Calendar, contributions: dict[str, Contribution]) -> None:
        self.calendar = calendar
        self.contributions = contributions
        self.periods: dict[int, ReportingPeriod] = {}
        self.reviewer = User.objects.secretariat().get(email="secretariat@smartport.example")

    def open_period(self, series: ProjectSeries, back: int) -> None:
        quarter = self.calendar.quarter(back)
        opens_on = quarter.ends_on + timedelta(days=1)
        self.periods[back] = ReportingPeriod.objects.create(
            series=series,
            starts_on=quarter.starts_on,
            ends_on=quarter.ends_on,
            opens_on=opens_on,
            due_on=self.calendar.due_on(back),
            opened_at=at(opens_on, 6),
        )

    def accepted(self, project: Project, row: Facts, back: int) -> None:
        period = self.periods[back]
        facts = row["reports"][back]
        author = _author(project.lead)
        submitted = at(period.ends_on + timedelta(days=DAYS_TO_SUBMIT), 16, 20)
        reviewed = at(period.ends_on + timedelta(days=DAYS_TO_REVIEW), 10, 5)
        report = self._written(project, period, facts, author, submitted, submitted=True)
        self._fill(report, row, facts, back, submitted)
        _note(report, ReviewAction.SUBMITTED, author, submitted)
        _note(report, ReviewAction.ACCEPTED, self.reviewer, reviewed)
        report.status = ReportStatus.ACCEPTED
        report.reviewed_by, report.reviewed_at = self.reviewer, reviewed
        report.save()
        project.latest_report = report
        project.health, project.reported_on = report.health, reviewed.date()
        project.completion_percent = report.completion_percent
        project.save()

    def current(self, project: Project, facts: Facts) -> None:
        period = self.periods[OPEN]
        status = ReportStatus(facts["status"])
        if status == ReportStatus.OPEN:
            ProgressReport.objects.create(project=project, period=period, due_on=period.due_on)
            return
        author = _author(project.lead)
        written = at(self._between(period, share=0.6), 17, 40)
        submitted = status != ReportStatus.DRAFT
        report = self._written(project, period, facts, author, written, submitted=submitted)
        if not submitted:
            return
        _note(report, ReviewAction.SUBMITTED, author, written)
        if status == ReportStatus.SENT_BACK:
            reviewed = at(self._between(period, share=0.8), 9, 30)
            report.status = status
            report.reviewed_by, report.reviewed_at = self.reviewer, reviewed
            report.save()
            reason = facts["sent_back"]
            _note(report, ReviewAction.SENT_BACK, self.reviewer, reviewed, **reason)

    def _between(self, period: ReportingPeriod, *, share: float) -> date:
        """A day between the opening of the period and yesterday."""
        yesterday = self.calendar.today - timedelta(days=1)
        days = max((yesterday - period.opens_on).days, 0)
        return period.opens_on + timedelta(days=round(days * share))

    def _written(
        self,
        project: Project,
        period: ReportingPeriod,
        facts: Facts,
        author: User,
        moment: datetime,
        *,
        submitted: bool,
    ) -> ProgressReport:
        return ProgressReport.objects.create(
            project=project,
            period=period,
            due_on=period.due_on,
            status=ReportStatus.SUBMITTED if submitted else ReportStatus.DRAFT,
            health=facts["health"],
            cause=facts.get("cause", ""),
            ask=facts.get("ask", ""),
            completion_percent=facts["percent"],
            achievements=facts["achievements"],
            next_steps=facts["next_steps"],
            **bilingual(public_summary=facts["public"]),
            revision=1,
            edited_by=author,
            edited_at=moment,
            submitted_by=author if submitted else None,
            submitted_at=moment if submitted else None,
        )

    def _fill(
        self, report: ProgressReport, row: Facts, facts: Facts, back: int, moment: datetime
    ) -> None:
        for position, risk in enumerate(facts.get("risks", []), start=1):
            ReportRisk.objects.create(report=report, position=position, **risk)
        measures = {used.indicator.code: used for used in report.project.indicators.all()}
        for measure in row.get("indicators", []):
            value = measure["values"].get(back)
            IndicatorValue.objects.create(
                report=report, indicator=measures[measure["code"]], value=value
            )
        for code, amount in facts.get("spent", {}).items():
            Expenditure.objects.create(
                report=report, contribution=self.contributions[code], amount=Decimal(amount)
            )
        for milestone, moved in zip(
            report.project.milestones.all(), row.get("milestones", []), strict=True
        ):
            slip = moved.get("slip")
            if slip and slip["quarter"] == back:
                self._slip(report, milestone.pk, slip, moment)

    def _slip(self, report: ProgressReport, milestone: int, slip: Facts, moment: datetime) -> None:
        forecast = self.calendar.known_day(slip["to"])
        MilestoneUpdate.objects.create(
            report=report,
            milestone_id=milestone,
            forecast_on=forecast,
            reason=slip["reason"],
        )
        MilestoneSlip.objects.create(
            report=report,
            milestone_id=milestone,
            from_on=self.calendar.day(slip["from"]),
            to_on=forecast,
            reason=slip["reason"],
            author=report.edited_by,
            at=moment,
        )


def _author(partner: Partner | None) -> User:
    """The contributor who writes for this partner, else its manager."""
    memberships = Membership.objects.filter(partner=partner).order_by("role", "id")
    return memberships.select_related("user")[0].user


def _note(
    report: ProgressReport,
    action: ReviewAction,
    author: User,
    moment: datetime,
    *,
    section: str = "general",
    reason: str = "",
) -> None:
    ReviewNote.objects.create(
        report=report, action=action, section=section, text=reason, author=author, at=moment
    )
