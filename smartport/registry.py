"""What is gathered from the floors above by name, as Django's admin gathers `admin.py`.

An app may have `obligations.py`, `messages.py`, `audience.py`, `groups.py`, `previews.py` and `openness.py`: importing
one of them registers what it declares, and nothing below ever imports it. `urls.py` and `api.py` are gathered when the
URLs are built.
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Generic, TypeVar

from django.apps import apps

Entry = TypeVar("Entry")

ROOMS = ("obligations", "messages", "audience", "groups", "previews", "openness")
FLOORS = ("smartport", "partners", "projects", "governance")


class Registry(Generic[Entry]):
    """Entries by a unique name, in the order of registration (floor by floor, from the ground up)."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._entries: dict[str, Entry] = {}

    def register(self, name: str, entry: Entry) -> Entry:
        if name in self._entries and self._entries[name] is not entry:
            raise ValueError(f"{self.what} {name!r} is registered twice")
        self._entries[name] = entry
        return entry

    def __getitem__(self, name: str) -> Entry:
        return self._entries[name]

    def get(self, name: str) -> Entry | None:
        return self._entries.get(name)

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def names(self) -> list[str]:
        return list(self._entries)


def discover() -> None:
    for room in ROOMS:
        modules(room)


def modules(name: str) -> list[tuple[str, ModuleType]]:
    """(app label, module) for each floor that has a module of this name, from the ground up."""
    return [
        (floor, import_module(f"{floor}.{name}"))
        for floor in FLOORS[1:]
        if apps.is_installed(floor) and find_spec(f"{floor}.{name}")
    ]
