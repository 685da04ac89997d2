"""A person makes tokens for programs, sees the secret once, and revokes them."""

import re

import pytest
from django.urls import reverse
from django.utils.translation import override

from partners.enums import TokenScope
from partners.models import ApiToken
from partners.services.tokens import LifeRefused, TooManyTokens, create_token
from tests.api import call, token_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    with override("fr"):
        return reverse("partners:tokens")


def make(client, page, **fields):
    values = {"name": "Tableur", "scope": TokenScope.READ, "days": 90, **fields}
    return client.post(page, values, follow=True)


def test_the_secret_is_shown_once_and_works(cast, as_user, page):
    client = as_user(cast.owner)
    shown = make(client, page)
    secret = re.search(r"<code>([0-9a-f]{64})</code>", shown.content.decode())[1]
    assert call("me", token=secret).json()["email"] == cast.owner.email
    assert secret not in client.get(page).content.decode()
    assert "no-store" in shown["Cache-Control"]


def test_the_list_says_what_each_token_may_and_until_when(cast, as_user, page):
    client = as_user(cast.owner)
    make(client, page, name="Robot", scope=TokenScope.WRITE, days=365)
    text = client.get(page).content.decode()
    assert "Robot" in text
    assert ApiToken.objects.get().scope == TokenScope.WRITE


def test_a_revoked_token_opens_nothing(cast, as_user, page):
    client = as_user(cast.owner)
    secret = token_for(cast.owner)
    token = ApiToken.objects.get()
    with override("fr"):
        address = reverse("partners:token_revoke", args=[token.digest[:32]])
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302
    assert call("me", token=secret).status_code == 401


def test_nobody_sees_or_revokes_the_token_of_another(cast, as_user, page):
    token_for(cast.owner)
    token = ApiToken.objects.get()
    with override("fr"):
        address = reverse("partners:token_revoke", args=[token.digest[:32]])
    for person in (cast.colleague, cast.secretary, cast.admin):
        assert as_user(person).post(address).status_code == 404
        assert token.token_key not in as_user(person).get(page).content.decode()
    assert as_user(cast.anonymous).post(address).status_code == 302
    assert ApiToken.objects.count() == 1


@pytest.mark.parametrize("fields", [{"name": ""}, {"days": 4000}, {"scope": "everything"}])
def test_a_wrong_form_keeps_what_was_typed_and_makes_nothing(cast, as_user, page, fields):
    answer = make(as_user(cast.owner), page, **{"name": "Tableur", **fields})
    assert answer.status_code == 422
    assert "error" in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_a_token_always_expires(cast):
    for days in (0, 366):
        with pytest.raises(LifeRefused):
            create_token(actor=cast.owner, name="x", days=days)


def test_a_person_holds_a_limited_number_of_tokens(cast, monkeypatch):
    monkeypatch.setattr("partners.services.tokens.MOST_TOKENS", 1)
    create_token(actor=cast.owner, name="x", days=1)
    with pytest.raises(TooManyTokens):
        create_token(actor=cast.owner, name="y", days=1)
