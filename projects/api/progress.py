"""Milestones and indicators."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from partners.models import User
from projects.api.filters import IndicatorFilter, MilestoneFilter
from projects.models import (
    Indicator,
    IndicatorValue,
    Milestone,
    MilestoneSlip,
    ProgressReport,
    Project,
    ProjectIndicator,
)
from smartport.api.fields import Abilities, Address, Reference, Texts
from smartport.api.views import Collection


def inside(user: User) -> QuerySet:
    """Projects whose working papers this person reads: all for the secretariat, their organisations' otherwise."""
    if not user.is_authenticated:
        return Project.objects.none()
    return Project.objects.all() if user.runs_the_cycle else Project.objects.of(user)


class SlipSerializer(serializers.ModelSerializer):
    class Meta:
        model = MilestoneSlip
        fields = ["from_on", "to_on", "reason", "at"]
        read_only_fields = fields


class MilestoneSerializer(serializers.ModelSerializer):
    url = Address("milestones")
    project = Reference("projects", name="title")
    title = Texts()
    days_late = serializers.IntegerField(
        allow_null=True,
        read_only=True,
        help_text="From baseline to forecast, or to the day it was reached.",
    )
    slips = SlipSerializer(
        many=True, read_only=True, help_text="Empty for those outside the project."
    )
    abilities = Abilities()

    class Meta:
        model = Milestone
        fields = [
            "id", "url", "project", "position", "title", "baseline_on", "forecast_on", "actual_on",
            "days_late", "slips", "abilities",
        ]  # fmt: skip
        read_only_fields = fields


class Milestones(Collection):
    title = _("Milestones")
    summary = _("Planned, expected and reached dates of the projects.")
    serializer_class = MilestoneSerializer
    filterset_class = MilestoneFilter
    queryset = Milestone.objects.all()
    order = ("project_id", "position", "id")

    def get_queryset(self) -> QuerySet:
        user = self.request.user
        slips = MilestoneSlip.objects.filter(milestone__project__in=inside(user).values("pk"))
        return (
            Milestone.objects.filter(project__in=Project.objects.visible_to(user).values("pk"))
            .select_related("project")
            .prefetch_related(Prefetch("slips", slips))
        )


class MeasureSerializer(serializers.ModelSerializer):
    title = Texts()
    unit = Texts()
    goal = Reference("goals", name="title")

    class Meta:
        model = Indicator
        fields = ["code", "title", "unit", "goal", "additive", "lower_is_better"]
        read_only_fields = fields


class AcceptedValue(serializers.ModelSerializer):
    period_ends_on = serializers.DateField(source="report.period.ends_on")

    class Meta:
        model = IndicatorValue
        fields = ["period_ends_on", "value"]
        read_only_fields = fields


class IndicatorSerializer(serializers.ModelSerializer):
    url = Address("indicators")
    project = Reference("projects", name="title")
    indicator = MeasureSerializer(read_only=True)
    values = AcceptedValue(
        many=True, read_only=True, help_text="From accepted reports, oldest first."
    )
    abilities = Abilities()

    class Meta:
        model = ProjectIndicator
        fields = [
            "id", "url", "project", "indicator", "baseline", "target", "target_on", "values", "abilities",
        ]  # fmt: skip
        read_only_fields = fields


class Indicators(Collection):
    title = _("Indicators")
    summary = _("What each project measures: baseline, target and accepted values.")
    serializer_class = IndicatorSerializer
    filterset_class = IndicatorFilter
    queryset = ProjectIndicator.objects.all()
    order = ("id",)

    def get_queryset(self) -> QuerySet:
        accepted = ProgressReport.objects.accepted().current().values("pk")
        values = IndicatorValue.objects.filter(report__in=accepted).select_related("report__period")
        return (
            ProjectIndicator.objects.filter(
                project__in=Project.objects.visible_to(self.request.user).values("pk")
            )
            .select_related("project", "indicator__goal")
            .prefetch_related(Prefetch("values", values.order_by("report__period__ends_on", "id")))
        )
