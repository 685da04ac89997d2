"""How a snapshot's plain values are written in the language that is active."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language

from governance.typesetting.snapshot import Amount, Day, Text
from smartport import dates, money


def say(text: Text | None, language: str) -> str:
    """The wording in `language`, or in the other one rather than nothing."""
    if not text:
        return ""
    return text.get(language) or next((words for words in text.values() if words), "")


def paragraphs(text: Text | None, language: str) -> list[str]:
    """Split at blank lines; single line breaks stay inside their paragraph."""
    words = say(text, language).replace("\r\n", "\n")
    return [part.strip() for part in words.split("\n\n") if part.strip()]


def named(words: Mapping[str, Any], key: str) -> str:
    """The word for a stored value; the value itself when it has none, never nothing."""
    return str(words.get(key, key))


def day(value: Day) -> str:
    return _day(value, get_language())


def short_day(value: Day) -> str:
    return _short_day(value, get_language())


def euros(value: Amount | Decimal) -> str:
    return _euros(decimal(value), get_language())


def number(value: Amount) -> str:
    return _number(decimal(value), get_language())


def decimal(value: Amount | Decimal) -> Decimal | None:
    return None if value is None else Decimal(value)


def _date(value: Day) -> date | None:
    return date.fromisoformat(value) if value else None


@lru_cache(maxsize=4096)
def _day(value: Day, language: str) -> str:
    return dates.day(_date(value), language)


@lru_cache(maxsize=4096)
def _short_day(value: Day, language: str) -> str:
    return dates.short_day(_date(value), language)


@lru_cache(maxsize=4096)
def _euros(value: Decimal | None, language: str) -> str:
    return money.euros(value, language)


@lru_cache(maxsize=4096)
def _number(value: Decimal | None, language: str) -> str:
    return money.number(value, language)
