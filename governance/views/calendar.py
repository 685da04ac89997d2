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
    context = {
        "year": year,
        "months": _months(year, meetings, today),
        "sentence": _sentence(meetings, year),
        "may_prepare": can_prepare_meetings(request.user),
        "before": year - 1,
        "after": year + 1,
    }
    return render(request, "governance/calendar.html", context)


def _sentence(meetings: list[Meeting], year: int) -> str:
    if not meetings:
        return _("No meeting is known in %(year)s.") % {"year": year}
    count = len(meetings)
    return ngettext("%(n)s meeting in %(year)s.", "%(n)s meetings in %(year)s.", count) % {
        "n": count,
        "year": year,
    }


def _months(year: int, meetings: list[Meeting], today: date) -> list[dict[str, Any]]:
    return [
        {
            "name": dates.month(date(year, number, 1)),
            "now": (year, number) == (today.year, today.month),
            "meetings": [meeting for meeting in meetings if meeting.day.month == number],
        }
        for number in range(1, 13)
    ]
