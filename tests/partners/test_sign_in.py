"""Signing in: by password or code, the same answer to known and unknown addresses, limits, mails that arrive."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from partners.models import Message
from partners.services.delivery import deliver
from tests.factories.partners import PASSWORD, UserFactory
from tests.mail import smtp_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return UserFactory(email="jeanne@example.org", password=PASSWORD, language="en")


def url(name, *args, language="fr"):
    with translation.override(language):
        return reverse(name, args=args)


def test_a_person_signs_in_and_the_portal_speaks_their_language(client, person):
    answer = client.post(
        url("account_login"), {"login": "Jeanne@Example.org", "password": PASSWORD}
    )
    assert answer.status_code == 302
    assert answer["Location"] == "/en/workspace/"
    assert answer.cookies["language"].value == "en"
    assert client.get("/", headers={"accept-language": "fr"})["Location"] == "/en/"


def test_the_page_that_was_asked_for_opens_after_sign_in(client, person):
    asked = client.get("/fr/espace/")
    assert asked.status_code == 302
    answer = client.post(
        asked["Location"], {"login": person.email, "password": PASSWORD, "next": "/fr/espace/"}
    )
    assert answer["Location"] == "/en/workspace/"


def test_signing_out_takes_a_post(client, person):
    client.force_login(person)
    assert client.get(url("account_logout")).status_code == 200
    assert client.get("/en/workspace/").status_code == 200
    client.post(url("account_logout"))
    assert client.get("/en/workspace/").status_code == 302


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(person):
    answers = []
    for address in (person.email, "nobody@example.org"):
        page = Client().post(
            url("account_login"), {"login": address, "password": "wrong-password-1"}
        )
        answers.append((page.status_code, _plain(page, address)))
    assert answers[0] == answers[1]
    assert "ne vont pas ensemble" in answers[0][1]


def test_asking_for_a_password_gets_the_same_answer_and_only_the_owner_a_mail(person):
    answers = []
    for address in (person.email, "nobody@example.org"):
        page = Client().post(url("account_reset_password"), {"email": address}, follow=True)
        answers.append((page.redirect_chain, _plain(page, address)))
    assert answers[0] == answers[1]
    assert [row.address for row in Message.objects.all()] == [person.email]


def test_asking_for_a_code_gets_the_same_answer_and_only_the_owner_a_mail(person):
    answers = []
    for address in (person.email, "nobody@example.org"):
        page = Client().post(url("account_request_login_code"), {"email": address}, follow=True)
        answers.append((page.redirect_chain, _plain(page, address)))
    assert answers[0] == answers[1]
    assert [row.address for row in Message.objects.all()] == [person.email]


def test_a_forgotten_password_is_replaced_by_a_link_that_arrives_and_works_once(
    client, person, settings
):
    client.post(url("account_reset_password"), {"email": person.email})
    with smtp_server(settings) as post:
        deliver()
    text = post.letters[0].get_body(("plain",)).get_content()
    assert "Choose a new password" in post.letters[0]["Subject"]
    link = re.search(r"http://testserver(/en/account/password/reset/key/\S+)", text).group(1)
    page = client.get(link, follow=True)
    new = {"password1": "four calm harbour words", "password2": "four calm harbour words"}
    done = client.post(page.redirect_chain[-1][0], new)
    assert done.status_code == 302
    person.refresh_from_db()
    assert person.check_password("four calm harbour words")
    again = Client().get(link, follow=True)
    assert "no longer works" in again.content.decode()
    assert "was changed" in Message.objects.get(kind="security_notice").subject


def test_a_code_by_mail_signs_in_without_a_password(client, settings):
    person = UserFactory(language="fr")
    client.post(url("account_request_login_code"), {"email": person.email})
    with smtp_server(settings) as post:
        deliver()
    text = post.letters[0].get_body(("plain",)).get_content()
    code = re.search(r"^\s*([A-Z0-9-]{6,9})\s*$", text, re.MULTILINE).group(1)
    answer = client.post(url("account_confirm_login_code"), {"code": code})
    assert answer["Location"] == "/fr/espace/"


def test_a_closed_account_does_not_sign_in(client, person):
    person.is_active = False
    person.save()
    answer = client.post(url("account_login"), {"login": person.email, "password": PASSWORD})
    assert client.get("/fr/espace/").status_code == 302
    assert "_auth_user_id" not in client.session
    assert answer.status_code in (200, 302)


def test_accounts_come_by_invitation_only(client):
    page = client.get(url("account_signup"))
    assert "sur invitation" in page.content.decode()
    client.post(
        url("account_signup"),
        {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD},
    )
    from partners.models import User

    assert not User.objects.filter(email="new@example.org").exists()


def test_an_account_is_locked_for_a_while_after_five_wrong_passwords_from_anywhere(person):
    for number in range(5):
        Client(REMOTE_ADDR=f"192.0.2.{number}").post(
            url("account_login"), {"login": person.email, "password": "wrong-password-1"}
        )
    page = Client(REMOTE_ADDR="192.0.2.99").post(
        url("account_login"), {"login": person.email, "password": PASSWORD}
    )
    assert "Trop d’essais" in page.content.decode()


def test_one_address_is_refused_after_many_wrong_passwords_on_many_accounts(person):
    caller = Client(REMOTE_ADDR="192.0.2.7")
    for number in range(10):
        caller.post(
            url("account_login"), {"login": f"someone-{number}@example.org", "password": "wrong-1"}
        )
    page = caller.post(url("account_login"), {"login": person.email, "password": PASSWORD})
    assert "_auth_user_id" not in caller.session
    assert page.status_code in (200, 429)


def test_the_administration_goes_through_the_same_sign_in(client, person):
    answer = client.get("/admin/")
    assert answer.status_code == 302
    answer = client.get(answer["Location"])
    assert answer.status_code == 302
    assert "/compte/login/" in answer["Location"] or "/account/login/" in answer["Location"]
    client.force_login(person)
    assert client.get("/admin/", follow=True).status_code == 403


def test_a_forged_proxy_header_does_not_escape_the_limit(person):
    for number in range(10):
        Client(REMOTE_ADDR="192.0.2.7", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}").post(
            url("account_login"), {"login": f"someone-{number}@example.org", "password": "wrong-1"}
        )
    caller = Client(REMOTE_ADDR="192.0.2.7", HTTP_X_FORWARDED_FOR="198.51.100.77")
    caller.post(url("account_login"), {"login": person.email, "password": PASSWORD})
    assert "_auth_user_id" not in caller.session


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_reset_password",
        "account_request_login_code",
        "account_reset_password_done",
    ],
)
def test_the_pages_speak_both_languages(client, name):
    french, english = (client.get(url(name, language=language)) for language in ("fr", "en"))
    assert french.status_code == english.status_code == 200
    assert 'lang="fr"' in french.content.decode()
    assert 'lang="en"' in english.content.decode()


def _plain(page, address):
    """What a person reads, without what differs on each page: the address typed and the tokens."""
    text = page.content.decode().replace(address, "ADDRESS")
    return re.sub(r'(name="csrfmiddlewaretoken" value|nonce|content)="[^"]*"', "", text)
