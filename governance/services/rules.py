"""The committee's rules as warnings with their reason; only the person decides."""

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from governance.enums import DayCount, MeetingStatus
from governance.models import Meeting

WORKED = range(5)  # Monday to Friday


def notice_days(count: str, sent_on: date, day: date) -> int:
    """Days of notice from the day after the summons to the day of the meeting; clear days leave that one out."""
    after = max((day - sent_on).days, 0)
    if count == DayCount.WORKING:
        days = (sent_on + timedelta(days=n) for n in range(1, after + 1))
        return sum(1 for one in days if one.weekday() in WORKED)
    return max(after - 1, 0) if count == DayCount.CLEAR else after


def notice_warning(meeting: Meeting) -> str:
    """Why the notice is too short, as sent or if it were sent today; empty when it is long enough."""
    if meeting.status not in {MeetingStatus.DRAFT, MeetingStatus.SUMMONED}:
        return ""
    committee = meeting.committee
    sent_on = timezone.localdate(meeting.summoned_at)
    given = notice_days(committee.notice_count, sent_on, meeting.day)
    if given >= committee.notice_days:
        return ""
    return _("Notice of %(given)s days; the committee's rule asks for %(needed)s (%(count)s).") % {
        "given": given,
        "needed": committee.notice_days,
        "count": str(committee.get_notice_count_display()).lower(),
    }
