"""The outbox and the messages to groups, for the secretariat: what its pages show and do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from partners.enums import Language
from partners.filters import MessageFilter
from partners.forms import AnnouncementForm
from partners.models import Announcement, Message
from partners.permissions import (
    can_change_announcement,
    can_resend,
    can_settle,
    can_steer_messages,
)
from partners.services import announcements, outbox
from partners.services.upcoming import next_for
from smartport import messages
from smartport.api.access import SignedIn, WithinScope
from smartport.api.fields import Abilities, Address, Pages, Texts
from smartport.api.views import ChangesByAction
from smartport.api.writing import IF_MATCH, StrictSerializer
from smartport.groups import all_groups

SHOWN_NAMES = 100


class Steers(BasePermission):
    message = _("Only the secretariat sees and steers the messages of others.")
    code = "may_not_steer_messages"

    def has_permission(self, request: Request, view: Any) -> bool:
        return can_steer_messages(request.user)


# --- The outbox -------------------------------------------------------------------------------------


class MessageSerializer(serializers.ModelSerializer):
    url = Address("messages")
    page = Pages("partners:outbox_message", "pk")
    label = serializers.SerializerMethodField(help_text="The kind, in words.")
    recipient = serializers.CharField(source="recipient.get_full_name", default=None)
    why = serializers.CharField(help_text="Why this person is told.")
    abilities = Abilities(resend=can_resend, settle=can_settle)

    class Meta:
        model = Message
        fields = [
            "id", "url", "page", "kind", "label", "obligation", "step", "recipient", "address", "language",
            "subject", "why", "state", "attempts", "error", "queued_at", "not_before", "sent_at", "message_id",
            "abilities",
        ]  # fmt: skip
        read_only_fields = fields

    def get_label(self, message: Message) -> str:
        kind = messages.kinds.get(message.kind)
        return str(kind.label) if kind else message.kind


class Coming(serializers.Serializer):
    on = serializers.DateField()
    label = serializers.CharField()


class Next(serializers.Serializer):
    still_due = serializers.BooleanField(
        allow_null=True, help_text="Null where nothing says whether the matter is done."
    )
    coming = Coming(many=True)


class WholeMessage(MessageSerializer):
    """With its text, and what comes next for the matter it is about."""

    text = serializers.SerializerMethodField()
    next = serializers.SerializerMethodField()

    class Meta(MessageSerializer.Meta):
        fields = [*MessageSerializer.Meta.fields, "text", "next"]
        read_only_fields = fields

    @extend_schema_field({"type": ["string", "null"]})
    def get_text(self, message: Message) -> str | None:
        """Null where it held a link for one person; without the reader's own link to stop these messages."""
        return outbox.readable_text(message)

    @extend_schema_field(Next)
    def get_next(self, message: Message) -> Any:
        return Next(next_for(message, timezone.localdate())).data


class Settled(StrictSerializer):
    arrived = serializers.BooleanField(help_text="False: it need not be sent any more.")


class Messages(ChangesByAction):
    permission_classes = [SignedIn, Steers, WithinScope]
    title = _("Messages")
    summary = _("The outbox: each message to one person, its state, and why it was sent.")
    filterset_class = MessageFilter
    queryset = Message.objects.all()
    order = ("-id",)

    def get_serializer_class(self) -> type[serializers.Serializer]:
        return MessageSerializer if self.action == "list" else WholeMessage

    def get_queryset(self) -> QuerySet:
        rows = Message.objects.visible_to(self.request.user).select_related("recipient")
        return rows.defer("text", "html") if self.action == "list" else rows.defer("html")

    @extend_schema(
        request=None,
        responses=WholeMessage,
        parameters=[IF_MATCH],
        description=_("Sends what failed or is in doubt again, to the person’s address of today."),
    )
    @action(detail=True, methods=["post"])
    def resend(self, request: Request, pk: str) -> Response:
        return self.change(lambda one: outbox.resend(actor=request.user, message=one))

    @extend_schema(
        request=Settled,
        responses=WholeMessage,
        parameters=[IF_MATCH],
        description=_("Says what became of a message in doubt."),
    )
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, pk: str) -> Response:
        arrived = self.body(Settled).validated_data["arrived"]
        return self.change(
            lambda one: outbox.settle(actor=request.user, message=one, arrived=arrived)
        )


# --- Messages to groups -----------------------------------------------------------------------------


class GroupSerializer(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.CharField()
    count = serializers.IntegerField(help_text="Of its people today.")


class AnnouncementSerializer(serializers.ModelSerializer):
    url = Address("announcements")
    page = Pages("partners:announcement", "pk")
    group_label = serializers.SerializerMethodField()
    subject = Texts()
    text = Texts()
    author = serializers.CharField(source="author.get_full_name")
    abilities = Abilities(
        edit=can_change_announcement, send=can_change_announcement, delete=can_change_announcement
    )

    class Meta:
        model = Announcement
        fields = [
            "id", "url", "page", "group", "group_label", "subject", "text", "author", "state", "created_at",
            "sent_at", "count", "abilities",
        ]  # fmt: skip
        read_only_fields = fields

    def get_group_label(self, announcement: Announcement) -> str:
        return self.context["groups"].get(announcement.group, announcement.group)


class InTwoLanguages(StrictSerializer):
    fr = serializers.CharField(required=False)
    en = serializers.CharField(required=False, allow_blank=True)


class AnnouncementSent(StrictSerializer):
    """What is not named stays as it is."""

    group = serializers.CharField(required=False, help_text="The key of one of the groups.")
    subject = InTwoLanguages(required=False)
    text = InTwoLanguages(required=False)


class SendSent(StrictSerializer):
    expected = serializers.IntegerField(
        help_text="How many people the preview counted: refused when the group has changed since."
    )


class LetterSerializer(serializers.Serializer):
    subject = serializers.CharField()
    text = serializers.CharField()
    html = serializers.CharField()


class PreviewSerializer(serializers.Serializer):
    count = serializers.IntegerField()
    people = serializers.ListField(child=serializers.CharField(), help_text="The first hundred.")
    english_missing = serializers.IntegerField(
        help_text="Of those who read English, while there is no English text."
    )
    letters = serializers.DictField(child=LetterSerializer(), help_text="By language.")


class Announcements(ChangesByAction):
    permission_classes = [SignedIn, Steers, WithinScope]
    title = _("Messages to groups")
    summary = _(
        "Messages of the secretariat to a group: a draft, a preview with its count, one sending."
    )
    serializer_class = AnnouncementSerializer
    queryset = Announcement.objects.all()
    order = ("-id",)

    @cached_property
    def labels(self) -> dict[str, str]:
        return {group.key: str(group.label) for group in all_groups()}

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "groups": self.labels}

    def get_queryset(self) -> QuerySet:
        return Announcement.objects.visible_to(self.request.user).select_related("author")

    @extend_schema(request=AnnouncementSent, responses={201: AnnouncementSerializer})
    def create(self, request: Request) -> Response:
        return self.made(self._saved(Announcement(), self.body(AnnouncementSent).validated_data))

    @extend_schema(
        request=AnnouncementSent, responses=AnnouncementSerializer, parameters=[IF_MATCH]
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        sent = self.body(AnnouncementSent).validated_data
        return self.change(lambda one: self._saved(one, sent))

    @extend_schema(responses={204: None}, parameters=[IF_MATCH])
    def destroy(self, request: Request, pk: str) -> Response:
        return self.removed(
            lambda one: announcements.delete_announcement(actor=request.user, announcement=one)
        )

    @extend_schema(
        request=SendSent,
        responses=AnnouncementSerializer,
        parameters=[IF_MATCH],
        description=_("Sends it to the group, once."),
    )
    @action(detail=True, methods=["post"])
    def send(self, request: Request, pk: str) -> Response:
        expected = self.body(SendSent).validated_data["expected"]
        return self.change(
            lambda one: announcements.send_announcement(
                actor=request.user, announcement=one, expected=expected
            )
        )

    @extend_schema(
        responses=PreviewSerializer,
        description=_("Who receives it, how many they are, and what each will read."),
    )
    @action(detail=True)
    def preview(self, request: Request, pk: str) -> Response:
        announcement = self.get_object()
        people = announcements.readers_of(announcement)
        told = {
            "count": len(people),
            "people": [person.get_full_name() for person in people[:SHOWN_NAMES]],
            "english_missing": announcements.english_missing(announcement, people),
            "letters": {
                language: announcements.preview(announcement, language)
                for language in Language.values
                if announcement.words(language)["text"]
            },
        }
        return Response(PreviewSerializer(told).data)

    @extend_schema(
        responses=GroupSerializer(many=True),
        filters=False,
        description=_("The groups that can be written to."),
    )
    @action(detail=False, pagination_class=None, filter_backends=[])
    def groups(self, request: Request) -> Response:
        found = [
            {
                "key": group.key,
                "label": str(group.label),
                "count": group.people().filter(is_active=True).count(),
            }
            for group in all_groups()
        ]
        return Response(GroupSerializer(found, many=True).data)

    def _saved(self, announcement: Announcement, sent: Mapping[str, Any]) -> Announcement:
        form = AnnouncementForm(_as_form(announcement, sent), instance=announcement)
        if not form.is_valid():
            raise serializers.ValidationError(_by_language(form.errors))
        return announcements.save_announcement(
            actor=self.request.user, announcement=form.save(commit=False)
        )


def _as_form(announcement: Announcement, sent: Mapping[str, Any]) -> dict[str, Any]:
    """What the page's form would send."""
    fields = {name: getattr(announcement, name) for name in AnnouncementForm.Meta.fields}
    fields |= {name: value for name, value in sent.items() if name == "group"}
    for name in ("subject", "text"):
        fields |= {f"{name}_{code}": words for code, words in sent.get(name, {}).items()}
    return fields


def _by_language(errors: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, said in errors.items():
        named, _sep, code = name.partition("_")
        words = [str(one) for one in said]
        if code in Language.values:
            told.setdefault(named, {})[code] = words
        else:
            told[name] = words
    return told
