"""A report as it is read: sections of lines, each with what the version or report before it said."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from projects.enums import Health, Level, ReportSection
from projects.models import ProgressReport
from projects.services import drafts
from smartport import dates
from smartport.money import euros

BRIEF = 60  # characters


@dataclass(frozen=True)
class Line:
    """`changed` says that `before` is known and differs."""

    unit: str
    label: str
    text: str
    before: str = ""
    changed: bool = False

    @property
    def brief(self) -> bool:
        """Short enough to show the former value on the line itself."""
        return (
            max(len(self.text), len(self.before)) <= BRIEF and "\n" not in self.text + self.before
        )


@dataclass(frozen=True)
class Section:
    name: str
    title: str
    lines: list[Line]


@dataclass(frozen=True)
class Reading:
    sections: list[Section]
    before: ProgressReport | None

    @property
    def changes(self) -> list[Line]:
        return [line for section in self.sections for line in section.lines if line.changed]


SECTION_OF = {
    "health": ReportSection.HEALTH,
    "cause": ReportSection.HEALTH,
    "ask": ReportSection.HEALTH,
    "completion_percent": ReportSection.HEALTH,
    "achievements": ReportSection.ACHIEVEMENTS,
    "next_steps": ReportSection.NEXT_STEPS,
    "milestone": ReportSection.MILESTONES,
    "indicator": ReportSection.INDICATORS,
    "risk": ReportSection.RISKS,
    "expenditure": ReportSection.MONEY,
    "public_summary_fr": ReportSection.PUBLIC_SUMMARY,
    "public_summary_en": ReportSection.PUBLIC_SUMMARY,
}


def reading_of(report: ProgressReport) -> Reading:
    """The report beside the version it corrects, else beside the last accepted one."""
    content = drafts.read(report)
    before = report.corrects or drafts.latest_accepted(report)
    known: drafts.Content = {}
    if before is not None:
        before.project = report.project
        known = drafts.read(before)
    labels = labels_of(report, [*content, *known])
    lines = [
        _line(report, unit, labels[unit], content.get(unit), known.get(unit), before is not None)
        for unit in labels
    ]
    return Reading(sections_of([line for line in lines if line.text or line.before]), before)


def sections_of(lines: list[Line]) -> list[Section]:
    """In the order of the form; a section nobody filled in is left out."""
    order: dict[str, list[Line]] = {section.value: [] for section in ReportSection}
    for line in lines:
        order[section_of(line.unit)].append(line)
    return [
        Section(name, str(ReportSection(name).label), found)
        for name, found in order.items()
        if found
    ]


def section_of(unit: str) -> str:
    return SECTION_OF.get(unit) or SECTION_OF[unit.partition("-")[0]]


def _line(
    report: ProgressReport, unit: str, label: str, value: Any, known: Any, has_before: bool
) -> Line:
    text, before = in_words(unit, value), in_words(unit, known)
    return Line(unit, label, text, before if has_before else "", has_before and text != before)


def labels_of(report: ProgressReport, units: list[str]) -> dict[str, str]:
    """What each unit is called, in the order of the form."""
    labels = {
        "health": _("Weather of the project"),
        "cause": _("Cause"),
        "ask": _("Asked of the committee"),
        "completion_percent": _("Completion"),
        "achievements": _("Achievements of the period"),
        "next_steps": _("Next steps"),
    }
    labels |= {f"milestone-{one.pk}": one.title for one in report.project.milestones.all()}
    for one in report.project.indicators.all():
        unit = f" ({one.indicator.unit})" if one.indicator.unit else ""
        labels[f"indicator-{one.pk}"] = f"{one.indicator.title}{unit}"
    risks = sorted({number for number, _v in drafts.units_of("risk", dict.fromkeys(units))})
    labels |= {f"risk-{place}": _("Risk %(number)s") % {"number": place + 1} for place in risks}
    labels |= {
        f"expenditure-{one.pk}": _("Spent to date, %(funder)s, %(agreement)s")
        % {"funder": one.funder.label, "agreement": one.agreement.title}
        for one in drafts.contributions_of(report)
    }
    return labels | {
        "public_summary_fr": _("Public summary in French"),
        "public_summary_en": _("Public summary in English"),
    }


def in_words(unit: str, value: Any) -> str:
    """A unit's value as a person reads it; empty when there is none."""
    kind = unit.partition("-")[0]
    if value in (None, ""):
        return ""
    if kind == "milestone":
        return _milestone_in_words(value)
    if kind == "risk":
        return _risk_in_words(value)
    if kind == "expenditure":
        return euros(Decimal(value))
    if kind == "health":
        return str(Health(value).label)
    if kind == "completion_percent":
        return f"{value}\u00a0%"
    return str(value)


def _milestone_in_words(value: dict[str, Any]) -> str:
    parts = []
    if value["actual_on"]:
        parts.append(_("reached on %(day)s") % {"day": _day(value["actual_on"])})
    elif value["forecast_on"]:
        parts.append(_("forecast for %(day)s") % {"day": _day(value["forecast_on"])})
    if value["reason"]:
        parts.append(value["reason"])
    return "\n".join(parts)


def _risk_in_words(value: dict[str, Any]) -> str:
    levels = _("likelihood: %(likelihood)s, impact: %(impact)s") % {
        "likelihood": str(Level(value["likelihood"]).label).lower(),
        "impact": str(Level(value["impact"]).label).lower(),
    }
    parts = [value["title"], levels, value["response"], _("over") if value["closed"] else ""]
    return "\n".join(part for part in parts if part)


def _day(value: str) -> str:
    return dates.day(date.fromisoformat(value))
