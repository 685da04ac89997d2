"""What changed in the committees a person sits on or serves, for their digest."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from governance.models import Committee, Decision, Meeting, Minutes, Pack
from partners.models import User
from projects.changes import window
from smartport import dates
from smartport.messages import News, Topic


def committee_news(user: User, after: datetime, until: datetime) -> Iterator[News]:
    """Summonses, cancellations, packs, decisions and minutes; nothing of one's own doing."""
    committees = Committee.objects.all() if user.runs_the_cycle else Committee.objects.of(user)
    mine = committees.values("pk")
    meetings = Meeting.objects.visible_to(user).select_related("committee")
    for meeting in meetings.filter(committee__in=mine, **window("summoned_at", after, until)):
        title = _("%(meeting)s: summons sent for %(day)s")
        yield _told(meeting, meeting.summoned_at, title, day=dates.day(meeting.day))
    for meeting in meetings.filter(committee__in=mine, **window("cancelled_at", after, until)):
        yield _told(meeting, meeting.cancelled_at, _("%(meeting)s: cancelled"))
    yield from _packs(user, mine, after, until)
    yield from _decisions(user, mine, after, until)
    yield from _minutes(user, mine, after, until)


def _packs(user: User, mine: QuerySet, after: datetime, until: datetime) -> Iterator[News]:
    issued = (
        Pack.objects.visible_to(user)
        .issued()
        .filter(meeting__committee__in=mine, **window("issued_at", after, until))
        .exclude(issued_by=user)
        .select_related("meeting__committee")
        .order_by("-issued_at", "-pk")
    )
    for pack in issued:
        title = _("%(meeting)s: pack version %(number)s issued")
        yield _told(pack.meeting, pack.issued_at, title, number=pack.version)


def _decisions(user: User, mine: QuerySet, after: datetime, until: datetime) -> Iterator[News]:
    decided = (
        Decision.objects.visible_to(user)
        .filter(
            committee__in=mine,
            recorded_by__isnull=False,  # else of the past, loaded from public sources
            **window("recorded_at", after, until),
        )
        .exclude(recorded_by=user)
        .select_related("committee", "meeting")
        .order_by("-recorded_at", "-pk")
    )
    for decision in decided:
        title = _("Decision %(number)s, %(title)s: %(outcome)s") % {
            "number": decision.reference,
            "title": decision.title,
            "outcome": str(decision.get_outcome_display()).lower(),
        }
        yield _news(decision.meeting, title, decision.recorded_at, decision.get_absolute_url())


def _minutes(user: User, mine: QuerySet, after: datetime, until: datetime) -> Iterator[News]:
    circulated = (
        Minutes.objects.visible_to(user)
        .filter(meeting__committee__in=mine, **window("circulated_at", after, until))
        .select_related("meeting__committee")
        .order_by("-circulated_at", "-pk")
    )
    for minutes in circulated:
        yield _told(minutes.meeting, minutes.circulated_at, _("%(meeting)s: minutes circulated"))


def _told(meeting: Meeting, at: datetime, title: str, **words: Any) -> News:
    return _news(
        meeting, title % {"meeting": meeting.short_name, **words}, at, meeting.get_absolute_url()
    )


def _news(meeting: Meeting, title: str, at: datetime, url: str) -> News:
    return News(str(meeting.committee), title, at, url, meeting.is_demo, Topic.MEETINGS)
