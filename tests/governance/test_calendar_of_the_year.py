"""The calendar of the year, and meetings that begin from another or from the default agenda."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from governance.models import Meeting, StandingItem
from smartport import dates
from tests.factories.governance import (
    ActionFactory,
    AgendaItemFactory,
    CommitteeFactory,
    MandateFactory,
    MeetingFactory,
    SeatFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def committee():
    return CommitteeFactory(proposal_days=15)


@pytest.fixture
def before(committee):
    moment = timezone.now() - timedelta(days=60)
    return MeetingFactory(
        committee=committee,
        status="closed",
        starts_at=moment,
        held_at=moment,
        closed_at=moment,
        place_fr="Salle du Conseil",
    )


def created(client, committee, query="", **fields):
    day = timezone.localdate() + timedelta(days=40)
    typed = {
        "committee": committee.pk,
        "kind": "ordinary",
        "day": day.isoformat(),
        "begins": "09:00",
        "agenda_from": "default",
    }
    response = client.post(reverse("governance:meeting_create") + query, typed | fields)
    assert response.status_code == 302
    return Meeting.objects.latest("pk")


def test_a_new_meeting_begins_with_the_minutes_the_actions_and_the_default_agenda(
    cast, as_user, committee, before
):
    ActionFactory(committee=committee)
    StandingItem.objects.create(
        committee=committee, position=1, title_fr="Actualités", title_en="News", minutes=20
    )
    meeting = created(as_user(cast.secretary), committee)
    agenda = list(meeting.agenda.order_by("position"))
    assert [item.kind for item in agenda] == ["approve_minutes", "information", "information"]
    assert (agenda[2].title_fr, agenda[2].title_en, agenda[2].minutes) == ("Actualités", "News", 20)
    assert meeting.previous == before
    assert meeting.proposals_until == meeting.day - timedelta(days=15)


def test_a_meeting_is_copied_from_the_previous_one_with_what_comes_back(
    cast, as_user, committee, before
):
    AgendaItemFactory(meeting=before, title_fr="Tour de table", note_fr="Propos de juin.")
    client = as_user(cast.secretary)
    form = client.get(reverse("governance:meeting_create") + f"?after={before.code}").context[
        "form"
    ]
    assert form.initial["place_fr"] == "Salle du Conseil"
    assert form.initial["agenda_from"] == "before"
    meeting = created(client, committee, f"?after={before.code}", agenda_from="before")
    copied = meeting.agenda.get(title_fr="Tour de table")
    assert not copied.note_fr
    assert copied.outcome == ""


def test_an_empty_agenda_stays_empty_when_asked(cast, as_user, committee, before):
    assert not created(as_user(cast.secretary), committee, agenda_from="empty").agenda.exists()


def test_a_meeting_that_began_no_longer_changes_its_day(cast, as_user, committee):
    meeting = MeetingFactory(committee=committee, in_session=True)
    day = meeting.day
    response = as_user(cast.secretary).post(
        reverse("governance:meeting_edit", args=[meeting.code]),
        {"kind": "ordinary", "day": "2031-01-01", "begins": "09:00"},
    )
    assert response.status_code == 422
    meeting.refresh_from_db()
    assert meeting.day == day


def test_the_calendar_shows_each_person_the_meetings_they_may_know(
    cast, as_user, client, committee
):
    def on(month, **fields):
        moment = timezone.make_aware(datetime(2028, month, 29, 9))
        return MeetingFactory(committee=committee, starts_at=moment, **fields)

    draft, told = on(2, place_fr="Salle rose"), on(3, summoned=True, place_fr="Salle bleue")
    announced = on(4, summoned=True, is_public=True, place_fr="Salle verte")
    member = MandateFactory(seat=SeatFactory(committee=committee)).user
    page = reverse("governance:calendar", args=[2028])
    seen = {
        "anonymous": client.get(page).content.decode(),
        "stranger": as_user(cast.stranger).get(page).content.decode(),
        "member": as_user(member).get(page).content.decode(),
        "secretary": as_user(cast.secretary).get(page).content.decode(),
    }
    places = {
        who: {m.place_fr for m in (draft, told, announced) if m.place_fr in text}
        for who, text in seen.items()
    }
    assert places == {
        "anonymous": {"Salle verte"},
        "stranger": {"Salle verte"},
        "member": {"Salle bleue", "Salle verte"},
        "secretary": {"Salle rose", "Salle bleue", "Salle verte"},
    }
    assert announced.get_absolute_url() not in seen["anonymous"]
    assert client.get(reverse("governance:calendar", args=[2201])).status_code == 404


def test_months_without_a_meeting_are_named_in_one_line_and_the_next_meeting_first(
    client, committee
):
    soon = timezone.now()
    MeetingFactory(committee=committee, starts_at=soon, summoned=True, is_public=True)
    page = client.get(reverse("governance:calendar", args=[timezone.localtime(soon).year]))
    assert (
        f"La prochaine a lieu le {dates.day(timezone.localtime(soon).date())}."
        in page.context["sentence"]
    )
    shown = [month["name"].split()[0] for month in page.context["months"]]
    assert sorted(shown + page.context["quiet"]) == sorted(
        dates.month(date(2026, number, 1)).split()[0] for number in range(1, 13)
    )
    assert len(shown) <= 2
