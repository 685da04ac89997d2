"""The secretariat asks for a pack, a worker builds it, it is issued, and then nothing of it can change."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta

import pgtrigger
import pypdf
import pytest
from django.core.management import call_command
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from governance.enums import Audience, BuildStatus, PackLanguage, PackStatus
from governance.errors import BuildRefused, ReasonMissing
from governance.models import AgendaItem, Pack, PackBuild, PackEntry
from governance.services import building, making, packs, versions
from partners.models import Message
from projects.models import FundingAgreement, Instalment, Milestone
from smartport.errors import NotAllowed
from tests.factories.governance import AgendaItemFactory, MeetingFactory
from tests.factories.projects import PartyFactory, ProjectFactory, ReportFactory
from tests.governance import packs as packs_data
from tests.governance.conftest import paid

pytestmark = pytest.mark.django_db


def build(table, **wanted) -> Pack:
    request = packs.request_build(actor=table.secretary, meeting=table.meeting, **wanted)
    building.build_due()
    request.refresh_from_db()
    assert request.status == BuildStatus.DONE, request.error
    return request.pack


def text_of(pack: Pack) -> str:
    with pack.file.open("rb") as stored:
        reader = pypdf.PdfReader(io.BytesIO(stored.read()))
    return "\n".join(page.extract_text() for page in reader.pages)


def test_a_pack_holds_the_agenda_the_sheets_the_decision_and_the_annex(table):
    pack = build(table)
    words = " ".join(text_of(pack).split())
    for expected in (
        "Comité de pilotage",
        "2. Avancement de la série",
        "Le comité prend acte.",
        "Le fournisseur a failli.",
        "Autoriser le report du jalon.",
        "Mise en eau",
        "Fournisseur unique",
        "Envoyer le plan de financement",
        "Feuillet 2",
        "Orageux : compromis",
    ):
        assert expected in words
    assert pack.sha256 == hashlib.sha256(pack.file.open("rb").read()).hexdigest()
    assert (pack.version, pack.status) == (1, PackStatus.BUILT)
    assert pack.manifest["annexes"][0]["name"] == "note.pdf"


def test_the_page_map_is_kept_with_titles_in_the_order_of_the_pages(table):
    pack = build(table)
    rows = list(pack.entries.values_list("kind", "title", "first_page", "last_page"))
    assert [row[0] for row in rows] == [
        *("summons", "agenda", "actions", "changes"),
        *("item", "item", "project", "project", "annex", "item", "attendance"),
    ]
    assert rows[8][1:] == ("Annexe 2.1 · note", rows[8][2], rows[8][2] + 2)
    assert rows[-1][3] == pack.pages


def test_what_changed_since_the_last_committee_is_told(table):
    snapshot = build(table).snapshot
    assert [
        (change["kind"], change["before"], change["after"]) for change in snapshot["changes"]
    ] == [
        ("health", "sunny", "stormy"),
        ("date", "2026-09-28", "2027-03-31"),
        ("money", "0", "40000"),
        ("risk_opened", None, None),
    ]


def test_money_called_and_milestones_reached_since_the_last_committee_are_told(table):
    before, since = timezone.localdate() - timedelta(days=300), timezone.localdate()
    Instalment.objects.update(committed_on=before, called_on=since)
    Milestone.objects.update(actual_on=since)
    snapshot = build(table).snapshot
    told = [
        (row["kind"], row["title"].get("fr"), row["before"], row["after"])
        for row in snapshot["changes"]
    ]
    assert ("reached", "Mise en eau", "2027-03-31", since.isoformat()) in told
    assert [row[1:] for row in told if row[0] == "money"] == [
        ("Appelé", "0", "40000"),
        ("Reçu", "0", "40000"),
    ]


def test_an_agreement_on_the_agenda_brings_its_parties_and_its_money(table):
    agreement = FundingAgreement.objects.get()
    PartyFactory(agreement=agreement)
    AgendaItem.objects.filter(pk=table.items[0].pk).update(agreement=agreement)
    item = build(table).snapshot["items"][0]
    assert [line["promised"] for line in item["money"]] == ["120000"]
    assert len(item["parties"]) == agreement.parties.count()


def test_the_same_rows_give_the_same_bytes_and_one_version_until_it_is_issued(table):
    shas = {build(table).sha256 for _ in range(5)}
    assert len(shas) == 1
    assert Pack.objects.count() == 1
    item = table.items[1]
    item.note_fr = "Trois projets sont en cours."
    item.save()
    assert build(table).sha256 not in shas


def test_issuing_freezes_the_pack_its_entries_and_its_figures(table):
    pack = packs.issue_pack(actor=table.secretary, pack=build(table))
    for change in (
        lambda: Pack.objects.filter(pk=pack.pk).update(sha256="0" * 64),
        lambda: Pack.objects.filter(pk=pack.pk).delete(),
        lambda: PackEntry.objects.filter(pack=pack).update(first_page=1),
        lambda: PackEntry.objects.filter(pack=pack).delete(),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            change()
    assert packs.issue_pack(actor=table.secretary, pack=pack).issued_at == pack.issued_at


def test_without_its_guard_an_issued_pack_would_change_so_that_the_test_above_can_fail(table):
    pack = packs.issue_pack(actor=table.secretary, pack=build(table))
    with pgtrigger.ignore("governance.Pack:frozen", "governance.PackEntry:frozen_with_parent"):
        assert Pack.objects.filter(pk=pack.pk).update(sha256="0" * 64) == 1
        assert PackEntry.objects.filter(pack=pack).update(first_page=1)


def test_a_version_after_the_first_needs_its_reason_and_marks_what_changed(table):
    packs.issue_pack(actor=table.secretary, pack=build(table))
    item = table.items[1]
    item.note_fr = "Trois projets sont en cours."
    item.save()
    with pytest.raises(ReasonMissing):
        build(table)
    second = build(table, reason="Note complétée.")
    assert second.version == 2
    assert set(second.entries.filter(changed=True).values_list("title", flat=True)) == {
        "2. Avancement de la série"
    }
    cover = text_of(second).partition("Sommaire")[0].split()
    assert {"Version", "2", "Note", "complétée."} <= set(cover)
    Pack.objects.filter(pk=second.pk).update(reason="")
    with pytest.raises(ReasonMissing):
        packs.issue_pack(actor=table.secretary, pack=second)
    Pack.objects.filter(pk=second.pk).update(reason="Note complétée.")
    assert packs.issue_pack(actor=table.secretary, pack=second).reason == "Note complétée."
    assert Pack.objects.issued().count() == 2


def test_a_pack_in_both_languages_and_one_in_english_share_the_version_number(table):
    packs.issue_pack(actor=table.secretary, pack=build(table))
    english = build(table, language=PackLanguage.EN)
    both = build(table, language=PackLanguage.BOTH)
    assert (english.version, both.version) == (1, 1)
    assert "Progress of the series" in text_of(english)
    assert {"Ordre du jour", "Agenda"} <= set(both.entries.values_list("title", flat=True))


def test_asking_twice_gives_one_build(table):
    first = packs.request_build(actor=table.secretary, meeting=table.meeting)
    assert packs.request_build(actor=table.secretary, meeting=table.meeting) == first
    assert building.build_due() == 1
    assert building.build_due() == 0


def test_twelve_builds_at_once_are_all_made_oldest_first(table):
    requests = [packs.request_build(actor=table.secretary, meeting=table.meeting)]
    for _ in range(11):
        meeting = MeetingFactory(committee=table.committee)
        AgendaItemFactory(meeting=meeting)
        requests.append(packs.request_build(actor=table.secretary, meeting=meeting))
    assert building.build_due() == 12
    done = PackBuild.objects.order_by("finished_at").values_list("pk", flat=True)
    assert list(done) == [request.pk for request in requests]


def test_only_the_secretariat_builds_and_issues(table, cast):
    pack = build(table)
    for person in (cast.member, cast.owner, cast.stranger):
        with pytest.raises(NotAllowed):
            packs.request_build(actor=person, meeting=table.meeting)
        with pytest.raises(NotAllowed):
            packs.issue_pack(actor=person, pack=pack)


def test_an_empty_agenda_is_refused_with_what_to_do(table):
    empty = MeetingFactory(committee=table.committee)
    with pytest.raises(BuildRefused) as refusal:
        packs.request_build(actor=table.secretary, meeting=empty)
    assert [finding.code for finding in refusal.value.context["findings"]] == ["no_item"]


def test_a_build_whose_annex_has_vanished_says_which_and_keeps_the_last_good_pack(table):
    good = build(table)
    request = packs.request_build(actor=table.secretary, meeting=table.meeting)
    revision = table.items[1].annexes.get().revision
    revision.file.storage.delete(revision.file.name)
    assert building.build_due() == 0
    request.refresh_from_db()
    assert request.status == BuildStatus.FAILED
    assert "2.1" in request.error
    assert Pack.objects.get() == good


def test_a_build_whose_worker_vanished_is_taken_again_and_gives_one_pack(table):
    packs.request_build(actor=table.secretary, meeting=table.meeting)
    dead = building.claim()
    assert building.claim() is None
    PackBuild.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert building.build_due() == 1
    assert building.run(dead) is False
    assert Pack.objects.count() == 1
    assert PackBuild.objects.get().status == BuildStatus.DONE


def test_a_build_that_kills_its_workers_fails_after_three(table):
    packs.request_build(actor=table.secretary, meeting=table.meeting)
    for _ in range(3):
        assert building.claim()
        PackBuild.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert building.claim() is None
    assert PackBuild.objects.get().status == BuildStatus.FAILED


def test_a_running_build_stops_at_its_next_step_when_asked(table):
    request = packs.request_build(actor=table.secretary, meeting=table.meeting)
    work = building.claim()
    packs.cancel_build(actor=table.secretary, build=request)
    assert building.run(work) is False
    request.refresh_from_db()
    assert (request.status, Pack.objects.count()) == (BuildStatus.CANCELLED, 0)


def test_other_audiences_are_filtered_before_anything_is_drawn(table):
    table.items[2].note_fr = "mot-secret-alpha"
    table.items[2].save()
    full = build(table)
    assert "mot-secret-alpha" in text_of(full)
    for audience in (Audience.NO_CONFIDENTIAL, Audience.PUBLIC):
        pack = build(table, audience=audience)
        assert "mot-secret-alpha" not in text_of(pack)
        assert "Contentieux" not in text_of(pack)
        assert "mot-secret-alpha" not in str(pack.snapshot)


def test_the_public_extract_keeps_causes_asks_names_and_actions_to_the_committee(table, cast):
    words = text_of(build(table, audience=Audience.PUBLIC))
    for kept in ("Le fournisseur a failli.", "Autoriser le report", "Fournisseur unique", "pompes"):
        assert kept not in words
    assert "Les essais sont terminés." in words
    assert cast.member.get_full_name() not in words
    assert "Envoyer le plan" not in words


def test_build_pack_builds_the_next_version_from_the_command_line(table, capsys):
    call_command("build_pack", table.meeting.code)
    pack = Pack.objects.get()
    assert pack.sha256 in capsys.readouterr().out


def test_verify_packs_finds_changed_and_missing_bytes(table, capsys):
    pack = build(table)
    call_command("verify_packs")
    assert "1" in capsys.readouterr().out
    with pack.file.storage.open(pack.file.name, "r+b") as stored:
        stored.seek(100)
        stored.write(b"X")
    with pytest.raises(SystemExit):
        call_command("verify_packs")
    assert str(pack.meeting) in capsys.readouterr().out


def test_the_number_of_queries_does_not_grow_with_the_projects(table):
    def queries() -> int:
        wanted = PackBuild(meeting=table.meeting, audience=Audience.FULL, language=PackLanguage.FR)
        with CaptureQueriesContext(connection) as captured:
            making.gather(wanted)
        return len(captured)

    few = queries()
    for _ in range(6):
        _reported(ProjectFactory(series=table.series))
    assert queries() == few


def _reported(project) -> None:

    ReportFactory(project=project, period=table_period(project), accepted=True)
    paid(project)


def table_period(project):
    return project.series.periods.order_by("-ends_on").first()


def test_a_progress_item_about_nothing_in_particular_shows_projects_that_ask_for_help(table):
    table.items[1].series = None
    table.items[1].save()
    assert [sheet["key"] for sheet in build(table).snapshot["sheets"]] == ["EAU-1"]


def test_the_annex_pinned_is_printed_even_when_a_newer_revision_exists(table):
    pin = table.items[1].annexes.get()
    table.attach(table.items[0], packs_data.annex_file(3), paper=pin.revision.paper)
    pack = build(table)
    printed = {annex["number"]: annex["sha256"] for annex in pack.manifest["annexes"]}
    assert printed["2.1"] == pin.revision.sha256


def test_an_item_that_is_not_ready_keeps_what_was_issued_of_it(table):
    packs.issue_pack(actor=table.secretary, pack=build(table))
    item = table.items[1]
    item.note_fr, item.ready = "Brouillon inachevé.", False
    item.save()
    second = build(table, reason="Une note.")
    words = text_of(second)
    assert "Brouillon inachevé." not in words
    assert "Deux projets sont en cours." in words
    assert not second.entries.filter(kind="item", changed=True).exists()
    item.ready = True
    item.save()
    assert "Brouillon inachevé." in text_of(build(table, reason="Une note."))


def test_what_differs_from_the_issued_version_is_told_item_by_item(table):
    issued = packs.issue_pack(actor=table.secretary, pack=build(table, reason="Une note."))
    assert versions.differs_from(issued, table.meeting) == []
    table.items[0].title_fr = "Accueil"
    table.items[0].save()
    AgendaItemFactory(meeting=table.meeting, title_fr="Point ajouté", ready=True)
    with translation.override("fr"):
        lines = [str(line) for line in versions.differs_from(issued, table.meeting)]
    assert lines == ["1. Accueil (modifié, titre)", "4. Point ajouté (ajouté)"]


def test_members_are_told_once_of_each_version_with_what_changed(table, cast):
    table.meeting.status, table.meeting.summoned_at = "summoned", timezone.now()
    table.meeting.save()
    packs.issue_pack(actor=table.secretary, pack=build(table))
    table.items[1].note_fr = "Trois projets."
    table.items[1].save()
    table.items[2].note_fr = "Confidence nouvelle."
    table.items[2].save()
    second = build(table, reason="Note complétée.")
    for _time in range(2):
        packs.issue_pack(actor=table.secretary, pack=second)
    mails = list(Message.objects.filter(kind="pack_issued", recipient=cast.member).order_by("pk"))
    assert len(mails) == 2
    assert "Note complétée." in mails[1].text
    assert "2. Avancement de la série" in mails[1].text
    assert "Contentieux" not in mails[1].text
    assert not Message.objects.filter(kind="pack_issued", recipient=cast.stranger).exists()
