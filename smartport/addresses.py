"""Addresses of pages in a given language, for files and data that travel: worked out once, then filled in."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

SLOT = "00000000"  # stands for an argument in an address worked out once


@lru_cache(maxsize=200)
def _pattern(view_name: str, language: str, slots: tuple[str, ...]) -> str:
    with override(language):
        return reverse(view_name, args=slots)


def page_path(
    view_name: str, language: str, *arguments: Any, examples: tuple[str, ...] = ()
) -> str:
    """The path of a page. `examples` gives an argument's form where the address prescribes one ("0000-000")."""
    slots = tuple(
        examples[place] if place < len(examples) and examples[place] else f"{SLOT}{place}"
        for place in range(len(arguments))
    )
    path = _pattern(view_name, language, slots)
    for slot, argument in zip(slots, arguments, strict=True):
        path = path.replace(slot, str(argument))
    return path


def page_address(
    view_name: str, language: str, *arguments: Any, examples: tuple[str, ...] = ()
) -> str:
    return f"{settings.SITE_URL}{page_path(view_name, language, *arguments, examples=examples)}"


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"
