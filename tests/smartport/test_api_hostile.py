"""Whatever is asked of the API, it answers with data or with a problem: never a 500, never what is hidden."""

import base64
import json
from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartport.api import access
from tests.api import COLLECTIONS, SECRET, call
from tests.factories.partners import MembershipFactory
from tests.factories.projects import ProjectFactory

pytestmark = pytest.mark.django_db

VALUES = [
    "", "x", "\x00", "a\x00b", "0", "-1", "99999999999999999999999999", "0000-00-00", "0000-01-01", "9999-12-31",
    "1' OR '1'='1", "'; DROP TABLE projects_project; --", "<script>alert(1)</script>", "#read(\"/etc/passwd\")",
    "%", "\\", "é" * 10_000, "a" * 10_000, "NaN", "Infinity", "null", "true", "١٢", "\u202e", "🚀",
]  # fmt: skip
NAMES = {
    "projects": ["q", "series", "goal", "framework", "strand", "partner", "funder", "status", "health", "year", "sort"],
    "reports": ["project", "series", "partner", "status", "health", "period_ends_after", "period_ends_before"],
    "milestones": ["project", "due_before", "due_after", "reached"],
    "indicators": ["project", "indicator", "goal"],
    "agreements": ["status", "series"],
    "contributions": ["agreement", "project", "funder", "recipient", "kind"],
    "instalments": ["agreement", "project", "status", "due_before", "due_after"],
    "partners": ["kind", "role", "siren"],
    "series": ["status"],
    "meetings": ["committee", "status", "after", "before"],
    "agenda-items": ["meeting", "kind", "outcome"],
    "decisions": ["q", "committee", "outcome", "kind", "year"],
    "packs": ["meeting", "sha256"],
    "actions": ["committee", "partner", "status", "due_before"],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch):
    for rate in (access.AnonymousRate, access.SignedInRate):
        monkeypatch.setattr(rate, "rate", "100000/min", raising=False)


def asked(path: str, person=None):
    answer = call(path, user=person)
    assert answer.status_code in {200, 400, 404}, (path[:200], answer.status_code)
    if answer.status_code != 200:
        assert answer["Content-Type"] == "application/problem+json"
    if person is None:
        assert SECRET not in answer.content.decode()
    return answer


@pytest.mark.parametrize("name", sorted(NAMES))
def test_no_value_of_a_filter_breaks_a_list(kept_world, name):
    """In all filters at once, then in those that took it: there the value reaches the database."""
    for value in VALUES:
        filters = set(NAMES[name]) - {"q"}
        answer = asked(f"{name}/?{urlencode(dict.fromkeys(sorted(filters), value))}")
        if answer.status_code == 400:
            filters -= {entry["parameter"] for entry in answer.json()["errors"]}
            answer = asked(f"{name}/?{urlencode(dict.fromkeys(sorted(filters), value))}")
        assert answer.status_code == 200, value
        if "q" in NAMES[name]:
            asked(f"{name}/?{urlencode({'q': value})}")


@pytest.mark.parametrize("parameter", ["cursor", "page_size", "lang", "format"])
def test_no_value_of_what_every_list_takes_breaks_one(kept_world, parameter):
    for value in VALUES:
        asked(f"projects/?{urlencode({parameter: value})}")


@pytest.mark.parametrize("name", COLLECTIONS)
def test_an_unknown_name_and_400_repeated_ones_are_answered(kept_world, name):
    asked(f"{name}/?password=x&__class__=y&user__password__startswith=a")
    asked(f"{name}/?" + "&".join(f"status=v{position}" for position in range(400)))
    asked(f"{name}/?" + "&".join(f"cursor=v{position}" for position in range(400)))


@pytest.mark.parametrize("name", COLLECTIONS)
def test_no_key_breaks_an_object(db, name):
    for key in ["0", "-1", "9" * 18, "9" * 40, "%00", "a%00", "..", "é", "x" * 200, "1.5", "%F0%9F%9A%80"]:  # fmt: skip
        asked(f"{name}/{key}/")


def cursor(*values) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "made_up",
    [
        "x", "====", "é", "a" * 5000, cursor(), cursor("n"), cursor("x", 1, 2), cursor("n", 1, 2, 3, 4),
        cursor("n", "2020-01-01", "\x00"), cursor("n", [1], {}), cursor("n", "0000-01-01", 1),
        cursor("n", "2020-01-01", 10**40), cursor("n", "2020-01-01", "NaN"), cursor("n", None, None),
        cursor("n", "2020-01-01", True), cursor("n", 1e400, 1), cursor("p", "9999-99-99", "' OR 1=1"),
        base64.urlsafe_b64encode(b"[" * 700).decode(), base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["projects", "partners", "decisions", "meetings", "milestones"])
def test_a_made_up_cursor_is_refused_or_points_somewhere_harmless(kept_world, name, made_up):
    asked(f"{name}/?cursor={quote(made_up)}")


@pytest.mark.parametrize("sort", ["password", "lead__memberships__user__email", "-id", "?"])
def test_sorting_by_a_private_name_is_passed_over(cast, sort):
    ProjectFactory()
    asked(f"projects/?sort={quote(sort)}")


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    name=st.sampled_from(sorted(NAMES)),
    pairs=st.lists(st.tuples(st.text(max_size=20), st.text(max_size=200)), max_size=6),
    known=st.text(max_size=300),
)
def test_no_query_string_breaks_a_list(db, name, pairs, known):
    # Lone surrogates cannot be sent: they have no UTF-8.
    parameters = [*pairs, (NAMES[name][0], known), ("cursor", known[:50])]
    query = urlencode(parameters, errors="replace")
    answer = Client().get(f"/api/v1/{name}/?{query}", headers={"accept": "application/json"})
    assert answer.status_code in {200, 400, 404}


WRITES = [
    ("PATCH", "reports/{draft}/"), ("POST", "reports/{draft}/submit"), ("POST", "reports/{draft}/send-back"),
    ("POST", "reports/{draft}/accept"), ("POST", "reports/{draft}/correct"), ("POST", "reports/{draft}/confirm"),
    ("POST", "decisions/"), ("POST", "meetings/{meeting}/close"), ("POST", "actions/{action}/progress"),
    ("POST", "meetings/"), ("PATCH", "meetings/{meeting}/"), ("POST", "meetings/{meeting}/order"),
    ("POST", "agenda-items/"), ("POST", "proposals/"), ("POST", "mandates/"),
]  # fmt: skip


@pytest.mark.parametrize("person", ["owner", "secretary", "member"])
@pytest.mark.parametrize(("method", "path"), WRITES)
def test_no_body_breaks_a_change(kept_world, method, path, person):
    w = kept_world
    client = Client(headers={"accept": "application/json", "if-match": "*"})
    client.force_login(getattr(w.cast, person))
    address = path.format(draft=w.draft.pk, meeting=w.hidden.pk, action=w.action.pk)
    for body in [
        b"",
        b"{",
        b"[]",
        b"[1]",
        b"null",
        b'"x"',
        b"\xff",
        b'{"a": NaN}',
        b"[" * 5000,
        b'{"\x00": 1}',
    ]:
        answer = client.generic(method, f"/api/v1/{address}", body, content_type="application/json")
        assert answer.status_code < 500, (body, answer.content[:300])


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES_SENT = [
    "health", "cause", "completion_percent", "public_summary", "milestones", "indicators", "expenditures",
    "risks", "item", "outcome", "wording", "votes_for", "to", "evidence", "reasons", "due_on", "reason", "remark",
    "starts_at", "title", "items", "meeting", "kind", "seat", "person", "start",
]  # fmt: skip


@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    write=st.sampled_from(WRITES),
    body=st.dictionaries(st.sampled_from(NAMES_SENT), ANYTHING, max_size=4),
)
def test_no_json_breaks_a_change(wide_world, write, body):
    w, client = wide_world
    method, path = write
    address = path.format(draft=w.draft.pk, meeting=w.hidden.pk, action=w.action.pk)
    answer = client.generic(
        method,
        f"/api/v1/{address}",
        json.dumps(body).encode("utf-8", "replace"),
        content_type="application/json",
    )
    assert answer.status_code < 500, answer.content[:300]


@pytest.fixture
def wide_world(kept_world):
    """The person may do everything: what they send is read to the end."""
    w = kept_world
    MembershipFactory(user=w.cast.secretary, partner=w.cast.partner_a)
    client = Client(headers={"accept": "application/json", "if-match": "*"})
    client.force_login(w.cast.secretary)
    return w, client


@pytest.mark.parametrize(
    "accept", ["", "*/*", "image/png", "text/html", "x" * 3000, "application/json;q=x", "\u00e9"]
)
def test_no_accept_header_breaks_an_answer(db, accept):
    answer = Client().get("/api/v1/projects/", headers={"accept": accept})
    assert answer.status_code in {200, 406}


@pytest.mark.parametrize("tag", ['"', "W/", '*, "x"', "x" * 5000, '"\u00e9"', ", , ,"])
def test_no_if_none_match_breaks_an_answer(db, tag):
    assert call("goals/", if_none_match=tag).status_code in {200, 304}


def test_the_year_zero_is_a_wrong_date_not_a_failure(db):
    answer = call("reports/?period_ends_after=0000-01-01")
    assert answer.status_code == 400
    assert timezone.now().year > 0
