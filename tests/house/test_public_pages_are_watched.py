"""A page kept for the public is made again when any table it reads changes (smartport/page_cache.py)."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from tests.house.matrix import rows

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
}
READ = re.compile(r'(?:FROM|JOIN) "?((?:projects|partners|governance)_\w+)')


def test_every_table_that_a_public_page_reads_moves_the_content_version(world):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE tgname = 'content_changed'"
        )
        watched = {table for (table,) in cursor.fetchall()} | FROZEN | LISTED
    unwatched, pages = {}, set()
    for row in rows():
        url = row.url(world) if row.method == "get" and row.expected[0] == 200 else ""
        if not url or not getattr(resolve(url.partition("?")[0]).func, "is_public_page", False):
            continue
        pages.add(row.name)
        with CaptureQueriesContext(connection) as queries:
            assert Client().get(url).status_code == 200, url
        for table in READ.findall(" ".join(query["sql"] for query in queries)):
            if table not in watched:
                unwatched[table] = url
    assert len(pages) > 15
    assert unwatched == {}, "a migration gives these tables the trigger content_changed"
