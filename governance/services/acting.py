"""What decisions do to the portfolio, what they find there, and what withdrawing them gives back."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from governance.enums import Effect, MinutesStatus
from governance.errors import MinutesNotReady, SubjectMissing
from governance.models import AgendaItem, Decision, Minutes
from governance.services.rules import minutes_warning
from partners.models import User
from projects.enums import ProjectStatus
from projects.models import Amendment, FundingAgreement, Project, ProjectSeries
from projects.services import effects, reversals
from projects.services.reversals import NotReversible

Subject = TypeVar("Subject", ProjectSeries, Project, FundingAgreement, Amendment)
Before = dict[str, Any]

LEADS_TO = {
    Effect.SUSPEND_PROJECT: ProjectStatus.SUSPENDED,
    Effect.RESUME_PROJECT: ProjectStatus.IN_PROGRESS,
    Effect.COMPLETE_PROJECT: ProjectStatus.COMPLETED,
    Effect.CANCEL_PROJECT: ProjectStatus.CANCELLED,
}


def act(actor: User, decision: Decision) -> None:
    """Apply its effect, in the caller's transaction."""
    _ACTS[Effect(decision.effect)](actor, decision)


def found_by(item: AgendaItem, effect: Effect) -> Before:
    """What the effect is about to change, so that it can be given back."""
    if effect == Effect.APPROVE_SERIES and item.series:
        proposed = item.series.projects.filter(status=ProjectStatus.PROPOSED)
        return {"projects": list(proposed.order_by("pk").values_list("pk", flat=True))}
    if effect in LEADS_TO and item.project:
        project = Project.objects.select_for_update().get(pk=item.project.pk)
        return {"status": project.status, "since": _iso(project.status_since)}
    if effect == Effect.REBASELINE_PROJECT and item.project:
        milestones = item.project.milestones.filter(actual_on=None, forecast_on__isnull=False)
        return {"baselines": {str(one.pk): _iso(one.baseline_on) for one in milestones}}
    return {}


def found_by_correction(item: AgendaItem, effect: Effect, corrected: Decision) -> Before:
    """What withdrawing the correction would give back: as a rule, what the corrected decision found."""
    if corrected.effect == Effect.NONE:
        return found_by(item, effect)
    kept = corrected.before or {}
    if effect == Effect.REBASELINE_PROJECT:
        newly = found_by(item, effect)["baselines"]
        return {"baselines": newly | kept.get("baselines", {})}
    return kept


def demand_reversible(decision: Decision) -> None:
    """Raises NotReversible where no later decision could ever undo this one."""
    if decision.effect == Effect.APPROVE_MINUTES:
        raise NotReversible(
            _("Approved minutes never change."),
            remedy=_("Put what is wrong in them on the agenda, and decide on it."),
        )
    if decision.effect == Effect.WITHDRAW:
        raise NotReversible(
            _("What was withdrawn does not come back by itself."), remedy=_("Decide it anew.")
        )
    if decision.before is None and decision.effect in {*LEADS_TO, Effect.REBASELINE_PROJECT}:
        raise NotReversible(
            _("What this decision changed was not kept."), remedy=_("Decide the new state instead.")
        )


def undo(actor: User, decision: Decision, *, reason: str) -> None:
    """Give back what the decision changed, in the caller's transaction. Raises NotReversible."""
    demand_reversible(decision)
    effect, before = Effect(decision.effect), decision.before or {}
    if effect == Effect.APPROVE_SERIES:
        series = _named(decision.series, ProjectSeries)
        same_day = series.projects.filter(approved_on=decision.decided_on)
        projects = before.get("projects", list(same_day.values_list("pk", flat=True)))
        reversals.unapprove_series(actor=actor, series=series, projects=projects, reason=reason)
    elif effect == Effect.APPROVE_AGREEMENT:
        agreement = _named(decision.agreement, FundingAgreement)
        reversals.reopen_agreement(actor=actor, agreement=agreement, reason=reason)
    elif effect == Effect.APPROVE_AMENDMENT:
        amendment = _named(decision.amendment, Amendment)
        reversals.reopen_amendment(actor=actor, amendment=amendment, reason=reason)
    elif effect in LEADS_TO:
        reversals.give_back_status(
            actor=actor,
            project=_named(decision.project, Project),
            left=LEADS_TO[effect],
            status=before["status"],
            since=_day(before["since"]),
            reason=reason,
        )
    elif effect == Effect.REBASELINE_PROJECT:
        reversals.give_back_baselines(
            actor=actor,
            project=_named(decision.project, Project),
            baselines={int(pk): _day(day) for pk, day in before["baselines"].items()},
            reason=reason,
        )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _named(subject: Subject | None, kind: type[Subject]) -> Subject:
    """What the decision is about; the database demands it for each effect."""
    if subject is None:
        raise SubjectMissing(_("Say what is to be approved."), field=kind._meta.model_name)
    return subject


def _approve_series(actor: User, decision: Decision) -> None:
    effects.approve_series(
        actor=actor, series=_named(decision.series, ProjectSeries), on=decision.decided_on
    )


def _approve_agreement(actor: User, decision: Decision) -> None:
    effects.approve_agreement(
        actor=actor, agreement=_named(decision.agreement, FundingAgreement), on=decision.decided_on
    )


def _approve_amendment(actor: User, decision: Decision) -> None:
    effects.approve_amendment(
        actor=actor, amendment=_named(decision.amendment, Amendment), on=decision.decided_on
    )


def _approve_minutes(actor: User, decision: Decision) -> None:
    """The minutes of the meeting before, once circulated; approved already, they stay as they are."""
    if refused := minutes_warning(decision.meeting):
        raise MinutesNotReady(
            refused, remedy=_("Circulate them, then close again; or record this item as postponed.")
        )
    Minutes.objects.filter(
        meeting=decision.meeting.previous_id, status=MinutesStatus.CIRCULATED
    ).update(status=MinutesStatus.APPROVED, approved_on=decision.decided_on, approved_by=decision)


def _suspend(actor: User, decision: Decision) -> None:
    effects.suspend(
        actor=actor,
        project=_named(decision.project, Project),
        on=decision.decided_on,
        reason=decision.text,
    )


def _resume(actor: User, decision: Decision) -> None:
    effects.resume(actor=actor, project=_named(decision.project, Project), on=decision.decided_on)


def _complete(actor: User, decision: Decision) -> None:
    effects.complete(actor=actor, project=_named(decision.project, Project), on=decision.decided_on)


def _cancel(actor: User, decision: Decision) -> None:
    effects.cancel(
        actor=actor,
        project=_named(decision.project, Project),
        on=decision.decided_on,
        reason=decision.text,
    )


def _rebaseline(actor: User, decision: Decision) -> None:
    """The forecasts of the milestones not yet reached become their baselines."""
    project = _named(decision.project, Project)
    for milestone in project.milestones.filter(actual_on=None):
        if milestone.forecast_on:
            effects.rebaseline(
                actor=actor,
                milestone=milestone,
                baseline_on=milestone.forecast_on,
                reason=f"{decision.reference}: {decision.text}",
            )


_ACTS: dict[Effect, Callable[[User, Decision], None]] = {
    Effect.NONE: lambda actor, decision: None,
    Effect.APPROVE_MINUTES: _approve_minutes,
    Effect.APPROVE_SERIES: _approve_series,
    Effect.APPROVE_AGREEMENT: _approve_agreement,
    Effect.APPROVE_AMENDMENT: _approve_amendment,
    Effect.SUSPEND_PROJECT: _suspend,
    Effect.RESUME_PROJECT: _resume,
    Effect.COMPLETE_PROJECT: _complete,
    Effect.CANCEL_PROJECT: _cancel,
    Effect.REBASELINE_PROJECT: _rebaseline,
    Effect.WITHDRAW: lambda actor, decision: None,
}
