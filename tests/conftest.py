import pytest
from django.core.cache import caches
from django.core.management.commands import flush
from django.test import Client
from django.utils import translation

from tests.cast import Cast


@pytest.fixture(scope="session", autouse=True)
def _flush_every_table() -> None:
    """Knox keeps a table of its own beside our tokens: emptying the database has to reach it too."""
    listed = flush.sql_flush
    flush.sql_flush = lambda *given, **options: listed(*given, **{**options, "allow_cascade": True})


@pytest.fixture(autouse=True)
def _no_memory_between_tests() -> None:
    """Rate limits and cached pages start empty; the language is the house's, whatever page was opened last."""
    for cache in caches.all(initialized_only=True):
        cache.clear()
    translation.deactivate()


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


@pytest.fixture
def as_user():
    """`as_user(person)`: a browser in which this person is signed in."""

    def sign_in(user) -> Client:
        client = Client()
        if user.is_authenticated:
            client.force_login(user)
        return client

    return sign_in
