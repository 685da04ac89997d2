"""Agenda items: prepared by the secretariat, their conflicts of interest, the annexes each person may open."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance import permissions
from governance.api.filters import AgendaItemFilter
from governance.api.preparing import STAYS, ItemFactsSent, MoveToSent, NewItemSent, ReadySent
from governance.api.rooms import ConflictTold
from governance.api.table import found
from governance.api.writing import ConflictSent, SeatSent
from governance.models import AgendaItem, AgendaPaper, Decision
from governance.services import agenda, conflicts
from partners.models import User
from projects.api.agreement_drafts import flat, sends
from projects.models import Amendment, FundingAgreement, Project, ProjectSeries
from smartport.api.fields import Abilities, Address, Reference, Texts
from smartport.api.views import ChangesByAction
from smartport.api.writing import IF_MATCH

TEXTS = ("title", "note", "proposed_decision")


class AnnexTold(serializers.ModelSerializer):
    """The revision of a paper that the item pins."""

    paper = serializers.IntegerField(source="revision.paper_id")
    title = serializers.CharField(source="revision.paper.title")
    revision = serializers.IntegerField(source="revision.number")
    pages = serializers.IntegerField(source="revision.pages")
    sha256 = serializers.CharField(source="revision.sha256")

    class Meta:
        model = AgendaPaper
        fields = ["position", "paper", "title", "revision", "pages", "sha256"]
        read_only_fields = fields


class AgendaItemSerializer(serializers.ModelSerializer):
    url = Address("agenda-items")
    meeting = Reference("meetings", name="title")
    title = Texts()
    note = Texts()
    proposed_decision = Texts()
    wording = Texts()
    series = Reference("series", name="title")
    project = Reference("projects", name="title")
    agreement = Reference("agreements", name="title")
    amendment = serializers.IntegerField(source="amendment.number", allow_null=True, default=None)
    corrects = Reference("decisions", name="title")
    annexes = AnnexTold(many=True, read_only=True)
    conflicts = ConflictTold(many=True, read_only=True)
    abilities = Abilities(
        edit=lambda user, item: permissions.can_edit_agenda(user, item.meeting),
        record=lambda user, item: permissions.can_close_meeting(user, item.meeting),
    )

    class Meta:
        model = AgendaItem
        fields = [
            "id", "url", "meeting", "position", "kind", "title", "note", "series", "project", "agreement",
            "amendment", "effect", "rapporteur", "proposed_decision", "confidential", "minutes", "late", "late_reason",
            "ready", "annexes", "outcome", "wording", "conditions", "vote_mode", "votes_for", "votes_against",
            "votes_abstain", "conflicts", "quorum", "taken_at", "corrects", "withdraws", "revision", "abilities",
        ]  # fmt: skip
        read_only_fields = fields


class AgendaItems(ChangesByAction):
    title = _("Agenda items")
    summary = _("What the committees have on their agenda; for their members.")
    serializer_class = AgendaItemSerializer
    filterset_class = AgendaItemFilter
    queryset = AgendaItem.objects.all()
    order = ("-meeting_id", "position", "id")

    def get_queryset(self) -> QuerySet:
        return agenda_items(self.request.user)

    @extend_schema(
        request=NewItemSent,
        responses={201: AgendaItemSerializer},
        description=_(
            "Puts an item at the end of the agenda; late, with the reason, after the summons."
        ),
    )
    def create(self, request: Request) -> Response:
        agenda.demand_secretariat(request.user)
        sent = flat(self.body(NewItemSent).validated_data, *TEXTS)
        return self.made(agenda.add_item(actor=request.user, **with_amendment(sent)))

    @sends(ItemFactsSent, STAYS)
    def partial_update(self, request: Request, pk: str) -> Response:
        sent = flat(self.body(ItemFactsSent).validated_data, *TEXTS)
        return self.change(
            lambda item: agenda.edit_item(
                actor=request.user,
                item=item,
                revision=item.revision,
                **with_amendment(sent, item.agreement_id),
            )
        )

    @sends(None, _("Takes the item off the agenda."), responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        return self.removed(lambda item: agenda.remove_item(actor=request.user, item=item))

    @sends(ReadySent, _("Marks the item ready for the pack, or not any more."))
    @action(detail=True, methods=["post"])
    def ready(self, request: Request, pk: str) -> Response:
        sent = self.body(ReadySent).validated_data
        return self.change(lambda item: agenda.mark_ready(actor=request.user, item=item, **sent))

    @sends(MoveToSent, _("Puts the item at this position, from 1; the others close up."))
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str) -> Response:
        to = self.body(MoveToSent).validated_data["position"]
        return self.change(lambda item: agenda.move_item(actor=request.user, item=item, to=to))

    @extend_schema(
        request=ConflictSent,
        responses=AgendaItemSerializer,
        parameters=[IF_MATCH],
        description=_(
            "A seat neither votes on the item nor is counted, for a conflict of interest."
        ),
    )
    @action(detail=True, methods=["post"], url_path="declare-conflict")
    def declare_conflict(self, request: Request, pk: str) -> Response:
        sent = self.body(ConflictSent).validated_data

        def declare(item: AgendaItem) -> None:
            seat = found(item.meeting.committee.seats, "seat", sent["seat"])
            conflicts.declare_conflict(
                actor=request.user, item=item, seat=seat, reason=sent["reason"]
            )

        return self.change(declare)

    @extend_schema(
        request=SeatSent,
        responses=AgendaItemSerializer,
        parameters=[IF_MATCH],
        description=_("The seat takes part in the item again."),
    )
    @action(detail=True, methods=["post"], url_path="withdraw-conflict")
    def withdraw_conflict(self, request: Request, pk: str) -> Response:
        sent = self.body(SeatSent).validated_data

        def withdraw(item: AgendaItem) -> None:
            declared = item.conflicts.filter(seat=sent["seat"]).first()
            if declared is None:
                raise serializers.ValidationError(
                    {"seat": [_text("This seat declared no conflict on this item.")]}
                )
            conflicts.withdraw_conflict(actor=request.user, conflict=declared)

        return self.change(withdraw)


def with_amendment(sent: dict[str, Any], agreement: int | None = None) -> dict[str, Any]:
    """What was sent, its `amendment` found by its number within the agreement sent, or within the item's."""
    if sent.get("amendment") is None:
        return sent
    of = sent.get("agreement", agreement)
    named = Amendment.objects.filter(agreement=of, number=sent["amendment"]).first() if of else None
    if named is None:
        raise serializers.ValidationError(
            {"amendment": [_text("There is no such amendment to this agreement.")]}
        )
    return sent | {"amendment": named}


def agenda_items(user: User) -> QuerySet:
    """The items this person sees, with what they are about as far as they see that."""
    return (
        AgendaItem.objects.visible_to(user)
        .select_related("meeting")
        .prefetch_related(
            Prefetch("series", ProjectSeries.objects.visible_to(user)),
            Prefetch("project", Project.objects.visible_to(user)),
            Prefetch("agreement", FundingAgreement.objects.visible_to(user)),
            Prefetch("amendment", Amendment.objects.visible_to(user)),
            Prefetch("corrects", Decision.objects.visible_to(user)),
            "conflicts__seat__partner",
            Prefetch(
                "annexes",
                AgendaPaper.objects.visible_to(user)
                .select_related("revision__paper")
                .order_by("position", "pk"),
            ),
        )
    )
