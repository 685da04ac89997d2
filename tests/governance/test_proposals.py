"""Partners propose items until the day set; the secretariat takes them or says why not."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from governance.models import ItemProposal
from governance.services import proposals
from partners.models import Message
from smartport import obligations
from tests.factories.governance import MeetingFactory

pytestmark = pytest.mark.django_db
CREATE = "governance:proposal_create"


@pytest.fixture
def meeting():
    return MeetingFactory(
        starts_at=timezone.now() + timedelta(days=30),
        proposals_until=timezone.localdate() + timedelta(days=3),
    )


@pytest.fixture
def partner(cast):
    return cast.owner.memberships.first().partner


@pytest.fixture
def fields(meeting, partner):
    return {
        "meeting": meeting.pk,
        "partner": partner.pk,
        "title": "Quai numérique",
        "reason": "Le projet demande un avis.",
        "minutes": 15,
    }


@pytest.fixture
def proposal(cast, meeting, partner):
    return proposals.propose(
        actor=cast.owner,
        meeting=meeting,
        partner=partner,
        title="Quai numérique",
        reason="Le projet demande un avis.",
    )


def owed(user):
    found = obligations.standing(user, timezone.localdate())
    return {one.kind for one in found.owed}, {one.kind for one in found.awaited}


def test_a_contributor_proposes_once_and_both_sides_see_it_waiting(cast, as_user, fields):
    client = as_user(cast.owner)
    for _click in range(2):
        assert client.post(reverse(CREATE), fields).status_code == 302
    proposal = ItemProposal.objects.get()
    assert "proposal" in owed(cast.owner)[1]
    assert "proposal" in owed(cast.secretary)[0]
    page = as_user(cast.secretary).get(proposal.meeting.get_absolute_url()).content.decode()
    assert "Quai numérique" in page


def test_after_the_last_day_nothing_is_proposed_any_more(cast, as_user, meeting, fields):
    meeting.proposals_until = timezone.localdate() - timedelta(days=1)
    meeting.save()
    refused = as_user(cast.owner).post(reverse(CREATE), fields)
    assert refused.status_code == 422
    assert "meeting" in refused.context["form"].errors
    assert "Le projet demande un avis." in refused.content.decode()
    with pytest.raises(proposals.ProposalsClosed):
        proposals.propose(
            actor=cast.owner,
            meeting=meeting,
            partner=cast.owner.memberships.first().partner,
            title="Trop tard",
            reason="…",
        )


def test_nobody_proposes_for_an_organisation_that_is_not_theirs(cast, as_user, fields):
    refused = as_user(cast.stranger).post(reverse(CREATE), fields)
    assert refused.status_code in {403, 422}
    assert not ItemProposal.objects.exists()


def test_an_accepted_proposal_is_an_item_and_its_author_is_told_once(
    cast, as_user, meeting, proposal
):
    page = reverse("governance:proposal_settle", args=[proposal.pk])
    assert as_user(cast.secretary).post(page, {"to": "accept"}).status_code == 302
    item = meeting.agenda.get()
    assert (item.title_fr, item.ready, item.proposed_by) == ("Quai numérique", False, cast.owner)
    assert as_user(cast.secretary).post(page, {"to": "accept"}).status_code == 422
    assert meeting.agenda.count() == 1
    assert Message.objects.get(kind="proposal_settled").recipient == cast.owner


def test_a_proposal_is_declined_with_a_reason_and_never_without(cast, as_user, proposal):
    page, client = (
        reverse("governance:proposal_settle", args=[proposal.pk]),
        as_user(cast.secretary),
    )
    assert "answer" in client.post(page, {"to": "decline"}).context["form"].errors
    declined = client.post(page, {"to": "decline", "answer": "Au comité de mars."})
    assert declined.status_code == 302
    mine = as_user(cast.owner).get(reverse("governance:proposal_list")).content.decode()
    assert "Au comité de mars." in mine


def test_others_never_see_what_a_partner_proposed(cast, as_user, proposal):
    for name in ("proposal_withdraw", "proposal_settle"):
        url = reverse(f"governance:{name}", args=[proposal.pk])
        assert as_user(cast.stranger).post(url).status_code in {403, 404}
    listed = as_user(cast.stranger).get(reverse("governance:proposal_list")).content.decode()
    assert "Quai numérique" not in listed
    assert (
        as_user(cast.owner)
        .post(reverse("governance:proposal_withdraw", args=[proposal.pk]))
        .status_code
        == 302
    )
    proposal.refresh_from_db()
    assert proposal.status == "withdrawn"
