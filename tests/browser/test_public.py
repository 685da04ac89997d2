"""The public pages in Chromium: one test that asks them several things, for emptying the database is what costs."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_public_pages_answer_at_once_by_keyboard_and_in_any_window(demonstration, open_page):
    the_list_answers_while_one_types(open_page("/fr/projets/?view=cards"))


def the_list_answers_while_one_types(page: Page) -> None:
    """Results, counts and address follow; the words keep the cursor; one step back undoes them all."""
    count, words = page.locator("#result-count"), page.locator("#search")
    before = count.inner_text()
    words.press_sequentially("oreile", delay=20)
    expect(count).to_have_text("1 projet")
    expect(page.locator("#results a.row-link")).to_have_text(["Oreilles du port"])
    expect(page).to_have_url(re.compile(r"\?view=cards&q=oreile$"))
    expect(words).to_be_focused()
    page.go_back()
    expect(count).to_have_text(before)
    expect(words).to_have_value("")
    box = page.locator("input[name=strand][value=research]")
    box.check()
    expect(page).to_have_url(re.compile(r"strand=research"))
    expect(count).to_have_text("1 projet")
    expect(page.locator("#facet-choices input:focus")).to_have_value("research")
    expect(page.locator("#language a")).to_have_attribute("href", re.compile(r"strand=research"))
    expect(page.locator("#search-kept [name=strand]")).to_have_value("research")
