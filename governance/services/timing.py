"""When each item of an agenda is expected: the durations added up from the hour the meeting begins."""

from collections.abc import Sequence
from datetime import timedelta

from governance.models import AgendaItem, Meeting


def set_times(meeting: Meeting, agenda: Sequence[AgendaItem]) -> None:
    """Give each item `expected_at`; none where the hour is unknown or the items are not all there.

    `agenda` is what the reader sees: a confidential item left out still takes its time.
    """
    moment = meeting.starts_at if meeting.time_known and not meeting.is_written else None
    durations = dict(meeting.agenda.values_list("position", "minutes"))
    for item in agenda:
        before = sum(minutes for place, minutes in durations.items() if place < item.position)
        item.expected_at = moment + timedelta(minutes=before) if moment else None


def overrun(meeting: Meeting, agenda: Sequence[AgendaItem]) -> int:
    """Minutes by which the agenda goes past the end of the meeting; 0 when it fits or no end is set."""
    if not meeting.time_known or meeting.ends_at is None:
        return 0
    planned = timedelta(minutes=sum(item.minutes for item in agenda))
    return max(int((meeting.starts_at + planned - meeting.ends_at).total_seconds() // 60), 0)
