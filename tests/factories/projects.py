"""Rows of the portfolio as they stand in each state, with the dates and authors the database demands."""

from datetime import date, timedelta
from decimal import Decimal

import factory
from django.db import transaction
from django.utils import timezone
from factory.django import DjangoModelFactory

from projects.enums import (
    AgreementStatus,
    ContributionKind,
    Health,
    InstalmentStatus,
    PartyRole,
    ProjectStatus,
    ReportStatus,
    SeriesStatus,
    SignatureState,
)
from projects.models import (
    AgreementParty,
    Amendment,
    Contribution,
    Evidence,
    Expenditure,
    Framework,
    FundingAgreement,
    Indicator,
    IndicatorValue,
    Instalment,
    Milestone,
    ProgressReport,
    Project,
    ProjectIndicator,
    ProjectPartner,
    ProjectSeries,
    ReportingPeriod,
    ReportRisk,
    StrategicGoal,
)
from projects.services import effects
from tests.factories.governance import ApprovalFactory
from tests.factories.partners import PartnerFactory, SecretaryFactory, UserFactory

APPROVAL = date(2025, 11, 17)


class GoalFactory(DjangoModelFactory):
    class Meta:
        model = StrategicGoal

    code = factory.Sequence(lambda n: f"GOAL-{n}")
    slug = factory.Sequence(lambda n: f"goal-{n}")
    title_fr = factory.Sequence(lambda n: f"Objectif {n}")
    title_en = factory.Sequence(lambda n: f"Goal {n}")
    position = factory.Sequence(lambda n: n)


class FrameworkFactory(DjangoModelFactory):
    class Meta:
        model = Framework

    code = factory.Sequence(lambda n: f"FRAME-{n}")
    slug = factory.Sequence(lambda n: f"frame-{n}")
    title_fr = factory.Sequence(lambda n: f"Cadre {n}")
    title_en = factory.Sequence(lambda n: f"Framework {n}")


class SeriesFactory(DjangoModelFactory):
    """Approved, with the decision the database demands; `approval=False` leaves the decision to the test."""

    class Meta:
        model = ProjectSeries

    class Params:
        submitted = factory.Trait(
            status=SeriesStatus.SUBMITTED,
            submitted_on=APPROVAL - timedelta(days=30),
            approved_on=None,
        )
        draft = factory.Trait(status=SeriesStatus.DRAFT, submitted_on=None, approved_on=None)

    code = factory.Sequence(lambda n: f"SERIES-{n}")
    slug = factory.Sequence(lambda n: f"series-{n}")
    title_fr = factory.Sequence(lambda n: f"Série {n}")
    title_en = factory.Sequence(lambda n: f"Series {n}")
    status = SeriesStatus.APPROVED
    submitted_on = APPROVAL - timedelta(days=30)
    approved_on = APPROVAL

    @classmethod
    @transaction.atomic
    def _create(cls, model, *args, approval=True, **kwargs):
        series = super()._create(model, *args, **kwargs)
        if approval and series.status == SeriesStatus.APPROVED:
            ApprovalFactory(series=series)
        return series


@transaction.atomic
def approve(series, *, actor):
    """What a decision does to a series, and the decision that did it; returns the projects approved."""
    projects = effects.approve_series(actor=actor, series=series, on=APPROVAL)
    series.refresh_from_db()
    ApprovalFactory(series=series)
    return projects


class ProjectFactory(DjangoModelFactory):
    """In progress, in an approved series. `proposed=True`: waiting for its series to be approved."""

    class Meta:
        model = Project

    class Params:
        proposed = factory.Trait(
            status=ProjectStatus.PROPOSED,
            approved_on=None,
            series=factory.SubFactory(SeriesFactory, submitted=True),
        )
        approved = factory.Trait(status=ProjectStatus.APPROVED)

    code = factory.Sequence(lambda n: f"PROJECT-{n}")
    slug = factory.Sequence(lambda n: f"project-{n}")
    title_fr = factory.Sequence(lambda n: f"Projet {n}")
    title_en = factory.Sequence(lambda n: f"Project {n}")
    series = factory.SubFactory(SeriesFactory)
    lead = factory.SubFactory(PartnerFactory)
    status = ProjectStatus.IN_PROGRESS
    approved_on = APPROVAL
    status_since = APPROVAL


class ProjectPartnerFactory(DjangoModelFactory):
    class Meta:
        model = ProjectPartner

    project = factory.SubFactory(ProjectFactory)
    partner = factory.SubFactory(PartnerFactory)


class MilestoneFactory(DjangoModelFactory):
    class Meta:
        model = Milestone

    project = factory.SubFactory(ProjectFactory)
    position = factory.Sequence(lambda n: n)
    title_fr = factory.Sequence(lambda n: f"Jalon {n}")
    title_en = factory.Sequence(lambda n: f"Milestone {n}")
    baseline_on = date(2026, 9, 28)
    baseline_frozen_on = APPROVAL
    forecast_on = factory.SelfAttribute("baseline_on")


class IndicatorFactory(DjangoModelFactory):
    class Meta:
        model = Indicator

    code = factory.Sequence(lambda n: f"IND-{n}")
    title_fr = factory.Sequence(lambda n: f"Indicateur {n}")
    title_en = factory.Sequence(lambda n: f"Indicator {n}")
    unit_fr = "navires"
    unit_en = "ships"


class ProjectIndicatorFactory(DjangoModelFactory):
    class Meta:
        model = ProjectIndicator

    project = factory.SubFactory(ProjectFactory)
    indicator = factory.SubFactory(IndicatorFactory)
    baseline = Decimal(0)
    target = Decimal(40)


class PeriodFactory(DjangoModelFactory):
    """The third quarter of 2026, open."""

    class Meta:
        model = ReportingPeriod

    series = factory.SubFactory(SeriesFactory)
    starts_on = date(2026, 7, 1)
    ends_on = date(2026, 9, 30)
    opens_on = date(2026, 10, 1)
    due_on = date(2026, 10, 21)
    opened_at = factory.LazyFunction(timezone.now)


class ReportFactory(DjangoModelFactory):
    """Open. The states after it are traits: `draft`, `submitted`, `sent_back`, `accepted`."""

    class Meta:
        model = ProgressReport

    class Params:
        written = factory.Trait(
            health=Health.SUNNY,
            completion_percent=40,
            achievements="Les essais à quai sont terminés.",
            next_steps="Former les équipes.",
            public_summary_fr="Les essais sont terminés.",
            public_summary_en="The tests are over.",
            revision=1,
            edited_by=factory.SubFactory(UserFactory),
            edited_at=factory.LazyFunction(timezone.now),
        )
        draft = factory.Trait(written=True, status=ReportStatus.DRAFT)
        submitted = factory.Trait(
            written=True,
            status=ReportStatus.SUBMITTED,
            submitted_by=factory.SubFactory(UserFactory),
            submitted_at=factory.LazyFunction(timezone.now),
        )
        reviewed = factory.Trait(
            written=True,
            submitted_by=factory.SubFactory(UserFactory),
            submitted_at=factory.LazyFunction(timezone.now),
            reviewed_by=factory.SubFactory(SecretaryFactory),
            reviewed_at=factory.LazyFunction(timezone.now),
        )
        sent_back = factory.Trait(reviewed=True, status=ReportStatus.SENT_BACK)
        accepted = factory.Trait(reviewed=True, status=ReportStatus.ACCEPTED)

    project = factory.SubFactory(ProjectFactory)
    period = factory.SubFactory(PeriodFactory, series=factory.SelfAttribute("..project.series"))
    due_on = factory.SelfAttribute("period.due_on")


class RiskFactory(DjangoModelFactory):
    class Meta:
        model = ReportRisk

    report = factory.SubFactory(ReportFactory)
    title = factory.Sequence(lambda n: f"Risque {n}")


class IndicatorValueFactory(DjangoModelFactory):
    class Meta:
        model = IndicatorValue

    report = factory.SubFactory(ReportFactory)
    indicator = factory.SubFactory(
        ProjectIndicatorFactory, project=factory.SelfAttribute("..report.project")
    )
    value = Decimal(12)


class AgreementFactory(DjangoModelFactory):
    """Being signed. `in_force=True`: signed by all."""

    class Meta:
        model = FundingAgreement

    class Params:
        draft = factory.Trait(
            status=AgreementStatus.DRAFT, approved_on=None, opened_for_signature_on=None
        )
        in_force = factory.Trait(
            status=AgreementStatus.IN_FORCE, in_force_on=APPROVAL + timedelta(days=60)
        )

    code = factory.Sequence(lambda n: f"AGREEMENT-{n}")
    title_fr = factory.Sequence(lambda n: f"Convention {n}")
    title_en = factory.Sequence(lambda n: f"Agreement {n}")
    status = AgreementStatus.SIGNING
    approved_on = APPROVAL
    opened_for_signature_on = APPROVAL


class AmendmentFactory(DjangoModelFactory):
    class Meta:
        model = Amendment

    agreement = factory.SubFactory(AgreementFactory, in_force=True)
    number = 1
    title_fr = factory.Sequence(lambda n: f"Avenant {n}")
    title_en = factory.Sequence(lambda n: f"Amendment {n}")


class PartyFactory(DjangoModelFactory):
    class Meta:
        model = AgreementParty

    class Params:
        signed = factory.Trait(
            signature=SignatureState.SIGNED,
            signed_on=APPROVAL + timedelta(days=10),
            signatory="Dominique Morel",
            function="Présidence",
            name_at_signature=factory.LazyAttribute(lambda party: party.partner.name),
        )
        not_asked = factory.Trait(signature=SignatureState.NOT_ASKED, waiting_since=None)

    agreement = factory.SubFactory(AgreementFactory)
    partner = factory.SubFactory(PartnerFactory)
    position = factory.Sequence(lambda n: n)
    role = PartyRole.FUNDER
    signature = SignatureState.WAITING
    waiting_since = APPROVAL


class ContributionFactory(DjangoModelFactory):
    class Meta:
        model = Contribution

    agreement = factory.SubFactory(AgreementFactory)
    funder = factory.SubFactory(PartnerFactory)
    recipient = factory.SubFactory(PartnerFactory)
    project = factory.SubFactory(ProjectFactory)
    amount = Decimal("120000.00")
    kind = ContributionKind.CASH


class InstalmentFactory(DjangoModelFactory):
    class Meta:
        model = Instalment

    contribution = factory.SubFactory(ContributionFactory)
    position = factory.Sequence(lambda n: n + 1)
    due_on = date(2026, 12, 15)
    amount = Decimal("60000.00")
    status = InstalmentStatus.PROMISED


class ExpenditureFactory(DjangoModelFactory):
    class Meta:
        model = Expenditure

    report = factory.SubFactory(ReportFactory)
    contribution = factory.SubFactory(
        ContributionFactory, project=factory.SelfAttribute("..report.project")
    )
    amount = Decimal("30000.00")


class EvidenceFactory(DjangoModelFactory):
    class Meta:
        model = Evidence

    report = factory.SubFactory(ReportFactory)
    file = factory.django.FileField(filename="preuve.pdf", data=b"%PDF-1.7\n%%EOF")
    name = "preuve.pdf"
    media_type = "application/pdf"
    size = 14
    sha256 = "0" * 64
    uploaded_by = factory.SubFactory(UserFactory)
