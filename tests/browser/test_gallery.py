"""The gallery holds every component: what holds there holds wherever they are used.

Few tests with several questions each: emptying the database after a live server costs more than a page.
"""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GALLERY = "/fr/galerie/"


def test_every_component_passes_axe_and_fits_its_window_in_both_schemes(open_page, violations):
    page = open_page(GALLERY)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (320, 375, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, width
            if width in (375, 1280):
                assert violations(page) == [], (scheme, width)


def test_the_menu_of_a_phone_opens_without_javascript_and_paper_shows_no_controls(open_page):
    page = open_page(GALLERY, viewport=PHONE, java_script_enabled=False)
    portal = page.get_by_role("navigation", name="Portail")
    link = portal.get_by_role("link", name="Projets", exact=True)
    assert not link.is_visible()
    page.get_by_role("button", name="Menu").click()
    assert link.is_visible()
    page.emulate_media(media="print")
    assert page.locator("h1").is_visible()
    assert not page.locator(".pager").first.is_visible()
    assert not page.get_by_role("button", name="Envoyer la fiche").first.is_visible()


def test_a_form_leads_to_its_errors_counts_near_the_limit_and_asks_before_losing_text(open_page):
    page = open_page(GALLERY)
    page.get_by_role("link", name="Avancement, en pour cent").press("Enter")
    field = page.locator("#id_wrong-percent")
    expect(field).to_be_focused()
    described = field.get_attribute("aria-describedby").split()
    assert page.locator(f"#{described[0]}").inner_text() != ""

    text, count = page.locator("#id_empty-summary"), page.locator("#id_empty-summary_count")
    text.fill("a" * 2001)
    count.filter(has_text="/").wait_for()
    assert "over" in count.get_attribute("class")
    assert len(text.input_value()) == 2001

    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("#id_empty-title").press_sequentially("Quai")
    page.get_by_role("link", name="Mentions légales").click()
    page.wait_for_url("**/mentions-legales/")
    assert asked == ["beforeunload"]
