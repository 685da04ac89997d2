"""A meeting as calendars take it (RFC 5545, RFC 5546): one stable UID, a sequence that grows with each change."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from governance.enums import Reply
from governance.models import Meeting, Summons
from partners.models import User

USUAL_LENGTH = timedelta(hours=2)
REQUEST, CANCEL = "REQUEST", "CANCEL"
ANSWERED = {Reply.NONE: "NEEDS-ACTION", Reply.YES: "ACCEPTED"}


def uid_of(meeting: Meeting) -> str:
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"meeting-{meeting.pk}@{host}"


def invitation(meeting: Meeting, summons: Summons, method: str) -> dict[str, str]:
    """The attachment of a summons in the language of the moment, as the outbox keeps it.

    `method` is REQUEST for a summons or a change (the same UID with a higher SEQUENCE replaces the event), CANCEL
    when the meeting is cancelled or the person no longer summoned. No other person's address is in it.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Smart Port//portal//FR")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(_event(meeting, summons, method))
    return {
        "name": "meeting.ics",
        "type": f"text/calendar; method={method}",
        "content": calendar.to_ical().decode(),
    }


def event_of(meeting: Meeting, stamp: datetime) -> Event:
    """Times are in UTC: they mean the same on both sides of a change of clocks, and need no time zone attached."""
    page = settings.SITE_URL + meeting.get_absolute_url()
    event = Event()
    event.add("uid", uid_of(meeting))
    event.add("sequence", meeting.calendar_sequence)
    event.add("dtstamp", stamp.astimezone(UTC))
    if meeting.time_known:
        event.add("dtstart", meeting.starts_at.astimezone(UTC))
        event.add("dtend", (meeting.ends_at or meeting.starts_at + USUAL_LENGTH).astimezone(UTC))
    else:
        event.add("dtstart", meeting.day)
        event.add("dtend", meeting.day + timedelta(days=1))
    event.add("summary", str(meeting))
    if where := meeting.place or meeting.link:
        event.add("location", where)
    event.add("url", page)
    event.add("description", _description(meeting, page))
    return event


def _event(meeting: Meeting, summons: Summons, method: str) -> Event:
    event = event_of(meeting, timezone.now())
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    event.add("organizer", _address(settings.DEFAULT_FROM_EMAIL))
    event.add("attendee", _attendee(summons.user, summons.reply), encode=False)
    return event


def _attendee(person: User, reply: str) -> vCalAddress:
    """They reply in the portal, not to the address that sends: RSVP asks their calendar for nothing."""
    attendee = vCalAddress(f"mailto:{person.email}")
    attendee.params["cn"] = vText(person.get_full_name())
    attendee.params["role"] = vText("REQ-PARTICIPANT")
    attendee.params["partstat"] = vText(ANSWERED.get(Reply(reply), "DECLINED"))
    attendee.params["rsvp"] = vText("FALSE")
    return attendee


def _description(meeting: Meeting, page: str) -> str:
    """Many calendars show no URL property: the page of the meeting is in the text as well."""
    lines = [str(meeting.committee), meeting.link, _("In the portal: %(page)s") % {"page": page}]
    if meeting.cancel_reason:
        lines.append(_("Cancelled: %(reason)s") % {"reason": meeting.cancel_reason})
    return "\n".join(filter(None, lines))


def _address(header: str) -> vCalAddress:
    name, _bracket, address = header.rpartition("<")
    found = vCalAddress(f"mailto:{address.rstrip('> ')}")
    if name.strip():
        found.params["cn"] = vText(name.strip().strip('"'))
    return found
