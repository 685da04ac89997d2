"""Decisions, packs and actions."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from governance import permissions
from governance.api.filters import ActionFilter, PackFilter
from governance.filters import DecisionFilter
from governance.models import Action, Decision, Meeting, Pack, PackEntry
from projects.models import FundingAgreement, Project, ProjectSeries
from smartport.api.fields import (
    Abilities,
    Address,
    Pages,
    Reference,
    References,
    SourcesField,
    Texts,
)
from smartport.api.views import Collection

QUORUM_COUNTS = ("required", "present", "represented", "reached")


class MeetingOfDecision(serializers.ModelSerializer):
    title = Texts()
    day = serializers.DateField(read_only=True)

    class Meta:
        model = Meeting
        fields = ["code", "title", "day"]
        read_only_fields = fields


class DecisionSerializer(serializers.ModelSerializer):
    url = Address("decisions")
    page = Pages("governance:decision_detail", "committee.slug", ("reference", "0000-00000"))
    reference = serializers.CharField(read_only=True)
    committee = Reference("committees", name="name")
    meeting = MeetingOfDecision(read_only=True)
    title = Texts()
    text = Texts()
    note = Texts()
    series = Reference("series", name="title")
    project = Reference("projects", name="title")
    agreement = Reference("agreements", name="title")
    corrects = Reference("decisions", name="title")
    corrected_by = References("decisions", name="title")
    quorum = serializers.SerializerMethodField()
    sources = SourcesField()
    abilities = Abilities()

    class Meta:
        model = Decision
        fields = [
            "id", "reference", "url", "page", "committee", "year", "number", "meeting", "kind", "outcome",
            "title", "text", "conditions", "decided_on", "series", "project", "agreement", "effect",
            "votes_for", "votes_against", "votes_abstain", "quorum", "is_public", "corrects", "withdraws",
            "corrected_by", "note", "sources", "is_demo", "abilities",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(
        {"type": ["object", "null"], "properties": {name: {} for name in QUORUM_COUNTS}}
    )
    def get_quorum(self, decision: Decision) -> dict[str, Any] | None:
        """The count as it was; null when not known."""
        if decision.quorum is None:
            return None
        return {name: decision.quorum.get(name) for name in QUORUM_COUNTS}


class Decisions(Collection):
    title = _("Decisions")
    summary = _("What the committees decided, and what it changed.")
    serializer_class = DecisionSerializer
    filterset_class = DecisionFilter
    queryset = Decision.objects.all()
    order = ("-decided_on", "-id")

    def get_queryset(self) -> QuerySet:
        user = self.request.user
        return (
            Decision.objects.visible_to(user)
            .select_related("committee", "meeting")
            .prefetch_related(
                "sources",
                Prefetch("series", ProjectSeries.objects.visible_to(user)),
                Prefetch("project", Project.objects.visible_to(user)),
                Prefetch("agreement", FundingAgreement.objects.visible_to(user)),
                Prefetch("corrects", Decision.objects.visible_to(user)),
                Prefetch("corrected_by", Decision.objects.visible_to(user)),
            )
        )


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
        build_next=lambda user, pack: permissions.can_build_pack(user, pack.meeting)
    )

    class Meta:
        model = Pack
        fields = [
            "id", "url", "meeting", "version", "audience", "language", "status", "pages", "size", "sha256",
            "archive_sha256", "reason", "built_at", "issued_at", "entries", "abilities",
        ]  # fmt: skip
        read_only_fields = fields


class Packs(Collection):
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


class ActionSerializer(serializers.ModelSerializer):
    url = Address("actions")
    committee = Reference("committees", name="name")
    meeting = serializers.CharField(source="meeting.code", allow_null=True, default=None)
    owner = serializers.CharField(source="owner.get_full_name", allow_null=True, default=None)
    partner = Reference("partners", name="name")
    abilities = Abilities(do=permissions.can_do_action, verify=permissions.can_verify_action)

    class Meta:
        model = Action
        fields = [
            "id", "url", "committee", "meeting", "title", "owner", "partner", "due_on", "status", "opened_on",
            "evidence", "done_at", "verified_at", "abilities",
        ]  # fmt: skip
        read_only_fields = fields


class Actions(Collection):
    title = _("Actions")
    summary = _("What meetings asked for: by whom, for when; for those concerned.")
    serializer_class = ActionSerializer
    filterset_class = ActionFilter
    queryset = Action.objects.all()
    order = ("due_on", "id")

    def get_queryset(self) -> QuerySet:
        return Action.objects.visible_to(self.request.user).select_related(
            "committee", "meeting", "owner", "partner"
        )
