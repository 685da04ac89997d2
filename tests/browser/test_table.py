"""The table of a meeting in Chromium when the network goes and the session ends: what was noted arrives."""

import re

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils.translation import override
from playwright.sync_api import Page, expect

from governance.models import Meeting
from governance.services import meetings
from governance.services.meetings import people_to_summon
from partners.models import User

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
SECRETARY = "secretariat@smartport.example"


@pytest.fixture
def meeting(demonstration) -> Meeting:
    meeting = Meeting.objects.get(code="DEMO-M4")
    secretary = User.objects.get(email=SECRETARY)
    meetings.summon(actor=secretary, meeting=meeting)
    return meetings.open_meeting(actor=secretary, meeting=meeting)


def at_item(page: Page, meeting: Meeting, position: int) -> None:
    item = meeting.agenda.get(position=position)
    with override("fr"):
        path = reverse("governance:item_outcome", args=[meeting.code, item.pk])
    page.goto(page.url.partition("/fr/")[0] + path)
    page.wait_for_load_state("networkidle")


def button(page: Page, name: str):
    return page.get_by_role("button", name=name)


def test_what_is_noted_without_a_network_or_a_session_is_sent_later(meeting, signed_in, sound):
    page = signed_in(SECRETARY)
    at_item(page, meeting, 2)
    first, second = (str(mandate.user) for mandate in people_to_summon(meeting)[:2])
    without_a_network(page, meeting, first)
    sound(page)
    without_a_session(page, meeting, second)


def without_a_network(page: Page, meeting: Meeting, name: str) -> None:
    page.context.set_offline(True)
    button(page, f"Arrivée : {name}").click()
    waiting = page.locator("[data-table-text]")
    expect(waiting).to_contain_text("Pas de connexion : 1 note(s)")
    page.locator("input[name=outcome][value=approved]").check(force=True)
    page.fill("textarea[name=wording_fr]", "Écrit sans réseau.")
    button(page, "Enregistrer l’issue").click()
    expect(waiting).to_contain_text("2 note(s)")
    assert not meeting.attendances.exists()
    page.context.set_offline(False)
    expect(page).to_have_title(re.compile("Convention de financement"))
    item = meeting.agenda.get(position=2)
    assert (item.outcome, item.wording_fr) == ("approved", "Écrit sans réseau.")
    assert meeting.attendances.get().arrived_at < item.taken_at
    expect(button(page, f"Départ : {name}")).to_be_visible()


def without_a_session(page: Page, meeting: Meeting, name: str) -> None:
    page.fill("textarea[name=wording_fr]", "Écrit sans session.")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    button(page, f"Arrivée : {name}").click()
    line = page.locator("[data-table-text]")
    expect(line).to_contain_text("Rien n’est perdu")
    line.get_by_role("link").click()
    page.fill("input[name=login]", SECRETARY)
    page.fill("input[name=password]", "smartport-demo")
    page.click("main button[type=submit]")
    expect(button(page, f"Départ : {name}")).to_be_visible()
    expect(page.locator("textarea[name=wording_fr]")).to_have_value("Écrit sans session.")
    assert meeting.attendances.count() == 2
