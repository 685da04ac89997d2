"""The meeting as it is held: arrivals, departures, proxies, votes, and the quorum of each moment."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from governance.enums import Capacity, SeatKind, VoteChoice, VoteMode
from governance.errors import MandateExpired, OffTheAgenda, ProxyRefused, VoteRefused
from governance.services import attendance, decisions, drafting, meetings
from governance.services.quorum import quorum_of
from governance.services.room import room_of
from tests.factories.governance import (
    AgendaItemFactory,
    CommitteeFactory,
    MandateFactory,
    MeetingFactory,
    SeatFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def committee():
    return CommitteeFactory(quorum_percent=50, proxies_per_holder=1)


@pytest.fixture
def members(committee):
    """Four voting seats, each with its titular."""
    return [MandateFactory(seat=SeatFactory(committee=committee)) for _n in range(4)]


@pytest.fixture
def meeting(committee, members):
    return MeetingFactory(committee=committee, in_session=True)


@pytest.fixture
def item(meeting):
    return AgendaItemFactory(meeting=meeting, proposed_decision_fr="Le comité approuve.")


@pytest.fixture
def arrive(cast, meeting):
    def note(*mandates):
        for mandate in mandates:
            attendance.arrive(actor=cast.secretary, meeting=meeting, user=mandate.user)

    return note


def proxy(cast, meeting, giver, holder):
    return attendance.give_proxy(
        actor=cast.secretary,
        meeting=meeting,
        seat=giver.seat,
        giver=giver.user,
        holder=holder.user,
    )


def record(cast, item, **fields):
    return decisions.record_outcome(actor=cast.secretary, item=item, outcome="approved", **fields)


def test_a_departure_breaks_the_quorum_and_each_item_keeps_the_quorum_it_was_taken_with(
    cast, meeting, members, item, arrive
):
    later = AgendaItemFactory(meeting=meeting)
    arrive(members[0], members[1])
    assert record(cast, item).quorum["reached"] is True
    attendance.leave(actor=cast.secretary, meeting=meeting, user=members[1].user)
    assert record(cast, later).quorum["reached"] is False
    item.refresh_from_db()
    assert item.quorum["reached"] is True


def test_a_proxy_counts_only_while_its_holder_is_in_the_room(cast, meeting, members, arrive):
    arrive(members[0])
    proxy(cast, meeting, members[1], members[0])
    assert quorum_of(meeting, timezone.now()).represented == 1
    attendance.leave(actor=cast.secretary, meeting=meeting, user=members[0].user)
    assert quorum_of(meeting, timezone.now()).represented == 0
    arrive(members[0])
    assert quorum_of(meeting, timezone.now()).represented == 1


def test_a_seat_that_arrives_itself_is_not_counted_twice(cast, meeting, members, arrive):
    arrive(members[0])
    proxy(cast, meeting, members[1], members[0])
    arrive(members[1])
    now = quorum_of(meeting, timezone.now())
    assert (now.present, now.represented, now.counted) == (2, 0, 2)


def test_a_proxy_to_someone_absent_is_refused_during_the_meeting(cast, meeting, members):
    with pytest.raises(ProxyRefused):
        proxy(cast, meeting, members[0], members[1])


def test_two_proxies_to_one_holder_where_one_is_allowed_are_refused(cast, meeting, members, arrive):
    arrive(members[0])
    proxy(cast, meeting, members[1], members[0])
    with pytest.raises(ProxyRefused):
        proxy(cast, meeting, members[2], members[0])
    assert meeting.proxies.count() == 1


def test_a_proxy_of_a_seat_by_someone_who_does_not_hold_it_is_refused(
    cast, meeting, members, arrive
):
    arrive(members[0])
    with pytest.raises(MandateExpired):
        attendance.give_proxy(
            actor=cast.secretary,
            meeting=meeting,
            seat=members[1].seat,
            giver=members[2].user,
            holder=members[0].user,
        )


def test_a_person_whose_mandate_has_expired_neither_arrives_nor_votes(cast, meeting, members):
    members[0].end = meeting.day - timedelta(days=1)
    members[0].save()
    with pytest.raises(MandateExpired):
        attendance.arrive(actor=cast.secretary, meeting=meeting, user=members[0].user)


def test_nobody_arrives_before_the_meeting_is_open(cast, committee, members):
    planned = MeetingFactory(committee=committee, summoned=True)
    with pytest.raises(OffTheAgenda):
        attendance.arrive(actor=cast.secretary, meeting=planned, user=members[0].user)


def test_a_roll_call_counts_each_seat_once_with_its_proxies_and_conflicts(
    cast, meeting, members, item, arrive
):
    arrive(members[0], members[2])
    proxy(cast, meeting, members[1], members[0])
    taken = record(
        cast,
        item,
        vote_mode=VoteMode.ROLL_CALL,
        choices={
            members[0].seat_id: VoteChoice.FOR,
            members[1].seat_id: VoteChoice.FOR,
            members[2].seat_id: VoteChoice.CONFLICT,
        },
    )
    assert (taken.votes_for, taken.votes_against, taken.votes_abstain) == (2, 0, 0)
    by_proxy = taken.votes.get(seat=members[1].seat)
    assert by_proxy.by_proxy and by_proxy.cast_by == members[0].user
    assert taken.conflicts.get().seat == members[2].seat


def test_the_minutes_say_how_each_seat_voted_at_a_roll_call(cast, meeting, members, item, arrive):
    arrive(members[0], members[2])
    proxy(cast, meeting, members[1], members[0])
    votes = {members[0].seat_id: "for", members[1].seat_id: "for", members[2].seat_id: "against"}
    record(cast, item, vote_mode=VoteMode.ROLL_CALL, choices=votes)
    meetings.end_meeting(actor=cast.secretary, meeting=meeting)
    meeting.refresh_from_db()
    with override("fr"):
        lines = drafting.draft_text(meeting).splitlines()
    by_proxy = f"{members[1].seat} ({members[0].user})"
    assert f"Pour : {members[0].seat}, {by_proxy}" in [one.replace("\xa0", " ") for one in lines]
    assert f"Contre : {members[2].seat}" in [one.replace("\xa0", " ") for one in lines]


def test_a_seat_neither_present_nor_represented_does_not_vote(cast, meeting, members, item, arrive):
    arrive(members[0])
    with pytest.raises(VoteRefused):
        record(
            cast,
            item,
            vote_mode=VoteMode.ROLL_CALL,
            choices={members[0].seat_id: VoteChoice.FOR, members[3].seat_id: VoteChoice.FOR},
        )
    item.refresh_from_db()
    assert item.outcome == "" and not item.votes.exists()


def test_an_observer_has_no_vote(cast, committee, meeting, item, arrive):
    observer = MandateFactory(seat=SeatFactory(committee=committee, kind=SeatKind.OBSERVER))
    arrive(observer)
    with pytest.raises(VoteRefused):
        record(
            cast,
            item,
            vote_mode=VoteMode.ROLL_CALL,
            choices={observer.seat_id: VoteChoice.FOR},
        )


def test_more_hands_than_seats_that_can_vote_are_refused(cast, meeting, members, item, arrive):
    arrive(members[0], members[1])
    with pytest.raises(VoteRefused):
        record(
            cast, item, vote_mode=VoteMode.SHOW_OF_HANDS, votes_for=2, votes_against=1,
            votes_abstain=None,
        )  # fmt: skip
    taken = record(
        cast, item, vote_mode=VoteMode.SHOW_OF_HANDS, votes_for=2, votes_against=None,
        votes_abstain=None,
    )  # fmt: skip
    assert (taken.votes_for, taken.votes_against, taken.votes_abstain) == (2, 0, 0)


def test_an_alternate_beside_the_titular_gives_the_seat_one_voice(cast, meeting, members, arrive):
    alternate = MandateFactory(seat=members[0].seat, capacity=Capacity.ALTERNATE)
    arrive(members[0], alternate)
    (voter,) = room_of(meeting, timezone.now()).voters
    assert voter.user == members[0].user


def test_an_outcome_written_after_the_end_keeps_the_quorum_of_the_last_moment(
    cast, meeting, members, item, arrive
):
    arrive(members[0], members[1])
    meetings.end_meeting(actor=cast.secretary, meeting=meeting)
    assert record(cast, item).quorum["reached"] is True


def test_the_table_page_notes_arrivals_proxies_and_a_roll_call_by_plain_forms(
    cast, as_user, meeting, members, item
):
    client = as_user(cast.secretary)
    page = reverse("governance:item_outcome", args=[meeting.code, item.pk])
    response = client.get(reverse("governance:meeting_session", args=[meeting.code]))
    assert response.url == page
    note = reverse("governance:attendance_note", args=[meeting.code, members[0].user.pk])
    response = client.post(note, {"to": "arrived", "item": item.pk})
    assert response.url == f"{page}#room"
    client.post(
        reverse("governance:proxy_give", args=[meeting.code]),
        {"seat": members[1].seat_id, "holder": members[0].user.pk, "item": item.pk},
    )
    assert client.get(page).context["room"].quorum.counted == 2
    client.post(
        page,
        {
            "version": 0,
            "outcome": "approved",
            "vote_mode": "roll_call",
            f"seat_{members[0].seat_id}": "for",
            f"seat_{members[1].seat_id}": "abstain",
        },
    )
    item.refresh_from_db()
    assert (item.votes_for, item.votes_abstain) == (1, 1)


def test_a_roll_call_with_a_silent_seat_says_so_beside_it_and_keeps_the_rest(
    cast, as_user, meeting, members, item, arrive
):
    arrive(members[0], members[1])
    response = as_user(cast.secretary).post(
        reverse("governance:item_outcome", args=[meeting.code, item.pk]),
        {
            "outcome": "approved",
            "wording_fr": "Texte gardé",
            "vote_mode": "roll_call",
            f"seat_{members[0].seat_id}": "for",
        },
    )
    assert response.status_code == 422
    assert response.context["form"].errors[f"seat_{members[1].seat_id}"]
    assert "Texte gardé" in response.content.decode()


def test_an_action_opened_at_the_table_belongs_to_its_item(cast, as_user, meeting, item):
    response = as_user(cast.secretary).post(
        reverse("governance:action_create", args=[meeting.code]) + f"?item={item.pk}",
        {"title": "Écrire au Port", "owner": cast.owner.pk, "due_on": "2027-03-01"},
    )
    assert response.url == reverse("governance:item_outcome", args=[meeting.code, item.pk])
    assert item.actions.get().title == "Écrire au Port"


def test_the_table_asks_no_more_queries_for_more_seats_and_items(
    cast, as_user, meeting, members, item, arrive, django_assert_max_num_queries
):
    client = as_user(cast.secretary)
    page = reverse("governance:item_outcome", args=[meeting.code, item.pk])
    arrive(*members)
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    for _n in range(6):
        arrive(MandateFactory(seat=SeatFactory(committee=meeting.committee)))
        AgendaItemFactory(meeting=meeting)
    with django_assert_max_num_queries(len(few)):
        client.get(page)
