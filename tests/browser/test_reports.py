"""The report form in Chromium: by keyboard, through a killed browser, between two browsers."""

import re
from collections.abc import Callable, Iterator

import psutil
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from playwright.sync_api import BrowserContext, Page, expect

from projects.models import ProgressReport
from tests.browser.conftest import DESK, PHONE, program
from tests.cast import Cast
from tests.factories.projects import (
    ContributionFactory,
    MilestoneFactory,
    PartyFactory,
    PeriodFactory,
    ProjectFactory,
    ProjectIndicatorFactory,
    ReportFactory,
    RiskFactory,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def report() -> ProgressReport:
    """Pre-filled from an accepted one; four milestones, an indicator, a risk and a contribution."""
    cast = Cast()
    project = ProjectFactory(lead=cast.partner_a)
    MilestoneFactory.create_batch(4, project=project)
    ProjectIndicatorFactory(project=project)
    ContributionFactory(project=project, recipient=cast.partner_a)
    before = PeriodFactory(
        series=project.series,
        starts_on="2026-04-01",
        ends_on="2026-06-30",
        opens_on="2026-07-01",
        due_on="2026-07-21",
    )
    accepted = ReportFactory(project=project, period=before, draft=True)
    RiskFactory(report=accepted)
    ProgressReport.objects.filter(pk=accepted.pk).update(
        status="accepted",
        submitted_by=cast.owner,
        submitted_at=accepted.edited_at,
        reviewed_by=cast.secretary,
        reviewed_at=accepted.edited_at,
    )
    report = ReportFactory(project=project)
    report.owner, report.colleague, report.secretary = cast.owner, cast.colleague, cast.secretary
    return report


def cookie(user, live_server) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}


@pytest.fixture
def window(browser, live_server) -> Iterator[Callable[..., Page]]:
    """A browser of its own, signed in. What goes wrong on purpose (409, 401) is no fault here."""
    contexts: list[BrowserContext] = []

    def opened(user, address: str, **options) -> Page:
        context = browser.new_context(**{"viewport": DESK, "locale": "fr-FR", **options})
        contexts.append(context)
        context.add_cookies([cookie(user, live_server)])
        page = context.new_page()
        page.goto(f"{live_server.url}{address}")
        return page

    yield opened
    for context in contexts:
        context.close()


def address(name: str, report: ProgressReport) -> str:
    with override("fr"):
        return reverse(f"projects:{name}", args=[report.pk])


class Keyboard:
    """Counts what the person does: each key pressed is one, a sentence typed is one."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.count += 1

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.count += 1

    def tab_to(self, name: str) -> None:
        for _step in range(20):
            self.press("Tab")
            if self.page.evaluate("document.activeElement.name") == name:
                return
        raise AssertionError(f"{name} is not reached")


def test_a_pre_filled_report_is_sent_by_keyboard_in_under_25_interactions(window, report):
    page = window(report.owner, address("report_edit", report))
    page.wait_for_load_state("networkidle")
    keys = Keyboard(page)
    keys.press("Tab")
    keys.press("Enter")  # to the content
    expect(page).to_have_url(re.compile("#content$"))
    keys.tab_to("health")
    keys.press("ArrowRight")  # from sunny to cloudy
    keys.tab_to("completion_percent")
    keys.write("55")
    keys.tab_to("achievements")
    keys.write("Les essais à quai sont finis.")
    keys.press("Control+Enter")
    expect(page).to_have_url(re.compile(address("report_detail", report) + "$"))
    assert keys.count < 25
    sent = ProgressReport.objects.get(pk=report.pk)
    assert (sent.status, sent.health, sent.completion_percent) == ("submitted", "cloudy", 55)
    assert sent.achievements == "Les essais à quai sont finis."


def test_a_report_sent_while_it_is_being_saved_meets_no_conflict_with_itself(window, report):
    page = window(report.owner, address("report_edit", report))
    held = []
    page.route(
        f"**{address('report_autosave', report)}", lambda one: held.append((one, one.fetch()))
    )
    page.fill("textarea[name=achievements]", "Les essais à quai")
    while not held:  # saved, and the browser has not heard of it
        page.wait_for_timeout(50)
    page.locator("textarea[name=achievements]").press_sequentially(" sont finis.")
    posted = []
    page.on("request", lambda one: one.method == "POST" and posted.append(one.url))
    for _impatient in range(2):
        page.keyboard.press("Control+Enter")
        page.wait_for_timeout(300)
    route, answer = held[0]
    route.fulfill(response=answer)
    expect(page).to_have_url(re.compile(address("report_detail", report) + "$"))
    assert len(posted) == 1
    sent = ProgressReport.objects.get(pk=report.pk)
    assert (sent.status, sent.achievements) == ("submitted", "Les essais à quai sont finis.")


def test_a_killed_browser_finds_its_text_again(browser, live_server, window, report, tmp_path):
    doomed = browser.browser_type.launch_persistent_context(
        tmp_path / "profile",
        executable_path=program(),
        args=["--no-sandbox"],
        locale="fr-FR",
    )
    doomed.add_cookies([cookie(report.owner, live_server)])
    page = doomed.pages[0]
    page.goto(f"{live_server.url}{address('report_edit', report)}")
    page.fill("textarea[name=achievements]", "Le quai 12 est équipé, et")
    expect(page.locator("[data-autosave-text]")).to_contain_text("Enregistré à")
    page.locator("textarea[name=achievements]").press_sequentially(" le quai 13 att")
    kill(str(tmp_path / "profile"))
    again = window(report.owner, address("report_edit", report))
    expect(again.locator("textarea[name=achievements]")).to_have_value(
        re.compile("^Le quai 12 est équipé, et")
    )


def kill(profile: str) -> None:
    """With -9, every process of the browser that works in this profile."""
    for process in psutil.process_iter(["cmdline"]):
        if any(profile in part for part in process.info["cmdline"] or []):
            process.kill()


def test_two_browsers_on_one_field_come_to_the_choice_and_nothing_is_overwritten(window, report):
    mine = window(report.owner, address("report_edit", report))
    theirs = window(report.colleague, address("report_edit", report))
    expect(mine.locator("[data-presence-text]")).to_be_attached()
    theirs.fill("textarea[name=achievements]", "Écrit par la collègue.")
    expect(theirs.locator("[data-autosave-text]")).to_contain_text("Enregistré à")
    mine.fill("textarea[name=achievements]", "Écrit par moi.")
    way = mine.locator("[data-autosave-text] a")
    expect(way).to_be_visible()
    assert ProgressReport.objects.get(pk=report.pk).achievements == "Écrit par la collègue."
    way.click()
    expect(mine.locator("body")).to_contain_text("Écrit par la collègue.")
    expect(mine.locator("body")).to_contain_text("Écrit par moi.")
    mine.locator("input[value=theirs]").check()
    mine.get_by_role("button", name="Enregistrer ces choix").click()
    expect(mine.locator("textarea[name=achievements]")).to_have_value("Écrit par la collègue.")


def test_the_second_browser_is_told_of_the_first(window, report):
    window(report.owner, address("report_edit", report)).wait_for_load_state("networkidle")
    second = window(report.colleague, address("report_edit", report))
    expect(second.locator("[data-presence-text]")).to_contain_text("Oriane")


@pytest.mark.parametrize("by", ["autosave", "send"])
def test_a_lost_session_asks_to_sign_in_again_and_gives_the_text_back(window, report, by):
    report.owner.set_password("smartport-demo")
    report.owner.save()
    page = window(report.owner, address("report_edit", report))
    page.wait_for_load_state("networkidle")
    Session.objects.all().delete()
    page.fill("textarea[name=achievements]", "Tapé sans session.")
    if by == "autosave":
        page.get_by_role("link", name="Se reconnecter").click()
    else:
        page.locator(".sticky-bar button[value=submit]").click()
    page.fill("input[name=login]", report.owner.email)
    page.fill("input[name=password]", "smartport-demo")
    page.click("main button[type=submit]")
    expect(page).to_have_url(re.compile(address("report_edit", report)))
    expect(page.locator("textarea[name=achievements]")).to_have_value("Tapé sans session.")
    expect(page.locator("[data-autosave-text]")).to_contain_text("Enregistré à")
    assert ProgressReport.objects.get(pk=report.pk).achievements == "Tapé sans session."


def faults_on_each_screen(page: Page, violations) -> list[str]:
    """At a desk in the light, then on a phone in the dark."""
    faults = violations(page)
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    faults += violations(page)
    if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
        faults.append("wider than a phone")
    if page.locator("h1").count() != 1:
        faults.append("not one h1")
    return faults


def test_the_form_is_sound_on_each_screen(window, violations, report):
    page = window(report.owner, address("report_edit", report))
    page.wait_for_load_state("networkidle")
    assert faults_on_each_screen(page, violations) == []


def test_a_draft_is_saved_without_javascript(window, report):
    page = window(report.owner, address("report_edit", report), java_script_enabled=False)
    page.fill("textarea[name=achievements]", "Sans script.")
    page.locator(".sticky-bar button[value=save]").click()
    assert ProgressReport.objects.get(pk=report.pk).achievements == "Sans script."


def test_the_public_summary_is_shown_as_the_public_will_see_it_while_it_is_written(window, report):
    page = window(report.owner, address("report_edit", report))
    page.fill("textarea[name=public_summary_fr]", "Deux navires branchés.")
    expect(page.locator("[data-preview-url] blockquote").first).to_have_text(
        "Deux navires branchés."
    )


def test_the_pages_around_a_report_are_sound_on_each_screen(window, violations, report):
    cast_writer, office = report.owner, report.secretary
    sent = ReportFactory(project=report.project, period=_period(report), submitted=True)
    party = PartyFactory(partner=report.project.lead)
    with override("fr"):
        around = [
            (office, reverse("projects:review_list")),
            (office, reverse("projects:report_review", args=[sent.pk])),
            (office, reverse("projects:campaigns")),
            (office, reverse("projects:period_edit", args=[report.period_id])),
            (office, reverse("projects:report_extend", args=[report.pk])),
            (office, reverse("projects:project_mute", args=[report.project.slug])),
            (office, reverse("projects:agreement_detail", args=[party.agreement.code])),
            (
                office,
                reverse("projects:signature_record", args=[party.agreement.code, party.pk]),
            ),
            (cast_writer, reverse("projects:project_history", args=[report.project.slug])),
            (cast_writer, reverse("projects:report_detail", args=[sent.pk])),
        ]
    for person, path in around:
        page = window(person, path)
        assert faults_on_each_screen(page, violations) == [], path
        page.context.close()


def _period(report: ProgressReport):
    return PeriodFactory(
        series=report.project.series,
        starts_on="2026-01-01",
        ends_on="2026-03-31",
        opens_on="2026-04-01",
        due_on="2026-04-21",
    )
