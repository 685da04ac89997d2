from decimal import Decimal
from random import Random
from urllib.parse import quote, urlencode

import pytest
from django.http import QueryDict
from lxml import html

from partners.models import Partner
from projects.enums import ProjectStatus, Strand
from projects.filters import ProjectFilter, in_order
from projects.models import Project
from tests.factories.partners import PartnerFactory
from tests.factories.projects import (
    AgreementFactory,
    ContributionFactory,
    FrameworkFactory,
    GoalFactory,
    ProjectFactory,
    ProjectPartnerFactory,
    SeriesFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def portfolio():
    """Four projects, each alone in something."""
    air, jobs = (
        GoalFactory(slug="air", title_fr="Air pur"),
        GoalFactory(slug="emplois", title_fr="Emplois"),
    )
    port = PartnerFactory(slug="port", name="Port de démonstration")
    quay = ProjectFactory(
        code="QUAI-1",
        slug="quai",
        title_fr="Électricité à quai pour les ferries",
        lead=port,
        total_cost=Decimal(500_000),
    )
    twin = ProjectFactory(
        code="JUM-2",
        slug="jumeau",
        title_fr="Jumeau numérique du bassin",
        strand=Strand.RESEARCH,
        lead=port,
    )
    shuttle = ProjectFactory(
        code="NAV-3", slug="navettes", title_fr="Navettes fluviales", status=ProjectStatus.COMPLETED
    )
    training = ProjectFactory(
        code="FOR-4", slug="formation", title_fr="Formation aux métiers", total_cost=Decimal(90_000)
    )
    quay.goals.add(air, jobs)
    training.goals.add(jobs)
    twin.frameworks.add(FrameworkFactory(slug="srdeii"))
    ProjectPartnerFactory(project=shuttle, partner=PartnerFactory(slug="region"), role="funder")
    ContributionFactory(
        project=training,
        agreement=AgreementFactory(in_force=True),
        funder=PartnerFactory(slug="ville"),
    )
    ContributionFactory(project=twin, funder=Partner.objects.get(slug="ville"))
    Project.objects.filter(slug="navettes").update(approved_on="2024-05-02")
    return [quay, twin, shuttle, training]


def page_of(client, query=""):
    response = client.get(f"/fr/projets/{query}")
    assert response.status_code == 200, query
    return html.fromstring(response.content.decode())


def found(client, query=""):
    """The addresses of the projects on the page, in order."""
    links = page_of(client, query).xpath("//a[contains(@class, 'row-link')]/@href")
    return [link.rstrip("/").split("/")[-1] for link in links]


@pytest.mark.parametrize(
    "search",
    [
        "électricité",
        "electricite",
        "ELECTRICITÉS",
        "quais",
        "QUAI-1",
        "quai-1",
        "electrcite ferries",
        "port de demonstration electricité",
    ],
)
def test_a_search_forgives_accents_plurals_case_and_typing_errors(client, portfolio, search):
    assert "quai" in found(client, f"?q={quote(search)}")


def test_a_search_finds_nothing_it_should_not(client, portfolio):
    assert found(client, "?q=zeppelin") == []
    assert found(client, "?q=navettes") == ["navettes"]


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("?goal=air", {"quai"}),
        ("?goal=air&goal=emplois", {"quai", "formation"}),
        ("?goal=emplois&partner=port", {"quai"}),
        ("?strand=research", {"jumeau"}),
        ("?framework=srdeii", {"jumeau"}),
        ("?status=completed", {"navettes"}),
        ("?partner=port", {"quai", "jumeau"}),
        ("?partner=region", {"navettes"}),
        ("?funder=region", {"navettes"}),
        ("?funder=ville", {"formation"}),
        ("?year=2024", {"navettes"}),
        ("?year=2024&year=2025", {"quai", "jumeau", "navettes", "formation"}),
        ("?health=none", {"quai", "jumeau", "navettes", "formation"}),
        ("?health=sunny", set()),
        ("?goal=unknown", set()),
    ],
)
def test_filters_narrow_the_list(client, portfolio, query, slugs):
    assert set(found(client, query)) == slugs


def test_each_value_of_a_filter_says_how_many_projects_it_leaves(client, portfolio):
    page = page_of(client, "?goal=air")
    counts = {
        label.find("input").get("value"): label.xpath(".//*[@class='facet-count']")[0].text
        for label in page.xpath(
            "//label[@class='facet-choice'][input/@name='goal' or input/@name='strand']"
        )
    }
    assert counts == {"air": "1", "emplois": "2", "port": "1"}
    assert page.xpath("//input[@name='goal' and @checked]/@value") == ["air"]


def test_the_first_sentence_says_how_much_of_the_portfolio_is_found(client, portfolio):
    def said(query):
        return " ".join(page_of(client, query).xpath("string(//*[@id='found'])").split())

    assert said("") == "4 projets approuvés."
    assert said("?goal=air") == "1 projet trouvé sur les 4 approuvés."
    assert said("?q=zzzz") == "4 projets approuvés."


def test_a_list_that_nothing_can_narrow_offers_no_filter(client, portfolio):
    assert page_of(client, "").xpath("//*[@popovertarget='facets']")
    assert not page_of(client, "?q=zzzz").xpath(
        "//*[@id='facets-door']/button | //form[@popover]//p[not(@hidden)]/*[@type='submit']"
    )


def test_a_filter_in_force_is_removed_by_its_mark(client, portfolio):
    page = page_of(client, "?q=quai&goal=air&sort=name&page=1")
    links = page.xpath("//*[contains(@class, 'filter-chips')]//a[not(@class)]/@href")
    assert links == ["?goal=air&sort=name", "?q=quai&sort=name"]


def test_a_filter_never_names_a_series_that_is_not_approved(client, portfolio):
    SeriesFactory(submitted=True, slug="cachee", title_fr="Série cachée")
    assert "Série cachée" not in page_of(client, "?series=cachee").text_content()


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("name", "quai"),
        ("budget", "quai"),
        ("newest", "formation"),
        ("password", "formation"),
        ("", "formation"),
    ],
)
def test_the_list_is_sorted_as_asked(client, portfolio, sort, first):
    Project.objects.filter(slug="quai").update(title_fr="Abri électrique")
    assert found(client, f"?sort={sort}")[0] == first


def test_cards_show_the_same_projects(client, portfolio):
    assert found(client, "?view=cards") == found(client)


def test_a_project_without_a_report_says_so_instead_of_its_state(client):
    ProjectFactory(slug="quai", status=ProjectStatus.APPROVED)
    (cell,) = page_of(client).xpath("//td[@data-label='Météo']")
    assert cell.text_content().strip() == "Pas de fiche"


def test_the_home_page_counts_in_french(client, portfolio):
    page = html.fromstring(client.get("/fr/").content.decode())
    assert "partenaires" in page.xpath("string(//main)").split("coût publié")[0]
    assert " partners" not in page.xpath("string(//main)")


def test_an_empty_result_says_what_to_do_next(client, portfolio):
    page = page_of(client, "?q=zeppelin")
    assert page.xpath("//*[@class='empty']//a/@href") == ["/fr/projets/"]


@pytest.mark.parametrize(
    "query",
    [
        "?q=" + "é" * 10_000,
        "?q=%00%01%02",
        "?q=';DROP TABLE projects_project;--",
        "?q=<script>alert(1)</script>",
        "?q=#let x = 1; %23panic",
        '?q="a & | ! ( ) :* <->',
        "?year=0&year=0000&year=99999999999999999999&year=²",
        "?year=-5",
        "?goal=%00",
        "?sort=password&view=<b>",
        "?page=-1",
        "?page=999999999999999999999",
        "?page=eyJ",
        "?" + "&".join(f"goal=g{n}" for n in range(400)),
        "?" + "&".join(f"q=g{n}" for n in range(400)),
        "?health=';--&status=draft&strand=%F0%9F%9A%A2",
    ],
)
def test_no_address_breaks_the_list(client, portfolio, query):
    text = page_of(client, query)
    assert not text.xpath("//script[contains(., 'alert')]")


NAMES = [
    *ProjectFilter.base_filters,
    "sort",
    "view",
    "page",
    "cursor",
    "id",
    "lead__email",
    "",
    "q[]",
]
PIECES = [
    "", "\x00", "'", '"', "--", "%", "_", "\\", "(", ")", ":*", "&", "|", "!", "<->", "<b>",
    "{{", "#eval",
    "é", "²", "٣", "0", "-1", "9" * 30, "1e400", "NaN", "none", "draft", "sunny", "2024",
    "0000-00-00", "quai", "\ud7ff",
    "\U0001f6a2", "\u202e", "a" * 3000, " ",
]  # fmt: skip


def made_up(random: Random) -> str:
    """A query nobody would write: known and unknown names, up to sixty values of odd pieces."""
    fields = [
        (random.choice(NAMES), "".join(random.choices(PIECES, k=random.randint(1, 4))))
        for _ in range(random.choice([1, 2, 5, 60]))
    ]
    return urlencode(fields)


def test_thousands_of_made_up_questions_never_break_a_filter(portfolio):
    random = Random(7)
    everything = Project.objects.count()
    for _ in range(1000):
        query = made_up(random)
        filterset = ProjectFilter(QueryDict(query), Project.objects.public())
        found = in_order(filterset.qs, random.choice(PIECES))
        assert len(found[:20]) <= everything, query


@pytest.mark.parametrize(
    "url", ["/fr/projets/", "/en/series/", "/fr/decisions/", "/fr/partenaires/", "/fr/conventions/"]
)
def test_made_up_addresses_never_break_a_page(client, portfolio, url):
    random = Random(url)
    for _ in range(12):
        query = made_up(random)
        assert client.get(f"{url}?{query}").status_code == 200, query


def test_pages_cost_the_same_number_of_queries_with_more_rows(
    client, portfolio, django_assert_max_num_queries
):
    with django_assert_max_num_queries(24):
        page_of(client)
    ProjectFactory.create_batch(15, series=portfolio[0].series)
    with django_assert_max_num_queries(24):
        page_of(client)


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("", "/fr/projets/"),
        ("?q=quai&view=cards", "/fr/projets/"),
        ("?view=map&page=2", "/fr/projets/?page=2"),
        ('?page="><b>', "/fr/projets/"),
    ],
)
def test_search_engines_are_told_one_address_for_each_page_of_the_list(client, query, address):
    (canonical,) = page_of(client, query).xpath("//link[@rel='canonical']/@href")
    assert canonical == f"http://testserver{address}"
