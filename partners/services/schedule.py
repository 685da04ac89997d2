"""When each scheduled look last went through, so that a missed one is made up for and seen."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils import timezone

from partners.models import ScheduledRun

LONGEST_CATCH_UP = 31  # days


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
