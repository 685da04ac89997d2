"""Actions: what meetings asked for, opened, done and verified."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from governance import permissions
from governance.api.filters import ActionFilter
from governance.api.table import found
from governance.api.writing import ActionChangeSent, ActionSent, FileSent, ProgressSent
from governance.models import Action, ActionFile, AgendaItem, Meeting
from governance.services import actions
from governance.services.agenda import demand_secretariat
from projects.api.agreement_drafts import sends
from smartport.api.fields import Abilities, Address, Reference
from smartport.api.views import ChangesByAction
from smartport.api.writing import IF_MATCH
from smartport.files import download


class ActionFileSerializer(serializers.ModelSerializer):
    class Meta:
        model = ActionFile
        fields = ["id", "name", "media_type", "size", "sha256", "uploaded_at"]
        read_only_fields = fields


class ActionSerializer(serializers.ModelSerializer):
    url = Address("actions")
    committee = Reference("committees", name="name")
    meeting = serializers.CharField(source="meeting.code", allow_null=True, default=None)
    item = Reference("agenda-items", name="title")
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
            "id", "url", "committee", "meeting", "item", "title", "owner", "partner", "due_on", "status", "opened_on",
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
            .prefetch_related(
                "files", Prefetch("item", AgendaItem.objects.visible_to(self.request.user))
            )
        )

    @extend_schema(
        request=ActionSent,
        responses={201: ActionSerializer},
        description=_(
            "Notes an action at a meeting: it opens when the meeting closes, or at once when it is closed."
        ),
    )
    def create(self, request: Request) -> Response:
        demand_secretariat(request.user)
        fields = dict(self.body(ActionSent).validated_data)
        code, number = fields.pop("meeting"), fields.pop("item", None)
        meeting = Meeting.objects.visible_to(request.user).filter(code=code).first()
        if meeting is None:
            raise serializers.ValidationError({"meeting": [_text("There is no such meeting.")]})
        item = found(meeting.agenda, "item", number) if number is not None else None
        made = actions.open_action(actor=request.user, meeting=meeting, item=item, **fields)
        return self.made(made)

    @sends(
        ActionChangeSent,
        _("Changes what is asked, of whom and for when; a new owner is told. For the secretariat."),
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        if not permissions.can_prepare_meetings(request.user):
            self.get_object()
            raise PermissionDenied
        sent = self.body(ActionChangeSent).validated_data
        return self.change(
            lambda action: actions.edit_action(actor=request.user, action=action, **sent)
        )

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

    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        description=_("The file as it was brought."),
    )
    @action(detail=True, methods=["get"], url_path=r"files/(?P<file>[0-9]{1,18})")
    def file(self, request: Request, pk: str, file: str) -> FileResponse:
        kept = ActionFile.objects.filter(action=self.get_object(), pk=int(file)).first()
        if kept is None:
            raise Http404
        return download(kept.file, name=kept.name, media_type=kept.media_type)
