"""The link that signs in: it arrives, works once, on any device, and never by being looked at."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from partners.models import Message
from partners.services.sign_in import sign_in_url
from tests.factories.partners import UserFactory

pytestmark = pytest.mark.django_db
HOST = "http://testserver"


@pytest.fixture(autouse=True)
def _french_first():
    translation.activate("fr")


@pytest.fixture
def person():
    return UserFactory(email="jeanne@example.org", language="en")


def asked(person, **query) -> str:
    """The link of the message the person asked for, as it would be opened."""
    Client().post(reverse("account_request_login_code"), {"email": person.email, **query})
    text = Message.objects.filter(kind="sign_in_code").order_by("-pk")[0].text
    return re.search(rf"{HOST}(/\S+/sign-in/\S+/)", text).group(1)


def is_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_the_link_of_the_mail_signs_in_on_another_device(person):
    link, telephone = asked(person), Client()
    page = telephone.get(link)
    assert "jeanne@example.org" in page.content.decode()
    assert not is_in(telephone), "a scanner that opens the link signs nobody in"
    answer = telephone.post(link)
    assert answer["Location"] == "/en/workspace/"
    assert telephone.session["_auth_user_id"] == str(person.pk)


def test_scanners_that_look_many_times_do_not_use_the_link_up(person):
    link = asked(person)
    for _ in range(5):
        assert Client().head(link).status_code == 200
        assert Client().get(link).status_code == 200
    assert Client().post(link).status_code == 302


def test_the_link_leads_to_the_page_that_was_asked_for(person):
    link = asked(person, next="/fr/espace/preferences/")
    assert Client().post(link)["Location"] == "/en/workspace/preferences/"


def test_the_link_never_leads_outside(person):
    link = asked(person, next="https://elsewhere.example/")
    assert Client().post(link)["Location"] == "/en/workspace/"


def test_the_link_works_once_and_says_so_the_second_time(person):
    link, other = asked(person), asked(person)
    assert Client().post(link).status_code == 302
    for used in (link, other):
        for ask in (Client().get, Client().post):
            page = ask(used)
            assert page.status_code == 410
            assert "no longer works" in page.content.decode()
            assert "/en/account/login/code/" in page.content.decode()


def test_an_old_a_changed_and_an_invented_link_get_the_same_answer(person):
    link = asked(person)
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        answers = [Client().get(link)]
    answers += [Client().get("/en/sign-in/invented/"), Client().get(link[:-4] + "abc/")]
    person.email = "moved@example.org"
    person.save()
    answers.append(Client().get(link))
    assert [page.status_code for page in answers] == [410] * 4
    assert (
        len({re.search(r"<main.*</main>", page.content.decode(), re.DOTALL)[0] for page in answers})
        == 1
    )


def test_a_closed_account_has_no_link_that_works(person):
    link = asked(person)
    person.is_active = False
    person.save()
    assert Client().post(link).status_code == 410


def test_the_second_factor_is_asked_after_the_link(person):
    TOTP.activate(person, generate_totp_secret())
    client = Client()
    answer = client.post(asked(person))
    assert answer["Location"].endswith(reverse("mfa_authenticate"))
    assert not is_in(client)


def test_two_tabs_the_second_finds_the_person_in(person):
    link, client = asked(person), Client()
    client.get(link)
    client.post(link)
    assert client.post(link)["Location"] == "/en/workspace/"


def test_another_person_signed_in_here_is_warned_and_then_replaced(person, cast, as_user):
    client, link = as_user(cast.owner), asked(person)
    assert cast.owner.get_full_name() in client.get(link).content.decode()
    assert client.session["_auth_user_id"] == str(cast.owner.pk)
    client.post(link)
    assert client.session["_auth_user_id"] == str(person.pk)


def test_an_unknown_address_gets_no_link_and_the_same_page():
    Client().post(reverse("account_request_login_code"), {"email": "nobody@example.org"})
    assert not Message.objects.exists()


def test_the_link_is_not_readable_in_the_history_of_messages(person, cast, as_user):
    link = asked(person)
    row = Message.objects.get(kind="sign_in_code")
    page = as_user(cast.admin).get(reverse("partners:outbox_message", args=[row.pk]))
    assert link not in page.content.decode()


def test_a_link_made_for_french_speaks_french(person):
    person.language = "fr"
    person.save()
    path = sign_in_url(user=person).removeprefix(HOST)
    assert path.startswith("/fr/connexion/")
    assert "Se connecter" in Client().get(path).content.decode()


def test_an_address_changes_only_by_the_link_sent_there_and_once(person, client):
    client.force_login(person)
    client.post(reverse("account_email"), {"email": "new@example.org", "action_add": ""})
    person.refresh_from_db()
    assert person.email == "jeanne@example.org"
    text = Message.objects.filter(kind="address_confirmation").order_by("-pk")[0].text
    link = re.search(rf"{HOST}(/\S+)", text).group(1)
    assert client.get(link).status_code == 200
    client.post(link)
    person.refresh_from_db()
    assert person.email == "new@example.org"
    assert [one.email for one in EmailAddress.objects.filter(user=person)] == ["new@example.org"]
    assert Message.objects.filter(kind="security_notice", address="jeanne@example.org").exists()
    assert (
        "no longer works"
        in Client(headers={"accept-language": "en"})
        .get(link.replace("/fr/compte/", "/en/account/"))
        .content.decode()
    )
