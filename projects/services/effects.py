"""What decisions do to the portfolio. Each verb acts once: doing it again is refused and changes nothing."""

from datetime import date

import pghistory
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from partners.models import User
from projects.enums import (
    AGREEMENT_MOVES,
    AMENDED_AGREEMENTS,
    PROJECT_MOVES,
    SERIES_MOVES,
    AgreementStatus,
    ProjectStatus,
    SeriesStatus,
    SignatureState,
)
from projects.models import (
    AgreementParty,
    Amendment,
    FundingAgreement,
    Milestone,
    Project,
    ProjectSeries,
)
from projects.services import notices
from smartport import dates
from smartport.errors import NotAllowed, Refusal
from smartport.workflow import move


class AlreadyApproved(Refusal):
    """The decision has taken effect before; `context["object"]` is what it was about."""

    code = "already_approved"


class AgreementNotAmended(Refusal):
    """The agreement is a draft, or over: its amendment cannot be opened for signature."""

    code = "agreement_not_amended"


@transaction.atomic
def approve_series(*, actor: User, series: ProjectSeries, on: date) -> list[Project]:
    """Approves the series and its proposed projects, freezes their baselines; returns those projects.

    From then on the public lists show them. Raises AlreadyApproved the second time.
    """
    require_office(actor)
    series = ProjectSeries.objects.select_for_update().get(pk=series.pk)
    if series.status == SeriesStatus.APPROVED:
        raise _already(series, series.approved_on)
    move(series, SERIES_MOVES, SeriesStatus.APPROVED)
    series.approved_on = on
    series.save()
    projects = list(
        Project.objects.select_for_update(of=("self",))
        .filter(series=series, status=ProjectStatus.PROPOSED)
        .select_related("lead")
        .order_by("code")
    )
    for project in projects:
        _approve(project, on)
    notices.tell_series_approved(series, projects)
    return projects


@transaction.atomic
def approve_project(*, actor: User, project: Project, on: date) -> Project:
    """One more project of a series approved before."""
    require_office(actor)
    project = (
        Project.objects.select_for_update(of=("self",))
        .select_related("series", "lead")
        .get(pk=project.pk)
    )
    if project.status != ProjectStatus.PROPOSED and project.approved_on:
        raise _already(project, project.approved_on)
    if project.series is None or project.series.status != SeriesStatus.APPROVED:
        raise Refusal(
            _("The series of this project is not approved."),
            remedy=_("Approve the series: its projects are approved with it."),
        )
    _approve(project, on)
    notices.tell_series_approved(project.series, [project])
    return project


def _approve(project: Project, on: date) -> None:
    move(project, PROJECT_MOVES, ProjectStatus.APPROVED)
    project.approved_on = project.status_since = on
    project.save()
    milestones = Milestone.objects.filter(project=project)
    milestones.filter(forecast_on__isnull=True).update(forecast_on=F("baseline_on"))
    milestones.filter(baseline_frozen_on__isnull=True).update(baseline_frozen_on=on)


@transaction.atomic
def submit_series(*, actor: User, series: ProjectSeries, on: date) -> ProjectSeries:
    """Ready to be put to the committee."""
    require_office(actor)
    series = ProjectSeries.objects.select_for_update().get(pk=series.pk)
    if not Project.objects.filter(series=series, status=ProjectStatus.PROPOSED).exists():
        raise Refusal(
            _("This series holds no proposed project."), remedy=_("Add its projects first.")
        )
    move(series, SERIES_MOVES, SeriesStatus.SUBMITTED)
    series.submitted_on = on
    series.save()
    return series


@transaction.atomic
def withdraw_series(*, actor: User, series: ProjectSeries, on: date) -> ProjectSeries:
    require_office(actor)
    series = ProjectSeries.objects.select_for_update().get(pk=series.pk)
    move(series, SERIES_MOVES, SeriesStatus.WITHDRAWN)
    series.withdrawn_on = on
    series.save()
    return series


@transaction.atomic
def suspend(*, actor: User, project: Project, on: date, reason: str) -> Project:
    """Its open reports stop being asked for."""
    return _move_project(actor, project, ProjectStatus.SUSPENDED, on, _needed(reason))


@transaction.atomic
def resume(*, actor: User, project: Project, on: date) -> Project:
    return _move_project(actor, project, ProjectStatus.IN_PROGRESS, on)


@transaction.atomic
def complete(*, actor: User, project: Project, on: date) -> Project:
    return _move_project(actor, project, ProjectStatus.COMPLETED, on)


@transaction.atomic
def cancel(*, actor: User, project: Project, on: date, reason: str) -> Project:
    return _move_project(actor, project, ProjectStatus.CANCELLED, on, _needed(reason))


def _move_project(
    actor: User, project: Project, target: ProjectStatus, on: date, reason: str = ""
) -> Project:
    require_office(actor)
    project = Project.objects.select_for_update().get(pk=project.pk)
    move(project, PROJECT_MOVES, target)
    project.status_since = on
    with pghistory.context(reason=reason):
        project.save()
    return project


@transaction.atomic
def rebaseline(*, actor: User, milestone: Milestone, baseline_on: date, reason: str) -> Milestone:
    """A decided new reference date; the former one stays in the history with the reason."""
    require_office(actor)
    milestone = Milestone.objects.select_for_update().get(pk=milestone.pk)
    with pghistory.context(reason=_needed(reason)):
        milestone.baseline_on = baseline_on
        milestone.baseline_version += 1
        milestone.save(update_fields=["baseline_on", "baseline_version"])
    return milestone


@transaction.atomic
def approve_agreement(
    *, actor: User, agreement: FundingAgreement, on: date
) -> list[AgreementParty]:
    """Approves the agreement and opens it for signature; returns the parties now awaited."""
    require_office(actor)
    agreement = FundingAgreement.objects.select_for_update().get(pk=agreement.pk)
    if agreement.status != AgreementStatus.DRAFT:
        raise _already(agreement, agreement.approved_on)
    move(agreement, AGREEMENT_MOVES, AgreementStatus.APPROVED)
    move(agreement, AGREEMENT_MOVES, AgreementStatus.SIGNING)
    agreement.approved_on = agreement.opened_for_signature_on = on
    agreement.save()
    return _await_signatures(AgreementParty.objects.filter(agreement=agreement, amendment=None), on)


@transaction.atomic
def approve_amendment(*, actor: User, amendment: Amendment, on: date) -> list[AgreementParty]:
    """Opens the amendment for signature; returns the parties now awaited."""
    require_office(actor)
    agreement = FundingAgreement.objects.select_for_update().get(pk=amendment.agreement_id)
    amendment = Amendment.objects.select_for_update().get(pk=amendment.pk)
    if amendment.status != AgreementStatus.DRAFT:
        raise _already(amendment, amendment.approved_on)
    demand_amendable(agreement)
    move(amendment, AGREEMENT_MOVES, AgreementStatus.APPROVED)
    move(amendment, AGREEMENT_MOVES, AgreementStatus.SIGNING)
    amendment.approved_on = on
    amendment.save()
    return _await_signatures(AgreementParty.objects.filter(amendment=amendment), on)


def demand_amendable(agreement: FundingAgreement) -> None:
    """Raises AgreementNotAmended."""
    if agreement.status not in AMENDED_AGREEMENTS:
        raise AgreementNotAmended(
            _("Only an agreement that is being signed or in force is amended."),
            remedy=_("“%(agreement)s” is neither.") % {"agreement": agreement},
            field="amendment",
        )


def _await_signatures(parties: QuerySet[AgreementParty], on: date) -> list[AgreementParty]:
    awaited = list(
        parties.select_for_update(of=("self",))
        .filter(signature=SignatureState.NOT_ASKED)
        .select_related("agreement", "partner")
    )
    for party in awaited:
        party.signature, party.waiting_since = SignatureState.WAITING, on
        party.save(update_fields=["signature", "waiting_since"])
    notices.ask_to_sign(awaited)
    return awaited


def _already(
    obj: ProjectSeries | Project | FundingAgreement | Amendment, on: date | None
) -> AlreadyApproved:
    return AlreadyApproved(
        _("“%(object)s” was approved before, on %(day)s.") % {"object": obj, "day": dates.day(on)},
        remedy=_("Nothing was changed."),
        object=obj,
    )


def _needed(reason: str) -> str:
    if not reason.strip():
        raise Refusal(_("Say why: the reason is kept in the history."), field="reason")
    return reason.strip()


def require_office(actor: User) -> None:
    if not actor.runs_the_cycle:
        raise NotAllowed(_("Only the secretariat records what was decided."))
