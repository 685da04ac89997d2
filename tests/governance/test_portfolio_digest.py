"""Before each meeting, those summoned are told how the portfolio stands; once, and only what the public reads."""

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.services import meetings
from partners.models import Message
from partners.services.reminders import send_reminders
from projects.enums import Health
from tests.factories.governance import MandateFactory, MeetingFactory
from tests.factories.projects import PeriodFactory, ProjectFactory, ReportFactory

pytestmark = pytest.mark.django_db
KIND = "portfolio_digest"


@pytest.fixture
def meeting(cast):
    """In twenty days, in the middle of a day so that no zone moves it."""
    noon = timezone.now().replace(hour=11, minute=0)
    meeting = MeetingFactory(starts_at=noon + timedelta(days=20))
    cast.member.language = "en"
    cast.member.save()
    MandateFactory(seat__committee=meeting.committee, user=cast.member)
    MandateFactory(seat__committee=meeting.committee, user=cast.manager)
    meetings.summon(actor=cast.secretary, meeting=meeting)
    return meeting


@pytest.fixture
def report(cast):
    project = ProjectFactory(lead=cast.partner_a, title_fr="Quai", title_en="Quay")
    bad = {"health": Health.STORMY, "cause": "Retard", "ask": "Un appui"}
    return ReportFactory(project=project, accepted=True, **bad)


def told(meeting, days_before):
    send_reminders(day=meeting.day - timedelta(days=days_before))
    return list(Message.objects.filter(kind=KIND).order_by("language"))


def test_a_week_before_each_reads_it_once_in_their_language(cast, meeting, report):
    report.project.health = Health.STORMY
    report.project.latest_report, report.project.reported_on = report, timezone.localdate()
    report.project.save()
    assert told(meeting, 8) == []
    english, french = told(meeting, 7)
    assert (english.recipient, french.recipient) == (cast.member, cast.manager)
    assert "THEY ASK FOR SUPPORT" in english.text
    assert "- Quay (Stormy)" in english.text
    assert "http://testserver/en/projects/" in english.text
    assert "Quai" in french.text
    assert "/fr/seances/" in french.text
    assert len(told(meeting, 7)) == len(told(meeting, 3)) == 2


def test_after_an_outage_it_still_comes_before_the_meeting(meeting, report):
    assert len(told(meeting, 2)) == 2


def test_nothing_new_means_no_mail(meeting):
    assert told(meeting, 7) == []


def test_what_happened_before_the_last_meeting_is_not_told_again(cast, meeting, report):
    MeetingFactory(
        committee=meeting.committee,
        starts_at=timezone.now() + timedelta(minutes=1),
        status="held",
        held_at=timezone.now(),
    )
    assert told(meeting, 7) == []


def test_what_is_not_public_stays_out(cast, meeting, report):
    hidden = ProjectFactory(proposed=True, title_fr="Secret", title_en="Secret")
    ReportFactory(project=hidden, period=PeriodFactory(series=hidden.series), accepted=True)
    assert all("Secret" not in row.text for row in told(meeting, 7))


def test_who_is_no_longer_summoned_or_a_cancelled_meeting_stops_it(cast, meeting, report):
    from partners.services import delivery

    told(meeting, 7)
    meetings.cancel_meeting(actor=cast.secretary, meeting=meeting, reason="Grève")
    delivery.deliver()
    states = set(Message.objects.filter(kind=KIND).values_list("state", flat=True))
    assert states == {"cancelled"}
