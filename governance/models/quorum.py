"""The quorum as it was counted: kept with an item and its decision, told in the language of the reader."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.enums import QuorumRule


@dataclass(frozen=True)
class Quorum:
    """Counts are of voting seats. `short` are the colleges with too few of them, `conflicts` the seats that take no
    part because of a conflict of interest. It warns, it never blocks.
    """

    seats: int
    required: int
    present: int
    represented: int
    counted: int
    reached: bool
    rule: str = QuorumRule.SHARE
    short: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        told = self._reason()
        if self.conflicts:
            seats = ", ".join(self.conflicts)
            told += " " + _("Not counted, for a conflict of interest: %(seats)s.") % {
                "seats": seats
            }
        return told

    def _reason(self) -> str:
        if self.rule == QuorumRule.NONE:
            return _("This committee needs no quorum.")
        if self.short:
            return _("Too few seats present in: %(colleges)s.") % {
                "colleges": ", ".join(self.short)
            }
        if self.rule == QuorumRule.BY_COLLEGE:
            return _("Each college has enough seats present.")
        return ngettext(
            "%(counted)s of %(seats)s voting seats is there; %(required)s needed.",
            "%(counted)s of %(seats)s voting seats are there; %(required)s needed.",
            self.counted,
        ) % {"counted": self.counted, "seats": self.seats, "required": self.required}

    def as_json(self) -> dict[str, Any]:
        lists = {"short": list(self.short), "conflicts": list(self.conflicts)}
        return asdict(self) | lists | {"reason": self.reason}


def reason_of(stored: Mapping[str, Any] | None) -> str:
    """Why a quorum was reached or not, from what was kept of it; as it was written where that is all there is."""
    if not stored:
        return ""
    if "rule" not in stored:
        return stored.get("reason", "")
    names = {each.name for each in fields(Quorum)}
    return Quorum(**{name: value for name, value in stored.items() if name in names}).reason
