"""The picture shown where a project's address is shared."""

from datetime import date
from struct import unpack

import pytest

from tests.factories.projects import ProjectFactory

pytestmark = pytest.mark.django_db


def size_of(picture: bytes) -> tuple[int, int]:
    assert picture.startswith(b"\x89PNG")
    return unpack(">II", picture[16:24])


def test_a_public_project_has_a_card_of_the_size_that_networks_ask_for(client):
    ProjectFactory(slug="quai", approved_on=date(2025, 8, 26), total_cost=5)
    answer = client.get("/fr/projets/quai/carte.png")
    assert answer["Content-Type"] == "image/png"
    assert size_of(answer.content) == (1200, 630)
    page = client.get("/fr/projets/quai/").content.decode()
    assert (
        '<meta property="og:image" content="http://testserver/fr/projets/quai/carte.png">' in page
    )


def test_the_card_speaks_the_language_of_its_address(client):
    ProjectFactory(slug="quai", title_fr="Électricité à quai", title_en="Shore power")
    french, english = (
        client.get(f"{path}").content
        for path in ("/fr/projets/quai/carte.png", "/en/projects/quai/card.png")
    )
    assert french != english


def test_a_hidden_project_has_no_card(client):
    ProjectFactory(slug="cache", proposed=True)
    assert client.get("/fr/projets/cache/carte.png").status_code == 404


@pytest.mark.parametrize(
    "title",
    ['#read("/etc/passwd") *x* $1$', "ب" * 300, "mot " * 70, "x" * 300, "🚀 <b>\u202e"],
    ids=["markup", "right to left", "long", "one word", "signs"],
)
def test_no_title_breaks_the_card(client, title):
    ProjectFactory(slug="quai", title_fr=title, summary_fr="é" * 500)
    assert size_of(client.get("/fr/projets/quai/carte.png").content) == (1200, 630)
