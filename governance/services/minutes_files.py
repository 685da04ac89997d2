"""The PDF and the Word file of minutes, dated by what they show: the same text and data give the same bytes."""

from collections.abc import Callable

from django.utils import timezone
from django.utils.text import slugify

from governance.enums import MinutesStatus
from governance.models import Minutes
from governance.services.minutes_view import view_of
from governance.typesetting.minutes import as_pdf, as_word

MAKERS: dict[str, Callable[..., bytes]] = {"pdf": as_pdf, "docx": as_word}


def file_of(minutes: Minutes, ending: str) -> tuple[str, bytes]:
    """Its name and its bytes; `ending` is `pdf` or `docx`."""
    view = view_of(minutes)
    made_at = minutes.circulated_at or minutes.meeting.closed_at or timezone.now()
    draft = "" if minutes.status == MinutesStatus.APPROVED else f"-{minutes.revision}"
    name = f"{slugify(view['labels']['minutes'])}-{minutes.meeting.code}{draft}.{ending}"
    return name, MAKERS[ending](view, timezone.localtime(made_at))
