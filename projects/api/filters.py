"""Filters of the collections of the API; projects have theirs in `projects.filters`, shared with the pages."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from projects.enums import (
    AgreementStatus,
    ContributionKind,
    Health,
    InstalmentStatus,
    ReportStatus,
    SeriesStatus,
)
from projects.filters import ValuesFilter
from projects.models import (
    Contribution,
    FundingAgreement,
    Instalment,
    Milestone,
    ProgressReport,
    ProjectIndicator,
    ProjectSeries,
    ReportingPeriod,
)


class CodeFilter(ValuesFilter):
    """Any of several objects, each by its code or, where it has one, the slug of its page.

    They are looked up first: the planner knows how many rows hang from an object, and not from a code.
    """

    def __init__(self, field_name: str, *, slug: bool = True) -> None:
        super().__init__(field_name)
        self.slug = slug

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        if not value:
            return qs
        named = Q(code__in=value) | Q(slug__in=value) if self.slug else Q(code__in=value)
        model = qs.model
        for part in self.field_name.split("__"):
            model = model._meta.get_field(part).related_model
        keys = list(model._default_manager.filter(named).values_list("pk", flat=True))
        return qs.filter(**{f"{self.field_name}__in": keys})


class OfContributions(CodeFilter):
    """The same for rows that hang from contributions, which are looked up too."""

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        if not value:
            return qs
        named = CodeFilter(self.field_name.removeprefix("contribution__"), slug=self.slug)
        found = named.filter(Contribution.objects.all(), value)
        return qs.filter(contribution__in=list(found.values_list("pk", flat=True)))


def choices(field_name: str, enum: type) -> django_filters.MultipleChoiceFilter:
    return django_filters.MultipleChoiceFilter(field_name=field_name, choices=enum.choices)


class SeriesFilter(django_filters.FilterSet):
    status = choices("status", SeriesStatus)

    class Meta:
        model = ProjectSeries
        fields: list[str] = []


class MilestoneFilter(django_filters.FilterSet):
    project = CodeFilter("project")
    due_before = django_filters.DateFilter("forecast_on", lookup_expr="lte")
    due_after = django_filters.DateFilter("forecast_on", lookup_expr="gte")
    reached = django_filters.BooleanFilter("actual_on", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Milestone
        fields: list[str] = []


class IndicatorFilter(django_filters.FilterSet):
    project = CodeFilter("project")
    indicator = CodeFilter("indicator", slug=False)
    goal = CodeFilter("indicator__goal")

    class Meta:
        model = ProjectIndicator
        fields: list[str] = []


class ReportFilter(django_filters.FilterSet):
    project = CodeFilter("project")
    series = CodeFilter("project__series")
    partner = CodeFilter("project__lead")
    status = choices("status", ReportStatus)
    health = choices("health", Health)
    campaign = django_filters.NumberFilter("period")
    period_ends_after = django_filters.DateFilter("period__ends_on", lookup_expr="gte")
    period_ends_before = django_filters.DateFilter("period__ends_on", lookup_expr="lte")

    class Meta:
        model = ProgressReport
        fields: list[str] = []


class CampaignFilter(django_filters.FilterSet):
    series = CodeFilter("series")
    due_before = django_filters.DateFilter("due_on", lookup_expr="lte")
    due_after = django_filters.DateFilter("due_on", lookup_expr="gte")

    class Meta:
        model = ReportingPeriod
        fields: list[str] = []


class AgreementFilter(django_filters.FilterSet):
    status = choices("status", AgreementStatus)
    series = CodeFilter("series")

    class Meta:
        model = FundingAgreement
        fields: list[str] = []


class ContributionFilter(django_filters.FilterSet):
    agreement = CodeFilter("agreement", slug=False)
    project = CodeFilter("project")
    funder = CodeFilter("funder")
    recipient = CodeFilter("recipient")
    kind = choices("kind", ContributionKind)

    class Meta:
        model = Contribution
        fields: list[str] = []


class InstalmentFilter(django_filters.FilterSet):
    agreement = OfContributions("contribution__agreement", slug=False)
    project = OfContributions("contribution__project")
    status = choices("status", InstalmentStatus)
    due_before = django_filters.DateFilter("due_on", lookup_expr="lte")
    due_after = django_filters.DateFilter("due_on", lookup_expr="gte")

    class Meta:
        model = Instalment
        fields: list[str] = []
