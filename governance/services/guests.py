"""People at a meeting without a mandate: they sign the attendance sheet and stand in the minutes, and never count."""

from collections.abc import Iterator

from governance.models import Meeting


def guests_of(meeting: Meeting) -> Iterator[tuple[str, str]]:
    """Name and organisation of each, the latter as far as it was written."""
    for line in meeting.guests.splitlines():
        name, _comma, partner = line.partition(",")
        if name.strip():
            yield name.strip(), partner.strip()
