"""Goals, frameworks, series and projects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Model, Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers

from partners.models import User
from projects.api.campaigns import ProjectReporting, SeriesRhythm
from projects.api.filters import SeriesFilter
from projects.enums import ProjectRole
from projects.filters import DEFAULT_SORT, SORTS, ProjectFilter, in_order, order_of_projects
from projects.models import Framework, Project, ProjectPartner, ProjectSeries, StrategicGoal
from projects.permissions import can_report_for, can_steer_campaigns
from smartport.api.fields import (
    Abilities,
    Address,
    Pages,
    Reference,
    References,
    SourcesField,
    Texts,
)
from smartport.api.views import ChangesByAction, Collection


class GoalSerializer(serializers.ModelSerializer):
    url = Address("goals")
    page = Pages("projects:goal_detail", "slug")
    title = Texts()
    description = Texts()
    sources = SourcesField()
    abilities = Abilities()

    class Meta:
        model = StrategicGoal
        fields = [
            "id", "code", "slug", "url", "page", "title", "description", "position", "sources", "abilities",
        ]  # fmt: skip
        read_only_fields = fields


class Goals(Collection):
    title = _("Strategic goals")
    summary = _("What the portfolio works towards.")
    serializer_class = GoalSerializer
    queryset = StrategicGoal.objects.all()
    named_by = ("code", "slug")
    order = ("position", "code")

    def get_queryset(self) -> QuerySet:
        return StrategicGoal.objects.prefetch_related("sources")


class FrameworkSerializer(serializers.ModelSerializer):
    url = Address("frameworks")
    page = Pages("projects:framework_detail", "slug")
    title = Texts()
    short_title = Texts()
    description = Texts()
    owner = Reference("partners", name="name")
    sources = SourcesField()
    abilities = Abilities()

    class Meta:
        model = Framework
        fields = [
            "id", "code", "slug", "url", "page", "title", "short_title", "description", "owner", "period",
            "sources", "abilities",
        ]  # fmt: skip
        read_only_fields = fields


class Frameworks(Collection):
    title = _("Frameworks")
    summary = _("The plans of public bodies that the projects serve.")
    serializer_class = FrameworkSerializer
    queryset = Framework.objects.all()
    named_by = ("code", "slug")
    order = ("code",)

    def get_queryset(self) -> QuerySet:
        return Framework.objects.select_related("owner").prefetch_related("sources")


class ApprovalField(Reference):
    """The decision that approved the series, as far as the caller may see it."""

    def __init__(self, source: str = "") -> None:
        super().__init__("decisions", name="title", source=source)

    def to_representation(self, value: Model) -> dict[str, Any] | None:
        series = getattr(value, self.path) if self.path else value
        decision = next(iter(series.decisions.all()), None) if series else None
        if decision is None:
            return None
        told = self.brief(decision)
        return {**told, "reference": decision.reference, "decided_on": decision.decided_on}


class SeriesSerializer(serializers.ModelSerializer):
    url = Address("series")
    page = Pages("projects:series_detail", "slug")
    title = Texts()
    summary = Texts()
    decision = ApprovalField()
    sources = SourcesField()
    abilities = Abilities(steer_campaigns=lambda user, series: can_steer_campaigns(user))

    class Meta:
        model = ProjectSeries
        fields = [
            "id", "code", "slug", "url", "page", "title", "summary", "status", "cadence", "submitted_on",
            "approved_on", "withdrawn_on", "decision", "sources", "is_demo", "abilities",
        ]  # fmt: skip
        read_only_fields = fields


def approving_decisions(user: User, path: str) -> Prefetch:
    """Decisions live on the floor above: they are reached through the reverse relation only."""
    decisions = ProjectSeries._meta.get_field("decisions").related_model.objects
    return Prefetch(path, decisions.visible_to(user).approving_series().standing())


class Series(SeriesRhythm, ChangesByAction):
    title = _("Series of projects")
    summary = _("Series the committee approved, with the decision.")
    serializer_class = SeriesSerializer
    filterset_class = SeriesFilter
    queryset = ProjectSeries.objects.all()
    named_by = ("code", "slug", "former_slugs__slug")
    order = ("-approved_on", "code")

    def get_queryset(self) -> QuerySet:
        user = self.request.user
        return ProjectSeries.objects.visible_to(user).prefetch_related(
            "sources", approving_decisions(user, "decisions")
        )


class Participant(serializers.ModelSerializer):
    partner = Reference("partners", name="name")
    role = serializers.ChoiceField(choices=ProjectRole.choices)

    class Meta:
        model = ProjectPartner
        fields = ["partner", "role"]
        read_only_fields = fields


class LatestReport(Reference):
    """The last accepted report: its météo and its public summary."""

    def __init__(self) -> None:
        super().__init__("reports", name="public_summary", source="latest_report")

    def brief(self, obj: Model) -> dict[str, Any]:
        return {
            **super().brief(obj),
            "health": obj.health,
            "accepted_on": timezone.localdate(obj.reviewed_at),
        }


class ProjectSerializer(serializers.ModelSerializer):
    url = Address("projects")
    page = Pages("projects:project_detail", "slug")
    title = Texts()
    summary = Texts()
    description = Texts()
    dates_note = Texts()
    place = Texts()
    note = Texts()
    series = Reference("series", name="title")
    decision = ApprovalField("series")
    lead = Reference("partners", name="name")
    partners = Participant(source="project_partners", many=True, read_only=True)
    goals = References("goals", name="title")
    frameworks = References("frameworks", name="title")
    latest_report = LatestReport()
    sources = SourcesField()
    abilities = Abilities(report=lambda user, project: can_report_for(user, project.lead_id))

    class Meta:
        model = Project
        fields = [
            "id", "code", "slug", "url", "page", "title", "summary", "description", "standing", "status",
            "status_since", "strand", "series", "approved_on", "decision", "lead", "lead_in_words", "partners",
            "goals", "frameworks", "start_on", "end_on", "dates_note", "place", "latitude", "longitude",
            "total_cost", "health", "reported_on", "latest_report", "note", "sources", "is_demo", "updated_at",
            "abilities",
        ]  # fmt: skip
        read_only_fields = fields


@extend_schema_view(
    list=extend_schema(
        parameters=[OpenApiParameter("sort", str, enum=list(SORTS), default=DEFAULT_SORT)]
    )
)
class Projects(ProjectReporting, ChangesByAction):
    title = _("Projects")
    summary = _("Approved projects, as on the list of the site, with its filters.")
    serializer_class = ProjectSerializer
    filterset_class = ProjectFilter
    queryset = Project.objects.all()
    named_by = ("code", "slug", "former_slugs__slug")
    more_parameters = ("sort",)

    def get_queryset(self) -> QuerySet:
        user = self.request.user
        return (
            Project.objects.visible_to(user)
            .select_related("lead", "latest_report")
            .prefetch_related(
                "goals",
                "frameworks",
                "sources",
                Prefetch("project_partners", ProjectPartner.objects.select_related("partner")),
                Prefetch("series", ProjectSeries.objects.visible_to(user)),
                approving_decisions(user, "series__decisions"),
            )
        )

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        return in_order(
            super().filter_queryset(queryset), self.request.query_params.get("sort", "")
        )

    def get_order(self) -> Sequence[str]:
        return order_of_projects(self.request.query_params.get("sort", ""))
