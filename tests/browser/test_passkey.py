"""A passkey from its first use to the next sign-in, by a virtual authenticator in a real Chromium."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.factories.partners import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_authenticator(page: Page) -> Page:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return page


def test_a_passkey_is_added_and_signs_in_alone_even_who_needs_a_second_factor(
    open_page, settings, sound
):
    settings.REQUIRE_MFA = True
    person = UserFactory(email="jeanne@example.org", password=PASSWORD, is_secretariat=True)
    page = with_authenticator(open_page("/fr/compte/login/"))
    page.fill("input[name=login]", person.email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit] >> nth=0")
    expect(page.get_by_role("heading", level=1)).to_have_text("Moyens de connexion")
    page.get_by_role("link", name="Ajouter une clé d’accès").click()
    if page.locator("input[name=password]").count():
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit] >> nth=0")
    page.fill("input[name=name]", "Mon téléphone")
    sound(page)
    page.click("#mfa_webauthn_add")
    expect(page.locator("main")).to_contain_text("codes de récupération")
    page.goto(page.url.split("/fr/")[0] + "/fr/espace/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mon espace")

    page.get_by_role("button", name="Se déconnecter").click()
    page.goto(page.url.split("/fr/")[0] + "/fr/compte/login/")
    page.click("#passkey_login")
    expect(page).to_have_url(re.compile("/fr/espace/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Mon espace")
