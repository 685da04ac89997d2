"""How the room of a meeting is told: its version is made of all of it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from smartport.api.fields import Sentence


class PersonTold(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField(source="get_full_name")


class SeatTold(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    partner = serializers.CharField(source="partner.code", help_text="Code of the organisation.")
    name = serializers.CharField(source="__str__")


class ConflictTold(serializers.Serializer):
    """A seat that takes no part in an item."""

    id = serializers.IntegerField(source="seat.pk", help_text="Number of the seat.")
    partner = serializers.CharField(source="seat.partner.code")
    name = serializers.CharField(source="seat")


class PlaceTold(serializers.Serializer):
    """One mandate holder: the last stay in the room, null when they never came."""

    person = PersonTold()
    seat = SeatTold(source="mandate.seat")
    capacity = serializers.CharField(source="mandate.capacity")
    here = serializers.BooleanField(source="is_here")
    arrived_at = serializers.DateTimeField(source="stay.arrived_at", default=None)
    left_at = serializers.DateTimeField(source="stay.left_at", default=None)
    reply = serializers.CharField(source="summons.reply", default=None)


class HeldProxyTold(serializers.Serializer):
    id = serializers.IntegerField(source="proxy.pk")
    seat = SeatTold(source="proxy.seat")
    holder = PersonTold(source="proxy.holder")
    counts = serializers.BooleanField()


class VoterTold(serializers.Serializer):
    seat = SeatTold()
    person = PersonTold(source="user")
    by_proxy = serializers.BooleanField()


class QuorumTold(serializers.Serializer):
    seats = serializers.IntegerField()
    required = serializers.IntegerField()
    present = serializers.IntegerField()
    represented = serializers.IntegerField()
    counted = serializers.IntegerField()
    reached = serializers.BooleanField()
    reason = Sentence(lambda quorum: quorum.reason)


class RoomSerializer(serializers.Serializer):
    quorum = QuorumTold()
    people = PlaceTold(source="places", many=True)
    proxies = HeldProxyTold(many=True)
    voters = VoterTold(many=True)
    abilities = serializers.SerializerMethodField()

    def get_abilities(self, room: Any) -> dict[str, bool]:
        return {"hold": self.context["may_hold"]}


class ChoicesTold(serializers.Serializer):
    alternates = PersonTold(many=True)
    holders = PersonTold(many=True)
