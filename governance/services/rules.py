"""The committee's rules as warnings with their reason; only the person decides."""

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.enums import DayCount, ItemKind, MeetingStatus, MinutesStatus
from governance.models import Meeting, Minutes
from governance.services import timing
from smartport import dates
from smartport.holidays import is_worked

LONGEST = 400  # days looked back for the last day to summon


def notice_days(count: str, sent_on: date, day: date) -> int:
    """Days of notice from the day after the summons to the day of the meeting; clear days leave that one out."""
    after = max((day - sent_on).days, 0)
    if count == DayCount.WORKING:
        return sum(1 for n in range(1, after + 1) if is_worked(sent_on + timedelta(days=n)))
    return max(after - 1, 0) if count == DayCount.CLEAR else after


def summon_by(meeting: Meeting) -> date:
    """The last day on which a summons gives the notice of the committee's rule."""
    committee = meeting.committee
    for back in range(LONGEST):
        sent_on = meeting.day - timedelta(days=back)
        if notice_days(committee.notice_count, sent_on, meeting.day) >= committee.notice_days:
            return sent_on
    return meeting.day - timedelta(days=LONGEST)


def notice_warning(meeting: Meeting) -> str:
    """Why the notice is too short, as sent or if it were sent today; empty when it is long enough."""
    if meeting.status not in {MeetingStatus.DRAFT, MeetingStatus.SUMMONED}:
        return ""
    committee = meeting.committee
    sent_on = timezone.localdate(meeting.summoned_at)
    given = notice_days(committee.notice_count, sent_on, meeting.day)
    if given >= committee.notice_days:
        return ""
    return _(
        "Notice of %(given)s days; the committee's rule asks for %(needed)s (%(count)s). The last day to summon "
        "was %(day)s."
    ) % {
        "given": given,
        "needed": committee.notice_days,
        "count": str(committee.get_notice_count_display()).lower(),
        "day": dates.day(summon_by(meeting)),
    }


def minutes_warning(meeting: Meeting) -> str:
    """Why the minutes of the meeting before cannot be approved here; empty where they can, or are approved.

    Those of a meeting older than the portal are approved on paper.
    """
    previous = meeting.previous
    known = {MinutesStatus.CIRCULATED, MinutesStatus.APPROVED}
    if previous is None or Minutes.objects.filter(meeting=previous, status__in=known).exists():
        return ""
    return _("The minutes of “%(meeting)s” were not circulated: nobody could read them.") % {
        "meeting": previous
    }


def warnings_of(meeting: Meeting) -> list[tuple[str, str]]:
    """What the rules say against the meeting as it is prepared, each with its code; people decide."""
    agenda = list(meeting.agenda.order_by("position"))
    found = [("notice", notice_warning(meeting))]
    if any(item.kind == ItemKind.APPROVE_MINUTES for item in agenda):
        found.append(("minutes", minutes_warning(meeting)))
    if over := timing.overrun(meeting, agenda):
        told = ngettext(
            "The agenda goes %(n)s minute past %(end)s, the end of the meeting.",
            "The agenda goes %(n)s minutes past %(end)s, the end of the meeting.",
            over,
        )
        end = dates.clock(meeting.ends_at)
        found.append(("overrun", told % {"n": over, "end": end}))
    if missing := [str(item) for item in agenda if not item.ready]:
        told = _("Not ready for the pack: %(items)s.") % {"items": ", ".join(missing)}
        found.append(("not_ready", told))
    return [(code, text) for code, text in found if text]
