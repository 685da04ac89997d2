from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client

from tests.house.world import World


class _Undo(Exception):
    """Leaves the outer transaction with everything undone."""


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock():
        world = World()
        try:
            with transaction.atomic():
                world.load()
                yield world
                raise _Undo
        except _Undo:
            pass


@pytest.fixture(scope="module")
def crowded_world(world: World) -> World:
    """The crowd stays until the module ends."""
    world.crowd()
    return world


@pytest.fixture
def clients(world: World, db: None) -> dict[str, Client]:
    return world.clients()
