"""What is published as open data: each floor's `openness.py` registers its datasets and feeds.

    openness.datasets.register("projects", Dataset(...))       # /open-data/projects.csv, .xlsx, .json, .geojson
    openness.feeds.register("approvals", Feed(...))            # /feeds/approvals.atom
    openness.calendars.register("meetings", Calendar(...))     # /feeds/meetings.ics

Only what the public sees goes in, whoever asks. The data dictionary and the catalogue are made from these rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Choices, Model, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from icalendar import Event

from smartport.registry import Registry

LICENCE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
LICENCE_NAME = _("Open Licence 2.0 (Etalab)")


class Kind(StrEnum):
    """What a column holds; files write it so, and the dictionary names it."""

    TEXT = "text"
    LIST = "list"
    DATE = "date"
    AMOUNT = "amount"
    NUMBER = "number"
    YES_NO = "yes_no"
    ADDRESS = "address"


KIND_LABELS = {
    Kind.TEXT: _("text"),
    Kind.LIST: _("several texts; in CSV and XLSX separated by “ | ”"),
    Kind.DATE: _("date, YYYY-MM-DD"),
    Kind.AMOUNT: _("amount in euros, decimal point"),
    Kind.NUMBER: _("number, decimal point"),
    Kind.YES_NO: _("true or false"),
    Kind.ADDRESS: _("web address"),
}


@dataclass(frozen=True)
class Column:
    """One column. `values` lists the codes it may hold. An empty cell means not published, never zero."""

    name: str
    meaning: str | Promise
    value: Callable[[Any], Any]
    kind: Kind = Kind.TEXT
    values: type[Choices] | None = None

    @property
    def kind_label(self) -> str:
        return str(KIND_LABELS[self.kind])

    @property
    def codes(self) -> list[tuple[str, str]]:
        return (
            [(str(value), str(label)) for value, label in self.values.choices]
            if self.values
            else []
        )


@dataclass(frozen=True)
class Version:
    """Changes whenever the public rows may have changed; `on` is None while there is nothing."""

    tag: str
    on: datetime | None


@dataclass(frozen=True)
class Dataset:
    """`rows` gives the public rows under a list page's query parameters, ready to be streamed.

    `point` gives longitude and latitude where the dataset can be drawn. `changes_with` names the models whose
    history says that the file changed. `conforms_to` gives the address of the published schema that a format follows.
    """

    title: str | Promise
    summary: str | Promise
    columns: tuple[Column, ...]
    rows: Callable[[QueryDict], QuerySet]
    changes_with: tuple[type[Model], ...]
    formats: tuple[str, ...] = ("csv", "xlsx", "json")
    point: Callable[[Any], tuple[float, float] | None] | None = None
    keywords: tuple[str | Promise, ...] = ()
    page: str = ""
    conforms_to: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """One entry of a feed. `identifier` is a tag URI's last part, stable for ever."""

    identifier: str
    title: str
    url: str
    summary: str
    published: datetime
    updated: datetime


@dataclass(frozen=True)
class Feed:
    """`entries` is asked with the list page's parameters, in the feed's language, newest first."""

    title: str | Promise
    summary: str | Promise
    entries: Callable[[QueryDict], Iterable[Entry]]
    changes_with: tuple[type[Model], ...]
    page: str = ""


@dataclass(frozen=True)
class Calendar:
    title: str | Promise
    events: Callable[[], Iterable[Event]]
    changes_with: tuple[type[Model], ...]


datasets: Registry[Dataset] = Registry("dataset")
feeds: Registry[Feed] = Registry("feed")
calendars: Registry[Calendar] = Registry("calendar")
