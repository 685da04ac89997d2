"""Decisions by the API: an outcome is written down, the meeting closes, the decision acts."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from governance.enums import Effect, ItemKind
from governance.models import Decision
from governance.services import minutes
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


class TestActions:
    @pytest.fixture
    def meeting(self):
        return g.MeetingFactory(in_session=True)

    def test_an_action_noted_during_the_meeting_opens_when_it_closes(self, cast, meeting):
        data = {
            "meeting": meeting.code,
            "title": "Envoyer",
            "due_on": "2027-01-15",
            "owner": cast.owner.email,
        }
        made = call("actions/", user=cast.secretary, method="post", data=data)
        assert (made.status_code, made.json()["status"]) == (201, "planned")
        assert call("actions/", user=cast.owner).json()["results"] == []
        close(meeting, cast.secretary)
        (seen,) = call("actions/", user=cast.owner).json()["results"]
        assert (seen["status"], seen["abilities"]) == (
            "open",
            {"do": True, "edit": False, "verify": False},
        )
        assert call("actions/", user=cast.owner, method="post", data=data).status_code == 403

    def test_the_secretariat_changes_what_is_asked_and_of_whom(self, cast, meeting):
        item = g.AgendaItemFactory(meeting=meeting)
        sent = {"meeting": meeting.code, "title": "Envoyer", "due_on": "2027-01-15"}
        make = {"user": cast.secretary, "method": "post"}
        asked = {**sent, "owner": cast.owner.email, "item": item.pk}
        made = call("actions/", data=asked, **make).json()
        assert made["item"]["id"] == item.pk
        path = f"actions/{made['id']}/"

        def change(**data):
            tag = call(path, user=cast.secretary)["ETag"]
            return call(path, user=cast.secretary, method="patch", data=data, if_match=tag)

        assert change(due_on="2027-02-01").json()["due_on"] == "2027-02-01"
        for refused, field in (
            (call("actions/", data=sent, **make), "owner"),
            (change(owner=None), "owner"),
            (call("actions/", data={**asked, "item": 0}, **make), "item"),
        ):
            assert refused.status_code == 400
            assert [one["field"] for one in refused.json()["errors"]] == [field]

    def test_a_file_shows_what_was_done(self, cast):
        action = g.ActionFactory(owner=cast.owner)
        client = Client()
        client.force_login(cast.owner)
        tag = call(f"actions/{action.pk}/", user=cast.owner)["ETag"]
        sent = client.post(
            f"/api/v1/actions/{action.pk}/files",
            {"file": SimpleUploadedFile("note.pdf", b"%PDF-1.7 fait")},
            headers={"If-Match": tag},
        )
        assert sent.status_code == 200, sent.content
        (kept,) = sent.json()["files"]
        assert kept["name"] == "note.pdf"
        file = f"actions/{action.pk}/files/{kept['id']}"
        assert call(file, user=cast.owner).getvalue() == b"%PDF-1.7 fait"
        assert call(file, user=cast.stranger).status_code == 404
        stale = client.post(
            f"/api/v1/actions/{action.pk}/files",
            {"file": SimpleUploadedFile("autre.pdf", b"%PDF-1.7 autre")},
            headers={"If-Match": tag},
        )
        assert stale.status_code == 412


class TestMinutes:
    def test_minutes_go_from_draft_to_a_published_extract(self, cast, item):
        seat = g.SeatFactory(committee=item.meeting.committee)
        g.MandateFactory(seat=seat, user=cast.member)
        decide(item, cast.secretary, outcome="approved")
        close(item.meeting, cast.secretary)
        made = call(
            "minutes/", user=cast.secretary, method="post", data={"meeting": item.meeting.code}
        )
        assert made.status_code == 201, made.json()
        pk = made.json()["id"]

        def act(person, verb, status=200, **data):
            tag = call(f"minutes/{pk}/", user=person)["ETag"]
            done = call(f"minutes/{pk}/{verb}", user=person, method="post", data=data, if_match=tag)
            assert done.status_code == status, done.json()
            return done.json()

        assert call(f"minutes/{pk}/", user=cast.member).status_code == 404
        assert act(cast.secretary, "edit", text="Texte relu")["revision"] == 2
        texts = call(f"minutes/{pk}/revisions", user=cast.secretary).json()
        assert [one["number"] for one in texts] == [2, 1]
        act(cast.secretary, "circulate")
        assert call(f"minutes/{pk}/revisions", user=cast.member).status_code == 403
        for ending, begins in (("pdf", b"%PDF"), ("word", b"PK")):
            assert call(f"minutes/{pk}/{ending}", user=cast.member).getvalue().startswith(begins)
        (remark,) = act(cast.member, "remark", text="Il manque un avis.")["remarks"]
        act(cast.member, "answer", 403, remark=remark["id"], text="Non")
        act(cast.secretary, "publish", 409)
        act(cast.secretary, "answer", remark=remark["id"], text="Ajouté.")
        minutes.approve_tacitly(day=timezone.localdate() + timedelta(days=90))
        published = act(cast.secretary, "publish")
        assert "La série est approuvée." in published["extracts"][0]["text"]["fr"]
        assert call(f"minutes/{pk}/", user=cast.member).json()["abilities"] == {
            "edit": False, "circulate": False, "take_back": False, "remark": False, "answer": False, "publish": False,
        }  # fmt: skip
        assert call("minutes/").json()["results"] == []
