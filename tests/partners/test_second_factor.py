"""A second factor: asked of secretariat and administrators by setting, and a real door once it is there."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from partners.models import Message
from tests.api import call, token_for
from tests.factories.partners import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def required(settings):
    settings.REQUIRE_MFA = True


def sign_in(client, person):
    return client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})


@pytest.mark.parametrize("role", ["is_secretariat", "is_staff"])
def test_who_steers_without_a_second_factor_can_only_add_one(required, client, role):
    client.force_login(UserFactory(**{role: True}))
    for page in ("/fr/espace/", "/fr/projets/", "/admin/", "/fr/espace/envois/"):
        answer = client.get(page)
        assert answer.status_code == 302, page
        assert answer["Location"] == reverse("mfa_index")
    assert client.get(reverse("mfa_index")).status_code == 200
    assert client.get(reverse("account_logout")).status_code == 200
    api = client.get("/api/v1/me/")
    assert api.status_code == 403
    assert api["Content-Type"] == "application/problem+json"


def test_partners_are_not_asked_for_one(required, cast, as_user):
    assert as_user(cast.owner).get("/fr/espace/").status_code == 200


def test_nobody_is_asked_where_the_setting_is_off(settings, cast, as_user):
    settings.REQUIRE_MFA = False
    assert as_user(cast.secretary).get("/fr/espace/").status_code == 200


def test_with_one_the_portal_opens_again_and_closes_when_it_is_removed(required, cast, as_user):
    TOTP.activate(cast.secretary, generate_totp_secret())
    client = as_user(cast.secretary)
    assert client.get("/fr/espace/").status_code == 200
    Authenticator.objects.all().delete()
    assert client.get("/fr/espace/").status_code == 302


def test_an_app_is_added_by_its_code_and_asked_for_at_the_next_sign_in(
    client, django_capture_on_commit_callbacks
):
    person = UserFactory(password=PASSWORD, is_secretariat=True)
    sign_in(client, person)
    asked = client.get(reverse("mfa_activate_totp"))
    assert reverse("account_reauthenticate") in asked["Location"], (
        "the password is asked again first"
    )
    page = client.post(asked["Location"], {"password": PASSWORD}, follow=True).content.decode()
    secret = re.search(r'value="([A-Z2-7]{16,})"', page).group(1)
    refused = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert refused.status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert Authenticator.objects.filter(user=person, type="totp").exists()
    assert Message.objects.filter(kind="security_notice", recipient=person).exists()

    other = Client()
    answer = sign_in(other, person)
    assert answer["Location"].endswith(reverse("mfa_authenticate"))
    assert other.get("/fr/espace/").status_code == 302
    other.post(reverse("mfa_authenticate"), {"code": "123456"})
    assert "_auth_user_id" not in other.session


def test_a_recovery_code_opens_the_door_once(client):
    person = UserFactory(password=PASSWORD)
    TOTP.activate(person, generate_totp_secret())
    code = RecoveryCodes.activate(person).get_unused_codes()[0]
    for attempt, opened in ((client, True), (Client(), False)):
        sign_in(attempt, person)
        attempt.post(reverse("mfa_authenticate"), {"code": code})
        assert ("_auth_user_id" in attempt.session) is opened


def test_the_pages_of_sign_in_methods_and_connections_open(cast, as_user):
    client = as_user(cast.owner)
    for name in ("mfa_index", "usersessions_list", "account_change_password", "mfa_list_webauthn"):
        assert client.get(reverse(name), follow=True).status_code == 200


def test_other_devices_are_listed_and_signed_out(client):
    person = UserFactory(password=PASSWORD)
    other = Client(headers={"user-agent": "Telephone"})
    sign_in(other, person)
    sign_in(client, person)
    assert "Telephone" in client.get(reverse("usersessions_list")).content.decode()
    client.post(reverse("usersessions_list"))
    assert other.get("/fr/espace/").status_code == 302
    assert client.get("/fr/espace/").status_code == 200


def test_one_other_device_is_signed_out_and_nobody_elses(client, cast, as_user):
    person = UserFactory(password=PASSWORD)
    telephone, tablet = (Client(headers={"user-agent": name}) for name in ("Telephone", "Tablet"))
    for browser in (telephone, tablet, client):
        sign_in(browser, person)
    of_telephone = UserSession.objects.get(user=person, user_agent="Telephone")
    stranger = as_user(cast.stranger)
    end = reverse("partners:session_end", args=[of_telephone.pk])
    assert stranger.post(end).status_code == 404
    assert client.post(end).status_code == 302
    assert telephone.get("/fr/espace/").status_code == 302
    assert tablet.get("/fr/espace/").status_code == client.get("/fr/espace/").status_code == 200


def test_a_token_of_the_secretariat_opens_nothing_without_a_second_factor(required, cast):
    token = token_for(cast.secretary)
    refused = call("me/", token=token)
    assert refused.status_code == 401
    assert "second facteur" in refused.json()["detail"]
    TOTP.activate(cast.secretary, generate_totp_secret())
    assert call("me/", token=token).status_code == 200
    assert call("me/", token=token_for(cast.owner)).status_code == 200


def test_the_administration_has_no_door_of_its_own(required, client):
    person = UserFactory(password=PASSWORD, is_staff=True, is_superuser=True)
    TOTP.activate(person, generate_totp_secret())
    client.post("/admin/login/", {"username": person.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    sign_in(client, person)
    assert client.get("/admin/").status_code == 302, "the password alone is not enough"
