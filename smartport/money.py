"""Euro amounts as people read them, and sums that say what they leave out.

Amounts are ``Decimal`` euros. ``None`` is an amount no source publishes: it reads "not published"
and is never counted as zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import NumberPattern, format_compact_currency, parse_pattern
from django.utils.translation import get_language, gettext, ngettext

LOCALES = {"fr": "fr_FR", "en": "en_GB"}
NARROW_NO_BREAK_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"


def locale_name(language: str | None = None) -> str:
    """The CLDR locale of a portal language; French when the language is unknown or off."""
    code = (language or get_language() or "fr").split("-")[0]
    return LOCALES.get(code, LOCALES["fr"])


def not_published() -> str:
    return gettext("not published")


@lru_cache(maxsize=8)
def _patterns(locale: str) -> tuple[NumberPattern, NumberPattern]:
    """The locale's pattern for euros without cents, and with them."""
    with_cents = Locale.parse(locale).currency_formats["standard"].pattern
    return parse_pattern(with_cents.replace(".00", "")), parse_pattern(with_cents)


def euros(amount: Decimal | None, language: str | None = None) -> str:
    """``800 000 €`` or ``€800,000``; cents are written only when there are some."""
    if amount is None:
        return not_published()
    return _euros(amount, locale_name(language))


@lru_cache(maxsize=10_000)
def _euros(amount: Decimal, locale: str) -> str:
    whole, with_cents = _patterns(locale)
    pattern = whole if amount == amount.to_integral_value() else with_cents
    return pattern.apply(amount, locale, currency="EUR", currency_digits=False)


def compact_euros(amount: Decimal | None, language: str | None = None) -> str:
    """``1,2 M€`` or ``€1.2M``: for axes and marks, beside a table with the exact amounts."""
    if amount is None:
        return not_published()
    locale = locale_name(language)
    digits = 0 if abs(amount) < 1000 or (amount % 100_000 == 0 and abs(amount) < 1_000_000) else 1
    text = format_compact_currency(amount, "EUR", locale=locale, fraction_digits=digits)
    number, _, rest = text.partition(NO_BREAK_SPACE)
    return f"{number}{NO_BREAK_SPACE}{rest.replace(NO_BREAK_SPACE, '')}" if rest else text


def number(value: Decimal | int | float | None, language: str | None = None) -> str:
    """A plain number with the language's separators; at most two decimals."""
    if value is None:
        return not_published()
    locale = locale_name(language)
    return _number_pattern(locale).apply(value, locale)


@lru_cache(maxsize=8)
def _number_pattern(locale: str) -> NumberPattern:
    return parse_pattern("#,##0.##")


def percent(share: Decimal | float | None, language: str | None = None) -> str:
    """``0.256`` reads ``26 %`` or ``26%``."""
    if share is None:
        return not_published()
    locale = locale_name(language)
    return _percent_pattern(locale).apply(share, locale)


@lru_cache(maxsize=8)
def _percent_pattern(locale: str) -> NumberPattern:
    return parse_pattern(Locale.parse(locale).percent_formats[None].pattern)


@dataclass(frozen=True)
class Total:
    """A sum with what it is made of: ``amount`` is None when nothing in it is known."""

    amount: Decimal | None
    counted: int
    unknown: int = 0

    @classmethod
    def of(cls, amounts: Iterable[Decimal | None]) -> Total:
        known = unknown = 0
        total = Decimal(0)
        for amount in amounts:
            if amount is None:
                unknown += 1
            else:
                known += 1
                total += amount
        return cls(total if known else None, known, unknown)

    def __add__(self, other: Total) -> Total:
        known = [part.amount for part in (self, other) if part.amount is not None]
        return Total(
            sum(known, Decimal(0)) if known else None,
            self.counted + other.counted,
            self.unknown + other.unknown,
        )

    def __str__(self) -> str:
        if self.amount is None or not self.unknown:
            return euros(self.amount)
        return f"{euros(self.amount)} ({self.left_out})"

    @property
    def left_out(self) -> str:
        """What the sum does not hold, in words; empty when it holds everything."""
        if not self.unknown:
            return ""
        return ngettext(
            "leaving out %(count)s amount that is not published",
            "leaving out %(count)s amounts that are not published",
            self.unknown,
        ) % {"count": number(self.unknown)}
