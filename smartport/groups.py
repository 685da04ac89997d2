"""Groups of people the secretariat may write to: each app's `messages.py` registers a provider.

groups.register("committees", lambda: [Group("committee:COPIL", "Steering committee", people), ...])
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise

from smartport.registry import Registry


@dataclass(frozen=True)
class Group:
    """`people` gives those of it today, each once."""

    key: str
    label: str | Promise
    people: Callable[[], QuerySet]


Provider = Callable[[], Iterable[Group]]

providers: Registry[Provider] = Registry("provider of groups")


def all_groups() -> list[Group]:
    return [group for provider in providers for group in provider()]


def group_of(key: str) -> Group | None:
    return next((group for group in all_groups() if group.key == key), None)
