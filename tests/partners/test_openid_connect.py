"""Signing in by a service outside, against a real OpenID Connect provider that runs beside the tests."""

import logging
from collections.abc import Iterator
from urllib.parse import urlsplit

import oidc_provider_mock
import pytest
import requests
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse
from django.utils import translation

from partners.models import Message, User
from smartport.trial.servers import free_port
from tests.factories.partners import PASSWORD, UserFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:authlib"),
]


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def service(settings, provider):
    translation.activate("fr")
    settings.SOCIALACCOUNT_PROVIDERS = apps(provider)
    return provider


def apps(address: str) -> dict:
    app = {
        "provider_id": "oidc", "name": "ProConnect", "client_id": "portal", "secret": "secret",
        "settings": {"server_url": address},
    }  # fmt: skip
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}


def sign_in(
    service: str, *, next_url: str = "", sub: str = "42", **claims
) -> tuple[Client, object]:
    """Through the provider's own pages, as this person of it; the browser and the portal's last answer."""
    requests.put(f"{service}/users/{sub}", json=claims, timeout=5).raise_for_status()
    browser = Client()
    asked = browser.post(reverse("openid_connect_login", args=["oidc"]), {"next": next_url})
    assert asked["Location"].startswith(service)
    agreed = requests.post(asked["Location"], data={"sub": sub}, timeout=5, allow_redirects=False)
    back = urlsplit(agreed.headers["Location"])
    return browser, browser.get(f"{back.path}?{back.query}")


def is_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def test_the_confirmed_address_finds_the_account_and_its_owner_is_told(service):
    person = UserFactory(email="jeanne@example.org")
    browser, answer = sign_in(service, email="Jeanne@example.org", email_verified=True)
    assert answer["Location"] == "/fr/espace/"
    assert browser.session["_auth_user_id"] == str(person.pk)
    assert Message.objects.filter(kind="security_notice", recipient=person).exists()
    assert User.objects.count() == 1


def test_after_the_first_time_the_person_of_the_service_counts_and_not_the_address(service):
    person = UserFactory(email="jeanne@example.org")
    sign_in(service, email="jeanne@example.org", email_verified=True)
    browser, _answer = sign_in(service, email="married@example.org", email_verified=True)
    assert browser.session["_auth_user_id"] == str(person.pk)


def test_an_unknown_person_is_refused_in_plain_words(service):
    browser, answer = sign_in(service, email="nobody@example.org", email_verified=True)
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "nobody@example.org" in page
    assert "sur invitation" in page
    assert not is_in(browser)
    assert not User.objects.exists()


@pytest.mark.parametrize("claims", [{"email_verified": False}, {}])
def test_an_address_the_service_has_not_confirmed_opens_no_account(service, claims):
    UserFactory(email="jeanne@example.org")
    browser, answer = sign_in(service, email="jeanne@example.org", **claims)
    assert answer.status_code == 403
    assert "n’a pas confirmé" in answer.content.decode()
    assert not is_in(browser)


def test_a_service_that_gives_no_address_is_told_apart(service):
    browser, answer = sign_in(service)
    assert answer.status_code == 403
    assert "aucune adresse" in answer.content.decode()
    assert not is_in(browser)


def test_the_second_factor_is_asked_after_the_service_too(service):
    person = UserFactory(email="jeanne@example.org", is_secretariat=True)
    TOTP.activate(person, generate_totp_secret())
    browser, answer = sign_in(service, email="jeanne@example.org", email_verified=True)
    assert answer["Location"].endswith(reverse("mfa_authenticate"))
    assert not is_in(browser)


def test_the_secretariat_without_a_second_factor_is_sent_to_add_one(service, settings):
    settings.REQUIRE_MFA = True
    UserFactory(email="jeanne@example.org", is_secretariat=True)
    browser, _answer = sign_in(service, email="jeanne@example.org", email_verified=True)
    assert browser.get("/fr/espace/")["Location"] == reverse("mfa_index")


def test_the_page_that_was_asked_for_opens_after_the_service(service):
    UserFactory(email="jeanne@example.org")
    _browser, answer = sign_in(
        service, next_url="/fr/espace/preferences/", email="jeanne@example.org", email_verified=True
    )
    assert answer["Location"] == "/fr/espace/preferences/"


def test_a_closed_account_stays_closed(service):
    UserFactory(email="jeanne@example.org", is_active=False)
    browser, _answer = sign_in(service, email="jeanne@example.org", email_verified=True)
    assert not is_in(browser)


def test_a_service_that_is_down_gets_a_page_that_says_so(settings, client):
    settings.SOCIALACCOUNT_PROVIDERS = apps(f"http://127.0.0.1:{free_port()}")
    page = client.post(reverse("openid_connect_login", args=["oidc"]))
    assert page.status_code == 502
    assert "ne répond pas" in page.content.decode()


def test_an_answer_of_the_service_that_nobody_asked_for_signs_nobody_in(service, client):
    page = client.get(
        reverse("openid_connect_callback", args=["oidc"]), {"code": "x", "state": "y"}
    )
    assert page.status_code == 401
    assert "ne répond pas" in page.content.decode()


def test_the_sign_in_page_offers_the_service(service, client):
    assert "ProConnect" in client.get(reverse("account_login")).content.decode()


def test_the_services_of_an_account_are_listed_added_and_removed(service):
    person = UserFactory(email="jeanne@example.org", password=PASSWORD)
    browser, _answer = sign_in(service, email="jeanne@example.org", email_verified=True)
    page = browser.get(reverse("socialaccount_connections"))
    assert "ProConnect" in page.content.decode()
    assert (
        reverse("socialaccount_connections") in browser.get(reverse("mfa_index")).content.decode()
    )
    account = person.socialaccount_set.get()
    browser.post(reverse("socialaccount_connections"), {"account": account.pk})
    assert not person.socialaccount_set.exists()
    assert (
        "Ajouter ProConnect" in browser.get(reverse("socialaccount_connections")).content.decode()
    )
