"""Letters as they go out, read back from their bytes."""

from email import message_from_bytes, policy
from email.message import EmailMessage

from icalendar import Calendar

from partners.models import Message
from partners.services.sending import as_mail


def letter_of(message: Message) -> EmailMessage:
    return message_from_bytes(as_mail(message).message().as_bytes(), policy=policy.default)


def calendar_of(message: Message) -> tuple[EmailMessage, bytes]:
    """The part that mail programs show as an event, and its content."""
    part = next(p for p in letter_of(message).walk() if p.get_content_type() == "text/calendar")
    return part, part.get_payload(decode=True)


def event_of(message: Message):
    part, content = calendar_of(message)
    calendar = Calendar.from_ical(content)
    return part, calendar, next(iter(calendar.walk("VEVENT")))
