"""Rows' wording as a snapshot keeps it: every language side by side, nothing formatted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import override

from governance.typesetting.snapshot import Text
from partners.models import Partner

UNKNOWN_LANGUAGE = "und"


def translated(row: models.Model, field: str) -> Text:
    """The languages of a translated field that say something."""
    texts = {code: getattr(row, f"{field}_{code}") or "" for code, _name in settings.LANGUAGES}
    return {code: text for code, text in texts.items() if text}


def typed(words: str) -> Text:
    """Text typed once, in whatever language its author chose."""
    return {UNKNOWN_LANGUAGE: words} if words else {}


def in_each_language(say: Callable[[], Any]) -> Text:
    """What `say` answers in each language of the portal."""
    texts: Text = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            texts[code] = str(say())
    return texts


def partner_name(partner: Partner | None, day: date) -> Text:
    """The organisation's name on that day; needs `former_names` prefetched in a loop."""
    if partner is None:
        return {}
    name = partner.name_on(day)
    return translated(partner, "name") if name == partner.name else typed(name)


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def plain(amount: Decimal | None) -> str | None:
    """`1250.5`, never `1250.500` nor `1.25E+3`: equal amounts are written alike."""
    if amount is None:
        return None
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
