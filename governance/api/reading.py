"""Packs as their readers have them: private notes, and whether a file is a true pack."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.models import Pack
from governance.services import notes
from governance.services.reading import pages_of
from governance.services.verification import SHA256, verdict_on
from smartport.api import conditional
from smartport.api.problems import InvalidParameter
from smartport.api.views import ChangesByAction
from smartport.api.writing import IF_MATCH, StrictSerializer


class NoteSent(StrictSerializer):
    """A note beside a paragraph, counted from 1 on its page; an empty text takes the note away."""

    page = serializers.CharField(max_length=100, help_text="Name of the page, such as fr-item-12.")
    paragraph = serializers.IntegerField(min_value=1)
    text = serializers.CharField(max_length=notes.LONGEST, allow_blank=True)


class NoteTold(serializers.Serializer):
    """`paragraph` is null when the words it was written beside are not on the page any more."""

    page = serializers.CharField(source="note.anchor")
    paragraph = serializers.IntegerField(allow_null=True)
    quote = serializers.CharField(source="note.quote")
    text = serializers.CharField(source="note.text")
    updated_at = serializers.DateTimeField(source="note.updated_at")


class VersionTold(serializers.Serializer):
    version = serializers.IntegerField()
    issued_at = serializers.DateTimeField()


class TrueVersionTold(VersionTold):
    committee = serializers.CharField(source="meeting.committee")
    day = serializers.DateField(source="meeting.day")
    audience = serializers.CharField()
    language = serializers.CharField()


class VerdictTold(serializers.Serializer):
    """`issued` is null when no pack issued here has this fingerprint, `newer` when there is no later version."""

    sha256 = serializers.CharField()
    file = serializers.SerializerMethodField(help_text="pdf or zip; empty when it is unknown.")
    issued = TrueVersionTold(source="pack", allow_null=True)
    newer = VersionTold(allow_null=True)

    def get_file(self, verdict: Any) -> str:
        if verdict.pack is None:
            return ""
        return "zip" if verdict.is_archive else "pdf"


class ReadsPacks(ChangesByAction):
    @extend_schema(
        methods=["GET"],
        responses=NoteTold(many=True),
        filters=False,
        description=_("The caller's own notes on this pack, which nobody else reads."),
    )
    @extend_schema(
        methods=["POST"],
        request=NoteSent,
        responses=NoteTold(many=True),
        parameters=[IF_MATCH],
        filters=False,
        description=_(
            "Writes a note, changes it, or takes it away; names the version of the notes as they were read."
        ),
    )
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def notes(self, request: Request, pk: str) -> Response:
        pack = self.get_object()
        if request.method == "POST":
            self._write(request, pack)
        told = self._notes(request, pack)
        return Response(told, headers={"ETag": conditional.tag_of(told)})

    def _write(self, request: Request, pack: Pack) -> None:
        sent = self.body(NoteSent).validated_data
        page = next((page for page in pages_of(pack) if page.anchor == sent["page"]), None)
        if page is None:
            raise serializers.ValidationError({"page": [_text("There is no such page here.")]})
        if sent["paragraph"] > len(page.paragraphs):
            raise serializers.ValidationError(
                {"paragraph": [_text("The page has fewer paragraphs.")]}
            )
        with transaction.atomic():
            conditional.check_match(request, self._notes(request, pack))
            notes.write_note(
                actor=request.user,
                pack=pack,
                anchor=page.anchor,
                quote=page.paragraphs[sent["paragraph"] - 1],
                text=sent["text"],
            )

    def _notes(self, request: Request, pack: Pack) -> list[dict[str, Any]]:
        placed = notes.notes_in(pages_of(pack), user=request.user, meeting=pack.meeting)
        return NoteTold(placed, many=True).data

    @extend_schema(
        responses=VerdictTold,
        filters=False,
        parameters=[OpenApiParameter("sha256", str, required=True)],
        description=_(
            "Whether a file with this SHA-256 is a true pack, of which version, and whether a newer one exists. "
            "Open to everyone: only who holds the file knows its fingerprint."
        ),
    )
    @action(detail=False, methods=["get"], pagination_class=None)
    def verify(self, request: Request) -> Response:
        asked = request.query_params.get("sha256", "").strip().lower()
        if not SHA256.fullmatch(asked):
            raise InvalidParameter({"sha256": [_text("This is not a SHA-256: it has 64 signs.")]})
        return Response(VerdictTold(verdict_on(asked)).data)
