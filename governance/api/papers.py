"""Papers: PDF files in immutable revisions, pinned by agenda items, read by those their access level names."""

from __future__ import annotations

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
from governance.api.agenda import agenda_items
from governance.api.filters import PaperFilter
from governance.api.preparing import AccessSent, NewPaperSent, PinSent, RevisionSent, UnpinSent
from governance.api.table import found
from governance.models import AgendaItem, AgendaPaper, Paper, PaperRevision
from governance.services import agenda
from projects.api.agreement_drafts import sends
from smartport.api.fields import Abilities, Address, Reference
from smartport.api.parsing import Json
from smartport.api.views import ChangesByAction
from smartport.files import PDF, download

JSON = "application/json"


class RevisionSerializer(serializers.ModelSerializer):
    pinned_by = serializers.SerializerMethodField(help_text="Numbers of the agenda items.")

    class Meta:
        model = PaperRevision
        fields = [
            "number", "name", "size", "pages", "sha256", "findings", "uploaded_at", "pinned_by",
        ]  # fmt: skip
        read_only_fields = fields

    def get_pinned_by(self, revision: PaperRevision) -> list[int]:
        return [pin.item_id for pin in revision.uses.all()]


class PaperSerializer(serializers.ModelSerializer):
    url = Address("papers")
    committee = Reference("committees", name="name")
    revisions = RevisionSerializer(many=True, read_only=True)
    abilities = Abilities(
        revise=lambda user, paper: permissions.can_prepare_meetings(user),
        pin=lambda user, paper: permissions.can_prepare_meetings(user),
        change_access=lambda user, paper: permissions.can_prepare_meetings(user),
    )

    class Meta:
        model = Paper
        fields = ["id", "url", "committee", "title", "access", "revisions", "abilities"]
        read_only_fields = fields


class Papers(ChangesByAction):
    title = _("Papers")
    summary = _("Papers of the agenda in their revisions; for those who may read them.")
    serializer_class = PaperSerializer
    filterset_class = PaperFilter
    queryset = Paper.objects.all()
    order = ("-id",)
    parser_classes = [Json, MultiPartParser]  # files come as forms

    def get_queryset(self) -> QuerySet:
        user = self.request.user
        pins = AgendaPaper.objects.visible_to(user).order_by("item_id")
        revisions = PaperRevision.objects.visible_to(user).order_by("-number")
        return (
            Paper.objects.visible_to(user)
            .select_related("committee")
            .prefetch_related(Prefetch("revisions", revisions), Prefetch("revisions__uses", pins))
        )

    def _item(self, number: int) -> AgendaItem:
        return found(agenda_items(self.request.user), "item", number)

    @extend_schema(
        request={"multipart/form-data": NewPaperSent},
        responses={201: PaperSerializer},
        description=_("Brings a PDF and pins it to an agenda item; other files are refused."),
    )
    def create(self, request: Request) -> Response:
        agenda.demand_secretariat(request.user)
        sent = self.body(NewPaperSent).validated_data
        pinned = agenda.attach_paper(
            actor=request.user,
            item=self._item(sent["item"]),
            upload=sent["file"],
            title=sent["title"],
            access=sent["access"],
        )
        return self.made(pinned.revision.paper)

    @sends({JSON: AccessSent}, _("Who may read the paper from now on, in all its revisions."))
    def partial_update(self, request: Request, pk: str) -> Response:
        sent = self.body(AccessSent).validated_data
        return self.change(lambda paper: agenda.set_access(actor=request.user, paper=paper, **sent))

    @sends({"multipart/form-data": RevisionSent}, _("The next revision, pinned to this item."))
    @action(detail=True, methods=["post"], url_path="revisions")
    def revise(self, request: Request, pk: str) -> Response:
        sent = self.body(RevisionSent).validated_data

        def revise(paper: Paper) -> None:
            agenda.attach_paper(
                actor=request.user,
                item=self._item(sent["item"]),
                upload=sent["file"],
                paper=paper,
            )

        return self.change(revise)

    @sends({JSON: PinSent}, _("Lets an agenda item show this revision, or the newest."))
    @action(detail=True, methods=["post"])
    def pin(self, request: Request, pk: str) -> Response:
        sent = self.body(PinSent).validated_data

        def pin(paper: Paper) -> None:
            revision = paper.revisions.order_by("-number")
            if number := sent.get("revision"):
                revision = revision.filter(number=number)
            if not (chosen := revision.first()):
                raise serializers.ValidationError(
                    {"revision": [_text("There is no such revision.")]}
                )
            agenda.pin(actor=request.user, item=self._item(sent["item"]), revision=chosen)

        return self.change(pin)

    @sends({JSON: UnpinSent}, _("Takes the paper from an agenda item; its revisions are kept."))
    @action(detail=True, methods=["post"])
    def unpin(self, request: Request, pk: str) -> Response:
        item = self.body(UnpinSent).validated_data["item"]

        def unpin(paper: Paper) -> None:
            pins = AgendaPaper.objects.visible_to(request.user).filter(revision__paper=paper)
            pin = pins.filter(item=item).select_related("item").first()
            if pin is None:
                raise serializers.ValidationError(
                    {"item": [_text("This item does not show the paper.")]}
                )
            agenda.detach_paper(actor=request.user, annex=pin)

        return self.change(unpin)

    @extend_schema(
        responses={(200, PDF): OpenApiTypes.BINARY}, description=_("The PDF as it was brought.")
    )
    @action(detail=True, methods=["get"], url_path=r"revisions/(?P<number>[0-9]{1,4})")
    def file(self, request: Request, pk: str, number: str) -> FileResponse:
        revisions = PaperRevision.objects.visible_to(request.user)
        revision = revisions.filter(paper=self.get_object(), number=int(number)).first()
        if revision is None:
            raise Http404
        return download(revision.file, name=revision.name, media_type=PDF)
