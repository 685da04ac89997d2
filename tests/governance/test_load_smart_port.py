"""The sourced facts in the database: complete, never more than a source says, and stable when loaded again."""

from datetime import date
from io import StringIO

import pghistory.models
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import Q
from django.utils import translation
from lxml import html
from stdnum.fr import siren, siret

from governance.loading import rows
from governance.loading.facts import DATA, load_facts
from governance.models import Committee, Decision, Meeting
from partners.models import Partner, Source
from projects import story
from projects.enums import SignatureState, Standing
from projects.models import (
    Framework,
    FundingAgreement,
    ProgressReport,
    Project,
    ProjectSeries,
    StrategicGoal,
)
from tests.loaded import kept_for_the_module

pytestmark = pytest.mark.django_db

COMMITTEE = [
    "GPMM",
    "CCI",
    "AMU",
    "ETAT",
    "REGION",
    "CD13",
    "AMP",
    "VDM",
    "EPAEM",
    "CDC",
    "ARII",
    "UMF",
]
SIGNATORIES = ["CMACGM", "EDF", "HAMM", "NAVAL", "TRAX"]


@pytest.fixture(scope="module")
def facts(django_db_setup, django_db_blocker):
    with kept_for_the_module(django_db_blocker):
        with django_db_blocker.unblock():
            load_facts()
        yield


def history_rows() -> int:
    return sum(
        model.objects.count()
        for model in apps.get_models()
        if issubclass(model, pghistory.models.Event)
    )


def test_nothing_is_kept_when_a_step_fails(monkeypatch):
    def fail(tally):
        raise rows.FactsFileWrong("a step fails")

    monkeypatch.setattr("governance.loading.facts.load_committee", fail)
    with pytest.raises(rows.FactsFileWrong):
        load_facts()
    assert not Partner.objects.exists()


def test_the_command_says_one_line_in_a_log():
    out = StringIO()
    call_command("load_smart_port", stdout=out)
    assert len(out.getvalue().splitlines()) == 1


def test_loading_again_changes_nothing_not_even_the_history(facts):
    before = history_rows()
    assert before > 0
    again = load_facts()
    assert (again.added, again.changed, again.kept) == (0, 0, 0)
    assert history_rows() == before


def test_what_a_person_corrected_stays(facts, admin_user):
    partner = Partner.objects.get(code="UMF")
    with pghistory.context(user=admin_user.pk):
        partner.about_fr = "Corrigé par une personne."
        partner.save()
    again = load_facts()
    partner.refresh_from_db()
    assert partner.about_fr == "Corrigé par une personne."
    assert (again.changed, again.kept) == (0, 1)


def test_a_fact_that_changed_in_the_file_is_brought_up_to_date(facts):
    Partner.objects.filter(code="UMF").update(kind="company")
    assert load_facts().changed == 1
    assert Partner.objects.get(code="UMF").kind == "association"


def test_the_committee_has_twelve_voting_seats_without_invented_people(facts):
    committee = Committee.objects.get(kind="steering")
    assert [seat.partner.code for seat in committee.seats.filter(kind="voting")] == COMMITTEE
    assert not committee.seats.filter(mandates__isnull=False).exists()
    founders = Partner.objects.filter(role="founder").values_list("code", flat=True)
    assert set(founders) == {"GPMM", "CCI", "AMU"}


def test_documents_show_the_name_of_their_day(facts):
    names = {partner.code: partner for partner in Partner.objects.all()}
    day = date(2017, 11, 16)
    assert names["CCI"].name_on(day) == "CCI Marseille Provence"
    assert names["CCI"].name_on(date(2020, 1, 7)) == "CCI métropolitaine Aix-Marseille-Provence"
    assert names["ARII"].name_on(day).startswith("Agence régionale")
    assert names["ARII"].name == "risingSUD"


def test_only_ci5_is_shown_as_approved_by_the_decision_of_2017(facts):
    decision = Decision.objects.get()
    assert decision.reference == "2017-001"
    assert decision.decided_on == date(2017, 11, 16)
    assert decision.series == ProjectSeries.objects.get()
    assert [project.code for project in Project.objects.public()] == ["CI5"]
    apart = Project.objects.outside_portfolio()
    assert set(apart.filter(standing=Standing.DOCUMENTED).values_list("code", flat=True)) == {
        "CI5-MERS",
        "CHALLENGE",
        "SMARTPORTS",
        "HACKAVIZ",
    }
    assert not apart.filter(Q(approved_on__isnull=False) | Q(series__isnull=False)).exists()


def test_what_no_source_says_stays_empty(facts):
    assert not Project.objects.filter(~Q(health="") | Q(completion_percent__isnull=False)).exists()
    assert not Project.objects.filter(total_cost=0).exists()
    assert Project.objects.get(code="CI5").total_cost is None
    assert not ProgressReport.objects.exists()
    meeting = Meeting.objects.get()
    assert not meeting.time_known
    assert not meeting.attendances.exists()
    decision = Decision.objects.get()
    assert (decision.votes_for, decision.quorum, decision.recorded_by) == (None, None, None)


def test_nobody_is_asked_to_report_on_a_sourced_project(facts):
    assert not Project.objects.reporting().exists()


def test_the_states_signature_of_2019_stays_disputed(facts):
    agreement = FundingAgreement.objects.get(code="ENGAGEMENT-2019")
    signatures = {party.partner.code: party for party in agreement.parties.all()}
    assert signatures["ETAT"].signature == SignatureState.DISPUTED
    assert signatures["ETAT"].signed_on is None
    signed = [code for code, party in signatures.items() if party.signed_on == date(2019, 7, 4)]
    assert signed == SIGNATORIES
    assert agreement.ends_on is None and agreement.ended_on is None


def test_the_intended_chair_has_no_amount_and_no_signature(facts):
    chair = FundingAgreement.objects.get(code="CHAIRE-2017")
    assert chair.status == "draft"
    assert not chair.contributions.exists()
    roles = dict(chair.parties.values_list("partner__code", "role"))
    assert roles == {
        "AMU": "party",
        "GPMM": "party",
        "CCI": "party",
        "AMP": "associated",
        "REGION": "associated",
    }
    assert not chair.parties.exclude(signature="not_asked").exists()


def test_every_number_in_the_file_passes_its_checksum():
    for row in rows.read(DATA / "partners.yaml"):
        assert "siren" not in row or siren.is_valid(row["siren"]), row["code"]
        assert "siret" not in row or siret.is_valid(row["siret"]), row["code"]


def test_every_row_names_its_sources(facts):
    cited = (Partner, Project, ProjectSeries, FundingAgreement, Framework, StrategicGoal)
    for model in (*cited, Committee, Meeting, Decision):
        assert not model.objects.filter(sources__isnull=True).exists(), model
    assert not Source.objects.filter(Q(title_fr="") | Q(title_en="")).exists()
    assert StrategicGoal.objects.count() == 5
    assert Framework.objects.count() == 3


def test_every_text_is_there_in_both_languages(facts):
    for model in (Source, Partner, StrategicGoal, Framework, Project, ProjectSeries, Decision):
        names = {field.name for field in model._meta.get_fields()}
        for name in (n[:-3] for n in names if n.endswith("_fr")):
            one_sided = model.objects.filter(Q(**{f"{name}_fr": ""}) ^ Q(**{f"{name}_en": ""}))
            assert not one_sided.exists(), (model, name)


def test_each_entry_of_the_story_leads_to_its_sources_and_to_what_it_names(facts, client):
    page = html.fromstring(client.get("/fr/histoire/").content.decode())
    (entry,) = page.xpath("//ol/li[contains(., 'devient la CCI')]")
    notes = entry.xpath(".//a[starts-with(@href, '#source-')]/@href")
    told = [page.get_element_by_id(note[1:]).text_content() for note in notes]
    assert any("nouveau nom de la chambre de commerce" in one for one in told)
    assert entry.xpath(".//a[@href='/fr/partenaires/cci/']")


def test_an_organisation_tells_its_names_its_agreements_and_its_part_in_the_story(facts, client):
    text = client.get("/fr/partenaires/cci/").content.decode()
    assert "CCI Marseille Provence" in text and "devient la CCI" in text
    assert "Convention multipartite de la Chaire Smart Port" in text and "Annoncée" in text


def test_the_story_is_in_order_and_rests_on_known_sources(facts):
    entries, editions = story.timeline(), story.challenge_editions()
    assert [entry.day for entry in entries] == sorted(entry.day for entry in entries)
    known = set(Source.objects.values_list("code", flat=True))
    for entry in (*entries, *editions):
        assert entry.sources and set(entry.sources) <= known
    for entry in entries:
        assert not entry.project or Project.objects.filter(code=entry.project).exists()
        assert entry.texts["fr"] and entry.texts["en"]
    assert editions[0].applicants is None


@pytest.mark.parametrize(
    ("day", "language", "text"),
    [
        ("2017", "fr", "2017"),
        ("2018-10", "fr", "octobre 2018"),
        ("2019-07-04", "en", "4\xa0July 2019"),
    ],
)
def test_a_day_is_written_as_far_as_it_is_known(day, language, text):
    with translation.override(language):
        assert story.written(day) == text
