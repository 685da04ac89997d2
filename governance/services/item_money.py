"""What the agreement of each agenda item brings, or what the amendment to it changes, as an audience may know of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from governance.models import AgendaItem
from governance.services.sheets import contribution_line, known_lines, reached_by
from governance.services.texts import iso, plain, translated, typed
from governance.typesetting import snapshot as shape
from projects.enums import AgreementStatus
from projects.models import Amendment, Contribution
from projects.querysets import PUBLISHED_AGREEMENTS
from smartport.money import Total


@dataclass(frozen=True)
class Brought:
    lines: list[shape.Contribution] = field(default_factory=list)
    amended: shape.Amended | None = None


def brought_by(items: Iterable[AgendaItem], audience: str, day: date) -> dict[int, Brought]:
    """By the item's key; nothing for an item about no agreement."""
    about = [item for item in items if item.agreement_id]
    lines = known_lines(
        audience, of_amendments=[item.amendment_id for item in about if item.amendment_id]
    ).filter(agreement__in=[item.agreement_id for item in about])
    rows = list(lines.select_related("amendment"))
    reached = reached_by(lines)
    found = {}
    for item in about:
        amendment = item.amendment
        brought = [
            row
            for row in rows
            if row.agreement_id == item.agreement_id
            and (_settled(row) if amendment is None else row.amendment_id == amendment.pk)
        ]
        found[item.pk] = Brought(
            [contribution_line(row, reached[row.pk], spent=None, day=day) for row in brought],
            _amended(amendment, rows, brought) if amendment else None,
        )
    return found


def _settled(line: Contribution) -> bool:
    return line.amendment is None or line.amendment.status in PUBLISHED_AGREEMENTS


def _amended(
    amendment: Amendment, rows: list[Contribution], brought: list[Contribution]
) -> shape.Amended:
    """Once the amendment is in force, the day on which the agreement ended before is not kept."""
    agreement = amendment.agreement
    before = Total.of(
        row.amount
        for row in rows
        if row.agreement_id == agreement.pk
        and _settled(row)
        and (row.amendment is None or row.amendment.number < amendment.number)
    )
    after = before + Total.of(row.amount for row in brought)
    pending = amendment.status in {AgreementStatus.DRAFT, AgreementStatus.SIGNING}
    return shape.Amended(
        number=amendment.number,
        agreement=translated(agreement, "title"),
        text=typed(amendment.text),
        ends=iso(agreement.ends_on) if pending and agreement.ends_on else None,
        new_end=iso(amendment.new_ends_on) if amendment.new_ends_on else None,
        money=plain(before.amount),
        total=plain(after.amount),
        unknown=after.unknown,
    )
