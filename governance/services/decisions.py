"""Outcomes recorded item by item, then the closing: numbers, decisions and their effects, once."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.enums import (
    ACTING_OUTCOMES,
    MEETING_MOVES,
    Effect,
    MeetingStatus,
    MinutesStatus,
    Outcome,
)
from governance.errors import ItemsUndecided, OffTheAgenda, SubjectMissing
from governance.models import AgendaItem, Committee, Decision, Meeting, Minutes
from governance.services.agenda import demand_secretariat, locked_meeting
from governance.services.quorum import moment_of, quorum_of
from governance.services.voting import apply_vote
from partners.models import User
from projects.models import FundingAgreement, Project, ProjectSeries
from projects.services import effects
from smartport.bilingual import columns, first_written, texts
from smartport.workflow import move

Subject = TypeVar("Subject", ProjectSeries, Project, FundingAgreement)

TAKING = frozenset({MeetingStatus.IN_SESSION, MeetingStatus.HELD})


@transaction.atomic
def record_outcome(
    *,
    actor: User,
    item: AgendaItem,
    outcome: str,
    choices: Mapping[int, str] | None = None,
    **fields: Any,
) -> AgendaItem:
    """Write down what was decided on an item, with the quorum as it is now; may be changed until closing.

    `fields`: wording, conditions, vote_mode, votes_for, votes_against, votes_abstain; at a roll call `choices`
    maps each seat's id to its VoteChoice. Raises OffTheAgenda, VoteRefused.
    """
    demand_secretariat(actor)
    meeting = locked_meeting(item.meeting_id)
    if meeting.status not in TAKING:
        raise OffTheAgenda(
            _("Outcomes are recorded during the meeting or just after it."),
            remedy=_("Open the meeting first."),
        )
    current = AgendaItem.objects.select_for_update(of=["self"]).get(pk=item.pk)
    for name, value in fields.items():
        setattr(current, name, value)
    current.outcome = Outcome(outcome)
    wording = first_written(texts(current, "wording"), texts(current, "proposed_decision"))
    for column, text in columns("wording", wording).items():
        setattr(current, column, text)
    if "vote_mode" in fields:
        apply_vote(
            actor=actor,
            meeting=meeting,
            item=current,
            moment=current.taken_at or moment_of(meeting),
            choices=choices or {},
        )
    if current.taken_at is None:
        current.taken_at = moment_of(meeting)
        current.quorum = quorum_of(meeting, current.taken_at).as_json()
    current.revision += 1
    current.save()
    return current


@transaction.atomic
def close_meeting(*, actor: User, meeting: Meeting) -> list[Decision]:
    """Number the decisions and let them act, all in one transaction; closing twice changes nothing.

    Numbers run without gaps by committee and year: the committee's row is locked while they are given.
    Raises ItemsUndecided, which lists the items without an outcome.
    """
    demand_secretariat(actor)
    Committee.objects.select_for_update().get(pk=meeting.committee_id)
    meeting = locked_meeting(meeting.pk)
    if meeting.status == MeetingStatus.CLOSED:
        return list(meeting.decisions.order_by("number"))
    items = list(
        meeting.agenda.select_related("series", "project", "agreement").order_by("position")
    )
    if undecided := [item for item in items if not item.outcome]:
        raise ItemsUndecided(
            _("The meeting cannot be closed: no outcome yet for %(items)s.")
            % {"items": ", ".join(str(item) for item in undecided)},
            remedy=_("Record their outcome, “postponed” if need be, then close again."),
            items=undecided,
        )
    now = timezone.now()
    if meeting.status == MeetingStatus.IN_SESSION:
        move(meeting, MEETING_MOVES, MeetingStatus.HELD)
        meeting.held_at = now
        meeting.attendances.filter(left_at__isnull=True).update(left_at=now)
    move(meeting, MEETING_MOVES, MeetingStatus.CLOSED)
    meeting.closed_at, meeting.closed_by = now, actor
    meeting.save()
    return [_decide(actor, meeting, item) for item in items]


def next_number(committee: Committee, year: int) -> int:
    """To be called with the committee's row locked."""
    last = committee.decisions.filter(year=year).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _decide(actor: User, meeting: Meeting, item: AgendaItem) -> Decision:
    year = meeting.day.year
    acts = item.outcome in ACTING_OUTCOMES
    title = texts(item, "title")
    decision = Decision.objects.create(
        committee=meeting.committee,
        year=year,
        number=next_number(meeting.committee, year),
        meeting=meeting,
        item=item,
        kind=item.kind,
        outcome=item.outcome,
        **columns("title", title),
        **columns("text", first_written(texts(item, "wording"), title)),
        conditions=item.conditions,
        decided_on=meeting.day,
        series=item.series,
        project=item.project,
        agreement=item.agreement,
        effect=item.effect if acts else Effect.NONE,
        votes_for=item.votes_for,
        votes_against=item.votes_against,
        votes_abstain=item.votes_abstain,
        quorum=item.quorum,
        is_public=not item.confidential,
        corrects=item.corrects,
        withdraws=item.withdraws,
        recorded_by=actor,
    )
    if acts:
        EFFECTS[Effect(item.effect)](actor, decision)
    return decision


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


def _approve_minutes(actor: User, decision: Decision) -> None:
    """Approves the minutes of the meeting before, if they were circulated."""
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


EFFECTS: dict[Effect, Callable[[User, Decision], None]] = {
    Effect.NONE: lambda actor, decision: None,
    Effect.APPROVE_MINUTES: _approve_minutes,
    Effect.APPROVE_SERIES: _approve_series,
    Effect.APPROVE_AGREEMENT: _approve_agreement,
    Effect.SUSPEND_PROJECT: _suspend,
    Effect.RESUME_PROJECT: _resume,
    Effect.COMPLETE_PROJECT: _complete,
    Effect.CANCEL_PROJECT: _cancel,
    Effect.REBASELINE_PROJECT: _rebaseline,
}
