"""People of organisations and their invitations, for those who belong to them; their managers change them."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as text
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from partners.enums import Language, MembershipRole
from partners.models import Invitation, Membership, Partner, User
from partners.permissions import can_manage_people
from partners.services import people
from smartport.api.access import SignedIn, WithinScope
from smartport.api.fields import Abilities, Address, Reference
from smartport.api.views import ChangesByAction
from smartport.api.writing import IF_MATCH, StrictSerializer


class PersonSerializer(serializers.ModelSerializer):
    url = Address("memberships")
    partner = Reference("partners", name="name")
    person = serializers.CharField(source="user.get_full_name")
    email = serializers.EmailField(source="user.email")
    abilities = Abilities(
        change_role=lambda user, one: can_manage_people(user, one.partner),
        end=lambda user, one: one.user_id == user.pk or can_manage_people(user, one.partner),
    )

    class Meta:
        model = Membership
        fields = [
            "id", "url", "partner", "person", "email", "role", "function", "start", "end", "abilities",
        ]  # fmt: skip
        read_only_fields = fields


class RoleSent(StrictSerializer):
    role = serializers.ChoiceField(choices=MembershipRole.choices)


class EndSent(StrictSerializer):
    last_day = serializers.DateField(required=False, allow_null=True)
    successor = serializers.IntegerField(
        required=False, allow_null=True, help_text="The membership of the colleague who goes on."
    )


class PeopleFilter(django_filters.FilterSet):
    partner = django_filters.NumberFilter()
    role = django_filters.ChoiceFilter(choices=MembershipRole.choices)

    class Meta:
        model = Membership
        fields: list[str] = []


class Memberships(ChangesByAction):
    permission_classes = [SignedIn, WithinScope]
    title = _("Memberships")
    summary = _("People of your organisations: their role, from when and until when.")
    serializer_class = PersonSerializer
    filterset_class = PeopleFilter
    queryset = Membership.objects.all()
    order = ("id",)

    def get_queryset(self) -> QuerySet:
        """Those of today; the answer to an end tells it, even when the last day is past."""
        rows = Membership.objects.visible_to(self.request.user)
        rows = rows if self.action == "end" else rows.active()
        return rows.select_related("user", "partner")

    @extend_schema(
        request=RoleSent,
        responses=PersonSerializer,
        parameters=[IF_MATCH],
        description=_("Gives the person another role in the organisation."),
    )
    @action(detail=True, methods=["post"], url_path="change-role")
    def change_role(self, request: Request, pk: str) -> Response:
        role = self.body(RoleSent).validated_data["role"]
        return self.change(
            lambda one: people.change_role(actor=request.user, membership=one, role=role)
        )

    @extend_schema(
        request=EndSent,
        responses=PersonSerializer,
        parameters=[IF_MATCH],
        description=_(
            "Ends the membership, today or on a day to come; a colleague may be named to go on."
        ),
    )
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        sent = self.body(EndSent).validated_data

        def end(membership: Membership) -> Membership:
            return people.end_membership(
                actor=request.user,
                membership=membership,
                last_day=sent.get("last_day"),
                successor=self._colleague(membership, sent.get("successor")),
            )

        return self.change(end)

    def _colleague(self, membership: Membership, key: int | None) -> User | None:
        if key is None:
            return None
        found = Membership.objects.active().filter(pk=key, partner=membership.partner_id).first()
        if found is None:
            said = text("The colleague is no member of the same organisation.")
            raise serializers.ValidationError({"successor": [said]})
        return found.user


class InvitationSerializer(serializers.ModelSerializer):
    """The link is in the message alone."""

    url = Address("invitations")
    partner = Reference("partners", name="name")
    invited_by = serializers.CharField(source="invited_by.get_full_name")
    abilities = Abilities(
        send_again=lambda user, one: can_manage_people(user, one.partner),
        withdraw=lambda user, one: can_manage_people(user, one.partner),
        accept=lambda user, one: (
            one.email.lower() == user.email.lower() and one.is_usable_at(timezone.now())
        ),
    )

    class Meta:
        model = Invitation
        fields = [
            "id", "url", "partner", "email", "role", "language", "invited_by", "created_at", "expires_at",
            "accepted_at", "withdrawn_at", "abilities",
        ]  # fmt: skip
        read_only_fields = fields


class InvitationSent(StrictSerializer):
    partner = serializers.IntegerField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=MembershipRole.choices)
    language = serializers.ChoiceField(choices=Language.choices, default=Language.FR)

    def validate_partner(self, value: int) -> Partner:
        found = Partner.objects.filter(pk=value).first() if 0 < value < 2**63 else None
        if found is None:
            raise serializers.ValidationError(text("There is no such organisation."))
        return found


class Invitations(ChangesByAction):
    permission_classes = [SignedIn, WithinScope]
    title = _("Invitations")
    summary = _("Open invitations to the organisations you manage, and those sent to you.")
    serializer_class = InvitationSerializer
    queryset = Invitation.objects.all()
    order = ("-id",)

    def get_queryset(self) -> QuerySet:
        user = self.request.user
        rows = Invitation.objects.visible_to(user) | Invitation.objects.filter(
            email__iexact=user.email
        )
        if self.action == "list":
            rows = rows.open()
        return rows.select_related("partner", "invited_by")

    @extend_schema(
        request=InvitationSent,
        responses={201: InvitationSerializer},
        description=_("Invites someone: a link that works once is sent to the address."),
    )
    def create(self, request: Request) -> Response:
        sent = self.body(InvitationSent).validated_data
        made = people.invite(actor=request.user, **sent)
        told = self.get_serializer(self.get_queryset().get(pk=made.pk)).data
        return Response(told, status=201, headers={"Location": told["url"]})

    @extend_schema(
        request=None,
        responses=InvitationSerializer,
        parameters=[IF_MATCH],
        description=_("Sends a new link; the one before stops working."),
    )
    @action(detail=True, methods=["post"], url_path="send-again")
    def send_again(self, request: Request, pk: str) -> Response:
        return self.change(
            lambda one: people.send_invitation_again(actor=request.user, invitation=one)
        )

    @extend_schema(
        request=None,
        responses=InvitationSerializer,
        parameters=[IF_MATCH],
        description=_("Withdraws the invitation: its link stops working."),
    )
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        return self.change(
            lambda one: people.withdraw_invitation(actor=request.user, invitation=one)
        )

    @extend_schema(
        request=None,
        responses=InvitationSerializer,
        parameters=[IF_MATCH],
        description=_("By the person invited, signed in: they join the organisation."),
    )
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        return self.change(lambda one: people.join(actor=request.user, invitation=one))
