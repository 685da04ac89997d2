"""A decision is corrected or withdrawn only by a later one that names it: proposed here, decided at a meeting."""

from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.enums import Effect, ItemKind, MeetingStatus
from governance.errors import CorrectionRefused
from governance.models import AgendaItem, Decision, Meeting
from governance.querysets import DecisionQuerySet
from governance.services import acting, agenda
from partners.models import User
from partners.services import outbox
from partners.services.acting import MANAGERS, StillDue
from projects.services.notices import people_of
from smartport.bilingual import columns

WHY = gettext_lazy("Your organisation takes part in what was decided.")
OVER = (MeetingStatus.CLOSED, MeetingStatus.CANCELLED)


def standing(decision: Decision) -> Decision:
    """The decision itself, as it is now. Raises CorrectionRefused when a later one has replaced it."""
    later = Decision.objects.filter(corrects=decision).first()
    if later:
        raise CorrectionRefused(
            _("Decision %(number)s was replaced by decision %(later)s.")
            % {"number": decision.reference, "later": later.reference},
            remedy=_("Correct that one."),
            decision=later,
        )
    return Decision.objects.select_related("series", "project", "agreement", "amendment").get(
        pk=decision.pk
    )


def proposed(decision: Decision) -> AgendaItem | None:
    """The item, on the agenda of a meeting to come or going on, that is to correct or withdraw it."""
    return (
        AgendaItem.objects.filter(corrects=decision)
        .exclude(meeting__status__in=OVER)
        .select_related("meeting__committee")
        .first()
    )


@transaction.atomic
def propose(
    *,
    actor: User,
    decision: Decision,
    meeting: Meeting,
    withdraws: bool,
    title: dict[str, str],
    wording: dict[str, str],
    late_reason: str = "",
) -> AgendaItem:
    """Put it on the agenda that a decision be corrected, or withdrawn with what it changed.

    `title` and `wording` are by language. Raises CorrectionRefused, NotReversible, AgendaClosed.
    """
    agenda.demand_secretariat(actor)
    meeting = agenda.locked_meeting(meeting.pk)
    decision = standing(decision)
    if meeting.committee_id != decision.committee_id:
        raise CorrectionRefused(
            _("Only the committee that decided corrects its decision."),
            remedy=_("Choose a meeting of %(committee)s.") % {"committee": decision.committee},
            field="meeting",
        )
    if item := proposed(decision):
        raise CorrectionRefused(
            _("This is on the agenda of “%(meeting)s” already.") % {"meeting": item.meeting},
            remedy=_("Change the item there."),
            field="meeting",
        )
    if meeting.status == MeetingStatus.IN_SESSION and not late_reason.strip():
        raise CorrectionRefused(
            _("The meeting has begun: a new item is late, and the minutes say why."),
            field="late_reason",
        )
    if withdraws:
        acting.demand_reversible(decision)
    return agenda.add_item(
        actor=actor,
        meeting=meeting,
        late_reason=late_reason,
        kind=ItemKind.OTHER if withdraws else decision.kind,
        effect=Effect.WITHDRAW if withdraws else decision.item.effect,
        corrects=decision,
        withdraws=withdraws,
        series=decision.series,
        project=decision.project,
        agreement=decision.agreement,
        amendment=decision.amendment,
        confidential=not decision.is_public,
        **columns("title", title),
        **columns("proposed_decision", wording),
    )


def correct(actor: User, decision: Decision, corrected: Decision) -> None:
    """Let a decision take the place of the one it names; called once, when the meeting closes.

    Withdrawing gives back what was changed. Correcting keeps what is in force, and applies the effect where
    the decision corrected had none; reference dates are taken again.
    """
    if decision.withdraws:
        acting.undo(actor, corrected, reason=f"{decision.reference}: {decision.text}")
    elif corrected.effect == Effect.NONE or decision.effect == Effect.REBASELINE_PROJECT:
        acting.act(actor, decision)
    _tell(decision, corrected)


def _tell(decision: Decision, corrected: Decision) -> None:
    """Those whose organisations the corrected decision concerned."""
    if not decision.is_public:
        return
    concerned = {partner for _pk, partner in _concerned(Decision.objects.filter(pk=corrected.pk))}
    for people in people_of(concerned, managers=True).values():
        for person in people:
            outbox.queue(
                kind="decision_corrected",
                recipient=person,
                obligation=f"decision:{corrected.pk}",
                step=str(decision.pk),
                context={"corrected": corrected, "later": decision},
                url_name="governance:decision_detail",
                url_args=[decision.committee.slug, decision.reference],
                why=WHY,
            )


# From a decision to the organisations that lead its projects, or are parties to its agreement.
CONCERNED = ("series__projects__lead", "project__lead", "agreement__parties__partner")


def _concerned(decisions: DecisionQuerySet) -> Iterator[tuple[int, int]]:
    """Each decision with each organisation it concerns."""
    for way in CONCERNED:
        found = decisions.filter(**{f"{way}__isnull": False}).order_by()
        yield from found.values_list("pk", way).distinct()


def _still_corrected(numbers: set[int]) -> Iterator[tuple[int, int]]:
    return _concerned(Decision.objects.filter(pk__in=numbers, corrected_by__is_public=True))


still_concerned = StillDue("decision:", _still_corrected, whose=MANAGERS)
