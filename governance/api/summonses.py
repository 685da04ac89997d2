"""Summonses and what was replied to them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance import permissions
from governance.api.filters import SummonsFilter
from governance.api.rooms import ChoicesTold
from governance.api.table import found
from governance.api.writing import ReplySent
from governance.models import Summons
from governance.services import summons as summonses
from partners.models import User
from smartport.api.fields import Abilities, Address, Reference
from smartport.api.views import ChangesByAction
from smartport.api.writing import IF_MATCH


def _may_reply(user: User, summons: Summons) -> bool:
    return permissions.can_reply_to_summons(user, summons) and summonses.replies_are_open(
        summons.meeting
    )


class SummonsSerializer(serializers.ModelSerializer):
    url = Address("summonses")
    meeting = Reference("meetings", name="title")
    person = serializers.CharField(source="user.get_full_name")
    seat = Reference("partners", source="seat.partner", name="name")
    comment = serializers.SerializerMethodField(
        help_text="For the person summoned and the secretariat; null for others."
    )
    alternate = serializers.CharField(source="alternate.get_full_name", default=None)
    proxy_holder = serializers.CharField(source="proxy_holder.get_full_name", default=None)
    abilities = Abilities(
        reply=_may_reply,
        send_again=lambda user, summons: (
            permissions.can_prepare_meetings(user) and summonses.replies_are_open(summons.meeting)
        ),
    )

    class Meta:
        model = Summons
        fields = [
            "id", "url", "meeting", "person", "seat", "capacity", "sent_at", "reply", "replied_at", "comment",
            "alternate", "proxy_holder", "abilities",
        ]  # fmt: skip
        read_only_fields = fields

    def get_comment(self, summons: Summons) -> str | None:
        user = self.context["request"].user
        return summons.comment if permissions.can_reply_to_summons(user, summons) else None


class Summonses(ChangesByAction):
    title = _("Summonses")
    summary = _(
        "Who is summoned to a meeting and what they replied; for those who see the meeting."
    )
    serializer_class = SummonsSerializer
    filterset_class = SummonsFilter
    queryset = Summons.objects.all()
    order = ("-meeting_id", "id")

    def get_queryset(self) -> QuerySet:
        return Summons.objects.visible_to(self.request.user).select_related(
            "meeting__committee", "user", "seat__partner", "alternate", "proxy_holder"
        )

    @extend_schema(
        request=ReplySent,
        responses=SummonsSerializer,
        parameters=[IF_MATCH],
        description=_(
            "Replies; the last reply counts. “alternate” and “holder” are numbers from “choices”. The secretariat "
            "replies in a person’s name."
        ),
    )
    @action(detail=True, methods=["post"])
    def reply(self, request: Request, pk: str) -> Response:
        sent = dict(self.body(ReplySent).validated_data)
        people = User.objects.active()
        for name in ("alternate", "holder"):
            if sent.get(name):
                sent[name] = found(people, name, sent[name])

        def reply(summons: Summons) -> None:
            summonses.reply(actor=request.user, summons=summons, **sent)

        return self.change(reply)

    @extend_schema(
        request=None,
        responses=ChoicesTold,
        description=_("Who can replace the person, and who can hold their proxy."),
    )
    @action(detail=True, methods=["get"])
    def choices(self, request: Request, pk: str) -> Response:
        summons: Any = self.get_object()
        if not permissions.can_reply_to_summons(request.user, summons):
            raise PermissionDenied
        alternates = [mandate.user for mandate in summonses.alternates_for(summons)]
        told = {"alternates": alternates, "holders": summonses.holders_for(summons)}
        return Response(ChoicesTold(told).data)

    @extend_schema(
        request=None,
        responses=SummonsSerializer,
        parameters=[IF_MATCH],
        description=_("Sends the summons again, to the address of today."),
    )
    @action(detail=True, methods=["post"], url_path="send-again")
    def send_again(self, request: Request, pk: str) -> Response:
        def send(summons: Summons) -> None:
            summonses.send_again(actor=request.user, summons=summons)

        return self.change(send)
