"""One synthetic project with its milestones, money and accepted reports; the same for a seed and number."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from governance.loading.demo.calendar import at
from governance.loading.scale import words
from governance.loading.scale.batch import Batch, Ref
from governance.loading.scale.people import Cast
from governance.loading.scale.series import DAYS_TO_REPORT, Ground
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
    ReportRisk,
)

STATUSES = {"in_progress": 62, "completed": 18, "approved": 8, "suspended": 7, "cancelled": 5}
STRANDS = {"port": 70, "innovation": 12, "research": 8, "training": 6, "foresight": 4}
HEALTHS = ("sunny", "cloudy", "rainy", "stormy")
FIRST_HEALTH = {0: 55, 1: 30, 2: 12, 3: 3}
LATITUDES, LONGITUDES = (43.28, 43.46), (4.82, 5.37)
MEASURED_EVERY = 4
CENT = Decimal("0.01")


def add_project(batch: Batch, number: int, seed: int, ground: Ground, cast: Cast) -> None:
    _Project(batch, number, random.Random(f"{seed}/{number}"), ground, cast).add()  # noqa: S311


def _opened(name: str) -> str:
    return name[0].upper() + name[1:]


def _pick(chance: random.Random, weights: dict[Any, int]) -> Any:
    return chance.choices(list(weights), list(weights.values()))[0]


class _Project:
    def __init__(
        self, batch: Batch, number: int, chance: random.Random, ground: Ground, cast: Cast
    ) -> None:
        self.batch = batch
        self.number = number
        self.chance = chance
        self.ground = ground
        self.cast = cast
        approved_on = ground.series.approved_on
        assert approved_on is not None
        self.approved_on = approved_on
        self.status = _pick(chance, STATUSES)
        self.healths = self._health_by_quarter()
        self.last_day = ground.periods[-1][1]
        self.reports = [Ref(ProgressReport, -1)] * len(ground.periods)

    def add(self) -> None:
        self.project = self.batch.add(Project, **self._facts(), **self._texts())
        self._links()
        milestones = self._milestones()
        indicator = self._indicator()
        contributions = self._money()
        self._reports()
        self._measures(indicator, contributions)
        self._slips(milestones)
        self._risk()
        self.batch.set(self.project, latest_report_id=self.reports[-1])

    def _health_by_quarter(self) -> list[int]:
        step = _pick(self.chance, FIRST_HEALTH)
        steps = []
        for _period in self.ground.periods:
            step = min(max(step + self.chance.choice((-1, 0, 0, 0, 0, 1)), 0), 3)
            steps.append(step)
        return steps

    def _facts(self) -> dict[str, Any]:
        chance = self.chance
        start_on = self.approved_on + timedelta(days=chance.randint(0, 90))
        placed = chance.random() < 0.7
        cost = round(min(chance.lognormvariate(12.6, 1.1), 60_000_000), -3)
        finished = self.status in ("completed", "cancelled", "suspended")
        reviewed_on = self.last_day + timedelta(days=DAYS_TO_REPORT - 3)
        return {
            "code": f"DEMO-S{self.number:06d}",
            "slug": f"demo-s{self.number:06d}",
            "series_id": self.ground.series.pk,
            "lead_id": chance.choice(self.cast.partners).pk,
            "strand": _pick(chance, STRANDS),
            "status": self.status,
            "approved_on": self.approved_on,
            "status_since": self.last_day - timedelta(days=20) if finished else start_on,
            "start_on": start_on,
            "end_on": self.last_day + timedelta(days=0 if finished else chance.randint(100, 900)),
            "latitude": f"{chance.uniform(*LATITUDES):.6f}" if placed else None,
            "longitude": f"{chance.uniform(*LONGITUDES):.6f}" if placed else None,
            "total_cost": None if chance.random() < 0.1 else Decimal(cost).quantize(CENT),
            "health": HEALTHS[self.healths[-1]],
            "reported_on": reviewed_on,
            "completion_percent": self._percent(len(self.ground.periods) - 1),
            "reporting_muted_reason": "Projet suspendu." if self.status == "suspended" else "",
        }

    def _texts(self) -> dict[str, str]:
        work, place, aim = (
            self.chance.choice(choices) for choices in (words.WORKS, words.PLACES, words.AIMS)
        )
        return {
            "title_fr": f"{work[0]} {place[0]} ({self.number})",
            "title_en": f"{work[1]} {place[1]} ({self.number})",
            "summary_fr": f"{work[0]} pour {aim[0]}.",
            "summary_en": f"{work[1]} to {aim[1]}.",
            "description_fr": f"Projet engendré pour les essais. Il vise à {aim[0]} {place[0]}.",
            "description_en": f"A project generated for trials. It aims to {aim[1]} {place[1]}.",
            "place_fr": _opened(place[0].split(" ", 1)[1]),
            "place_en": _opened(place[1].split(" ", 1)[1]),
        }

    def _links(self) -> None:
        chance, batch = self.chance, self.batch
        for goal in chance.sample(self.cast.goals, min(chance.randint(1, 2), len(self.cast.goals))):
            batch.add(Project.goals.through, project_id=self.project, strategicgoal_id=goal)
        frameworks = self.cast.frameworks
        for framework in chance.sample(frameworks, min(chance.randint(0, 2), len(frameworks))):
            batch.add(Project.frameworks.through, project_id=self.project, framework_id=framework)
        for partner in chance.sample(self.cast.partners, chance.randint(1, 3)):
            role = chance.choice(("partner", "operator", "research", "site"))
            batch.add(ProjectPartner, project_id=self.project, partner_id=partner.pk, role=role)

    def _milestones(self) -> list[tuple[Ref, date, date]]:
        """(milestone, baseline, expected day), spread over the project's life."""
        added = []
        count = self.chance.randint(3, 5)
        span = (self.last_day - self.approved_on).days + 400
        for position in range(1, count + 1):
            title_fr, title_en = words.MILESTONES[position - 1]
            baseline = self.approved_on + timedelta(days=span * position // (count + 1))
            late = self.chance.choice((0, 0, 0, 20, 45, 90))
            expected = baseline + timedelta(days=late)
            reached = expected <= self.last_day
            milestone = self.batch.add(
                Milestone,
                project_id=self.project,
                position=position,
                title_fr=title_fr,
                title_en=title_en,
                baseline_on=baseline,
                baseline_frozen_on=self.approved_on,
                forecast_on=expected,
                actual_on=expected if reached else None,
            )
            added.append((milestone, baseline, expected))
        return added

    def _indicator(self) -> Ref:
        return self.batch.add(
            ProjectIndicator,
            project_id=self.project,
            indicator_id=self.chance.choice(self.cast.indicators),
            baseline=0,
            target=self.chance.randrange(50, 5000, 50),
        )

    def _money(self) -> list[tuple[Ref, Decimal]]:
        """(contribution, amount received)."""
        given = []
        for _one in range(self.chance.randint(1, 3)):
            amount = Decimal(self.chance.randrange(10, 900) * 1000)
            contribution = self.batch.add(
                Contribution,
                agreement_id=self.ground.agreement.pk,
                funder_id=self.chance.choice(self.ground.funders),
                recipient_id=self.chance.choice(self.ground.recipients),
                project_id=self.project,
                amount=amount,
            )
            given.append((contribution, self._instalments(contribution, amount)))
        return given

    def _instalments(self, contribution: Ref, amount: Decimal) -> Decimal:
        received = Decimal(0)
        count = self.chance.randint(1, 3)
        part = (amount / count).quantize(CENT)
        for position in range(1, count + 1):
            due_on = self.approved_on + timedelta(days=position * self.chance.randint(200, 500))
            paid = due_on <= self.last_day
            called_on = due_on - timedelta(days=10) if paid else None
            self.batch.add(
                Instalment,
                contribution_id=contribution,
                position=position,
                due_on=due_on,
                amount=part,
                status="received" if paid else "committed",
                committed_on=self.approved_on + timedelta(days=30),
                called_on=called_on,
                received_on=due_on + timedelta(days=15) if paid else None,
            )
            received += part if paid else 0
        return received

    def _percent(self, quarter: int) -> int:
        whole = 100 if self.status == "completed" else 85
        return whole * (quarter + 1) // len(self.ground.periods)

    def _reports(self) -> None:
        for quarter, (period, ends_on) in enumerate(self.ground.periods):
            step = self.healths[quarter]
            rough = step >= 2
            summary = self.chance.choice(words.SUMMARIES)
            self.reports[quarter] = self.batch.add(
                ProgressReport,
                project_id=self.project,
                period_id=period,
                status="accepted",
                due_on=ends_on + timedelta(days=DAYS_TO_REPORT),
                health=HEALTHS[step],
                cause=self.chance.choice(words.CAUSES) if rough else "",
                ask=self.chance.choice(words.ASKS) if rough else "",
                completion_percent=self._percent(quarter),
                achievements=self.chance.choice(words.ACHIEVEMENTS),
                next_steps=self.chance.choice(words.NEXT_STEPS),
                public_summary_fr=summary[0],
                public_summary_en=summary[1],
                revision=1,
                edited_by_id=self.cast.author.pk,
                submitted_by_id=self.cast.author.pk,
                submitted_at=at(ends_on + timedelta(days=DAYS_TO_REPORT - 7), 16),
                reviewed_by_id=self.cast.author.pk,
                reviewed_at=at(ends_on + timedelta(days=DAYS_TO_REPORT - 3), 10),
            )

    def _measures(self, indicator: Ref, contributions: list[tuple[Ref, Decimal]]) -> None:
        """The indicator once a year, the money on the last report."""
        value = 0
        for report in self.reports[MEASURED_EVERY - 1 :: MEASURED_EVERY]:
            value += self.chance.randrange(10, 800)
            self.batch.add(IndicatorValue, report_id=report, indicator_id=indicator, value=value)
        for contribution, received in contributions:
            self.batch.add(
                Expenditure,
                report_id=self.reports[-1],
                contribution_id=contribution,
                amount=(received * self.chance.randint(40, 100) / 100).quantize(CENT),
            )

    def _slips(self, milestones: list[tuple[Ref, date, date]]) -> None:
        for milestone, baseline, expected in milestones:
            if expected == baseline:
                continue
            self.batch.add(
                MilestoneSlip,
                milestone_id=milestone,
                report_id=self.reports[-1],
                from_on=baseline,
                to_on=expected,
                reason=self.chance.choice(words.CAUSES),
                author_id=self.cast.author.pk,
                at=at(min(baseline, self.last_day), 12),
            )

    def _risk(self) -> None:
        if self.chance.random() < 0.5:
            return
        self.batch.add(
            ReportRisk,
            report_id=self.reports[-1],
            position=1,
            title=self.chance.choice(words.RISKS),
            likelihood=self.chance.randint(1, 4),
            impact=self.chance.randint(1, 4),
            response="Suivi chaque mois.",
        )
