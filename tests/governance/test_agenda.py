"""The agenda: order, clock times, what is late, what is ready, and what may not be put on it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from governance.errors import AlreadyApproved, LateReasonMissing
from governance.services import agenda
from tests.factories.governance import (
    AgendaItemFactory,
    MandateFactory,
    MeetingFactory,
    SeatFactory,
)
from tests.factories.projects import SeriesFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting():
    start = timezone.localtime() + timedelta(days=20)
    start = start.replace(hour=9, minute=30, second=0, microsecond=0)
    return MeetingFactory(starts_at=start, ends_at=start + timedelta(minutes=40))


@pytest.fixture
def items(meeting):
    return [AgendaItemFactory(meeting=meeting, minutes=minutes) for minutes in (10, 20, 15)]


def page_of(client, meeting):
    return client.get(meeting.get_absolute_url())


def order_of(meeting):
    return list(meeting.agenda.order_by("position").values_list("pk", flat=True))


def test_durations_add_up_to_clock_times_and_warn_when_they_go_past_the_end(
    cast, as_user, meeting, items
):
    response = page_of(as_user(cast.secretary), meeting)
    times = [f"{timezone.localtime(i.expected_at):%H:%M}" for i in response.context["agenda"]]
    assert times == ["09:30", "09:40", "10:00"]
    assert response.context["overrun"] == 5
    items[2].minutes = 10
    items[2].save()
    assert page_of(as_user(cast.secretary), meeting).context["overrun"] == 0


def test_a_confidential_item_takes_its_time_for_those_who_do_not_see_it(as_user, meeting, items):
    items[0].confidential = True
    items[0].save()
    mandate = MandateFactory(
        seat=SeatFactory(committee=meeting.committee), end=timezone.localdate() + timedelta(days=30)
    )
    meeting.status, meeting.summoned_at = "summoned", timezone.now()
    meeting.save()
    meeting.summonses.create(
        user=mandate.user, seat=mandate.seat, capacity="titular", sent_at=timezone.now()
    )
    mandate.end = timezone.localdate() - timedelta(days=1)
    mandate.save()
    response = page_of(as_user(mandate.user), meeting)
    shown = response.context["agenda"]
    assert [item.pk for item in shown] == [items[1].pk, items[2].pk]
    assert f"{timezone.localtime(shown[0].expected_at):%H:%M}" == "09:40"
    assert items[0].title_fr not in response.content.decode()


def test_items_move_by_button_or_by_the_whole_order_and_the_button_keeps_the_focus(
    cast, as_user, meeting, items
):
    first, second, third = items
    client, url = as_user(cast.secretary), reverse("governance:agenda_order", args=[meeting.code])
    moved = client.post(url, {"move": f"down:{first.pk}", "order": [i.pk for i in items]})
    assert order_of(meeting) == [second.pk, first.pk, third.pk]
    page = client.get(moved.url).content.decode()
    assert page.count("autofocus") == 1
    client.post(url, {"order": [third.pk, first.pk, second.pk]})
    assert order_of(meeting) == [third.pk, first.pk, second.pk]
    client.post(url, {"order": [third.pk, first.pk]})
    assert order_of(meeting) == [third.pk, first.pk, second.pk]


def test_after_the_summons_a_new_item_is_late_and_says_why(cast, as_user, meeting):
    meeting.status, meeting.summoned_at = "summoned", timezone.now()
    meeting.save()
    client, url = as_user(cast.secretary), reverse("governance:item_create", args=[meeting.code])
    fields = {"kind": "other", "title_fr": "Avarie", "minutes": 5, "effect": "none"}
    assert "late_reason" in client.post(url, fields).context["form"].errors
    assert client.post(url, fields | {"late_reason": "Survenue hier."}).status_code == 302
    item = meeting.agenda.get()
    assert (item.late, item.late_reason) == (True, "Survenue hier.")
    assert "Survenue hier." in page_of(client, meeting).content.decode()
    with pytest.raises(LateReasonMissing):
        agenda.add_item(actor=cast.secretary, meeting=meeting, kind="other", title_fr="Autre")


def test_an_item_is_marked_ready_with_one_button(cast, as_user, meeting, items):
    url = reverse("governance:item_ready", args=[meeting.code, items[0].pk])
    for wanted in ("1", "1", "0"):
        assert as_user(cast.secretary).post(url, {"ready": wanted}).status_code == 302
        items[0].refresh_from_db()
        assert items[0].ready is (wanted == "1")


def test_a_series_approved_already_is_refused_on_the_agenda_beside_its_field(
    cast, as_user, meeting
):
    series = SeriesFactory()
    fields = {
        "kind": "approve_series",
        "title_fr": "Encore",
        "series": series.pk,
        "effect": "none",
        "minutes": 5,
    }
    refused = as_user(cast.secretary).post(
        reverse("governance:item_create", args=[meeting.code]), fields
    )
    assert refused.status_code == 422
    assert "series" in refused.context["form"].errors
    with pytest.raises(AlreadyApproved):
        agenda.add_item(
            actor=cast.secretary,
            meeting=meeting,
            kind="approve_series",
            title_fr="Encore",
            series=series,
        )


def test_nothing_on_the_agenda_changes_once_the_session_began(cast, as_user, meeting, items):
    meeting.status, meeting.opened_at = "in_session", timezone.now()
    meeting.save()
    client, before = as_user(cast.secretary), order_of(meeting)
    item = items[0]
    fields = {"kind": "other", "title_fr": "Autre", "minutes": 5, "effect": "none", "revision": 0}
    edited = client.post(reverse("governance:item_edit", args=[meeting.code, item.pk]), fields)
    assert edited.status_code == 422
    for name, data in (("item_remove", {}), ("item_ready", {"ready": "1"})):
        response = client.post(reverse(f"governance:{name}", args=[meeting.code, item.pk]), data)
        assert response.status_code in {302, 409}
    client.post(
        reverse("governance:agenda_order", args=[meeting.code]), {"order": list(reversed(before))}
    )
    item.refresh_from_db()
    assert (item.title_fr, item.ready) != ("Autre", True)
    assert order_of(meeting) == before
