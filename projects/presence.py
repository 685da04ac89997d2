"""Who has a report's form open, kept in the cache for a minute and a half after their last sign of life."""

import logging
import time
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from partners.models import User

logger = logging.getLogger(__name__)

ALIVE = 90  # seconds


def arrive(report: int, user: "User") -> None:
    try:
        people = _people(report)
        people[user.pk] = (user.get_full_name(), time.time())
        cache.set(_key(report), people, ALIVE)
    except RedisError as error:
        logger.warning("presence unknown: %s", type(error).__name__)


def others(report: int, user: "User") -> str:
    """“Ada Colin also has this report open.”, or nothing."""
    try:
        names = [name for person, (name, _at) in _people(report).items() if person != user.pk]
    except RedisError:
        return ""
    if not names:
        return ""
    return ngettext(
        "%(names)s also has this report open.", "%(names)s also have this report open.", len(names)
    ) % {"names": _(" and ").join(sorted(names))}


def _people(report: int) -> dict[int, tuple[str, float]]:
    found = cache.get(_key(report)) or {}
    return {person: seen for person, seen in found.items() if seen[1] > time.time() - ALIVE}


def _key(report: int) -> str:
    return f"presence:report:{report}"
