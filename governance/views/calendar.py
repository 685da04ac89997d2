"""The year's meetings, month by month: in full for those who see them, date and place of those announced."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from governance.models import Meeting
from governance.permissions import can_prepare_meetings
from smartport import dates

YEARS = range(1900, 2201)


@require_safe
def meeting_calendar(request: HttpRequest, year: int | None = None) -> HttpResponse:
    today = timezone.localdate()
    year = year or today.year
    if year not in YEARS:
        raise Http404
    meetings = list(
        Meeting.objects.listed_for(request.user)
        .filter(starts_at__year=year)
        .select_related("committee")
        .order_by("starts_at", "pk")
    )
    months = _months(year, meetings, today)
    context = {
        "year": year,
        "months": months,
        "quiet": _quiet(year, months),
        "sentence": _sentence(meetings, year, today),
        "may_prepare": can_prepare_meetings(request.user),
        "before": year - 1,
        "after": year + 1,
    }
    return render(request, "governance/calendar.html", context)


def _sentence(meetings: list[Meeting], year: int, today: date) -> str:
    """How many, and for this year which one is next."""
    if not meetings:
        return _("No meeting is known in %(year)s.") % {"year": year}
    count = len(meetings)
    said = ngettext("%(n)s meeting in %(year)s.", "%(n)s meetings in %(year)s.", count) % {
        "n": count,
        "year": year,
    }
    if year != today.year:
        return said
    next_one = next((meeting for meeting in meetings if meeting.day >= today), None)
    if next_one is None:
        return said + " " + _("No further meeting is announced.")
    return said + " " + _("The next one is on %(day)s.") % {"day": dates.day(next_one.day)}


def _months(year: int, meetings: list[Meeting], today: date) -> list[dict[str, Any]]:
    """Those with a meeting, and the present one."""
    months = [
        {
            "name": dates.month(date(year, number, 1)),
            "now": (year, number) == (today.year, today.month),
            "meetings": [meeting for meeting in meetings if meeting.day.month == number],
        }
        for number in range(1, 13)
    ]
    return [month for month in months if month["meetings"] or month["now"]]


def _quiet(year: int, months: list[dict[str, Any]]) -> list[str]:
    """The other months by name, in a year that has meetings."""
    names = [dates.month(date(year, number, 1)) for number in range(1, 13)]
    shown = {month["name"] for month in months}
    return [name.removesuffix(f" {year}") for name in names if name not in shown] if shown else []
