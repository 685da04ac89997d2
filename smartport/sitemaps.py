"""`/sitemap.xml`: an index of files of at most 2,000 pages, each with its address in both languages.

A floor lists its public pages in a `sitemaps.py`, as `SITEMAPS = {name: class}`; names are unique in the house.
"""

from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import index, sitemap
from django.urls import path, reverse

from smartport.registry import modules


class InEachLanguage(Sitemap):
    i18n = alternates = x_default = True
    limit = 2000


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
