"""Committees with their rules, the seats of partners, the mandates of people."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance import permissions
from governance.api.filters import MandateFilter, SeatFilter
from governance.api.preparing import (
    STAYS,
    CommitteeSent,
    MandateChangeSent,
    NewMandateSent,
    NewSeatSent,
    RulesSent,
    SeatChangeSent,
)
from governance.api.table import found
from governance.errors import NameTaken
from governance.models import Committee, Mandate, Seat, StandingItem
from governance.services import composition
from partners.models import User
from projects.api.agreement_drafts import flat, sends
from smartport.api.fields import Abilities, Address, Reference, SourcesField, Texts
from smartport.api.views import ChangesByAction


def _keeps(user: User, _kept: Any) -> bool:
    return permissions.can_keep_committees(user)


class MandateSerializer(serializers.ModelSerializer):
    url = Address("mandates")
    person = serializers.CharField(source="user.get_full_name")

    class Meta:
        model = Mandate
        fields = ["id", "url", "person", "capacity", "start", "end"]
        read_only_fields = fields


class SeatSerializer(serializers.ModelSerializer):
    url = Address("seats")
    partner = Reference("partners", name="name")
    mandates = MandateSerializer(
        many=True, read_only=True, help_text="Today's; only for the members of the committee."
    )

    class Meta:
        model = Seat
        fields = [
            "id", "url", "partner", "kind", "college", "position", "start", "end", "mandates",
        ]  # fmt: skip
        read_only_fields = fields


class StandingItemSerializer(serializers.ModelSerializer):
    title = Texts()

    class Meta:
        model = StandingItem
        fields = ["title", "minutes"]
        read_only_fields = fields


class CommitteeSerializer(serializers.ModelSerializer):
    url = Address("committees")
    name = Texts()
    agenda = StandingItemSerializer(
        source="standing_items",
        many=True,
        read_only=True,
        help_text="The default agenda; only for the members of the committee.",
    )
    seats = SeatSerializer(many=True, read_only=True)
    sources = SourcesField()
    abilities = Abilities(
        prepare_meetings=lambda user, committee: permissions.can_prepare_meetings(user),
        edit=_keeps,
        open_seat=_keeps,
    )

    class Meta:
        model = Committee
        fields = [
            "id", "code", "slug", "url", "name", "kind", "quorum_rule", "quorum_percent",
            "proxies_count_for_quorum", "proxies_per_holder", "notice_days", "notice_count", "minutes_days",
            "objection_days", "proposal_days", "agenda", "seats", "sources", "abilities",
        ]  # fmt: skip
        read_only_fields = fields


def _mandates(user: User) -> QuerySet:
    return Mandate.objects.visible_to(user).select_related("user")


class Committees(ChangesByAction):
    title = _("Committees")
    summary = _("The committees, their rules and the organisations that sit on them.")
    serializer_class = CommitteeSerializer
    queryset = Committee.objects.all()
    named_by = ("code", "slug")
    order = ("code",)

    def get_queryset(self) -> QuerySet:
        user, today = self.request.user, timezone.localdate()
        items = StandingItem.objects.order_by("position")
        if not permissions.can_keep_committees(user):
            items = items.filter(committee__in=Committee.objects.of(user).values("pk"))
        return Committee.objects.visible_to(user).prefetch_related(
            "sources",
            Prefetch("standing_items", items),
            Prefetch("seats", Seat.objects.held_on(today).select_related("partner")),
            Prefetch("seats__mandates", _mandates(user).active_on(today)),
        )

    @extend_schema(
        request=CommitteeSent,
        responses={201: CommitteeSerializer},
        description=_("Makes a committee; the address of its page is made from its French name."),
    )
    def create(self, request: Request) -> Response:
        composition.demand_right(request.user)
        sent = flat(self.body(CommitteeSent).validated_data, "name")
        try:
            return self.made(composition.create_committee(actor=request.user, **sent))
        except NameTaken as taken:
            problems = taken.context["problems"]
            taken.context["problems"] = {
                name.removesuffix("_fr"): why for name, why in problems.items()
            }
            raise

    @sends(RulesSent, STAYS)
    def partial_update(self, request: Request, pk: str) -> Response:
        rules = flat(self.body(RulesSent).validated_data, "name")
        return self.change(
            lambda committee: composition.change_rules(
                actor=request.user, committee=committee, **rules
            )
        )


class SeatAlone(SeatSerializer):
    """With the mandates of all days."""

    committee = Reference("committees", name="name")
    mandates = MandateSerializer(
        many=True, read_only=True, help_text="Of all days; only for the members of the committee."
    )
    abilities = Abilities(edit=_keeps, open_mandate=_keeps)

    class Meta:
        model = Seat
        fields = ["committee", *SeatSerializer.Meta.fields, "abilities"]
        read_only_fields = fields


class Seats(ChangesByAction):
    title = _("Seats")
    summary = _("The seats of the committees, of today and of other days.")
    serializer_class = SeatAlone
    filterset_class = SeatFilter
    queryset = Seat.objects.all()
    order = ("committee_id", "position", "id")

    def get_queryset(self) -> QuerySet:
        user = self.request.user
        mandates = _mandates(user).order_by("-start", "pk")
        return (
            Seat.objects.filter(committee__in=Committee.objects.visible_to(user))
            .select_related("committee", "partner")
            .prefetch_related(Prefetch("mandates", mandates))
        )

    @extend_schema(
        request=NewSeatSent,
        responses={201: SeatAlone},
        description=_("Gives a partner a seat; one at a time in each committee."),
    )
    def create(self, request: Request) -> Response:
        composition.demand_right(request.user)
        sent = self.body(NewSeatSent).validated_data
        sent.setdefault("position", sent["committee"].seats.count() + 1)
        return self.made(composition.open_seat(actor=request.user, **sent))

    @sends(SeatChangeSent, _("With an end, the mandates still running end with the seat."))
    def partial_update(self, request: Request, pk: str) -> Response:
        sent = self.body(SeatChangeSent).validated_data
        return self.change(
            lambda seat: composition.change_seat(actor=request.user, seat=seat, **sent)
        )


class MandateAlone(MandateSerializer):
    seat = serializers.IntegerField(source="seat_id", help_text="Number of the seat.")
    committee = Reference("committees", source="seat.committee", name="name")
    partner = Reference("partners", source="seat.partner", name="name")
    abilities = Abilities(edit=_keeps)

    class Meta:
        model = Mandate
        fields = [*MandateSerializer.Meta.fields, "seat", "committee", "partner", "abilities"]
        read_only_fields = fields


class Mandates(ChangesByAction):
    title = _("Mandates")
    summary = _("Who sits where, from when to when; for the members of the committee.")
    serializer_class = MandateAlone
    filterset_class = MandateFilter
    queryset = Mandate.objects.all()
    order = ("-start", "id")

    def get_queryset(self) -> QuerySet:
        return _mandates(self.request.user).select_related("seat__committee", "seat__partner")

    @extend_schema(
        request=NewMandateSent,
        responses={201: MandateAlone},
        description=_("A person sits, from the first to the last day; one in each capacity."),
    )
    def create(self, request: Request) -> Response:
        composition.demand_right(request.user)
        sent = dict(self.body(NewMandateSent).validated_data)
        seat = found(Seat.objects.all(), "seat", sent.pop("seat"))
        person = sent.pop("person")
        return self.made(
            composition.open_mandate(actor=request.user, seat=seat, user=person, **sent)
        )

    @sends(MandateChangeSent, _("Corrects a mandate, or ends it; its history is kept."))
    def partial_update(self, request: Request, pk: str) -> Response:
        sent = self.body(MandateChangeSent).validated_data
        return self.change(
            lambda mandate: composition.change_mandate(actor=request.user, mandate=mandate, **sent)
        )
