"""Funding agreements, contributions and instalments. Amounts are in euros; an unknown one is null, never 0."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from partners.models import User
from projects import permissions
from projects.api.agreement_drafts import (
    MovesInstalments,
    WritesAgreements,
    WritesContributions,
)
from projects.api.filters import AgreementFilter, ContributionFilter, InstalmentFilter
from projects.models import (
    AgreementParty,
    Amendment,
    Contribution,
    FundingAgreement,
    Instalment,
    ProjectSeries,
)
from smartport.api.fields import Abilities, Address, Reference, SourcesField, Texts

ONLY_BETWEEN_PARTIES = ["signatory", "function", "file_sha256"]


class PartySerializer(serializers.ModelSerializer):
    """`signatory`, `function` and `file_sha256` only for the parties and the secretariat."""

    partner = Reference("partners", name="name")
    amendment = serializers.IntegerField(source="amendment.number", allow_null=True, default=None)
    abilities = Abilities(record_signature=permissions.can_record_signature)

    class Meta:
        model = AgreementParty
        fields = [
            "id", "partner", "amendment", "role", "signature", "waiting_since", "deliberation_on", "signed_on",
            "name_at_signature", "siret_at_signature", "reported_by_source", *ONLY_BETWEEN_PARTIES,
            "abilities",
        ]  # fmt: skip
        read_only_fields = fields


class AmendmentSerializer(serializers.ModelSerializer):
    title = Texts()

    class Meta:
        model = Amendment
        fields = ["number", "title", "status", "approved_on", "in_force_on", "new_ends_on"]
        read_only_fields = fields


class AgreementSerializer(serializers.ModelSerializer):
    url = Address("agreements")
    title = Texts()
    summary = Texts()
    note = Texts()
    series = Reference("series", name="title")
    parties = PartySerializer(many=True, read_only=True)
    amendments = AmendmentSerializer(many=True, read_only=True)
    sources = SourcesField()
    abilities = Abilities(
        edit=permissions.can_edit_agreement,
        write_draft=permissions.can_write_draft,
        amend=permissions.can_amend,
    )

    class Meta:
        model = FundingAgreement
        fields = [
            "id", "code", "url", "title", "summary", "series", "status", "approved_on",
            "opened_for_signature_on", "in_force_on", "ends_on", "ended_on", "termination_reason", "parties",
            "amendments", "note", "is_sourced", "sources", "is_demo", "abilities",
        ]  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Model) -> dict[str, Any]:
        told = super().to_representation(instance)
        if not between_parties(self.context["request"].user, instance):
            for party in told["parties"]:
                for name in ONLY_BETWEEN_PARTIES:
                    del party[name]
        return told


def between_parties(user: User, agreement: FundingAgreement) -> bool:
    if not user.is_authenticated:
        return False
    return user.runs_the_cycle or any(
        party.partner_id in user.known_roles for party in agreement.parties.all()
    )


class Agreements(WritesAgreements):
    title = _("Funding agreements")
    summary = _("Who signed what, when; who is still awaited.")
    serializer_class = AgreementSerializer
    filterset_class = AgreementFilter
    queryset = FundingAgreement.objects.all()
    named_by = ("code",)
    order = ("code",)

    def get_queryset(self) -> QuerySet:
        user = self.request.user
        amendments = Amendment.objects.visible_to(user)
        parties = AgreementParty.objects.filter(
            Q(amendment__isnull=True) | Q(amendment__in=amendments.values("pk"))
        )
        return FundingAgreement.objects.visible_to(user).prefetch_related(
            "sources",
            Prefetch("series", ProjectSeries.objects.visible_to(user)),
            Prefetch("parties", parties.select_related("partner", "amendment")),
            Prefetch("amendments", amendments),
        )


class ContributionSerializer(serializers.ModelSerializer):
    url = Address("contributions")
    agreement = Reference("agreements", name="title")
    amendment = serializers.IntegerField(source="amendment.number", allow_null=True, default=None)
    funder = Reference("partners", name="name")
    recipient = Reference("partners", name="name")
    project = Reference("projects", name="title")
    abilities = Abilities(
        edit=lambda user, given: permissions.can_edit_agreement(user, given.agreement)
    )

    class Meta:
        model = Contribution
        fields = [
            "id", "url", "agreement", "amendment", "funder", "recipient", "project", "amount", "kind",
            "decision_reference", "decided_on", "abilities",
        ]  # fmt: skip
        read_only_fields = fields


class Contributions(WritesContributions):
    title = _("Contributions")
    summary = _("Who gives what to whom, for which project. Amounts in euros.")
    serializer_class = ContributionSerializer
    filterset_class = ContributionFilter
    queryset = Contribution.objects.all()
    order = ("id",)

    def get_queryset(self) -> QuerySet:
        return Contribution.objects.visible_to(self.request.user).select_related(
            "agreement", "amendment", "funder", "recipient", "project"
        )


class InstalmentSerializer(serializers.ModelSerializer):
    url = Address("instalments")
    contribution = Reference("contributions")
    agreement = Reference("agreements", name="title", source="contribution.agreement")
    project = Reference("projects", name="title", source="contribution.project")
    abilities = Abilities(
        edit=lambda user, part: permissions.can_edit_agreement(user, part.contribution.agreement)
    )

    class Meta:
        model = Instalment
        fields = [
            "id", "url", "contribution", "agreement", "project", "position", "due_on", "condition", "amount",
            "status", "committed_on", "called_on", "received_on", "abilities",
        ]  # fmt: skip
        read_only_fields = fields


class Instalments(MovesInstalments):
    title = _("Instalments")
    summary = _("When each contribution falls due, and whether it was called and received.")
    serializer_class = InstalmentSerializer
    filterset_class = InstalmentFilter
    queryset = Instalment.objects.all()
    order = ("id",)

    def get_queryset(self) -> QuerySet:
        return Instalment.objects.visible_to(self.request.user).select_related(
            "contribution__agreement", "contribution__project"
        )
