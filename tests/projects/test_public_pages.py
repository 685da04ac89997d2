import json
from datetime import date
from decimal import Decimal

import pytest
from lxml import html

from governance.models import Minutes, MinutesExtract
from partners.models import Partner, PartnerName
from projects.enums import Health, SeriesStatus, Standing
from projects.models import MilestoneSlip, Project, ProjectSeries
from tests.factories.partners import PartnerFactory, UserFactory
from tests.factories.projects import (
    AgreementFactory,
    ContributionFactory,
    FrameworkFactory,
    GoalFactory,
    IndicatorFactory,
    IndicatorValueFactory,
    MilestoneFactory,
    PeriodFactory,
    ProjectFactory,
    ProjectIndicatorFactory,
    ProjectPartnerFactory,
    ReportFactory,
    SeriesFactory,
)

pytestmark = pytest.mark.django_db


def read(client, url):
    response = client.get(url)
    assert response.status_code == 200, url
    return html.fromstring(response.content.decode())


def words(node):
    return " ".join(node.text_content().split())


def main(page):
    return words(page.get_element_by_id("content"))


@pytest.fixture
def project():
    """A project in progress, with a goal, a milestone, a partner and an accepted report."""
    project = ProjectFactory(
        code="QUAI",
        slug="quai-electrique",
        title_fr="Électricité à quai",
        title_en="Shore power",
        summary_fr="Brancher les navires.",
        summary_en="Plugging ships in.",
        lead=PartnerFactory(name="Port de démonstration", slug="port"),
    )
    project.goals.add(GoalFactory(title_fr="Air pur", title_en="Clean air", slug="air"))
    MilestoneFactory(project=project, title_fr="Premier branchement", title_en="First plug")
    ProjectPartnerFactory(
        project=project, partner=PartnerFactory(name="Université", slug="universite")
    )
    accepted_report(
        project,
        health=Health.CLOUDY,
        public_summary_fr="Deux quais sont prêts.",
        public_summary_en="Two quays are ready.",
    )
    return project


def accepted_report(project, **fields):
    """The project's latest accepted report, repeated on the project as its acceptance does."""
    report = ReportFactory(project=project, accepted=True, **fields)
    Project.objects.filter(pk=project.pk).update(
        health=report.health, latest_report=report, reported_on=report.reviewed_at.date()
    )
    return report


@pytest.fixture
def hidden_series():
    """A submitted series with one proposed project: the public must learn nothing of it."""
    series = SeriesFactory(
        submitted=True, title_fr="Série confidentielle", slug="serie-confidentielle"
    )
    ProjectFactory(
        proposed=True, series=series, title_fr="Projet confidentiel", slug="projet-confidentiel"
    )
    return series


PUBLIC_PAGES = [
    "/fr/",
    "/fr/projets/",
    "/fr/projets/?q=confidentiel",
    "/fr/projets/?series=serie-confidentielle",
    "/fr/series/",
    "/fr/partenaires/",
    "/fr/objectifs/",
    "/fr/volet-academique/",
    "/fr/chiffres/",
    "/fr/histoire/",
    "/fr/connus-par-les-sources/",
    "/en/",
    "/en/projects/",
    "/en/series/",
    "/en/partners/",
    "/en/goals/",
    "/en/academic-strand/",
    "/en/figures/",
    "/en/story/",
    "/en/known-from-sources/",
]


@pytest.mark.parametrize("url", PUBLIC_PAGES)
def test_every_public_page_opens_with_one_heading_and_tells_nothing_of_a_draft(
    client, project, hidden_series, url
):
    page = read(client, url)
    assert len(page.xpath("//h1")) == 1
    assert "Série confidentielle" not in words(page)
    assert "Projet confidentiel" not in words(page)


@pytest.mark.parametrize("url", PUBLIC_PAGES)
def test_every_public_page_opens_in_an_empty_portal(client, url):
    read(client, url)


@pytest.mark.parametrize(
    "url", ["/fr/projets/projet-confidentiel/", "/fr/series/serie-confidentielle/"]
)
def test_what_is_not_approved_is_not_found(client, as_user, cast, hidden_series, url):
    assert client.get(url).status_code == 404
    assert as_user(cast.stranger).get(url).status_code == 404
    assert as_user(cast.secretary).get(url).status_code == 200


def test_a_partner_sees_its_project_before_its_approval_and_is_told_that_the_public_does_not(
    as_user, cast, hidden_series
):
    Project.objects.filter(slug="projet-confidentiel").update(lead=cast.partner_a)
    page = read(as_user(cast.owner), "/fr/projets/projet-confidentiel/")
    assert "Pas encore public" in main(page)


def test_a_project_page_answers_in_order_what_why_how_who_who_pays_and_what_became_of_it(
    client, project
):
    Project.objects.filter(pk=project.pk).update(status="suspended", status_since="2026-08-20")
    milestone = project.milestones.get()
    MilestoneSlip.objects.create(
        milestone=milestone, to_on="2027-02-02", reason="Motif interne", author=UserFactory()
    )
    milestone.actual_on = date(2026, 9, 15)
    milestone.save()
    PartnerName.objects.create(partner=project.lead, name="Ancien port", end=date(2026, 1, 1))
    page = read(client, "/fr/projets/quai-electrique/")
    text = main(page)
    titles = [words(title) for title in page.xpath("//main//h2[not(ancestor::aside)]")]
    assert titles == [
        "De quoi s’agit‑il, et pour quoi faire",
        "Pourquoi il existe",
        "Où en est-on",
        "Qui fait quoi",
        "Qui paie",
        "Documents",
        "Depuis son approbation",
    ]
    assert "Brancher les navires." in text
    assert "Deux quais sont prêts." in text
    assert "Air pur" in text
    assert "Porteur Port de démonstration « Ancien port » lors de l’approbation" in text
    assert "Partenaire Université" in text
    assert "Aucune contribution n’est publiée." in text
    past = [words(entry) for entry in page.xpath("//section[@aria-labelledby='past']//li")]
    assert past[-1] == "17 nov. 2025 Approuvé par le comité"
    assert "20 août 2026 État : suspendu" in past
    assert "15 sept. 2026 « Premier branchement » : jalon atteint" in past
    assert any("« Premier branchement » désormais prévu le 2 févr. 2027" in one for one in past)
    assert any(one.endswith("(nuageux)") for one in past)
    assert "Motif interne" not in text


def test_what_is_published_of_the_minutes_is_among_the_documents(client, project):
    meeting = project.series.decisions.get().meeting
    minutes = Minutes.objects.create(
        meeting=meeting, status="approved", approved_on="2025-12-01", tacitly=True
    )
    addresses = ("/fr/projets/quai-electrique/", project.series.get_absolute_url())
    extract = f"/fr/seances/{meeting.code}/extrait/"
    assert not any(extract in client.get(one).content.decode() for one in addresses)
    MinutesExtract.objects.create(
        minutes=minutes, number=1, text_fr="Relevé", published_by=UserFactory()
    )
    assert all(extract in client.get(one).content.decode() for one in addresses)


def test_a_project_page_is_complete_in_english(client, project):
    text = main(read(client, "/en/projects/quai-electrique/"))
    assert "Plugging ships in." in text
    assert "17 November 2025" in text
    assert "Two quays are ready." in text
    assert "First plug" in text


def test_only_the_public_summary_of_an_accepted_report_is_shown(client, project):
    period = PeriodFactory(
        series=project.series, starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 31)
    )
    ReportFactory(
        project=project, period=period, submitted=True, public_summary_fr="Fiche non acceptée"
    )
    text = main(read(client, "/fr/projets/quai-electrique/"))
    assert "Les essais à quai sont terminés." not in text
    assert "Fiche non acceptée" not in text


def test_an_unknown_amount_is_never_shown_as_zero(client, project):
    page = read(client, "/fr/projets/quai-electrique/")
    budget = page.xpath("//dt[normalize-space()='Budget']/following-sibling::dd")[0]
    assert words(budget) == "non publié"


def test_money_of_an_agreement_still_being_signed_is_not_public(client, project):
    ContributionFactory(project=project, amount=Decimal(777_000))
    assert "777" not in main(read(client, "/fr/projets/quai-electrique/"))
    assert "777" not in main(read(client, "/fr/chiffres/"))


def test_money_of_an_agreement_in_force_is_public_with_what_the_total_leaves_out(client, project):
    agreement = AgreementFactory(in_force=True)
    ContributionFactory(
        project=project, agreement=agreement, amount=Decimal(777_000), decided_on=date(2026, 3, 1)
    )
    ContributionFactory(project=project, agreement=agreement, amount=None)
    text = main(read(client, "/fr/projets/quai-electrique/"))
    assert "777 000 €" in text
    assert "hors 1 montant non publié" in text
    assert "777 000 €" in main(read(client, "/fr/chiffres/"))


def test_indicators_add_up_against_their_targets_and_say_what_they_leave_out(client, project):
    noise = IndicatorFactory(title_fr="Nuits bruyantes", unit_fr="nuits", lower_is_better=True)
    for value in (20, 30):
        report = ReportFactory(reviewed=True, status="submitted")
        use = ProjectIndicatorFactory(
            project=report.project, indicator=noise, baseline=40, target=10
        )
        IndicatorValueFactory(report=report, indicator=use, value=value)
        type(report).objects.filter(pk=report.pk).update(status="accepted")
    ProjectIndicatorFactory(project=project, baseline=0, target=5)
    page = read(client, "/fr/chiffres/")
    (row,) = page.xpath("//figure[@id='figure-indicators']//tbody/tr")
    assert [words(cell) for cell in row] == ["Nuits bruyantes (nuits)", "80", "50", "20", "2"]
    assert "Nuits bruyantes (nuits) 50 sur 20" in main(page)
    assert page.xpath("//figure[@id='figure-indicators']//svg/@aria-label")[0].count("50") == 2
    assert "Hors 1 indicateur qui ne s’additionne pas" in main(page)


def test_a_former_address_leads_to_what_was_renamed(client, project):
    for model, name, address in [
        (Project, project.slug, "/fr/projets/{}/"),
        (ProjectSeries, project.series.slug, "/fr/series/{}/"),
        (Partner, project.lead.slug, "/fr/partenaires/{}/"),
    ]:
        for former, new in [(name, "nom-suivant"), ("nom-suivant", "nom-d-usage")]:
            model.objects.filter(slug=former).update(slug=new)
        for former in (name, "nom-suivant"):
            response = client.get(address.format(former))
            assert (response.status_code, response["Location"]) == (
                301,
                address.format("nom-d-usage"),
            )
        assert client.get(address.format("nom-d-usage")).status_code == 200
    saved = client.get(f"/fr/projets/?view=cards&partner={name}")
    assert saved["Location"] == "/fr/projets/?view=cards&partner=nom-d-usage"
    for file in ("/open-data/projects.csv", "/feeds/projects.atom", "/api/v1/projects/"):
        assert project.code in client.get(f"{file}?partner={name}").getvalue().decode(), file
    assert client.get(f"/api/v1/partners/{name}/").json()["slug"] == "nom-d-usage"


def test_a_former_address_of_a_hidden_project_says_nothing(client, hidden_series):
    hidden_series.projects.update(slug="nom-suivant")
    ProjectSeries.objects.filter(pk=hidden_series.pk).update(slug="serie-suivante")
    for former in ("/fr/projets/projet-confidentiel/", "/fr/series/serie-confidentielle/"):
        assert client.get(former).status_code == 404


def test_a_project_known_from_sources_alone_stands_apart(client):
    ProjectFactory(
        proposed=True,
        series=None,
        standing=Standing.DOCUMENTED,
        title_fr="Connu par la presse",
        slug="presse",
    )
    assert "Connu par la presse" in main(read(client, "/fr/connus-par-les-sources/"))
    assert "Connu par la presse" not in main(read(client, "/fr/projets/"))
    assert client.get("/fr/projets/presse/").status_code == 404


def test_a_series_page_shows_its_projects_their_health_and_its_date(client, project):
    text = main(read(client, project.series.get_absolute_url()))
    assert "Électricité à quai" in text
    assert "17 novembre 2025" in text
    assert "Météo des projets" in text


def test_a_series_withdrawn_after_approval_leaves_the_public_pages(client, project):
    series = project.series
    type(series).objects.filter(pk=series.pk).update(
        status=SeriesStatus.WITHDRAWN, withdrawn_on=date(2026, 2, 1)
    )
    assert client.get("/fr/projets/quai-electrique/").status_code == 404
    assert "Électricité" not in main(read(client, "/fr/projets/"))


def test_a_partner_page_lists_what_it_leads_and_supports(client, project):
    assert "Électricité à quai" in main(read(client, "/fr/partenaires/port/"))
    assert "Électricité à quai" in main(read(client, "/fr/partenaires/universite/"))


def test_the_list_of_partners_counts_each_project_once(client, project):
    ProjectPartnerFactory(project=project, partner=project.lead, role="operator")
    cards = read(client, "/fr/partenaires/").xpath("//li[contains(@class, 'card')]")
    assert {words(card.find(".//h3")): "1 projet approuvé" in words(card) for card in cards} == {
        "Port de démonstration": True,
        "Université": True,
    }


def test_goals_and_frameworks_have_their_pages(client, project):
    project.frameworks.add(FrameworkFactory(slug="cadre"))
    assert "Électricité à quai" in main(read(client, "/fr/objectifs/air/"))
    assert "Électricité à quai" in main(read(client, "/fr/cadres/cadre/"))
    assert client.get("/fr/objectifs/rien/").status_code == 404


def test_figures_link_to_the_list_behind_them(client, project):
    page = read(client, "/fr/chiffres/")
    link = page.xpath("//figure[@id='figure-health-by-goal']//tbody//td/a/@href")
    assert link == ["/fr/projets/?goal=air&health=cloudy"]
    assert "Électricité à quai" in main(read(client, link[0]))


def test_demonstration_rows_carry_their_mark(client):
    ProjectFactory(code="DEMO-X", slug="demo-x")
    assert "Données de démonstration" in main(read(client, "/fr/projets/demo-x/"))
    assert "Données de démonstration" in main(read(client, "/fr/projets/"))


def test_machines_read_who_carries_a_project_and_cannot_be_tricked(client, project):
    Project.objects.filter(pk=project.pk).update(title_fr='</script><b title="x">', place_fr="Fos")
    page = read(client, project.get_absolute_url())
    (block,) = page.xpath("//script[@type='application/ld+json']/text()")
    about, path = json.loads(block)["@graph"]
    assert about["name"] == '</script><b title="x">'
    assert about["identifier"] == project.code
    assert about["location"] == {"@type": "Place", "name": "Fos"}
    assert project.lead.name in {one["name"] for one in about["member"]}
    assert [one["position"] for one in path["itemListElement"]] == [1, 2]
    (title,) = page.xpath("//meta[@property='og:title']/@content")
    (address,) = page.xpath("//link[@rel='canonical']/@href")
    assert title == about["name"]
    assert about["url"] == address == f"http://testserver{project.get_absolute_url()}"
    assert page.xpath("//meta[@property='og:locale']/@content") == ["fr_FR"]
