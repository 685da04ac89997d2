"""Leaving and joining: what waits goes on with a colleague, and everyone sees for whom they act."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from partners.models import Membership, Message
from partners.services import people
from smartport.obligations import standing
from tests.api import call
from tests.factories.governance import ActionFactory
from tests.factories.partners import MembershipFactory
from tests.factories.projects import PartyFactory, ProjectFactory, ReportFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast):
    """A report of partner A that its owner was writing."""
    project = ProjectFactory(lead=cast.partner_a, title_fr="Quai électrique")
    return ReportFactory(
        project=project, draft=True, edited_by=cast.owner, achievements="À moitié écrit"
    )


def leave(cast, as_user, **changed):
    mine = Membership.objects.get(user=cast.owner, partner=cast.partner_a)
    data = {"last_day": timezone.localdate().isoformat(), **changed}
    return as_user(cast.owner).post(reverse("partners:membership_end", args=[mine.pk]), data)


def test_the_colleague_who_goes_on_is_told_of_each_draft_and_can_write_it(cast, as_user, draft):
    assert leave(cast, as_user, successor=cast.colleague.pk).status_code == 302
    told = Message.objects.get(kind="handed_over", recipient=cast.colleague)
    assert "Quai électrique" in told.text
    page = as_user(cast.colleague).get(reverse("projects:report_edit", args=[draft.pk]))
    assert "À moitié écrit" in page.content.decode()


def test_a_draft_whose_writer_left_says_so_to_those_who_stay(cast, as_user, draft):
    yesterday = timezone.localdate() - timedelta(days=1)
    Membership.objects.filter(user=cast.owner).update(start=yesterday, end=yesterday)
    (owed,) = standing(cast.colleague, timezone.localdate()).owed
    assert "laissé par Oriane" in owed.state_label
    assert standing(cast.owner, timezone.localdate()).owed == []


def test_actions_in_the_leavers_name_pass_on_and_those_of_others_do_not(cast, as_user):
    of_a = ActionFactory(owner=cast.owner, partner=cast.partner_a)
    of_b = ActionFactory(owner=cast.owner, partner=cast.partner_b)
    done = ActionFactory(
        owner=cast.owner,
        partner=cast.partner_a,
        status="done",
        done_at=timezone.now(),
        done_by=cast.owner,
    )
    leave(cast, as_user, successor=cast.colleague.pk)
    for action, owner in ((of_a, cast.colleague), (of_b, cast.owner), (done, cast.owner)):
        action.refresh_from_db()
        assert action.owner == owner
    assert of_a.events.filter(owner=cast.colleague).exists()


def test_the_page_lists_what_waits_and_proposes_the_manager(cast, as_user, draft):
    cast.manager  # noqa: B018
    mine = Membership.objects.get(user=cast.owner, partner=cast.partner_a)
    page = as_user(cast.owner).get(reverse("partners:membership_end", args=[mine.pk]))
    assert "Quai électrique" in page.content.decode()
    assert page.context["form"]["successor"].value() == cast.manager.pk


# --- An invitation to someone who has an account ---------------------------------------------------------


@pytest.fixture
def invited(cast):
    """The stranger, to partner A."""
    return people.invite(
        actor=cast.manager,
        partner=cast.partner_a,
        email=cast.stranger.email.upper(),
        role="contributor",
        language="fr",
    )


def test_who_has_an_account_finds_the_invitation_on_their_workspace_and_joins(
    cast, as_user, invited
):
    stranger = as_user(cast.stranger)
    workspace = stranger.get(reverse("partners:workspace"))
    (owed,) = workspace.context["standing"].owed
    assert owed.key == f"invitation:{invited.pk}"
    assert stranger.get(owed.url).status_code == 200
    assert not Membership.objects.filter(user=cast.stranger, partner=cast.partner_a).exists()
    stranger.post(owed.url)
    assert Membership.objects.active().filter(user=cast.stranger, partner=cast.partner_a).exists()
    assert stranger.post(owed.url).status_code == 404, "it works once"


def test_nobody_else_joins_by_it(cast, as_user, invited):
    page = reverse("partners:invitation_mine", args=[invited.pk])
    for person in (cast.owner, cast.manager, cast.secretary):
        assert as_user(person).post(page).status_code == 404


def test_an_expired_one_is_no_longer_offered(cast, as_user, invited):
    invited.expires_at = timezone.now() - timedelta(minutes=1)
    invited.save()
    assert standing(cast.stranger, timezone.localdate()).owed == []
    assert (
        as_user(cast.stranger)
        .post(reverse("partners:invitation_mine", args=[invited.pk]))
        .status_code
        == 404
    )


# --- For whom one acts -----------------------------------------------------------------------------------


def test_a_person_of_two_organisations_reads_for_which_one_on_every_page_where_they_act(
    cast, as_user, draft
):
    MembershipFactory(user=cast.manager, partner=cast.partner_b, role="manager")
    signature = PartyFactory(partner=cast.partner_b)
    pages = {
        reverse("projects:report_edit", args=[draft.pk]): "Partenaire A",
        reverse(
            "projects:signature_record", args=[signature.agreement.code, signature.pk]
        ): "Partenaire B",
        reverse("partners:people", args=[cast.partner_a.slug]): "Partenaire A",
        reverse("partners:people", args=[cast.partner_b.slug]): "Partenaire B",
    }
    for page, organisation in pages.items():
        said = f"Vous agissez pour <b><bdi>{organisation}</bdi></b>"
        assert said in as_user(cast.manager).get(page).content.decode(), page


# --- By the API ------------------------------------------------------------------------------------------


def test_a_manager_invites_sends_again_and_withdraws_by_the_api(cast):
    sent = {"partner": cast.partner_a.pk, "email": "new@example.org", "role": "contributor"}
    made = call("invitations/", user=cast.manager, method="post", data=sent)
    assert made.status_code == 201
    path = f"invitations/{made.json()['id']}/"
    assert "secret" not in made.content.decode()
    version = call(path, user=cast.manager)["ETag"]
    assert call(f"{path}withdraw/", user=cast.manager, method="post").status_code == 428
    again = call(f"{path}send-again/", user=cast.manager, method="post", if_match=version)
    assert again.status_code == 200
    stale = call(f"{path}withdraw/", user=cast.manager, method="post", if_match=version)
    assert stale.status_code == 412
    gone = call(f"{path}withdraw/", user=cast.manager, method="post", if_match=again["ETag"])
    assert gone.json()["withdrawn_at"]
    assert call("invitations/", user=cast.manager).json()["results"] == []
    refused = call("invitations/", user=cast.owner, method="post", data=sent)
    assert refused.status_code == 403
    assert refused.json()["code"] == "may_not_manage_people"


def test_the_person_invited_joins_by_the_api(cast, invited):
    (shown,) = call("invitations/", user=cast.stranger).json()["results"]
    assert shown["abilities"] == {"send_again": False, "withdraw": False, "accept": True}
    path = f"invitations/{shown['id']}/"
    version = call(path, user=cast.stranger)["ETag"]
    joined = call(f"{path}accept/", user=cast.stranger, method="post", if_match=version)
    assert joined.status_code == 200
    assert Membership.objects.active().filter(user=cast.stranger, partner=cast.partner_a).exists()


def test_roles_and_ends_by_the_api_keep_the_last_manager(cast):
    cast.owner  # noqa: B018
    rows = call("memberships/", user=cast.manager).json()["results"]
    ids = {row["person"].split()[0]: row["id"] for row in rows}
    assert set(ids) == {"Manon", "Oriane"}

    def act(name, verb, **data):
        path = f"memberships/{ids[name]}/"
        version = call(path, user=cast.manager)["ETag"]
        return call(f"{path}{verb}/", user=cast.manager, method="post", data=data, if_match=version)

    assert act("Manon", "end").json()["code"] == "last_manager"
    assert act("Oriane", "change-role", role="manager").json()["role"] == "manager"
    ended = act("Manon", "end", successor=ids["Oriane"])
    assert ended.json()["end"] == timezone.localdate().isoformat()
    assert Message.objects.filter(kind="handed_over", recipient=cast.owner).exists()
    assert (
        call("memberships/", user=cast.stranger).json()["results"][0]["person"].startswith("Silvia")
    )
    assert call("memberships/").status_code == 401
