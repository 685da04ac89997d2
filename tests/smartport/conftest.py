from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from tests.api import world
from tests.cast import Cast
from tests.loaded import kept_for_the_module


@pytest.fixture(scope="module")
def kept_world(django_db_setup: None, django_db_blocker) -> Iterator[SimpleNamespace]:
    """The world of the API with its cast, made once for a module; what a test changes is undone after it."""
    with kept_for_the_module(django_db_blocker):
        with django_db_blocker.unblock():
            cast = Cast()
            people = [cast.owner, cast.stranger, cast.member, cast.secretary, cast.admin]
            made = world(cast)
            made.cast, made.people = cast, people
        yield made
