"""Items that partners propose, and the secretariat's answers."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance import permissions
from governance.api.filters import ProposalFilter
from governance.api.preparing import AcceptedSent, DeclinedSent, ProposalSent
from governance.models import ItemProposal, Meeting
from governance.services import proposals
from partners.models import Partner
from projects.api.agreement_drafts import sends
from projects.models import Project
from smartport.api.fields import Abilities, Address, Reference, Texts
from smartport.api.views import ChangesByAction
from smartport.errors import NotAllowed


class MeetingTaking(serializers.ModelSerializer):
    """A meeting for which items are proposed."""

    title = Texts()
    committee = serializers.CharField(source="committee.code")
    day = serializers.DateField(read_only=True)

    class Meta:
        model = Meeting
        fields = ["code", "committee", "title", "day", "proposals_until"]
        read_only_fields = fields


class ProposalSerializer(serializers.ModelSerializer):
    url = Address("proposals")
    meeting = MeetingTaking(read_only=True)
    partner = Reference("partners", name="name")
    project = Reference("projects", name="title")
    proposed_by = serializers.CharField(source="proposed_by.get_full_name")
    item = serializers.IntegerField(
        source="item_id", allow_null=True, help_text="Number of the agenda item, once accepted."
    )
    abilities = Abilities(
        accept=permissions.can_settle_proposal,
        decline=permissions.can_settle_proposal,
        withdraw=permissions.can_withdraw_proposal,
    )

    class Meta:
        model = ItemProposal
        fields = [
            "id", "url", "meeting", "partner", "title", "reason", "proposed_decision", "project", "minutes", "status",
            "proposed_by", "proposed_at", "decided_at", "answer", "item", "abilities",
        ]  # fmt: skip
        read_only_fields = fields


class Proposals(ChangesByAction):
    title = _("Proposed items")
    summary = _("Items that partners propose for a meeting: one’s own, and one’s organisations’.")
    serializer_class = ProposalSerializer
    filterset_class = ProposalFilter
    queryset = ItemProposal.objects.all()
    order = ("-proposed_at", "-id")

    def get_queryset(self) -> QuerySet:
        return ItemProposal.objects.visible_to(self.request.user).select_related(
            "meeting__committee", "partner", "project", "proposed_by"
        )

    @extend_schema(
        responses=MeetingTaking(many=True),
        filters=False,
        description=_("The meetings for which the caller may propose an item today."),
    )
    @action(detail=False, methods=["get"], pagination_class=None)
    def meetings(self, request: Request) -> Response:
        taking = proposals.meetings_taking(request.user)
        return Response(MeetingTaking(taking, many=True).data)

    @extend_schema(
        request=ProposalSent,
        responses={201: ProposalSerializer},
        description=_("Proposes an item, until the day the secretariat set."),
    )
    def create(self, request: Request) -> Response:
        if not permissions.can_propose_item(request.user):
            raise NotAllowed(
                _("Items are proposed on behalf of an organisation."),
                remedy=_("Write to the secretariat."),
            )
        sent = dict(self.body(ProposalSent).validated_data)
        user, code = request.user, sent.pop("project", None)
        project = _coded(Project.objects.of(user), "project", code) if code else None
        proposal = proposals.propose(
            actor=user,
            meeting=_coded(proposals.meetings_taking(user), "meeting", sent.pop("meeting")),
            partner=_coded(Partner.objects.of(user), "partner", sent.pop("partner")),
            project=project,
            **sent,
        )
        return self.made(proposal)

    @sends(AcceptedSent, _("Puts it on the agenda, not ready yet; who proposed it is told."))
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        return self._settle(proposals.accept, **self.body(AcceptedSent).validated_data)

    @sends(DeclinedSent, _("Declines it with the reason, which its author reads."))
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:
        return self._settle(proposals.decline, **self.body(DeclinedSent).validated_data)

    @sends(None, _("Takes it back, as long as it waits for its answer."))
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        return self._settle(proposals.withdraw)

    def _settle(self, verb: Any, **sent: Any) -> Response:
        def settle(proposal: ItemProposal) -> None:
            verb(actor=self.request.user, proposal=proposal, **sent)

        return self.change(settle)


def _coded(queryset: QuerySet, name: str, code: str) -> Any:
    """The row a code names among those the caller may choose, or an error beside that name."""
    row = queryset.filter(code=code).first()
    if row is None:
        raise serializers.ValidationError({name: [_text("This is not one that you can choose.")]})
    return row
