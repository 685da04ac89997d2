"""What withdrawing a decision gives back to the portfolio: each verb undoes one of `effects`, or says why it cannot.

Nothing is undone that others have built upon: a project that began, an agreement someone signed, a state
that a later decision changed.
"""

from collections.abc import Collection, Mapping
from datetime import date

import pghistory
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from partners.models import User
from projects.enums import AgreementStatus, ProjectStatus, SeriesStatus, SignatureState
from projects.models import (
    AgreementParty,
    Amendment,
    FundingAgreement,
    Milestone,
    ProgressReport,
    Project,
    ProjectSeries,
)
from projects.services.effects import require_office
from smartport.errors import Refusal


class NotReversible(Refusal):
    """What the decision did cannot be undone any more."""

    code = "not_reversible"


@transaction.atomic
def unapprove_series(
    *, actor: User, series: ProjectSeries, projects: Collection[int], reason: str
) -> list[Project]:
    """The series waits for a decision again, and `projects` (ids) with it; the public sees them no more."""
    require_office(actor)
    series = ProjectSeries.objects.select_for_update().get(pk=series.pk)
    if series.status != SeriesStatus.APPROVED:
        raise _changed_since(series)
    approved = list(
        Project.objects.select_for_update(of=("self",))
        .filter(series=series, approved_on__isnull=False)
        .order_by("code")
    )
    written = set(
        ProgressReport.objects.filter(project__in=approved)
        .exclude(status="open")
        .values_list("project", flat=True)
    )
    for project in approved:
        begun = project.status != ProjectStatus.APPROVED or project.pk in written
        if begun or project.pk not in projects:
            raise NotReversible(
                _("“%(project)s” has begun under this approval.") % {"project": project},
                remedy=_("Suspend or cancel the projects by a decision on each instead."),
            )
    with pghistory.context(reason=reason):
        series.status, series.approved_on = SeriesStatus.SUBMITTED, None
        series.save()
        for project in approved:
            project.status, project.approved_on = ProjectStatus.PROPOSED, None
            project.status_since = None
            project.save()
        Milestone.objects.filter(project__in=approved).update(baseline_frozen_on=None)
    return approved


@transaction.atomic
def reopen_agreement(*, actor: User, agreement: FundingAgreement, reason: str) -> FundingAgreement:
    """A draft again; those whose signature was awaited are awaited no more."""
    require_office(actor)
    agreement = FundingAgreement.objects.select_for_update().get(pk=agreement.pk)
    if agreement.status != AgreementStatus.SIGNING:
        raise _changed_since(agreement)
    _demand_unsigned(agreement, agreement.parties.all())
    opened = agreement.amendments.exclude(status=AgreementStatus.DRAFT).order_by("number").first()
    if opened:
        raise NotReversible(
            _("Amendment %(number)s to it was opened for signature since.")
            % {"number": opened.number},
            remedy=_("Withdraw the decision on that amendment first."),
        )
    with pghistory.context(reason=reason):
        agreement.status = AgreementStatus.DRAFT
        agreement.approved_on = agreement.opened_for_signature_on = None
        agreement.save()
        _await_no_more(agreement.parties.filter(amendment=None))
    return agreement


@transaction.atomic
def reopen_amendment(*, actor: User, amendment: Amendment, reason: str) -> Amendment:
    """A draft again; those whose signature was awaited are awaited no more."""
    require_office(actor)
    FundingAgreement.objects.select_for_update().get(pk=amendment.agreement_id)
    amendment = Amendment.objects.select_for_update().get(pk=amendment.pk)
    if amendment.status != AgreementStatus.SIGNING:
        raise _changed_since(amendment)
    _demand_unsigned(amendment, amendment.parties.all())
    with pghistory.context(reason=reason):
        amendment.status, amendment.approved_on = AgreementStatus.DRAFT, None
        amendment.save()
        _await_no_more(amendment.parties.all())
    return amendment


def _demand_unsigned(
    subject: FundingAgreement | Amendment, parties: QuerySet[AgreementParty]
) -> None:
    signed = parties.filter(signature=SignatureState.SIGNED).select_related("partner")
    if party := signed.order_by("position").first():
        raise NotReversible(
            _("%(partner)s has signed “%(agreement)s”.")
            % {"partner": party.partner, "agreement": subject},
            remedy=_("Amend or terminate the agreement instead."),
        )


def _await_no_more(parties: QuerySet[AgreementParty]) -> None:
    parties.filter(signature=SignatureState.WAITING).update(
        signature=SignatureState.NOT_ASKED, waiting_since=None
    )


@transaction.atomic
def give_back_status(
    *, actor: User, project: Project, left: str, status: str, since: date | None, reason: str
) -> Project:
    """The project is in `status` again, as before a decision brought it to `left`."""
    require_office(actor)
    project = Project.objects.select_for_update().get(pk=project.pk)
    if project.status != left:
        raise _changed_since(project)
    project.status, project.status_since = status, since
    with pghistory.context(reason=reason):
        project.save()
    return project


@transaction.atomic
def give_back_baselines(
    *, actor: User, project: Project, baselines: Mapping[int, date | None], reason: str
) -> None:
    """The reference dates are those of before; the dates withdrawn stay in the history."""
    require_office(actor)
    milestones = Milestone.objects.select_for_update().filter(project=project, pk__in=baselines)
    with pghistory.context(reason=reason):
        for milestone in milestones.order_by("pk"):
            milestone.baseline_on = baselines[milestone.pk]
            milestone.baseline_version += 1
            milestone.save(update_fields=["baseline_on", "baseline_version"])


def _changed_since(
    subject: ProjectSeries | FundingAgreement | Amendment | Project,
) -> NotReversible:
    state = str(subject.get_status_display()).lower()
    return NotReversible(
        _("“%(object)s” is %(state)s by now: another decision changed it since.")
        % {"object": subject, "state": state},
        remedy=_("Withdraw that one first, or decide the new state."),
    )
