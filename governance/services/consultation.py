"""A written consultation: each voting seat answers item by item before a deadline; the answers become the votes."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from governance.enums import (
    MEETING_MOVES,
    Capacity,
    MeetingKind,
    MeetingStatus,
    Outcome,
    SeatKind,
    VoteChoice,
    VoteMode,
)
from governance.errors import AnswersRunning, DeadlineMissing, MandateExpired, RepliesClosed
from governance.models import (
    AgendaItem,
    ConflictOfInterest,
    Mandate,
    Meeting,
    Seat,
    Summons,
    Vote,
)
from governance.models.quorum import Quorum
from governance.services.agenda import demand_secretariat, locked_meeting
from governance.services.quorum import voting_seats, weigh
from governance.services.voting import COUNTS
from partners.models import User
from partners.services import outbox
from partners.services.acting import Pairs, numbers_in
from smartport import dates
from smartport.bilingual import columns, first_written, texts
from smartport.messages import Notice
from smartport.workflow import move

WHY = gettext_lazy("You hold a mandate in this committee.")
SPEAKS = (Capacity.CHAIR, Capacity.TITULAR, Capacity.ALTERNATE)


@dataclass(frozen=True)
class Count:
    """How one item stands: seats by choice, the quorum of those who answered, what the majority says."""

    item: AgendaItem
    votes: list[Vote]
    quorum: Quorum
    outcome: str

    @property
    def by_choice(self) -> list[tuple[str, int]]:
        given = Counter(vote.choice for vote in self.votes)
        return [(str(choice.label), given[choice]) for choice in VoteChoice if given[choice]]

    @property
    def majority(self) -> str:
        if not self.quorum.reached:
            return _("No quorum yet.")
        if self.outcome == Outcome.APPROVED:
            return _("A majority is for.")
        if self.outcome == Outcome.REJECTED:
            return _("A majority is against.")
        return _("No majority: the committee decides nothing yet.")


def seats_answering(user: User, meeting: Meeting) -> list[Seat]:
    """The voting seats this person answers for today: chair, titular, or the alternate."""
    if not user.is_authenticated or not meeting.is_written:
        return []
    mandates = Mandate.objects.active().filter(
        user=user, seat__committee=meeting.committee_id, capacity__in=SPEAKS
    )
    return list(
        Seat.objects.held_on(timezone.localdate())
        .filter(kind=SeatKind.VOTING, pk__in=mandates.values("seat"))
        .select_related("partner")
        .order_by("position", "pk")
    )


def takes_answers(meeting: Meeting) -> bool:
    return (
        meeting.is_written
        and meeting.status == MeetingStatus.SUMMONED
        and meeting.answers_due_on is not None
        and timezone.localdate() <= meeting.answers_due_on
    )


def demand_sendable(meeting: Meeting) -> None:
    """Raises DeadlineMissing where there is nothing to answer, or no day left to do it."""
    if meeting.answers_due_on is None or meeting.answers_due_on < timezone.localdate():
        raise DeadlineMissing(
            _("The last day for answers is past."),
            remedy=_("Change it, then send the consultation."),
            field="day",
        )
    if not meeting.agenda.exists():
        raise DeadlineMissing(
            _("There is nothing to answer yet."), remedy=_("Put an item on the agenda first.")
        )


def tell_opened(meeting: Meeting, summonses: list[Summons]) -> None:
    for summons in summonses:
        outbox.queue(
            kind="consultation_opened",
            recipient=summons.user,
            obligation=f"consultation:{summons.pk}",
            context={"meeting": meeting},
            url_name="governance:meeting_detail",
            url_args=[meeting.code],
            why=WHY,
        )


@transaction.atomic
def answer(
    *, actor: User, meeting: Meeting, seat: Seat, answers: Mapping[int, tuple[str, str]]
) -> None:
    """`answers`: by item id, the VoteChoice and a comment; they can be changed until the last day.

    Raises RepliesClosed after it, MandateExpired for someone who does not speak for the seat today.
    """
    meeting = locked_meeting(meeting.pk)
    if not takes_answers(meeting):
        raise RepliesClosed(
            _("Answers are no longer taken: the last day was %(day)s.")
            % {"day": dates.day(meeting.answers_due_on or meeting.day)},
            remedy=_("Write to the secretariat."),
        )
    if seat not in seats_answering(actor, meeting):
        raise MandateExpired(
            _("You hold no mandate that answers for %(seat)s today.") % {"seat": seat},
            remedy=_("The secretariat records new mandates."),
        )
    items = {item.pk: item for item in meeting.agenda.all()}
    for pk, (choice, comment) in answers.items():
        Vote.objects.update_or_create(
            item=items[pk],
            seat=seat,
            defaults={
                "choice": choice,
                "comment": comment,
                "cast_by": actor,
                "at": timezone.now(),
            },
        )


def answers_of(seat: Seat, meeting: Meeting) -> dict[int, Vote]:
    return {vote.item_id: vote for vote in Vote.objects.filter(seat=seat, item__meeting=meeting)}


def counts_of(meeting: Meeting) -> list[Count]:
    items = meeting.agenda.prefetch_related("votes__seat__partner").order_by("position")
    return [_count(meeting, item) for item in items]


def _count(meeting: Meeting, item: AgendaItem) -> Count:
    votes = list(item.votes.all())
    answered = {vote.seat_id for vote in votes}
    conflicts = [vote.seat for vote in votes if vote.choice == VoteChoice.CONFLICT]
    quorum = weigh(meeting, present=answered, represented=set(), conflicts=conflicts)
    given = Counter(vote.choice for vote in votes)
    pro, con = given[VoteChoice.FOR], given[VoteChoice.AGAINST]
    outcome = ""
    if quorum.reached and pro != con:
        outcome = Outcome.APPROVED if pro > con else Outcome.REJECTED
    return Count(item, votes, quorum, outcome)


def silent_seats(meeting: Meeting) -> list[Seat]:
    """Voting seats that have not answered every item."""
    items = meeting.agenda.count()
    given = Counter(Vote.objects.filter(item__meeting=meeting).values_list("seat", flat=True))
    return [seat for seat in voting_seats(meeting) if given[seat.pk] < items]


@transaction.atomic
def count(*, actor: User, meeting: Meeting) -> Meeting:
    """End the consultation: its answers become the votes, and the majority of each item its outcome.

    Where there is no quorum or no majority the outcome stays open; the secretariat may change any before closing.
    Raises AnswersRunning before the last day is over, unless every voting seat has answered everything.
    """
    demand_secretariat(actor)
    meeting = locked_meeting(meeting.pk)
    if meeting.status == MeetingStatus.HELD:
        return meeting
    today, silent = timezone.localdate(), silent_seats(meeting)
    if silent and takes_answers(meeting):
        raise AnswersRunning(
            ngettext(
                "%(n)s seat has not answered, and answers are taken until %(day)s.",
                "%(n)s seats have not answered, and answers are taken until %(day)s.",
                len(silent),
            )
            % {"n": len(silent), "day": dates.day(meeting.answers_due_on or meeting.day)},
            remedy=_("Wait for them, or bring the last day forward."),
        )
    counts = counts_of(meeting)
    move(meeting, MEETING_MOVES, MeetingStatus.HELD)
    meeting.held_at = timezone.now()
    if meeting.day > today:  # everybody answered early: what is decided is dated today
        meeting.starts_at, meeting.answers_due_on = meeting.held_at, today
    meeting.save()
    for counted in counts:
        _take(meeting, counted)
    return meeting


def _take(meeting: Meeting, counted: Count) -> None:
    item = counted.item
    given = Counter(vote.choice for vote in counted.votes)
    for choice, column in COUNTS.items():
        setattr(item, column, given[choice])
    item.vote_mode, item.taken_at = VoteMode.ROLL_CALL, meeting.held_at
    item.quorum, item.outcome = counted.quorum.as_json(), counted.outcome
    wording = first_written(texts(item, "wording"), texts(item, "proposed_decision"))
    for column, text in columns("wording", wording).items():
        setattr(item, column, text)
    item.revision += 1
    item.save()
    for vote in counted.votes:
        if vote.choice == VoteChoice.CONFLICT:
            ConflictOfInterest.objects.get_or_create(
                item=item, seat=vote.seat, defaults={"reason": vote.comment[:300]}
            )


def unanswered() -> QuerySet[Summons]:
    """People summoned to a consultation that still takes answers, whose seat has given none."""
    given = Vote.objects.filter(item__meeting=OuterRef("meeting"), seat=OuterRef("seat"))
    return Summons.objects.filter(
        ~Exists(given),
        seat__kind=SeatKind.VOTING,
        capacity__in=SPEAKS,
        meeting__kind=MeetingKind.WRITTEN,
        meeting__status=MeetingStatus.SUMMONED,
        meeting__answers_due_on__gte=timezone.localdate(),
    )


def answers_to_remind(day: date) -> Iterator[Notice]:
    waiting = (
        unanswered()
        .filter(
            meeting__answers_due_on__gte=day, meeting__answers_due_on__lte=day + timedelta(days=7)
        )
        .select_related("meeting__committee", "user")
        .order_by("meeting__answers_due_on", "pk")
    )
    for summons in waiting.iterator(500):
        yield Notice(
            obligation=f"answer:{summons.pk}",
            recipients=[summons.user],
            due_on=summons.meeting.day,
            context={"meeting": summons.meeting},
            url_name="governance:consultation_answer",
            url_args=[summons.meeting.code],
            why=WHY,
        )


def answers_still_due(pairs: Pairs) -> Pairs:
    named = numbers_in("answer:", pairs)
    waiting = set(unanswered().filter(pk__in=named.values()).values_list("pk", flat=True))
    return {pair for pair in pairs if named.get(pair[1]) in waiting}


def still_open(pairs: Pairs) -> Pairs:
    """For those who are still asked: the consultation was not cancelled, nor its last day passed."""
    named = numbers_in("consultation:", pairs)
    asked = Summons.objects.filter(
        pk__in=named.values(),
        meeting__status=MeetingStatus.SUMMONED,
        meeting__answers_due_on__gte=timezone.localdate(),
    )
    people = dict(asked.values_list("pk", "user"))
    return {(person, about) for person, about in pairs if people.get(named.get(about, 0)) == person}
