"""Actions: what meetings asked for, opened, done and verified."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from governance import permissions
from governance.api.filters import ActionFilter
from governance.api.writing import ActionSent, FileSent, ProgressSent
from governance.models import Action, ActionFile, Meeting
from governance.services import actions
from smartport.api.fields import Abilities, Address, Reference
from smartport.api.views import ChangesByAction
from smartport.api.writing import IF_MATCH


class ActionFileSerializer(serializers.ModelSerializer):
    class Meta:
        model = ActionFile
        fields = ["name", "media_type", "size", "sha256", "uploaded_at"]
        read_only_fields = fields


class ActionSerializer(serializers.ModelSerializer):
    url = Address("actions")
    committee = Reference("committees", name="name")
    meeting = serializers.CharField(source="meeting.code", allow_null=True, default=None)
    owner = serializers.CharField(source="owner.get_full_name", allow_null=True, default=None)
    partner = Reference("partners", name="name")
    files = ActionFileSerializer(many=True, read_only=True)
    abilities = Abilities(
        do=permissions.can_do_action,
        edit=permissions.can_edit_action,
        verify=permissions.can_verify_action,
    )

    class Meta:
        model = Action
        fields = [
            "id", "url", "committee", "meeting", "title", "owner", "partner", "due_on", "status", "opened_on",
            "evidence", "files", "sent_back_reason", "done_at", "verified_at", "abilities",
        ]  # fmt: skip
        read_only_fields = fields


class Actions(ChangesByAction):
    title = _("Actions")
    summary = _("What meetings asked for: by whom, for when; for those concerned.")
    serializer_class = ActionSerializer
    filterset_class = ActionFilter
    queryset = Action.objects.all()
    order = ("due_on", "id")

    def get_queryset(self) -> QuerySet:
        return (
            Action.objects.visible_to(self.request.user)
            .select_related("committee", "meeting", "owner", "partner")
            .prefetch_related("files")
        )

    @extend_schema(
        request=ActionSent,
        responses={201: ActionSerializer},
        description=_(
            "Notes an action at a meeting: it opens when the meeting closes, or at once when it is closed."
        ),
    )
    def create(self, request: Request) -> Response:
        fields = dict(self.body(ActionSent).validated_data)
        code = fields.pop("meeting")
        meeting = Meeting.objects.visible_to(request.user).filter(code=code).first()
        if meeting is None:
            raise serializers.ValidationError({"meeting": [_text("There is no such meeting.")]})
        made = actions.open_action(actor=request.user, meeting=meeting, **fields)
        return self.made(made)

    @extend_schema(
        request=ProgressSent,
        responses=ActionSerializer,
        parameters=[IF_MATCH],
        description=_(
            "Moves an action along: done with what was done, verified, or back in progress with what is missing; "
            "the last two are the secretariat’s."
        ),
    )
    @action(detail=True, methods=["post"])
    def progress(self, request: Request, pk: str) -> Response:
        sent = self.body(ProgressSent).validated_data
        return self.change(
            lambda action: actions.progress_action(actor=request.user, action=action, **sent)
        )

    @extend_schema(
        request={"multipart/form-data": FileSent},
        responses=ActionSerializer,
        parameters=[IF_MATCH],
        description=_("Joins a file that shows what was done."),
    )
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser])
    def files(self, request: Request, pk: str) -> Response:
        upload = self.body(FileSent).validated_data["file"]
        with transaction.atomic():
            return self.change(
                lambda action: (
                    actions.join_file(actor=request.user, action=action, upload=upload) and None
                )
            )
