"""The files joined to a report, by the API."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from projects.models import Evidence, ProgressReport
from projects.services.reports import add_evidence, remove_evidence
from smartport.api.fields import ADDRESS, ReadField
from smartport.api.writing import IF_MATCH, StrictSerializer
from smartport.files import download


@extend_schema_field(ADDRESS)
class FileAddress(ReadField):
    """Where its bytes are."""

    def to_representation(self, value: Evidence) -> str:
        return f"{self.base}/api/v1/reports/{value.report_id}/evidence/{value.pk}"


class EvidenceSerializer(serializers.ModelSerializer):
    url = FileAddress()

    class Meta:
        model = Evidence
        fields = ["id", "url", "name", "media_type", "size", "sha256", "uploaded_at"]
        read_only_fields = fields


class EvidenceSent(StrictSerializer):
    file = serializers.FileField(
        use_url=False, help_text=_("PDF, image or Office document, known by its content.")
    )


class WithEvidence:
    """Actions of the collection of reports."""

    @extend_schema(
        request={"multipart/form-data": EvidenceSent},
        parameters=[IF_MATCH],
        description=_("Joins a file to a draft; answers with the report."),
    )
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser])
    def evidence(self: Any, request: Request, pk: str) -> Response:
        upload = self.body(EvidenceSent).validated_data["file"]

        def add(report: ProgressReport) -> None:
            add_evidence(actor=request.user, report=report, upload=upload)

        return self.change(add, status=201)

    @extend_schema(
        methods=["GET"],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        description=_("The bytes of a file."),
    )
    @extend_schema(
        methods=["DELETE"], parameters=[IF_MATCH], description=_("Takes a file off a draft.")
    )
    @action(
        detail=True,
        methods=["get", "delete"],
        url_path=r"evidence/(?P<file>[0-9]{1,18})",
        url_name="evidence-file",
    )
    def evidence_file(self: Any, request: Request, pk: str, file: str) -> HttpResponse:
        report = self.get_object()
        if not report.in_full:
            raise Http404
        proof = get_object_or_404(report.evidence.all(), pk=int(file))
        if request.method == "GET":
            return download(proof.file, name=proof.name, media_type=proof.media_type)

        def remove(report: ProgressReport) -> None:
            remove_evidence(actor=request.user, report=report, evidence_id=proof.pk)

        return self.change(remove)
