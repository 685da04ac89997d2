"""Digests: what changed since a person's last one, and what they owe; once per period, nothing when nothing is new."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import override

from partners.enums import DigestRhythm, MessageState, Weekday
from partners.models import Message, Preference, User
from partners.services import outbox
from partners.services.schedule import days_to_make_up, record_run
from smartport import messages, obligations
from smartport.messages import News

KIND = "digest"
SHOWN_NEWS = 40
SHOWN_OBLIGATIONS = 15
FIRST_REACH = {
    DigestRhythm.DAILY: timedelta(days=1),
    DigestRhythm.WEEKLY: timedelta(days=7),
    DigestRhythm.MONTHLY: timedelta(days=31),
}


@dataclass
class Digests:
    """`due` people whose day it is, `queued` messages; the difference had nothing new, or was written before."""

    due: int = 0
    queued: int = 0


def send_digests(*, day: date) -> Digests:
    """Write the digests of that day and of the days missed since the last run."""
    done = Digests()
    days = list(days_to_make_up("send_digests", day))
    lately = _last_digests()
    for user in (
        User.objects.active().select_related("preference").order_by("pk").iterator(chunk_size=200)
    ):
        wish = getattr(user, "preference", None) or Preference(user=user)
        if not any(falls_on(wish, each) for each in days) or wish.is_away_on(day):
            continue
        done.due += 1
        done.queued += _write(user, wish, day, lately.get(user.pk))
    record_run("send_digests", day)
    return done


def falls_on(wish: Preference, day: date) -> bool:
    if wish.digest == DigestRhythm.DAILY:
        return day.isoweekday() <= Weekday.FRIDAY
    if wish.digest == DigestRhythm.WEEKLY:
        return day.isoweekday() == wish.digest_weekday
    return wish.digest == DigestRhythm.MONTHLY and day == _first_working_day(day)


def period_name(rhythm: str, day: date) -> str:
    if rhythm == DigestRhythm.DAILY:
        return day.isoformat()
    if rhythm == DigestRhythm.WEEKLY:
        return "{}-W{:02}".format(*day.isocalendar()[:2])
    return f"{day:%Y-%m}"


def _first_working_day(day: date) -> date:
    first = day.replace(day=1)
    return first + timedelta(
        days=(8 - first.isoweekday()) % 7 if first.isoweekday() > Weekday.FRIDAY else 0
    )


def _last_digests() -> dict[int, datetime]:
    sent = Message.objects.filter(kind=KIND).exclude(state=MessageState.CANCELLED)
    return dict(sent.order_by().values_list("recipient_id").annotate(Max("queued_at")))


def _write(user: User, wish: Preference, day: date, last: datetime | None) -> int:
    until = timezone.now()
    after = last or until - FIRST_REACH[DigestRhythm(wish.digest)]
    with override(user.language):
        standing = obligations.standing(user, day)
        news = sorted(
            (one for provider in messages.news_providers for one in provider(user, after, until)),
            key=lambda one: one.at,
            reverse=True,
        )
        since = timezone.localdate(after)
        is_new = [one for one in standing.owed if last is None or (one.since and one.since > since)]
        if not news and not is_new:
            return 0
        context = {
            "owed": standing.owed[:SHOWN_OBLIGATIONS],
            "owed_count": len(standing.owed),
            "owed_more": max(0, len(standing.owed) - SHOWN_OBLIGATIONS),
            "groups": _grouped(news[:SHOWN_NEWS]),
            "news_count": len(news),
            "news_more": max(0, len(news) - SHOWN_NEWS),
            "since": since,
            "site": settings.SITE_URL,
        }
        return outbox.queue(
            kind=KIND,
            recipient=user,
            obligation="digest",
            step=period_name(wish.digest, day),
            context=context,
            url_name="partners:workspace",
        )


def _grouped(news: Iterable[News]) -> list[tuple[str, list[News]]]:
    """By project, the project with the newest change first."""
    groups: dict[str, list[News]] = defaultdict(list)
    for one in news:
        groups[one.about].append(one)
    return list(groups.items())
