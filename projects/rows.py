"""Projects, decisions and sources as the components show them: one dictionary for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import F, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from partners.models import Source
from partners.models.organisations import DEMO_PREFIX
from projects.enums import AgreementStatus, ProjectStatus
from projects.models import (
    FundingAgreement,
    IndicatorValue,
    Milestone,
    Project,
    ProjectIndicator,
    ProjectSeries,
)
from smartport import drawings
from smartport.addresses import page_path
from smartport.charts import Point, sparkline
from smartport.dates import short_day
from smartport.money import euros, number

MOST_DECISIONS = 20


class Facts(NamedTuple):
    """What a row reads of a project, as plain values: a page makes no model of what it only shows."""

    pk: int
    code: str
    slug: str
    title_fr: str | None
    title_en: str | None
    health: str
    reported_on: date | None
    status: str
    total_cost: Decimal | None
    start_on: date | None
    end_on: date | None
    dates_note_fr: str | None
    dates_note_en: str | None
    lead_in_words: str
    lead__short_name_fr: str | None
    lead__short_name_en: str | None
    lead__name_fr: str | None
    lead__name_en: str | None

    def led_by(self, language: str) -> str:
        """As `Project.lead_label`."""
        short = _said(self.lead__short_name_fr, self.lead__short_name_en, language)
        return (
            short or _said(self.lead__name_fr, self.lead__name_en, language) or self.lead_in_words
        )


# What hangs from the projects of a page. Written out: putting them together takes longer than answering them.
FIRST_GOALS = """
    SELECT DISTINCT ON (link.project_id) link.project_id, goal.title_fr, goal.title_en
      FROM projects_project_goals link JOIN projects_strategicgoal goal ON goal.id = link.strategicgoal_id
     WHERE link.project_id = ANY(%s) ORDER BY link.project_id, goal.position, goal.code"""
MILESTONES = """
    SELECT project_id, title_fr, title_en, baseline_on, forecast_on, actual_on
      FROM projects_milestone WHERE project_id = ANY(%s) ORDER BY project_id, position, id"""


def latest_reported(projects: QuerySet) -> QuerySet:
    """Those whose report was accepted last come first; those without a report come last."""
    return projects.order_by(F("reported_on").desc(nulls_last=True), "-approved_on", "code")


def project_rows(projects: QuerySet, order: Sequence[int] | None = None) -> list[dict[str, Any]]:
    """Rows for ``components/project_table.html`` and ``project_cards.html``; three queries for all of them.

    ``order`` gives their primary keys in the order wanted, where it is not that of the query.
    """
    found = projects.values_list(*Facts._fields)
    if order is not None:
        by_key = {values[0]: values for values in found.filter(pk__in=order).order_by()}
        found = [by_key[key] for key in order if key in by_key]
    facts = [Facts(*values) for values in found]
    if not facts:
        return []
    language = get_language() or settings.LANGUAGE_CODE
    keys = [one.pk for one in facts]
    goals, milestones = _first_goals(keys, language), _milestones(keys, language)
    statuses = {str(value): str(label) for value, label in ProjectStatus.choices}
    today = timezone.localdate()
    return [
        {
            "name": _said(one.title_fr, one.title_en, language),
            "url": page_path("projects:project_detail", language, one.slug),
            "code": one.code,
            "partner": one.led_by(language),
            "goal": goals.get(one.pk, ""),
            "health": one.health,
            "health_date": one.reported_on,
            "status": one.status,
            "status_label": statuses[one.status],
            "timeline": drawings.timeline_svg(milestones.get(one.pk, []), today),
            "money": euros(one.total_cost) if one.total_cost is not None else "",
            "is_demo": one.code.startswith(DEMO_PREFIX),
            "start": one.start_on,
            "end": one.end_on,
            "note": _said(one.dates_note_fr, one.dates_note_en, language),
        }
        for one in facts
    ]


def _first_goals(projects: list[int], language: str) -> dict[int, str]:
    found = _asked(FIRST_GOALS, projects)
    return {project: _said(french, english, language) for project, french, english in found}


def _milestones(projects: list[int], language: str) -> dict[int, list[drawings.MilestoneLine]]:
    lines: dict[int, list[drawings.MilestoneLine]] = defaultdict(list)
    for project, french, english, *days in _asked(MILESTONES, projects):
        lines[project].append(drawings.MilestoneLine(_said(french, english, language), *days))
    return lines


def _asked(question: str, projects: list[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, [projects])
        return cursor.fetchall()


def _said(french: str | None, english: str | None, language: str) -> str:
    """In the reader's language, or in the one it is written in."""
    wanted, other = (english, french) if language == "en" else (french, english)
    return wanted or other or ""


def spans(
    rows: list[dict[str, Any]], today: date | None = None
) -> tuple[SafeString, list[dict[str, Any]]]:
    """The years over the rows, and these rows for ``components/project_spans.html`` on one scale of time."""
    today = today or timezone.localdate()
    days = [day for row in rows for day in (row["start"], row["end"]) if day]
    scale = drawings.Scale.around([today, *days])
    lines = [
        row | {"drawing": drawings.span_svg(row["start"], row["end"], scale, today)} for row in rows
    ]
    return drawings.years_svg(scale, today), lines


def approval(series: ProjectSeries, user: Any) -> dict[str, Any] | None:
    """The decision that approved a series, for ``components/decision_card.html``, if this person may see it.

    Decisions live on the floor above: they are reached through the reverse relation only.
    """
    decisions = series.decisions.visible_to(user).approving_series().standing()
    decision = decisions.select_related("meeting", "committee").prefetch_related("sources").first()
    return decision_card(decision) if decision else None


def agreement_approvals(agreement: FundingAgreement, user: Any) -> dict[int | None, Any]:
    """The decisions that opened it for signature (None) and its amendments (by their key), as far as seen."""
    if agreement.status == AgreementStatus.DRAFT:
        return {}
    given = agreement.decisions.visible_to(user).approving_agreements().standing()
    return {decision.amendment_id: decision for decision in given.select_related("committee")}


def other_decisions(
    user: Any, *, series: ProjectSeries | None, project: Project | None = None
) -> list[dict[str, Any]]:
    """What else was decided on a series or a project, newest first, the standing approval left out."""
    decisions = _decisions(user)
    found = (
        decisions.filter(_about(series, project))
        .exclude(pk__in=decisions.approving_series().standing().values("pk"))
        .select_related("committee")
        .prefetch_related(Prefetch("corrected_by", decisions.select_related("committee")))
        .order_by("-decided_on", "-pk")
    )
    return [
        {
            "number": decision.reference,
            "date": decision.decided_on,
            "title": decision.title,
            "outcome": decision.outcome,
            "outcome_label": decision.get_outcome_display(),
            "effect": decision.get_effect_display() if decision.effect != "none" else "",
            "url": decision.get_absolute_url(),
            "later": decision.corrected_by.all(),
        }
        for decision in found[:MOST_DECISIONS]
    ]


def extracts(
    user: Any, *, series: ProjectSeries | None, project: Project | None = None
) -> list[dict[str, Any]]:
    """What is published of the minutes of the meetings that decided on a series or a project, newest first."""
    decisions = _decisions(user).filter(_about(series, project))
    meetings = decisions.model._meta.get_field("meeting").related_model.objects.filter(
        pk__in=decisions.values("meeting"), minutes__extracts__isnull=False
    )
    found = meetings.select_related("committee").distinct().order_by("-starts_at", "-pk")
    return [
        {"meeting": str(meeting), "url": reverse("governance:minutes_extract", args=[meeting.code])}
        for meeting in found[:MOST_DECISIONS]
    ]


def _decisions(user: Any) -> QuerySet:
    return ProjectSeries._meta.get_field("decisions").related_model.objects.visible_to(user)


def _about(series: ProjectSeries | None, project: Project | None) -> Q:
    """Decisions that name the one or the other."""
    named = {"series": series, "project": project}
    return Q(*((name, one) for name, one in named.items() if one), _connector=Q.OR)


def decision_card(decision: Any) -> dict[str, Any]:
    return {
        "number": decision.reference,
        "date": decision.decided_on,
        "wording": decision.text,
        "outcome": decision.outcome,
        "outcome_label": decision.get_outcome_display(),
        "effect": decision.get_effect_display(),
        "url": decision.get_absolute_url(),
        "committee": str(decision.committee),
        "is_demo": decision.is_demo,
        "sources": list(decision.sources.all()),
    }


def source_links(sources: Iterable[Source]) -> list[dict[str, str]]:
    """Sources for ``components/sources.html``; one without an address is named only."""
    return [
        {"label": str(source), "url": f"https://{source.address}" if source.address else ""}
        for source in sources
    ]


def indicator_row(use: ProjectIndicator, values: list[IndicatorValue]) -> dict[str, Any]:
    """An indicator of a project: its last known value against its target, and its line over time."""
    points = [Point(value.report.period.ends_on, value.value) for value in values]
    known = [point for point in points if point.value is not None]
    last = known[-1] if known else None
    return {
        "title": use.indicator.title,
        "unit": use.indicator.unit,
        "baseline": use.baseline,
        "target": use.target,
        "target_on": use.target_on,
        "last": last.value if last else None,
        "last_on": last.day if last else None,
        "line": sparkline(points, label=_spoken(known)) if len(known) > 1 else "",
    }


def _spoken(points: list[Point]) -> str:
    return ", ".join(f"{short_day(point.day)} {number(point.value)}" for point in points)


def milestone_lines(milestones: Iterable[Milestone]) -> list[dict[str, Any]]:
    """Milestones under the names the timeline draws from."""
    return [
        {
            "name": milestone.title,
            "baseline": milestone.baseline_on,
            "forecast": milestone.forecast_on,
            "actual": milestone.actual_on,
        }
        for milestone in milestones
    ]
