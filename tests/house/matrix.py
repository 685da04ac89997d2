"""The permission matrix: for each address, what each member of the cast is answered.

Rows live in `tests/house/permissions/<app>.py`; an address without a row fails the suite.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation

from tests.house.world import World

CAST = ("anonymous", "stranger", "contributor", "manager", "member", "secretariat", "admin")
FILES = ("smartport", "accounts", "partners", "projects", "governance", "api", "api_preparing")
# The administration is the library's: test_permissions.py goes through all of it in one sweep.
SWEPT = ("admin:",)
# The sign-in library's old addresses, which redirect to the named ones.
ALIASES = {
    f"unnamed social/{rest}/"
    for rest in ("login/cancelled", "login/error", "signup", "connections")
}


class Row:
    """One address and one method. `expected` has a status for each of the cast, or one for all of them.

    `kwargs` gives the address's parts out of the world; `data` is what is posted, as a form or as JSON (then for
    whatever version there is).
    """

    def __init__(
        self,
        name: str,
        expected: str,
        kwargs: Callable[[World], dict[str, Any]] | None = None,
        *,
        method: str = "get",
        data: dict[str, Any] | None = None,
        query: str = "",
        json: bool = False,
        note: str = "",
    ) -> None:
        statuses = [int(word) for word in expected.split()]
        if len(statuses) not in (1, len(CAST)):
            raise ValueError(f"{name}: one status, or one for each of {', '.join(CAST)}")
        self.name = name
        self.expected = statuses * len(CAST) if len(statuses) == 1 else statuses
        self.kwargs = kwargs
        self.method = method
        self.data = data or {}
        self.query = query
        self.extra: dict[str, Any] = {}
        if json:
            self.extra = {"content_type": "application/json", "headers": {"If-Match": "*"}}
        self.note = note

    def __str__(self) -> str:
        return " ".join(
            filter(None, [self.name, self.method if self.method != "get" else "", self.note])
        )

    def url(self, world: World) -> str:
        with translation.override("fr"):
            return (
                reverse(self.name, kwargs=self.kwargs(world) if self.kwargs else None) + self.query
            )

    def ask(self, client: Client, world: World) -> Any:
        return getattr(client, self.method)(self.url(world), self.data, **self.extra)


def rows() -> list[Row]:
    return [row for name in FILES for row in import_module(f"tests.house.permissions.{name}").ROWS]


def _names(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _names(pattern.url_patterns, inner)
        else:
            yield namespace + (pattern.name or f"unnamed {pattern.pattern}")


def url_names() -> set[str]:
    names = set(_names(get_resolver().url_patterns)) - ALIASES
    return {name for name in names if not name.startswith(SWEPT)}
