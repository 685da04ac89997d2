"""`/sitemap.xml`: an index of files of at most 2,000 pages, each with its address in both languages.

A floor lists its public pages in a `sitemaps.py`, as `SITEMAPS = {name: class}`; names are unique in the house.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import index, sitemap
from django.db.models import QuerySet
from django.urls import path, reverse

from smartport.registry import modules


class _Pages(Sequence):
    """Items in each language, of which those of one file alone are read."""

    def __init__(self, items: Any, languages: list[str]) -> None:
        self.items = items
        self.languages = languages

    def __len__(self) -> int:
        found = self.items
        return len(self.languages) * (found.count() if isinstance(found, QuerySet) else len(found))

    def __getitem__(self, wanted: Any) -> list[tuple[Any, str]]:
        """A slice that begins and ends between items."""
        each = len(self.languages)
        rows = self.items[wanted.start // each : -(-wanted.stop // each)]
        return [(row, language) for row in rows for language in self.languages]


class InEachLanguage(Sitemap):
    i18n = alternates = x_default = True
    limit = 2000  # pages, of whole items

    def _items(self) -> _Pages:
        return _Pages(self.items(), [code for code, _name in settings.LANGUAGES])


class LawfulPages(InEachLanguage):
    def items(self) -> list[str]:
        return [
            f"smartport:{name}" for name in ("legal", "personal_data", "accessibility", "site_map")
        ]

    def location(self, item: str) -> str:
        return reverse(item)


def sections() -> dict[str, type[Sitemap]]:
    found: dict[str, type[Sitemap]] = {"lawful": LawfulPages}
    for _label, module in modules("sitemaps"):
        found |= module.SITEMAPS
    return found


_given = {"sitemaps": sections()}

urlpatterns = [
    path("sitemap.xml", index, {**_given, "sitemap_url_name": "sitemap_section"}, name="sitemap"),
    path("sitemap-<section>.xml", sitemap, _given, name="sitemap_section"),
]
