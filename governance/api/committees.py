"""Committees with their seats, meetings, agenda items."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance import permissions
from governance.api.filters import AgendaItemFilter, MeetingFilter
from governance.api.rooms import ConflictTold
from governance.api.table import HoldsMeetings, found
from governance.api.writing import ConflictSent, SeatSent
from governance.models import AgendaItem, Committee, Decision, Mandate, Meeting, Seat
from governance.services import conflicts
from governance.services.decisions import close_meeting
from partners.models import User
from projects.models import FundingAgreement, Project, ProjectSeries
from smartport.api.fields import Abilities, Address, Reference, SourcesField, Texts
from smartport.api.views import ChangesByAction, Collection
from smartport.api.writing import IF_MATCH


class MandateSerializer(serializers.ModelSerializer):
    person = serializers.CharField(source="user.get_full_name")

    class Meta:
        model = Mandate
        fields = ["person", "capacity", "start", "end"]
        read_only_fields = fields


class SeatSerializer(serializers.ModelSerializer):
    partner = Reference("partners", name="name")
    mandates = MandateSerializer(
        many=True, read_only=True, help_text="Today's; only for the members of the committee."
    )

    class Meta:
        model = Seat
        fields = ["partner", "kind", "college", "position", "start", "end", "mandates"]
        read_only_fields = fields


class CommitteeSerializer(serializers.ModelSerializer):
    url = Address("committees")
    name = Texts()
    seats = SeatSerializer(many=True, read_only=True)
    sources = SourcesField()
    abilities = Abilities(
        prepare_meetings=lambda user, committee: permissions.can_prepare_meetings(user)
    )

    class Meta:
        model = Committee
        fields = [
            "id", "code", "slug", "url", "name", "kind", "quorum_rule", "quorum_percent",
            "proxies_count_for_quorum", "proxies_per_holder", "notice_days", "notice_count", "minutes_days",
            "objection_days", "seats", "sources", "abilities",
        ]  # fmt: skip
        read_only_fields = fields


class Committees(Collection):
    title = _("Committees")
    summary = _("The committees, their rules and the organisations that sit on them.")
    serializer_class = CommitteeSerializer
    queryset = Committee.objects.all()
    named_by = ("code", "slug")
    order = ("code",)

    def get_queryset(self) -> QuerySet:
        user, today = self.request.user, timezone.localdate()
        mandates = Mandate.objects.active().select_related("user")
        if not user.is_authenticated:
            mandates = mandates.none()
        elif not user.runs_the_cycle:
            mandates = mandates.filter(seat__committee__in=Committee.objects.of(user).values("pk"))
        seats = Seat.objects.filter(
            Q(start__isnull=True) | Q(start__lte=today), Q(end__isnull=True) | Q(end__gte=today)
        )
        return Committee.objects.visible_to(user).prefetch_related(
            "sources",
            Prefetch("seats", seats.select_related("partner")),
            Prefetch("seats__mandates", mandates),
        )


class AnnouncedMeeting(serializers.ModelSerializer):
    """What is announced of a meeting: its date and place."""

    url = Address("meetings")
    committee = Reference("committees", name="name")
    title = Texts()
    place = Texts()
    abilities = Abilities(
        edit_agenda=permissions.can_edit_agenda,
        summon=permissions.can_edit_agenda,
        open=permissions.can_edit_agenda,
        hold=permissions.can_hold_meeting,
        close=permissions.can_close_meeting,
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

    note = Texts()
    sources = SourcesField()

    class Meta:
        model = Meeting
        fields = [
            *AnnouncedMeeting.Meta.fields[:-1], "link", "is_public", "answers_due_on", "summoned_at",
            "opened_at", "held_at", "closed_at", "cancelled_at", "cancel_reason", "note", "sources",
            "abilities",
        ]  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Model) -> dict[str, Any]:
        told = super().to_representation(instance)
        if not instance.in_full:
            return {name: told[name] for name in AnnouncedMeeting.Meta.fields}
        return told


class Meetings(HoldsMeetings):
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
            .prefetch_related("sources")
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
    corrects = Reference("decisions", name="title")
    conflicts = ConflictTold(many=True, read_only=True)
    abilities = Abilities(
        edit=lambda user, item: permissions.can_edit_agenda(user, item.meeting),
        record=lambda user, item: permissions.can_close_meeting(user, item.meeting),
    )

    class Meta:
        model = AgendaItem
        fields = [
            "id", "url", "meeting", "position", "kind", "title", "note", "series", "project", "agreement",
            "effect", "rapporteur", "proposed_decision", "confidential", "minutes", "late", "late_reason",
            "ready", "outcome", "wording", "conditions", "vote_mode", "votes_for", "votes_against",
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


def agenda_items(user: User) -> QuerySet:
    """The items this person sees, with what they are about as far as they see that."""
    return (
        AgendaItem.objects.visible_to(user)
        .select_related("meeting")
        .prefetch_related(
            Prefetch("series", ProjectSeries.objects.visible_to(user)),
            Prefetch("project", Project.objects.visible_to(user)),
            Prefetch("agreement", FundingAgreement.objects.visible_to(user)),
            Prefetch("corrects", Decision.objects.visible_to(user)),
            "conflicts__seat__partner",
        )
    )
