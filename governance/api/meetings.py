"""Meetings: announced to all, in full for their members, prepared by the secretariat."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance import permissions
from governance.api.consultation import TakesAnswers
from governance.api.filters import MeetingFilter
from governance.api.preparing import (
    STAYS,
    CancelSent,
    MeetingFactsSent,
    NewMeetingSent,
    OrderSent,
    SuggestionSent,
    with_moment,
)
from governance.api.table import HoldsMeetings
from governance.enums import MeetingKind
from governance.models import AgendaItem, Meeting
from governance.services import agenda, beginnings, meetings, rules, suggestions
from governance.services.decisions import close_meeting
from projects.api.agreement_drafts import flat, sends
from smartport.api.fields import Abilities, Address, Reference, SourcesField, Texts
from smartport.api.writing import IF_MATCH


class AnnouncedMeeting(serializers.ModelSerializer):
    """What is announced of a meeting: its date and place."""

    url = Address("meetings")
    committee = Reference("committees", name="name")
    title = Texts()
    place = Texts()
    abilities = Abilities(
        edit=permissions.can_edit_meeting,
        cancel=permissions.can_cancel_meeting,
        edit_agenda=permissions.can_edit_agenda,
        summon=permissions.can_edit_agenda,
        open=permissions.can_edit_agenda,
        hold=permissions.can_hold_meeting,
        close=permissions.can_close_meeting,
        count_answers=permissions.can_count_answers,
        build_pack=permissions.can_build_pack,
    )

    class Meta:
        model = Meeting
        fields = [
            "id", "code", "url", "committee", "kind", "status", "title", "starts_at", "ends_at", "time_known",
            "place", "is_demo", "abilities",
        ]  # fmt: skip
        read_only_fields = fields


class MeetingSerializer(AnnouncedMeeting):
    """In full for members and the secretariat; outsiders get what is announced."""

    previous = Reference("meetings", name="title")
    agenda = serializers.PrimaryKeyRelatedField(
        many=True, read_only=True, help_text="Numbers of the items, in their order."
    )
    note = Texts()
    sources = SourcesField()

    class Meta:
        model = Meeting
        fields = [
            *AnnouncedMeeting.Meta.fields[:-1], "link", "guests", "is_public", "answers_due_on",
            "proposals_until", "previous", "agenda", "summoned_at",
            "opened_at", "held_at", "closed_at", "cancelled_at", "cancel_reason", "note", "sources",
            "abilities",
        ]  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Model) -> dict[str, Any]:
        told = super().to_representation(instance)
        if not instance.in_full:
            return {name: told[name] for name in AnnouncedMeeting.Meta.fields}
        return told


class SuggestionTold(serializers.Serializer):
    key = serializers.CharField()
    title = serializers.CharField()
    why = serializers.CharField()


class WarningTold(serializers.Serializer):
    code = serializers.CharField()
    message = serializers.CharField()


class PreparesMeetings(HoldsMeetings):
    """The verbs of the secretariat before a meeting."""

    @extend_schema(
        request=NewMeetingSent,
        description=_(
            "Makes a meeting in preparation, after the committee’s last one, with the beginning of its agenda."
        ),
    )
    def create(self, request: Request) -> Response:
        agenda.demand_secretariat(request.user)
        sent = flat(self.body(NewMeetingSent).validated_data, "title", "place")
        like = sent.pop("copy_from", None)
        if like is not None:
            sent = meetings.copied_from(like) | sent
            sent.setdefault("agenda_from", beginnings.LIKE_BEFORE)
            if like.ends_at and sent.get("kind") != MeetingKind.WRITTEN:
                sent.setdefault("ends_at", sent["starts_at"] + (like.ends_at - like.starts_at))
        return self.made(meetings.create_meeting(actor=request.user, like=like, **sent))

    @sends(MeetingFactsSent, STAYS)
    def partial_update(self, request: Request, pk: str) -> Response:
        sent = flat(self.body(MeetingFactsSent).validated_data, "title", "place")

        def edit(meeting: Meeting) -> None:
            facts = with_moment(sent, sent.get("kind", meeting.kind))
            meetings.edit_meeting(actor=request.user, meeting=meeting, **facts)

        return self.change(edit)

    @sends(
        CancelSent,
        _("Cancels a meeting that has decided nothing; everyone summoned is told the reason."),
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        sent = self.body(CancelSent).validated_data
        return self._held(
            lambda meeting: meetings.cancel_meeting(actor=request.user, meeting=meeting, **sent)
        )

    @sends(OrderSent, _("Puts the agenda in this order."))
    @action(detail=True, methods=["post"], url_path="order")
    def reorder(self, request: Request, pk: str) -> Response:
        sent = self.body(OrderSent).validated_data
        return self._held(
            lambda meeting: agenda.reorder_items(
                actor=request.user, meeting=meeting, order=sent["items"]
            )
        )

    @extend_schema(
        responses=WarningTold(many=True),
        filters=False,
        description=_("What the committee’s rules say against the meeting; for the secretariat."),
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def warnings(self, request: Request, pk: str) -> Response:
        found = rules.warnings_of(self._meeting(self.get_object()))
        told = [{"code": code, "message": message} for code, message in found]
        return Response(WarningTold(told, many=True).data)

    @extend_schema(
        responses=SuggestionTold(many=True),
        filters=False,
        description=_("What could be on the agenda, and why; for the secretariat."),
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def suggestions(self, request: Request, pk: str) -> Response:
        meeting = self._meeting(self.get_object())
        told = suggestions.suggestions_for(meeting)
        return Response(SuggestionTold(told, many=True).data)

    @sends(
        SuggestionSent,
        _("Puts a suggestion on the agenda, with the reason once the summons went out."),
    )
    @suggestions.mapping.post
    def take_suggestion(self, request: Request, pk: str) -> Response:
        sent = self.body(SuggestionSent).validated_data
        return self._held(
            lambda meeting: suggestions.take(actor=request.user, meeting=meeting, **sent)
        )


class Meetings(TakesAnswers, PreparesMeetings):
    title = _("Meetings")
    summary = _("Announced meetings: date and place. In full for members of the committee.")
    serializer_class = MeetingSerializer
    filterset_class = MeetingFilter
    queryset = Meeting.objects.all()
    named_by = ("code",)
    order = ("-starts_at", "-id")

    def get_queryset(self) -> QuerySet:
        return (
            Meeting.objects.listed_for(self.request.user)
            .select_related("committee")
            .prefetch_related(
                "sources",
                Prefetch("previous", Meeting.objects.visible_to(self.request.user)),
                Prefetch(
                    "agenda",
                    AgendaItem.objects.visible_to(self.request.user).order_by("position"),
                ),
            )
        )

    @extend_schema(
        request=None,
        responses=MeetingSerializer,
        parameters=[IF_MATCH],
        description=_(
            "Numbers the decisions and lets them act, all at once; closing twice changes nothing."
        ),
    )
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        def close(meeting: Meeting) -> None:
            close_meeting(actor=request.user, meeting=meeting)

        return self.change(close)
