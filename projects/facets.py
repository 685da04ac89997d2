"""What the filters of a list of projects offer: each value with the number of projects it would leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.db.models import Count, F, QuerySet
from django.db.models.functions import ExtractYear
from django.http import QueryDict
from django.utils.translation import gettext as _

from partners.models import Partner
from projects.enums import Health, ProjectRole, Strand
from projects.filters import NOT_REPORTED, PUBLIC_STATUSES, ProjectFilter
from projects.models import Contribution, Framework, ProjectPartner, ProjectSeries, StrategicGoal

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


def facets(filterset: ProjectFilter, projects: QuerySet) -> list[Facet]:
    """The filters that have something to offer, in reading order."""
    found = []
    for name, count in COUNTS.items():
        counts = count(filterset.narrowed(projects, but=name).order_by(), filterset)
        labels = _years(counts) if name == "year" else _labels(name)
        choices = _choices(counts, labels, filterset.chosen.get(name, []))
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
    if words := filterset.form.cleaned_data.get("q"):
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


def _group(field: str) -> Any:
    def count(projects: QuerySet, _filterset: ProjectFilter) -> dict[str, int]:
        return dict(projects.values_list(field).annotate(n=Count("pk")).values_list(field, "n"))

    return count


def _by_partner(projects: QuerySet, _filterset: ProjectFilter) -> dict[str, int]:
    counts = _group("lead__slug")(projects, _filterset)
    supporting = ProjectPartner.objects.filter(project__in=projects.values("pk")).exclude(
        partner=F("project__lead")
    )
    for slug, count in (
        supporting.values_list("partner__slug")
        .annotate(n=Count("project", distinct=True))
        .order_by()
    ):
        counts[slug] = counts.get(slug, 0) + count
    return counts


def _by_funder(projects: QuerySet, filterset: ProjectFilter) -> dict[str, int]:
    """Each project once by funder, whether it is named as one or gives by an agreement that may be seen."""
    ids = projects.values("pk")
    given = Contribution.objects.visible_to(filterset.user).filter(project__in=ids)
    named = ProjectPartner.objects.filter(project__in=ids, role=ProjectRole.FUNDER)
    pairs = (
        given.order_by()
        .values_list("funder__slug", "project")
        .union(named.order_by().values_list("partner__slug", "project"))
    )
    counts: dict[str, int] = {}
    for slug, _project in pairs:
        counts[slug] = counts.get(slug, 0) + 1
    return counts


def _by_health(projects: QuerySet, _filterset: ProjectFilter) -> dict[str, int]:
    counts = _group("health")(projects, _filterset)
    return {value or NOT_REPORTED: count for value, count in counts.items()}


def _by_year(projects: QuerySet, _filterset: ProjectFilter) -> dict[str, int]:
    years = (
        projects.annotate(year=ExtractYear("approved_on"))
        .values_list("year")
        .annotate(n=Count("pk"))
    )
    return {str(year): count for year, count in years.order_by() if year}


COUNTS = {
    "goal": _group("goals__slug"),
    "health": _by_health,
    "status": _group("status"),
    "strand": _group("strand"),
    "series": _group("series__slug"),
    "partner": _by_partner,
    "funder": _by_funder,
    "framework": _group("frameworks__slug"),
    "year": _by_year,
}
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
