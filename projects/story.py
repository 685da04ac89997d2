"""The initiative's story, from the sourced facts in `data/story.yaml`: read once, written in the reader's language.

Days known to the month or the year only are kept as such ("2018-10", "2017"): nothing is rounded to a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import get_language

from partners.models import Source
from smartport import dates

FILE = Path(__file__).parent / "data" / "story.yaml"


def written(day: str) -> str:
    """``2017``, ``octobre 2018`` or ``16 novembre 2017``, as far as the day is known."""
    parts = [int(part) for part in day.split("-")]
    if len(parts) == 1:
        return day
    return dates.month(date(*parts, 1)) if len(parts) == 2 else dates.day(date(*parts))


@dataclass(frozen=True)
class Entry:
    """`project` and `partner` are codes, `edition` a challenge's number, `sources` codes of `Source`."""

    day: str
    kind: str
    texts: dict[str, str]
    sources: tuple[str, ...]
    until: str = ""
    places: dict[str, str] = field(default_factory=dict)
    attendance: int | None = None
    project: str = ""
    partner: str = ""
    edition: int | None = None

    @property
    def when(self) -> str:
        return written(self.day)

    @property
    def text(self) -> str:
        return _in_language(self.texts)

    @property
    def place(self) -> str:
        return _in_language(self.places)


@dataclass(frozen=True)
class Edition:
    """One edition of the Smart Port Challenge; a count no source gives is None."""

    number: int
    launched: str
    sources: tuple[str, ...]
    winners: tuple[str, ...] = ()
    winners_complete: bool = False
    challenges: int | None = None
    applicants: int | None = None

    @property
    def when(self) -> str:
        return written(self.launched)


@dataclass(frozen=True)
class Told:
    """An entry on a page: `notes` are the places of its sources in the page's list, `about` names and links."""

    entry: Entry
    notes: list[int]
    about: list[tuple[str, str]]


def told(
    entries: Iterable[Entry], sources: Iterable[Source], about: Mapping[str, tuple[str, str]]
) -> list[Told]:
    """`about` gives, by code, the name and the page of the projects and partners that entries name."""
    places = {source.code: place for place, source in enumerate(sources, 1)}
    return [
        Told(
            entry,
            sorted(places[code] for code in entry.sources if code in places),
            [about[code] for code in (entry.project, entry.partner) if code in about],
        )
        for entry in entries
    ]


def timeline() -> tuple[Entry, ...]:
    """Oldest first."""
    return _story()[0]


def challenge_editions() -> tuple[Edition, ...]:
    return _story()[1]


def sources_of(entries: Iterable[Entry | Edition]) -> list[Source]:
    """The sources these entries rest on, each once, in the order they are first named."""
    codes = dict.fromkeys(code for entry in entries for code in entry.sources)
    found = {source.code: source for source in Source.objects.filter(code__in=codes)}
    return [found[code] for code in codes if code in found]


@lru_cache(maxsize=1)
def _story() -> tuple[tuple[Entry, ...], tuple[Edition, ...]]:
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    entries = tuple(_entry(row) for row in data["timeline"])
    editions = tuple(
        Edition(**{**row, "winners": tuple(row["winners"]), "sources": tuple(row["sources"])})
        for row in data["challenge_editions"]
    )
    return entries, editions


def _entry(row: dict[str, Any]) -> Entry:
    rest = {key: row[key] for key in row.keys() - {"fr", "en", "place", "sources"}}
    return Entry(
        **rest,
        texts={"fr": row["fr"], "en": row["en"]},
        places=row.get("place", {}),
        sources=tuple(row["sources"]),
    )


def _in_language(texts: dict[str, str]) -> str:
    return texts.get((get_language() or "fr")[:2]) or texts.get("fr", "")
