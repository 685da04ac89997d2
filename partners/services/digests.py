"""Digests: what changed since a person's last one, and what they owe; once per period, nothing when nothing is new."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from partners.enums import DigestRhythm, Weekday, Wish
from partners.models import DigestMark, Preference, User
from partners.services import outbox
from partners.services.schedule import days_to_make_up, record_run
from smartport import messages, obligations
from smartport.messages import News

KIND = "digest"
SHOWN_NEWS = 40
SHOWN_OBLIGATIONS = 15
FEWEST_BY_GROUP = 3
MARGIN = timedelta(minutes=1)  # a change is dated a moment before it is committed
FIRST_REACH = {
    DigestRhythm.DAILY: timedelta(days=1),
    DigestRhythm.WEEKLY: timedelta(days=7),
    DigestRhythm.MONTHLY: timedelta(days=31),
}


@dataclass
class Digests:
    """`due` people whose day it is, `queued` messages; the others had nothing new, or were written to before.

    `failed` ones hear all of it with their next digest.
    """

    due: int = 0
    queued: int = 0
    failed: int = 0


@dataclass
class Group:
    """The changes of one project that a digest shows, newest first, and how many it leaves out."""

    about: str
    url: str
    changes: list[News] = field(default_factory=list)
    more: int = 0


def send_digests(*, day: date) -> Digests:
    """Write the digests of that day and of the days missed since the last run."""
    done = Digests()
    days = list(days_to_make_up("send_digests", day))
    people = User.objects.active().select_related("preference", "digest_mark").order_by("pk")
    for user in people.iterator(chunk_size=200):
        wish = getattr(user, "preference", None) or Preference(user=user)
        period = latest_period(wish, days)
        if period is None or wish.is_away_on(day):
            continue
        done.due += 1
        try:
            done.queued += _write(user, wish, day, period)
        except Exception as error:
            done.failed += 1
            outbox.queue_failure(
                kind=KIND,
                address=user.email,
                language=user.language,
                obligation="digest",
                step=period,
                error=error,
                recipient=user,
            )
    record_run("send_digests", day)
    return done


def latest_period(wish: Preference, days: Iterable[date]) -> str | None:
    """The period whose digest fell due last on one of these days, told late where the day was missed."""
    return next((p for day in reversed(list(days)) if (p := period_of(wish, day))), None)


def period_of(wish: Preference, day: date) -> str | None:
    """The name of the period whose digest falls on this day; none on other days.

    A month's digest comes on the chosen day, or the last one of a shorter month; on the Monday after a weekend.
    """
    if wish.digest == DigestRhythm.DAILY:
        return day.isoformat() if day.isoweekday() <= Weekday.FRIDAY else None
    if wish.digest == DigestRhythm.WEEKLY:
        year, week, weekday = day.isocalendar()
        return f"{year}-W{week:02}" if weekday == wish.digest_weekday else None
    if wish.digest == DigestRhythm.MONTHLY:
        for month in (day, day.replace(day=1) - timedelta(days=1)):
            if day == _day_in_month(month, wish.digest_month_day):
                return f"{month:%Y-%m}"
    return None


def _day_in_month(month: date, wanted: int) -> date:
    day = month.replace(day=min(wanted, monthrange(month.year, month.month)[1]))
    weekend = day.isoweekday() > Weekday.FRIDAY
    return day + timedelta(days=8 - day.isoweekday() if weekend else 0)


@transaction.atomic
def _write(user: User, wish: Preference, day: date, period: str) -> int:
    until = timezone.now() - MARGIN
    mark = getattr(user, "digest_mark", None)
    after = mark.until if mark else until - FIRST_REACH[DigestRhythm(wish.digest)]
    with override(user.language):
        owed = obligations.standing(user, day).owed
        news = sorted(
            (
                one
                for provider in messages.news_providers
                for one in provider(user, after, until)
                if wish.wish(one.topic) != Wish.NEVER
            ),
            key=lambda one: one.at,
            reverse=True,
        )
        keys = [one.key for one in owed]
        if not news and not set(keys) - set(mark.owed if mark else []):
            return 0
        queued = outbox.queue(
            kind=KIND,
            recipient=user,
            obligation="digest",
            step=period,
            context=context_of(owed, news, since=timezone.localdate(after)),
            url_name="partners:workspace",
        )
    if queued:
        DigestMark.objects.update_or_create(user=user, defaults={"until": until, "owed": keys})
    return queued


def context_of(
    owed: list[obligations.Obligation], news: list[News], *, since: date
) -> dict[str, Any]:
    groups = grouped(news, SHOWN_NEWS)
    shown = sum(len(group.changes) + group.more for group in groups)
    return {
        "owed": owed[:SHOWN_OBLIGATIONS],
        "owed_count": len(owed),
        "owed_more": max(0, len(owed) - SHOWN_OBLIGATIONS),
        "groups": groups,
        "news_count": len(news),
        "news_more": len(news) - shown,
        "since": since,
        "site": settings.SITE_URL,
    }


def grouped(news: Iterable[News], shown: int) -> list[Group]:
    """By project, the one with the newest change first; each shows its fair share and says how many it leaves out."""
    by_project: dict[tuple[str, str], list[News]] = {}
    for one in news:
        by_project.setdefault((one.about, one.about_url), []).append(one)
    share = max(FEWEST_BY_GROUP, shown // max(1, len(by_project)))
    groups = []
    for (about, url), changes in by_project.items():
        if shown <= 0:
            break
        kept = changes[: min(share, shown)]
        shown -= len(kept)
        groups.append(Group(about, url, kept, len(changes) - len(kept)))
    return groups
