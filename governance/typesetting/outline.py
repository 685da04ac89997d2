"""The contents of a pack as rows: what each entry of the page map is called, and how deep it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from governance.typesetting.assembly import Entry
from governance.typesetting.present import View, Views, present_all
from governance.typesetting.snapshot import Snapshot

PARTS = {"summons", "agenda", "minutes", "actions", "changes", "attendance"}


@dataclass(frozen=True)
class TitledEntry:
    """`item` is the key of the agenda item it belongs to, empty for the parts around the items."""

    kind: str
    key: str
    anchor: str
    title: str
    level: int
    item: str
    first_page: int
    last_page: int
    changed: bool


def titled_entries(
    snapshot: Snapshot, entries: Iterable[Entry], views: Views | None = None
) -> list[TitledEntry]:
    views = views or present_all(snapshot)
    names = {language: _names(view) for language, view in views.items()}
    revised = set(snapshot.revised)
    rows = []
    for entry in entries:
        title, item = names[entry.language][(entry.kind, entry.key)]
        mark = (
            entry.key if entry.kind == "item" else "/".join(filter(None, (entry.kind, entry.key)))
        )
        rows.append(
            TitledEntry(
                kind=entry.kind,
                key=entry.key,
                anchor=anchor(entry.language, entry.kind, entry.key),
                title=title,
                level=2 if entry.kind in ("project", "annex") else 1,
                item=item,
                first_page=entry.first_page,
                last_page=entry.last_page,
                changed=mark in revised,
            )
        )
    return rows


def anchor(language: str, kind: str, key: str) -> str:
    """Stable between versions: `fr-item-12`, `fr-project-DEMO-P1`."""
    return "-".join(filter(None, (language, kind, key)))


def _names(view: View) -> dict[tuple[str, str], tuple[str, str]]:
    names = {(part, ""): (view["labels"][part], "") for part in PARTS}
    for item in view["items"]:
        names["item", item["key"]] = (f"{item['number']}. {item['title']}", item["key"])
        for key in item["sheets"]:
            names["project", key] = (view["sheets"][key]["title"], item["key"])
        for annex in item["annexes"]:
            title = f"{annex['label']} · {annex['title']}"
            names["annex", annex["number"]] = (title, item["key"])
    return names
