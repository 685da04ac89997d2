"""Project sheets and money tables of a pack, written out. Totals are sums of what is printed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.typesetting import labels
from governance.typesetting.formats import decimal, euros, named, number, paragraphs, say, short_day
from governance.typesetting.snapshot import (
    Contribution,
    Indicator,
    Milestone,
    ProjectSheet,
    Report,
)
from projects.enums import Level
from smartport import money
from smartport.money import Total

View = dict[str, Any]

SEVERE = 9  # likelihood times impact, each from 1 to 4, from which a risk is printed in bold

STAGES = ("promised", "committed", "called", "received", "spent")


REMEMBERED = 1000

_presented: dict[tuple[str, str], tuple[ProjectSheet, View]] = {}


def present_sheet(sheet: ProjectSheet, language: str) -> View:
    """In the language that is active; a sheet that did not change is not written again."""
    place = (sheet.key, language)
    known = _presented.get(place)
    if known and known[0] == sheet:
        return known[1]
    if len(_presented) >= REMEMBERED:
        _presented.clear()
    view = _present(sheet, language)
    _presented[place] = (sheet, view)
    return view


def _present(sheet: ProjectSheet, language: str) -> View:
    return {
        "key": sheet.key,
        "title": say(sheet.title, language),
        "state": named(labels.PROJECT_STATES, sheet.state) if sheet.state else "",
        "series": say(sheet.series, language),
        "lead": say(sheet.lead, language),
        "partners": [
            {
                "name": say(person.partner, language) or person.name,
                "role": say(person.function, language),
            }
            for person in sheet.partners
        ],
        "goals": [say(goal, language) for goal in sheet.goals],
        "frameworks": [say(framework, language) for framework in sheet.frameworks],
        "place": say(sheet.place, language),
        "dates": _span(sheet),
        "purpose": paragraphs(sheet.purpose, language),
        "report": _report(sheet.report, language) if sheet.report else None,
        "history": [
            {
                "period": say(past.period, language),
                "health": past.health,
                "word": named(labels.HEALTHS, past.health),
            }
            for past in sheet.history
        ],
        "milestones": [_milestone(milestone, language) for milestone in sheet.milestones],
        "indicators": [_indicator(indicator, language) for indicator in sheet.indicators],
        "money": money_table(sheet.money, language),
        "risks": [
            {
                "title": say(risk.title, language),
                "likelihood": str(Level(risk.likelihood).label),
                "impact": str(Level(risk.impact).label),
                "severe": risk.likelihood * risk.impact >= SEVERE,
                "response": say(risk.response, language),
            }
            for risk in sheet.risks
        ],
        "demonstration": sheet.demonstration,
    }


def _span(sheet: ProjectSheet) -> str:
    if not sheet.start and not sheet.end:
        return money.not_published()
    return " – ".join(short_day(value) if value else "…" for value in (sheet.start, sheet.end))


def _report(report: Report, language: str) -> View:
    version = _("version %(version)s") % {"version": report.version}
    accepted = _("accepted on %(day)s") % {"day": short_day(report.accepted_on)}
    return {
        "period": say(report.period, language),
        "origin": f"{version}, {accepted}" if report.accepted_on else version,
        "health": report.health,
        "word": named(labels.HEALTHS, report.health) if report.health else "",
        "completion": money.percent(report.completion / 100)
        if report.completion is not None
        else "",
        "share": min(max((report.completion or 0) / 100, 0.0), 1.0),
        "summary": paragraphs(report.summary, language),
        "achievements": paragraphs(report.achievements, language),
        "next_steps": paragraphs(report.next_steps, language),
        "cause": paragraphs(report.cause, language),
        "ask": paragraphs(report.ask, language),
    }


def _milestone(milestone: Milestone, language: str) -> View:
    reached = milestone.actual or milestone.forecast
    return {
        "title": say(milestone.title, language),
        "baseline": short_day(milestone.baseline),
        "forecast": short_day(milestone.forecast) if milestone.forecast else "",
        "actual": short_day(milestone.actual) if milestone.actual else "",
        "done": milestone.actual is not None,
        "slip": slip_in_words(milestone.baseline, reached),
        "ordinals": {
            "baseline": _ordinal(milestone.baseline),
            "reached": _ordinal(reached),
        },
        "slips": [
            {
                "on": short_day(slip.on),
                "move": f"{short_day(slip.before)} → {short_day(slip.after)}",
                "reason": say(slip.reason, language),
            }
            for slip in milestone.slips
        ],
    }


def slip_in_words(baseline: str | None, reached: str | None) -> str:
    """ "+42 days", "−3 days", or nothing when a date is missing or nothing moved."""
    if not baseline or not reached:
        return ""
    days = (date.fromisoformat(reached) - date.fromisoformat(baseline)).days
    if not days:
        return ""
    sign = "+" if days > 0 else "−"
    return sign + ngettext("%(count)s day", "%(count)s days", abs(days)) % {"count": abs(days)}


def _ordinal(value: str | None) -> int | None:
    return date.fromisoformat(value).toordinal() if value else None


def _indicator(indicator: Indicator, language: str) -> View:
    unit, share = say(indicator.unit, language), _share(indicator)
    return {
        "title": say(indicator.title, language),
        "unit": unit,
        "baseline": number(indicator.baseline),
        "value": number(indicator.value),
        "target": number(indicator.target),
        "on": short_day(indicator.on) if indicator.on else "",
        "share": share,
        "percent": money.percent(share) if share is not None else "",
    }


def _share(indicator: Indicator) -> float | None:
    """How much of the way from baseline to target is done, between 0 and 1; None when not known."""
    start = decimal(indicator.baseline) or Decimal(0)
    value, target = decimal(indicator.value), decimal(indicator.target)
    if value is None or target is None or target == start:
        return None
    return float(round(min(max((value - start) / (target - start), Decimal(0)), Decimal(1)), 4))


def money_table(contributions: Iterable[Contribution], language: str) -> View | None:
    """Rows by funder with a total per stage; the note says what the totals leave out."""
    contributions = list(contributions)
    if not contributions:
        return None
    rows = [
        {
            "funder": say(line.funder, language),
            "recipient": say(line.recipient, language),
            "in_kind": line.kind == "in_kind",
            "amounts": [euros(getattr(line, stage)) for stage in STAGES],
        }
        for line in contributions
    ]
    return {"rows": rows} | _totals(contributions)


def funding_by_funder(concerned: Iterable[ProjectSheet], language: str) -> View | None:
    """The money of several projects, one row per funder; None when no amount is recorded."""
    contributions = [line for sheet in concerned for line in sheet.money]
    if not contributions:
        return None
    by_funder: dict[str, list[Contribution]] = {}
    for line in contributions:
        by_funder.setdefault(say(line.funder, language), []).append(line)
    rows = [
        {
            "funder": funder,
            "recipient": "",
            "in_kind": False,
            "amounts": [euros(stage_total(lines, stage).amount) for stage in STAGES],
        }
        for funder, lines in sorted(by_funder.items())
    ]
    return {"rows": rows} | _totals(contributions)


def overview(concerned: Iterable[ProjectSheet]) -> View | None:
    """How the projects of the meeting go, all together: how many in each weather, and their money."""
    concerned = list(concerned)
    found = [sheet.report.health for sheet in concerned if sheet.report and sheet.report.health]
    contributions = [line for sheet in concerned for line in sheet.money]
    if len(concerned) < 2 or not (found or contributions):
        return None
    silent = len(concerned) - len(found)
    return {
        "healths": [
            {"health": name, "count": found.count(name), "word": named(labels.HEALTHS, name)}
            for name in labels.HEALTHS
            if name in found
        ],
        "silent": ngettext(
            "%(count)s project has no accepted report.",
            "%(count)s projects have no accepted report.",
            silent,
        )
        % {"count": silent}
        if silent
        else "",
        "money": _totals(contributions) if contributions else None,
    }


def stage_total(lines: Iterable[Contribution], stage: str) -> Total:
    return Total.of(decimal(getattr(line, stage)) for line in lines)


def _totals(contributions: list[Contribution]) -> View:
    totals = [stage_total(contributions, stage) for stage in STAGES]
    left_out = [
        _("%(stage)s: %(left_out)s") % {"stage": labels.LABELS[stage], "left_out": total.left_out}
        for stage, total in zip(STAGES, totals, strict=True)
        if total.left_out and total.amount is not None
    ]
    return {
        "totals": [euros(total.amount) for total in totals],
        "bars": _bars(totals),
        "left_out": ". ".join(left_out),
    }


def _bars(totals: list[Total]) -> list[float]:
    """Each stage as a share of the largest, for the money bar; empty when nothing is known."""
    known = [total.amount or Decimal(0) for total in totals]
    largest = max(known)
    return [float(round(value / largest, 4)) for value in known] if largest > 0 else []
