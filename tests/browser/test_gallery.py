"""The gallery holds every component: what holds there holds wherever they are used."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GALLERY = "/fr/galerie/"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_in_any_component(open_page, violations, scheme, viewport):
    page = open_page(GALLERY, color_scheme=scheme, viewport=viewport)
    assert violations(page) == []


@pytest.mark.parametrize("width", [320, 375, 1280, 1920])
def test_nothing_is_wider_than_the_window(open_page, width):
    page = open_page(GALLERY, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_menu_of_a_phone_opens_without_javascript(open_page):
    page = open_page(GALLERY, viewport=PHONE, java_script_enabled=False)
    link = page.get_by_role("navigation", name="Portail").get_by_role(
        "link", name="Projets", exact=True
    )
    assert not link.is_visible()
    page.get_by_role("button", name="Menu").click()
    assert link.is_visible()


def test_a_field_in_error_is_reached_from_the_summary_with_the_keyboard(open_page):
    page = open_page(GALLERY)
    page.get_by_role("link", name="Avancement, en pour cent").press("Enter")
    field = page.locator("#id_wrong-percent")
    expect(field).to_be_focused()
    described = field.get_attribute("aria-describedby")
    assert page.locator(f"#{described.split()[0]}").inner_text() != ""


def test_a_text_counts_its_characters_as_it_is_written(open_page):
    page = open_page(GALLERY)
    field = page.locator("#id_empty-summary")
    field.fill("a" * 2001)
    count = page.locator("#id_empty-summary_count")
    count.filter(has_text="/").wait_for()
    assert "over" in count.get_attribute("class")
    assert len(field.input_value()) == 2001


def test_leaving_a_form_with_unsaved_text_asks_first(open_page):
    page = open_page(GALLERY)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("#id_empty-title").press_sequentially("Quai")
    page.get_by_role("link", name="Mentions légales").click()
    page.wait_for_url("**/mentions-legales/")
    assert asked == ["beforeunload"]


def test_paper_shows_the_text_and_none_of_the_controls(open_page):
    page = open_page(GALLERY)
    page.emulate_media(media="print")
    assert page.locator("h1").is_visible()
    assert not page.locator(".pager").first.is_visible()
    assert not page.get_by_role("button", name="Envoyer la fiche").first.is_visible()
