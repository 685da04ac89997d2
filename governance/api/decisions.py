"""Decisions."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance import permissions
from governance.api.agenda import AgendaItemSerializer, agenda_items
from governance.api.writing import CorrectionSent, DecisionSent
from governance.filters import DecisionFilter
from governance.models import AgendaItem, Decision, Meeting
from governance.services import corrections
from governance.services.agenda import demand_secretariat
from governance.services.decisions import record_outcome
from projects.models import Amendment, FundingAgreement, Project, ProjectSeries
from smartport.api import conditional
from smartport.api.fields import (
    Abilities,
    Address,
    Pages,
    Reference,
    References,
    SourcesField,
    Texts,
)
from smartport.api.views import ChangesByAction
from smartport.api.writing import IF_MATCH

QUORUM_COUNTS = ("required", "present", "represented", "reached", "conflicts")


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
    amendment = serializers.IntegerField(source="amendment.number", allow_null=True, default=None)
    corrects = Reference("decisions", name="title")
    corrected_by = References("decisions", name="title")
    quorum = serializers.SerializerMethodField()
    sources = SourcesField()
    abilities = Abilities(correct=permissions.can_correct_decision)

    class Meta:
        model = Decision
        fields = [
            "id", "reference", "url", "page", "committee", "year", "number", "meeting", "kind", "outcome",
            "title", "text", "conditions", "decided_on", "series", "project", "agreement",
            "amendment", "effect", "votes_for", "votes_against", "votes_abstain", "quorum", "is_public",
            "corrects", "withdraws", "corrected_by", "note", "sources", "is_demo", "abilities",
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


class Decisions(ChangesByAction):
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
                Prefetch("amendment", Amendment.objects.visible_to(user)),
                Prefetch("corrects", Decision.objects.visible_to(user)),
                Prefetch("corrected_by", Decision.objects.visible_to(user)),
            )
        )

    @extend_schema(
        request=DecisionSent,
        responses={202: AgendaItemSerializer},
        parameters=[IF_MATCH],
        description=_(
            "Writes down what was decided on an agenda item, whose ETag If-Match names. The decision gets its "
            "number and acts when the meeting closes."
        ),
    )
    def create(self, request: Request) -> Response:
        body = self.body(DecisionSent)
        context = self.get_serializer_context()
        with transaction.atomic():
            item = self._item(body.validated_data["item"])
            conditional.check_match(request, AgendaItemSerializer(item, context=context).data)
            record_outcome(
                actor=request.user,
                item=item,
                outcome=body.validated_data["outcome"],
                choices=body.choices_by_seat(),
                **body.fields_of_item(),
            )
        told = AgendaItemSerializer(self._item(item.pk, lock=False), context=context).data
        return Response(
            told,
            status=202,
            headers={"Location": told["url"], "ETag": conditional.tag_of(told)},
        )

    @extend_schema(
        request=CorrectionSent,
        responses={201: AgendaItemSerializer},
        parameters=[IF_MATCH],
        description=_(
            "Puts on the agenda of a meeting that this decision be corrected, or withdrawn with what it changed. "
            "It stands until that meeting closes."
        ),
    )
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, pk: str) -> Response:
        body = self.body(CorrectionSent)
        demand_secretariat(request.user)
        with transaction.atomic():
            decision = self.find(self.get_queryset().select_for_update(of=("self",)))
            conditional.check_match(request, self.get_serializer(decision).data)
            meeting = self._meeting(body.validated_data["meeting"])
            item = corrections.propose(
                actor=request.user, decision=decision, meeting=meeting, **body.proposal()
            )
        told = AgendaItemSerializer(
            self._item(item.pk, lock=False), context=self.get_serializer_context()
        ).data
        return Response(told, status=201, headers={"Location": told["url"]})

    def _meeting(self, code: str) -> Meeting:
        found = Meeting.objects.visible_to(self.request.user).filter(code=code).first()
        if found is None:
            raise serializers.ValidationError({"meeting": [_text("There is no such meeting.")]})
        return found

    def _item(self, key: int, *, lock: bool = True) -> AgendaItem:
        items = agenda_items(self.request.user)
        if lock:
            items = items.select_for_update(of=("self",))
        found = items.filter(pk=key).first()
        if found is None:
            raise serializers.ValidationError({"item": [_text("There is no such agenda item.")]})
        return found
