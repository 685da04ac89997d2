"""A written consultation: what the seats answer and when, how the answers stand, the count that ends it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance import permissions
from governance.api.rooms import PersonTold, QuorumTold, SeatTold
from governance.api.table import HoldsMeetings, found
from governance.api.writing import AnswersSent
from governance.models import AgendaItem, Meeting, Vote
from governance.services import consultation
from projects.api.agreement_drafts import sends
from smartport.api import conditional


class AnswerTold(serializers.ModelSerializer):
    """How a seat answers one item, since when, and who said so."""

    item = serializers.IntegerField(source="item_id")
    seat = SeatTold()
    person = PersonTold(source="cast_by")

    class Meta:
        model = Vote
        fields = ["item", "seat", "choice", "comment", "at", "person"]
        read_only_fields = fields


class ItemCountTold(serializers.Serializer):
    """How one item stands: no outcome as long as there is neither quorum nor majority."""

    item = serializers.IntegerField(source="item.pk")
    quorum = QuorumTold()
    outcome = serializers.CharField(allow_blank=True)
    majority = serializers.CharField()


class AnswersTold(serializers.Serializer):
    """One's own seats and their answers; for the secretariat all of them, and how each item stands."""

    open = serializers.BooleanField(help_text="Answers are taken.")
    until = serializers.DateField(allow_null=True)
    seats = SeatTold(many=True, help_text="For which the caller answers.")
    answers = AnswerTold(many=True)
    counts = ItemCountTold(many=True)
    silent = SeatTold(many=True, help_text="Seats that have not answered everything.")
    abilities = serializers.DictField(child=serializers.BooleanField())


class TakesAnswers(HoldsMeetings):
    """Sub-resources of a written consultation; an answer names the version of the answers."""

    @extend_schema(
        responses=AnswersTold,
        filters=False,
        description=_("The answers to a written consultation, each with its date."),
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def answers(self, request: Request, pk: str) -> Response:
        return Response(self._answers(self._consultation(self.get_object())))

    @sends(
        AnswersSent,
        _("Answers for a seat, which may change until the last day; the last answer counts."),
        responses=AnswersTold,
    )
    @answers.mapping.post
    def answer(self, request: Request, pk: str) -> Response:
        sent = self.body(AnswersSent).validated_data
        with transaction.atomic():
            locked = self.find(self.get_queryset().select_for_update(of=("self",)))
            meeting = self._consultation(locked)
            conditional.check_match(request, self._answers(meeting))
            consultation.answer(
                actor=request.user,
                meeting=meeting,
                seat=found(meeting.committee.seats, "seat", sent["seat"]),
                answers=self._by_item(meeting, sent["answers"]),
            )
        data = self._answers(meeting)
        return Response(data, headers={"ETag": conditional.tag_of(data)})

    @sends(
        None,
        _("Ends the consultation: its answers become the votes, the majority the outcome."),
    )
    @action(detail=True, methods=["post"])
    def count(self, request: Request, pk: str) -> Response:
        return self._held(lambda meeting: consultation.count(actor=request.user, meeting=meeting))

    def _consultation(self, meeting: Any) -> Meeting:
        if not (meeting.in_full and meeting.is_written):
            raise Http404
        return meeting

    def _items(self, meeting: Meeting) -> QuerySet[AgendaItem]:
        return AgendaItem.objects.visible_to(self.request.user).filter(meeting=meeting)

    def _by_item(self, meeting: Meeting, sent: list[dict[str, Any]]) -> dict[int, tuple[str, str]]:
        known = set(self._items(meeting).values_list("pk", flat=True))
        for place, one in enumerate(sent):
            if one["item"] not in known:
                wrong = {str(place): {"item": [_text("There is no such agenda item.")]}}
                raise serializers.ValidationError({"answers": wrong})
        return {one["item"]: (one["choice"], one["comment"]) for one in sent}

    def _answers(self, meeting: Meeting) -> dict[str, Any]:
        user = self.request.user
        office = permissions.can_prepare_meetings(user)
        mine = consultation.seats_answering(user, meeting)
        is_open = consultation.takes_answers(meeting)
        given = Vote.objects.filter(item__in=self._items(meeting).values("pk"))
        if not office:
            given = given.filter(seat__in=mine)
        told = {
            "open": is_open,
            "until": meeting.answers_due_on,
            "seats": mine,
            "answers": given.select_related("seat__partner", "cast_by").order_by(
                "item__position", "seat__position", "pk"
            ),
            "counts": consultation.counts_of(meeting) if office else [],
            "silent": consultation.silent_seats(meeting) if office else [],
            "abilities": {
                "answer": is_open and bool(mine),
                "count": permissions.can_count_answers(user, meeting),
            },
        }
        return dict(AnswersTold(told).data)
