"""The page of the table on a poor network and with two secretaries: nothing typed is lost, nothing is overwritten."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from governance.models import Meeting
from governance.services import attendance, decisions
from tests.factories.governance import (
    AgendaItemFactory,
    CommitteeFactory,
    MandateFactory,
    MeetingFactory,
    SeatFactory,
)
from tests.factories.partners import UserFactory

pytestmark = pytest.mark.django_db
JSON = {"headers": {"accept": "application/json"}}


@pytest.fixture
def members():
    committee = CommitteeFactory()
    return [MandateFactory(seat=SeatFactory(committee=committee)) for _n in range(2)]


@pytest.fixture
def item(members):
    meeting = MeetingFactory(committee=members[0].seat.committee, in_session=True)
    meeting.opened_at = timezone.now() - timedelta(hours=1)
    meeting.save()
    return AgendaItemFactory(meeting=meeting, proposed_decision_fr="Le comité approuve.")


@pytest.fixture
def secretary(cast, as_user):
    return as_user(cast.secretary)


def at(name, item, *more):
    return reverse(f"governance:{name}", args=[item.meeting.code, *(more or [item.pk])])


def typed(version=0, **fields):
    return {"version": version, "outcome": "approved", "vote_mode": "none", **fields}


def test_what_is_typed_is_kept_aside_and_found_again_on_another_device(cast, as_user, item):
    answer = as_user(cast.secretary).post(
        at("outcome_draft", item), typed(wording_fr="Texte en cours"), **JSON
    )
    assert answer.json()["version"] == 0
    item.refresh_from_db()
    assert (item.outcome, item.wording_fr) == ("", None)
    elsewhere = Client()
    elsewhere.force_login(cast.secretary)
    page = elsewhere.get(at("item_outcome", item)).content.decode()
    assert "Texte en cours" in page and "sans l’enregistrer" in page


def test_another_secretary_does_not_see_what_is_not_recorded(cast, as_user, secretary, item):
    secretary.post(at("outcome_draft", item), typed(wording_fr="Texte en cours"), **JSON)
    page = as_user(cast.admin).get(at("item_outcome", item)).content.decode()
    assert "Texte en cours" not in page


def test_a_text_kept_aside_is_given_up_or_goes_when_it_is_recorded(secretary, item):
    secretary.post(at("outcome_draft", item), typed(wording_fr="Essai"), **JSON)
    secretary.post(at("outcome_forget", item))
    assert not item.drafts.exists()
    secretary.post(at("outcome_draft", item), typed(wording_fr="Essai"), **JSON)
    secretary.post(at("item_outcome", item), typed(wording_fr="Essai"))
    assert not item.drafts.exists()


def test_a_session_that_has_ended_is_told_and_nothing_is_kept_for_a_stranger(
    client, cast, as_user, item
):
    assert client.post(at("outcome_draft", item), typed(), **JSON).status_code == 401
    assert as_user(cast.stranger).post(at("outcome_draft", item), typed()).status_code == 403
    assert client.post(at("outcome_presence", item)).status_code == 401


def test_two_secretaries_never_overwrite_each_other_unseen(cast, as_user, secretary, item):
    secretary.post(at("item_outcome", item), typed(wording_fr="Texte de Solène"))
    other = as_user(cast.admin)
    answer = other.post(at("item_outcome", item), typed(outcome="rejected", wording_fr="Autre"))
    page = answer.content.decode()
    assert answer.status_code == 412
    assert "Texte de Solène" in page and "Autre" in page and str(cast.secretary) in page
    item.refresh_from_db()
    assert item.outcome == "approved"
    other.post(at("item_outcome", item), typed(1, outcome="rejected", wording_fr="Autre"))
    item.refresh_from_db()
    assert (item.outcome, item.recorded_by) == ("rejected", cast.admin)


def test_a_text_sent_without_a_version_overwrites_nothing(secretary, item):
    data = typed(outcome="rejected")
    del data["version"]
    assert secretary.post(at("item_outcome", item), data).status_code == 412
    item.refresh_from_db()
    assert item.outcome == ""


def test_the_same_outcome_sent_twice_is_recorded_once(secretary, item):
    for _press in range(2):
        answer = secretary.post(at("item_outcome", item), typed(wording_fr="Texte"), **JSON)
        assert answer.json()["next"]
    item.refresh_from_db()
    assert item.revision == 1


def test_autosaving_over_a_newer_outcome_keeps_the_text_and_says_so(cast, as_user, secretary, item):
    decisions.record_outcome(actor=cast.admin, item=item, outcome="noted")
    answer = secretary.post(at("outcome_draft", item), typed(wording_fr="Le mien"), **JSON)
    assert answer.status_code == 409
    page = secretary.get(at("item_outcome", item)).content.decode()
    assert "Le mien" in page and "pendant que vous écriviez" in page


def test_an_arrival_that_waited_for_the_network_keeps_its_time(secretary, item, members):
    pressed = timezone.now() - timedelta(minutes=20)
    note = at("attendance_note", item, members[0].user_id)
    answer = secretary.post(note, {"to": "arrived", "at": pressed.isoformat()}, **JSON)
    assert answer.status_code == 200
    assert item.meeting.attendances.get().arrived_at == pressed
    left = pressed + timedelta(minutes=5)
    secretary.post(note, {"to": "left", "at": left.isoformat()}, **JSON)
    assert item.meeting.attendances.get().left_at == left


@pytest.mark.parametrize("sent", ["2999-01-01T00:00:00Z", "1999-01-01T00:00:00Z", "hier", ""])
def test_no_time_before_the_opening_or_after_now_is_taken(secretary, item, members, sent):
    secretary.post(at("attendance_note", item, members[0].user_id), {"to": "arrived", "at": sent})
    stay = item.meeting.attendances.get()
    assert item.meeting.opened_at <= stay.arrived_at <= timezone.now()


def test_a_departure_noted_late_is_noted_at_its_time(cast, secretary, item, members):
    attendance.arrive(
        actor=cast.secretary, meeting=item.meeting, user=members[0].user,
        at=item.meeting.opened_at,
    )  # fmt: skip
    clock = timezone.localtime(item.meeting.opened_at) + timedelta(minutes=10)
    secretary.post(
        reverse("governance:attendance_moment", args=[item.meeting.code]),
        {"person": members[0].user_id, "clock": f"{clock:%H:%M}", "to": "left"},
    )
    left = timezone.localtime(item.meeting.attendances.get().left_at)
    assert f"{left:%H:%M}" == f"{clock:%H:%M}"


def test_a_time_that_has_not_come_is_refused(secretary, item, members):
    noon = timezone.localtime(item.meeting.opened_at).replace(hour=12) + timedelta(days=1)
    with time_machine.travel(noon):
        Meeting.objects.filter(pk=item.meeting.pk).update(opened_at=noon - timedelta(hours=1))
        answer = secretary.post(
            reverse("governance:attendance_moment", args=[item.meeting.code]),
            {"person": members[0].user_id, "clock": "12:59", "to": "arrived"},
            **JSON,
        )
    assert answer.status_code == 409
    assert not item.meeting.attendances.exists()


def test_a_note_that_is_refused_says_why_to_the_page_that_sends_it(secretary, item):
    stranger = UserFactory()
    answer = secretary.post(at("attendance_note", item, stranger.pk), {"to": "arrived"}, **JSON)
    assert answer.status_code == 409
    assert "pas de mandat" in answer.json()["message"]


def test_the_room_says_that_someone_has_just_recorded_the_item(cast, secretary, item):
    def room():
        asked = {"headers": {"x-requested-with": "fetch"}}
        return secretary.get(at("item_room", item), {"version": 0}, **asked).content.decode()

    assert "Quelqu’un vient" not in room()
    decisions.record_outcome(actor=cast.admin, item=item, outcome="noted")
    assert "Quelqu’un vient" in room()


def test_two_secretaries_on_one_item_are_told_of_each_other(cast, as_user, secretary, item):
    here = at("outcome_presence", item)
    assert as_user(cast.admin).post(here).json()["others"] == ""
    assert str(cast.admin) in secretary.post(here).json()["others"]


def test_an_item_off_the_agenda_is_decided_only_as_a_late_one_with_its_reason(secretary, item):
    create = reverse("governance:item_create", args=[item.meeting.code])
    data = {"kind": "other", "title_fr": "Imprévu", "effect": "none", "minutes": 5}
    answer = secretary.post(create, data)
    assert answer.status_code == 422
    assert answer.context["form"].errors["late_reason"]
    assert "Imprévu" in answer.content.decode()
    secretary.post(create, data | {"late_reason": "Reçu ce matin"})
    late = item.meeting.agenda.get(title_fr="Imprévu")
    assert (late.late, late.late_reason) == (True, "Reçu ce matin")
    assert "Reçu ce matin" in secretary.get(at("item_outcome", late)).content.decode()


def test_an_expired_mandate_counts_for_nothing_even_when_its_holder_is_noted_present(
    cast, secretary, item, members
):
    attendance.arrive(actor=cast.secretary, meeting=item.meeting, user=members[0].user)
    members[0].end = item.meeting.day - timedelta(days=1)
    members[0].save()
    page = secretary.get(at("item_outcome", item))
    assert page.context["room"].voters == []
    assert page.context["room"].quorum.counted == 0
