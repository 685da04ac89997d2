"""The pack read on a screen: pages, search, private notes that follow their paragraph."""

from __future__ import annotations

import pytest
from django.urls import reverse

from governance.models import Pack, PackNote, PackReading
from governance.services import building, packs

pytestmark = pytest.mark.django_db


def issue(table, reason: str = "") -> Pack:
    packs.request_build(actor=table.secretary, meeting=table.meeting, reason=reason)
    building.build_due()
    pack = Pack.objects.order_by("-version").first()
    return packs.issue_pack(actor=table.secretary, pack=pack)


@pytest.fixture
def issued(table) -> Pack:
    table.meeting.status, table.meeting.summoned_at = "summoned", table.meeting.starts_at
    table.meeting.save()
    return issue(table)


def address(name: str, pack: Pack, *args: object) -> str:
    return reverse(f"governance:{name}", args=[pack.meeting.code, pack.pk, *args])


def item_page(table) -> str:
    return f"fr-item-{table.items[1].pk}"


def test_every_page_of_the_pack_opens_and_leads_to_the_next(issued, cast, as_user):
    client = as_user(cast.member)
    url, seen = address("pack_read", issued), 0
    while url:
        response = client.get(url)
        assert response.status_code == 200
        seen += 1
        following = response.context["next"]
        url = address("pack_read_page", issued, following.anchor) if following else ""
    assert seen == issued.entries.exclude(kind="attendance").count()


def test_a_page_says_what_the_pdf_says(issued, table, cast, as_user):
    page = as_user(cast.member).get(address("pack_read_page", issued, "fr-project-EAU-1"))
    words = page.content.decode()
    for expected in ("Autoriser le report du jalon.", "Fournisseur unique", "Mise en eau", "120"):
        assert expected in words


def test_the_search_finds_words_and_leads_to_their_page(issued, cast, as_user):
    client = as_user(cast.member)
    found = client.get(address("pack_read", issued), {"q": "FOURNISSEUR UNIQUE"})
    assert {page.anchor for page, _excerpt in found.context["hits"]} == {
        "fr-changes",
        "fr-project-EAU-1",
    }
    nothing = client.get(address("pack_read", issued), {"q": "<script>"})
    assert "<script>alert" not in nothing.content.decode()
    assert nothing.context["hits"] == []


def test_a_note_is_kept_changed_and_taken_away_and_nobody_else_sees_it(
    issued, table, cast, as_user
):
    client, anchor = as_user(cast.member), item_page(table)
    write = address("note_write", issued, anchor)
    client.post(write, {"paragraph": 1, "text": "Demander le calendrier."})
    client.post(write, {"paragraph": 1, "text": "Demander le calendrier complet."})
    page = address("pack_read_page", issued, anchor)
    assert "Demander le calendrier complet." in client.get(page).content.decode()
    assert PackNote.objects.count() == 1
    for other in (cast.owner, table.secretary):
        assert "Demander le calendrier" not in as_user(other).get(page).content.decode()
    client.post(write, {"paragraph": 1, "text": " "})
    assert PackNote.objects.count() == 0


def test_a_note_follows_its_paragraph_into_the_next_version(issued, table, cast, as_user):
    client, anchor = as_user(cast.member), item_page(table)
    client.post(address("note_write", issued, anchor), {"paragraph": 1, "text": "À creuser."})
    item = table.items[1]
    item.note_fr = f"Un paragraphe nouveau.\n\n{item.note_fr}"
    item.save()
    second = issue(table, "Note complétée.")
    placed = client.get(address("pack_read_page", second, anchor)).context["notes"]
    assert [(row.note.text, row.paragraph) for row in placed] == [("À creuser.", 2)]
    item.note_fr = "Tout a changé."
    item.save()
    third = issue(table, "Note refaite.")
    placed = client.get(address("pack_read_page", third, anchor)).context["notes"]
    assert [(row.note.text, row.paragraph) for row in placed] == [("À creuser.", None)]


def test_a_note_too_long_or_on_no_paragraph_is_refused_and_what_was_typed_is_kept(
    issued, table, cast, as_user
):
    client, write = as_user(cast.member), address("note_write", issued, item_page(table))
    refused = client.post(write, {"paragraph": 1, "text": "x" * 5001})
    assert refused.status_code == 422
    assert "x" * 5001 in refused.content.decode()
    assert client.post(write, {"paragraph": 99, "text": "x"}).status_code == 404
    assert client.post(write, {"paragraph": "<b>", "text": "x"}).status_code == 422


def test_strangers_find_no_reader(issued, cast, as_user):
    assert as_user(cast.stranger).get(address("pack_read", issued)).status_code == 404
    assert (
        as_user(cast.member).get(address("pack_read_page", issued, "fr-item-0")).status_code == 404
    )


def test_each_member_sees_what_changed_since_the_version_they_opened(issued, table, cast, as_user):
    client = as_user(cast.member)
    client.post(address("pack_opened", issued))
    client.post(address("pack_opened", issued))
    assert PackReading.objects.count() == 1
    table.items[0].title_fr = "Accueil"
    table.items[0].save()
    issue(table, "Un titre.")
    table.items[1].note_fr = "Trois projets."
    table.items[1].save()
    third = issue(table, "Une note.")
    changes = client.get(address("pack_detail", third)).context
    assert changes["before"] == issued
    assert {line.title for line in changes["lines"]} >= {"1. Accueil", "2. Avancement de la série"}
    other = as_user(cast.owner).get(address("pack_detail", third)).context
    assert other["before"].version == 2


def test_the_pack_page_tells_the_secretariat_what_differs(issued, table, as_user):
    client = as_user(table.secretary)
    url = reverse("governance:pack_list", args=[table.meeting.code])
    assert client.get(url).context["lines"] == []
    table.items[0].title_fr = "Accueil"
    table.items[0].save()
    assert "1. Accueil" in client.get(url).content.decode()


def test_the_meeting_page_says_item_by_item_what_differs_from_the_issued_version(
    issued, table, cast, as_user
):
    url = reverse("governance:meeting_detail", args=[table.meeting.code])
    client = as_user(table.secretary)
    assert "Rien ne diffère de la v1 diffusée" in client.get(url).content.decode()
    table.items[1].note_fr = "Trois projets."
    table.items[1].save()
    table.items[2].note_fr, table.items[2].ready = "Ébauche.", False
    table.items[2].save()
    page = client.get(url)
    shown = {item.pk: [str(line) for line in item.differs or []] for item in page.context["agenda"]}
    assert shown == {
        table.items[0].pk: [],
        table.items[1].pk: ["2. Avancement de la série (modifié, note)"],
        table.items[2].pk: [],
    }
    words = page.content.decode()
    assert "1 point diffère de la v1 diffusée." in words
    assert "Pas prêt\u00a0: le prochain dossier garde ce que la version 1 en dit." in words
    assert as_user(cast.member).get(url).context["differs"] is None
