"""What moved in a set of projects since a moment: health, milestones, money, risks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Q, Sum
from django.utils import timezone

from governance.services.sheets import NONE, REACHED, Accepted, Reports
from governance.services.texts import in_each_language, iso, plain, translated, typed
from governance.typesetting.labels import LABELS
from governance.typesetting.snapshot import Change
from projects.models import Instalment, Milestone, MilestoneSlip, Project


def changes_since(moment: datetime, projects: Iterable[Project], reports: Reports) -> list[Change]:
    """Project by project, in their order. Reports count from the day they were accepted; `reports` must have
    been read with this moment."""
    projects = list(projects)
    slips = _slips(moment, projects)
    reached = _reached(moment, projects)
    money = _money(moment, projects)
    return [
        change
        for project in projects
        for change in (
            *_health(project, reports.get(project.pk, NONE)),
            *slips.get(project.pk, ()),
            *reached.get(project.pk, ()),
            *money.get(project.pk, ()),
            *_risks(project, reports.get(project.pk, NONE)),
        )
    ]


def _health(project: Project, reports: Accepted) -> Iterator[Change]:
    then, now = reports.earlier, reports.latest
    if now and then is not now and (then is None or then.health != now.health):
        yield Change(
            "health",
            project.code,
            before=then.health if then else None,
            after=now.health,
            reason=typed(now.cause),
        )


def _risks(project: Project, reports: Accepted) -> Iterator[Change]:
    then, now = reports.earlier, reports.latest
    if now is None or then is now:
        return
    before = {risk.title for risk in then.risks.all() if not risk.closed} if then else set()
    after = {risk.title for risk in now.risks.all() if not risk.closed}
    for title in sorted(after - before):
        yield Change("risk_opened", project.code, typed(title))
    for title in sorted(before - after):
        yield Change("risk_closed", project.code, typed(title))


def _slips(moment: datetime, projects: list[Project]) -> dict[int, list[Change]]:
    """One line per milestone: from the date it had then to the one it has now."""
    rows = (
        MilestoneSlip.objects.filter(milestone__project__in=projects, at__gt=moment)
        .select_related("milestone__project")
        .order_by("milestone__project", "milestone__position", "at", "pk")
    )
    first: dict[int, MilestoneSlip] = {}
    last: dict[int, MilestoneSlip] = {}
    for slip in rows:
        first.setdefault(slip.milestone_id, slip)
        last[slip.milestone_id] = slip
    found: dict[int, list[Change]] = {}
    for key, slip in last.items():
        if first[key].from_on == slip.to_on:
            continue
        found.setdefault(slip.milestone.project_id, []).append(
            Change(
                "date",
                slip.milestone.project.code,
                translated(slip.milestone, "title"),
                iso(first[key].from_on),
                iso(slip.to_on),
                typed(slip.reason),
            )
        )
    return found


def _reached(moment: datetime, projects: list[Project]) -> dict[int, list[Change]]:
    """Milestones reached after that day, with the day they were last expected."""
    rows = Milestone.objects.filter(
        project__in=projects, actual_on__gt=timezone.localdate(moment)
    ).select_related("project")
    found: dict[int, list[Change]] = {}
    for row in rows.order_by("project", "position", "pk"):
        found.setdefault(row.project_id, []).append(
            Change(
                "reached",
                row.project.code,
                translated(row, "title"),
                iso(row.forecast_on or row.baseline_on),
                iso(row.actual_on),
            )
        )
    return found


def _money(moment: datetime, projects: list[Project]) -> dict[int, list[Change]]:
    """What was committed, called and received since, by project: the totals then and now."""
    day = timezone.localdate(moment)
    sums = {}
    for stage, states in REACHED.items():
        now = Q(status__in=states)
        sums[stage] = Sum("amount", filter=now, default=Decimal(0))
        since = now & Q(**{f"{stage}_on__gt": day})
        sums[f"{stage}_since"] = Sum("amount", filter=since, default=Decimal(0))
    rows = (
        Instalment.objects.filter(contribution__project__in=projects)
        .values("contribution__project", "contribution__project__code")
        .annotate(**sums)
        .order_by("contribution__project")
    )
    return {row["contribution__project"]: list(_moved_money(dict(row))) for row in rows}


def _moved_money(row: dict[str, Any]) -> Iterator[Change]:
    for stage in REACHED:
        if row[f"{stage}_since"]:
            yield Change(
                "money",
                row["contribution__project__code"],
                in_each_language(partial(str, LABELS[stage])),
                plain(row[stage] - row[f"{stage}_since"]),
                plain(row[stage]),
            )
