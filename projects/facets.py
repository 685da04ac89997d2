"""What the filters of a list of projects offer: each value with the number of projects it would leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.models import Partner
from projects.counting import Counts
from projects.enums import Health, Strand
from projects.filters import NOT_REPORTED, PUBLIC_STATUSES, RENAMED, ProjectFilter, present_slugs
from projects.models import Framework, ProjectSeries, StrategicGoal
from smartport.money import number

LONGEST = 12  # values shown by facet; a search or a page of its own finds the others


class Choice(NamedTuple):
    value: str
    label: str
    count: int
    checked: bool


class Facet(NamedTuple):
    name: str
    label: str
    choices: list[Choice]


def facets(filterset: ProjectFilter, counts: Counts) -> list[Facet]:
    """The filters that have something to offer, in reading order."""
    found = []
    for name in NAMES:
        counted = counts.facets.get(name, {})
        labels = _years(counted) if name == "year" else _labels(name)
        choices = _choices(counted, labels, filterset.chosen.get(name, []))
        if choices:
            found.append(Facet(name, str(filterset.filters[name].label), choices))
    return found


def _choices(counts: dict[str, int], labels: dict[str, str], chosen: list[str]) -> list[Choice]:
    """Vocabularies keep their order; what the database names is sorted by count. Values in force always show."""
    ranked = sorted(
        labels.keys() & counts.keys(), key=lambda value: (-counts[value], labels[value])
    )
    order = (
        list(labels) if len(labels) <= LONGEST else [value for value in ranked if value in labels]
    )
    kept = [value for value in order if counts.get(value)][:LONGEST]
    kept += [value for value in chosen if value in labels and value not in kept]
    return [Choice(value, labels[value], counts.get(value, 0), value in chosen) for value in kept]


def chips(filterset: ProjectFilter, params: QueryDict) -> list[dict[str, str]]:
    """One removable mark per value in force, the search among them."""
    marks = []
    if words := filterset.cleaned["q"]:
        marks.append(
            {"label": _("“%(words)s”") % {"words": words}, "remove_url": without(params, "q", None)}
        )
    for name, values in filterset.chosen.items():
        labels = _labels(name, values)
        marks += [
            {"label": labels.get(value, value), "remove_url": without(params, name, value)}
            for value in values
        ]
    return marks


def ways_out(filterset: ProjectFilter, counts: Counts, params: QueryDict) -> list[dict[str, str]]:
    """Where nothing is found: which filter to take off, and how many projects that leaves."""
    if counts.total:
        return []
    return [
        {
            "label": ngettext(
                "Without “%(filter)s”: %(count)s project",
                "Without “%(filter)s”: %(count)s projects",
                left,
            )
            % {"filter": filterset.filters[name].label, "count": number(left)},
            "url": without(params, name, None),
        }
        for name, left in counts.without.items()
        if left
    ]


def renamed(filterset: ProjectFilter, params: QueryDict) -> str:
    """The query under the present addresses where it names former ones; empty where it names none."""
    changed = params.copy()
    for name in filterset.chosen.keys() & RENAMED.keys():
        known = filterset.chosen[name]
        present = dict(zip(known, present_slugs(name, known), strict=True))
        changed.setlist(name, [present.get(value, value) for value in params.getlist(name)])
    return f"?{changed.urlencode()}" if changed != params else ""


def without(params: QueryDict, name: str, value: str | None) -> str:
    """The query string without one value (or without the name), back on the first page."""
    left = params.copy()
    left.pop("page", None)
    kept = [text for text in left.getlist(name) if value is not None and text.strip() != value]
    left.setlist(name, kept)
    return f"?{left.urlencode()}"


def _labels(name: str, values: Iterable[str] | None = None) -> dict[str, str]:
    """The words of a filter's values (of those given), in the order to show them."""
    if name in NAMED:
        rows = NAMED[name]() if values is None else NAMED[name]().filter(slug__in=values)
        return {row.slug: _short(row) for row in rows}
    if name in VOCABULARIES:
        return {str(value): str(label) for value, label in VOCABULARIES[name]()}
    return {}


def _short(row: Any) -> str:
    return getattr(row, "label", None) or str(row)


def _years(counts: Iterable[str]) -> dict[str, str]:
    """Years are their own words, the latest first."""
    return {year: year for year in sorted(counts, reverse=True)}


NAMES = ["goal", "health", "status", "strand", "series", "partner", "funder", "framework", "year"]
NAMED: dict[str, Callable[[], QuerySet]] = {
    "goal": StrategicGoal.objects.all,
    "series": ProjectSeries.objects.public,
    "partner": Partner.objects.all,
    "funder": Partner.objects.all,
    "framework": Framework.objects.all,
}
VOCABULARIES: dict[str, Callable[[], list[Any]]] = {
    "health": lambda: [*Health.choices, (NOT_REPORTED, _("Not reported"))],
    "status": lambda: [(status, status.label) for status in PUBLIC_STATUSES],
    "strand": lambda: Strand.choices,
}
