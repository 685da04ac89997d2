"""How far the portal conforms to the RGAA, computed from the audits on record (French law: 2005-102, article 47).

Only an audit of a sample of pages by people counts; automatic checks do not. An audit stands for three years.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext

YEARS_VALID = 3


@dataclass(frozen=True)
class Audit:
    """`rate` is the share of RGAA criteria met, in percent."""

    done_on: date
    auditor: str
    reference: str
    rate: Decimal

    @property
    def ends_on(self) -> date:
        day = 28 if (self.done_on.month, self.done_on.day) == (2, 29) else self.done_on.day
        return self.done_on.replace(year=self.done_on.year + YEARS_VALID, day=day)


# No audit has been made yet. Add each one here, oldest first, with its report kept by the publisher.
AUDITS: tuple[Audit, ...] = ()


def standing_audit(on: date | None = None, audits: tuple[Audit, ...] | None = None) -> Audit | None:
    day = on or timezone.localdate()
    standing = [
        audit
        for audit in (AUDITS if audits is None else audits)
        if audit.done_on <= day < audit.ends_on
    ]
    return max(standing, key=lambda audit: audit.done_on, default=None)


def level(audit: Audit | None) -> str:
    """One of `full`, `partial`, `none`: the three levels the law knows."""
    if audit is None or audit.rate < 50:
        return "none"
    return "full" if audit.rate >= 100 else "partial"


def level_in_words() -> str:
    """The words every page's footer must carry."""
    return {
        "full": gettext("fully compliant"),
        "partial": gettext("partially compliant"),
        "none": gettext("not compliant"),
    }[level(standing_audit())]
