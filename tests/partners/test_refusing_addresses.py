"""An address that refuses mail: told to who can mend it, forgotten as soon as mail passes or the person shows up."""

import pytest
from django.test import Client
from django.utils import timezone

from partners.enums import MembershipRole, MessageState
from partners.models import Message, User
from partners.services import outbox
from partners.services.delivery import deliver
from partners.services.sign_in import sign_in_url
from tests.factories.partners import MembershipFactory, MessageFactory
from tests.mail import smtp_server

pytestmark = pytest.mark.django_db
PEOPLE = "http://testserver/fr/espace/personnes/partner-a/"


@pytest.fixture
def post(settings):
    with smtp_server(settings) as server:
        yield server


@pytest.fixture
def refused(post):
    """`refused(person)`: their mail server refuses a message for good."""

    def refuse(person) -> Message:
        post.on_recipient = lambda address: "550 unknown" if address == person.email else None
        row = MessageFactory(kind="report_accepted", recipient=person)
        deliver()
        assert fails(person)
        return row

    return refuse


def fails(person) -> bool:
    return User.objects.get(pk=person.pk).address_failed_at is not None


def told() -> list[Message]:
    return list(Message.objects.filter(kind="address_failed").order_by("pk"))


def test_the_managers_are_told_with_a_link_to_the_people_of_the_organisation(cast, refused):
    cast.manager, cast.secretary  # noqa: B018
    refused(cast.owner)
    (row,) = told()
    assert row.recipient == cast.manager
    assert PEOPLE in row.text
    assert "Oriane" in row.subject


def test_the_secretariat_is_told_of_a_manager_alone(cast, refused):
    cast.secretary, cast.owner  # noqa: B018
    refused(cast.manager)
    (row,) = told()
    assert row.recipient == cast.secretary
    assert row.state == MessageState.SENT
    assert PEOPLE in row.text
    assert "Personne d’autre ne peut le faire" in row.text


def test_a_manager_whose_own_address_fails_is_no_help(cast, refused):
    cast.secretary  # noqa: B018
    User.objects.filter(pk=cast.manager.pk).update(address_failed_at=timezone.now())
    refused(cast.owner)
    assert [row.recipient for row in told()] == [cast.secretary]


def test_of_someone_in_no_organisation_the_secretariat_sees_the_message(cast, refused):
    cast.secretary  # noqa: B018
    row = refused(cast.member)
    (notice,) = told()
    assert notice.recipient == cast.secretary
    assert f"http://testserver/fr/espace/envois/{row.pk}/" in notice.text


def test_each_manager_is_sent_to_an_organisation_they_manage(cast, refused):
    cast.manager  # noqa: B018
    MembershipFactory(user=cast.owner, partner=cast.partner_b)
    other = MembershipFactory(partner=cast.partner_b, role=MembershipRole.MANAGER).user
    refused(cast.owner)
    pages = {row.recipient: row.text for row in told()}
    assert set(pages) == {cast.manager, other}
    assert PEOPLE in pages[cast.manager]
    assert PEOPLE.replace("partner-a", "partner-b") in pages[other]


def test_mail_that_passes_again_clears_it(cast, post, refused):
    refused(cast.owner)
    post.on_recipient = lambda address: None
    MessageFactory(address="elsewhere@example.org", recipient=cast.owner)
    deliver()
    assert fails(cast.owner), "another address says nothing of this one"
    MessageFactory(recipient=cast.owner)
    deliver()
    assert not fails(cast.owner)


def test_who_signs_in_by_the_link_of_a_mail_clears_it(cast):
    User.objects.filter(pk=cast.owner.pk).update(address_failed_at=timezone.now())
    link = sign_in_url(user=cast.owner).removeprefix("http://testserver")
    Client().get(link)
    assert fails(cast.owner)
    Client().post(link)
    assert not fails(cast.owner)


def test_what_failed_is_sent_again_to_the_address_of_today(cast, post, refused):
    row = refused(cast.owner)
    User.objects.filter(pk=cast.owner.pk).update(email="oriane.neuve@example.org")
    outbox.resend(actor=cast.secretary, message=row)
    deliver()
    assert post.addresses[-1] == "oriane.neuve@example.org"
    assert not fails(cast.owner)


def test_a_notice_of_safety_goes_again_to_the_address_it_was_written_for(cast, post):
    row = MessageFactory(
        kind="security_notice",
        recipient=cast.owner,
        address="former@example.org",
        state=MessageState.FAILED,
    )
    outbox.resend(actor=cast.secretary, message=row)
    deliver()
    assert post.addresses == ["former@example.org"]
