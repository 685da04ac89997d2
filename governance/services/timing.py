"""When each item of an agenda is expected: the durations added up from the hour the meeting begins."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from governance.models import AgendaItem, Meeting


def times_of(meeting: Meeting, agenda: Sequence[AgendaItem]) -> list[datetime | None]:
    """One moment per item; none where the hour of the meeting is unknown.

    `agenda` is what the reader sees: a confidential item left out still takes its time.
    """
    if not meeting.time_known or meeting.is_written:
        return [None for _item in agenda]
    durations = dict(meeting.agenda.values_list("position", "minutes"))
    return [
        meeting.starts_at
        + timedelta(minutes=sum(durations[place] for place in durations if place < item.position))
        for item in agenda
    ]


def overrun(meeting: Meeting, agenda: Sequence[AgendaItem]) -> int:
    """Minutes by which the agenda goes past the end of the meeting; 0 when it fits or no end is set."""
    if not meeting.time_known or meeting.ends_at is None:
        return 0
    planned = timedelta(minutes=sum(item.minutes for item in agenda))
    return max(int((meeting.starts_at + planned - meeting.ends_at).total_seconds() // 60), 0)
