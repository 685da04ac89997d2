"""The public list at any length: listings that PostgreSQL keeps, facets counted by bits, pages read from either end."""

import json
from random import Random
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.http import QueryDict
from lxml import html

from partners.models import Partner
from projects import counting, listed
from projects.enums import Health, ProjectStatus, SeriesStatus, Strand
from projects.filters import NOT_REPORTED, SORTS, ProjectFilter, in_order
from projects.listed import Listed
from projects.models import (
    DirtyBlock,
    DirtyWords,
    FacetBlock,
    Project,
    ProjectListing,
    WordBlock,
)
from projects.services import facet_blocks
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
def project():
    return ProjectFactory(
        title_fr="Électricité à quai", lead=PartnerFactory(slug="port", name="Port", short_name="")
    )


def facets_of(project: Project) -> set[str]:
    return set(ProjectListing.objects.get(project=project).facets)


def found(**filters) -> set[str]:
    query = QueryDict(urlencode(filters, doseq=True))
    return {row.code for row in ProjectFilter(query, Project.objects.public()).qs}


class TestWhatALinkedRowChangesIsListedAtOnce:
    def test_goals_and_frameworks_that_come_and_go(self, project):
        goal, framework = GoalFactory(slug="air"), FrameworkFactory(slug="srdeii")
        project.goals.add(goal)
        project.frameworks.add(framework)
        assert {"goal:air", "framework:srdeii"} <= facets_of(project)
        type(goal).objects.filter(pk=goal.pk).update(slug="air-pur")
        project.frameworks.clear()
        assert "goal:air-pur" in facets_of(project)
        assert not {"goal:air", "framework:srdeii"} & facets_of(project)

    def test_partners_their_roles_and_their_names(self, project):
        region = PartnerFactory(slug="region", name="Région du Levant")
        link = ProjectPartnerFactory(project=project, partner=region, role="funder")
        assert {"partner:port", "partner:region", "funder:region"} <= facets_of(project)
        assert found(q="levant") == {project.code}
        Partner.objects.filter(pk=region.pk).update(name_fr="Région du Ponant")
        assert (found(q="levant"), found(q="ponant")) == (set(), {project.code})
        link.delete()
        assert not {"partner:region", "funder:region"} & facets_of(project)

    def test_money_once_its_agreement_is_published(self, project):
        agreement = AgreementFactory(draft=True)
        ContributionFactory(
            project=project, agreement=agreement, funder=PartnerFactory(slug="ville")
        )
        assert "funder:ville" not in facets_of(project)
        for is_sourced in (True, False):
            type(agreement).objects.filter(pk=agreement.pk).update(is_sourced=is_sourced)
            assert ("funder:ville" in facets_of(project)) is is_sourced
        published = AgreementFactory(in_force=True)
        funder = PartnerFactory(slug="metropole")
        given = ContributionFactory(project=project, agreement=published, funder=funder)
        assert "funder:metropole" in facets_of(project)
        given.delete()
        assert "funder:metropole" not in facets_of(project)

    def test_a_withdrawn_series_takes_its_projects_off_the_list(self, project):
        assert found() == {project.code}
        type(project.series).objects.filter(pk=project.series_id).update(
            status=SeriesStatus.WITHDRAWN, withdrawn_on="2026-01-01"
        )
        assert not ProjectListing.objects.get(project=project).is_public
        assert counting.count(ProjectFilter(QueryDict(""))).total == 0

    def test_raw_sql_and_deletion(self, project):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE projects_project SET status = 'completed', title_fr = 'Zéphyr'")
        assert "status:completed" in facets_of(project)
        assert found(q="zephyr") == {project.code}
        project.delete()
        assert not ProjectListing.objects.exists()


def test_a_change_that_lists_nothing_else_leaves_the_blocks_alone(project):
    facet_blocks.tidy()
    Project.objects.update(description_fr="Un autre texte.")
    assert not DirtyBlock.objects.exists()


@pytest.fixture
def crowd():
    """Projects across two blocks, alike and unlike in everything that is counted."""
    random = Random(11)
    goals = [GoalFactory(slug=f"but-{n}") for n in range(3)]
    partners = [PartnerFactory(slug=f"partenaire-{n}", name=f"Partenaire {n}") for n in range(4)]
    series = [SeriesFactory(slug=f"serie-{n}") for n in range(2)]
    hidden = SeriesFactory(submitted=True)
    ids = Project.objects.order_by("-pk").values_list("pk", flat=True)[:1]
    start = (next(iter(ids), 0) // 1024 + 1) * 1024 - 15
    for number in range(30):
        project = ProjectFactory(
            pk=start + number,
            code=f"NAVETX-{number}",  # as a text, not in the order of its key
            series=random.choice(series),
            status=random.choice([ProjectStatus.APPROVED, ProjectStatus.COMPLETED]),
            strand=random.choice([Strand.PORT, Strand.RESEARCH]),
            lead=random.choice(partners),
            title_fr=random.choice(["Quai propre", "Navette fluviale", "Données du port"])
            if number != 4
            else "Grue unique",
            total_cost=random.choice([None, 5, 10]),
        )
        project.goals.set(random.sample(goals, random.randint(0, 2)))
        if random.random() < 0.4:
            ProjectPartnerFactory(project=project, partner=random.choice(partners), role="funder")
    ProjectFactory(proposed=True, series=hidden, title_fr="Quai secret")


QUESTIONS = {
    "q": [
        "quai",
        "navette",
        "donnees port",
        "qaui",
        "rien",
        "quai or navette",
        "port -donnees",
        "n",  # no word, and how all codes begin
        "navet",  # a word of some, and how all codes begin
        "navetx-1 or navette",
        '"quai propre"',
        '"port project"',
        '"project port"',
        '"port project" or navette',
        '"port project" partenaire',
        '-"port project"',
        '"données du port"',
        '"donnees port"',
        '"port project 1"',
        '"project unique" or port',
        '"partenaire port"',
        "partenaire",
        "quai or rien or navette",
        "-quai",
        "-quai -port",
        "-rien",
        "-unique -rien",
        "-rien or navette",
        "partenaire unique",
        "partenaire -unique",
    ],
    "goal": ["but-0", "but-1", "inconnu"],
    "status": ["approved", "completed"],
    "strand": ["port", "research"],
    "partner": ["partenaire-0", "partenaire-1"],
    "funder": ["partenaire-2", "partenaire-3"],
    "series": ["serie-0", "serie-1"],
    "health": [NOT_REPORTED, Health.SUNNY],
    "year": ["2025", "2024"],
}


def some_question(random: Random, turn: int) -> dict[str, list[str]]:
    """Each search in its turn, then none or any."""
    names = random.sample(sorted(QUESTIONS), random.randint(0, 4))
    found = {name: random.sample(QUESTIONS[name], 1 if name == "q" else 2) for name in names}
    return found | ({"q": QUESTIONS["q"][turn : turn + 1]} if turn < len(QUESTIONS["q"]) else {})


def rows_of(question: dict[str, list[str]]) -> int:
    query = QueryDict(urlencode(question, doseq=True))
    return ProjectFilter(query, Project.objects.public()).qs.count()


def keys_of(question: dict[str, list[str]]) -> set[int]:
    query = QueryDict(urlencode(question, doseq=True))
    return set(ProjectFilter(query, Project.objects.public()).qs.values_list("pk", flat=True))


@pytest.mark.parametrize("tidied", ["never", "halfway", "all", "words that are rare"])
def test_each_count_is_what_its_filter_would_find(crowd, tidied):
    if tidied != "never":
        facet_blocks.tidy()
    if tidied == "halfway":
        Project.objects.filter(code=Project.objects.public()[0].code).update(
            strand="training", title_fr="Navette unique"
        )
        assert (DirtyBlock.objects.count(), DirtyWords.objects.count()) == (1, 1)
    if tidied == "words that are rare":
        assert WordBlock.objects.filter(word__in=["navet", "propr"]).delete()[0] == 4
    random, everyone = Random(tidied), keys_of({})
    for turn in range(len(QUESTIONS["q"]) + 6):
        question = some_question(random, turn)
        query = QueryDict(urlencode(question, doseq=True))
        counts = counting.count(ProjectFilter(query))
        assert counts.total == rows_of(question), question
        for name in set(QUESTIONS) - {"q"}:
            for value in QUESTIONS[name]:
                expected = rows_of({**question, name: [value]})
                assert counts.facets.get(name, {}).get(value, 0) == expected, (question, name)
        assert counting.healths() == counting.count(ProjectFilter(QueryDict(""))).facets["health"]
        assert set(counts.found.keys() if counts.found else everyone) == keys_of(question), question
        for name, left in counts.without.items():
            others = {key: values for key, values in question.items() if key != name}
            assert left == rows_of(others), (question, name)


def page_of(client, address: str):
    return html.fromstring(client.get(address).content.decode())


def told_by(page) -> list[tuple[dict[str, list[str]], str]]:
    """Each question that a number of the page leads to, with that number."""
    numbers = [(link, link.text) for link in page.xpath("//figure//td/a")]
    totals = [
        (row.find("th/a"), row.xpath("string(td[last()])"))
        for row in page.xpath("//figure//tr[th/a]")
    ]
    figures = [
        (link, link.findtext("b"))
        for link in page.xpath("//ul[@class='key-figures']//a[contains(@href, '?')]")
    ]
    return [
        (parse_qs(urlsplit(link.get("href")).query), number)
        for link, number in [*numbers, *totals, *figures]
        if "sort=" not in link.get("href")
    ]


@pytest.mark.parametrize("tidied", [False, True])
def test_each_number_of_a_page_is_what_its_list_finds(client, crowd, tidied):
    free = Project.objects.public().filter(goals=None)
    if tidied:
        facet_blocks.tidy()
        free.filter(pk=free[0].pk).update(strand="training", status="suspended")
    figures = page_of(client, "/fr/chiffres/")
    told = told_by(figures) + told_by(page_of(client, "/fr/volet-academique/"))
    assert {name for question, _number in told for name in question} == {
        "goal",
        "strand",
        "status",
        "year",
        "health",
    }
    for question, number in told:
        assert rows_of(question) == int(number), question
    assert f"{len(free)} projets rattachés à aucun objectif" in figures.text_content()


@pytest.mark.parametrize(
    ("address", "question"),
    {
        "/fr/objectifs/but-0/": {"goal": ["but-0"]},
        "/fr/partenaires/partenaire-2/": {"partner": ["partenaire-2"]},
        "/fr/volet-academique/": {"strand": ["research"]},
    }.items(),
)
def test_pages_of_a_theme_show_what_its_list_finds(client, crowd, address, question, monkeypatch):
    monkeypatch.setattr(listed, "ROWS", 4)
    shown = [
        link.get("href").split("/")[-2]
        for number in range(1, 9)
        if number <= -(-rows_of(question) // 4)
        for link in page_of(client, f"{address}?page={number}").xpath("(//main//table)[1]//th/a")
    ]
    query = ProjectFilter(QueryDict(urlencode(question, doseq=True)), Project.objects.public())
    assert shown == list(in_order(query.qs, "newest").values_list("slug", flat=True))


def test_tidying_twice_writes_the_same_and_leaves_nothing_to_do(crowd):
    assert facet_blocks.tidy() == 2
    kept = list(FacetBlock.objects.order_by("block", "facet").values_list("block", "facet", "bits"))
    words = set(WordBlock.objects.values_list("block", "word", "bits"))
    assert {word for _block, word, _bits in words} >= {"", "partenair", "quai", "navet"}
    assert facet_blocks.tidy() == 0
    assert kept == list(
        FacetBlock.objects.order_by("block", "facet").values_list("block", "facet", "bits")
    )
    assert words == set(WordBlock.objects.values_list("block", "word", "bits"))


@pytest.mark.parametrize("few", [0, 1000])
@pytest.mark.parametrize("sort", [*SORTS, "unknown"])
def test_pages_in_any_order_show_every_project_once_and_as_the_exports_do(
    crowd, sort, few, monkeypatch
):
    monkeypatch.setattr(listed, "FEW", few)
    filterset = ProjectFilter(QueryDict("strand=port&strand=research"), Project.objects.public())
    pages = Listed(filterset, sort, counting.count(filterset))
    pages.per_page = 7
    shown = [row["code"] for number in pages.page_range for row in pages.page(number)]
    assert shown == list(in_order(filterset.qs, sort).values_list("code", flat=True))
    assert len(shown) == len(set(shown)) == 30


def test_the_planner_takes_a_wide_filter_for_wide(crowd, monkeypatch):
    """Else it gathers what is found and sorts it, rather than to read a middle page in its order."""
    monkeypatch.setattr(listed, "FEW", 0)
    filterset = ProjectFilter(QueryDict("strand=port&strand=research"), Project.objects.public())
    listings = listed.listings_of(filterset, counting.count(filterset))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE projects_projectlisting")
    (plan,) = json.loads(listings.order_by().explain(format="json"))
    assert plan["Plan"]["Plan Rows"] > listings.count() / 2


def test_names_are_sorted_without_accents_or_capitals(db):
    for title in ("Zone de fret", "École du port", "abri", "Œuvres du quai", "Port"):
        ProjectFactory(title_fr=title)
    names = [each.title for each in in_order(Project.objects.public(), "name")]
    assert names == ["abri", "École du port", "Œuvres du quai", "Port", "Zone de fret"]


def test_a_word_that_no_project_holds_is_told_and_the_closest_are_shown(client, project):
    page = client.get("/fr/projets/", {"q": "electrcite"}).content.decode()
    assert "Électricité à quai" in page
    assert "« electrcite »" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert "electrcite" not in client.get("/fr/projets/", {"q": "quai"}).content.decode()


def test_where_nothing_matches_each_filter_says_what_taking_it_off_leaves(client, project):
    page = client.get("/fr/projets/", {"q": "quai", "partner": "inconnu"}).content.decode()
    assert "?q=quai" in page
    assert "Sans « Partenaire » : 1 projet" in page.replace("\N{NO-BREAK SPACE}", " ")


def test_words_of_hidden_projects_find_nothing(client, project):
    ProjectFactory(proposed=True, series=SeriesFactory(submitted=True), title_fr="Calamar secret")
    assert found(q="calamar") == found(q="calamrr") == set()
    assert "Calamar" not in client.get("/fr/projets/", {"q": "calamrr"}).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_block_changed_while_it_is_tidied_is_not_forgotten():
    project = ProjectFactory(strand=Strand.PORT)
    facet_blocks.tidy()
    with transaction.atomic():
        Project.objects.filter(pk=project.pk).update(strand=Strand.RESEARCH, title_fr="Zéphyr")
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("SELECT projects_tidy_facets(), projects_tidy_words()")
        finally:
            other.close()
    counts = counting.count(ProjectFilter(QueryDict("")))
    assert counts.facets["strand"] == {"research": 1}
    assert counting.count(ProjectFilter(QueryDict("q=zephyr"))).total == 1


def test_a_made_portfolio_is_left_tidy(db):
    call_command("make_portfolio", projects=3, seed=1, verbosity=0)
    assert FacetBlock.objects.exists()
    assert WordBlock.objects.exists()
    assert not DirtyBlock.objects.exists()
    assert not DirtyWords.objects.exists()
