"""Days, periods and delays written the way each language writes them.

Days are ``datetime.date``; moments are aware and shown in the current time zone (Europe/Paris).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import lru_cache

from babel.dates import format_date
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from smartport.money import NO_BREAK_SPACE, locale_name, not_published


def day(value: date | None, language: str | None = None) -> str:
    """``1er juillet 2019`` or ``1 July 2019``: no line ends between a day and its month."""
    return _written(value, "d MMMM y", language)


def short_day(value: date | None, language: str | None = None) -> str:
    """``4 juil. 2019`` or ``4 Jul 2019``: for tables."""
    return _written(value, "d MMM y", language)


def day_month(value: date | None) -> str:
    """``1er juillet`` or ``1 July``: where the year is plain."""
    return _written(value, "d MMMM", None)


def month(value: date | None, language: str | None = None) -> str:
    """``octobre 2018``: for facts known to the month only."""
    return _written(value, "MMMM y", language)


def short_month(value: date | None, language: str | None = None) -> str:
    return _written(value, "MMM y", language)


def weekday(value: date) -> str:
    """``lundi 19`` or ``Monday 19``: where the month is said above."""
    locale = locale_name()
    number = _first_of_month(format_date(value, "d", locale=locale), value, locale)
    return f"{format_date(value, 'EEEE', locale=locale)}{NO_BREAK_SPACE}{number}"


def moment(value: datetime | None) -> str:
    """``5 décembre 2026 à 14 h 30`` or ``5 December 2026 at 14:30``."""
    if value is None:
        return not_published()
    local = timezone.localtime(value)
    return gettext("%(day)s at %(clock)s") % {"day": day(local.date()), "clock": clock(local)}


def short_moment(value: datetime | None) -> str:
    """``5 déc. 2026, 14 h 30`` or ``5 Dec 2026, 14:30``: for tables."""
    return f"{short_day(value)}, {clock(value)}" if value else not_published()


def clock(value: datetime | time | None, language: str | None = None) -> str:
    """``14 h 30`` or ``14:30``."""
    if value is None:
        return not_published()
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    if locale_name(language).startswith("fr"):
        return f"{local.hour}{NO_BREAK_SPACE}h{NO_BREAK_SPACE}{local:%M}"
    return f"{local:%H:%M}"


def at_clock(on: date, at: time, *, since: datetime | None = None) -> datetime | None:
    """That time of that day, in UTC; None in the hour that clocks skip in March.

    Of the hour that comes twice in October it is the first, unless that was before `since`.
    """
    typed = timezone.make_aware(datetime.combine(on, at))
    first = typed.astimezone(UTC)
    if timezone.localtime(first).time() != at:
        return None
    again = typed.replace(fold=1).astimezone(UTC)
    return again if since and first < since else first


def period(start: date | None, end: date | None) -> str:
    """``du 4 juillet 2019 au 3 juillet 2022``; one bound alone reads "from" or "until"."""
    if start and end:
        return _two_days(start, end)
    if start:
        return gettext("from %(day)s") % {"day": day(start)}
    if end:
        return gettext("until %(day)s") % {"day": day(end)}
    return not_published()


def since(value: date, today: date | None = None) -> str:
    """How long something has waited: ``for 6 days``, or "since today" on the first day."""
    days = ((today or timezone.localdate()) - value).days
    if days <= 0:
        return gettext("since today")
    return ngettext("for %(count)s day", "for %(count)s days", days) % {"count": days}


def distance(value: date, today: date | None = None) -> str:
    """Where a day stands from today: ``in 6 days``, ``tomorrow``, ``3 days ago``."""
    days = (value - (today or timezone.localdate())).days
    near = {0: gettext("today"), 1: gettext("tomorrow"), -1: gettext("yesterday")}
    if days in near:
        return near[days]
    if days > 0:
        return ngettext("in %(count)s day", "in %(count)s days", days) % {"count": days}
    return ngettext("%(count)s day ago", "%(count)s days ago", -days) % {"count": -days}


def _two_days(start: date, end: date) -> str:
    first = day(start)
    if start == end:
        return first
    locale = locale_name()
    if (start.year, start.month) == (end.year, end.month):
        first = _first_of_month(format_date(start, "d", locale=locale), start, locale)
    elif start.year == end.year:
        first = _written(start, "d MMMM", None)
    return gettext("from %(start)s to %(end)s") % {"start": first, "end": day(end)}


def _written(value: date | None, pattern: str, language: str | None) -> str:
    if value is None:
        return not_published()
    if isinstance(value, datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return _day(value, pattern, locale_name(language))


@lru_cache(maxsize=10_000)
def _day(value: date, pattern: str, locale: str) -> str:
    text = format_date(value, pattern, locale=locale)
    if not pattern.startswith("d"):
        return text
    return _first_of_month(text.replace(" ", NO_BREAK_SPACE, 1), value, locale)


def _first_of_month(text: str, value: date, locale: str) -> str:
    """French writes ``1er`` for the first day of a month, which CLDR patterns do not."""
    if value.day == 1 and locale.startswith("fr"):
        return "1er" + text.removeprefix("1")
    return text
