"""Writing rows from a data file so that a second run writes nothing, and people's later changes stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import yaml
from django.db import models

Row = TypeVar("Row", bound=models.Model)
Text = Mapping[str, str]


class FactsFileWrong(Exception):
    """A data file names something that is not there, or holds a value the portal refuses."""


@dataclass
class Tally:
    """`kept` counts rows that differ from the file because a person has changed them since."""

    added: int = 0
    changed: int = 0
    kept: int = 0

    def __str__(self) -> str:
        return f"{self.added} added, {self.changed} changed, {self.kept} kept as people left them"


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def bilingual(**texts: Text | None) -> dict[str, str]:
    """`title={"fr": …, "en": …}` as the columns `title_fr` and `title_en`; a missing text is empty."""
    return {
        f"{field}_{language}": (text or {}).get(language, "")
        for field, text in texts.items()
        for language in ("fr", "en")
    }


def put(
    model: type[Row],
    key: Mapping[str, Any],
    values: Mapping[str, Any],
    tally: Tally,
    *,
    fixed: bool = False,
) -> Row:
    """The row with this key, made or brought to these values; nothing is written when it has them already.

    A `fixed` row is immutable once made (a decision, a signature): it stays as it is.
    """
    row = model._default_manager.filter(**key).first()
    if row is None:
        row = model(**key, **values)
        row.full_clean(validate_constraints=False)
        row.save()
        tally.added += 1
        return row
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    if fixed or not different:
        return row
    if changed_by_a_person(row):
        tally.kept += 1
        return row
    for name, value in different.items():
        setattr(row, name, value)
    row.full_clean(validate_constraints=False)
    row.save()
    tally.changed += 1
    return row


def put_links(row: models.Model, field: str, targets: Iterable[models.Model], tally: Tally) -> None:
    """Adds the missing links of a many-to-many field; links that people added stay."""
    manager = getattr(row, field)
    present = set(manager.values_list("pk", flat=True))
    missing = [target for target in targets if target.pk not in present]
    if missing:
        manager.add(*missing)
        tally.added += len(missing)


def changed_by_a_person(row: models.Model) -> bool:
    """Whether the history holds a change of this row with its author: loading leaves none."""
    events = getattr(row, "events", None)
    return events is not None and events.filter(pgh_context__metadata__user__isnull=False).exists()


def money(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def by_code(model: type[Row], codes: Iterable[str], *, where: str) -> list[Row]:
    """Rows in the order of their codes. Raises FactsFileWrong for a code that is not there."""
    wanted = list(codes)
    found = {row.code: row for row in model._default_manager.filter(code__in=wanted)}  # type: ignore[attr-defined]
    if missing := [code for code in wanted if code not in found]:
        raise FactsFileWrong(
            f"{where}: no {model._meta.model_name} has the code {', '.join(missing)}"
        )
    return [found[code] for code in wanted]
