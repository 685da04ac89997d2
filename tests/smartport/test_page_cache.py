"""Pages kept for the public: never stale, never someone's own, never without bound."""

import gzip
from datetime import timedelta
from threading import Thread

import pytest
from django.core.cache import caches
from django.db import connection, connections, transaction
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects.models import Project, ProjectSeries
from projects.services import effects
from smartport import page_cache
from smartport.wsgi import application
from tests.factories.projects import APPROVAL, ProjectFactory, SeriesFactory, approve

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/fr/projets/"


def kept() -> int:
    """How many whole pages are in memory."""
    return sum("page-" in key for key in caches["pages"]._cache)


def elsewhere(act) -> None:
    """Does something through a database connection of its own, as another process would."""

    def run() -> None:
        try:
            act()
        finally:
            connections["default"].close()

    thread = Thread(target=run)
    thread.start()
    thread.join()


def asked(client, url, **headers):
    """The answer, and how many queries it took: one when the page was kept."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url, headers=headers)
    assert response.status_code in (200, 304), url
    return response, len(queries)


def test_a_page_is_made_once_and_then_costs_one_query_or_no_body_at_all():
    ProjectFactory(title_fr="Quai électrique")
    client = Client()
    made, cost = asked(client, LIST)
    again, cheap = asked(client, LIST)
    assert cost > 5
    assert cheap == 1
    assert again.content == made.content
    assert again["Cache-Control"] == "no-cache"
    assert {"Cookie", "Accept-Encoding"} <= set(again["Vary"].split(", "))
    assert (again["ETag"], again["Content-Language"]) == (made["ETag"], "fr")
    assert again["Content-Security-Policy"] == made["Content-Security-Policy"]

    unchanged, _cost = asked(client, LIST, if_none_match=made["ETag"])
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged["ETag"] == made["ETag"]
    assert {"Cookie", "Accept-Encoding"} <= set(unchanged["Vary"].split(", "))

    asked(client, LIST, accept_encoding="gzip")
    zipped, cheap = asked(client, LIST, accept_encoding="gzip")
    assert (cheap, zipped["Content-Encoding"]) == (1, "gzip")
    assert gzip.decompress(zipped.content) == made.content
    assert zipped["ETag"] == made["ETag"]
    english, _cost = asked(client, "/en/projects/")
    assert english["Content-Language"] == "en"


def answered_before_django(url: str, **headers: str):
    """Status, headers, body and queries of the whole application, as the web server calls it."""
    told = []
    environ = RequestFactory(headers=headers).get(url).environ
    with CaptureQueriesContext(connection) as queries:
        body = application(environ, lambda *given: told.append(given))
        text = b"".join(body)
    ((status, fields),) = told
    return status, dict(fields), text, len(queries)


def test_the_web_server_gets_a_kept_page_before_django_sees_the_request(monkeypatch, cast, as_user):
    ProjectFactory(title_fr="Quai électrique")
    made, _cost = asked(Client(), LIST)
    seen = []
    monkeypatch.setattr(
        application, "application", lambda environ, start: seen.append(environ) or []
    )
    status, fields, body, cost = answered_before_django(LIST)
    assert (status, body, cost) == ("200 OK", made.content, 1)
    assert len(fields.pop("X-Request-ID")) == 12
    assert fields == {k: v for k, v in made.headers.items() if k != "X-Request-ID"}

    for tag in (made["ETag"], made["ETag"].removeprefix("W/"), f'"x", {made["ETag"]}', "*"):
        status, fields, body, _cost = answered_before_django(LIST, if_none_match=tag)
        assert (status, body) == ("304 Not Modified", b"")
        assert fields["ETag"] == made["ETag"]
    assert answered_before_django(LIST, if_none_match='"x"')[0] == "200 OK"
    assert seen == []

    person = as_user(cast.owner)
    session = "; ".join(f"{name}={each.value}" for name, each in person.cookies.items())
    for headers in [
        {"cookie": session},
        {"authorization": "Token x"},
        {"hx-request": "true"},
        {"host": "elsewhere.example"},
        {"x-forwarded-proto": "https"},
        {"if-match": '"x"'},
    ]:
        environ = RequestFactory(headers=headers).get(LIST).environ
        assert list(application(environ, None)) == []
        assert seen.pop() is environ, headers
    Project.objects.update(title_fr="Quai neuf")
    list(application(RequestFactory().get(LIST).environ, None))
    assert len(seen) == 1, "what changed is made anew"


def test_an_approval_and_a_withdrawal_by_another_process_show_at_once(cast):
    series = SeriesFactory(submitted=True, title_fr="Série nouvelle")
    ProjectFactory(proposed=True, series=series, title_fr="Navettes électriques")
    client = Client()

    def shown() -> bool:
        return b"Navettes" in asked(client, LIST)[0].content

    tag = asked(client, LIST)[0]["ETag"]
    assert not shown()
    elsewhere(lambda: approve(series, actor=cast.secretary))
    assert shown()
    assert asked(client, LIST, if_none_match=tag)[0].status_code == 200
    approved = ProjectSeries.objects.get(pk=series.pk)
    elsewhere(lambda: effects.withdraw_series(actor=cast.secretary, series=approved, on=APPROVAL))
    assert not shown()


def test_a_change_counts_when_it_is_committed_and_writers_never_wait_for_each_other():
    first, second = ProjectFactory(title_fr="Avant"), ProjectFactory()
    client = Client()
    asked(client, LIST)
    versions = [page_cache.content_version()]
    with transaction.atomic():
        Project.objects.filter(pk=first.pk).update(title_fr="Pendant")
        elsewhere(lambda: versions.append(page_cache.content_version()))
        elsewhere(lambda: Project.objects.filter(pk=second.pk).update(place_fr="Fos"))
        elsewhere(lambda: versions.append(page_cache.content_version()))
    versions.append(page_cache.content_version())
    assert versions[0] == versions[1]
    assert len(set(versions)) == 3
    page, cost = asked(client, LIST)
    assert b"Pendant" in page.content
    assert cost > 5


def test_what_was_undone_changes_no_version_and_what_followed_it_does():
    project = ProjectFactory()
    before = page_cache.content_version()
    with transaction.atomic():
        with transaction.atomic():
            Project.objects.filter(pk=project.pk).update(place_fr="Fos")
            transaction.set_rollback(True)
        Project.objects.filter(pk=project.pk).update(place_fr="Lavéra")
    assert page_cache.content_version() != before
    before = page_cache.content_version()
    with transaction.atomic():
        Project.objects.filter(pk=project.pk).update(place_fr="Fos")
        transaction.set_rollback(True)
    assert page_cache.content_version() == before


def test_a_signed_in_person_neither_gets_nor_fills_what_is_kept(cast, as_user):
    ProjectFactory()
    person = as_user(cast.owner)
    own = person.get(LIST)
    assert kept() == 0
    assert set(own["Cache-Control"].split(", ")) == {"private", "no-cache"}
    public, _cost = asked(Client(), LIST)
    assert kept() == 1
    assert "Oriane" not in public.content.decode()
    again, cost = asked(person, LIST)
    assert cost > 5
    assert b"data-person" in again.content
    assert b"data-person" not in asked(Client(), LIST)[0].content


def test_what_is_no_public_page_is_not_kept():
    for url in ["compte/login/", "galerie/", "nulle-part/", "projets/aucun/"]:
        Client().get(f"/fr/{url}")
        assert kept() == 0, url


def test_a_reader_with_a_message_waiting_or_a_part_of_a_page_in_mind_is_answered_apart():
    reader = Client()
    reader.cookies["messages"] = "something"
    reader.get(LIST)
    Client().get(LIST, headers={"hx-request": "true"})
    Client().get(LIST, headers={"authorization": "Token x"})
    Client().head(LIST)
    Client().get(LIST, headers={"host": "elsewhere.example"})
    assert kept() == 0


def test_hostile_addresses_do_not_fill_the_memory():
    client = Client()
    for query in [
        f"?q={'x' * 500}",
        "?" + "&".join(f"goal={n}" for n in range(60)),
        "?a=%00&b=%ff",
    ]:
        assert client.get(LIST + query).status_code == 200
    before = kept()
    most = caches["pages"]._max_entries
    for number in range(most + 50):
        caches["pages"].set(f"filler-{number}", b"", timeout=None)
        if number % 40 == 0:
            client.get(LIST)
    assert before <= 1
    assert len(caches["pages"]._cache) <= most
    assert asked(client, LIST)[1] == 1, "what is read often stays"


def test_the_same_question_in_another_order_is_the_same_page():
    client = Client()
    client.get(f"{LIST}?q=quai&sort=name")
    assert asked(client, f"{LIST}?sort=name&q=quai")[1] == 1
    assert asked(client, f"{LIST}?sort=name&q=navire")[1] > 5


def counted(queries):
    return [query for query in queries if "projects_facetblock" in query["sql"]]


def test_pages_of_one_list_share_its_counts_until_the_content_changes():
    project = ProjectFactory(series=SeriesFactory(title_fr="Série bleue"))
    client = Client()
    asked(client, f"{LIST}?year=1999")
    with CaptureQueriesContext(connection) as first:
        client.get(LIST)
    with CaptureQueriesContext(connection) as second:
        other = client.get(f"{LIST}?sort=name")
    assert (len(counted(first)), len(counted(second))) == (1, 0)
    assert len(second) <= len(first) - 5, "the names of the values are shared too"
    assert "Série bleue" in other.content.decode()
    ProjectSeries.objects.filter(pk=project.series_id).update(title_fr="Série verte")
    changed, _cost = asked(client, f"{LIST}?sort=budget")
    assert "Série verte" in changed.content.decode()
    assert "Série bleue" not in changed.content.decode()


def test_a_page_of_yesterday_is_made_again(monkeypatch):
    client = Client()
    asked(client, LIST)
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(page_cache.timezone, "localdate", lambda: tomorrow)
    assert asked(client, LIST)[1] > 5
