"""Meetings in the nights when clocks change."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from governance.models import Meeting
from tests.api import call
from tests.factories.governance import (
    CommitteeFactory,
    MandateFactory,
    MeetingFactory,
    SeatFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "clocks", [{"begins": "02:30", "ends": "03:15"}, {"begins": "01:30", "ends": "02:45"}]
)
def test_an_hour_that_clocks_skip_is_refused_beside_the_field(cast, as_user, clocks):
    committee = CommitteeFactory()
    asked = {"committee": committee.pk, "kind": "ordinary", "title_fr": "Nuit", "day": "2027-03-28"}
    answer = as_user(cast.secretary).post(reverse("governance:meeting_create"), asked | clocks)
    assert answer.status_code == 422
    (wrong,) = answer.context["form"].errors.values()
    assert "avancent" in wrong[0]
    assert not Meeting.objects.exists()


def test_the_second_of_two_equal_hours_stays_when_something_else_changes(cast, as_user):
    at = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)  # 02:30 in winter time
    meeting = MeetingFactory(starts_at=at, ends_at=at + timedelta(minutes=30))
    address = reverse("governance:meeting_edit", args=[meeting.code])
    client = as_user(cast.secretary)
    form = client.get(address).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in shown.items() if value not in (None, False)}
    client.post(address, sent | {"title_fr": "Autre titre", "begins": "02:30", "ends": "03:00"})
    meeting.refresh_from_db()
    assert (meeting.title_fr, meeting.starts_at) == ("Autre titre", at)
    assert meeting.ends_at == at + timedelta(minutes=30)


def test_programs_name_the_one_of_two_equal_hours_and_none_that_is_skipped(cast):
    CommitteeFactory(code="NUIT")
    common = {"committee": "NUIT", "kind": "ordinary", "title": {"fr": "Nuit"}}

    def ask(**times):
        return call("meetings/", user=cast.secretary, method="post", data=common | times)

    skipped = ask(starts_at="2027-03-28T02:30:00")
    assert (skipped.status_code, skipped.json()["errors"][0]["field"]) == (400, "starts_at")
    half = ask(starts_at="2027-10-31T02:45:00+02:00", ends_at="2027-10-31T02:15:00+01:00")
    assert half.status_code == 201, half.json()
    turned = ask(starts_at="2027-10-31T02:15:00+01:00", ends_at="2027-10-31T02:45:00+02:00")
    assert (turned.status_code, turned.json()["errors"][0]["field"]) == (400, "ends_at")


def test_an_arrival_in_the_hour_that_comes_twice_is_noted_after_the_opening(cast, as_user):
    opened = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # 02:10 for the second time
    committee = CommitteeFactory()
    mandate = MandateFactory(seat=SeatFactory(committee=committee), user=cast.member)
    meeting = MeetingFactory(committee=committee, in_session=True, opened_at=opened)
    with time_machine.travel(opened + timedelta(minutes=40), tick=False):
        sent = {"person": mandate.user_id, "clock": "02:30", "to": "arrived"}
        address = reverse("governance:attendance_moment", args=[meeting.code])
        as_user(cast.secretary).post(address, sent)
    assert meeting.attendances.get().arrived_at == opened + timedelta(minutes=20)
