"""What a list of projects may be narrowed to: one FilterSet for the page, the API, the exports and the feeds."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from partners.models import Partner
from projects import search
from projects.enums import ProjectStatus
from projects.models import Project, ProjectSeries

MOST_VALUES = 30  # values of one filter that are read
LONGEST_VALUE = 120  # characters: no slug and no code is longer
NOT_REPORTED = "none"  # the health of a project without an accepted report

PUBLIC_STATUSES = [
    ProjectStatus.APPROVED,
    ProjectStatus.IN_PROGRESS,
    ProjectStatus.COMPLETED,
    ProjectStatus.SUSPENDED,
    ProjectStatus.CANCELLED,
]
DEFAULT_SORT = "newest"
# Each order by the columns of a ProjectListing; a name is in the reader's language.
SORTS = {
    "newest": (_("Latest approved"), ["-approved_on", "-project_id"]),
    "name": (_("Name"), ["name", "project_id"]),
    "health": (_("Health, worst first"), ["-concern", "-approved_on", "-project_id"]),
    "budget": (_("Budget, largest first"), ["-known_cost", "-project_id"]),
}


class SearchField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return search.clean(super().to_python(value or ""))


@extend_schema_field(OpenApiTypes.STR)
class SearchFilter(django_filters.Filter):
    field_class = SearchField


class ValuesField(forms.Field):
    """Repeated values of one name; each is kept as given, so an unknown one finds nothing rather than everything."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[str]:
        texts = (search.clean(str(text))[:LONGEST_VALUE] for text in value or [])
        return list(dict.fromkeys(text for text in texts if text))[:MOST_VALUES]


class ValuesFilter(django_filters.Filter):
    """Any of several values: they join with or."""

    field_class = ValuesField


@extend_schema_field(OpenApiTypes.STR)
class FacetFilter(ValuesFilter):
    """Read off the facets of a project's listing, under the filter's own name."""


class ProjectFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("Search"))
    series = FacetFilter(label=_("Series"))
    goal = FacetFilter(label=_("Strategic goal"))
    framework = FacetFilter(label=_("Framework"))
    strand = FacetFilter(label=_("Strand"))
    partner = FacetFilter(label=_("Partner"))
    funder = FacetFilter(label=_("Funder"))
    status = FacetFilter(label=_("State"))
    health = FacetFilter(label=_("Health"))
    year = FacetFilter(label=_("Year of approval"))

    class Meta:
        model = Project
        fields: list[str] = []

    @property
    def chosen(self) -> dict[str, list[str]]:
        """The values in force by filter name, the search left out."""
        return {
            name: values
            for name, values in self.cleaned.items()
            if isinstance(values, list) and values
        }

    @cached_property
    def search(self) -> search.Search | None:
        return search.search(self.cleaned["q"])

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """Projects, by their listing; what was renamed is also found by its former address."""
        chosen = {name: present_slugs(name, values) for name, values in self.chosen.items()}
        return self.narrowed(queryset, path="listing__", chosen=chosen)

    def narrowed(
        self, queryset: QuerySet, *, path: str = "", chosen: dict[str, list[str]] | None = None
    ) -> QuerySet:
        """Rows under every filter in force. `path` leads from them to their listing, which they may be themselves."""
        if self.search:
            queryset = queryset.filter(self.search.condition(path))
        for name, values in (self.chosen if chosen is None else chosen).items():
            marks = [facet(name, value) for value in values]
            queryset = queryset.filter(**{f"{path}facets__overlap": marks})
        return queryset

    @property
    def cleaned(self) -> dict[str, Any]:
        self.errors  # noqa: B018  (validates the form)
        return self.form.cleaned_data


RENAMED: dict[str, Callable[[], QuerySet]] = {
    "series": ProjectSeries.objects.public,
    "partner": Partner.objects.all,
    "funder": Partner.objects.all,
}


def present_slugs(name: str, values: list[str]) -> list[str]:
    """The values of a filter, each former address of a series or an organisation replaced by the present one."""
    if name not in RENAMED:
        return values
    former = RENAMED[name]().filter(former_slugs__slug__in=values)
    present = dict(former.values_list("former_slugs__slug", "slug"))
    return [present.get(value, value) for value in values]


def facet(name: str, value: str) -> str:
    """How a listing writes that a project carries a value of a filter."""
    return f"{name}:{value}"


def order_of(sort: str) -> list[str]:
    """Columns of a listing for a name in ``SORTS``; any other name gives the first one."""
    _label, order = SORTS.get(sort) or SORTS[DEFAULT_SORT]
    language = (get_language() or "fr")[:2]
    return [f"name_{language}" if column == "name" else column for column in order]


def order_of_projects(sort: str) -> list[str]:
    """The same order for projects, by columns of one table, so that an index holds it."""
    order = order_of(sort)
    if order == order_of(DEFAULT_SORT):
        return ["-approved_on", "-id"]
    columns = ((column.startswith("-"), column.removeprefix("-")) for column in order)
    return [f"{'-' * down}listing__{column}" for down, column in columns]


def in_order(projects: QuerySet, sort: str) -> QuerySet:
    return projects.filter(listing__isnull=False).order_by(*order_of_projects(sort))
