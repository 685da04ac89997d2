"""The pack as pages to read on a screen: the same presentation as the PDF, in blocks a template can draw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from governance.typesetting.outline import anchor
from governance.typesetting.present import View
from governance.typesetting.sheets import STAGES


@dataclass(frozen=True)
class Cell:
    """`health` is set where the cell is a météo mark; `number` cells stand at the right."""

    text: str
    note: str = ""
    health: str = ""
    number: bool = False


@dataclass(frozen=True)
class Block:
    """`kind` is heading, prose, decision, ask, facts, table, health or annex; the rest by kind.

    `paragraphs` are the texts notes can be tied to; `rows` hold a table's cells or the pairs of facts.
    """

    kind: str
    title: str = ""
    paragraphs: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    total: list[Cell] = field(default_factory=list)
    health: str = ""
    annex: View | None = None

    @property
    def text(self) -> str:
        cells = [f"{cell.text} {cell.note}" for row in self.rows for cell in row]
        return " ".join([self.title, *self.paragraphs, *cells])


@dataclass(frozen=True)
class Page:
    anchor: str
    kind: str
    title: str
    blocks: list[Block]

    @property
    def text(self) -> str:
        return " ".join([self.title, *(block.text for block in self.blocks)])

    @property
    def paragraphs(self) -> list[str]:
        return [text for block in self.blocks for text in block.paragraphs]


def pages(view: View) -> list[Page]:
    """In the order of the PDF: parts, then each item followed by its sheets and annexes."""
    labels, language = view["labels"], view["language"]

    def page(kind: str, key: str, title: str, blocks: Iterator[Block]) -> Page:
        return Page(anchor(language, kind, key), kind, title, list(blocks))

    found = [
        page("summons", "", labels["summons"], _summons(view)),
        page("agenda", "", labels["agenda"], _agenda(view)),
    ]
    if view["minutes"]:
        found.append(page("minutes", "", labels["minutes"], _minutes(view)))
    found.append(page("actions", "", labels["actions"], _actions(view)))
    found.append(page("changes", "", labels["changes"], _changes(view)))
    for item in view["items"]:
        title = f"{item['number']}. {item['title']}"
        found.append(page("item", item["key"], title, _item(view, item)))
        for key in item["sheets"]:
            sheet = view["sheets"][key]
            found.append(page("project", key, sheet["title"], _sheet(view, sheet)))
        for annex in item["annexes"]:
            title = f"{annex['label']} · {annex['title']}"
            block = Block("annex", title, annex=annex)
            found.append(page("annex", annex["number"], title, iter([block])))
    return found


def _cells(*values: Any) -> list[Cell]:
    return [value if isinstance(value, Cell) else Cell(str(value)) for value in values]


def _numbers(values: list[str]) -> list[Cell]:
    return [Cell(value, number=True) for value in values]


def _prose(kind: str, title: str, paragraphs: list[str]) -> Iterator[Block]:
    if paragraphs:
        yield Block(kind, title, paragraphs)


def _facts(*pairs: tuple[str, str]) -> Iterator[Block]:
    rows = [_cells(name, value) for name, value in pairs if value]
    if rows:
        yield Block("facts", rows=rows)


def _table(
    title: str, headers: list[str], rows: list[list[Cell]], total: list[Cell] | None = None
) -> Iterator[Block]:
    if rows:
        yield Block("table", title, headers=headers, rows=rows, total=total or [])


def _people(view: View, title: str, people: list[View]) -> Iterator[Block]:
    labels = view["labels"]
    rows = [
        _cells(Cell(person["name"], person["function"]), person["partner"], person["capacity"])
        for person in people
    ]
    yield from _table(title, [labels["name"], labels["partner"], labels["capacity"]], rows)


def _summons(view: View) -> Iterator[Block]:
    labels, summons, cover = view["labels"], view["summons"], view["cover"]
    yield from _prose("prose", "", summons["paragraphs"])
    when = ", ".join(filter(None, [cover["day"], cover["clock"]]))
    yield from _facts(
        (labels["day"], when),
        (labels["place"], cover["place"]),
        (labels["quorum"], summons["quorum"]),
    )
    yield from _people(view, labels["summoned"], summons["people"])


def _agenda(view: View) -> Iterator[Block]:
    labels = view["labels"]
    rows = [
        _cells(row["number"], Cell(row["title"], row["rapporteur"]), row["kind"], row["duration"])
        for row in view["agenda"]
    ]
    headers = [labels["number"], labels["item"], labels["expected"], labels["duration"]]
    yield from _table(labels["agenda"], headers, rows)


def _minutes(view: View) -> Iterator[Block]:
    labels, minutes = view["labels"], view["minutes"]
    yield from _facts((minutes["title"], minutes["state"]))
    yield from _prose("prose", "", minutes["paragraphs"])
    rows = [_cells(row["number"], row["text"], row["outcome"]) for row in minutes["decisions"]]
    headers = [labels["number"], labels["decision"], labels["outcome"]]
    yield from _table(labels["decisions"], headers, rows)


def _actions(view: View) -> Iterator[Block]:
    labels = view["labels"]
    rows = [
        _cells(
            row["text"],
            Cell(row["owner"], row["partner"]),
            Cell(row["due"], labels["overdue"] if row["late"] else ""),
            row["state"],
        )
        for row in view["actions"]
    ]
    headers = [labels["action"], labels["owner"], labels["due"], labels["state"]]
    yield from _table(labels["actions"], headers, rows)
    if not rows:
        yield Block("prose", paragraphs=[labels["no_actions"]])


def _overview(view: View, overview: View) -> Iterator[Block]:
    labels = view["labels"]
    rows = [
        [Cell(row["word"], health=row["health"]), Cell(str(row["count"]), number=True)]
        for row in overview["healths"]
    ]
    yield from _table(labels["overview"], [labels["health"], labels["projects"]], rows)
    yield from _prose("prose", "", [overview["silent"]] if overview["silent"] else [])
    if overview["money"]:
        totals = _numbers(overview["money"]["totals"])
        headers = [labels[stage] for stage in STAGES]
        yield from _table(labels["funding"], headers, [totals])


def _changes(view: View) -> Iterator[Block]:
    labels, changes = view["labels"], view["changes"]
    if changes["overview"]:
        yield from _overview(view, changes["overview"])
    rows = [
        _cells(
            row["project_title"],
            Cell(row["word"], " ".join(filter(None, [row["title"], row["reason"]]))),
            Cell(row["before"], health=row["before_health"] or ""),
            Cell(row["after"], health=row["after_health"] or ""),
        )
        for row in changes["rows"]
    ]
    headers = [labels["project"], labels["change"], labels["before"], labels["now"]]
    yield from _table(changes["since"] or labels["changes"], headers, rows)
    if not rows:
        yield Block("prose", paragraphs=[labels["no_changes"]])


def _item(view: View, item: View) -> Iterator[Block]:
    labels = view["labels"]
    yield from _facts(
        (labels["expected"], item["kind"]),
        (labels["rapporteur"], item["rapporteur"]),
        (labels["duration"], item["duration"]),
    )
    yield from _prose("prose", labels["note"], item["note"] or [labels["no_note"]])
    yield from _prose("decision", labels["proposed_decision"], item["decision"])
    if amended := item["amended"]:
        yield from _prose("prose", amended["title"], amended["paragraphs"])
        rows = [_cells(row["what"], row["before"], row["after"]) for row in amended["rows"]]
        headers = [labels["amended"], labels["before"], labels["after_amendment"]]
        title = "" if amended["paragraphs"] else amended["title"]
        yield from _table(title, headers, rows)
    rows = [_cells(party["name"], party["role"]) for party in item["parties"]]
    yield from _table(labels["parties"], [labels["partner"], labels["role"]], rows)
    if item["funding"]:
        yield from _money(view, item["funding"])
    rows = []
    for project in item["concerned"]:
        report = view["sheets"][project["key"]]["report"]
        mark = (
            Cell(report["word"], health=report["health"]) if report else Cell(labels["no_report"])
        )
        rows.append(_cells(project["title"], mark))
    yield from _table(labels["projects"], [labels["project"], labels["health"]], rows)


def _sheet(view: View, sheet: View) -> Iterator[Block]:
    labels, report = view["labels"], sheet["report"]
    yield from _prose("prose", "", sheet["purpose"])
    if report:
        yield Block(
            "health",
            report["word"],
            [],
            health=report["health"],
            headers=[report["period"], report["origin"]],
        )
        yield from _prose(
            "prose", labels["achievements"], report["achievements"] or report["summary"]
        )
        yield from _prose("prose", labels["next_steps"], report["next_steps"])
        yield from _prose("prose", labels["cause"], report["cause"])
        yield from _prose("ask", labels["ask"], report["ask"])
    else:
        yield Block("prose", paragraphs=[labels["no_report"]])
    yield from _facts(
        (labels["lead"], sheet["lead"]),
        (labels["partners"], ", ".join(person["name"] for person in sheet["partners"])),
        (labels["goals"], "; ".join(sheet["goals"])),
        (labels["frameworks"], "; ".join(sheet["frameworks"])),
        (labels["dates"], sheet["dates"]),
        (labels["place"], sheet["place"]),
    )
    yield from _figures(view, sheet)


def _figures(view: View, sheet: View) -> Iterator[Block]:
    labels = view["labels"]
    rows = [
        _cells(m["title"], m["baseline"], m["forecast"], m["actual"], Cell(m["slip"], number=True))
        for m in sheet["milestones"]
    ]
    names = ("milestone", "baseline", "forecast", "actual", "slip")
    yield from _table(labels["milestones"], [labels[name] for name in names], rows)
    if sheet["money"]:
        yield from _money(view, sheet["money"])
    rows = [
        [
            Cell(i["title"], i["unit"]),
            *_numbers([i["baseline"], i["value"], i["target"], i["percent"]]),
        ]
        for i in sheet["indicators"]
    ]
    names = ("indicator", "baseline_value", "value", "target", "progress")
    yield from _table(labels["indicators"], [labels[name] for name in names], rows)
    rows = [_cells(r["title"], r["likelihood"], r["impact"], r["response"]) for r in sheet["risks"]]
    names = ("risk", "likelihood", "impact", "response")
    yield from _table(labels["risks"], [labels[name] for name in names], rows)


def _money(view: View, money: View) -> Iterator[Block]:
    labels = view["labels"]
    rows = [
        [
            Cell(row["funder"], labels["in_kind"] if row["in_kind"] else ""),
            *_numbers(row["amounts"]),
        ]
        for row in money["rows"]
    ]
    total = [Cell(labels["total"], money["left_out"]), *_numbers(money["totals"])]
    headers = [labels["funder"], *(labels[stage] for stage in STAGES)]
    yield from _table(labels["funding"], headers, rows, total)
