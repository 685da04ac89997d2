"""Open data: what the public sees, as files and feeds that programs and spreadsheets read, and nothing else."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client
from openpyxl import load_workbook

from projects.enums import Health
from projects.openness import COLUMNS
from smartport.openness import Kind, calendars, catalog, datasets, feeds, versions, writers
from tests.api import SECRET, world
from tests.factories.partners import PartnerFactory
from tests.factories.projects import GoalFactory, ProjectFactory

pytestmark = pytest.mark.django_db
FILES = [f"{name}.{extension}" for name in datasets.names() for extension in datasets[name].formats]
ADDRESSES = [
    *(f"/open-data/{file}" for file in FILES),
    "/open-data/catalog.jsonld",
    "/open-data/catalog.ttl",
    *(f"/feeds/{name}.atom" for name in feeds.names()),
    *(f"/feeds/{name}.ics" for name in calendars.names()),
]


FORMULAS = [
    '=HYPERLINK("http://evil.example")', "=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1",
    "－1", "＠1", "'=1", "''-1",
]  # fmt: skip


def read_back(cell: str) -> str:
    """A text as a program has it from CSV: without the apostrophe that the page on open data tells of."""
    return cell[1:] if re.match(r"'+[=+\-@\t\r\n＝＋－＠]", cell) else cell


def fetch(address: str, client: Client | None = None, **headers: str):
    return (client or Client()).get(
        address, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


def content(address: str, client: Client | None = None) -> bytes:
    answer = fetch(address, client)
    assert answer.status_code == 200, address
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def rows(address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content(address).decode("utf-8-sig"))))


def test_the_contract_names_these_files():
    named = {"projects.csv", "projects.xlsx", "projects.json", "projects.geojson", "decisions.csv"}
    assert named <= set(FILES)
    assert set(feeds.names()) == {"projects", "approvals"}
    assert calendars.names() == ["meetings"]


def test_the_floors_register_from_the_ground_up():
    assert datasets.names() == ["projects", "decisions"]


@pytest.mark.parametrize("who", ["anonymous", "owner", "secretary", "admin"])
def test_no_file_holds_a_secret_whoever_asks(cast, as_user, who):
    world(cast)
    client = as_user(getattr(cast, who))
    for address in ADDRESSES:
        body = content(address, client)
        if address.endswith(".xlsx"):
            book = load_workbook(io.BytesIO(body))
            body = repr([[cell.value for cell in row] for sheet in book for row in sheet]).encode()
        assert SECRET.encode() not in body, address
        assert b"PROPOSED-1" not in body, address


class TestProjects:
    def test_a_project_is_told_as_on_its_page(self, cast):
        world(cast)
        (row,) = rows("/open-data/projects.csv")
        assert row["code"] == "PUBLIC-1"
        assert row["decision"] == "2025-001"
        assert row["health"] == "sunny"
        assert row["public_summary_en"] == "The tests are over."
        assert row["total_cost"] == ""
        assert row["page_fr"] == "http://testserver/fr/projets/public-1/"
        assert row["demonstration"] == "false"

    def test_the_query_parameters_of_the_list_work_here_too(self, cast):
        ProjectFactory(code="SUN", health="")
        other = ProjectFactory(code="OTHER", title_fr="Branchement électrique des quais")
        assert [row["code"] for row in rows("/open-data/projects.csv?q=electriques")] == ["OTHER"]
        assert [
            row["code"] for row in rows(f"/open-data/projects.csv?partner={other.lead.slug}")
        ] == ["OTHER"]
        assert [
            row["code"] for row in rows("/open-data/projects.csv?sort=name&view=map&page=7")
        ] == ["OTHER", "SUN"]

    def test_each_format_says_the_same(self, cast):
        ProjectFactory(
            code="P1",
            total_cost=Decimal("1250000.50"),
            latitude="43.4",
            longitude="5.1",
            start_on=date(2026, 1, 5),
        )
        ProjectFactory(code="P2")
        whole = json.loads(content("/open-data/projects.json"))
        assert whole["license"].startswith("https://www.etalab.gouv.fr")
        by_code = {row["code"]: row for row in whole["rows"]}
        assert by_code["P1"]["total_cost"] == 1250000.5
        assert by_code["P2"]["total_cost"] is None
        features = json.loads(content("/open-data/projects.geojson"))["features"]
        places = {feature["id"]: feature["geometry"] for feature in features}
        assert places == {"P1": {"type": "Point", "coordinates": [5.1, 43.4]}, "P2": None}
        sheet = load_workbook(io.BytesIO(content("/open-data/projects.xlsx"))).worksheets[0]
        names = [cell.value for cell in sheet[1]]
        first = {
            row[0].value: dict(zip(names, (cell.value for cell in row), strict=True))
            for row in sheet.iter_rows(min_row=2)
        }["P1"]
        assert first["total_cost"] == 1250000.5
        assert first["start_on"] == datetime(2026, 1, 5)
        table = {row["code"]: row for row in rows("/open-data/projects.csv")}
        assert (table["P1"]["total_cost"], table["P1"]["start_on"]) == ("1250000.50", "2026-01-05")

    def test_no_cell_becomes_a_formula_and_every_text_can_be_read_back(self, cast):
        for number, text in enumerate(FORMULAS):
            lead = PartnerFactory(short_name=text)
            ProjectFactory(code=f"P{number}", title_fr=text, lead=lead, place_fr=f"a{text}")
        raw = content("/open-data/projects.csv").decode("utf-8-sig")
        found = {row["code"]: row for row in csv.DictReader(io.StringIO(raw, newline=""))}
        listed = {
            row["code"]: row for row in json.loads(content("/open-data/projects.json"))["rows"]
        }
        for number, text in enumerate(FORMULAS):
            row = found[f"P{number}"]
            assert (row["title_fr"], row["lead"]) == (f"'{text}", f"'{text}"), repr(text)
            assert row["place_fr"] == f"a{text}"
            assert read_back(row["title_fr"]) == listed[f"P{number}"]["title_fr"] == text
        assert [read_back(text) for text in ("l'an", "'quai'", "")] == ["l'an", "'quai'", ""]
        sheet = load_workbook(io.BytesIO(content("/open-data/projects.xlsx"))).worksheets[0]
        cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
        assert {"=1+1", "@SUM(A1)"} <= {cell.value for cell in cells}
        assert "f" not in {cell.data_type for cell in cells}

    @pytest.mark.parametrize("kind", [Kind.TEXT, Kind.LIST, Kind.ADDRESS])
    def test_no_kind_of_text_becomes_a_formula(self, kind):
        for text in FORMULAS:
            value = [text, "b"] if kind is Kind.LIST else text
            assert writers.cell(value, kind).startswith(f"'{text}"), repr(text)

    def test_negative_numbers_stay_numbers(self, cast):
        ProjectFactory(latitude="-12.5", longitude="-61.5")
        (row,) = rows("/open-data/projects.csv")
        assert (row["latitude"], row["longitude"]) == ("-12.500000", "-61.500000")

    def test_line_breaks_quotes_and_control_characters_survive(self, cast):
        ProjectFactory(title_fr='Un "quai",\nà deux lignes;', summary_fr="a\x0bb")
        (row,) = rows("/open-data/projects.csv")
        assert row["title_fr"] == 'Un "quai",\nà deux lignes;'
        load_workbook(io.BytesIO(content("/open-data/projects.xlsx")))

    def test_the_file_begins_with_the_mark_that_excel_looks_for(self, cast):
        assert content("/open-data/projects.csv").startswith(b"\xef\xbb\xbfcode,title_fr,")

    def test_many_rows_cost_no_more_queries_than_few(self, cast, django_assert_max_num_queries):
        goal = GoalFactory()
        for _ in range(30):
            ProjectFactory().goals.add(goal)
        with django_assert_max_num_queries(22):
            content("/open-data/projects.csv")

    def test_more_rows_than_a_batch_are_all_there(self, cast, monkeypatch):
        monkeypatch.setattr(writers, "BATCH", 3)
        for _ in range(8):
            ProjectFactory()
        assert len(rows("/open-data/projects.csv")) == 8
        assert len(json.loads(content("/open-data/projects.json"))["rows"]) == 8
        assert len(json.loads(content("/open-data/projects.geojson"))["features"]) == 8


class TestVersions:
    @pytest.mark.parametrize("address", ADDRESSES)
    def test_who_has_the_current_version_is_told_so(self, cast, address):
        world(cast)
        first = fetch(address)
        tag = first["ETag"]
        assert fetch(address, if_none_match=tag).status_code == 304
        assert fetch(address, if_modified_since=first["Last-Modified"]).status_code == 304
        assert first["Access-Control-Allow-Origin"] == "*"

    def test_a_change_of_any_part_makes_a_new_version(self, cast):
        w = world(cast)

        def changed(change) -> bool:
            tag = fetch("/open-data/projects.csv")["ETag"]
            change()
            return fetch("/open-data/projects.csv", if_none_match=tag).status_code == 200

        def rename():
            w.public.lead.name_fr = "Un autre nom"
            w.public.lead.save()

        def drop_goal():
            w.public.goals.clear()

        assert changed(rename)
        assert changed(drop_goal)
        assert not changed(lambda: None)

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_each_release_has_its_own_version(self, cast, address, monkeypatch):
        world(cast)
        tag = fetch(address)["ETag"]
        monkeypatch.setattr(versions, "release", lambda: "the next one")
        assert fetch(address, if_none_match=tag).status_code == 200

    def test_other_code_is_another_release(self, tmp_path, settings):
        settings.BASE_DIR, told = tmp_path, set()
        for place in ("projects/openness.py", "projects/views/home.py", "locale/fr/django.po"):
            (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / place).write_text("another text")
            told.add(versions.release.__wrapped__())
        assert len(told) == 3

    def test_each_query_has_its_own_version(self, cast):
        world(cast)
        assert (
            fetch("/open-data/projects.csv")["ETag"] != fetch("/open-data/projects.csv?q=x")["ETag"]
        )


class TestDecisions:
    def test_a_decision_is_told_with_its_effect(self, cast):
        w = world(cast)
        (row,) = rows("/open-data/decisions.csv")
        assert row["reference"] == "2025-001"
        assert (row["committee"], row["meeting"]) == (w.committee.code, w.held.code)
        assert (row["series"], row["effect"]) == (w.series.code, "approve_series")
        assert row["page_en"].endswith(f"/en/decisions/{w.committee.slug}/2025-001/")

    def test_the_filters_of_the_register_work_here_too(self, cast):
        world(cast)
        assert rows("/open-data/decisions.csv?outcome=rejected") == []
        assert len(rows("/open-data/decisions.csv?outcome=approved")) == 1


class TestFeeds:
    @pytest.mark.parametrize("name", ["projects", "approvals"])
    def test_a_feed_is_atom_with_one_entry_for_what_is_public(self, cast, name):
        from xml.etree import ElementTree

        world(cast)
        root = ElementTree.fromstring(content(f"/feeds/{name}.atom"))
        atom = "{http://www.w3.org/2005/Atom}"
        (entry,) = root.findall(f"{atom}entry")
        assert entry.find(f"{atom}id").text.startswith("tag:testserver,2026:")
        assert entry.find(f"{atom}link").get("href").startswith("http://testserver/fr/")
        assert root.find(f"{atom}id").text.startswith("tag:")

    def test_a_text_in_a_feed_cannot_become_markup(self, cast):
        ProjectFactory(summary_fr="<script>alert(1)</script>")
        assert b"&amp;lt;script" in content("/feeds/projects.atom")

    def test_a_feed_speaks_the_language_asked_for(self, cast):
        w = world(cast)
        assert w.public.title_en in content("/feeds/projects.atom?lang=en").decode()
        assert b"/en/projects/" in content("/feeds/projects.atom?lang=en")

    def test_announced_meetings_are_in_the_calendar(self, cast):
        from icalendar import Calendar

        w = world(cast)
        calendar = Calendar.from_ical(content("/feeds/meetings.ics"))
        (event,) = calendar.walk("VEVENT")
        assert str(event["uid"]).startswith(w.announced.code)
        assert event["dtstart"].dt.astimezone(UTC) == w.announced.starts_at.replace(microsecond=0)


def described(address: str):
    from rdflib import Graph

    form = "turtle" if ".ttl" in address else "json-ld"
    return Graph().parse(data=content(address), format=form)


class TestCatalogue:
    def test_both_forms_say_the_same_of_every_file_and_what_it_conforms_to(self, cast):
        from rdflib import DCAT, DCTERMS, RDF
        from rdflib.compare import isomorphic

        turtle, linked = (described(f"/open-data/catalog.{form}") for form in ("ttl", "jsonld"))
        assert isomorphic(turtle, linked)
        assert "dcat" in json.loads(content("/open-data/catalog.jsonld"))["@context"]
        files = {str(address) for address in turtle.objects(None, DCAT.downloadURL)}
        assert files == {f"http://testserver/open-data/{file}" for file in FILES}
        told = {
            (str(node).rpartition("/")[2], str(standard))
            for node, standard in turtle.subject_objects(DCTERMS.conformsTo)
        }
        rfc, page = "https://www.rfc-editor.org/rfc/rfc", "http://testserver/fr/donnees-ouvertes/"
        assert told == {
            ("catalog#catalog", "https://semiceu.github.io/DCAT-AP/releases/3.0.0/"),
            *((f"catalog#{name}", f"{page}#dictionary-{name}") for name in datasets.names()),
            *((f"catalog#{file}", f"{rfc}4180") for file in FILES if file.endswith(".csv")),
            ("catalog#projects.geojson", f"{rfc}7946"),
            ("approvals.atom", f"{rfc}4287"),
            ("projects.atom", f"{rfc}4287"),
            ("meetings.ics", f"{rfc}5545"),
        }
        standards = set(turtle.subjects(RDF.type, DCTERMS.Standard))
        assert standards == set(turtle.objects(None, DCTERMS.conformsTo))
        dictionary = content("/fr/donnees-ouvertes/").decode()
        assert all(f'id="dictionary-{name}"' in dictionary for name in datasets.names())

    def test_a_dataset_tells_the_published_schema_of_a_format(self, db, monkeypatch):
        from rdflib import DCTERMS

        schema = "https://schema.example/subventions.json"
        shaped = replace(datasets["decisions"], conforms_to={"csv": schema})
        monkeypatch.setitem(datasets._entries, "decisions", shaped)
        graph = described("/open-data/catalog.ttl")
        (node,) = (
            node
            for node, standard in graph.subject_objects(DCTERMS.conformsTo)
            if str(standard) == schema
        )
        assert str(node).endswith("#decisions.csv")

    def test_a_long_catalogue_has_pages_that_lead_to_each_other(self, db, monkeypatch):
        from rdflib import DCAT, RDF, Namespace

        hydra = Namespace("http://www.w3.org/ns/hydra/core#")
        assert not list(described("/open-data/catalog.ttl").subjects(None, hydra.first))
        assert fetch("/open-data/catalog.ttl?page=2").status_code == 404
        monkeypatch.setattr(catalog, "DATASETS_ON_PAGE", 1)
        address, found, tags = "/open-data/catalog.ttl", [], set()
        while address:
            graph = described(address)
            found += graph.objects(None, DCAT.dataset)
            (view,) = graph.subjects(RDF.type, hydra.PartialCollectionView)
            assert str(graph.value(view, hydra.first)).endswith("/catalog.ttl?page=1")
            last = str(graph.value(view, hydra.last))
            assert last.endswith(f"?page={len(datasets.names())}")
            tags.add(fetch(address)["ETag"])
            following = graph.value(view, hydra.next)
            address = str(following).removeprefix("http://testserver") if following else ""
        assert [str(node).rpartition("#")[2] for node in found] == datasets.names()
        assert len(tags) == len(found)
        for made_up in ("0", "-1", "x", "9" * 5000, "%00"):
            assert fetch(f"/open-data/catalog.jsonld?page={made_up}").status_code == 404


class TestPage:
    @pytest.mark.parametrize("address", ["/fr/donnees-ouvertes/", "/en/open-data/"])
    def test_the_page_has_a_dictionary_of_every_column_and_links_every_file(self, cast, address):
        page = content(address).decode()
        for file in [*FILES, "catalog.ttl", "catalog.jsonld"]:
            assert f"/open-data/{file}" in page
        for name in feeds.names():
            assert f"/feeds/{name}.atom" in page
        for column in COLUMNS:
            assert f"<code>{column.name}</code>" in page
        assert all(f"<code>{health.value}</code>" in page for health in Health)


class TestBadInput:
    @pytest.mark.parametrize(
        "query",
        [
            "q=" + "a" * 10_000,
            "q=%00",
            "year=0",
            "year=٢٠٢٦",
            "status=nothing",
            "sort=lead__memberships",
            "lang=xx",
            "&".join(f"goal=g{n}" for n in range(400)),
        ],
    )
    @pytest.mark.parametrize(
        "address", ["/open-data/projects.csv", "/open-data/decisions.csv", "/feeds/approvals.atom"]
    )
    def test_hostile_parameters_are_answered(self, cast, address, query):
        world(cast)
        assert fetch(f"{address}?{query}").status_code == 200

    @pytest.mark.parametrize(
        "address",
        [
            "/open-data/people.csv",
            "/open-data/projects.exe",
            "/feeds/x.atom",
            "/feeds/x.ics",
            "/open-data/decisions.geojson",
        ],
    )
    def test_an_unknown_file_is_not_there(self, db, address):
        assert fetch(address).status_code == 404

    def test_a_head_asks_for_no_row(self, cast):
        answer = Client().head("/open-data/projects.csv")
        assert (answer.status_code, answer["Content-Type"][:8]) == (200, "text/csv")
        assert Client().post("/open-data/projects.csv").status_code == 405
