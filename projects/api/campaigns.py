"""Reporting campaigns by the API, for the secretariat: plan, move, chase and close them."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from projects.api.filters import CampaignFilter
from projects.api.writing import AskSent, CampaignSent, DatesSent, DaysSent, MuteSent, RhythmSent
from projects.enums import ReportStatus
from projects.models import ProgressReport, Project, ProjectSeries, ReportingPeriod
from projects.permissions import can_steer_campaigns
from projects.services import campaigns
from smartport.api.fields import Abilities, Address, Reference
from smartport.api.views import ChangesByAction
from smartport.api.writing import IF_MATCH
from smartport.errors import NotAllowed


def counted(**condition: Any) -> Coalesce:
    reports = ProgressReport.objects.filter(period=OuterRef("pk"), version=1, **condition)
    number = reports.order_by().values("period").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number), 0)


class CampaignSerializer(serializers.ModelSerializer):
    url = Address("campaigns")
    series = Reference("series", name="title")
    asked = serializers.IntegerField(read_only=True, help_text="Reports asked for.")
    sent = serializers.IntegerField(read_only=True, help_text="Of these, sent or accepted.")
    abilities = Abilities(steer=can_steer_campaigns)

    class Meta:
        model = ReportingPeriod
        fields = [
            "id", "url", "series", "starts_on", "ends_on", "opens_on", "due_on", "opened_at", "closed_on",
            "asked", "sent", "abilities",
        ]  # fmt: skip
        read_only_fields = fields


def steers(body: type[serializers.Serializer] | None, told: Any) -> Any:
    return extend_schema(request=body, parameters=[IF_MATCH], description=told)


class Campaigns(ChangesByAction):
    title = _("Reporting campaigns")
    summary = _("Who is asked for reports, and by when; for the secretariat.")
    serializer_class = CampaignSerializer
    filterset_class = CampaignFilter
    queryset = ReportingPeriod.objects.all()
    order = ("-id",)

    def get_queryset(self) -> QuerySet:
        visible = ReportingPeriod.objects.visible_to(self.request.user).select_related("series")
        sent = [ReportStatus.SUBMITTED, ReportStatus.ACCEPTED]
        return visible.annotate(asked=counted(), sent=counted(status__in=sent))

    @extend_schema(
        request=CampaignSent, responses={201: CampaignSerializer},
        description=_("Plans a campaign by hand; it opens at once when its day has come."),
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        if not can_steer_campaigns(request.user):
            raise NotAllowed(_("Only the secretariat steers reporting campaigns."))
        period = campaigns.plan(actor=request.user, **self.body(CampaignSent).validated_data)
        shown = self.get_serializer(self.get_queryset().get(pk=period.pk)).data
        return Response(shown, status=201, headers={"Location": shown["url"]})

    @steers(DatesSent, _("Moves the dates; reports with a date of their own keep it."))
    def partial_update(self, request: Request, pk: str) -> Response:
        sent = self.body(DatesSent).validated_data
        return self._steer(campaigns.change_dates, **sent)

    @steers(AskSent, _("Asks one more project of the series for a report."))
    @action(detail=True, methods=["post"])
    def ask(self, request: Request, pk: str) -> Response:
        return self._steer(campaigns.open_one, **self.body(AskSent).validated_data)

    @steers(None, _("Reminds everyone who can write a missing report, once a day at most."))
    @action(detail=True, methods=["post"])
    def remind(self, request: Request, pk: str) -> Response:
        def chase(*, actor: Any, period: ReportingPeriod) -> None:
            campaigns.chase(actor=actor, reports=list(period.reports.order_by("pk")))

        return self._steer(chase)

    @steers(None, _("What nobody sent reads “not reported” from today."))
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        return self._steer(campaigns.close, on=timezone.localdate())

    @steers(None, _("Lets the missing reports be written again."))
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        return self._steer(campaigns.reopen)

    def _steer(self, verb: Any, **sent: Any) -> Response:
        return self.change(lambda period: verb(actor=self.request.user, period=period, **sent))


class SeriesRhythm:
    """Action of the collection of series."""

    @steers(RhythmSent, _("How often the series reports, and in how many days: campaigns to come."))
    @action(detail=True, methods=["post"])
    def rhythm(self: Any, request: Request, pk: str) -> Response:
        sent = self.body(RhythmSent).validated_data

        def change(series: ProjectSeries) -> None:
            campaigns.set_rhythm(actor=request.user, series=series, **sent)

        return self.change(change)


class ProjectReporting:
    """Actions of the collection of projects."""

    @steers(MuteSent, _("Asks the project for no report until it is unmuted."))
    @action(detail=True, methods=["post"])
    def mute(self: Any, request: Request, pk: str) -> Response:
        return self._report_rule(campaigns.mute, **self.body(MuteSent).validated_data)

    @steers(None, _("Asks for reports again, beginning with the campaigns open today."))
    @action(detail=True, methods=["post"])
    def unmute(self: Any, request: Request, pk: str) -> Response:
        return self._report_rule(campaigns.unmute)

    @steers(DaysSent, _("A number of days to report of the project’s own."))
    @action(detail=True, methods=["post"], url_path="report-days")
    def report_days(self: Any, request: Request, pk: str) -> Response:
        return self._report_rule(campaigns.set_report_days, **self.body(DaysSent).validated_data)

    def _report_rule(self: Any, verb: Any, **sent: Any) -> Response:
        def change(project: Project) -> None:
            verb(actor=self.request.user, project=project, **sent)

        return self.change(change)
