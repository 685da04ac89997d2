"""Reporting periods by cadence: their days and their names."""

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from projects.enums import Cadence

MONTHS = {Cadence.MONTHLY: 1, Cadence.QUARTERLY: 3, Cadence.HALF_YEARLY: 6}


def bounds(cadence: str, day: date) -> tuple[date, date]:
    """First and last day of the period of this cadence that holds `day`."""
    months = MONTHS[Cadence(cadence)]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, first + relativedelta(months=months) - timedelta(days=1)


def label(starts_on: date, ends_on: date) -> str:
    months = (ends_on.year - starts_on.year) * 12 + ends_on.month - starts_on.month + 1
    if months == 1:
        return formats.date_format(starts_on, "YEAR_MONTH_FORMAT")
    if months == 3 and starts_on.month % 3 == 1:
        return pgettext("quarter", "Q%(number)s %(year)s") % {
            "number": (starts_on.month + 2) // 3,
            "year": starts_on.year,
        }
    if months == 6 and starts_on.month % 6 == 1:
        return pgettext("half-year", "H%(number)s %(year)s") % {
            "number": 1 if starts_on.month == 1 else 2,
            "year": starts_on.year,
        }
    return _("%(first)s to %(last)s") % {
        "first": formats.date_format(starts_on, "SHORT_DATE_FORMAT"),
        "last": formats.date_format(ends_on, "SHORT_DATE_FORMAT"),
    }
