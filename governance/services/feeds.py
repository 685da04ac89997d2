"""One person's calendar: their meetings, and what they owe by its due day. The same bytes while nothing changes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event

from governance.enums import MeetingStatus
from governance.models import Committee, Meeting, Summons
from governance.services.calendars import event_of
from partners.models import User
from smartport import obligations
from smartport.obligations import Obligation

PAST = timedelta(days=180)
OF_MEETINGS = frozenset({"summons", "meeting"})  # obligations that the meetings themselves show
STATUS = {MeetingStatus.DRAFT: "TENTATIVE", MeetingStatus.CANCELLED: "CANCELLED"}


def calendar_of(person: User, today: date) -> bytes:
    """In the person's language."""
    with override(person.language):
        calendar = Calendar()
        calendar.add("prodid", "-//Smart Port//portal//FR")
        calendar.add("version", "2.0")
        calendar.add("calscale", "GREGORIAN")
        calendar.add("method", "PUBLISH")
        name = _("Smart Port: my meetings and due dates")
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        for event in [*_meetings(person, today), *_due_days(person, today)]:
            calendar.add_component(event)
        return bytes(calendar.to_ical())


def meetings_of(person: User, today: date) -> QuerySet[Meeting]:
    """To which they are summoned, and of the committees they sit on or serve; the last half year and all to come."""
    mine = Committee.objects.all() if person.runs_the_cycle else Committee.objects.of(person)
    summoned = Summons.objects.filter(meeting=OuterRef("pk"), user=person, sent_at__isnull=False)
    return (
        Meeting.objects.visible_to(person)
        .filter(Q(committee__in=mine.values("pk")) | Exists(summoned))
        .filter(starts_at__date__gte=today - PAST)
        .select_related("committee")
        .order_by("starts_at", "pk")
    )


def _meetings(person: User, today: date) -> Iterator[Event]:
    for meeting in meetings_of(person, today):
        event = event_of(meeting, meeting.cancelled_at or meeting.summoned_at or meeting.starts_at)
        event.add("status", STATUS.get(MeetingStatus(meeting.status), "CONFIRMED"))
        yield event


def _due_days(person: User, today: date) -> Iterator[Event]:
    """Whole days that keep nobody busy."""
    for one in obligations.standing(person, today).owed:
        if one.due_on is not None and one.kind not in OF_MEETINGS:
            yield _due_day(one, one.due_on)


def _due_day(one: Obligation, due_on: date) -> Event:
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    event = Event()
    event.add("uid", f"{one.key.replace(':', '-')}@{host}")
    event.add("dtstamp", datetime.combine(one.since or due_on, time(), UTC))
    event.add("dtstart", due_on)
    event.add("dtend", due_on + timedelta(days=1))
    summary = _("%(action)s: %(title)s") % {"action": one.action, "title": one.title}
    event.add("summary", summary)
    event.add("description", "\n".join(filter(None, [one.for_whom, settings.SITE_URL + one.url])))
    event.add("url", settings.SITE_URL + one.url)
    event.add("transp", "TRANSPARENT")
    return event
