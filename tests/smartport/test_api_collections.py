"""Each collection of the API, for each of the cast."""

import pytest

from tests.api import COLLECTIONS, SECRET, call

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", COLLECTIONS)
def test_anonymous_people_read_every_collection_without_a_secret(kept_world, name):
    answer = call(f"{name}/")
    assert answer.status_code == 200
    assert SECRET not in answer.content.decode()


@pytest.mark.parametrize("who", ["owner", "stranger", "member", "secretary", "admin"])
@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_object_of_a_list_is_found_at_its_own_address_and_says_what_may_be_done(
    kept_world, name, who
):
    person = getattr(kept_world.cast, who)
    for row in call(f"{name}/", user=person).json()["results"]:
        alone = call(row["url"].removeprefix("http://testserver"), user=person)
        assert alone.status_code == 200
        # A report alone also tells what it says of milestones, indicators and spending.
        assert {name: alone.json()[name] for name in row} == row
        assert set(map(type, row["abilities"].values())) <= {bool}


@pytest.mark.parametrize("name", COLLECTIONS)
def test_what_is_read_in_one_language_may_be_changed_in_the_other(kept_world, name):
    """The version of an object is that of its data, whatever language its sentences are said in."""
    office = kept_world.cast.secretary
    for row in call(f"{name}/", user=office).json()["results"][:3]:
        path = row["url"].removeprefix("http://testserver")
        tags = {call(path, user=office, accept_language=code)["ETag"] for code in ("fr", "en")}
        assert len(tags) == 1
