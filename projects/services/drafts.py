"""The text of a report as units: what is saved, compared and chosen as one, whatever rows hold it.

A unit is a column (`health`, `achievements`, …) or one row: `milestone-12`, `indicator-5`, `expenditure-7`
(ids of the milestone, the project's indicator, the contribution) and `risk-0` (a position). Values are what
JSON holds: texts, numbers, ISO dates, amounts as texts; a milestone and a risk are dictionaries.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from projects.models import (
    Contribution,
    Expenditure,
    IndicatorValue,
    MilestoneUpdate,
    ProgressReport,
    ReportRisk,
)

TEXTS = ("cause", "ask", "achievements", "next_steps", "public_summary_fr", "public_summary_en")
COLUMNS = ("health", "completion_percent", *TEXTS)
NOT_CARRIED_OVER = frozenset({"achievements"})  # each period has its own
TEXT_LENGTH, SUMMARY_LENGTH, REASON_LENGTH, RESPONSE_LENGTH = 5000, 1200, 1000, 2000  # characters
MOST_RISKS = 30
RISK_FIELDS = ("title", "likelihood", "impact", "response", "closed")

Content = dict[str, Any]


def read(report: ProgressReport) -> Content:
    """Every unit of a report; a milestone it does not mention stands as the project has it."""
    content: Content = {name: plain(getattr(report, name)) for name in COLUMNS}
    updates = {update.milestone_id: update for update in report.milestone_updates.all()}
    for milestone in report.project.milestones.all():
        source = updates.get(milestone.pk, milestone)
        content[f"milestone-{milestone.pk}"] = {
            "forecast_on": plain(source.forecast_on),
            "actual_on": plain(source.actual_on),
            "reason": plain(getattr(source, "reason", "")),
        }
    values = {value.indicator_id: value.value for value in report.indicator_values.all()}
    for followed in report.project.indicators.all():
        content[f"indicator-{followed.pk}"] = plain(values.get(followed.pk))
    spent = {row.contribution_id: row.amount for row in report.expenditures.all()}
    for contribution in contributions_of(report):
        content[f"expenditure-{contribution.pk}"] = plain(spent.get(contribution.pk))
    for position, risk in enumerate(report.risks.all()):
        content[f"risk-{position}"] = {name: plain(getattr(risk, name)) for name in RISK_FIELDS}
    return content


def contributions_of(report: ProgressReport) -> list[Contribution]:
    """The contributions a report says the spending of; asked of the database once by report."""
    known = report.__dict__.get("_contributions")
    if known is None:
        reported = Contribution.objects.reported_by(report.project)
        known = list(reported.select_related("agreement", "funder"))
        report.__dict__["_contributions"] = known
    return known


def latest_accepted(report: ProgressReport) -> ProgressReport | None:
    """The newest accepted report of the project up to this one's period, this one excepted."""
    return (
        ProgressReport.objects.accepted()
        .current()
        .filter(project=report.project_id, period__ends_on__lte=report.period.ends_on)
        .exclude(pk=report.pk)
        .select_related("period", "project")
        .prefetch_related("milestone_updates", "indicator_values", "expenditures", "risks")
        .order_by("-period__ends_on", "-version")
        .first()
    )


def shown(report: ProgressReport) -> Content:
    """What the form starts from: the report's own text, or the last accepted one where nobody wrote yet."""
    own = read(report)
    if report.revision or report.version > 1:
        return own
    before = latest_accepted(report)
    if before is None:
        return own
    before.project = report.project  # its rows are loaded already
    carried = {
        unit: value
        for unit, value in read(before).items()
        if unit not in NOT_CARRIED_OVER and not unit.startswith("milestone-") and not _closed(value)
    }
    return own | _renumbered(carried)


def write(report: ProgressReport, content: Mapping[str, Any]) -> None:
    """Sets the columns on `report` (unsaved) and replaces the rows of every unit named."""
    for name in COLUMNS:
        if name in content:
            setattr(report, name, content[name])
    for kind, model, key in (
        ("milestone", MilestoneUpdate, "milestone_id"),
        ("indicator", IndicatorValue, "indicator_id"),
        ("expenditure", Expenditure, "contribution_id"),
    ):
        rows: list[Any] = [
            model(report=report, **{key: number}, **_fields(kind, value))
            for number, value in units_of(kind, content)
        ]
        if rows:
            model.objects.bulk_create(
                rows,
                update_conflicts=True,
                unique_fields=["report", key.removesuffix("_id")],
                update_fields=_fields(kind, units_of(kind, content)[0][1]).keys(),
            )
    if units_of("risk", content):
        report.risks.all().delete()
        ReportRisk.objects.bulk_create(
            ReportRisk(report=report, position=position, **value)
            for position, (_, value) in enumerate(units_of("risk", content))
            if value and value["title"]
        )
    report._prefetched_objects_cache = {}  # type: ignore[attr-defined]


def units_of(kind: str, content: Mapping[str, Any]) -> list[tuple[int, Any]]:
    """(number, value) of the units of one kind, by number."""
    found = [
        (int(unit.removeprefix(f"{kind}-")), value)
        for unit, value in content.items()
        if unit.startswith(f"{kind}-")
    ]
    return sorted(found, key=lambda pair: pair[0])


def digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2s(text.encode(), digest_size=5).hexdigest()


def digests(content: Mapping[str, Any]) -> dict[str, str]:
    return {unit: digest(value) for unit, value in content.items()}


@dataclass(frozen=True)
class Merge:
    content: Content
    conflicts: frozenset[str]


def merge(*, mine: Mapping[str, Any], theirs: Content, base: Mapping[str, str]) -> Merge:
    """What only I changed is mine, what only they changed is theirs; what both did is a conflict.

    `base` holds digests of what my page showed when it was made.
    """
    content, conflicts = dict(theirs), set()
    for unit, value in mine.items():
        stored = theirs.get(unit)
        if value == stored or digest(value) == base.get(unit):
            continue
        if digest(stored) != base.get(unit, digest(None)):
            conflicts.add(unit)
        else:
            content[unit] = value
    return Merge(content, frozenset(conflicts))


def plain(value: Any) -> Any:
    """A value as JSON holds it and as equal texts compare: one kind of line end, no trailing space."""
    if isinstance(value, str):
        return "\n".join(value.split("\r\n")).strip()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value


def plain_content(content: Mapping[str, Any]) -> Content:
    return {
        unit: {key: plain(part) for key, part in value.items()}
        if isinstance(value, dict)
        else plain(value)
        for unit, value in content.items()
    }


def _fields(kind: str, value: Any) -> dict[str, Any]:
    if kind == "milestone":
        return {name: value[name] for name in ("forecast_on", "actual_on", "reason")}
    return {"value" if kind == "indicator" else "amount": value}


def _closed(value: Any) -> bool:
    return isinstance(value, dict) and bool(value.get("closed"))


def _renumbered(content: Content) -> Content:
    risks: Iterable[Any] = [value for _, value in units_of("risk", content)]
    rest = {unit: value for unit, value in content.items() if not unit.startswith("risk-")}
    return rest | {f"risk-{position}": value for position, value in enumerate(risks)}
