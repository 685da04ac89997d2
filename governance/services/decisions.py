"""Outcomes recorded item by item, then the closing: numbers, decisions and their effects, once."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.enums import (
    ACTING_OUTCOMES,
    MEETING_MOVES,
    TAKING_OUTCOMES,
    Effect,
    MeetingStatus,
    Outcome,
)
from governance.errors import ConditionsMissing, ItemsUndecided, OffTheAgenda
from governance.models import AgendaItem, Committee, Decision, Meeting
from governance.services import acting, actions
from governance.services.agenda import demand_secretariat, locked_meeting
from governance.services.corrections import correct, standing
from governance.services.quorum import moment_of, quorum_of
from governance.services.voting import apply_vote, conflicts_of
from partners.models import User
from smartport.bilingual import columns, first_written, texts
from smartport.errors import Refusal, Stale
from smartport.workflow import move


@transaction.atomic
def record_outcome(
    *,
    actor: User,
    item: AgendaItem,
    outcome: str,
    choices: Mapping[int, str] | None = None,
    revision: int | None = None,
    **fields: Any,
) -> AgendaItem:
    """Write down what was decided on an item, with the quorum as it is now; may be changed until closing.

    `fields`: wording, conditions, vote_mode, votes_for, votes_against, votes_abstain; at a roll call `choices`
    maps each seat's id to its VoteChoice. `revision` is the item's as it was last read: Stale when someone
    recorded it since. Raises OffTheAgenda, ConditionsMissing, VoteRefused.
    """
    demand_secretariat(actor)
    meeting = locked_meeting(item.meeting_id)
    if meeting.status not in TAKING_OUTCOMES:
        raise OffTheAgenda(
            _("Outcomes are recorded during the meeting or just after it."),
            remedy=_("Open the meeting first."),
        )
    current = AgendaItem.objects.select_for_update(of=["self"]).get(pk=item.pk)
    if revision is not None and revision != current.revision:
        raise Stale(
            _("Someone recorded this item while you were writing."),
            remedy=_("Compare the two and choose."),
            current=current,
        )
    for name, value in fields.items():
        setattr(current, name, value)
    current.outcome, current.recorded_by = Outcome(outcome), actor
    if outcome == Outcome.APPROVED_WITH_CONDITIONS and not current.conditions.strip():
        raise ConditionsMissing(
            _("Write the conditions of the approval."),
            remedy=_("Without any, it is approved."),
            field="conditions",
        )
    wording = first_written(texts(current, "wording"), texts(current, "proposed_decision"))
    for column, text in columns("wording", wording).items():
        setattr(current, column, text)
    if "vote_mode" in fields:
        apply_vote(
            meeting=meeting,
            item=current,
            moment=current.taken_at or moment_of(meeting),
            choices=choices or {},
        )
    current.taken_at = current.taken_at or moment_of(meeting)
    if not meeting.is_written:  # there, it was counted with the answers
        current.quorum = quorum_of(
            meeting, current.taken_at, conflicts=conflicts_of(current)
        ).as_json()
    current.revision += 1
    current.save()
    current.drafts.filter(author=actor).delete()
    return current


@transaction.atomic
def close_meeting(*, actor: User, meeting: Meeting) -> list[Decision]:
    """Number the decisions, let them act and open the actions, in one transaction; closing twice changes nothing.

    Numbers run without gaps by committee and year: the committee's row is locked while they are given.
    Raises ItemsUndecided, or what an effect refuses; `context["items"]` holds the items it is about.
    """
    demand_secretariat(actor)
    Committee.objects.select_for_update().get(pk=meeting.committee_id)
    meeting = locked_meeting(meeting.pk)
    if meeting.status == MeetingStatus.CLOSED:
        return list(meeting.decisions.order_by("number"))
    items = list(
        meeting.agenda.select_related(
            "series", "project", "agreement", "amendment", "corrects"
        ).order_by("position")
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
    decided = [_decide(actor, meeting, item) for item in items]
    actions.open_planned(meeting)
    return decided


def next_number(committee: Committee, year: int) -> int:
    """To be called with the committee's row locked."""
    last = committee.decisions.filter(year=year).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _decide(actor: User, meeting: Meeting, item: AgendaItem) -> Decision:
    """The numbered decision of an item, and what it does; a refusal names the item it comes from."""
    try:
        return _numbered(actor, meeting, item)
    except Refusal as refusal:
        refusal.context["items"] = [item]
        raise


def _numbered(actor: User, meeting: Meeting, item: AgendaItem) -> Decision:
    year = meeting.day.year
    acts = item.outcome in ACTING_OUTCOMES
    effect = Effect(item.effect) if acts else Effect.NONE
    corrected = standing(item.corrects) if acts and item.corrects else None
    title = texts(item, "title")
    before = (
        acting.found_by_correction(item, effect, corrected)
        if corrected
        else acting.found_by(item, effect)
    )
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
        amendment=item.amendment,
        effect=effect,
        votes_for=item.votes_for,
        votes_against=item.votes_against,
        votes_abstain=item.votes_abstain,
        quorum=item.quorum,
        is_public=not item.confidential,
        corrects=corrected,
        withdraws=bool(corrected and item.withdraws),
        before=before or None,
        recorded_by=actor,
    )
    if corrected:
        correct(actor, decision, corrected)
    elif acts:
        acting.act(actor, decision)
    return decision
