"""The portfolio in figures: counts and sums over projects, each saying what it leaves out."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import ExtractYear
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.models import Partner
from projects.enums import Strand
from projects.filters import NOT_REPORTED, PUBLIC_STATUSES
from projects.models import StrategicGoal
from smartport import marks, money
from smartport.charts import Bar, Figure, Part, stacked_bars, stacked_columns
from smartport.money import Total

FUNDERS_SHOWN = 5
FUNDER_MARKS = [
    ("deep", "plain"),
    ("sea", "hatch"),
    ("sea", "dots"),
    ("ink2", "plain"),
    ("ink2", "bars"),
    ("ink2", "cross"),
]
Healths = dict[str, dict[str, int]]  # by the value of a filter, projects at each step of the météo


HEALTH_PATTERNS = {"sunny": "plain", "cloudy": "dots", "rainy": "hatch", "stormy": "cross"}


class Granted(NamedTuple):
    year: int | None
    funder: Partner
    total: Total


def list_url(**filters: Any) -> str:
    """The list of projects under these filters."""
    address = reverse("projects:project_list")
    return f"{address}?{urlencode(filters, doseq=True)}" if filters else address


def cost_total(projects: QuerySet) -> Total:
    """The published total costs of these projects."""
    return _total(projects, "total_cost")


def listed_cost(listings: QuerySet) -> Total:
    """The same, of listings, where a cost below zero is not published: read off their index by cost alone."""
    known = Q(known_cost__gte=0)
    sums = listings.aggregate(
        known=Sum("known_cost", filter=known), counted=Count("pk", filter=known), rows=Count("pk")
    )
    return Total(sums["known"], sums["counted"], sums["rows"] - sums["counted"])


def contribution_total(contributions: QuerySet) -> Total:
    return _total(contributions, "amount")


def _total(queryset: QuerySet, field: str) -> Total:
    sums = queryset.order_by().aggregate(known=Sum(field), counted=Count(field), rows=Count("pk"))
    return Total(sums["known"], sums["counted"], sums["rows"] - sums["counted"])


def short_amount(total: Total) -> str:
    """A sum for a large figure: short, its exact form and what it leaves out standing elsewhere."""
    return money.compact_euros(total.amount)


def health_of(projects: QuerySet) -> dict[str, int]:
    """How many of these projects stand at each step of the météo; ``none`` for those never reported."""
    counts = projects.order_by().values_list("health").annotate(n=Count("pk"))
    return {health or NOT_REPORTED: count for health, count in counts}


def state_of(health: dict[str, int]) -> SafeString:
    """How many projects there are and how many ask for support, in one sentence with its link."""
    count, in_need = sum(health.values()), health.get("rainy", 0) + health.get("stormy", 0)
    approved = ngettext("%(count)s approved project", "%(count)s approved projects", count) % {
        "count": money.number(count)
    }
    if not in_need:
        return format_html("{}", approved + ".")
    asking = ngettext("%(count)s asks for support", "%(count)s ask for support", in_need) % {
        "count": money.number(in_need)
    }
    asking = asking.replace(" ", money.NO_BREAK_SPACE, 1)
    url = list_url(health=["rainy", "stormy"])
    return format_html('{}. <a href="{}">{}</a>.', approved, url, asking)


def health_parts(**kept: Any) -> list[Part]:
    """The four steps of the météo and its absence; each links to the list, under the filters kept."""
    parts = [
        Part(
            name,
            str(mark.word),
            name,
            HEALTH_PATTERNS[name],
            mark.icon,
            list_url(**kept, health=name),
        )
        for name, mark in marks.METEO.items()
    ]
    absent = marks.NO_METEO
    return [
        *parts,
        Part(
            NOT_REPORTED,
            str(absent.word),
            "paper",
            "hollow",
            absent.icon,
            list_url(**kept, health=NOT_REPORTED),
        ),
    ]


def health_line(counts: dict[str, int], **filters: Any) -> Figure:
    """The health of one set of projects as a single bar, linked to the list under the set's own filters."""
    return stacked_bars(
        key="health",
        title=_("Health of the projects"),
        row_header=_("Projects"),
        parts=health_parts(**filters),
        bars=[_bar(_("Projects"), counts, **filters)] if counts else [],
    )


def health_by_goal(healths: Healths) -> Figure:
    """A project that serves several goals counts under each."""
    bars = [
        _bar(goal.title, healths[goal.slug], goal=goal.slug)
        for goal in StrategicGoal.objects.all()
        if goal.slug in healths
    ]
    without = sum(healths.get("", {}).values())
    left_out = ngettext(
        "Leaves out %(count)s project that is tied to no goal. A project with several goals counts under each.",
        "Leaves out %(count)s projects that are tied to no goal. A project with several goals counts under each.",
        without,
    ) % {"count": without}
    return stacked_bars(
        key="health-by-goal",
        title=_("Health by strategic goal"),
        row_header=_("Strategic goal"),
        parts=health_parts(),
        bars=bars,
        left_out=left_out if without else _("A project with several goals counts under each."),
    )


def health_by_strand(healths: Healths) -> Figure:
    return stacked_bars(
        key="health-by-strand",
        title=_("Health by strand"),
        row_header=_("Strand"),
        parts=health_parts(),
        bars=[
            _bar(str(strand.label), healths[strand.value], strand=strand.value)
            for strand in Strand
            if strand.value in healths
        ],
    )


def _bar(label: str, counts: dict[str, int], **filters: Any) -> Bar:
    urls = {health: list_url(**filters, health=health) for health in counts}
    return Bar(label, counts, list_url(**filters), urls)


def projects_by_state(healths: Healths) -> Figure:
    return stacked_bars(
        key="projects-by-state",
        title=_("Projects by state"),
        row_header=_("State"),
        parts=[Part("projects", _("Projects"), "sea")],
        bars=[
            Bar(
                str(status.label),
                {"projects": sum(healths[status].values())},
                list_url(status=status.value),
            )
            for status in PUBLIC_STATUSES
            if status in healths
        ],
    )


def projects_by_year(healths: Healths) -> Figure:
    """By the year of their approval, the first one first; years in which none was approved are shown as such."""
    counts = {int(year): sum(steps.values()) for year, steps in healths.items() if year}
    return stacked_columns(
        key="projects-by-year",
        title=_("Projects by year of approval"),
        row_header=_("Year of approval"),
        parts=[Part("projects", _("Projects"), "sea")],
        bars=[
            Bar(str(year), {"projects": counts.get(year, 0)}, list_url(year=year))
            for year in range(min(counts), max(counts) + 1)
        ]
        if counts
        else [],
    )


def granted(contributions: QuerySet) -> list[Granted]:
    """By the year of the decision and the funder."""
    rows = contributions.order_by().annotate(year=ExtractYear("decided_on"))
    sums = rows.values_list("year", "funder").annotate(
        known=Sum("amount"), counted=Count("amount"), rows=Count("pk")
    )
    found = list(sums)
    funders = Partner.objects.in_bulk({funder for _year, funder, *_sums in found})
    return [
        Granted(year, funders[funder], Total(amount, counted, rows - counted))
        for year, funder, amount, counted, rows in found
    ]


def money_by_funder_and_year(rows: list[Granted]) -> Figure:
    """Contributions by the year of the decision that granted them; the largest funders by name."""
    parts = _funder_parts([row for row in rows if row.year is not None])
    named = {part.key for part in parts}
    undated = total_of(row for row in rows if row.year is None)
    years = sorted({row.year for row in rows if row.year is not None})
    left_out = _("Leaves out contributions whose decision is not dated: %(total)s.")
    return stacked_columns(
        key="money-by-year",
        title=_("Contributions by funder and year of decision"),
        row_header=_("Year"),
        parts=parts,
        bars=[_year(year, [row for row in rows if row.year == year], named) for year in years],
        left_out=left_out % {"total": undated} if undated.counted or undated.unknown else "",
        write=money.euros,
        write_short=money.compact_euros,
    )


def total_of(rows: Iterable[Granted]) -> Total:
    return sum((row.total for row in rows), Total(None, 0))


def _funder_parts(rows: list[Granted]) -> list[Part]:
    sums: dict[str, Decimal] = {}
    labels: dict[str, str] = {}
    for row in rows:
        slug = row.funder.slug
        sums[slug] = sums.get(slug, Decimal(0)) + (row.total.amount or 0)
        labels[slug] = row.funder.short_name or row.funder.name
    largest = sorted(sums, key=lambda slug: (-sums[slug], labels[slug]))
    parts = [
        Part(slug, labels[slug], *FUNDER_MARKS[rank], url=list_url(funder=slug))
        for rank, slug in enumerate(largest[:FUNDERS_SHOWN])
    ]
    if len(largest) > FUNDERS_SHOWN:
        parts.append(Part("others", _("Other funders"), *FUNDER_MARKS[FUNDERS_SHOWN]))
    return parts


def _year(year: int, rows: list[Granted], named: set[str]) -> Bar:
    values: dict[str, Decimal | None] = {}
    for row in rows:
        key = row.funder.slug if row.funder.slug in named else "others"
        if row.total.amount is not None:
            values[key] = (values.get(key) or Decimal(0)) + row.total.amount
        else:
            values.setdefault(key, None)
    return Bar(str(year), values, unknown=sum(row.total.unknown for row in rows))
