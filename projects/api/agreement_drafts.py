"""Writing a draft agreement by programs: its facts, parties, contributions with their payments, amendments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from partners.models import Partner
from projects.enums import ContributionKind, InstalmentStatus, PartyRole
from projects.models import AgreementParty, Amendment, FundingAgreement, Project, ProjectSeries
from projects.services import agreement_drafts as drafts
from projects.services import agreements, amendments, effects
from smartport.api import conditional
from smartport.api.views import ChangesByAction
from smartport.api.writing import IF_MATCH, StrictSerializer

LONGEST = 20_000  # characters of a text
CENT = Decimal("0.01")


class VisibleRow(serializers.PrimaryKeyRelatedField):
    """One that the caller may see."""

    def get_queryset(self) -> Any:
        return self.queryset.visible_to(self.context["request"].user)


class TextsSent(StrictSerializer):
    fr = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST)
    en = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST)


class HeadingSent(StrictSerializer):
    fr = serializers.CharField(max_length=300, required=False)
    en = serializers.CharField(max_length=300, required=False, allow_blank=True)


def flat(sent: dict[str, Any], *translated: str) -> dict[str, Any]:
    """`{"title": {"fr": …}}` as the service takes it: `{"title_fr": …}`."""
    plain = {name: value for name, value in sent.items() if name not in translated}
    for name in translated:
        for code, text in sent.get(name, {}).items():
            plain[f"{name}_{code}"] = text
    return plain


class FactsSent(StrictSerializer):
    """What is not named stays as it is."""

    title = HeadingSent(required=False)
    summary = TextsSent(required=False)
    series = VisibleRow(queryset=ProjectSeries.objects.all(), required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)


class NewAgreementSent(FactsSent):
    code = serializers.SlugField(
        max_length=30, required=False, help_text=_("Left out, one is given.")
    )
    lead = serializers.PrimaryKeyRelatedField(
        queryset=Partner.objects.all(),
        required=False,
        allow_null=True,
        help_text=_("For a manager, an organisation that they manage."),
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("title", {}).get("fr"):
            raise serializers.ValidationError({"title": [_("Give the title in French.")]})
        return attrs


class PartySent(StrictSerializer):
    partner = serializers.PrimaryKeyRelatedField(queryset=Partner.objects.all())
    role = serializers.ChoiceField(choices=PartyRole.choices)
    siret = serializers.RegexField(r"^[0-9]{14}$", required=False, allow_blank=True, default="")
    siret_override_reason = serializers.CharField(
        required=False, allow_blank=True, max_length=500, default=""
    )


class PartiesSent(StrictSerializer):
    parties = PartySent(many=True, max_length=100)
    amendment = serializers.IntegerField(required=False, allow_null=True, min_value=1)

    def validate_parties(self, value: list[dict[str, Any]]) -> list[drafts.PartyRow]:
        if len({row["partner"].pk for row in value}) != len(value):
            raise serializers.ValidationError(_("An organisation is listed twice."))
        return [drafts.PartyRow(**row) for row in value]


class PaymentSent(StrictSerializer):
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=CENT)
    due_on = serializers.DateField(required=False, allow_null=True, default=None)
    condition = serializers.CharField(required=False, allow_blank=True, max_length=256, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not (attrs["due_on"] or attrs["condition"].strip()):
            raise serializers.ValidationError(
                {"due_on": [_("Give the day it falls due, or the condition.")]}
            )
        return attrs


class ContributionSent(StrictSerializer):
    funder = serializers.PrimaryKeyRelatedField(queryset=Partner.objects.all())
    recipient = serializers.PrimaryKeyRelatedField(queryset=Partner.objects.all())
    project = VisibleRow(queryset=Project.objects.all())
    amount = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=CENT, required=False, allow_null=True
    )
    kind = serializers.ChoiceField(choices=ContributionKind.choices, required=False)
    decision_reference = serializers.CharField(required=False, allow_blank=True, max_length=200)
    decided_on = serializers.DateField(required=False, allow_null=True)
    instalments = PaymentSent(many=True, required=False, max_length=100)


class NewContributionSent(ContributionSent):
    amendment = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class AmendmentSent(StrictSerializer):
    title = HeadingSent(required=False)
    text = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST)
    new_ends_on = serializers.DateField(required=False, allow_null=True)


class ApprovalSent(StrictSerializer):
    on = serializers.DateField()


class SignatureSent(StrictSerializer):
    party = serializers.IntegerField(help_text=_("Its number in this agreement."))
    signed_on = serializers.DateField()
    signatory = serializers.CharField(max_length=200)
    function = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    deliberation_on = serializers.DateField(required=False, allow_null=True, default=None)


class MoveSent(StrictSerializer):
    target = serializers.ChoiceField(choices=InstalmentStatus.choices)
    on = serializers.DateField()


def sends(body: type[serializers.Serializer] | None, told: Any, **more: Any) -> Any:
    return extend_schema(request=body, parameters=[IF_MATCH], description=told, **more)


def _amendment_of(agreement: FundingAgreement, number: int | None) -> Amendment | None:
    if number is None:
        return None
    found = agreement.amendments.filter(number=number).first()
    if found is None:
        raise Http404
    return found


class WritesAgreements(ChangesByAction):
    """Drafts, their parts and their amendments; every answer is the agreement with its new version."""

    @extend_schema(request=NewAgreementSent, description=_("Makes a draft."))
    def create(self, request: Request) -> Response:
        sent = flat(self.body(NewAgreementSent).validated_data, "title", "summary")
        made = drafts.draft_agreement(
            actor=request.user, values=sent, code=sent.get("code", ""), lead=sent.get("lead")
        )
        told = self.get_serializer(self.get_queryset().get(pk=made.pk)).data
        headers = {"Location": told["url"], "ETag": conditional.tag_of(told)}
        return Response(told, status=201, headers=headers)

    @sends(FactsSent, _("Changes what a draft says; what is not named stays."))
    def partial_update(self, request: Request, pk: str) -> Response:
        values = flat(self.body(FactsSent).validated_data, "title", "summary")
        return self.change(
            lambda agreement: drafts.edit_agreement(
                actor=request.user, agreement=agreement, values=values
            )
        )

    @sends(None, _("Removes a draft."), responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        return self.removed(
            lambda agreement: drafts.remove_agreement(actor=request.user, agreement=agreement)
        )

    @sends(PartiesSent, _("The parties become these, in this order."))
    @action(detail=True, methods=["put"])
    def parties(self, request: Request, pk: str) -> Response:
        sent = self.body(PartiesSent).validated_data

        def save(agreement: FundingAgreement) -> None:
            drafts.set_parties(
                actor=request.user,
                agreement=agreement,
                amendment=_amendment_of(agreement, sent.get("amendment")),
                rows=sent["parties"],
            )

        return self.change(save)

    @sends(NewContributionSent, _("Adds a contribution with its payments."))
    @action(detail=True, methods=["post"])
    def contributions(self, request: Request, pk: str) -> Response:
        sent = dict(self.body(NewContributionSent).validated_data)
        number, plan = sent.pop("amendment", None), sent.pop("instalments", [])

        def save(agreement: FundingAgreement) -> None:
            drafts.save_contribution(
                actor=request.user,
                agreement=agreement,
                amendment=_amendment_of(agreement, number),
                values=sent,
                instalments=[drafts.InstalmentRow(**row) for row in plan],
            )

        return self.change(save, status=201)

    @sends(AmendmentSent, _("Drafts the next amendment, with the parties of the agreement."))
    @action(detail=True, methods=["post"])
    def amendments(self, request: Request, pk: str) -> Response:
        values = flat(self.body(AmendmentSent).validated_data, "title")

        def save(agreement: FundingAgreement) -> None:
            amendments.draft_amendment(actor=request.user, agreement=agreement, values=values)

        return self.change(save, status=201)

    @sends(AmendmentSent, _("Changes what the draft of an amendment says."))
    @action(detail=True, methods=["patch"], url_path=r"amendments/(?P<number>[0-9]{1,4})")
    def amendment(self, request: Request, pk: str, number: str) -> Response:
        values = flat(self.body(AmendmentSent).validated_data, "title")

        def save(agreement: FundingAgreement) -> None:
            amendments.edit_amendment(
                actor=request.user, amendment=_amendment_of(agreement, int(number)), values=values
            )

        return self.change(save)

    @sends(ApprovalSent, _("The secretariat records the approval: the parties are asked to sign."))
    @action(detail=True, methods=["post"], url_path=r"amendments/(?P<number>[0-9]{1,4})/approve")
    def approve_amendment(self, request: Request, pk: str, number: str) -> Response:
        on = self.body(ApprovalSent).validated_data["on"]

        def approve(agreement: FundingAgreement) -> None:
            effects.approve_amendment(
                actor=request.user, amendment=_amendment_of(agreement, int(number)), on=on
            )

        return self.change(approve)

    @sends(SignatureSent, _("Records the signature of a party."))
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, pk: str) -> Response:
        sent = dict(self.body(SignatureSent).validated_data)
        number = sent.pop("party")

        def sign(agreement: FundingAgreement) -> None:
            party = AgreementParty.objects.filter(agreement=agreement, pk=number).first()
            if party is None:
                raise serializers.ValidationError({"party": [_("There is no such party.")]})
            agreements.record_signature(actor=request.user, party=party, **sent)

        return self.change(sign)


class WritesContributions(ChangesByAction):
    @sends(
        ContributionSent, _("Changes a contribution of a draft; `instalments` are all there are.")
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        self.get_object()
        body = ContributionSent(
            data=request.data, partial=True, context=self.get_serializer_context()
        )
        body.is_valid(raise_exception=True)
        sent = dict(body.validated_data)
        plan = sent.pop("instalments", None)

        def save(contribution: Any) -> None:
            kept = contribution.instalments.order_by("position", "pk")
            rows = (
                [drafts.InstalmentRow(one.amount, one.due_on, one.condition) for one in kept]
                if plan is None
                else [drafts.InstalmentRow(**row) for row in plan]
            )
            drafts.save_contribution(
                actor=request.user,
                agreement=contribution.agreement,
                contribution=contribution,
                values=sent,
                instalments=rows,
            )

        return self.change(save)

    @sends(None, _("Removes a contribution of a draft."), responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        return self.removed(
            lambda given: drafts.remove_contribution(actor=request.user, contribution=given)
        )


class MovesInstalments(ChangesByAction):
    @sends(MoveSent, _("Promised, committed, called, received: the next step, with its day."))
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str) -> Response:
        sent = self.body(MoveSent).validated_data
        return self.change(
            lambda part: agreements.move_instalment(actor=request.user, instalment=part, **sent)
        )
