"""Minutes: drafted, edited, circulated, remarked on, published as an extract."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import FileResponse
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance import permissions
from governance.api.filters import MinutesFilter
from governance.api.writing import (
    AnswerSent,
    ExtractSent,
    MeetingSent,
    MinutesRemarkSent,
    MinutesSent,
)
from governance.models import (
    Decision,
    Meeting,
    Minutes,
    MinutesExtract,
    MinutesRemark,
    MinutesRevision,
)
from governance.services import extracts
from governance.services import minutes as writing
from governance.services.minutes_files import file_of
from smartport.api.fields import Abilities, Address, Reference, Texts
from smartport.api.views import ChangesByAction
from smartport.api.writing import IF_MATCH
from smartport.files import OFFICE, PDF, download


class RemarkSerializer(serializers.ModelSerializer):
    author = serializers.CharField(source="author.get_full_name")

    class Meta:
        model = MinutesRemark
        fields = ["id", "author", "text", "at", "answer", "answered_at"]
        read_only_fields = fields


class ExtractSerializer(serializers.ModelSerializer):
    text = Texts()

    class Meta:
        model = MinutesExtract
        fields = ["number", "text", "published_at"]
        read_only_fields = fields


class MinutesSerializer(serializers.ModelSerializer):
    url = Address("minutes")
    meeting = Reference("meetings", name="title")
    approved_by = Reference("decisions", name="title")
    remarks = RemarkSerializer(many=True, read_only=True)
    extracts = ExtractSerializer(many=True, read_only=True)
    abilities = Abilities(
        edit=permissions.can_edit_minutes_text,
        circulate=permissions.can_edit_minutes_text,
        take_back=permissions.can_take_back_minutes,
        remark=permissions.can_remark_on_minutes,
        answer=permissions.can_edit_minutes,
        publish=permissions.can_publish_extract,
    )

    class Meta:
        model = Minutes
        fields = [
            "id", "url", "meeting", "status", "text", "edited", "revision", "circulated_at", "objections_until",
            "approved_on", "approved_by", "tacitly", "remarks", "extracts", "abilities",
        ]  # fmt: skip
        read_only_fields = fields


class RevisionOfMinutes(serializers.ModelSerializer):
    author = serializers.CharField(source="author.get_full_name", default=None)

    class Meta:
        model = MinutesRevision
        fields = ["number", "at", "author", "text"]
        read_only_fields = fields


class MinutesCollection(ChangesByAction):
    title = _("Minutes")
    summary = _("Minutes of meetings: once circulated, for the members of the committee.")
    serializer_class = MinutesSerializer
    filterset_class = MinutesFilter
    queryset = Minutes.objects.all()
    order = ("-meeting_id", "id")

    def get_queryset(self) -> QuerySet:
        user = self.request.user
        return (
            Minutes.objects.visible_to(user)
            .select_related("meeting__committee")
            .prefetch_related(
                "remarks__author",
                "extracts",
                Prefetch("approved_by", Decision.objects.visible_to(user)),
            )
        )

    @extend_schema(
        request=MeetingSent,
        responses={201: MinutesSerializer},
        description=_(
            "Drafts them from the meeting’s data, as long as nobody edited them by hand."
        ),
    )
    def create(self, request: Request) -> Response:
        code = self.body(MeetingSent).validated_data["meeting"]
        meeting = Meeting.objects.visible_to(request.user).filter(code=code).first()
        if meeting is None:
            raise serializers.ValidationError({"meeting": [_text("There is no such meeting.")]})
        made = writing.draft(actor=request.user, meeting=meeting)
        return self.made(made)

    def _act(self, verb: Callable[..., Any], **fields: Any) -> Response:
        """The service on the version that `If-Match` names; the minutes as they are after it."""

        def act(minutes: Minutes) -> None:
            verb(actor=self.request.user, minutes=minutes, **fields)

        return self.change(act)

    @extend_schema(request=MinutesSent, responses=MinutesSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def edit(self, request: Request, pk: str) -> Response:
        """Saves a new revision of the text."""
        text = self.body(MinutesSent).validated_data["text"]

        def edit(minutes: Minutes) -> None:
            writing.edit(actor=request.user, minutes=minutes, text=text, revision=minutes.revision)

        return self.change(edit)

    @extend_schema(request=None, responses=MinutesSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def circulate(self, request: Request, pk: str) -> Response:
        """Sends them to the members; objections are open from then on."""
        return self._act(writing.circulate)

    @extend_schema(request=None, responses=MinutesSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, pk: str) -> Response:
        """Back to draft, to correct them."""
        return self._act(writing.take_back)

    @extend_schema(request=MinutesRemarkSent, responses=MinutesSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def remark(self, request: Request, pk: str) -> Response:
        """A member’s objection or correction."""
        return self._act(writing.remark, **self.body(MinutesRemarkSent).validated_data)

    @extend_schema(request=AnswerSent, responses=MinutesSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """The secretariat’s answer to a remark."""
        sent = self.body(AnswerSent).validated_data

        def answer(minutes: Minutes) -> None:
            remark = minutes.remarks.filter(pk=sent["remark"]).first()
            if remark is None:
                raise serializers.ValidationError({"remark": [_text("There is no such remark.")]})
            writing.answer(actor=request.user, remark=remark, text=sent["text"])

        return self.change(answer)

    @extend_schema(request=ExtractSent, responses=MinutesSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: str) -> Response:
        """Publishes an extract; without a text, the one drafted from the public decisions."""
        sent = self.body(ExtractSent).validated_data

        def publish(minutes: Minutes) -> None:
            with transaction.atomic():
                texts = extracts.draft_extract(minutes.meeting) | sent.get("text", {})
                extracts.publish(actor=request.user, minutes=minutes, texts=texts)

        return self.change(publish)

    @extend_schema(
        responses=RevisionOfMinutes(many=True),
        filters=False,
        description=_("Every text they had, the newest first; for the secretariat."),
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def revisions(self, request: Request, pk: str) -> Response:
        minutes: Any = self.get_object()
        if not permissions.can_prepare_meetings(request.user):
            raise PermissionDenied
        kept = minutes.revisions.select_related("author").order_by("-number")
        return Response(RevisionOfMinutes(kept, many=True).data)

    @extend_schema(
        responses={(200, PDF): OpenApiTypes.BINARY},
        description=_("The text, then attendance or answers, decisions and actions."),
    )
    @action(detail=True, methods=["get"])
    def pdf(self, request: Request, pk: str) -> FileResponse:
        return self._file("pdf", PDF)

    @extend_schema(
        responses={(200, OFFICE["docx"]): OpenApiTypes.BINARY},
        description=_("The same as a Word file."),
    )
    @action(detail=True, methods=["get"])
    def word(self, request: Request, pk: str) -> FileResponse:
        return self._file("docx", OFFICE["docx"])

    def _file(self, ending: str, media_type: str) -> FileResponse:
        minutes: Any = self.get_object()
        name, content = file_of(minutes, ending)
        return download(ContentFile(content), name=name, media_type=media_type)
