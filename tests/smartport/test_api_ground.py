"""Reading by the API: pages, versions, problems, tokens, limits."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from partners.enums import TokenScope
from partners.models import ApiToken
from smartport.api import access
from tests.api import COLLECTIONS, OF_MEMBERS, OF_THE_OFFICE, SECRET, call, token_for, world
from tests.factories.partners import PartnerFactory
from tests.factories.projects import ProjectFactory

pytestmark = pytest.mark.django_db


def test_the_index_names_every_collection_of_the_contract(db):
    answer = call("")
    assert answer.status_code == 200
    names = [each["name"] for each in answer.json()["collections"]]
    asked_by_some = OF_MEMBERS + OF_THE_OFFICE
    assert [name for name in names if name not in asked_by_some] == COLLECTIONS
    assert set(asked_by_some) <= set(names)


def test_strangers_get_404_for_what_they_may_not_see(cast):
    w = world(cast)
    hidden = [
        f"projects/{w.proposed.pk}/", "projects/PROPOSED-1/", f"series/{w.draft_series.pk}/",
        f"reports/{w.draft.pk}/", f"agreements/{w.in_draft.code}/", f"meetings/{w.hidden.code}/",
        f"decisions/{w.secret_decision.pk}/", f"packs/{w.issued.pk}/", f"actions/{w.action.pk}/",
    ]  # fmt: skip
    for path in hidden:
        for person in (None, cast.stranger):
            assert call(path, user=person).status_code == 404, path
    for path in hidden:
        assert call(path, user=cast.secretary).status_code == 200, path


def test_outsiders_get_only_the_public_part_of_an_accepted_report(cast):
    w = world(cast)
    for person in (None, cast.stranger):
        told = call(f"reports/{w.accepted.pk}/", user=person).json()
        assert told["public_summary"]["fr"] == "Les essais sont terminés."
        assert {"achievements", "next_steps", "cause", "completion_percent", "risks"}.isdisjoint(
            told
        )
    assert call(f"reports/{w.accepted.pk}/", user=cast.owner).json()["achievements"] == SECRET


def test_outsiders_get_only_what_is_announced_of_a_meeting(cast):
    w = world(cast)
    assert "link" not in call(f"meetings/{w.announced.code}/").json()
    assert SECRET in call(f"meetings/{w.announced.code}/", user=cast.member).json()["link"]


def test_a_project_tells_why_it_exists_and_how_it_goes(cast):
    w = world(cast)
    told = call("projects/PUBLIC-1/").json()
    assert told["title"] == {"fr": w.public.title_fr, "en": w.public.title_en}
    assert told["decision"]["reference"] == "2025-001"
    assert told["latest_report"]["public_summary"]["en"] == "The tests are over."
    assert told["page"]["fr"].endswith("/fr/projets/public-1/")
    assert told["page"]["en"].endswith("/en/projects/public-1/")
    assert told["total_cost"] is None


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_list_asks_the_database_as_often_for_many_rows_as_for_few(
    cast, name, django_assert_max_num_queries, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    world(cast)
    with CaptureQueriesContext(
        connection,
    ) as few:
        call(f"{name}/", user=cast.secretary)
    world_again(cast)
    with CaptureQueriesContext(connection) as many:
        call(f"{name}/", user=cast.secretary)
    assert len(many) <= len(few) + 1, [query["sql"][:200] for query in many]


def world_again(cast):
    """More of everything, under other codes."""
    from projects.models import Project

    Project.objects.filter(code="PUBLIC-1").update(code="X-1", slug="x-1")
    Project.objects.filter(code="PROPOSED-1").update(code="X-2", slug="x-2")
    world(cast)


class TestPages:
    def test_following_next_finds_every_row_once(self, cast):
        for _ in range(7):
            ProjectFactory()
        address, found = "projects/?page_size=3", []
        while address:
            answer = call(address)
            found += [row["code"] for row in answer.json()["results"]]
            following = answer.json()["next"]
            assert (f'<{following}>; rel="next"' in answer["Link"]) == bool(following)
            address = following and following.removeprefix("http://testserver")
        assert len(found) == len(set(found)) == 7

    def test_previous_leads_back_to_the_same_rows(self, cast):
        for _ in range(7):
            PartnerFactory()
        first = call("partners/?page_size=3").json()
        second = call(first["next"].removeprefix("http://testserver")).json()
        back = call(second["previous"].removeprefix("http://testserver")).json()
        assert back["results"] == first["results"]
        assert first["previous"] is None

    @pytest.mark.parametrize("sort", ["newest", "name", "health", "budget"])
    def test_every_sort_of_the_page_can_be_paged(self, cast, sort):
        for cost in (None, 5, 10, None, 7):
            ProjectFactory(total_cost=cost)
        address, found = f"projects/?page_size=2&sort={sort}", []
        while address:
            body = call(address).json()
            found += [row["code"] for row in body["results"]]
            address = body["next"] and body["next"].removeprefix("http://testserver")
        assert len(found) == len(set(found)) == 5

    def test_the_secretariat_pages_past_rows_without_a_date(self, cast):
        for _ in range(3):
            ProjectFactory()
            ProjectFactory(proposed=True)
        address, found = "projects/?page_size=1", []
        while address:
            body = call(address, user=cast.secretary).json()
            found += [row["code"] for row in body["results"]]
            address = body["next"] and body["next"].removeprefix("http://testserver")
        assert len(found) == len(set(found)) == 6

    @pytest.mark.parametrize("size", ["0", "201", "-1", "many", "1e3", "９"])
    def test_an_impossible_page_size_is_refused_by_name(self, db, size):
        answer = call(f"projects/?page_size={size}")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["parameter"] == "page_size"


class TestVersions:
    def test_a_reader_with_the_current_version_is_told_that_nothing_changed(self, cast):
        w = world(cast)
        for path in ("projects/", f"projects/{w.public.pk}/", ""):
            tag = call(path)["ETag"]
            again = call(path, if_none_match=tag)
            assert (again.status_code, again.content) == (304, b"")
            assert again["ETag"] == tag
            assert call(path, if_none_match=f"W/{tag}").status_code == 304

    def test_any_change_makes_a_new_version(self, cast):
        w = world(cast)
        tag = call("projects/PUBLIC-1/")["ETag"]
        w.public.title_en = "Another title"
        w.public.save()
        assert call("projects/PUBLIC-1/", if_none_match=tag).status_code == 200

    def test_versions_are_never_shared_between_readers(self, cast):
        world(cast)
        answer = call("projects/", user=cast.owner)
        assert "private" in answer["Cache-Control"]
        assert {"Authorization", "Cookie"} <= {name.strip() for name in answer["Vary"].split(",")}


class TestProblems:
    def test_what_is_not_there_is_a_problem_with_its_reason(self, db):
        answer = call("projects/nowhere/")
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json"
        problem = answer.json()
        assert (problem["status"], problem["code"]) == (404, "not_found")
        assert problem["request_id"] == answer["X-Request-ID"]

    def test_an_address_outside_the_collections_is_a_problem_too(self, db):
        answer = call("nothing/at/all/")
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")

    def test_an_unknown_parameter_is_refused_and_the_known_ones_are_named(self, db):
        answer = call("projects/?statu=approved")
        assert answer.status_code == 400
        (error,) = answer.json()["errors"]
        assert (error["parameter"], error["code"]) == ("statu", "unknown_parameter")
        assert "status" in error["detail"]

    def test_a_wrong_value_is_refused_next_to_its_name(self, db):
        answer = call("reports/?period_ends_after=0000-13-45")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["parameter"] == "period_ends_after"

    def test_problems_speak_the_language_of_the_caller(self, db):
        french = call("projects/nowhere/", accept_language="fr").json()["title"]
        english = call("projects/nowhere/", accept_language="en").json()["title"]
        assert english == "Nothing here" != french

    def test_a_method_the_collection_does_not_have_is_refused(self, cast):
        answer = call(
            "partners/", method="post", token=token_for(cast.owner, scope=TokenScope.WRITE)
        )
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


class TestTokens:
    def test_a_token_opens_what_its_owner_sees(self, cast):
        w = world(cast)
        secret = token_for(cast.owner)
        assert call(f"projects/{w.proposed.pk}/", token=secret).status_code == 200
        assert call("me", token=secret).json()["token"]["scope"] == "read"
        assert ApiToken.objects.get().last_used_at is not None

    def test_only_the_hash_is_kept(self, cast):
        secret = token_for(cast.owner)
        token = ApiToken.objects.get()
        assert secret not in (token.digest, token.token_key)

    @pytest.mark.parametrize("sent", ["x", "é" * 40, "a" * 64, "a" * 5000, "a b"])
    def test_a_made_up_token_is_refused(self, db, sent):
        answer = Client().get("/api/v1/projects/", headers={"authorization": f"Token {sent}"})
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Token"

    def test_an_expired_token_is_refused_and_kept_for_its_owner_to_see(self, cast, time_machine):
        secret = token_for(cast.owner, days=30)
        time_machine.move_to(timezone.now() + timedelta(days=31))
        assert call("me", token=secret).status_code == 401
        assert ApiToken.objects.count() == 1

    def test_a_token_of_someone_who_may_no_longer_sign_in_is_refused(self, cast):
        secret = token_for(cast.owner)
        cast.owner.is_active = False
        cast.owner.save()
        assert call("me", token=secret).status_code == 401

    def test_a_token_for_reading_does_not_write(self, cast):
        answer = call("partners/", method="post", token=token_for(cast.owner))
        assert (answer.status_code, answer.json()["code"]) == (403, "read_only_token")

    def test_me_is_for_those_who_say_who_they_are(self, db):
        for path in ("me", "me/", "me/obligations"):
            assert call(path).status_code == 401

    def test_me_tells_who_calls_and_what_they_owe(self, cast):
        me = call("me", user=cast.owner).json()
        assert me["email"] == cast.owner.email
        assert me["memberships"][0]["partner"]["code"] == "A"
        assert set(call("me/obligations", user=cast.owner).json()) == {"owed", "awaited"}


class TestLimits:
    def test_anonymous_callers_are_counted_by_address(self, db, monkeypatch):
        monkeypatch.setattr(access.AnonymousRate, "rate", "2/min", raising=False)
        answers = [call("goals/") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert int(answers[-1]["Retry-After"]) > 0
        assert answers[-1].json()["code"] == "throttled"

    def test_each_token_is_counted_by_itself(self, cast, monkeypatch):
        monkeypatch.setattr(access.SignedInRate, "rate", "1/min", raising=False)
        one, other = token_for(cast.owner), token_for(cast.owner)
        assert [call("goals/", token=each).status_code for each in (one, other, one)] == [
            200,
            200,
            429,
        ]

    def test_without_the_cache_nobody_is_refused(self, db, monkeypatch):
        from redis.exceptions import ConnectionError as CacheGone

        def gone(*_args):
            raise CacheGone

        monkeypatch.setattr(access.AnonymousRate.cache, "get", gone)
        assert call("goals/").status_code == 200


class TestBrowsing:
    @pytest.mark.parametrize(
        "path", ["", "projects/", "projects/PUBLIC-1/", "projects/nowhere/", "me", "docs/"]
    )
    def test_a_browser_gets_a_page_of_the_site_without_inline_script(self, cast, path):
        world(cast)
        answer = Client().get(f"/api/v1/{path}", headers={"accept": "text/html,*/*;q=0.8"})
        page = answer.content.decode()
        assert answer["Content-Type"] == "text/html; charset=utf-8"
        assert page.count("<h1") == 1
        assert "<script>" not in page and " style=" not in page
        assert "ETag" not in answer

    def test_texts_in_the_data_cannot_become_markup(self, cast):
        ProjectFactory(code="EVIL", title_fr='"<script>alert(1)</script> https://evil.example/"')
        page = (
            Client().get("/api/v1/projects/EVIL/", headers={"accept": "text/html"}).content.decode()
        )
        assert "<script>alert" not in page

    def test_the_page_can_be_asked_for_in_each_language(self, db):
        titles = {
            language: Client()
            .get(f"/api/v1/?lang={language}", headers={"accept": "text/html"})
            .content.decode()
            for language in ("fr", "en")
        }
        assert "Programming interface" in titles["en"]
        assert "Programming interface" not in titles["fr"]


class TestDescription:
    def test_the_description_is_openapi_3_1_and_names_every_collection(self, db):
        schema = call("schema/").json()
        assert schema["openapi"].startswith("3.1")
        for name in COLLECTIONS:
            operation = schema["paths"][f"/api/v1/{name}/"]["get"]
            assert operation["responses"]["default"]["content"].keys() == {
                "application/problem+json"
            }
            names = [parameter["name"] for parameter in operation["parameters"]]
            assert {"cursor", "page_size"} <= set(names)
        filters = {
            parameter["name"]
            for parameter in schema["paths"]["/api/v1/projects/"]["get"]["parameters"]
        }
        assert {
            "q",
            "series",
            "goal",
            "framework",
            "strand",
            "partner",
            "funder",
            "status",
            "health",
            "year",
            "sort",
        } <= filters

    def test_the_description_is_there_in_yaml(self, db):
        answer = Client().get("/api/v1/schema/", headers={"accept": "application/vnd.oai.openapi"})
        assert answer.content.startswith(b"openapi: 3.1")


def test_the_documentation_lists_every_address_and_tells_one_collection_at_a_time(client):
    contents = client.get("/api/v1/docs/", headers={"accept-language": "en"}).content.decode()
    assert len(contents) < 60_000
    for name in COLLECTIONS:
        assert f"/api/v1/{name}/" in contents
        told = client.get(f"/api/v1/docs/?of={name}").content.decode()
        assert len(told) < 60_000, name
        assert f"/api/v1/{name}/{{id}}/" in told
        regions = re.findall('role="region" aria-label="([^"]+)"', told)
        assert len(regions) == len(set(regions)), name
    assert "/api/v1/partners/" not in client.get("/api/v1/docs/?of=goals").content.decode()
