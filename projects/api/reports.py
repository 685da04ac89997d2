"""Progress reports: read by everyone as far as they may, written, sent and reviewed by those concerned."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Model, Prefetch, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from projects import permissions
from projects.api.evidence import EvidenceSerializer, WithEvidence
from projects.api.filters import ReportFilter
from projects.api.writing import (
    AcceptSent,
    CorrectSent,
    DraftSent,
    ExtendSent,
    RemarkSent,
    SendBackSent,
)
from projects.enums import ReportStatus
from projects.models import ProgressReport, ReportRisk, ReviewNote
from projects.services import drafts
from projects.services.campaigns import extend
from projects.services.reports import (
    add_remark,
    ask_confirmation,
    confirm,
    open_correction,
    save_draft,
    submit,
    with_rows,
)
from projects.services.reviews import accept, send_back
from smartport.api.fields import Abilities, Address, Reference, Texts, texts
from smartport.api.views import ChangesByAction
from smartport.api.writing import IF_MATCH


class PeriodSerializer(serializers.Serializer):
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()


class RiskSerializer(serializers.ModelSerializer):
    class Meta:
        model = ReportRisk
        fields = ["title", "likelihood", "impact", "response", "closed"]
        read_only_fields = fields


class NoteSerializer(serializers.ModelSerializer):
    author = serializers.CharField(source="author.get_full_name")

    class Meta:
        model = ReviewNote
        fields = ["action", "section", "text", "author", "at"]
        read_only_fields = fields


class PublicReportSerializer(serializers.ModelSerializer):
    """What the public sees of an accepted report."""

    url = Address("reports")
    project = Reference("projects", name="title")
    period = PeriodSerializer(read_only=True)
    public_summary = Texts()
    accepted_on = serializers.SerializerMethodField()
    abilities = Abilities(
        edit=permissions.can_edit_report,
        submit=permissions.can_submit_report,
        review=permissions.can_review_report,
        correct=permissions.can_correct_report,
        remark=permissions.can_remark_report,
        confirm=permissions.can_confirm_report,
        extend=lambda user, report: permissions.can_steer_campaigns(user) and report.is_editable,
    )

    class Meta:
        model = ProgressReport
        fields = [
            "id", "url", "project", "period", "version", "status", "health", "public_summary", "accepted_on",
            "abilities",
        ]  # fmt: skip
        read_only_fields = fields

    def get_accepted_on(self, report: ProgressReport) -> date | None:
        accepted = report.status == ReportStatus.ACCEPTED
        return timezone.localdate(report.reviewed_at) if accepted else None


class ReportSerializer(PublicReportSerializer):
    """A report in full, for its partners and the secretariat; outsiders get the public part of accepted ones."""

    risks = RiskSerializer(many=True, read_only=True)
    review_notes = NoteSerializer(many=True, read_only=True)

    class Meta:
        model = ProgressReport
        fields = [
            *PublicReportSerializer.Meta.fields[:-1], "due_on", "cause", "ask", "completion_percent",
            "achievements", "next_steps", "risks", "correction_reason", "review_notes", "revision",
            "edited_at", "submitted_at", "reviewed_at", "abilities",
        ]  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Model) -> dict[str, Any]:
        told = super().to_representation(instance)
        if not instance.in_full:
            return {name: told[name] for name in PublicReportSerializer.Meta.fields}
        return told


class WrittenMilestone(serializers.Serializer):
    id = serializers.IntegerField()
    title = Texts()
    baseline_on = serializers.DateField(allow_null=True)
    forecast_on = serializers.DateField(allow_null=True)
    actual_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField()


class WrittenIndicator(serializers.Serializer):
    id = serializers.IntegerField()
    title = Texts()
    unit = Texts()
    value = serializers.DecimalField(max_digits=16, decimal_places=3, allow_null=True)


class WrittenExpenditure(serializers.Serializer):
    contribution = serializers.IntegerField()
    funder = serializers.CharField()
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)


class WholeReportSerializer(ReportSerializer):
    """With what the report says of milestones, indicators and spending: the parts a draft may change."""

    milestones = serializers.SerializerMethodField()
    indicators = serializers.SerializerMethodField()
    expenditures = serializers.SerializerMethodField()
    evidence = EvidenceSerializer(many=True, read_only=True)

    class Meta:
        model = ProgressReport
        fields = [
            *ReportSerializer.Meta.fields, "milestones", "indicators", "expenditures", "evidence",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(WrittenMilestone(many=True))
    def get_milestones(self, report: ProgressReport) -> list[dict[str, Any]]:
        if not report.in_full:
            return []
        said = drafts.read(report)
        return [
            {
                "id": milestone.pk,
                "title": texts(milestone, "title"),
                "baseline_on": milestone.baseline_on,
                **said[f"milestone-{milestone.pk}"],
            }
            for milestone in report.project.milestones.all()
        ]

    @extend_schema_field(WrittenIndicator(many=True))
    def get_indicators(self, report: ProgressReport) -> list[dict[str, Any]]:
        if not report.in_full:
            return []
        said = drafts.read(report)
        return [
            {
                "id": followed.pk,
                "title": texts(followed.indicator, "title"),
                "unit": texts(followed.indicator, "unit"),
                "value": said[f"indicator-{followed.pk}"],
            }
            for followed in report.project.indicators.all()
        ]

    @extend_schema_field(WrittenExpenditure(many=True))
    def get_expenditures(self, report: ProgressReport) -> list[dict[str, Any]]:
        if not report.in_full:
            return []
        said = drafts.read(report)
        return [
            {
                "contribution": contribution.pk,
                "funder": contribution.funder.label,
                "amount": said[f"expenditure-{contribution.pk}"],
            }
            for contribution in drafts.contributions_of(report)
        ]


def changes(body: type[serializers.Serializer] | None, told: str | Promise) -> Any:
    return extend_schema(
        request=body, responses=WholeReportSerializer, parameters=[IF_MATCH], description=told
    )


class Reports(WithEvidence, ChangesByAction):
    title = _("Progress reports")
    summary = _("Accepted reports: météo and public summary. In full for the project's partners.")
    filterset_class = ReportFilter
    queryset = ProgressReport.objects.all()
    order = ("-id",)

    def get_serializer_class(self) -> type[serializers.Serializer]:
        return ReportSerializer if self.action == "list" else WholeReportSerializer

    def get_queryset(self) -> QuerySet:
        reports = ProgressReport.objects.listed_for(self.request.user)
        if self.action == "evidence_file" and self.request.method == "GET":
            return reports
        if self.action != "list":
            reports = with_rows(reports).prefetch_related("evidence")
        return reports.select_related("project", "period").prefetch_related(
            "risks", Prefetch("review_notes", ReviewNote.objects.select_related("author"))
        )

    @changes(DraftSent, _("Changes parts of a draft; what is not named stays."))
    def partial_update(self, request: Request, pk: str) -> Response:
        body = self.body(DraftSent)

        def save(report: ProgressReport) -> None:
            units = body.units(report)
            held = {name: text for name, text in report.held_input.items() if name not in units}
            save_draft(
                actor=request.user, report=report, data=units, revision=report.revision, held=held
            )

        return self.change(save)

    @changes(None, _("Sends a complete report to the secretariat."))
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str) -> Response:
        return self.change(lambda report: submit(actor=request.user, report=report))

    @changes(None, _("Asks the managers of the lead partner to confirm a complete report."))
    @action(detail=True, methods=["post"], url_path="ask-confirmation")
    def ask_confirmation(self, request: Request, pk: str) -> Response:
        return self.change(lambda report: ask_confirmation(actor=request.user, report=report))

    @changes(RemarkSent, _("One line of the conversation; the other side is told."))
    @action(detail=True, methods=["post"])
    def remark(self, request: Request, pk: str) -> Response:
        sent = self.body(RemarkSent).validated_data

        def say(report: ProgressReport) -> None:
            add_remark(actor=request.user, report=report, **sent)

        return self.change(say, status=201)

    @changes(ExtendSent, _("The secretariat gives more time, with a reason that stays."))
    @action(detail=True, methods=["post"])
    def extend(self, request: Request, pk: str) -> Response:
        sent = self.body(ExtendSent).validated_data
        return self.change(lambda report: extend(actor=request.user, report=report, **sent))

    @changes(
        None, _("A manager of the lead partner confirms the report, where the partner wants that.")
    )
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        return self.change(lambda report: confirm(actor=request.user, report=report))

    @changes(SendBackSent, _("The secretariat asks for changes, with reasons by section."))
    @action(detail=True, methods=["post"], url_path="send-back")
    def send_back(self, request: Request, pk: str) -> Response:
        sent = self.body(SendBackSent).validated_data
        return self.change(
            lambda report: send_back(
                actor=request.user,
                report=report,
                reasons=sent["reasons"],
                due_on=sent.get("due_on"),
            )
        )

    @changes(
        AcceptSent,
        _("The secretariat accepts the report: it is frozen, and its summary is public."),
    )
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        sent = self.body(AcceptSent).validated_data
        return self.change(
            lambda report: accept(actor=request.user, report=report, remark=sent["remark"])
        )

    @changes(
        CorrectSent,
        _("Opens a correction of an accepted report; answers with the new version, a draft."),
    )
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, pk: str) -> Response:
        reason = self.body(CorrectSent).validated_data["reason"]
        return self.change(
            lambda report: open_correction(actor=request.user, report=report, reason=reason),
            status=201,
        )
