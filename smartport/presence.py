"""Who has a page open, kept in the cache for a minute and a half after their last sign of life."""

import logging
import time
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

ALIVE = 90  # seconds


def arrive(place: str, user: Any) -> None:
    """`place` names the page, such as `report:12`."""
    try:
        people = _people(place)
        people[user.pk] = (user.get_full_name(), time.time())
        cache.set(_key(place), people, ALIVE)
    except RedisError as error:
        logger.warning("presence unknown: %s", type(error).__name__)


def others(place: str, user: Any) -> list[str]:
    """The names of the others, in order; none where the cache does not answer."""
    try:
        people = _people(place)
    except RedisError:
        return []
    return sorted(name for person, (name, _at) in people.items() if person != user.pk)


def joined(names: list[str]) -> str:
    return _(" and ").join(names)


def _people(place: str) -> dict[int, tuple[str, float]]:
    found = cache.get(_key(place)) or {}
    return {person: seen for person, seen in found.items() if seen[1] > time.time() - ALIVE}


def _key(place: str) -> str:
    return f"presence:{place}"
