"""Who has replied, whom the summons did not reach, and the quorum these replies foretell; read only."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from governance.enums import MeetingStatus, Reply
from governance.models import Mandate, Meeting, Summons
from governance.models.quorum import Quorum
from governance.services.meetings import people_to_summon
from governance.services.quorum import weigh
from partners.enums import MessageState
from partners.models import Message

TOLD_BY = ("meeting_summons", "meeting_changed")
ASTRAY = (MessageState.FAILED, MessageState.UNCERTAIN)


@dataclass(frozen=True)
class Answer:
    """`astray`: the address refuses mail, or the last message about this meeting did not arrive.
    `ended`: no mandate covers the day any more. `in_vain`: the proxy goes to someone who will not come.
    """

    summons: Summons
    astray: bool = False
    ended: bool = False
    in_vain: bool = False


@dataclass(frozen=True)
class Replies:
    """`missing` hold a mandate that day and are not summoned."""

    answers: list[Answer]
    missing: list[Mandate] = field(default_factory=list)
    forecast: Quorum | None = None

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many gave each reply, in the order of the replies; those without one last."""
        given = Counter(answer.summons.reply for answer in self.answers)
        order = [*(reply for reply in Reply if reply != Reply.NONE), Reply.NONE]
        return [(str(reply.label), given[reply]) for reply in order if given[reply]]

    @property
    def replied(self) -> int:
        return sum(1 for answer in self.answers if answer.summons.reply != Reply.NONE)

    @property
    def to_settle(self) -> int:
        """What summoning again would mend."""
        return len(self.missing) + sum(1 for answer in self.answers if answer.ended)


def replies_to(meeting: Meeting) -> Replies:
    """Once the meeting has opened, only what was replied."""
    rows = list(
        meeting.summonses.select_related(
            "user", "seat__partner", "alternate", "proxy_holder", "replied_by"
        )
    )
    if meeting.status != MeetingStatus.SUMMONED:
        return Replies([Answer(row) for row in rows])
    mandates = people_to_summon(meeting)
    holding = {mandate.user_id for mandate in mandates}
    given: dict[int | None, Reply] = {row.user_id: Reply(row.reply) for row in rows}
    astray = _astray(rows)
    return Replies(
        answers=[
            Answer(
                row,
                astray=row.pk in astray or bool(row.user.address_failed_at),
                ended=row.user_id not in holding,
                in_vain=row.reply == Reply.PROXY and not _may_come(row.proxy_holder_id, given),
            )
            for row in rows
        ],
        missing=[mandate for mandate in mandates if mandate.user_id not in given],
        forecast=_forecast(meeting, rows, given),
    )


def _may_come(person: int | None, given: Mapping[int | None, Reply]) -> bool:
    """They said yes, or nothing yet."""
    return person in given and given[person] in {Reply.YES, Reply.NONE}


def _astray(rows: list[Summons]) -> set[int]:
    """The summonses whose newest message did not arrive, by id."""
    about = {f"summons:{row.pk}": row.pk for row in rows}
    told = Message.objects.filter(kind__in=TOLD_BY, obligation__in=about).order_by("pk")
    newest = dict(told.values_list("obligation", "state"))
    return {about[obligation] for obligation, state in newest.items() if state in ASTRAY}


def _forecast(meeting: Meeting, rows: list[Summons], given: Mapping[int | None, Reply]) -> Quorum:
    """If everyone does as they replied: seats present, and those whose proxy is held by someone present."""
    present, represented = set(), set()
    for row in rows:
        if row.seat is None:
            continue
        replaced = row.reply == Reply.ALTERNATE and _may_come(row.alternate_id, given)
        if row.reply == Reply.YES or replaced:
            present.add(row.seat.pk)
        elif row.reply == Reply.PROXY and given.get(row.proxy_holder_id) == Reply.YES:
            represented.add(row.seat.pk)
    return weigh(meeting, present=present, represented=represented - present)
