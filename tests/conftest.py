import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import translation

from tests import emptying
from tests.cast import Cast


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first: at the end, only short tests are left for the processes to share."""

    def is_short(item: pytest.Item) -> bool:
        return not (item.get_closest_marker("slow") or "browser" in item.fixturenames)

    items.sort(key=is_short)


@pytest.fixture(scope="session", autouse=True)
def _quick_to_empty() -> None:
    emptying.empty_only_what_holds_rows()


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
