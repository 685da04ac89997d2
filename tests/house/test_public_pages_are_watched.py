"""Public pages, with many rows: made again when a table they read changes, light, and without any other host."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from django.db import InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, translate_url
from django.utils.translation import override
from lxml import html

from tests.house.matrix import Row, rows

pytestmark = pytest.mark.django_db

# Rows of an accepted report are frozen with it, and of its acceptance the version tells.
FROZEN = {"projects_indicatorvalue", "projects_expenditure"}
# Triggers write these in the very statements that change what they are made of.
LISTED = {
    "projects_projectlisting",
    "projects_searchword",
    "projects_facetblock",
    "projects_facet_bits",
    "projects_dirtyblock",
    "projects_found",
    "projects_projectevent",
}
READ = re.compile(r'(?:FROM|JOIN) "?((?:projects|partners|governance)_\w+)')
STATIC = Path(__file__).parents[2] / "static"
PARTS = dict(
    re.findall(r'"\[([\w-]+)\]": .*?import\("\./(\w+\.js)"\)', (STATIC / "js/site.js").read_text())
)
LARGEST_PAGE, LARGEST_VIEW = 60_000, 120_000  # bytes as they are before compression


class Answer(NamedTuple):
    name: str
    text: str
    tables: set[str]


@pytest.fixture(scope="module")
def answers(crowded_world) -> dict[str, Answer]:
    """What the public is answered, by address, in both languages."""
    found = {}
    for row, url in public_addresses(crowded_world):
        with CaptureQueriesContext(connection) as queries:
            response = Client().get(url)
        assert response.status_code == 200, url
        asked = " ".join(query["sql"] for query in queries)
        text = response.content.decode() if "html" in response["Content-Type"] else ""
        found[url] = Answer(row.name, text, set(READ.findall(asked)))
    assert len({answer.name for answer in found.values()}) > 15
    return found


def public_addresses(world) -> Iterator[tuple[Row, str]]:
    for row in rows():
        if row.method == "get" and row.expected[0] == 200:
            french = row.url(world)
            with override("fr"):
                view = resolve(french.partition("?")[0]).func
                english = translate_url(french, "en")
            if getattr(view, "is_public_page", False):
                yield from ((row, french), (row, english))


def test_every_table_that_a_public_page_reads_moves_the_content_version(answers):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE tgname = 'content_changed'"
        )
        watched = {table for (table,) in cursor.fetchall()} | FROZEN | LISTED
    unwatched = {table: url for url, answer in answers.items() for table in answer.tables - watched}
    assert unwatched == {}, "a migration gives these tables the trigger content_changed"


def test_what_is_changed_shows_at_once_and_what_is_undone_does_not(answers):
    """The version moves in the transaction that changes rows of any public page's table, or the change is refused."""
    tables = {table for answer in answers.values() for table in answer.tables} - LISTED
    assert len(tables) > 25
    answered = {table: changed(table) for table in tables}
    silent = {table for table, answer in answered.items() if answer == "silent"}
    assert silent == set(), "a change of these tables does not show"
    assert list(answered.values()).count("told") > 20


def changed(table: str) -> str:
    """How the database takes a change of each row, of accepted reports' rows alone in a frozen table; it is undone."""
    public = (
        " WHERE report_id IN (SELECT id FROM projects_progressreport WHERE status = 'accepted')"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('smartport.content_changed_by', '', true)")
        before = version(cursor)
        try:
            with transaction.atomic():
                cursor.execute(f"UPDATE {table} SET id = id{public if table in FROZEN else ''}")
                answer = "silent" if version(cursor) == before else "told"
        except InternalError:  # what triggers raise, and nothing that is wrong with the statement
            answer = "refused"
        else:
            transaction.set_rollback(True)
    with connection.cursor() as cursor:
        assert version(cursor) == before, f"{table}: undone, and told all the same"
    return answer


def version(cursor) -> int:
    cursor.execute("SELECT sum(number) FROM smartport_contentversion")
    return cursor.fetchone()[0]


def test_every_public_page_is_light_and_asks_no_other_host(answers):
    faults = []
    for url, answer in answers.items():
        if answer.text:
            faults += [f"{url} {fault}" for fault in weight_faults(answer.text)]
    assert faults == []


def weight_faults(text: str) -> list[str]:
    """What a first view fetches: the page, its style sheets, its one script and the parts that the page asks it for."""
    page, size = html.fromstring(text), len(text.encode())
    scripts = page.xpath("//script[@src]")
    fetched = page.xpath("//link[not(@rel='canonical' or @rel='alternate')]/@href | //*[@src]/@src")
    files = {
        address.removeprefix("/static/") for address in fetched if address.endswith((".css", ".js"))
    }
    files |= {f"js/{part}" for mark, part in PARTS.items() if page.xpath(f"//*[@{mark}]")}
    view = size + sum((STATIC / name).stat().st_size for name in files)
    return [
        *(f"asks {address}" for address in fetched if not re.match("/(?!/)", address)),
        *([f"has {len(scripts)} scripts"] if len(scripts) > 1 else []),
        *(
            ["has a script that waits for nothing"]
            if any(one.get("type") != "module" for one in scripts)
            else []
        ),
        *([f"is {size} bytes"] if size > LARGEST_PAGE else []),
        *([f"takes {view} bytes to show"] if view > LARGEST_VIEW else []),
    ]
