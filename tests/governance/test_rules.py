"""Rules of a committee warn with their reason and never block."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from governance.enums import DayCount
from governance.services import meetings
from governance.services.rules import notice_days, notice_warning
from tests.factories.governance import CommitteeFactory, MeetingFactory

FRIDAY, TUESDAY = date(2026, 11, 20), date(2026, 11, 24)


@pytest.mark.parametrize(
    ("count", "days"), [(DayCount.CALENDAR, 4), (DayCount.WORKING, 2), (DayCount.CLEAR, 3)]
)
def test_notice_counts_calendar_working_or_clear_days(count, days):
    assert notice_days(count, FRIDAY, TUESDAY) == days


def test_no_notice_is_left_on_the_day_or_after_it():
    assert notice_days(DayCount.CLEAR, TUESDAY, TUESDAY) == 0
    assert notice_days(DayCount.WORKING, TUESDAY, FRIDAY) == 0


@pytest.mark.django_db
def test_a_short_notice_warns_the_secretariat_and_summoning_goes_on(cast, as_user):
    committee = CommitteeFactory(notice_days=14)
    soon = MeetingFactory(committee=committee, starts_at=timezone.now() + timedelta(days=5))
    page = as_user(cast.secretary).get(soon.get_absolute_url()).content.decode()
    assert notice_warning(soon) in page.replace("&#x27;", "'")
    meetings.summon(actor=cast.secretary, meeting=soon)
    soon.refresh_from_db()
    assert soon.status == "summoned"


@pytest.mark.django_db
def test_a_long_notice_says_nothing():
    far = MeetingFactory(
        committee=CommitteeFactory(notice_days=14), starts_at=timezone.now() + timedelta(days=40)
    )
    assert notice_warning(far) == ""
