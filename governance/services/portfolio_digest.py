"""How the portfolio stands, told to those summoned a week before their meeting; nothing where nothing changed."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import override

from governance.enums import MeetingStatus
from governance.models import Meeting, Summons
from governance.services.summons import WHY
from partners.enums import Language
from partners.models import Message, User
from partners.services.digests import SHOWN_NEWS, grouped
from partners.services.reminders import step_name
from projects.changes import public_changes
from projects.enums import Health
from projects.models import Project
from smartport.messages import Notice

KIND = "portfolio_digest"
PREFIX = "portfolio:"
BEFORE = -7  # days from the meeting
USUAL_REACH = timedelta(days=90)  # where the committee never met before
CONCERNS = (Health.STORMY, Health.RAINY)
HELD = [MeetingStatus.HELD, MeetingStatus.CLOSED]


def to_tell(day: date) -> Iterator[Notice]:
    """One for the readers of each language, of the meetings that are near and not told of yet."""
    near = (
        Meeting.objects.filter(
            status=MeetingStatus.SUMMONED,
            starts_at__date__gte=day,
            starts_at__date__lte=day - timedelta(days=BEFORE),
        )
        .select_related("committee")
        .order_by("starts_at", "pk")
    )
    for meeting in near:
        untold = _untold(meeting)
        for language in Language.values:
            readers = [person for person in untold if person.language == language]
            if readers and (notice := notice_of(meeting, readers, language)):
                yield notice


def notice_of(
    meeting: Meeting, readers: Sequence[User], language: str, since: datetime | None = None
) -> Notice | None:
    """Tells what changed since the committee last met, or since that moment."""
    with override(language):
        context = _context(meeting, since or _last_met(meeting))
    if context is None:
        return None
    return Notice(
        obligation=f"{PREFIX}{meeting.pk}",
        recipients=readers,
        due_on=meeting.day,
        context=context,
        url_name="governance:meeting_detail",
        url_args=[meeting.code],
        why=WHY,
    )


def still_due(pairs: set[tuple[int, str]]) -> set[tuple[int, str]]:
    """While the meeting is to come and the person is summoned to it."""
    numbers = {int(about.removeprefix(PREFIX)) for _p, about in pairs if about.startswith(PREFIX)}
    waiting = Summons.objects.filter(
        meeting__in=numbers, meeting__status=MeetingStatus.SUMMONED, sent_at__isnull=False
    )
    summoned = set(waiting.order_by().values_list("user", "meeting"))
    return {
        (person, about)
        for person, about in pairs
        if about.startswith(PREFIX) and (person, int(about.removeprefix(PREFIX))) in summoned
    }


def _untold(meeting: Meeting) -> list[User]:
    told = Message.objects.filter(
        kind=KIND, obligation=f"{PREFIX}{meeting.pk}", step=step_name(meeting.day, BEFORE)
    )
    summoned = meeting.summonses.filter(sent_at__isnull=False, user__is_active=True)
    rows = summoned.exclude(user__in=told.values("recipient")).select_related("user")
    return [row.user for row in rows.order_by("pk")]


def _context(meeting: Meeting, since: datetime) -> dict[str, Any] | None:
    """What the public reads of the portfolio; None where nothing changed."""
    public = Project.objects.public()
    news = sorted(
        public_changes(public, since, timezone.now()), key=lambda one: one.at, reverse=True
    )
    if not news:
        return None
    groups = grouped(news, SHOWN_NEWS)
    counts = dict(public.order_by().values_list("health").annotate(count=Count("pk")))
    return {
        "meeting": meeting,
        "since": timezone.localdate(since),
        "total": sum(counts.values()),
        "healths": [
            (_word(health.label), counts[health]) for health in Health if counts.get(health)
        ],
        "unreported": counts.get("", 0),
        "concerns": [
            (project.title, _word(project.get_health_display()), project.get_absolute_url())
            for project in public.filter(health__in=CONCERNS).order_by("health", "title", "pk")
        ],
        "groups": groups,
        "news_more": len(news) - sum(len(group.changes) + group.more for group in groups),
    }


def _word(label: object) -> str:
    """ "Sunny" of "Sunny: secured"."""
    return str(label).partition(":")[0].strip()


def _last_met(meeting: Meeting) -> datetime:
    before = Meeting.objects.filter(
        committee=meeting.committee_id, status__in=HELD, starts_at__lt=meeting.starts_at
    ).order_by("-starts_at")
    last = before.values_list("starts_at", flat=True).first()
    return last or timezone.now() - USUAL_REACH
