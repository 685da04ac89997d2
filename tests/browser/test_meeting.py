"""A whole meeting in Chromium: an agenda from suggestions, a departure that breaks the quorum, minutes that the
next meeting approves. Axe looks at each page on the way."""

import pytest
from django.urls import reverse
from django.utils.translation import override
from playwright.sync_api import Page, expect

from governance.models import Decision, Meeting, Minutes
from governance.services.meetings import people_to_summon

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
SECRETARY = "secretariat@smartport.example"
MEMBER = "member@smartport.example"


def address(name: str, *args: object) -> str:
    with override("fr"):
        return reverse(f"governance:{name}", args=args)


def go(page: Page, path: str) -> None:
    page.goto(page.url.partition("/fr/")[0] + path)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()


def test_a_meeting_from_its_suggested_agenda_to_minutes_approved_at_the_next_one(
    demonstration, signed_in, sound
):
    page = signed_in(SECRETARY)
    meeting = prepared(page, "2027-03-18", sound)
    take_every_suggestion(page, meeting, sound)
    reorder_by_hand_and_by_keyboard(page, meeting)
    press(page, "Convoquer les membres")
    the_member_replies(signed_in, meeting, sound)
    go(page, meeting_address(meeting))
    page.once("dialog", lambda dialog: dialog.accept())  # it is before its day
    press(page, "Ouvrir la séance")
    hold(page, meeting, sound)
    write_the_minutes(page, meeting, sound)
    following = prepared(page, "2027-06-17", sound)
    approve_the_minutes(page, following, meeting)


def meeting_address(meeting: Meeting) -> str:
    return address("meeting_detail", meeting.code)


def prepared(page: Page, day: str, sound) -> Meeting:
    go(page, address("meeting_create"))
    sound(page)
    page.select_option("select[name=committee]", label="Comité de pilotage de démonstration")
    page.fill("input[name=day]", day)
    page.fill("input[name=begins]", "09:30")
    press(page, "Enregistrer la séance")
    expect(page.get_by_role("heading", name="Ordre du jour", exact=True)).to_be_visible()
    return Meeting.objects.order_by("-pk").first()


def take_every_suggestion(page: Page, meeting: Meeting, sound) -> None:
    sound(page)
    offered = page.get_by_role("button", name="Mettre à l’ordre du jour")
    for left in range(offered.count(), 0, -1):
        expect(offered).to_have_count(left)
        offered.first.click()
    expect(offered).to_have_count(0)
    assert meeting.agenda.count() >= 3
    assert meeting.agenda.order_by("position").first().kind == "approve_minutes"
    sound(page)


def reorder_by_hand_and_by_keyboard(page: Page, meeting: Meeting) -> None:
    """The first item is dragged below the second, then put back with a key."""
    before = order_of(meeting)
    page.wait_for_load_state("networkidle")
    page.locator(".agenda").evaluate("list => list.scrollIntoView()")
    page.locator(".agenda [data-reorder-handle] svg").first.hover()
    second = page.locator(".agenda > li").nth(1).bounding_box()
    page.mouse.down()
    for y in (
        second["y"] + 10,
        second["y"] + second["height"] - 6,
        second["y"] + second["height"] - 4,
    ):
        page.mouse.move(second["x"] + 40, y, steps=4)
    expect(page.locator(".agenda > li.dragged + li input[name=order]")).to_have_value(
        str(before[2])
    )
    with page.expect_navigation():
        page.mouse.up()
    dragged = order_of(meeting)
    assert dragged == [before[1], before[0], *before[2:]]
    up = page.locator(f"button[name=move][value='up:{before[0]}']")
    with page.expect_navigation():
        up.press("Enter")
    assert order_of(meeting) == before
    assert page.evaluate("document.activeElement.name") == "move"


def order_of(meeting: Meeting) -> list[int]:
    return list(meeting.agenda.order_by("position").values_list("pk", flat=True))


def the_member_replies(signed_in, meeting: Meeting, sound) -> None:
    page = signed_in(MEMBER)
    go(page, address("meeting_reply", meeting.code))
    sound(page)
    press(page, "Je participe")
    expect(page.get_by_text("Votre réponse est enregistrée.")).to_be_visible()
    assert meeting.summonses.get(user__email=MEMBER).reply == "yes"


def hold(page: Page, meeting: Meeting, sound) -> None:
    """Two seats of four are the quorum; one leaves after the first item."""
    go(page, address("meeting_session", meeting.code))
    sound(page)
    people = {mandate.seat_id: str(mandate.user) for mandate in people_to_summon(meeting)}
    first, second = list(people.values())[:2]
    for name in (first, second):
        press(page, f"Arrivée : {name}")
        expect(page.get_by_role("button", name=f"Départ : {name}")).to_be_visible()
    expect(page.get_by_text("Quorum atteint").first).to_be_visible()
    sound(page)
    outcome(page, "postponed")  # the minutes of a meeting that is still to come
    press(page, f"Départ : {second}")
    expect(page.get_by_text("Quorum non atteint").first).to_be_visible()
    sound(page)
    while meeting.agenda.undecided().exists():
        outcome(page, "noted")
    items = meeting.agenda.order_by("position")
    assert items[0].quorum["reached"] is True
    assert items[1].quorum["reached"] is False
    page.once("dialog", lambda dialog: dialog.accept())
    press(page, "Clôturer la séance")
    expect(page.get_by_text("Ses décisions sont numérotées et ont pris effet")).to_be_visible()
    assert Decision.objects.filter(meeting=meeting).count() == items.count()


def outcome(page: Page, value: str) -> None:
    title = page.title()
    page.locator(f"input[name=outcome][value={value}]").check(force=True)
    press(page, "Enregistrer l’issue")
    expect(page).not_to_have_title(title)
    page.wait_for_load_state()


def write_the_minutes(page: Page, meeting: Meeting, sound) -> None:
    go(page, address("minutes_detail", meeting.code))
    sound(page)
    press(page, "Rédiger le relevé")
    expect(page.get_by_text("Quorum non atteint").first).to_be_visible()
    page.get_by_role("link", name="Modifier le texte").click()
    sound(page)
    text = page.locator("textarea[name=text]")
    text.fill(text.input_value() + "\nRelu par le secrétariat.")
    press(page, "Enregistrer le relevé")
    press(page, "Diffuser le relevé")
    expect(page.get_by_text("Le relevé est envoyé aux membres.")).to_be_visible()
    sound(page)


def approve_the_minutes(page: Page, following: Meeting, meeting: Meeting) -> None:
    assert following.agenda.earliest("position").kind == "approve_minutes"
    press(page, "Convoquer les membres")
    page.once("dialog", lambda dialog: dialog.accept())  # it is before its day
    press(page, "Ouvrir la séance")
    page.get_by_role("link", name="Enregistrer l’issue suivante").click()
    outcome(page, "approved")
    while following.agenda.undecided().exists():
        outcome(page, "noted")
    page.once("dialog", lambda dialog: dialog.accept())
    press(page, "Clôturer la séance")
    expect(page.get_by_text("Ses décisions sont numérotées et ont pris effet")).to_be_visible()
    approved = Minutes.objects.get(meeting=meeting)
    assert approved.status == "approved"
    assert approved.approved_by.meeting == following
    assert "Relu par le secrétariat." in approved.text
