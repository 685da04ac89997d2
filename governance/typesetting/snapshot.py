"""Everything a pack prints, as plain data: what is frozen with the pack and compared between versions.

A snapshot is made once from rows (already filtered for the audience), kept as JSON, and never read
back from the database again. Conventions: a `Text` maps language codes to wording and may lack a
language (`und` is text typed once, in whatever language); days are ISO strings; amounts are Decimal
strings in euros; `None` is "not published".
"""

from __future__ import annotations

import types
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from functools import lru_cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

SCHEMA = 1

Text = dict[str, str]
Day = str | None
Amount = str | None


GUEST = "guest"


@dataclass(frozen=True)
class Person:
    """`capacity` is a mandate's: titular, alternate, chair, secretary, or GUEST; observers do not vote."""

    name: str
    function: Text = field(default_factory=dict)
    partner: Text = field(default_factory=dict)
    capacity: str = ""
    voting: bool = True


@dataclass(frozen=True)
class Annex:
    """A file inserted behind its slip sheet; `number` is the item's number and the annex's rank."""

    number: str
    title: Text
    filename: str
    sha256: str
    pages: int
    revision: int = 1


@dataclass(frozen=True)
class Contribution:
    """One funder's money for one recipient of a project; `kind` is cash or in_kind.

    Committed, called and received are running totals of its instalments, each part of the one
    before; `spent` is what the last accepted report says.
    """

    funder: Text
    recipient: Text = field(default_factory=dict)
    kind: str = "cash"
    promised: Amount = None
    committed: Amount = None
    called: Amount = None
    received: Amount = None
    spent: Amount = None


@dataclass(frozen=True)
class Amended:
    """What an amendment changes: the day its agreement ends, and the sum of its contributions.

    `unknown` counts the contributions whose amount is not known: `total` leaves them out.
    """

    number: int
    agreement: Text
    text: Text = field(default_factory=dict)
    ends: Day = None
    new_end: Day = None
    money: Amount = None
    total: Amount = None
    unknown: int = 0


@dataclass(frozen=True)
class Slip:
    """A forecast that moved, with the reason given on that day."""

    on: Day
    before: Day
    after: Day
    reason: Text = field(default_factory=dict)


@dataclass(frozen=True)
class Milestone:
    title: Text
    baseline: Day = None
    forecast: Day = None
    actual: Day = None
    slips: list[Slip] = field(default_factory=list)


@dataclass(frozen=True)
class Indicator:
    """Values are Decimal strings in `unit`, `value` being the latest accepted one."""

    title: Text
    unit: Text = field(default_factory=dict)
    baseline: Amount = None
    value: Amount = None
    target: Amount = None
    on: Day = None


@dataclass(frozen=True)
class Risk:
    """`likelihood` and `impact` run from 1, low, to 4, very high (projects.enums.Level)."""

    title: Text
    likelihood: int = 2
    impact: int = 2
    response: Text = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """The last accepted progress report: its version is 2 or more once it was corrected.

    `summary` is the public one; the other texts are empty in a public extract. `completion` is in percent.
    """

    period: Text
    version: int = 1
    accepted_on: Day = None
    health: str = ""
    completion: int | None = None
    summary: Text = field(default_factory=dict)
    achievements: Text = field(default_factory=dict)
    next_steps: Text = field(default_factory=dict)
    cause: Text = field(default_factory=dict)
    ask: Text = field(default_factory=dict)


@dataclass(frozen=True)
class PastHealth:
    period: Text
    health: str


@dataclass(frozen=True)
class ProjectSheet:
    """`key` is stable between versions (the project's code); `history` is oldest first."""

    key: str
    title: Text
    state: str = ""
    series: Text = field(default_factory=dict)
    lead: Text = field(default_factory=dict)
    partners: list[Person] = field(default_factory=list)
    goals: list[Text] = field(default_factory=list)
    frameworks: list[Text] = field(default_factory=list)
    place: Text = field(default_factory=dict)
    start: Day = None
    end: Day = None
    purpose: Text = field(default_factory=dict)
    report: Report | None = None
    history: list[PastHealth] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    money: list[Contribution] = field(default_factory=list)
    risks: list[Risk] = field(default_factory=list)
    demonstration: bool = False


@dataclass(frozen=True)
class Item:
    """`key` is stable between versions. `projects` are keys of sheets, printed at their first item.

    `parties` and `money` are those of the agreement the item is about, or of its amendment.
    """

    key: str
    number: str
    title: Text
    kind: str = "information"
    rapporteur: str = ""
    minutes: int | None = None
    confidential: bool = False
    late: Text = field(default_factory=dict)
    carried_over_from: Day = None
    note: Text = field(default_factory=dict)
    proposed_decision: Text = field(default_factory=dict)
    projects: list[str] = field(default_factory=list)
    annexes: list[Annex] = field(default_factory=list)
    parties: list[Person] = field(default_factory=list)
    money: list[Contribution] = field(default_factory=list)
    amended: Amended | None = None


@dataclass(frozen=True)
class Decision:
    number: str
    outcome: str
    text: Text


@dataclass(frozen=True)
class Minutes:
    """The last meeting's minutes as they stand; `state` is draft, circulated or approved."""

    meeting_on: Day
    state: str
    text: Text = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)


@dataclass(frozen=True)
class Action:
    number: str
    text: Text
    owner: str = ""
    partner: Text = field(default_factory=dict)
    due: Day = None
    state: str = "open"
    late: bool = False


@dataclass(frozen=True)
class Change:
    """What moved since the last committee: `kind` is health, date, reached, money, risk_opened or risk_closed.

    `before` and `after` hold a health, a day or an amount according to the kind, and nothing for risks.
    """

    kind: str
    project: str
    title: Text = field(default_factory=dict)
    before: str | None = None
    after: str | None = None
    reason: Text = field(default_factory=dict)


@dataclass(frozen=True)
class Summons:
    sent_on: Day = None
    text: Text = field(default_factory=dict)
    quorum: Text = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)


@dataclass(frozen=True)
class Meeting:
    """`starts_at` and `ends_at` are local clock times, "14:30"; `mode` is ordinary, extraordinary or written."""

    committee: Text
    title: Text
    on: Day
    starts_at: str = ""
    ends_at: str = ""
    place: Text = field(default_factory=dict)
    mode: str = "ordinary"
    demonstration: bool = False


@dataclass(frozen=True)
class Snapshot:
    """One pack. `audience` is one of governance.enums.Audience; `prepared_at` dates the file."""

    meeting: Meeting
    version: int
    audience: str
    prepared_at: str
    languages: list[str]
    reason: Text = field(default_factory=dict)
    summons: Summons = field(default_factory=Summons)
    minutes: Minutes | None = None
    actions: list[Action] = field(default_factory=list)
    since: Day = None
    changes: list[Change] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    sheets: list[ProjectSheet] = field(default_factory=list)
    attendance: list[Person] = field(default_factory=list)
    revised: list[str] = field(default_factory=list)
    schema: int = SCHEMA

    def plain(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_plain(cls, data: dict[str, Any]) -> Snapshot:
        return _load(cls, data)

    @property
    def annexes(self) -> list[Annex]:
        return [annex for item in self.items for annex in item.annexes]


T = TypeVar("T")


def _load(kind: type[T], data: Any) -> T:
    """`data` as an instance of the dataclass `kind`, through its nested dataclasses."""
    hints = _hints(kind)
    known = {spec.name for spec in fields(kind)}  # type: ignore[arg-type]
    return kind(**{key: _value(hints[key], item) for key, item in data.items() if key in known})


def _value(hint: Any, item: Any) -> Any:
    if item is None:
        return None
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(part for part in get_args(hint) if part is not type(None))
    if get_origin(hint) is list:
        return [_value(get_args(hint)[0], part) for part in item]
    return _load(hint, item) if is_dataclass(hint) else item


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
