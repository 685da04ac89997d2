"""Public holidays in metropolitan France, and the days worked between them."""

from datetime import date, timedelta
from functools import lru_cache

FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
AFTER_EASTER = (1, 39, 50)  # Easter Monday, Ascension, Whit Monday
SATURDAY = 5


def easter(year: int) -> date:
    """Sunday of Easter in the Gregorian calendar (Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    month, day = divmod(d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=64)
def public_holidays(year: int) -> frozenset[date]:
    sunday = easter(year)
    moving = (sunday + timedelta(days=n) for n in AFTER_EASTER)
    return frozenset([*(date(year, month, day) for month, day in FIXED), *moving])


def is_worked(day: date) -> bool:
    """Monday to Friday, public holidays left out."""
    return day.weekday() < SATURDAY and day not in public_holidays(day.year)
