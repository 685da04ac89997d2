from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partners.models import Partner, Source
from partners.models.organisations import DEMO_PREFIX
from projects.enums import (
    AgreementStatus,
    ContributionKind,
    InstalmentStatus,
    PartyRole,
    SignatureState,
)
from projects.models.portfolio import Project, ProjectSeries
from projects.querysets import (
    AgreementQuerySet,
    AmendmentQuerySet,
    ContributionQuerySet,
    InstalmentQuerySet,
    PartyQuerySet,
)
from smartport.files import stored_name
from smartport.guards import dated, frozen_when
from smartport.history import tracked

MONEY = {"max_digits": 14, "decimal_places": 2}


class FundingAgreement(models.Model):
    """An agreement of any number of parties. Dates a source does not give stay empty (“not published”)."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    title = models.CharField(_("title"), max_length=300)
    summary = models.TextField(_("summary"), blank=True)
    series = models.ForeignKey(
        ProjectSeries,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="agreements",
        verbose_name=_("series"),
    )
    status = models.CharField(
        _("state"), max_length=10, choices=AgreementStatus, default=AgreementStatus.DRAFT
    )
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    opened_for_signature_on = models.DateField(_("open for signature since"), null=True, blank=True)
    in_force_on = models.DateField(_("in force since"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    termination_reason = models.TextField(_("reason for the termination"), blank=True)
    note = models.TextField(_("note on the facts"), blank=True)
    is_sourced = models.BooleanField(
        _("known from public sources"),
        default=False,
        help_text=_("Its public facts are shown with their sources, whatever its state here."),
    )
    sources = models.ManyToManyField(
        Source, blank=True, related_name="agreements", verbose_name=_("sources")
    )

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["-approved_on", "code"]
        verbose_name = _("funding agreement")
        verbose_name_plural = _("funding agreements")
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "signing"]) | Q(approved_on__isnull=False),
                name="agreement_approved_has_a_date",
            ),
            dated("signing", "opened_for_signature_on", name="agreement_signing_has_a_date"),
            dated("in_force", "in_force_on", name="agreement_in_force_has_a_date"),
            models.CheckConstraint(
                condition=~Q(status="ended") | Q(ended_on__isnull=False) | Q(is_sourced=True),
                name="agreement_ended_has_a_date",
            ),
            dated("terminated", "ended_on", name="agreement_terminated_has_a_date"),
            models.CheckConstraint(
                condition=~Q(status="terminated") | ~Q(termination_reason=""),
                name="agreement_terminated_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(in_force_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(in_force_on__lte=F("ends_on")),
                name="agreement_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("projects:agreement_detail", args=[self.code])

    @property
    def is_demo(self) -> bool:
        return self.code.startswith(DEMO_PREFIX)


class Amendment(models.Model):
    agreement = models.ForeignKey(
        FundingAgreement, models.PROTECT, related_name="amendments", verbose_name=_("agreement")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=300)
    text = models.TextField(_("text"), blank=True)
    status = models.CharField(
        _("state"), max_length=10, choices=AgreementStatus, default=AgreementStatus.DRAFT
    )
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    in_force_on = models.DateField(_("in force since"), null=True, blank=True)
    new_ends_on = models.DateField(_("new end"), null=True, blank=True)

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        ordering = ["agreement", "number"]
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="amendment_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="amendment_number_from_one"),
            dated("approved", "approved_on", name="amendment_approved_has_a_date"),
            dated("in_force", "in_force_on", name="amendment_in_force_has_a_date"),
        ]

    def __str__(self) -> str:
        return self.title


@tracked
class AgreementParty(models.Model):
    """A party; its name and SIRET are frozen at signature, so that the document shows those of its day."""

    agreement = models.ForeignKey(
        FundingAgreement, models.CASCADE, related_name="parties", verbose_name=_("agreement")
    )
    amendment = models.ForeignKey(
        Amendment,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="parties",
        verbose_name=_("amendment"),
    )
    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="agreement_parties", verbose_name=_("partner")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    role = models.CharField(_("role"), max_length=10, choices=PartyRole)
    siret = models.CharField(
        _("SIRET"),
        max_length=14,
        blank=True,
        help_text=_("Of the establishment that signs; empty, that of the organisation."),
    )
    siret_override_reason = models.TextField(
        _("reason for a SIRET that fails its check"), blank=True
    )
    signature = models.CharField(
        _("signature"), max_length=9, choices=SignatureState, default=SignatureState.NOT_ASKED
    )
    waiting_since = models.DateField(_("waiting since"), null=True, blank=True)
    deliberation_on = models.DateField(_("deliberation of"), null=True, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    signatory = models.CharField(_("signatory"), max_length=200, blank=True)
    function = models.CharField(_("function"), max_length=200, blank=True)
    name_at_signature = models.CharField(_("name at signature"), max_length=300, blank=True)
    siret_at_signature = models.CharField(_("SIRET at signature"), max_length=14, blank=True)
    file = models.FileField(_("signed copy"), upload_to=stored_name, max_length=200, blank=True)
    file_name = models.CharField(_("name of the file"), max_length=255, blank=True)
    file_sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    reported_by_source = models.BooleanField(
        _("signature reported by a public source"), default=False
    )

    objects = PartyQuerySet.as_manager()

    class Meta:
        ordering = ["agreement", "amendment__number", "position", "id"]
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "amendment", "partner"],
                name="party_once_by_agreement",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=~Q(signature="signed")
                | (Q(signed_on__isnull=False) & ~Q(name_at_signature="") & ~Q(signatory=""))
                | Q(signed_on__isnull=False, reported_by_source=True),
                name="party_signed_has_signatory_and_date",
            ),
            models.CheckConstraint(
                condition=Q(signature="signed") | Q(signed_on__isnull=True),
                name="party_date_of_signature_means_signed",
            ),
            dated("waiting", "waiting_since", field="signature", name="party_waiting_since_a_date"),
            models.CheckConstraint(
                condition=Q(siret="") | Q(siret__regex=r"^\d{14}$"),
                name="party_siret_fourteen_digits",
            ),
        ]
        triggers = [frozen_when(signature="signed")]

    def __str__(self) -> str:
        return self.name_at_signature or str(self.partner)

    @property
    def siret_to_sign_with(self) -> str:
        return self.siret or self.partner.siret


@tracked
class Contribution(models.Model):
    """Money or means from a funder to a recipient for a project; an unknown amount is null, never 0."""

    agreement = models.ForeignKey(
        FundingAgreement, models.PROTECT, related_name="contributions", verbose_name=_("agreement")
    )
    amendment = models.ForeignKey(
        Amendment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contributions",
        verbose_name=_("amendment"),
    )
    funder = models.ForeignKey(
        Partner, models.PROTECT, related_name="contributions_given", verbose_name=_("funder")
    )
    recipient = models.ForeignKey(
        Partner, models.PROTECT, related_name="contributions_received", verbose_name=_("recipient")
    )
    project = models.ForeignKey(
        Project, models.PROTECT, related_name="contributions", verbose_name=_("project")
    )
    amount = models.DecimalField(_("amount"), null=True, blank=True, **MONEY)
    kind = models.CharField(
        _("kind"), max_length=7, choices=ContributionKind, default=ContributionKind.CASH
    )
    decision_reference = models.CharField(_("decision reference"), max_length=200, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        ordering = ["agreement", "id"]
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0), name="contribution_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.funder.label} → {self.recipient.label}"


@tracked
class Instalment(models.Model):
    """A part of a contribution, due on a date or on a condition."""

    contribution = models.ForeignKey(
        Contribution, models.PROTECT, related_name="instalments", verbose_name=_("contribution")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    condition = models.CharField(_("condition"), max_length=256, blank=True)
    amount = models.DecimalField(_("amount"), **MONEY)
    status = models.CharField(
        _("state"), max_length=9, choices=InstalmentStatus, default=InstalmentStatus.PROMISED
    )
    committed_on = models.DateField(_("committed on"), null=True, blank=True)
    called_on = models.DateField(_("called on"), null=True, blank=True)
    received_on = models.DateField(_("received on"), null=True, blank=True)

    objects = InstalmentQuerySet.as_manager()

    class Meta:
        ordering = ["contribution", "position", "id"]
        verbose_name = _("instalment")
        verbose_name_plural = _("instalments")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="instalment_positive"),
            models.CheckConstraint(
                condition=Q(due_on__isnull=False) | ~Q(condition=""),
                name="instalment_date_or_condition",
            ),
            dated("committed", "committed_on", name="instalment_committed_has_a_date"),
            dated("called", "called_on", name="instalment_called_has_a_date"),
            dated("received", "received_on", name="instalment_received_has_a_date"),
        ]

    def __str__(self) -> str:
        return f"{self.contribution} · {self.position}"
