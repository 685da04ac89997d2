"""A person changes their address: nothing changes until the new one is confirmed by its link."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from partners.models import Message, User
from tests.factories.partners import UserFactory

pytestmark = pytest.mark.django_db
NEW = "nouvelle@example.org"


def link_to(address):
    text = Message.objects.get(kind="address_confirmation", address=address).text
    return re.search(r"http://testserver(/\S+/confirm-email/\S+/)", text).group(1)


def change(client, person):
    client.force_login(person)
    client.post(reverse("account_email"), {"email": NEW, "action_add": ""})
    link = link_to(NEW)
    assert NEW in client.get(link).content.decode()
    assert User.objects.get(pk=person.pk).email == person.email, "looking changes nothing"
    client.post(link)


def test_an_address_changes_when_its_link_is_opened_and_is_no_longer_one_that_refuses(client):
    person = UserFactory(address_failed_at=timezone.now())
    change(client, person)
    person.refresh_from_db()
    assert person.address_failed_at is None
    assert person.email == NEW
    assert person.emailaddress_set.get().email == NEW


def test_the_address_before_is_told_of_the_change(client):
    person = UserFactory()
    old = person.email
    change(client, person)
    told = Message.objects.filter(kind="security_notice", recipient=person)
    assert {row.address for row in told} == {old, NEW}


def test_an_address_of_someone_else_tells_the_asker_nothing_and_cannot_be_taken(client):
    taken, person = UserFactory(), UserFactory()
    client.force_login(person)
    answers = []
    for address in (taken.email, NEW):
        page = client.post(
            reverse("account_email"), {"email": address, "action_add": ""}, follow=True
        )
        answers.append(page.content.decode().count(address))
        if address == taken.email:
            client.post(link_to(address))
    assert answers[0] == answers[1] > 0
    assert User.objects.get(pk=taken.pk).emailaddress_set.get(email=taken.email).verified
    assert User.objects.get(pk=person.pk).email == person.email
