"""The meeting as it is held: summon, open and end it; who is in the room, proxies, conflicts of interest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance import permissions
from governance.api.rooms import RoomSerializer
from governance.api.writing import MomentSent, ProxySent, RevocationSent
from governance.models import Meeting, Proxy
from governance.services import attendance, meetings
from governance.services.quorum import moment_of
from governance.services.room import room_of
from partners.models import User
from smartport.api import conditional
from smartport.api.views import ChangesByAction
from smartport.api.writing import IF_MATCH


def found(queryset: Any, name: str, pk: int) -> Any:
    """The row a number names, or an error beside that name."""
    row = queryset.filter(pk=pk).first()
    if row is None:
        raise serializers.ValidationError({name: [_text("There is no such row here.")]})
    return row


class HoldsMeetings(ChangesByAction):
    """Sub-resources of a meeting for those who hold it; a change of the room names the version of the room."""

    @extend_schema(
        request=None,
        parameters=[IF_MATCH],
        description=_(
            "Summons those who hold a mandate that day; asked again, brings the summonses up to date."
        ),
    )
    @action(detail=True, methods=["post"])
    def summon(self, request: Request, pk: str) -> Response:
        return self._held(lambda meeting: meetings.summon(actor=request.user, meeting=meeting))

    @extend_schema(
        request=None,
        parameters=[IF_MATCH],
        description=_("Opens the meeting: arrivals and outcomes can be noted."),
    )
    @action(detail=True, methods=["post"])
    def open(self, request: Request, pk: str) -> Response:
        return self._held(
            lambda meeting: meetings.open_meeting(actor=request.user, meeting=meeting)
        )

    @extend_schema(
        request=None,
        parameters=[IF_MATCH],
        description=_("The members leave; outcomes can still be written down until the closing."),
    )
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        return self._held(lambda meeting: meetings.end_meeting(actor=request.user, meeting=meeting))

    def _held(self, verb: Callable[[Meeting], Any]) -> Response:
        return self.change(lambda meeting: verb(meeting) and None)

    @extend_schema(
        request=None,
        responses=RoomSerializer,
        description=_("Who is there, which proxies count, who may vote, and the quorum of now."),
    )
    @action(detail=True, methods=["get"])
    def room(self, request: Request, pk: str) -> Response:
        return Response(self._room(self._meeting(self.get_object())))

    @extend_schema(
        request=MomentSent,
        responses=RoomSerializer,
        parameters=[IF_MATCH],
        description=_("Notes an arrival, now or at a moment since the opening."),
    )
    @action(detail=True, methods=["post"])
    def arrive(self, request: Request, pk: str) -> Response:
        return self._note(attendance.arrive)

    @extend_schema(
        request=MomentSent,
        responses=RoomSerializer,
        parameters=[IF_MATCH],
        description=_("Notes a departure, now or at a moment since the opening."),
    )
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, pk: str) -> Response:
        return self._note(attendance.leave)

    @extend_schema(
        request=ProxySent,
        responses=RoomSerializer,
        parameters=[IF_MATCH],
        description=_("Notes the proxy of an absent seat, held by a person in the room."),
    )
    @action(detail=True, methods=["post"], url_path="give-proxy")
    def give_proxy(self, request: Request, pk: str) -> Response:
        sent = self.body(ProxySent).validated_data

        def give(meeting: Meeting) -> None:
            places = room_of(meeting, timezone.now()).places
            seat = found(meeting.committee.seats, "seat", sent["seat"])
            giver = next((p.person for p in places if p.mandate.seat_id == seat.pk), None)
            if giver is None:
                raise serializers.ValidationError({"seat": [_text("Nobody holds this seat.")]})
            attendance.give_proxy(
                actor=request.user,
                meeting=meeting,
                seat=seat,
                giver=giver,
                holder=found(User.objects.active(), "holder", sent["holder"]),
            )

        return self._in_room(give)

    @extend_schema(
        request=RevocationSent,
        responses=RoomSerializer,
        parameters=[IF_MATCH],
        description=_("From now on the seat is no longer represented."),
    )
    @action(detail=True, methods=["post"], url_path="revoke-proxy")
    def revoke_proxy(self, request: Request, pk: str) -> Response:
        sent = self.body(RevocationSent).validated_data

        def revoke(meeting: Meeting) -> None:
            proxy = found(Proxy.objects.filter(meeting=meeting), "proxy", sent["proxy"])
            attendance.revoke_proxy(actor=request.user, proxy=proxy)

        return self._in_room(revoke)

    def _note(self, verb: Callable[..., Any]) -> Response:
        sent = self.body(MomentSent).validated_data

        def note(meeting: Meeting) -> None:
            person = found(User.objects.active(), "person", sent["person"])
            verb(actor=self.request.user, meeting=meeting, user=person, at=sent["at"])

        return self._in_room(note)

    def _in_room(self, change: Callable[[Meeting], None]) -> Response:
        with transaction.atomic():
            locked = self.find(self.get_queryset().select_for_update(of=("self",)))
            meeting = self._meeting(locked)
            conditional.check_match(self.request, self._room(meeting))
            change(meeting)
        data = self._room(meeting)
        return Response(data, headers={"ETag": conditional.tag_of(data)})

    def _meeting(self, meeting: Model) -> Meeting:
        if not permissions.can_prepare_meetings(self.request.user):
            raise PermissionDenied
        return meeting

    def _room(self, meeting: Meeting) -> dict[str, Any]:
        may_hold = permissions.can_hold_meeting(self.request.user, meeting)
        room = room_of(meeting, moment_of(meeting))
        return dict(RoomSerializer(room, context={"may_hold": may_hold}).data)
