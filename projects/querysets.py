from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, ExpressionWrapper, OuterRef, Q, Value
from django.utils import timezone

from partners.models import Partner
from projects.enums import (
    AMENDED_AGREEMENTS,
    EDITABLE_REPORTS,
    REPORTING_STATUSES,
    UNWRITTEN_REPORTS,
    AgreementStatus,
    InstalmentStatus,
    Interest,
    ProjectStatus,
    ReportStatus,
    SeriesStatus,
    SignatureState,
    Standing,
)

if TYPE_CHECKING:
    from partners.models import User
    from projects.models import Project


PUBLISHED_AGREEMENTS = frozenset(
    {AgreementStatus.IN_FORCE, AgreementStatus.ENDED, AgreementStatus.TERMINATED}
)


class SeriesQuerySet(models.QuerySet):
    def public(self) -> "SeriesQuerySet":
        return self.filter(status=SeriesStatus.APPROVED)

    def visible_to(self, user: "User") -> "SeriesQuerySet":
        """The public sees approved series; partners also those that hold a project of theirs."""
        if not user.is_authenticated:
            return self.public()
        if user.runs_the_cycle:
            return self
        from projects.models import Project

        mine = Project.objects.of(user).filter(series=OuterRef("pk"))
        return self.filter(Q(status=SeriesStatus.APPROVED) | Exists(mine))


# What is asked of each row is a condition on that row, and not a list of all rows that answer it: pages of 50 are read
# by an index, whatever the portfolio's size.


def approved(path: str = "") -> Q:
    """`path` leads from the rows to their project (`project__`), which they may be themselves."""
    return Q(
        **{
            f"{path}standing": Standing.PORTFOLIO,
            f"{path}approved_on__isnull": False,
            f"{path}series__status": SeriesStatus.APPROVED,
        }
    )


def led_or_supported(partners: models.QuerySet, path: str = "") -> Q:
    from projects.models import ProjectPartner

    mine = partners.values("pk")
    supporting = ProjectPartner.objects.filter(project=OuterRef(f"{path}pk"), partner__in=mine)
    return Q(**{f"{path}lead__in": mine}) | Q(Exists(supporting))


class ProjectQuerySet(models.QuerySet):
    def public(self) -> "ProjectQuerySet":
        """Approved projects of approved series, and nothing else."""
        return self.filter(approved())

    def outside_portfolio(self) -> "ProjectQuerySet":
        """Known from public sources only: shown apart, with their sources, never as approved."""
        return self.exclude(standing=Standing.PORTFOLIO)

    def of(self, user: "User") -> "ProjectQuerySet":
        """Projects that this person's organisations lead or support."""
        return self.of_partners(Partner.objects.of(user))

    def of_partners(self, partners: models.QuerySet) -> "ProjectQuerySet":
        return self.filter(led_or_supported(partners))

    def visible_to(self, user: "User") -> "ProjectQuerySet":
        if not user.is_authenticated:
            return self.public()
        if user.runs_the_cycle:
            return self
        return self.filter(approved() | led_or_supported(Partner.objects.of(user)))

    def said_by(self, user: "User", interest: Interest) -> "ProjectQuerySet":
        """Projects this person follows, or has muted."""
        from projects.models import Following

        said = Following.objects.filter(user=user, project=OuterRef("pk"), interest=interest)
        return self.filter(Exists(said))

    def told_to(self, user: "User") -> "ProjectQuerySet":
        """Those a person's digest tells of in full: of their organisations, every one for the secretariat."""
        projects = self if user.runs_the_cycle else self.of(user)
        return projects.exclude(pk__in=type(self)(self.model).said_by(user, Interest.MUTE))

    def reporting(self) -> "ProjectQuerySet":
        """Those asked for a progress report: approved and running, not muted."""
        return self.filter(
            status__in=REPORTING_STATUSES,
            series__status=SeriesStatus.APPROVED,
            reporting_muted_reason="",
        )


class FollowingQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "FollowingQuerySet":
        """One's own, of projects one may still see."""
        from projects.models import Project

        if not user.is_authenticated:
            return self.none()
        return self.filter(user=user, project__in=Project.objects.visible_to(user).values("pk"))


class PeriodQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "PeriodQuerySet":
        """Who was asked for what is the secretariat's business."""
        return self if user.is_authenticated and user.runs_the_cycle else self.none()

    def to_open(self, day: date) -> "PeriodQuerySet":
        return self.filter(opens_on__lte=day, opened_at__isnull=True)


def uncorrected() -> Q:
    from projects.models import ProgressReport

    corrections = ProgressReport.objects.filter(corrects__isnull=False)
    return ~Q(Exists(corrections.accepted().filter(corrects=OuterRef("pk"))))


def published() -> Q:
    return Q(status=ReportStatus.ACCEPTED) & approved("project__") & uncorrected()


class ReportQuerySet(models.QuerySet):
    def accepted(self) -> "ReportQuerySet":
        return self.filter(status=ReportStatus.ACCEPTED)

    def public(self) -> "ReportQuerySet":
        """Accepted reports of public projects, newest version only; show their public summary alone."""
        return self.filter(published())

    def current(self) -> "ReportQuerySet":
        """Leaves out versions that an accepted correction replaced."""
        return self.filter(uncorrected())

    def visible_to(self, user: "User") -> "ReportQuerySet":
        """In full: the secretariat everything, the lead and its supporting partners their projects' reports.

        Others see no report itself; the public summary is on the project (`public()`).
        """
        if not user.is_authenticated:
            return self.none()
        if user.runs_the_cycle:
            return self
        from projects.models import Project

        return self.filter(project__in=Project.objects.of(user))

    def listed_for(self, user: "User") -> "ReportQuerySet":
        """Those seen in full (`in_full` is true) and the public ones, of which only the summary is to be shown."""
        if not user.is_authenticated or user.runs_the_cycle:
            found = self.visible_to(user) if user.is_authenticated else self.public()
            return found.annotate(in_full=Value(user.is_authenticated))
        in_full = led_or_supported(Partner.objects.of(user), "project__")
        return self.filter(in_full | published()).annotate(
            in_full=ExpressionWrapper(in_full, output_field=models.BooleanField())
        )

    def editable(self) -> "ReportQuerySet":
        return self.filter(status__in=EDITABLE_REPORTS)

    def asked_on(self, day: date) -> "ReportQuerySet":
        """Leaves out those not asked for: muted, suspended or cancelled projects, closed campaigns."""
        waiting_for_nobody = Q(
            period__closed_on__lte=day, due_on__lt=day, status__in=UNWRITTEN_REPORTS
        )
        return self.filter(project__reporting_muted_reason="").exclude(
            Q(project__status__in=[ProjectStatus.SUSPENDED, ProjectStatus.CANCELLED])
            | waiting_for_nobody
        )

    def owed_by(self, partners: models.QuerySet, day: date | None = None) -> "ReportQuerySet":
        """Reports these organisations, as lead partners, still have to submit."""
        asked = self.editable().asked_on(day or timezone.localdate())
        return asked.filter(project__lead__in=partners.values("pk"))

    def awaiting_review(self) -> "ReportQuerySet":
        return self.filter(status=ReportStatus.SUBMITTED)

    def late_on(self, day: date) -> "ReportQuerySet":
        return self.editable().filter(due_on__lt=day)


def known_to_all() -> Q:
    return Q(status__in=PUBLISHED_AGREEMENTS) | Q(is_sourced=True)


def involves(user: "User") -> Q:
    from projects.models import AgreementParty, Contribution

    mine = Partner.objects.of(user).values("pk")
    moved = Contribution.objects.filter(Q(funder__in=mine) | Q(recipient__in=mine))
    return Q(Exists(AgreementParty.objects.filter(agreement=OuterRef("pk"), partner__in=mine))) | Q(
        Exists(moved.filter(agreement=OuterRef("pk")))
    )


class AgreementQuerySet(models.QuerySet):
    def public(self) -> "AgreementQuerySet":
        """In force or ended, or known from public sources."""
        return self.filter(known_to_all())

    def visible_to(self, user: "User") -> "AgreementQuerySet":
        if not user.is_authenticated:
            return self.public()
        if user.runs_the_cycle:
            return self
        return self.filter(known_to_all() | involves(user))

    def involving(self, user: "User") -> "AgreementQuerySet":
        """Those to which an organisation of this person is a party, or in which it gives or receives."""
        return self.filter(involves(user))

    def awaiting_signature(self) -> "AgreementQuerySet":
        return self.filter(status=AgreementStatus.SIGNING)


class AmendmentQuerySet(models.QuerySet):
    def public(self) -> "AmendmentQuerySet":
        """In force or ended, of an agreement that everyone sees."""
        from projects.models import FundingAgreement

        return self.filter(
            status__in=PUBLISHED_AGREEMENTS, agreement__in=FundingAgreement.objects.public()
        )

    def visible_to(self, user: "User") -> "AmendmentQuerySet":
        """Those still being made only for the parties and the secretariat."""
        from projects.models import AgreementParty, FundingAgreement

        if not user.is_authenticated:
            return self.public()
        if user.runs_the_cycle:
            return self
        mine = Partner.objects.of(user).values("pk")
        party = AgreementParty.objects.filter(agreement=OuterRef("agreement"), partner__in=mine)
        return self.filter(
            Q(status__in=PUBLISHED_AGREEMENTS) | Exists(party),
            agreement__in=FundingAgreement.objects.visible_to(user),
        )

    def awaiting_approval(self) -> "AmendmentQuerySet":
        """Drafts of agreements that can still be amended."""
        return self.filter(status=AgreementStatus.DRAFT, agreement__status__in=AMENDED_AGREEMENTS)


class PartyQuerySet(models.QuerySet):
    def awaited(self) -> "PartyQuerySet":
        """Signatures asked for, of agreements and of amendments that are open for it."""
        return self.filter(
            Q(amendment=None, agreement__status=AgreementStatus.SIGNING)
            | Q(amendment__status=AgreementStatus.SIGNING),
            signature=SignatureState.WAITING,
        )


def settled() -> Q:
    """Of the agreement itself, or of an amendment that everyone may know of."""
    from projects.models import Amendment

    known = Amendment.objects.filter(status__in=PUBLISHED_AGREEMENTS)
    return Q(amendment__isnull=True) | Q(amendment__in=known.values("pk"))


class ContributionQuerySet(models.QuerySet):
    def public(self) -> "ContributionQuerySet":
        from projects.models import ProjectListing

        listed = ProjectListing.objects.filter(is_public=True)
        return self.published().filter(project__in=listed.values("project"))

    def published(self) -> "ContributionQuerySet":
        """Of agreements that everyone may know of, whether or not they may know of the project."""
        from projects.models import FundingAgreement

        return self.filter(settled(), agreement__in=FundingAgreement.objects.public())

    def reported_by(self, project: "Project") -> "ContributionQuerySet":
        """Those whose spending the project's reports say, as far as its lead partner may know of them."""
        from projects.models import AgreementParty, FundingAgreement

        known = Exists(
            AgreementParty.objects.filter(agreement=OuterRef("agreement"), partner=project.lead_id)
        )
        return self.filter(
            Q(funder=project.lead_id)
            | Q(recipient=project.lead_id)
            | (Q(agreement__in=FundingAgreement.objects.public()) & settled())
            | known,
            project=project,
            agreement__status__in=[
                AgreementStatus.SIGNING,
                AgreementStatus.IN_FORCE,
                AgreementStatus.ENDED,
            ],
        ).order_by("agreement__code", "id")

    def visible_to(self, user: "User") -> "ContributionQuerySet":
        from projects.models import AgreementParty, FundingAgreement, Project

        if not user.is_authenticated:
            return self.public()
        if user.runs_the_cycle:
            return self
        visible = self.filter(
            agreement__in=FundingAgreement.objects.visible_to(user),
            project__in=Project.objects.visible_to(user),
        )
        mine = Partner.objects.of(user).values("pk")
        party = AgreementParty.objects.filter(agreement=OuterRef("agreement"), partner__in=mine)
        return visible.filter(
            settled() | Q(funder__in=mine) | Q(recipient__in=mine) | Exists(party)
        )


class InstalmentQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "InstalmentQuerySet":
        from projects.models import Contribution

        if user.is_authenticated and user.runs_the_cycle:
            return self
        return self.filter(contribution__in=Contribution.objects.visible_to(user))

    def called(self) -> "InstalmentQuerySet":
        return self.filter(status=InstalmentStatus.CALLED)
