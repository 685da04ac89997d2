"""The map of a list, its equal list of places, and the same projects on a scale of time."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import override_settings
from lxml import html

from projects.models import Project
from smartport.charts.places import Frame, Place, apart, places_svg
from tests.factories.projects import ProjectFactory

pytestmark = pytest.mark.django_db


def at(latitude, longitude, **fields):
    return ProjectFactory(latitude=Decimal(latitude), longitude=Decimal(longitude), **fields)


def page_of(client, query="?view=map"):
    return html.fromstring(client.get(f"/fr/projets/{query}").content.decode())


@pytest.fixture
def placed():
    at("43.40", "4.90", title_fr="Écluse", place_fr="Fos", slug="ecluse")
    at("43.4001", "4.9001", title_fr="Vanne", place_fr="Fos", slug="vanne")
    at("43.30", "5.36", title_fr="Quai", place_fr="Marseille", slug="quai")
    ProjectFactory(title_fr="Sans lieu", slug="sans-lieu")


def test_each_mark_of_the_map_leads_to_its_line_of_the_list(client, placed):
    page = page_of(client)
    marks = page.xpath("//*[contains(@class, 'chart-map')]//a")
    lines = page.xpath("//li[starts-with(@id, 'lieu-')]")
    assert [mark.get("href") for mark in marks[::-1]] == [f"#{line.get('id')}" for line in lines]
    assert ["".join(line.xpath("./h3//text()")).strip() for line in lines] == [
        "1. Fos",
        "2. Marseille",
    ]
    assert [line.xpath(".//ul//a/bdi/text()") for line in lines] == [["Écluse", "Vanne"], ["Quai"]]


def test_projects_without_a_place_are_counted_not_hidden(client, placed):
    assert "1 projet n’a pas de lieu publié." in page_of(client).text_content()


def test_the_map_keeps_the_filters_of_the_list(client, placed):
    page = page_of(client, "?view=map&q=quai")
    assert page.xpath("//li[starts-with(@id, 'lieu-')]//a/bdi/text()") == ["Quai"]


def test_a_map_of_nothing_says_so(client):
    ProjectFactory()
    page = page_of(client)
    assert not page.xpath("//*[contains(@class, 'chart-map')]")
    assert "1 projet n’a pas de lieu publié." in page.text_content()


def test_many_projects_are_counted_by_place_and_lead_to_their_list(client, placed, monkeypatch):
    monkeypatch.setattr("projects.places.MOST_NAMED", 2)
    line = page_of(client).xpath("//li[@id='lieu-1']")[0]
    assert line.xpath(".//p/a/@href") == ["/fr/projets/?q=Fos"]
    assert line.xpath("string(.//p)") == "2 projets"


def test_a_project_that_moves_is_counted_where_it_is_now(client, placed):
    moved = Project.objects.filter(slug="quai")
    moved.update(latitude="43.3999", longitude="4.9001")
    page = page_of(client)
    assert page.xpath("//li[starts-with(@id, 'lieu-')]/h3/bdi/text()") == ["Fos", "Marseille"]
    assert len(page.xpath("//li[starts-with(@id, 'lieu-')]")) == 1
    moved.update(latitude=None)
    page = page_of(client)
    assert page.xpath("//li[starts-with(@id, 'lieu-')]//ul//a/bdi/text()") == ["Écluse", "Vanne"]
    assert "2 projets n’ont pas de lieu publié." in page.text_content()


def test_the_first_projects_of_a_place_say_what_it_is_called(client, placed, monkeypatch):
    monkeypatch.setattr("projects.places.MOST_ASKED", 1)
    at("43.4002", "4.9", title_fr="Pont", place_fr="Port-Saint-Louis")
    lines = page_of(client).xpath("//li[starts-with(@id, 'lieu-')]")
    assert ["".join(line.xpath("./h3//text()")).strip() for line in lines] == [
        "1. Fos",
        "2. Marseille",
    ]
    assert lines[0].xpath(".//ul//a/bdi/text()") == ["Écluse", "Pont", "Vanne"]


def test_tiles_are_asked_for_only_where_they_are_set(client, placed):
    assert not page_of(client).xpath("//*[@data-tiles]")
    with override_settings(MAP_TILES_URL="https://tiles.example/{z}/{x}/{y}.png"):
        (box,) = page_of(client, "?view=map&sort=name").xpath("//*[@data-tiles]")
    assert box.get("data-tiles").startswith("https://tiles.example/")


def test_a_place_named_to_break_the_page_is_text(client):
    at("43.3", "5.3", place_fr='<script>alert(1)</script>"', title_fr="<b>x</b>")
    text = client.get("/fr/projets/?view=map").content.decode()
    assert "<script>alert" not in text
    assert "<b>x</b>" not in text


def test_a_place_alone_stands_in_the_middle():
    place = Place("Fos", 43.4, 4.9, 1)
    frame = Frame.around([place])
    assert (round(frame.x(4.9)), round(frame.y(43.4))) == (50, 50)
    assert "<circle" in places_svg([place], "Carte")


def test_marks_never_lie_on_each_other():
    places = [Place(str(n), 43 + n / 1000, 5 + n / 1000, n) for n in range(200)]
    groups = apart(places)
    assert sum(len(group) for group in groups) == 200
    assert len(groups) < 40
    assert groups[0][0].count == 199


def test_projects_stand_on_one_scale_of_time(client):
    ProjectFactory(title_fr="Connu", start_on=date(2025, 1, 1), end_on=date(2027, 6, 30))
    ProjectFactory(title_fr="Sans fin", start_on=date(2025, 3, 1), dates_note="jusqu’à la crue")
    ProjectFactory(title_fr="Inconnu")
    page = page_of(client, "?view=timeline&sort=name")
    rows = page.xpath("//table[contains(@class, 'timeline')]/tbody/tr")
    said = [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./td")[1:]] for row in rows
    ]
    assert said == [
        ["1er janv. 2025", "30 juin 2027"],
        ["non publié", "non publié"],
        ["1er mars 2025", "jusqu’à la crue"],
    ]
    assert [len(row.xpath(".//*[local-name()='rect']")) for row in rows] == [2, 0, 2]
