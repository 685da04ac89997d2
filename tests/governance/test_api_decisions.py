"""Decisions by the API: an outcome is written down, the meeting closes, the decision acts."""

import pytest

from governance.enums import Effect, ItemKind
from governance.models import Decision
from projects.enums import ProjectStatus, SeriesStatus
from tests.api import call
from tests.factories import governance as g
from tests.factories.projects import ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(cast):
    project = ProjectFactory(proposed=True)
    meeting = g.MeetingFactory(in_session=True)
    return g.AgendaItemFactory(
        meeting=meeting, kind=ItemKind.APPROVE_SERIES, effect=Effect.APPROVE_SERIES, series=project.series,
        proposed_decision_fr="La série est approuvée.",
    )  # fmt: skip


def decide(item, person, **data):
    tag = call(f"agenda-items/{item.pk}/", user=person)
    headers = {"if_match": tag["ETag"]} if tag.has_header("ETag") else {"if_match": '"x"'}
    return call("decisions/", user=person, method="post", data={"item": item.pk, **data}, **headers)


def close(meeting, person):
    tag = call(f"meetings/{meeting.pk}/", user=person)["ETag"]
    return call(f"meetings/{meeting.pk}/close", user=person, method="post", if_match=tag)


def test_a_decision_on_a_series_makes_its_projects_public(cast, item):
    answer = decide(item, cast.secretary, outcome="approved")
    assert answer.status_code == 202, answer.json()
    assert answer.json()["wording"]["fr"] == "La série est approuvée."
    assert answer["ETag"] == call(f"agenda-items/{item.pk}/", user=cast.secretary)["ETag"]
    assert close(item.meeting, cast.secretary).json()["status"] == "closed"
    item.series.refresh_from_db()
    assert item.series.status == SeriesStatus.APPROVED
    (project,) = call("projects/").json()["results"]
    assert project["status"] == ProjectStatus.APPROVED
    assert project["decision"]["reference"] == call("decisions/").json()["results"][0]["reference"]


def test_closing_twice_changes_nothing(cast, item):
    decide(item, cast.secretary, outcome="approved")
    for _ in range(2):
        assert close(item.meeting, cast.secretary).status_code == 200
    assert Decision.objects.count() == 1


def test_a_meeting_with_an_undecided_item_does_not_close(cast, item):
    answer = close(item.meeting, cast.secretary)
    assert answer.status_code == 409
    assert answer.json()["remedy"]


def test_only_the_secretariat_decides(cast, item):
    seat = g.SeatFactory(committee=item.meeting.committee)
    g.MandateFactory(seat=seat, user=cast.member)
    assert decide(item, cast.member, outcome="approved").status_code == 403
    assert decide(item, cast.stranger, outcome="approved").status_code == 400
    assert decide(item, None, outcome="approved").status_code == 401


def test_a_decision_names_the_version_of_the_item_it_decides(cast, item):
    data = {"item": item.pk, "outcome": "approved"}
    assert call("decisions/", user=cast.secretary, method="post", data=data).status_code == 428
    answer = call("decisions/", user=cast.secretary, method="post", data=data, if_match='"old"')
    assert answer.status_code == 412


@pytest.mark.parametrize(
    "data",
    [
        {"outcome": "perhaps"},
        {"outcome": "approved", "votes_for": -1},
        {},
        {"outcome": "noted", "x": 1},
    ],
)
def test_a_wrong_outcome_is_refused(cast, item, data):
    assert decide(item, cast.secretary, **data).status_code == 400


def test_an_action_is_moved_along_by_its_owner_and_verified_by_the_secretariat(cast):
    action = g.ActionFactory(owner=cast.owner)

    def move(person, **data):
        tag = call(f"actions/{action.pk}/", user=person)["ETag"]
        return call(
            f"actions/{action.pk}/progress", user=person, method="post", data=data, if_match=tag
        )

    assert move(cast.owner, to="done", evidence="Envoyé le 3.").json()["status"] == "done"
    assert move(cast.owner, to="verified").status_code == 403
    assert move(cast.secretary, to="verified").json()["status"] == "verified"
