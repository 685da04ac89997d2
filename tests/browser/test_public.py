"""The public pages in Chromium: one test that asks them several things, for emptying the database is what costs."""

import re
from io import BytesIO

import pikepdf
import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PROJECT = "/fr/projets/demo-courant-a-quai-salins/"
PAGES = [
    "/fr/",
    "/fr/projets/",
    "/fr/projets/?view=map",
    "/en/projects/?view=timeline",
    "/fr/projets/?q=zzzz&health=rainy",
    PROJECT,
    "/en/series/demo-quais-propres-donnees-partagees/",
    "/fr/partenaires/demo-quais-du-levant/",
    "/en/goals/g1/",
    "/fr/histoire/",
    "/fr/chiffres/",
    "/en/open-data/",
    "/fr/accessibilite/",
]
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value;
}).observe({ type: "layout-shift", buffered: true });
"""
COLUMNS = """[...document.querySelectorAll(".projects, .timeline")].map((table) =>
  [...table.rows[0].cells].map((cell) => Math.round(cell.getBoundingClientRect().x)))"""
# Where the focus is: what it is on, whether it can be seen there, and that it is marked.
FOCUS = """() => {
  const on = document.activeElement, box = on.getBoundingClientRect(), style = getComputedStyle(on);
  const seen = box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight;
  const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const place = [...document.querySelectorAll("*")].indexOf(on);
  return { place, seen, marked, body: on === document.body, html: on.outerHTML.slice(0, 90) };
}"""


def test_the_public_pages_answer_at_once_by_keyboard_and_in_any_window(
    demonstration, open_page, violations
):
    the_list_answers_while_one_types(open_page("/fr/projets/?view=cards"))
    page = open_page("/fr/plan-du-site/", reduced_motion="reduce")
    page.context.add_init_script(SHIFTS)
    for number, path in enumerate(PAGES):
        page.emulate_media(color_scheme="dark" if number % 2 else "light")
        go(page, path)
        assert violations(page) == [], path
        it_held_still_and_fits(page)
    rows_that_arrive_late_move_no_column(page)
    page.emulate_media(forced_colors="active")
    go(page, PROJECT)
    assert page.locator(".timeline tbody svg").first.evaluate(DRAWN), "gone in forced colours"
    for path in ("/fr/projets/", PROJECT):
        go(page, path)
        every_control_is_reached_in_order_and_left(page)
    go(page, PROJECT)
    it_prints_on_two_pages(page)


DRAWN = """(drawing) => [...drawing.querySelectorAll("circle, line, path, rect")].some((mark) => {
  const { fill, stroke } = getComputedStyle(mark), paper = getComputedStyle(document.body).backgroundColor;
  return (fill !== "none" && fill !== paper) || (stroke !== "none" && stroke !== paper);
})"""


def go(page: Page, path: str) -> None:
    page.goto(re.match(r"https?://[^/]+", page.url)[0] + path)


def it_held_still_and_fits(page: Page) -> None:
    """Nothing moved while it loaded; 320 pixels are also a window of 1280 enlarged four times.

    A paragraph that arrives in two parts settles by a hair: a tenth of what is good is allowed.
    """
    assert page.evaluate("window.shifted") < 0.01, page.url
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width)


def rows_that_arrive_late_move_no_column(page: Page) -> None:
    """As a table stands when its first row has come, so it stands with all of them."""
    page.set_viewport_size({"width": 1280, "height": 900})
    for path in ("/fr/projets/", "/en/projects/?view=timeline", PROJECT):
        go(page, path)
        whole = page.evaluate(COLUMNS)
        page.evaluate("document.querySelectorAll('tbody tr + tr').forEach((row) => row.remove())")
        assert page.evaluate(COLUMNS) == whole, path


def every_control_is_reached_in_order_and_left(page: Page) -> None:
    """Tab goes once through the page, first to the skip link, and out of it again."""
    page.keyboard.press("Tab")
    assert "#content" in page.evaluate(FOCUS)["html"]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.evaluate("document.activeElement.blur()")
    go(page, page.url.partition("#")[0].removeprefix(re.match(r"https?://[^/]+", page.url)[0]))
    places = []
    for _press in range(400):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus["body"] or focus["place"] in places[:1]:
            break
        assert focus["seen"] and focus["marked"], focus
        places.append(focus["place"])
    else:
        pytest.fail(f"no way out of {page.url}")
    assert len(places) > 20 and places == sorted(places), page.url


def it_prints_on_two_pages(page: Page) -> None:
    with pikepdf.open(BytesIO(page.pdf(prefer_css_page_size=True))) as pdf:
        assert len(pdf.pages) == 2


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
