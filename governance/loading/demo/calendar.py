"""Days of the demonstration, which moves with the day of loading so that there is always something due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from projects import periods
from projects.enums import Cadence

DAYS_LEFT_TO_REPORT = 7
DAYS_TO_REPORT = 21


@dataclass(frozen=True)
class Quarter:
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Calendar:
    """`day(-30)` is thirty days before the end of the open reporting period, `day("t-12")` twelve before today."""

    today: date

    def quarter(self, back: int) -> Quarter:
        """The open reporting period is 0: the quarter that ended last; 1 is the one before."""
        starts_on, _last = periods.bounds(Cadence.QUARTERLY, self.today)
        for _step in range(back + 1):
            starts_on, ends_on = periods.bounds(Cadence.QUARTERLY, starts_on - timedelta(days=1))
        return Quarter(starts_on, ends_on)

    def day(self, value: int | str | None) -> date | None:
        if value is None:
            return None
        if isinstance(value, str):
            return self.today + timedelta(days=int(value.removeprefix("t")))
        return self.quarter(0).ends_on + timedelta(days=value)

    def known_day(self, value: int | str) -> date:
        day = self.day(value)
        assert day is not None
        return day

    def due_on(self, back: int) -> date:
        """The open period falls due in a few days; the others did, three weeks after their end."""
        if back == 0:
            return self.today + timedelta(days=DAYS_LEFT_TO_REPORT)
        return self.quarter(back).ends_on + timedelta(days=DAYS_TO_REPORT)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of that day in Paris."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))
