"""The same choices by programs: versions, rules and refusals as on the page."""

import pytest
from django.test import Client

from partners.models import Preference
from partners.services.tokens import create_token
from projects.models import Following
from tests.factories.projects import ProjectFactory

pytestmark = pytest.mark.django_db
PATH = "/api/v1/me/preferences"


@pytest.fixture
def call(cast):
    """By a token of the owner that may write."""
    secret = create_token(actor=cast.owner, name="t", days=1, scope="write")[1]
    client = Client(headers={"Authorization": f"Token {secret}"})

    def ask(method, path, data=None, **headers):
        how = {"content_type": "application/json"} if data is not None else {}
        return getattr(client, method)(path, data, headers=headers, **how)

    return ask


def test_choices_change_in_parts_against_the_version_that_was_read(cast, call):
    colleague = cast.colleague
    read = call("get", PATH)
    assert read.json()["colleagues"] == [{"id": colleague.pk, "name": colleague.get_full_name()}]
    changed = {"digest": "monthly", "topics": {"reports": "digest"}, "stand_in": colleague.pk}
    assert call("patch", PATH, changed).status_code == 428
    answer = call("patch", PATH, changed, **{"If-Match": read["ETag"]})
    assert answer.status_code == 200
    assert answer.json()["topics"]["reports"] == "digest"
    wish = Preference.objects.get(user=cast.owner)
    assert (wish.digest, wish.stand_in) == ("monthly", colleague)
    assert call("patch", PATH, changed, **{"If-Match": read["ETag"]}).status_code == 412


@pytest.mark.parametrize(
    "wrong",
    [
        {"digest": "hourly"},
        {"digest_month_day": 32},
        {"topics": {"weather": "now"}},
        {"topics": {"reports": "digest"}, "digest": "never"},
        {"stand_in": 0},
        {"paused_from": "2026-12-10", "paused_until": "2026-12-01"},
        {"colour": "blue"},
    ],
)
def test_what_the_page_refuses_is_refused_by_field(call, wrong):
    answer = call("patch", PATH, wrong, **{"If-Match": "*"})
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("application/problem+json")
    assert not Preference.objects.exists()


def test_projects_are_followed_and_muted(cast, call):
    project = ProjectFactory()
    path = "/api/v1/me/followings"
    answer = call("post", path, {"project": project.code, "interest": "follow"})
    assert [row["interest"] for row in answer.json()] == ["follow"]
    call("post", path, {"project": project.code, "interest": ""})
    assert not Following.objects.exists()
    hidden = ProjectFactory(proposed=True)
    assert call("post", path, {"project": hidden.code, "interest": "mute"}).status_code == 400
