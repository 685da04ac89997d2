"""Organisations, and the person who calls."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field, inline_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from partners.enums import PartnerKind, PartnerRole
from partners.models import ApiToken, Membership, Partner, User
from partners.permissions import can_manage_people
from partners.services import people
from smartport import obligations
from smartport.api.access import SignedIn, WithinScope
from smartport.api.fields import (
    Abilities,
    Address,
    Pages,
    Reference,
    SourcesField,
    Texts,
    base_address,
)
from smartport.api.views import ApiView, ChangesByAction
from smartport.api.writing import IF_MATCH, StrictSerializer
from smartport.obligations import Obligation


class FormerName(serializers.Serializer):
    name = serializers.CharField()
    start = serializers.DateField(allow_null=True)
    end = serializers.DateField(allow_null=True)


class PartnerSerializer(serializers.ModelSerializer):
    url = Address("partners")
    page = Pages("projects:partner_detail", "slug")
    name = Texts()
    short_name = Texts()
    about = Texts()
    note = Texts()
    former_names = FormerName(many=True, read_only=True)
    sources = SourcesField()
    manager_confirms = serializers.SerializerMethodField()
    abilities = Abilities(manage_people=can_manage_people, ask_for_confirmation=can_manage_people)

    class Meta:
        model = Partner
        fields = [
            "id", "code", "slug", "url", "page", "name", "short_name", "kind", "role", "siren", "siret", "ror",
            "website", "about", "note", "former_names", "sources", "is_demo", "manager_confirms", "abilities",
        ]  # fmt: skip
        read_only_fields = fields

    def get_manager_confirms(self, partner: Partner) -> bool | None:
        """Whether a manager confirms each report before it is sent; told to those who may change it."""
        user = self.context["request"].user
        return partner.manager_confirms if can_manage_people(user, partner) else None


class PartnerFilter(django_filters.FilterSet):
    kind = django_filters.MultipleChoiceFilter(choices=PartnerKind)
    role = django_filters.MultipleChoiceFilter(choices=PartnerRole)
    siren = django_filters.CharFilter(max_length=9)

    class Meta:
        model = Partner
        fields: list[str] = []


class ConfirmationSent(StrictSerializer):
    manager_confirms = serializers.BooleanField()


class Partners(ChangesByAction):
    title = _("Partners")
    summary = _("The organisations of the initiative, under their present and former names.")
    serializer_class = PartnerSerializer
    filterset_class = PartnerFilter
    queryset = Partner.objects.all()
    named_by = ("code", "slug", "former_slugs__slug")
    order = ("code",)

    def get_queryset(self) -> QuerySet:
        return Partner.objects.visible_to(self.request.user).prefetch_related(
            "former_names", "sources"
        )

    @extend_schema(
        request=ConfirmationSent,
        responses=PartnerSerializer,
        parameters=[IF_MATCH],
        description=_("Says whether a manager confirms each report before it is sent."),
    )
    @action(detail=True, methods=["post"])
    def confirmation(self, request: Request, pk: str) -> Response:
        asked = self.body(ConfirmationSent).validated_data["manager_confirms"]
        return self.change(
            lambda partner: people.ask_for_confirmation(
                actor=request.user, partner=partner, manager_confirms=asked
            )
        )


class MembershipSerializer(serializers.ModelSerializer):
    partner = Reference("partners", name="name")

    class Meta:
        model = Membership
        fields = ["partner", "role", "function", "start", "end"]
        read_only_fields = fields


class MeSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="get_full_name")
    memberships = serializers.SerializerMethodField()
    token = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = [
            "id", "name", "email", "language", "is_secretariat", "is_staff", "memberships", "token",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(MembershipSerializer(many=True))
    def get_memberships(self, user: User) -> list[dict[str, Any]]:
        active = user.memberships.active().select_related("partner").order_by("partner__code")
        return MembershipSerializer(active, many=True, context=self.context).data

    @extend_schema_field(
        inline_serializer(
            "TokenInUse",
            {
                "name": serializers.CharField(),
                "scope": serializers.CharField(),
                "expires_at": serializers.DateTimeField(),
            },
            allow_null=True,
        )
    )
    def get_token(self, user: User) -> dict[str, Any] | None:
        token = self.context["request"].auth
        if not isinstance(token, ApiToken):
            return None
        return {"name": token.name, "scope": token.scope, "expires_at": token.expiry}


class Me(ApiView):
    permission_classes = [SignedIn, WithinScope]
    title = _("Me")
    summary = _("The person who calls: their organisations, and the token in use.")

    @extend_schema(operation_id="me", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        context = {"request": request, "base": base_address(request)}
        return Response(MeSerializer(request.user, context=context).data)


class ObligationSerializer(serializers.Serializer):
    key = serializers.CharField(help_text="Stable.")
    kind = serializers.CharField()
    title = serializers.CharField()
    action = serializers.CharField(help_text="What to do, as on the button of the page.")
    page = serializers.SerializerMethodField()
    for_whom = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    since = serializers.DateField(allow_null=True)
    waits_for = serializers.CharField(help_text="Who has to act, where it is not the caller.")
    state = serializers.CharField()
    is_demo = serializers.BooleanField()

    def get_page(self, obligation: Obligation) -> str:
        return f"{self.context['base']}{obligation.url}"


class Obligations(ApiView):
    """What the caller owes, by due date, and what they wait for, the longest wait first."""

    permission_classes = [SignedIn, WithinScope]
    title = _("My obligations")
    summary = _("What you owe, by due date, and what you wait for, the longest wait first.")

    @extend_schema(
        operation_id="me_obligations",
        responses=inline_serializer(
            "Standing",
            {"owed": ObligationSerializer(many=True), "awaited": ObligationSerializer(many=True)},
        ),
    )
    def get(self, request: Request) -> Response:
        standing = obligations.standing(request.user, timezone.localdate())
        context = {"base": base_address(request)}
        return Response(
            {
                name: ObligationSerializer(found, many=True, context=context).data
                for name, found in (("owed", standing.owed), ("awaited", standing.awaited))
            }
        )
