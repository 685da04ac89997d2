"""Packs: read and issued; builds: asked for, followed and stopped."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance import permissions
from governance.api.filters import BuildFilter, PackFilter
from governance.api.reading import ReadsPacks
from governance.api.writing import BuildSent
from governance.models import Meeting, Pack, PackBuild, PackEntry
from governance.services import packs, versions
from governance.services.agenda import demand_secretariat
from governance.services.preflight import preflight
from smartport.api import conditional
from smartport.api.fields import Abilities, Address, Reference
from smartport.api.views import ChangesByAction
from smartport.api.writing import IF_MATCH
from smartport.files import PDF, ZIP, download


class EntrySerializer(serializers.ModelSerializer):
    class Meta:
        model = PackEntry
        fields = [
            "position",
            "level",
            "kind",
            "title",
            "first_page",
            "last_page",
            "changed",
            "change",
        ]
        read_only_fields = fields


class PackSerializer(serializers.ModelSerializer):
    url = Address("packs")
    meeting = Reference("meetings", name="title")
    entries = EntrySerializer(many=True, read_only=True)
    abilities = Abilities(
        build_next=lambda user, pack: permissions.can_build_pack(user, pack.meeting),
        issue=permissions.can_issue_pack,
    )

    class Meta:
        model = Pack
        fields = [
            "id", "url", "meeting", "version", "audience", "language", "status", "pages", "size", "sha256",
            "archive_sha256", "reason", "built_at", "issued_at", "entries", "abilities",
        ]  # fmt: skip
        read_only_fields = fields


class LineSerializer(serializers.Serializer):
    """One thing that differs: `what` happened to it, and `details` of a change."""

    kind = serializers.CharField()
    key = serializers.CharField()
    title = serializers.CharField()
    what = serializers.CharField()
    details = serializers.CharField()


class Packs(ReadsPacks):
    title = _("Meeting packs")
    summary = _("Issued packs with their contents and SHA-256; for the members.")
    serializer_class = PackSerializer
    filterset_class = PackFilter
    queryset = Pack.objects.all()
    order = ("-id",)

    def get_queryset(self) -> QuerySet:
        return (
            Pack.objects.visible_to(self.request.user)
            .select_related("meeting")
            .prefetch_related("entries")
            .defer("snapshot", "manifest", "engine")
        )

    @extend_schema(
        request=None,
        responses=PackSerializer,
        parameters=[IF_MATCH],
        description=_("Freezes the pack and tells its readers."),
    )
    @action(detail=True, methods=["post"])
    def issue(self, request: Request, pk: str) -> Response:
        self.get_object()
        demand_secretariat(request.user)
        return self.change(lambda pack: packs.issue_pack(actor=request.user, pack=pack))

    @extend_schema(
        responses=LineSerializer(many=True),
        filters=False,
        description=_("What differs from the version issued before; empty for the first."),
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def differences(self, request: Request, pk: str) -> Response:
        pack = self.get_object()
        before = versions.version_before(pack)
        lines = versions.since_version(pack, before) if before else []
        return Response(LineSerializer(lines, many=True).data)

    @extend_schema(
        responses={(200, PDF): OpenApiTypes.BINARY}, description=_("The PDF as it was stored.")
    )
    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str) -> FileResponse:
        pack = self.get_object()
        return download(pack.file, name=pack.file_name("pdf"), media_type=PDF)

    @extend_schema(
        responses={(200, ZIP): OpenApiTypes.BINARY},
        description=_("The ZIP beside it: tagged body, annexes, Word files, manifest."),
    )
    @action(detail=True, methods=["get"])
    def archive(self, request: Request, pk: str) -> FileResponse:
        pack = self.get_object()
        if not pack.archive:
            raise Http404
        return download(pack.archive, name=pack.file_name("zip"), media_type=ZIP)


class PreflightNoteSerializer(serializers.Serializer):
    """What is missing or odd; an error stops the build."""

    code = serializers.CharField()
    message = serializers.CharField()
    page = serializers.CharField(source="url", help_text="Where it is put right.")
    is_error = serializers.BooleanField()


class BuildSerializer(serializers.ModelSerializer):
    url = Address("pack-builds")
    meeting = Reference("meetings", name="title")
    pack = serializers.PrimaryKeyRelatedField(read_only=True)
    doing = serializers.CharField(read_only=True)
    abilities = Abilities(
        cancel=lambda user, build: (
            permissions.can_build_pack(user, build.meeting) and build.status in packs.UNDER_WAY
        )
    )

    class Meta:
        model = PackBuild
        fields = [
            "id", "url", "meeting", "audience", "language", "reason", "status", "doing", "pages_so_far", "attempts",
            "error", "requested_at", "finished_at", "pack", "abilities",
        ]  # fmt: skip
        read_only_fields = fields


class PackBuilds(ChangesByAction):
    title = _("Builds of packs")
    summary = _("What was asked for, how far it is, and what failed; for the secretariat.")
    serializer_class = BuildSerializer
    filterset_class = BuildFilter
    queryset = PackBuild.objects.all()
    order = ("-id",)

    def get_queryset(self) -> QuerySet:
        return PackBuild.objects.visible_to(self.request.user).select_related("meeting")

    @extend_schema(
        request=BuildSent,
        responses={202: BuildSerializer},
        description=_(
            "Asks for the next version; a worker builds it. The same request under way is answered as it is. "
            "What stands in the way is refused with its list."
        ),
    )
    def create(self, request: Request) -> Response:
        sent = dict(self.body(BuildSent).validated_data)
        build = packs.request_build(
            actor=request.user, meeting=self._meeting(sent.pop("meeting")), **sent
        )
        told = self.get_serializer(self.get_queryset().get(pk=build.pk)).data
        return Response(
            told,
            status=202,
            headers={"Location": told["url"], "ETag": conditional.tag_of(told)},
        )

    @extend_schema(
        request=None,
        responses=BuildSerializer,
        parameters=[IF_MATCH],
        description=_("A waiting build stops at once, a running one at its next step."),
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        return self.change(lambda build: packs.cancel_build(actor=request.user, build=build))

    @extend_schema(
        request=BuildSent,
        responses=PreflightNoteSerializer(many=True),
        description=_(
            "What is missing or odd before building, each with the page to put it right."
        ),
    )
    @action(detail=False, methods=["post"])
    def preflight(self, request: Request) -> Response:
        sent = self.body(BuildSent).validated_data
        demand_secretariat(request.user)
        notes = preflight(self._meeting(sent["meeting"]), sent["audience"])
        return Response(PreflightNoteSerializer(notes, many=True).data)

    def _meeting(self, code: str) -> Any:
        found = Meeting.objects.visible_to(self.request.user).filter(code=code).first()
        if found is None:
            raise serializers.ValidationError({"meeting": [_text("There is no such meeting.")]})
        return found
