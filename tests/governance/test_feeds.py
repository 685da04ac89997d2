"""Calendars to subscribe to: one person's by a secret address, the public one with no word of anyone."""

from datetime import timedelta

import pytest
import vobject
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from governance.services import meetings
from governance.services.calendars import uid_of
from partners.services.calendar_addresses import make_address, revoke_address
from tests.factories.governance import ActionFactory, MandateFactory, MeetingFactory
from tests.factories.projects import PeriodFactory, ProjectFactory, ReportFactory

pytestmark = pytest.mark.django_db


def address(person) -> str:
    return reverse("my_meetings", args=[make_address(actor=person)])


def read(url: str) -> dict:
    """Events by UID, read alike by two libraries."""
    body = Client().get(url).content
    first = {str(e["uid"]): e for e in Calendar.from_ical(body).walk("VEVENT")}
    second = vobject.readOne(body.decode())
    assert {e.uid.value for e in getattr(second, "vevent_list", [])} == set(first)
    assert all(
        str(first[e.uid.value]["summary"]) == e.summary.value
        for e in second.contents.get("vevent", [])
    )
    return first


@pytest.fixture
def meeting(cast):
    meeting = MeetingFactory(title_fr="Séance d’hiver, à l’Hôtel; du Port", place_fr="Fos")
    MandateFactory(seat__committee=meeting.committee, user=cast.member)
    meetings.summon(actor=cast.secretary, meeting=meeting)
    meeting.refresh_from_db()
    return meeting


def test_a_person_reads_their_meetings_and_due_days_and_nobody_elses(cast, meeting):
    action = ActionFactory(owner=cast.member)
    ActionFactory()
    MeetingFactory(summoned=True)
    found = read(address(cast.member))
    assert set(found) == {uid_of(meeting), f"action-{action.pk}@testserver"}
    assert found[uid_of(meeting)].decoded("dtstart") == meeting.starts_at.replace(microsecond=0)
    due = found[f"action-{action.pk}@testserver"]
    assert due.decoded("dtstart") == action.due_on
    assert due["transp"] == "TRANSPARENT"
    assert str(due["url"]).startswith("http://testserver/fr/")


def test_reports_owed_stand_on_their_due_day_in_the_persons_language(cast):
    cast.owner.language = "en"
    cast.owner.save()
    soon = timezone.localdate() + timedelta(days=9)
    project = ProjectFactory(lead=cast.partner_a, title_en="Quay")
    report = ReportFactory(
        project=project, period=PeriodFactory(series=project.series), due_on=soon
    )
    event = read(address(cast.owner))[f"report-{report.pk}@testserver"]
    assert "Quay" in str(event["summary"])
    assert event.decoded("dtstart") == soon


def test_a_cancelled_meeting_is_said_to_be_cancelled(cast, meeting):
    url = address(cast.member)
    meetings.cancel_meeting(actor=cast.secretary, meeting=meeting, reason="Grève")
    event = read(url)[uid_of(meeting)]
    assert event["status"] == "CANCELLED"


def test_the_same_calendar_is_not_sent_twice(cast, meeting):
    url = address(cast.member)
    tag = Client().get(url)["ETag"]
    again = Client().get(url, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    ActionFactory(owner=cast.member)
    assert Client().get(url, headers={"If-None-Match": tag}).status_code == 200


def test_an_address_is_shown_once_replaced_and_revoked(cast, as_user):
    client = as_user(cast.owner)
    page = reverse("partners:calendar_address")
    client.post(page, {"make": "1"})
    first = client.get(page).context["address"]
    assert first not in client.get(page).content.decode()
    assert Client().get(first).status_code == 200
    client.post(page, {"make": "1"})
    assert Client().get(first).status_code == 404
    second = client.get(page).context["address"]
    client.post(page, {"revoke": "1"})
    assert Client().get(second).status_code == 404


def test_who_may_no_longer_sign_in_has_no_calendar(cast):
    url = address(cast.owner)
    cast.owner.is_active = False
    cast.owner.save()
    assert Client().get(url).status_code == 404


def test_who_left_the_committee_no_longer_reads_its_meetings(cast, meeting):
    url = address(cast.member)
    later = MeetingFactory(committee=meeting.committee, summoned=True)
    assert uid_of(later) in read(url)
    cast.member.mandates.update(end=timezone.localdate() - timedelta(days=1))
    assert uid_of(later) not in read(url)


def test_no_calendar_without_its_secret(cast):
    address(cast.owner)
    assert Client().get(reverse("my_meetings", args=["x" * 43])).status_code == 404
    assert Client().get("/feeds/my-meetings-x.ics").status_code == 404
    revoke_address(actor=cast.stranger)


def test_the_public_calendar_tells_of_nobody(cast, meeting):
    public = MeetingFactory(
        summoned=True, is_public=True, committee=meeting.committee, place_fr="Fos"
    )
    MandateFactory(seat__committee=public.committee, user=cast.manager)
    url = "/feeds/meetings.ics"
    assert len(read(url)) == 1
    answer = Client().get(url)
    text = answer.content.decode()
    assert "mailto" not in text.lower()
    assert "ATTENDEE" not in text
    for person in (cast.member, cast.manager, cast.secretary):
        assert person.email not in text
        assert person.first_name not in text
    assert Client().get(url, headers={"If-None-Match": answer["ETag"]}).status_code == 304
