"""Translated columns (`title_fr`, `title_en`) handled together."""

from collections.abc import Mapping

from django.conf import settings
from django.db import models


def texts(obj: models.Model, field: str) -> dict[str, str]:
    """The field in each language, empty where it is not written: `{"fr": "…", "en": ""}`."""
    return {
        code: getattr(obj, f"{field}_{code}") or "" for code in settings.MODELTRANSLATION_LANGUAGES
    }


def columns(field: str, written: Mapping[str, str]) -> dict[str, str]:
    """Keyword arguments for a model: `{"title_fr": "…", "title_en": "…"}`."""
    return {f"{field}_{code}": text for code, text in written.items()}


def first_written(*choices: Mapping[str, str]) -> dict[str, str]:
    """For each language, the first text that is written."""
    return {code: next((c[code] for c in choices if c[code]), "") for code in choices[0]}
