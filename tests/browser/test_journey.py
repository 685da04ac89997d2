"""The whole journey in Chromium, in French: a report is written and accepted, a meeting decides, the public sees.

Axe looks at each page on the way; the pack is built by a real Celery worker, the mail goes out by real SMTP.
"""

import re
from io import BytesIO

import pikepdf
import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils.translation import override
from playwright.sync_api import Page, expect

from governance.models import Decision, Meeting, Pack
from partners.enums import MessageState
from partners.models import Message, User
from projects.enums import ReportStatus, SeriesStatus
from projects.models import ProgressReport, Project, ProjectSeries
from smartport.celery import app
from tests.mail import smtp_server
from tests.workers import celery_workers

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
CONTRIBUTOR = "contributor@partner-a.example"
STRANGER = "contributor@partner-b.example"
SECRETARY = "secretariat@smartport.example"


def go(page: Page, path: str) -> None:
    page.goto(page.url.partition("/fr/")[0] + path)


def french(name: str, *args: object) -> str:
    with override("fr"):
        return reverse(name, args=args)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()


def test_the_whole_journey_from_a_report_to_the_public_list(
    demonstration, open_page, signed_in, sound, settings, tmp_path
):
    report = report_to_write()
    the_public_finds_a_project(open_page)
    the_contributor_writes_and_sends(signed_in, sound, report)
    the_stranger_is_told_nothing(signed_in, report)
    secretary = signed_in(SECRETARY)
    the_secretary_accepts(secretary, sound, report)
    series = ProjectSeries.objects.filter(status=SeriesStatus.SUBMITTED).get()
    meeting = the_secretary_prepares_a_meeting(secretary, sound, series, tmp_path)
    the_pack_is_built_by_a_worker(secretary, sound, meeting, tmp_path)
    the_committee_decides(secretary, sound, meeting, series)
    the_public_sees_it(open_page, sound, series)
    the_mail_goes_out(settings)


def report_to_write() -> ProgressReport:
    contributor = User.objects.get(email=CONTRIBUTOR)
    partner = contributor.memberships.get().partner
    owed = ProgressReport.objects.filter(status=ReportStatus.OPEN, project__lead=partner)
    return owed.select_related("project").order_by("project__code").first()


def the_public_finds_a_project(open_page) -> None:
    page = open_page("/fr/")
    page.get_by_role("link", name="Projets", exact=True).first.click()
    page.fill("input[name=q]", "oreille")
    page.get_by_role("button", name="Chercher").click()
    expect(page.get_by_role("link", name="Oreilles du port")).to_be_visible()
    go(page, "/fr/projets/?strand=port&health=rainy")
    page.get_by_role("link", name="Oreilles du port").first.click()
    expect(page.locator("h1")).to_have_text("Oreilles du port")


def the_contributor_writes_and_sends(signed_in, sound, report: ProgressReport) -> None:
    page = signed_in(CONTRIBUTOR)
    sound(page)
    page.locator(f"main a[href='{french('projects:report_edit', report.pk)}']").first.click()
    sound(page)
    page.locator("input[name=health][value=cloudy]").check(force=True)
    page.fill("textarea[name=achievements]", "La deuxième prise est posée.")
    page.fill("textarea[name=next_steps]", "Essais avec un navire à quai.")
    page.fill("textarea[name=public_summary_fr]", "Deux prises sur trois sont posées.")
    page.locator(".sticky-bar button[name=action][value=save]").click()
    report.refresh_from_db()
    assert report.status == ReportStatus.DRAFT
    assert report.achievements == "La deuxième prise est posée."
    go(page, french("projects:report_edit", report.pk))
    page.locator(".sticky-bar button[name=action][value=submit]").click()
    page.wait_for_load_state()
    report.refresh_from_db()
    assert report.status == ReportStatus.SUBMITTED
    sound(page)


def the_stranger_is_told_nothing(signed_in, report: ProgressReport) -> None:
    page = signed_in(STRANGER)
    address = french("projects:report_detail", report.pk)
    answer = page.request.get(page.url.partition("/fr/")[0] + address)
    assert answer.status == 404


def the_secretary_accepts(page: Page, sound, report: ProgressReport) -> None:
    page.get_by_role("link", name="Relecture").first.click()
    sound(page)
    page.locator(f"main a[href='{french('projects:report_review', report.pk)}']").first.click()
    sound(page)
    page.locator("button[name=action][value=accept]").click()
    page.wait_for_load_state()
    report.refresh_from_db()
    assert report.status == ReportStatus.ACCEPTED
    assert report.reviewed_by.email == SECRETARY


def the_secretary_prepares_a_meeting(page: Page, sound, series: ProjectSeries, folder) -> Meeting:
    page.get_by_role("link", name="Séances").first.click()
    sound(page)
    page.get_by_role("link", name="Préparer une séance").click()
    sound(page)
    page.select_option("select[name=committee]", label="Comité de pilotage de démonstration")
    page.fill("input[name=day]", "2027-03-18")
    page.fill("input[name=begins]", "09:30")
    page.fill("input[name=place_fr]", "Capitainerie, salle du quai")
    press(page, "Enregistrer la séance")
    page.get_by_role("link", name="Ajouter un point").click()
    sound(page)
    page.select_option("select[name=kind]", "approve_series")
    page.fill("input[name=title_fr]", "Approbation de la nouvelle série")
    page.select_option("select[name=series]", str(series.pk))
    page.fill("textarea[name=proposed_decision_fr]", "La série est approuvée.")
    page.check("input[name=ready]", force=True)
    press(page, "Enregistrer le point")
    sound(page)
    page.get_by_role("link", name="Joindre une annexe : Approbation de la nouvelle série").click()
    sound(page)
    annex = folder / "étude du tracé.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.save(annex)
    page.set_input_files("input[name=file]", annex)
    press(page, "Joindre l’annexe")
    expect(page.get_by_role("link", name="étude du tracé", exact=True)).to_be_visible()
    return Meeting.objects.order_by("-pk").first()


def the_pack_is_built_by_a_worker(page: Page, sound, meeting: Meeting, folder) -> None:
    page.get_by_role("link", name="Préparer le dossier").click()
    sound(page)
    with celery_workers(folder) as workers:
        workers.queue = app.conf.task_default_queue
        workers.start()
        press(page, "Composer le dossier")
        expect(page.get_by_role("link", name=re.compile("Version 1")).first).to_be_visible(
            timeout=90_000
        )
    pack = Pack.objects.get(meeting=meeting)
    sound(page)
    go(page, f"/fr/seances/{meeting.code}/")
    page.get_by_role("link", name=re.compile("Version 1")).first.click()
    sound(page)
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("PDF")).first.click()
    data = open(download.value.path(), "rb").read()  # noqa: SIM115
    with pikepdf.open(BytesIO(data)) as pdf:
        assert len(pdf.pages) == pack.pages
        with pdf.open_outline() as outline:
            assert "Approbation de la nouvelle série" in " ".join(one.title for one in outline.root)


def the_committee_decides(page: Page, sound, meeting: Meeting, series: ProjectSeries) -> None:
    go(page, f"/fr/seances/{meeting.code}/")
    press(page, "Convoquer les membres")
    page.once("dialog", lambda dialog: dialog.accept())  # it is before its day
    press(page, "Ouvrir la séance")
    page.get_by_role("link", name="Enregistrer l’issue suivante").click()
    sound(page)
    for outcome in ("postponed", "noted", "approved"):  # nobody could read the minutes before
        title = page.title()
        page.locator(f"input[name=outcome][value={outcome}]").check(force=True)
        press(page, "Enregistrer l’issue")
        expect(page).not_to_have_title(title)
    sound(page)
    assert not Project.objects.public().filter(series=series).exists()
    page.once("dialog", lambda dialog: dialog.accept())
    press(page, "Clôturer la séance")
    expect(page.get_by_text("Ses décisions sont numérotées et ont pris effet")).to_be_visible()
    sound(page)
    assert Decision.objects.filter(series=series, meeting=meeting).count() == 1


def the_public_sees_it(open_page, sound, series: ProjectSeries) -> None:
    projects = Project.objects.public().filter(series=series)
    assert projects.exists()
    page = open_page(f"/fr/projets/?q={projects[0].code}")
    page.get_by_role("link", name=projects[0].title).first.click()
    expect(page.get_by_text("La série est approuvée.").first).to_be_visible()
    sound(page)
    page = open_page("/en/decisions/")
    sound(page)


def the_mail_goes_out(settings) -> None:
    waiting = Message.objects.filter(state=MessageState.QUEUED).count()
    withdrawn = Message.objects.filter(state=MessageState.CANCELLED).count()
    assert waiting
    with smtp_server(settings) as post:
        call_command("deliver_messages", verbosity=0)
    let_go = Message.objects.filter(state=MessageState.CANCELLED)
    done = {"meeting_summons", "report_submitted"}  # the meeting is over, the report is accepted
    assert set(let_go.values_list("kind", flat=True)) == done
    assert len(set(post.ids)) == waiting + withdrawn - let_go.count() > 0
    over = [MessageState.SENT, MessageState.CANCELLED]
    assert not Message.objects.exclude(state__in=over).exists()
