"""Summonses, the room, proxies, conflicts and roll calls by the API: the same rules, each change naming its version."""

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.enums import Reply
from governance.services import meetings
from tests.api import call
from tests.factories.governance import (
    AgendaItemFactory,
    CommitteeFactory,
    MandateFactory,
    MeetingFactory,
    SeatFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def members(cast):
    committee = CommitteeFactory()
    people = [cast.member, cast.owner, cast.colleague]
    return [MandateFactory(seat=SeatFactory(committee=committee), user=one) for one in people]


@pytest.fixture
def summoned(cast, members):
    meeting = MeetingFactory(committee=members[0].seat.committee)
    meetings.summon(actor=cast.secretary, meeting=meeting)
    return meeting


@pytest.fixture
def held(summoned, cast):
    return meetings.open_meeting(actor=cast.secretary, meeting=summoned)


def change(path, verb, person, data=None, of=""):
    """Reads the version that `verb` changes, then sends the change."""
    tag = call(f"{path}/{of}", user=person)
    headers = {"if_match": tag["ETag"]} if tag.has_header("ETag") else {}
    return call(f"{path}/{verb}", user=person, method="post", data=data or {}, **headers)


def in_room(meeting, verb, actor, **data):
    return change(f"meetings/{meeting.pk}", verb, actor, data, of="room")


def test_a_member_replies_and_the_others_see_it_without_the_comment(cast, summoned, members):
    mine = summoned.summonses.get(user=cast.member)
    path = f"summonses/{mine.pk}"
    told = change(path, "reply", cast.member, {"answer": "no", "comment": "En congé"})
    assert told.status_code == 200, told.json()
    assert (told.json()["reply"], told.json()["comment"]) == ("no", "En congé")
    seen = call(f"{path}/", user=cast.owner).json()
    assert (seen["reply"], seen["comment"], seen["abilities"]["reply"]) == ("no", None, False)
    assert change(path, "reply", cast.owner, {"answer": "yes"}).status_code == 403
    assert call(f"{path}/", user=cast.stranger).status_code == 404
    assert call("summonses/").json()["results"] == []


def test_a_proxy_is_given_to_one_of_the_choices(cast, summoned, members):
    mine = summoned.summonses.get(user=cast.member)
    offered = call(f"summonses/{mine.pk}/choices", user=cast.member).json()
    assert {one["id"] for one in offered["holders"]} == {cast.owner.pk, cast.colleague.pk}
    assert call(f"summonses/{mine.pk}/choices", user=cast.owner).status_code == 403
    holder = {"answer": "proxy", "holder": cast.owner.pk}
    told = change(f"summonses/{mine.pk}", "reply", cast.member, holder)
    assert told.json()["proxy_holder"] == cast.owner.get_full_name()
    nobody = {"answer": "proxy", "holder": 999_999}
    assert change(f"summonses/{mine.pk}", "reply", cast.member, nobody).status_code == 400


def test_the_secretariat_replies_in_a_name_and_sends_again(cast, summoned):
    mine = summoned.summonses.get(user=cast.member)
    told = change(f"summonses/{mine.pk}", "reply", cast.secretary, {"answer": "yes"})
    assert told.json()["reply"] == Reply.YES
    assert change(f"summonses/{mine.pk}", "send-again", cast.secretary).status_code == 200
    assert change(f"summonses/{mine.pk}", "send-again", cast.member).status_code == 403


def test_a_reply_names_the_version_it_changes(cast, summoned):
    mine = summoned.summonses.get(user=cast.member)
    body = {"answer": "yes"}
    path = f"summonses/{mine.pk}/reply"
    assert call(path, user=cast.member, method="post", data=body).status_code == 428
    stale = call(path, user=cast.member, method="post", data=body, if_match='"old"')
    assert stale.status_code == 412


def test_a_meeting_is_summoned_opened_and_ended(cast, members):
    meeting = MeetingFactory(committee=members[0].seat.committee)
    for verb, state in (("summon", "summoned"), ("open", "in_session"), ("end", "held")):
        told = change(f"meetings/{meeting.pk}", verb, cast.secretary)
        assert told.json()["status"] == state
    assert meeting.summonses.count() == len(members)
    assert change(f"meetings/{meeting.pk}", "open", cast.secretary).status_code == 409


def test_arrivals_and_departures_move_the_quorum_of_the_room(cast, held, members):
    told = in_room(held, "arrive", cast.secretary, person=cast.member.pk)
    assert told.status_code == 200, told.json()
    assert told.json()["quorum"]["counted"] == 1
    earlier = (timezone.now() - timedelta(days=1)).isoformat()
    told = in_room(held, "arrive", cast.secretary, person=cast.owner.pk, at=earlier)
    assert told.json()["quorum"]["reached"] is True
    assert held.attendances.get(user=cast.owner).arrived_at == held.opened_at
    told = in_room(held, "leave", cast.secretary, person=cast.owner.pk)
    assert told.json()["quorum"]["reached"] is False
    assert in_room(held, "arrive", cast.secretary, person=cast.stranger.pk).status_code == 409
    assert in_room(held, "arrive", cast.secretary, person=999_999).status_code == 400
    assert in_room(held, "arrive", cast.member, person=cast.member.pk).status_code in (403, 428)


def test_a_room_changed_meanwhile_is_read_again(cast, held):
    tag = call(f"meetings/{held.pk}/room", user=cast.secretary)["ETag"]
    in_room(held, "arrive", cast.secretary, person=cast.member.pk)
    late = call(
        f"meetings/{held.pk}/leave", user=cast.secretary, method="post",
        data={"person": cast.member.pk}, if_match=tag,
    )  # fmt: skip
    assert late.status_code == 412


def test_a_room_read_in_french_is_changed_in_english(cast, held):
    path = f"meetings/{held.pk}"
    read = {
        code: call(f"{path}/room", user=cast.secretary, accept_language=code)
        for code in ("fr", "en")
    }
    assert read["fr"]["ETag"] == read["en"]["ETag"]
    said = {code: answer.json()["quorum"].pop("reason") for code, answer in read.items()}
    assert "siège" in said["fr"]
    assert "seats" in said["en"]
    written = call(
        f"{path}/arrive", user=cast.secretary, method="post", data={"person": cast.member.pk},
        if_match=read["fr"]["ETag"], accept_language="en",
    )  # fmt: skip
    assert written.status_code == 200
    assert "needed" in written.json()["quorum"]["reason"]
    assert written["ETag"] == call(f"{path}/room", user=cast.secretary)["ETag"]


def test_a_proxy_counts_while_its_holder_is_in_the_room(cast, held, members):
    absent = members[1].seat_id
    proxy = {"seat": absent, "holder": cast.member.pk}
    assert in_room(held, "give-proxy", cast.secretary, **proxy).status_code == 409
    in_room(held, "arrive", cast.secretary, person=cast.member.pk)
    told = in_room(held, "give-proxy", cast.secretary, **proxy).json()
    assert (told["quorum"]["represented"], told["proxies"][0]["counts"]) == (1, True)
    again = {"seat": members[2].seat_id, "holder": cast.member.pk}
    assert in_room(held, "give-proxy", cast.secretary, **again).status_code == 409
    told = in_room(held, "revoke-proxy", cast.secretary, proxy=told["proxies"][0]["id"]).json()
    assert told["quorum"]["represented"] == 0


def test_a_seat_in_conflict_does_not_vote_at_the_roll_call(cast, held, members):
    item = AgendaItemFactory(meeting=held)
    for mandate in members:
        in_room(held, "arrive", cast.secretary, person=mandate.user_id)
    path = f"agenda-items/{item.pk}"
    seat = members[0].seat_id
    assert change(path, "declare-conflict", cast.member, {"seat": seat}).status_code == 403
    told = change(path, "declare-conflict", cast.secretary, {"seat": seat, "reason": "Maîtrise"})
    assert [one["id"] for one in told.json()["conflicts"]] == [seat]
    votes = [{"seat": mandate.seat_id, "choice": "for"} for mandate in members]

    def decide(votes):
        tag = call(f"{path}/", user=cast.secretary)["ETag"]
        data = {"item": item.pk, "outcome": "approved", "vote_mode": "roll_call", "votes": votes}
        return call("decisions/", user=cast.secretary, method="post", data=data, if_match=tag)

    assert decide(votes).status_code == 409
    told = decide(votes[1:])
    assert (told.status_code, told.json()["votes_for"]) == (202, 2)
    assert told.json()["quorum"]["conflicts"] == [str(members[0].seat)]
    told = change(path, "withdraw-conflict", cast.secretary, {"seat": seat})
    assert told.json()["conflicts"] == []
    assert change(path, "withdraw-conflict", cast.secretary, {"seat": seat}).status_code == 400
