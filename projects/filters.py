"""What a list of projects may be narrowed to: one FilterSet for the page, the API, the exports and the feeds."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, DecimalField, Exists, OuterRef, Q, QuerySet, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from projects import search
from projects.enums import Health, ProjectRole, ProjectStatus
from projects.models import Contribution, Project, ProjectPartner

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
SORTS = {
    "newest": (_("Latest approved"), ["-approved_on", "-id"]),
    "name": (_("Name"), ["title", "id"]),
    "health": (_("Health, worst first"), ["-concern", "-approved_on", "-id"]),
    "budget": (_("Budget, largest first"), ["-known_cost", "-id"]),
}


class SearchField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return search.clean(super().to_python(value or ""))


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

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        return qs.filter(**{f"{self.field_name}__in": value}) if value else qs


class ProjectFilter(django_filters.FilterSet):
    q = SearchFilter(method="narrow_to_words", label=_("Search"))
    series = ValuesFilter("series__slug", label=_("Series"))
    goal = ValuesFilter(method="narrow_to_goals", label=_("Strategic goal"))
    framework = ValuesFilter(method="narrow_to_frameworks", label=_("Framework"))
    strand = ValuesFilter("strand", label=_("Strand"))
    partner = ValuesFilter(method="narrow_to_partners", label=_("Partner"))
    funder = ValuesFilter(method="narrow_to_funders", label=_("Funder"))
    status = ValuesFilter("status", label=_("State"))
    health = ValuesFilter(method="narrow_to_health", label=_("Météo"))
    year = ValuesFilter(method="narrow_to_years", label=_("Year of approval"))

    class Meta:
        model = Project
        fields: list[str] = []

    @property
    def user(self) -> Any:
        return getattr(self.request, "user", None) or AnonymousUser()

    @property
    def chosen(self) -> dict[str, list[str]]:
        """The values in force by filter name, the search left out."""
        return {
            name: values
            for name, values in self.form.cleaned_data.items()
            if isinstance(values, list) and values
        }

    def narrowed(self, queryset: QuerySet, *, but: str = "") -> QuerySet:
        """The queryset under every filter in force but one: what the counts of that one are made of."""
        self.errors  # noqa: B018  (validates the form)
        for name, value in self.form.cleaned_data.items():
            if name != but:
                queryset = self.filters[name].filter(queryset, value)
        return queryset

    def narrow_to_words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return search.matching(queryset, value)

    def narrow_to_goals(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(_linked(Project.goals.through, strategicgoal__slug__in=value))

    def narrow_to_frameworks(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(_linked(Project.frameworks.through, framework__slug__in=value))

    def narrow_to_partners(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(
            Q(lead__slug__in=value) | _linked(ProjectPartner, partner__slug__in=value)
        )

    def narrow_to_funders(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        given = Contribution.objects.visible_to(self.user).filter(
            project=OuterRef("pk"), funder__slug__in=value
        )
        named = _linked(ProjectPartner, partner__slug__in=value, role=ProjectRole.FUNDER)
        return queryset.filter(Exists(given) | named)

    def narrow_to_health(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        wanted = [health for health in value if health in Health.values]
        return queryset.filter(health__in=[*wanted, ""] if NOT_REPORTED in value else wanted)

    def narrow_to_years(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        years = [
            int(year) for year in value if year.isascii() and year.isdigit() and len(year) == 4
        ]
        return queryset.filter(approved_on__year__in=[year for year in years if year >= 1900])


def in_order(queryset: QuerySet, sort: str) -> QuerySet:
    """The order of a name in ``SORTS``; any other name gives the first one."""
    _label, order = SORTS.get(sort) or SORTS[DEFAULT_SORT]
    worst_first = Case(
        *(When(health=health, then=rank) for rank, health in enumerate(Health.values, 1)), default=0
    )
    return queryset.annotate(
        concern=worst_first, known_cost=Coalesce("total_cost", -1, output_field=DecimalField())
    ).order_by(*order)


def _linked(through: Any, **condition: Any) -> Exists:
    return Exists(through.objects.filter(project=OuterRef("pk"), **condition))
