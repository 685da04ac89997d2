"""A seat with a conflict of interest neither votes on the item nor is counted, and the record says so."""

import pytest
from django.db import InternalError, transaction
from django.urls import reverse
from django.utils.translation import override

from governance.enums import SeatKind, VoteMode
from governance.errors import OffTheAgenda, VoteRefused
from governance.services import attendance, conflicts, decisions, drafting, meetings
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
    """Four voting seats, of which the first two have someone in the room: the quorum of two, just."""
    committee = CommitteeFactory(quorum_percent=50)
    return [MandateFactory(seat=SeatFactory(committee=committee)) for _n in range(4)]


@pytest.fixture
def item(cast, members):
    meeting = MeetingFactory(committee=members[0].seat.committee, in_session=True)
    for mandate in members[:2]:
        attendance.arrive(actor=cast.secretary, meeting=meeting, user=mandate.user)
    return AgendaItemFactory(meeting=meeting)


def declare(cast, item, seat, reason=""):
    return conflicts.declare_conflict(actor=cast.secretary, item=item, seat=seat, reason=reason)


def record(cast, item, **fields):
    return decisions.record_outcome(actor=cast.secretary, item=item, outcome="approved", **fields)


def hands(votes_for, votes_against=0):
    return {
        "vote_mode": VoteMode.SHOW_OF_HANDS,
        "votes_for": votes_for,
        "votes_against": votes_against,
        "votes_abstain": 0,
    }


def test_a_seat_in_conflict_is_not_counted_for_that_item_and_is_for_the_next(cast, item, members):
    following = AgendaItemFactory(meeting=item.meeting)
    declare(cast, item, members[0].seat, "Maître d’ouvrage")
    taken = record(cast, item)
    assert (taken.quorum["counted"], taken.quorum["reached"]) == (1, False)
    assert taken.quorum["conflicts"] == [str(members[0].seat)]
    assert record(cast, following).quorum["reached"] is True


def test_a_seat_in_conflict_has_no_hand_to_raise(cast, item, members):
    declare(cast, item, members[0].seat)
    with pytest.raises(VoteRefused):
        record(cast, item, **hands(2))
    assert record(cast, item, **hands(1)).votes_for == 1


def test_a_seat_in_conflict_is_not_called_at_the_roll_call(cast, as_user, item, members):
    declare(cast, item, members[0].seat)
    page = reverse("governance:item_outcome", args=[item.meeting.code, item.pk])
    fields = as_user(cast.secretary).get(page).context["form"].fields
    assert f"seat_{members[0].seat_id}" not in fields
    with pytest.raises(VoteRefused):
        record(cast, item, vote_mode=VoteMode.ROLL_CALL, choices={members[0].seat_id: "for"})


def test_a_conflict_declared_after_the_vote_strikes_the_vote_out(cast, item, members):
    votes = {members[0].seat_id: "for", members[1].seat_id: "for"}
    record(cast, item, vote_mode=VoteMode.ROLL_CALL, choices=votes)
    declare(cast, item, members[0].seat)
    item.refresh_from_db()
    assert (item.votes_for, item.quorum["reached"]) == (1, False)
    assert not item.votes.filter(seat=members[0].seat).exists()


def test_a_conflict_declared_after_a_show_of_hands_asks_to_count_again(cast, item, members):
    record(cast, item, **hands(2))
    with pytest.raises(VoteRefused):
        declare(cast, item, members[0].seat)
    assert not item.conflicts.exists()


def test_a_declaration_taken_back_lets_the_seat_count_again(cast, item, members):
    declared = declare(cast, item, members[0].seat)
    record(cast, item)
    conflicts.withdraw_conflict(actor=cast.secretary, conflict=declared)
    item.refresh_from_db()
    assert item.quorum["reached"] is True


def test_an_observer_has_no_vote_to_give_up(cast, item):
    observer = SeatFactory(committee=item.meeting.committee, kind=SeatKind.OBSERVER)
    with pytest.raises(VoteRefused):
        declare(cast, item, observer)


def test_conflicts_are_declared_during_the_meeting_and_frozen_with_its_decisions(
    cast, item, members
):
    planned = AgendaItemFactory(meeting__summoned=True, meeting__committee=item.meeting.committee)
    with pytest.raises(OffTheAgenda):
        declare(cast, planned, members[0].seat)
    declared = declare(cast, item, members[0].seat)
    record(cast, item)
    decisions.close_meeting(actor=cast.secretary, meeting=item.meeting)
    with pytest.raises(OffTheAgenda):
        conflicts.withdraw_conflict(actor=cast.secretary, conflict=declared)
    with pytest.raises(InternalError), transaction.atomic():
        item.conflicts.all().delete()


def test_the_decision_and_the_minutes_name_the_seat(cast, as_user, item, members):
    declare(cast, item, members[0].seat, "Maître d’ouvrage")
    record(cast, item)
    (decision,) = decisions.close_meeting(actor=cast.secretary, meeting=item.meeting)
    assert decision.quorum["conflicts"] == [str(members[0].seat)]
    item.meeting.refresh_from_db()
    with override("fr"):
        assert str(members[0].seat) in drafting.draft_text(item.meeting)
    page = as_user(cast.secretary).get(decision.get_absolute_url()).content.decode()
    assert "Non comptés, pour conflit d’intérêts" in page


def test_the_page_notes_a_conflict_and_takes_it_back(cast, as_user, item, members):
    client = as_user(cast.secretary)
    code = item.meeting.code
    client.post(
        reverse("governance:conflict_declare", args=[code, item.pk]),
        {"seat": members[0].seat_id, "reason": "Maître d’ouvrage"},
    )
    page = client.get(reverse("governance:item_outcome", args=[code, item.pk]))
    assert "Maître d’ouvrage" in page.content.decode()
    assert page.context["room"].quorum.reached is False
    declared = item.conflicts.get()
    client.post(reverse("governance:conflict_withdraw", args=[code, declared.pk]))
    assert not item.conflicts.exists()
    absent = {"seat": members[3].seat_id}
    client.post(reverse("governance:conflict_declare", args=[code, item.pk]), absent)
    assert not item.conflicts.exists()


def test_the_reason_of_a_quorum_is_told_in_the_language_of_the_reader(cast, item):
    with override("fr"):
        taken = record(cast, item)
    with override("en"):
        assert taken.quorum_reason == "2 of 4 voting seats are there; 2 needed."
    with override("fr"):
        assert taken.quorum_reason.startswith("2 sièges délibérants sur 4")


def test_a_share_of_seats_is_rounded_up_without_a_hair_more(cast):
    committee = CommitteeFactory(quorum_percent=55)
    for _n in range(20):
        SeatFactory(committee=committee)
    meeting = MeetingFactory(committee=committee, in_session=True)
    taken = record(cast, AgendaItemFactory(meeting=meeting))
    assert taken.quorum["required"] == 11
    meetings.end_meeting(actor=cast.secretary, meeting=meeting)
