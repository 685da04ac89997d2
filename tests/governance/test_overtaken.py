"""What the committee tells is not sent any more once something has overtaken it between queueing and sending."""

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.enums import Capacity, MeetingStatus, MinutesStatus
from governance.models import Mandate, Minutes, MinutesRemark
from governance.services import corrections, decisions, meetings, minutes, proposals
from partners.enums import MessageState
from partners.models import Membership, Message, User
from partners.services import delivery
from smartport import messages
from tests.factories.governance import (
    AgendaItemFactory,
    CommitteeFactory,
    MandateFactory,
    MeetingFactory,
    SeatFactory,
)
from tests.factories.projects import ProjectFactory, SeriesFactory

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.localdate() - timedelta(days=1)


@pytest.fixture
def committee():
    return CommitteeFactory()


def states(kind):
    """By first name, how each message of the kind ended."""
    delivery.deliver()
    found = Message.objects.filter(kind=kind).order_by("pk")
    return {row.recipient.first_name: row.state for row in found}


SENT, STOPPED = MessageState.SENT, MessageState.CANCELLED


@pytest.fixture
def settled(cast, committee):
    proposal = proposals.propose(
        actor=cast.owner,
        meeting=MeetingFactory(
            committee=committee,
            starts_at=timezone.now() + timedelta(days=30),
            proposals_until=timezone.localdate() + timedelta(days=3),
        ),
        partner=cast.partner_a,
        title="Quai numérique",
        reason="Le projet demande un avis.",
    )
    proposals.decline(actor=cast.secretary, proposal=proposal, answer="Pas cette fois.")
    return proposal


def test_the_answer_to_a_proposal_goes_to_who_acts_for_the_organisation_still(cast, settled):
    assert states("proposal_settled") == {cast.owner.first_name: SENT}


def test_who_left_the_organisation_does_not_get_the_answer_to_its_proposal(cast, settled):
    Membership.objects.filter(user=cast.owner).update(start=LONG_AGO, end=LONG_AGO)
    assert states("proposal_settled") == {cast.owner.first_name: STOPPED}


@pytest.fixture
def taken_back(cast, committee):
    """A member whose mandate ended before the meeting: the summons is taken back."""
    mandate = MandateFactory(seat=SeatFactory(committee=committee), user=cast.member)
    MandateFactory(seat=SeatFactory(committee=committee), user=cast.owner)
    meeting = MeetingFactory(committee=committee, starts_at=timezone.now() + timedelta(days=30))
    meetings.summon(actor=cast.secretary, meeting=meeting)
    Mandate.objects.filter(pk=mandate.pk).update(end=timezone.localdate())
    meetings.summon(actor=cast.secretary, meeting=meeting)
    assert not meeting.summonses.filter(user=cast.member).exists()
    return meeting, mandate


def test_a_summons_taken_back_is_told_with_the_event_to_remove(cast, taken_back):
    assert states("summons_withdrawn") == {"Maxime": SENT}


def test_who_is_summoned_again_is_not_told_that_the_summons_was_taken_back(cast, taken_back):
    meeting, mandate = taken_back
    Mandate.objects.filter(pk=mandate.pk).update(end=None)
    meetings.summon(actor=cast.secretary, meeting=meeting)
    assert states("summons_withdrawn") == {"Maxime": STOPPED}
    assert states("meeting_summons")["Maxime"] == SENT


@pytest.fixture
def corrected(cast, committee):
    cast.manager  # noqa: B018 (is told of it)
    series = SeriesFactory(submitted=True)
    ProjectFactory(proposed=True, series=series, lead=cast.partner_a)

    def close(meeting, item):
        decisions.record_outcome(actor=cast.secretary, item=item, outcome="approved")
        return decisions.close_meeting(actor=cast.secretary, meeting=meeting)[0]

    first = MeetingFactory(committee=committee, in_session=True)
    item = AgendaItemFactory(
        meeting=first, kind="approve_series", effect="approve_series", series=series,
        proposed_decision_fr="Le comité approuve.",
    )  # fmt: skip
    decision = close(first, item)
    later = MeetingFactory(committee=committee, in_session=True)
    again = corrections.propose(
        actor=cast.secretary, decision=decision, meeting=later, withdraws=False,
        title={"fr": "Suite"}, wording={"fr": "Le comité rectifie."}, late_reason="Erreur.",
    )  # fmt: skip
    return close(later, again)


def test_a_decision_corrected_is_told_to_the_managers_it_concerns(cast, corrected):
    assert states("decision_corrected") == {cast.manager.first_name: SENT}


def test_who_no_longer_manages_the_organisation_is_not_told_of_the_correction(cast, corrected):
    Membership.objects.filter(user=cast.manager).update(start=LONG_AGO, end=LONG_AGO)
    assert states("decision_corrected") == {cast.manager.first_name: STOPPED}


@pytest.fixture
def remark(cast, committee):
    cast.secretary  # noqa: B018 (is told of it)
    MandateFactory(
        seat=SeatFactory(committee=committee), user=cast.member, capacity=Capacity.TITULAR
    )
    held = timezone.now() - timedelta(days=9)
    circulated = Minutes.objects.create(
        meeting=MeetingFactory(
            committee=committee, starts_at=held, status=MeetingStatus.CLOSED, held_at=held,
            closed_at=held,
        ),
        status=MinutesStatus.CIRCULATED,
        text="Relevé",
        circulated_at=timezone.now(),
        objections_until=timezone.localdate() + timedelta(days=8),
    )  # fmt: skip
    return minutes.remark(actor=cast.member, minutes=circulated, text="Il manque un nom.")


def answer(cast, remark):
    minutes.answer(actor=cast.secretary, remark=remark, text="Ajouté.")


def test_a_remark_is_told_to_the_secretariat_until_it_is_answered_or_gone(cast, remark):
    assert states("minutes_remark") == {cast.secretary.first_name: SENT}


@pytest.mark.parametrize(
    "overtake",
    [
        lambda cast, remark: answer(cast, remark),
        lambda cast, remark: MinutesRemark.objects.filter(pk=remark.pk).delete(),
        lambda cast, remark: User.objects.filter(pk=cast.secretary.pk).update(is_active=False),
    ],
    ids=["answered", "withdrawn", "left"],
)
def test_a_remark_that_waits_for_nobody_is_not_told(cast, remark, overtake):
    overtake(cast, remark)
    assert states("minutes_remark") == {cast.secretary.first_name: STOPPED}


def test_the_answer_goes_to_the_author_of_the_remark(cast, remark):
    answer(cast, remark)
    assert states("minutes_answered") == {"Maxime": SENT}


@pytest.mark.parametrize(
    "overtake",
    [
        lambda cast, remark: Mandate.objects.update(end=LONG_AGO),
        lambda cast, remark: minutes.take_back(actor=cast.secretary, minutes=remark.minutes),
        lambda cast, remark: remark.delete(),
    ],
    ids=["left the committee", "minutes taken back", "remark withdrawn"],
)
def test_an_answer_that_cannot_be_read_there_any_more_is_not_sent(cast, remark, overtake):
    answer(cast, remark)
    overtake(cast, remark)
    assert states("minutes_answered") == {"Maxime": STOPPED}


def test_every_kind_of_message_says_what_overtakes_it_or_why_nothing_does():
    said = {
        name: [
            way
            for way in ("still_due", "still_theirs", "stays")
            if getattr(messages.kinds[name], way) is not None
        ]
        for name in messages.kinds.names()
    }
    assert {name: ways for name, ways in said.items() if len(ways) != 1} == {}
