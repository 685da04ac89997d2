"""Committees, meetings, agendas, papers, proposals, consultations written by the API, by the rules of the pages."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from governance.models import Committee, Meeting
from governance.services import meetings
from tests.api import call
from tests.factories.governance import (
    AgendaItemFactory,
    CommitteeFactory,
    MandateFactory,
    MeetingFactory,
    SeatFactory,
)
from tests.factories.projects import ProjectFactory
from tests.governance.packs import annex_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(cast):
    """`office("post", "seats/", {…})`: the secretariat's request; a change names the version it read."""

    def ask(method, path, data=None, *, of=None, by=cast.secretary):
        headers = {}
        if of is not None or method in ("patch", "delete"):
            read = call(of or path, user=by)
            headers = {"if_match": read["ETag"] if read.has_header("ETag") else '"none"'}
        return call(path, user=by, method=method, data=data, **headers)

    return ask


def errors(answer):
    return {one["field"]: one["detail"] for one in answer.json().get("errors", ())}


def test_a_committee_is_made_with_its_seats_and_mandates_and_changed(cast, office):
    made = office(
        "post",
        "committees/",
        {
            "code": "tech",
            "name": {"fr": "Comité technique", "en": "Technical committee"},
            "kind": "technical",
            "notice_days": 7,
            "agenda": [{"title": {"fr": "Points divers"}, "minutes": 15}],
        },
    )
    assert made.status_code == 201, made.json()
    told, path = made.json(), f"committees/{made.json()['id']}/"
    assert (told["code"], told["slug"], told["agenda"][0]["minutes"]) == (
        "TECH",
        "comite-technique",
        15,
    )
    changed = office("patch", path, {"quorum_rule": "none", "agenda": []})
    assert (changed.json()["quorum_rule"], changed.json()["agenda"]) == ("none", [])
    assert changed.json()["notice_days"] == 7
    seat = office("post", "seats/", {"committee": "TECH", "partner": cast.partner_a.code})
    assert seat.status_code == 201, seat.json()
    number = seat.json()["id"]
    held = {"seat": number, "person": cast.member.email, "start": "2026-01-01"}
    mandate = office("post", "mandates/", held)
    assert mandate.status_code == 201, mandate.json()
    assert office("get", f"seats/{number}/").json()["mandates"][0]["person"]
    ended = office("patch", f"seats/{number}/", {"end": "2026-12-31"})
    assert ended.json()["mandates"][0]["end"] == "2026-12-31"
    assert call("mandates/", user=cast.stranger).json()["results"] == []
    assert call(f"seats/{number}/").json()["mandates"] == []
    assert call(path).json()["abilities"]["edit"] is False


def test_what_a_committee_refuses_is_said_beside_the_field(cast, office):
    mandate = MandateFactory(user=cast.member)
    seat, committee = mandate.seat, mandate.seat.committee
    code, partner = committee.code, seat.partner.code
    named = {"name": {"fr": "Autre"}, "kind": "technical"}
    for path, sent, field in (
        ("committees/", {"code": code, **named}, "code"),
        ("committees/", {"code": "A B", **named}, "code"),
        ("committees/", {"code": "N", **named, "name": {"fr": "!!"}}, "name"),
        ("committees/", {"code": "N", **named, "quorum_percent": 101}, "quorum_percent"),
        ("committees/", {"code": "N", **named, "quorom": 1}, "quorom"),
        ("seats/", {"committee": code, "partner": partner}, "partner"),
        ("seats/", {"committee": "NONE", "partner": partner}, "committee"),
        ("mandates/", {"seat": 0, "person": cast.owner.email, "start": "2026-01-01"}, "seat"),
        ("mandates/", {"seat": seat.pk, "person": "no@x.example", "start": "2026-01-01"}, "person"),
        (
            "mandates/",
            {"seat": seat.pk, "person": cast.owner.email, "start": "2026-01-01"},
            "start",
        ),
        (
            "mandates/",
            {
                "seat": seat.pk,
                "person": cast.owner.email,
                "capacity": "alternate",
                "start": "2026-02-01",
                "end": "2026-01-01",
            },
            "end",
        ),
    ):
        answer = office("post", path, sent)
        assert (answer.status_code, set(errors(answer))) == (400, {field}), (sent, answer.json())
    for path in ("committees/", "seats/", "mandates/"):
        refused = call(path, user=cast.member, method="post", data={})
        assert refused.status_code == 403
    patch = call(f"seats/{seat.pk}/", user=cast.secretary, method="patch", data={"college": "A"})
    assert patch.status_code == 428
    assert office("patch", f"mandates/{mandate.pk}/", {}, by=cast.member).status_code == 403


class TestMeetings:
    def test_one_is_made_copied_changed_and_cancelled(self, cast, office):
        committee = CommitteeFactory()
        MandateFactory(seat=SeatFactory(committee=committee), user=cast.member)
        first = office(
            "post",
            "meetings/",
            {
                "committee": committee.code,
                "starts_at": "2027-01-12T09:00:00+01:00",
                "ends_at": "2027-01-12T11:30:00+01:00",
                "place": {"fr": "Salle du quai"},
                "is_public": True,
            },
        )
        assert first.status_code == 201, first.json()
        copied = office(
            "post",
            "meetings/",
            {"copy_from": first.json()["code"], "starts_at": "2027-03-09T10:00:00+01:00"},
        )
        told = copied.json()
        assert copied.status_code == 201, told
        assert told["place"]["fr"] == "Salle du quai"
        assert told["ends_at"] == "2027-03-09T12:30:00+01:00"
        assert told["previous"]["code"] == first.json()["code"]
        assert len(told["agenda"]) == 1, "the minutes of the one before"
        path = f"meetings/{told['id']}/"
        moved = office(
            "patch", path, {"title": {"fr": "Séance de printemps"}, "guests": "Rita Morel, Région"}
        )
        assert moved.json()["guests"] == "Rita Morel, Région"
        assert moved.json()["title"]["fr"] == "Séance de printemps"
        wrong = office("patch", path, {"ends_at": "2027-03-09T08:00:00+01:00"})
        assert (wrong.status_code, set(errors(wrong))) == (400, {"ends_at"})
        assert wrong.json()["code"] == "dates_refused"
        wrong = office("patch", path, {"answers_due_on": "2027-03-09"})
        assert (wrong.status_code, set(errors(wrong))) == (400, {"answers_due_on"})
        asked = office("patch", path, {"kind": "written", "answers_due_on": "2027-03-10"}).json()
        assert (asked["answers_due_on"], asked["ends_at"]) == ("2027-03-10", None)
        assert office("post", f"{path}cancel", {}, of=path).status_code == 400
        gone = office("post", f"{path}cancel", {"reason": "Grève"}, of=path).json()
        assert (gone["status"], gone["cancel_reason"]) == ("cancelled", "Grève")
        assert gone["abilities"]["edit"] is gone["abilities"]["cancel"] is False

    def test_what_one_needs_is_said_beside_the_field(self, cast, office):
        code = CommitteeFactory().code
        for sent, field in (
            ({"committee": code}, "starts_at"),
            ({"committee": code, "kind": "written"}, "answers_due_on"),
            ({"starts_at": "2027-03-09T10:00:00+01:00"}, "committee"),
            ({"committee": code, "answers_due_on": "2027-03-09"}, "answers_due_on"),
            ({"committee": code, "starts_at": "x"}, "starts_at"),
            ({"committee": code, "starts_at": "0001-01-01"}, "starts_at"),
            ({"committee": code, "starts_at": "0202-03-09T10:00:00Z"}, "starts_at"),
            (
                {"committee": code, "kind": "written", "answers_due_on": "9999-12-31"},
                "answers_due_on",
            ),
            ({"committee": code, "starts_at": "2027-03-09T10:00:00Z", "link": "x"}, "link"),
        ):
            answer = office("post", "meetings/", sent)
            assert (answer.status_code, set(errors(answer))) == (400, {field}), answer.json()
        refused = call("meetings/", user=cast.member, method="post", data={"committee": code})
        assert refused.status_code == 403
        assert not Meeting.objects.exists()


class TestAgenda:
    def test_items_are_written_ordered_and_marked_ready(self, cast, office):
        meeting = MeetingFactory()
        project = ProjectFactory(proposed=True)
        path = f"meetings/{meeting.pk}/"
        warned = [one["code"] for one in office("get", f"{path}warnings").json()]
        assert warned == ["notice"], "in ten days, where the rule asks for fourteen"
        suggested = office("get", f"{path}suggestions").json()
        assert office("post", f"{path}suggestions", {"key": suggested[0]["key"]}, of=path).json()
        asked = {"meeting": meeting.code, "kind": "approve_series", "title": {"fr": "La série"}}
        again = office("post", "agenda-items/", {**asked, "series": project.series.code})
        assert (again.status_code, again.json()["code"]) == (409, "on_agenda")
        other = ProjectFactory(proposed=True).series
        made = office("post", "agenda-items/", {**asked, "series": other.code})
        assert (made.status_code, made.json()["effect"]) == (201, "approve_series"), made.json()
        item = f"agenda-items/{made.json()['id']}/"
        changed = office(
            "patch", item, {"kind": "information", "proposed_decision": {"fr": "Prend acte."}}
        ).json()
        assert (changed["effect"], changed["proposed_decision"]["fr"]) == ("none", "Prend acte.")
        assert office("post", f"{item}ready", {"ready": True}, of=item).json()["ready"] is True
        assert office("post", f"{item}move", {"position": 1}, of=item).json()["position"] == 1
        order = office("get", path).json()["agenda"]
        turned = office("post", f"{path}order", {"items": order[::-1]}, of=path)
        assert turned.json()["agenda"] == order[::-1]
        half = office("post", f"{path}order", {"items": order[:1]}, of=path)
        assert half.status_code == 412
        assert office("delete", item).status_code == 204
        assert len(office("get", path).json()["agenda"]) == len(order) - 1

    def test_what_an_item_needs_is_said_beside_the_field(self, cast, office):
        meeting = MeetingFactory()
        common = {"meeting": meeting.code, "title": {"fr": "Point"}}
        for sent, field in (
            ({"kind": "approve_series"}, "series"),
            ({"kind": "approve_agreement"}, "agreement"),
            ({"kind": "other", "effect": "suspend_project"}, "project"),
            ({"kind": "other", "effect": "withdraw"}, "effect"),
            ({"kind": "other", "series": "NONE"}, "series"),
        ):
            answer = office("post", "agenda-items/", {**common, **sent})
            assert (answer.status_code, set(errors(answer))) == (400, {field}), answer.json()
        hidden = call("agenda-items/", user=cast.stranger, method="post", data=common)
        assert hidden.status_code == 403


class TestPapers:
    @pytest.fixture
    def item(self, cast):
        committee = CommitteeFactory()
        MandateFactory(seat=SeatFactory(committee=committee), user=cast.member)
        return AgendaItemFactory(meeting=MeetingFactory(committee=committee, summoned=True))

    @pytest.fixture
    def bring(self, cast):
        client = Client(headers={"accept": "application/json"})
        client.force_login(cast.secretary)

        def send(path, content, name="note.pdf", **fields):
            file = SimpleUploadedFile(name, content, content_type="application/pdf")
            tag = {}
            if path != "papers/":
                tag = {"If-Match": client.get(f"/api/v1/{path.rpartition('revisions')[0]}")["ETag"]}
            return client.post(f"/api/v1/{path}", {"file": file, **fields}, headers=tag)

        return send

    def test_a_pdf_is_brought_revised_pinned_and_read_by_those_it_is_for(
        self, cast, office, item, bring
    ):
        made = bring("papers/", annex_file(2, "Un"), item=item.pk, access="public", title="Note")
        assert made.status_code == 201, made.json()
        path = f"papers/{made.json()['id']}/"
        revised = bring(f"{path}revisions", annex_file(3, "Deux"), item=item.pk).json()
        assert [(one["number"], one["pages"]) for one in revised["revisions"]] == [(2, 3), (1, 2)]
        assert revised["revisions"][0]["pinned_by"] == [item.pk]
        back = office("post", f"{path}pin", {"item": item.pk, "revision": 1}, of=path).json()
        assert back["revisions"][1]["pinned_by"] == [item.pk]
        seen = call(path, user=cast.member).json()
        assert [one["number"] for one in seen["revisions"]] == [1]
        file = call(f"{path}revisions/1", user=cast.member)
        assert b"".join(file.streaming_content).startswith(b"%PDF")
        assert call(f"{path}revisions/2", user=cast.member).status_code == 404
        assert call(path, user=cast.stranger).status_code == 404
        assert office("get", f"agenda-items/{item.pk}/").json()["annexes"][0]["revision"] == 1
        closed = office("patch", path, {"access": "confidential"})
        assert closed.json()["access"] == "confidential"
        assert office("patch", path, {"access": "public"}, by=cast.member).status_code == 403
        assert (
            office("post", f"{path}pin", {"item": item.pk, "revision": 9}, of=path).status_code
            == 400
        )
        assert office("post", f"{path}unpin", {"item": item.pk}, of=path).status_code == 200
        assert call(path, user=cast.member).status_code == 404

    def test_other_files_are_refused_with_advice(self, cast, office, item, bring):
        for name, content, code in (
            ("note.docx", b"PK\x03\x04", "file_refused"),
            ("note.pdf", b"", "invalid"),
            ("note.pdf", b"%PDF-1.7 cut", "paper_unusable"),
        ):
            answer = bring("papers/", content, name, item=item.pk)
            assert (answer.status_code, set(errors(answer))) == (400, {"file"}), answer.json()
            assert code in (answer.json()["code"], answer.json()["errors"][0]["code"], "invalid")
            assert code == "invalid" or answer.json()["remedy"]
        assert errors(office("post", "papers/", {"item": item.pk}))["file"]


class TestProposals:
    def test_a_partner_proposes_the_secretariat_answers_and_marks_it_ready(self, cast, office):
        tomorrow = timezone.localdate() + timedelta(days=1)
        meeting = MeetingFactory(proposals_until=tomorrow)
        sent = {
            "meeting": meeting.code,
            "partner": cast.partner_a.code,
            "title": "Quai",
            "reason": "Un avis est attendu.",
        }
        (taking,) = call("proposals/meetings", user=cast.owner).json()
        assert taking["code"] == meeting.code
        made = office("post", "proposals/", sent, by=cast.owner)
        assert made.status_code == 201, made.json()
        path = f"proposals/{made.json()['id']}/"
        assert made.json()["abilities"] == {"accept": False, "decline": False, "withdraw": True}
        assert office("post", f"{path}accept", {}, of=path, by=cast.owner).status_code == 403
        assert call(path, user=cast.stranger).status_code == 404
        taken = office("post", f"{path}accept", {}, of=path).json()
        assert taken["status"] == "accepted"
        item = f"agenda-items/{taken['item']}/"
        assert office("post", f"{item}ready", {"ready": True}, of=item).json()["ready"] is True
        second = office("post", "proposals/", {**sent, "title": "Grue"}, by=cast.owner).json()
        path = f"proposals/{second['id']}/"
        assert set(errors(office("post", f"{path}decline", {}, of=path))) == {"answer"}
        answered = office("post", f"{path}decline", {"answer": "Trop tôt"}, of=path).json()
        assert (answered["status"], answered["answer"]) == ("declined", "Trop tôt")
        assert office("post", f"{path}withdraw", {}, of=path, by=cast.owner).status_code == 409
        for change, field in (
            ({"partner": cast.partner_b.code}, "partner"),
            ({"meeting": "M-NONE"}, "meeting"),
            ({"reason": ""}, "reason"),
        ):
            wrong = office("post", "proposals/", {**sent, **change}, by=cast.owner)
            assert (wrong.status_code, set(errors(wrong))) == (400, {field})


class TestConsultation:
    @pytest.fixture
    def written(self, cast):
        committee = CommitteeFactory(quorum_percent=50)
        for person in (cast.member, cast.owner):
            MandateFactory(seat=SeatFactory(committee=committee), user=person)
        meeting = MeetingFactory(
            committee=committee,
            kind="written",
            answers_due_on=timezone.localdate() + timedelta(days=10),
        )
        AgendaItemFactory.create_batch(2, meeting=meeting)
        meetings.summon(actor=cast.secretary, meeting=meeting)
        return meeting

    def test_a_seat_answers_with_its_date_and_the_secretariat_counts(self, cast, office, written):
        path = f"meetings/{written.pk}/answers"
        first, second = written.agenda.values_list("pk", flat=True)
        read = call(path, user=cast.member).json()
        assert read["abilities"] == {"answer": True, "count": False}
        seat = read["seats"][0]["id"]
        sent = {"seat": seat, "answers": [{"item": first, "choice": "for", "comment": "Oui."}]}
        assert call(path, user=cast.member, method="post", data=sent).status_code == 428
        told = office("post", path, sent, of=path, by=cast.member)
        assert told.status_code == 200, told.json()
        (answer,) = told.json()["answers"]
        assert (answer["choice"], answer["comment"], answer["at"][:10]) == (
            "for",
            "Oui.",
            str(timezone.localdate()),
        )
        assert told.json()["counts"] == told.json()["silent"] == []
        wrong = {"seat": seat, "answers": [{"item": 0, "choice": "for"}]}
        answer = office("post", path, wrong, of=path, by=cast.member)
        assert set(errors(answer)) == {"answers.0.item"}
        other = written.committee.seats.exclude(pk=seat).get().pk
        stolen = office("post", path, {**sent, "seat": other}, of=path, by=cast.member)
        assert (stolen.status_code, stolen.json()["code"]) == (409, "mandate_expired")
        assert call(path, user=cast.owner).json()["answers"] == []
        assert call(path, user=cast.stranger).status_code == 404
        seen = office("get", path).json()
        assert len(seen["silent"]) == 2 and len(seen["answers"]) == 1
        early = office("post", f"meetings/{written.pk}/count", of=f"meetings/{written.pk}/")
        assert (early.status_code, early.json()["code"]) == (409, "answers_running")
        for person in (cast.member, cast.owner):
            own = call(path, user=person).json()["seats"][0]["id"]
            both = [{"item": one, "choice": "for"} for one in (first, second)]
            office("post", path, {"seat": own, "answers": both}, of=path, by=person)
        counted = office("post", f"meetings/{written.pk}/count", of=f"meetings/{written.pk}/")
        assert counted.json()["status"] == "held"
        late = office("post", path, sent, of=path, by=cast.member)
        assert (late.status_code, late.json()["code"]) == (409, "replies_closed")

    def test_a_meeting_around_a_table_has_no_answers(self, cast, office):
        meeting = MeetingFactory()
        assert office("get", f"meetings/{meeting.pk}/answers").status_code == 404
        assert Committee.objects.count() == 1
