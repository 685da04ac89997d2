"""When each scheduled look last went through, so that a missed one is made up for and seen."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from typing import Any

from celery.schedules import crontab
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max
from django.utils import timezone

from partners.models import ScheduledRun
from smartport.celery import app

LONGEST_CATCH_UP = 31  # days
TOLERANCE = timedelta(minutes=15)  # a worker may be at something long
FARTHEST = timedelta(days=8)
MINUTE = timedelta(minutes=1)


def noted(look: Callable[..., Any]) -> Callable[..., Any]:
    """Around an entry of the schedule: each run that goes through is noted under its name."""

    @wraps(look)
    def run(*given: Any, **options: Any) -> Any:
        result = look(*given, **options)
        now = timezone.now()
        if not ScheduledRun.objects.filter(name=look.__name__).update(at=now):
            record_run(look.__name__, timezone.localdate(now))
        return result

    return run


def late_runs(now: datetime) -> dict[str, datetime | None]:
    """Entries of the schedule that should have run since they last did; None for one that never has.

    A portal that was installed or upgraded a moment ago is given the time to begin.
    """
    last = dict(ScheduledRun.objects.values_list("name", "at"))
    begun = MigrationRecorder.Migration.objects.aggregate(at=Max("applied"))["at"] or now
    late = {}
    for name, entry in app.conf.beat_schedule.items():
        if last.get(name, begun) < last_expected(entry["schedule"], now - TOLERANCE):
            late[name] = last.get(name)
    return late


def last_expected(schedule: crontab | timedelta, until: datetime) -> datetime:
    """The last moment up to `until` when this entry was to run: walked back in real minutes, whatever the
    clocks did in between."""
    if isinstance(schedule, timedelta):
        return until - schedule
    moment = until.astimezone(UTC).replace(second=0, microsecond=0)
    while until - moment < FARTHEST and not _falls_on(schedule, timezone.localtime(moment)):
        moment -= MINUTE
    return moment


def _falls_on(schedule: crontab, local: datetime) -> bool:
    return (
        local.minute in schedule.minute
        and local.hour in schedule.hour
        and local.isoweekday() % 7 in schedule.day_of_week
        and local.day in schedule.day_of_month
        and local.month in schedule.month_of_year
    )


def record_run(name: str, day: date) -> None:
    ScheduledRun.objects.update_or_create(name=name, defaults={"day": day, "at": timezone.now()})


def last_day(name: str) -> date | None:
    return ScheduledRun.objects.filter(name=name).values_list("day", flat=True).first()


def days_to_make_up(name: str, day: date) -> Iterator[date]:
    """The days since the last run, up to `day` itself, which is always among them."""
    last = last_day(name)
    first = max(last + timedelta(days=1), day - timedelta(days=LONGEST_CATCH_UP)) if last else day
    first = min(first, day)
    for number in range((day - first).days + 1):
        yield first + timedelta(days=number)
