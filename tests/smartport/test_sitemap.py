"""Search engines are given every public page, in both languages, and nothing else."""

import pytest
from lxml import etree

from tests.factories.projects import ProjectFactory, SeriesFactory

pytestmark = pytest.mark.django_db
SPACES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def listed(client, url):
    response = client.get(url)
    assert response.status_code == 200, url
    return etree.fromstring(response.content)


def pages(client) -> list[str]:
    index = listed(client, "/sitemap.xml")
    found = []
    for file in index.xpath("//s:loc/text()", namespaces=SPACES):
        found += listed(client, file.removeprefix("http://testserver")).xpath(
            "//s:loc/text()", namespaces=SPACES
        )
    return [page.removeprefix("http://testserver") for page in found]


def test_every_page_of_the_map_opens_for_everyone(client):
    ProjectFactory(slug="quai", series__slug="serie")
    found = pages(client)
    assert {"/fr/projets/quai/", "/en/projects/quai/", "/fr/series/serie/", "/fr/", "/en/"} <= set(
        found
    )
    assert len(found) == len(set(found))
    assert {url: client.get(url).status_code for url in found} == dict.fromkeys(found, 200)


def test_what_is_not_public_is_not_on_the_map(client):
    ProjectFactory(slug="cache", proposed=True, series=SeriesFactory(draft=True, slug="cachee"))
    assert not [page for page in pages(client) if "cache" in page]


def test_each_page_names_itself_in_the_other_language(client):
    ProjectFactory(slug="quai")
    (entry,) = [
        url
        for url in listed(client, "/sitemap-projects.xml")
        if url.findtext("s:loc", namespaces=SPACES).endswith("/fr/projets/quai/")
    ]
    links = {
        link.get("hreflang"): link.get("href")
        for link in entry.findall("x:link", namespaces=SPACES)
    }
    assert links["en"].endswith("/en/projects/quai/")
    assert set(links) == {"fr", "en", "x-default"}


def test_a_made_up_part_of_the_map_is_not_found(client):
    assert client.get("/sitemap-secrets.xml").status_code == 404
    assert client.get("/sitemap-projects.xml?p=99").status_code == 404
    assert client.get("/sitemap-projects.xml?p=%00").status_code == 404
