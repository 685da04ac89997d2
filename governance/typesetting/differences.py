"""What changed between two snapshots of one meeting's pack, thing by thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from governance.typesetting.snapshot import Item, Snapshot

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
PARTS = ("meeting", "summons", "minutes", "actions", "changes", "attendance")


@dataclass(frozen=True)
class Difference:
    """`kind` is item, project, annex or a part of the pack (summons, actions...); `fields` what changed in it."""

    kind: str
    key: str
    what: str
    fields: tuple[str, ...] = ()


def differences(old: Snapshot, new: Snapshot) -> list[Difference]:
    """In the order of the new pack, what was removed last. Equal snapshots give an empty list."""
    before, after = old.plain(), new.plain()
    found = [
        Difference(part, "", CHANGED, _fields(before[part], after[part]))
        for part in PARTS
        if before[part] != after[part]
    ]
    for kind, rows in _things(new).items():
        earlier = _things(old)[kind]
        found += _compared(kind, earlier, rows)
    return found


def revised_keys(old: Snapshot, new: Snapshot) -> list[str]:
    """What to mark in the contents: parts, items, projects and annexes that are new or changed, and the
    items that hold a changed sheet or annex."""
    touched = {(d.kind, d.key) for d in differences(old, new) if d.what != REMOVED}
    keys = [part for part in PARTS if (part, "") in touched]
    for item in new.items:
        inside = [("project", key) for key in item.projects]
        inside += [("annex", annex.number) for annex in item.annexes]
        held = [place for place in inside if place in touched]
        if held or ("item", item.key) in touched:
            keys.append(item.key)
        keys += [f"{kind}/{key}" for kind, key in held]
    return list(dict.fromkeys(keys))


def _things(snapshot: Snapshot) -> dict[str, dict[str, dict[str, Any]]]:
    plain = snapshot.plain()
    return {
        "item": {
            item.key: _own(item, row)
            for item, row in zip(snapshot.items, plain["items"], strict=True)
        },
        "project": {row["key"]: row for row in plain["sheets"]},
        "annex": {row["number"]: row for item in plain["items"] for row in item["annexes"]},
    }


def _own(item: Item, row: dict[str, Any]) -> dict[str, Any]:
    """The item without its annexes, which are compared on their own."""
    return {name: value for name, value in row.items() if name != "annexes"}


def _compared(
    kind: str, old: Mapping[str, dict[str, Any]], new: Mapping[str, dict[str, Any]]
) -> Iterator[Difference]:
    for key, row in new.items():
        if key not in old:
            yield Difference(kind, key, ADDED)
        elif row != old[key]:
            yield Difference(kind, key, CHANGED, _fields(old[key], row))
    for key in old:
        if key not in new:
            yield Difference(kind, key, REMOVED)


def _fields(old: Any, new: Any) -> tuple[str, ...]:
    if not isinstance(old, dict) or not isinstance(new, dict):
        return ()
    return tuple(sorted(name for name in new if old.get(name) != new[name]))
