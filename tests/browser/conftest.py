"""A real Chromium for the pages, and what every page is asked in it. Without one, these tests are skipped by name."""

import os
import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PHONE = {"width": 375, "height": 812}
expect.set_options(timeout=20_000)  # what a busy machine may need
# What the browser says of a network that a test took away, and of a session that it ended.
BY_DESIGN = ("ERR_INTERNET_DISCONNECTED", "status of 401")
# By tag, so that rules which are off by default (the size of targets) are asked too.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4", "best-practice"]
DESK = {"width": 1280, "height": 900}


def program() -> str | None:
    """The browser of this machine; playwright's own where there is none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)


@pytest.fixture(scope="session")
def browser(django_db_setup: None) -> Iterator[Browser]:
    """While it is open a loop runs, for which Django keeps a connection of its own: both end before the database."""
    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(executable_path=program(), args=["--no-sandbox"])
        except Error:
            pytest.skip("no Chromium on this machine")
        yield chromium
        chromium.close()
        connection.close()


@pytest.fixture
def open_page(browser: Browser, live_server) -> Iterator[Callable[..., Page]]:
    """`open_page("/fr/", color_scheme="dark")`: a new window; any fault the browser reports fails the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def listen(page: Page) -> None:
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda line: (
                line.type == "error"
                and not any(expected in line.text for expected in BY_DESIGN)
                and faults.append(f"{page.url}: {line.text}")
            ),
        )
        page.on(
            "request",
            lambda request: (
                request.url.startswith(("data:", live_server.url))
                or faults.append(f"{page.url} asks {request.url}")
            ),
        )

    def opened(path: str, **options) -> Page:
        context = browser.new_context(**{"viewport": DESK, "locale": "fr-FR", **options})
        contexts.append(context)
        context.on("page", listen)
        page = context.new_page()
        page.goto(f"{live_server.url}{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture(scope="session")
def violations() -> Callable[[Page], list[str]]:
    """What axe finds on a page, one line per element."""
    axe = Axe()
    options = {"runOnly": {"type": "tag", "values": RULES}}

    def found(page: Page) -> list[str]:
        results = axe.run(page, options=options).response["violations"]
        return [f"{rule['id']}: {node['html'][:200]}" for rule in results for node in rule["nodes"]]

    return found


@pytest.fixture
def demonstration(transactional_db):
    call_command("load_smart_port", verbosity=0)
    call_command("load_demo", verbosity=0)


@pytest.fixture
def signed_in(open_page):
    """`signed_in(address)`: a window of its own in which this person signed in by typing."""

    def sign_in(address: str) -> Page:
        page = open_page("/fr/compte/login/")
        page.fill("input[name=login]", address)
        page.fill("input[name=password]", "smartport-demo")
        page.click("main button[type=submit]")
        expect(page).to_have_url(re.compile("/fr/espace/$"))
        return page

    return sign_in


@pytest.fixture
def sound(violations):
    """Asserts that axe finds nothing on the page, and that it has one `h1`."""

    def check(page: Page) -> None:
        assert violations(page) == [], page.url
        assert page.locator("h1").count() == 1, page.url

    return check
