"""Who may do what, address by address: strangers are told nothing, members without the right are told no.

Everything is asked in a crowded house, so that the same answers tell what a page costs the database: sixty more
projects, with their reports, may cost no page one query more than its budget (`query_budgets.json`).
"""

import json

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.house.budgets import BUDGETS, PAGES, over, readers
from tests.house.html import page_faults
from tests.house.matrix import CAST, Row, rows, url_names

pytestmark = pytest.mark.django_db

# What a GET may write: the session that shows it, and when a token was last used.
MAY_WRITE = ("django_session", "usersessions_usersession", "knox_authtoken")
LIBRARY_PAGES = ("api:",)
# Whose pages are read in full: one who sees the least, one who reports, one who sees the most.
READERS = ("anonymous", "manager", "secretariat")


class Undone(Exception):
    """Ends a transaction whose writes must not stay."""


def written(queries) -> list[str]:
    changes = [
        query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))
    ]
    return [
        sql
        for sql in changes
        if not any(f'"{table}"' in sql.split("WHERE")[0] for table in MAY_WRITE)
    ]


def is_page(row: Row, response) -> bool:
    """Whether this is a page of the house, to be read for what every page must be.

    A letter shown in a sandboxed frame carries its own style, as mail programs want it.
    """
    html = response.status_code == 200 and response["Content-Type"].startswith("text/html")
    letter = "sandbox" in response.get("Content-Security-Policy", "").split("; ")
    return html and row.method == "get" and not (letter or row.name.startswith(LIBRARY_PAGES))


def ask(row: Row, client: Client, world, *, to_the_end: bool = False):
    """The answer and the queries it took, with everything it wrote undone."""
    response, queries = None, None
    try:
        with transaction.atomic(), CaptureQueriesContext(connection) as queries:
            response = row.ask(client, world)
            if to_the_end:
                response.getvalue()
            raise Undone
    except Undone:
        return response, queries.captured_queries


def measured(row: Row, who: str, client: Client, world):
    """With cold caches; a second time where the first was also the process's first."""
    for _attempt in range(2):
        for cache in caches.all():
            cache.clear()
        response, queries = ask(row, client, world, to_the_end=True)
        if not over({who: len(queries)}, BUDGETS.get(str(row), {})):
            break
    return response, queries


def test_every_address_has_a_row():
    known = {row.name for row in rows()}
    assert sorted(url_names() - known) == [], "write a row in tests/house/permissions/"
    assert sorted(known - url_names()) == [], "these addresses are gone"


@pytest.mark.parametrize("row", rows(), ids=str)
def test_each_of_the_cast_is_answered_as_the_matrix_says(row, crowded_world, clients):
    answers, faults, counts = [], [], {}
    for who in CAST:
        if row in PAGES and who in readers(row):
            response, queries = measured(row, who, clients[who], crowded_world)
            counts[who] = len(queries)
        else:
            response, queries = ask(row, clients[who], crowded_world)
        answers.append(response.status_code)
        if row.method == "get" and (changes := written(queries)):
            faults.append(f"{who}: GET wrote {changes[0][:120]}")
        if is_page(row, response) and who in READERS:
            faults += [f"{who}: {fault}" for fault in page_faults(response.content.decode())]
    assert answers == row.expected, f'{row}: answered "{" ".join(map(str, answers))}"'
    assert faults == []
    assert not over(counts, BUDGETS.get(str(row), {})), f'"{row}": {json.dumps(counts)},'


def test_every_budget_is_for_a_page_that_exists():
    assert sorted(set(BUDGETS) - {str(row) for row in PAGES}) == []


def test_a_page_that_writes_on_get_is_seen():
    assert written([{"sql": 'UPDATE "projects_project" SET "name" = 1'}])
    assert not written([{"sql": 'INSERT INTO "django_session" VALUES (1)'}, {"sql": "SELECT 1"}])


@pytest.mark.parametrize(
    "model", sorted(admin.site._registry, key=lambda m: m._meta.label), ids=str
)
def test_the_administration_opens_to_administrators_only(model, clients):
    app, name = model._meta.app_label, model._meta.model_name
    address = reverse(f"admin:{app}_{name}_changelist")
    for who in CAST:
        status = clients[who].get(address).status_code
        assert status == (200 if who == "admin" else 302), (who, status)


def test_the_administration_registers_only_models_that_exist():
    assert set(admin.site._registry) <= set(apps.get_models(include_auto_created=True))
