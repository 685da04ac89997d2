"""The choice of language, the lawful pages, the gallery's door and the pages errors show."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client, RequestFactory
from django.utils.translation import override

from smartport import accessibility, navigation, views
from smartport.accessibility import Audit

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("asked", "home"), [("en", "/en/"), ("fr", "/fr/"), ("de", "/fr/"), ("", "/fr/")]
)
def test_the_root_leads_to_the_home_in_the_language_of_the_browser(client, asked, home):
    answer = client.get("/", headers={"accept-language": asked})
    assert answer["Location"] == home
    assert "Accept-Language" in answer["Vary"]


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("/fr/mentions-legales/", "/en/legal-notice/"),
        ("/fr/donnees-personnelles/", "/en/personal-data/"),
        ("/fr/accessibilite/", "/en/accessibility/"),
        ("/fr/plan-du-site/", "/en/site-map/"),
    ],
)
def test_a_lawful_page_leads_to_itself_in_the_other_language(client, french, english):
    page = client.get(french)
    assert page.status_code == 200
    assert f'href="{english}"' in page.content.decode()
    assert f'href="{french}"' in client.get(english).content.decode()


def test_the_language_switch_keeps_what_was_asked(client):
    page = client.get("/fr/plan-du-site/?page=2").content.decode()
    assert 'href="/en/site-map/?page=2"' in page


def test_without_an_audit_the_portal_says_it_is_not_compliant(client):
    statement = client.get("/fr/accessibilite/").content.decode()
    assert "<strong>non conforme</strong>" in statement
    assert "Accessibilité\xa0: non conforme" in client.get("/fr/plan-du-site/").content.decode()


def test_an_audit_counts_for_three_years():
    audit = Audit(date(2026, 2, 1), "Auditor", "https://example.org", Decimal("82.5"))
    assert accessibility.standing_audit(date(2029, 1, 31), (audit,)) == audit
    assert accessibility.standing_audit(date(2029, 2, 1), (audit,)) is None
    assert accessibility.level(audit) == "partial"
    assert accessibility.level(None) == "none"


def test_what_no_setting_says_about_the_publisher_reads_not_published(client):
    assert "not published" in client.get("/en/legal-notice/").content.decode()


def test_an_address_that_leads_nowhere_says_why_and_what_next(client):
    page = client.get("/fr/nulle-part/")
    assert page.status_code == 404
    text = page.content.decode()
    assert "Rien n’est publié ici" in text
    assert 'href="/en/"' in text


def test_a_form_without_its_token_is_answered_in_words():
    page = Client(enforce_csrf_checks=True).post("/fr/compte/login/", {"login": "x"})
    assert page.status_code == 403
    assert "ouverte trop longtemps" in page.content.decode()


@pytest.mark.parametrize(
    ("path", "words"), [("/fr/x/", "La faute est de notre côté"), ("/en/x/", "The fault is ours")]
)
def test_the_page_of_a_failure_asks_nothing_of_the_database(path, words, django_assert_num_queries):
    with django_assert_num_queries(0), override("en"):
        page = views.server_error(RequestFactory().get(path))
    assert page.status_code == 500
    assert words in page.content.decode()


def test_the_gallery_is_closed_to_strangers_outside_a_trial(client, settings):
    assert client.get("/fr/galerie/").status_code == 200
    settings.TRIAL = False
    assert client.get("/fr/galerie/").status_code == 404


def test_search_engines_are_kept_out_of_a_trial(client, settings):
    assert "Disallow: /\n" in client.get("/robots.txt").content.decode()
    settings.TRIAL = False
    open_door = client.get("/robots.txt").content.decode()
    assert "Disallow: /\n" not in open_door
    assert "Sitemap: " in open_door


def test_every_entry_of_the_navigation_leads_somewhere(rf):
    entries = (*navigation.PUBLIC, *navigation.MORE, *navigation.ACCOUNT, *navigation.FOOTER)
    user = type("Everyone", (), {entry.shown_to: True for entry in entries if entry.shown_to})()
    request = rf.get("/fr/")
    request.user = user
    assert len(navigation.links(entries, request, trial=True)) == len(entries)


def test_the_navigation_shows_a_person_only_what_they_may_open(as_user, cast):
    contributor = as_user(cast.owner).get("/fr/plan-du-site/").content.decode()
    assert "Mon espace" in contributor
    assert "Séances" not in contributor
    assert "Séances" in as_user(cast.secretary).get("/fr/plan-du-site/").content.decode()
