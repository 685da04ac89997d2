"""People of an organisation: invited by a link that works once, given roles, and seen off in good order."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partners.enums import MembershipRole
from partners.errors import (
    AlreadyInvited,
    AlreadyMember,
    LastManager,
    MayNotManagePeople,
)
from partners.models import Invitation, Membership, Message, User
from partners.services import people
from tests.factories.partners import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
ADDRESS = "nouvelle@partner-a.example"


@pytest.fixture
def invited(cast):
    """An invitation to partner A, and the path of its link."""
    invitation = people.invite(
        actor=cast.manager, partner=cast.partner_a, email=ADDRESS, role="contributor", language="fr"
    )
    return invitation, link()


def link() -> str:
    row = Message.objects.filter(kind="invitation").order_by("-pk")[0]
    return re.search(r"http://testserver(/\S+/invitation/\S+/)", row.text).group(1)


def active(user, partner):
    return Membership.objects.active().filter(user=user, partner=partner)


def test_a_manager_invites_from_the_page_and_the_person_joins(cast, as_user):
    page = reverse("partners:people", args=[cast.partner_a.slug])
    manager = as_user(cast.manager)
    sent = manager.post(page, {"email": ADDRESS, "role": "contributor", "language": "en"})
    assert sent.status_code == 302
    assert ADDRESS in manager.get(page).content.decode()

    newcomer = Client()
    opened = newcomer.get(link())
    assert opened.status_code == 200
    joined = newcomer.post(link(), {"first_name": "Nora", "last_name": "Ait", "password": ""})
    assert joined["Location"] == "/en/workspace/"
    person = User.objects.get(email=ADDRESS)
    assert newcomer.session["_auth_user_id"] == str(person.pk)
    assert active(person, cast.partner_a).get().role == MembershipRole.CONTRIBUTOR
    assert not person.has_usable_password()


def test_a_link_works_once(invited):
    _, path = invited
    answer = {"first_name": "Nora", "last_name": "Ait"}
    assert Client().post(path, answer).status_code == 302
    assert Client().post(path, answer).status_code == 409
    assert Client().get(path).status_code == 409
    assert User.objects.filter(email=ADDRESS).count() == 1


def test_an_expired_a_withdrawn_and_an_invented_link_get_the_same_answer(cast, invited):
    invitation, path = invited
    Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    expired = Client().get(path)
    Invitation.objects.update(expires_at=timezone.now() + timedelta(days=1))
    people.withdraw_invitation(actor=cast.manager, invitation=invitation)
    withdrawn = Client().get(path)
    invented = Client().get("/fr/invitation/invented/")
    assert [page.status_code for page in (expired, withdrawn, invented)] == [409] * 3
    assert "ne sert plus" in invented.content.decode()


def test_sending_again_makes_a_new_link_and_ends_the_old_one(cast, invited):
    invitation, old = invited
    people.send_invitation_again(actor=cast.manager, invitation=invitation)
    assert link() != old
    assert Client().get(old).status_code == 409
    assert Client().get(link()).status_code == 200


def test_only_a_digest_of_the_link_is_kept(invited):
    invitation, path = invited
    assert path.rstrip("/").rpartition("/")[2] not in str(
        Invitation.objects.values().get(pk=invitation.pk)
    )


def test_an_existing_account_gains_the_organisation_and_nobody_is_signed_in(cast):
    cast.stranger  # noqa: B018
    people.invite(
        actor=cast.manager,
        partner=cast.partner_a,
        email=cast.stranger.email,
        role="manager",
        language="fr",
    )
    visitor = Client()
    visitor.post(link())
    assert "_auth_user_id" not in visitor.session
    assert active(cast.stranger, cast.partner_a).get().role == MembershipRole.MANAGER


def test_someone_else_signed_in_cannot_take_the_invitation(cast, invited, as_user):
    _, path = invited
    assert as_user(cast.stranger).post(path).status_code == 409
    assert not active(cast.stranger, cast.partner_a).exists()


def test_a_weak_password_is_refused_and_what_was_typed_is_kept(invited):
    _, path = invited
    page = Client().post(path, {"first_name": "Nora", "last_name": "Ait", "password": "court"})
    assert page.status_code == 200
    assert 'value="Nora"' in page.content.decode()
    assert not User.objects.filter(email=ADDRESS).exists()


def test_the_same_address_is_not_invited_twice_nor_when_it_belongs(cast, invited):
    with pytest.raises(AlreadyInvited):
        people.invite(
            actor=cast.manager,
            partner=cast.partner_a,
            email=ADDRESS.upper(),
            role="manager",
            language="fr",
        )
    with pytest.raises(AlreadyMember):
        people.invite(
            actor=cast.manager,
            partner=cast.partner_a,
            email=cast.owner.email,
            role="manager",
            language="fr",
        )


def test_a_refused_invitation_is_said_next_to_the_field(cast, invited, as_user):
    page = as_user(cast.manager).post(
        reverse("partners:people", args=[cast.partner_a.slug]),
        {"email": ADDRESS, "role": "manager", "language": "fr"},
    )
    assert page.status_code == 422
    assert "déjà ouverte" in page.content.decode()
    assert page.context["form"].errors["email"]


def test_contributors_see_their_colleagues_and_invite_nobody(cast, as_user):
    page = reverse("partners:people", args=[cast.partner_a.slug])
    cast.manager  # noqa: B018
    seen = as_user(cast.owner).get(page)
    assert cast.manager.get_full_name() in seen.content.decode()
    assert as_user(cast.owner).post(page, {"email": ADDRESS, "role": "manager"}).status_code == 403
    with pytest.raises(MayNotManagePeople):
        people.invite(
            actor=cast.owner, partner=cast.partner_a, email=ADDRESS, role="manager", language="fr"
        )


def test_strangers_learn_nothing_of_the_people(cast, as_user, invited):
    invitation, _ = invited
    stranger = as_user(cast.stranger)
    of_owner = active(cast.owner, cast.partner_a).get()
    assert stranger.get(reverse("partners:people", args=[cast.partner_a.slug])).status_code == 404
    assert stranger.get(reverse("partners:membership", args=[of_owner.pk])).status_code == 404
    assert stranger.post(reverse("partners:membership_end", args=[of_owner.pk])).status_code == 404
    assert (
        stranger.post(reverse("partners:invitation_again", args=[invitation.pk])).status_code == 404
    )
    assert (
        stranger.post(reverse("partners:invitation_withdraw", args=[invitation.pk])).status_code
        == 404
    )


def test_a_role_changes_and_the_last_manager_cannot_step_down_alone(cast, as_user):
    of_owner = active(cast.owner, cast.partner_a).get()
    of_manager = active(cast.manager, cast.partner_a).get()
    with pytest.raises(LastManager):
        people.change_role(actor=cast.manager, membership=of_manager, role="contributor")
    changed = as_user(cast.manager).post(
        reverse("partners:membership", args=[of_owner.pk]), {"role": "manager"}
    )
    assert changed.status_code == 302
    people.change_role(actor=cast.manager, membership=of_manager, role="contributor")
    of_manager.refresh_from_db()
    assert of_manager.role == MembershipRole.CONTRIBUTOR


def test_the_last_manager_cannot_leave_alone_but_the_secretariat_can_see_to_it(cast, as_user):
    of_manager = active(cast.manager, cast.partner_a).get()
    page = as_user(cast.manager).post(
        reverse("partners:membership_end", args=[of_manager.pk]),
        {"last_day": timezone.localdate().isoformat()},
    )
    assert page.status_code == 200
    assert "au moins un gestionnaire" in page.content.decode()
    people.end_membership(actor=cast.secretary, membership=of_manager)
    of_manager.refresh_from_db()
    assert of_manager.end == timezone.localdate()


def test_a_manager_who_is_leaving_already_does_not_count_as_the_one_who_stays(cast):
    other = MembershipFactory(
        partner=cast.partner_a, role="manager", end=timezone.localdate() + timedelta(days=3)
    )
    with pytest.raises(LastManager):
        people.end_membership(
            actor=cast.manager, membership=active(cast.manager, cast.partner_a).get()
        )
    people.end_membership(actor=cast.manager, membership=other)


def test_who_left_has_no_access_from_the_day_after(cast, as_user):
    of_owner = active(cast.owner, cast.partner_a).get()
    yesterday = timezone.localdate() - timedelta(days=1)
    Membership.objects.filter(pk=of_owner.pk).update(start=yesterday, end=yesterday)
    page = reverse("partners:people", args=[cast.partner_a.slug])
    assert as_user(cast.owner).get(page).status_code == 404


def test_a_person_leaves_and_their_successor_is_told_what_waits(cast, as_user):
    of_owner = active(cast.owner, cast.partner_a).get()
    left = as_user(cast.owner).post(
        reverse("partners:membership_end", args=[of_owner.pk]),
        {"last_day": timezone.localdate().isoformat(), "successor": cast.colleague.pk},
    )
    assert left.status_code == 302
    told = Message.objects.get(kind="handed_over")
    assert told.recipient == cast.colleague
    assert "Oriane" in told.subject


def test_a_stranger_cannot_be_named_successor(cast, as_user):
    of_owner = active(cast.owner, cast.partner_a).get()
    page = as_user(cast.owner).post(
        reverse("partners:membership_end", args=[of_owner.pk]),
        {"last_day": timezone.localdate().isoformat(), "successor": cast.stranger.pk},
    )
    assert page.status_code == 200
    assert page.context["form"].errors["successor"]


def test_open_invitations_wait_for_others_and_expired_ones_are_owed(cast, as_user, invited):
    workspace = as_user(cast.manager).get(reverse("partners:workspace"))
    assert [one.key for one in workspace.context["standing"].awaited] == [
        f"invitation:{invited[0].pk}"
    ]
    Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    workspace = as_user(cast.manager).get(reverse("partners:workspace"))
    assert [one.key for one in workspace.context["standing"].owed] == [
        f"invitation:{invited[0].pk}"
    ]


def test_a_person_of_two_organisations_sees_for_which_one_each_thing_is(cast, as_user):
    MembershipFactory(user=cast.manager, partner=cast.partner_b, role="manager")
    for partner in (cast.partner_a, cast.partner_b):
        people.invite(
            actor=cast.manager, partner=partner, email=ADDRESS, role="manager", language="fr"
        )
    awaited = as_user(cast.manager).get(reverse("partners:workspace")).context["standing"].awaited
    assert {one.for_whom for one in awaited} == {"Partenaire A", "Partenaire B"}


def test_an_account_made_by_an_administrator_signs_in_by_a_code(cast):
    user = people.create_account(
        actor=cast.admin, user=User(email="Paul@Example.org", first_name="Paul")
    )
    assert user.email == "paul@example.org"
    assert user.emailaddress_set.get().verified
    Client().post("/fr/compte/login/code/", {"email": "paul@example.org"})
    assert Message.objects.filter(kind="sign_in_code", recipient=user).exists()


def test_people_of_the_page_cost_the_same_queries_for_three_and_for_thirty(
    cast, as_user, django_assert_max_num_queries
):
    client, page = as_user(cast.manager), reverse("partners:people", args=[cast.partner_a.slug])
    client.get(page)
    with django_assert_max_num_queries(20) as few:
        client.get(page)
    for _ in range(30):
        MembershipFactory(partner=cast.partner_a, user=UserFactory())
    with django_assert_max_num_queries(len(few)):
        client.get(page)
