"""A pack as the pages a reader turns, in their own language where it was made in it."""

from __future__ import annotations

from functools import lru_cache

from django.utils.translation import get_language

from governance.models import Pack
from governance.typesetting.present import present
from governance.typesetting.reading import Page, pages
from governance.typesetting.snapshot import Snapshot


def pages_of(pack: Pack) -> tuple[Page, ...]:
    return _pages(pack.pk, pack.sha256, _language(pack))


def _language(pack: Pack) -> str:
    """The reader's language when the pack was made in it, its own first one otherwise."""
    asked = (get_language() or "fr")[:2]
    return asked if pack.language in (asked, "both") else pack.language.replace("both", "fr")


@lru_cache(maxsize=16)
def _pages(pk: int, sha256: str, language: str) -> tuple[Page, ...]:
    """Kept in the process by the pack's fingerprint: what a fingerprint stands for never changes."""
    snapshot = Pack.objects.values_list("snapshot", flat=True).get(pk=pk)
    return tuple(pages(present(Snapshot.from_plain(snapshot), language)))
