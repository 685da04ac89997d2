"""The workspace, preferences, the outbox and the trial's mailbox, as each person sees them."""

import mailbox
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from partners.enums import DigestRhythm, MessageState, Wish
from partners.models import Message, Preference
from partners.services import outbox
from partners.views.workspace import sentence
from smartport import messages, obligations
from smartport.messages import MessageKind, Topic
from smartport.obligations import Obligation, Standing
from tests.factories.partners import MessageFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def thing(number, due=None, **fields):
    return Obligation(
        key=f"report:{number}",
        kind="report",
        title=f"Fiche {number}",
        url="/fr/",
        action="Écrire la fiche",
        due_on=due,
        **fields,
    )


@pytest.fixture
def owed(monkeypatch):
    """{person: [obligations]} as the apps would give them."""
    found = {}
    monkeypatch.setattr(
        obligations.providers, "_entries", {"test": lambda user, today: found.get(user, [])}
    )
    return found


def test_a_person_with_five_obligations_sees_exactly_five_by_date_and_a_stranger_none(
    cast, as_user, owed
):
    owed[cast.owner] = [
        thing(1),
        *(
            thing(n, due=TODAY + timedelta(days=10 - n), for_whom="Partenaire A")
            for n in range(2, 6)
        ),
    ]
    page = as_user(cast.owner).get(reverse("partners:workspace")).content.decode()
    assert "Vous avez cinq choses à faire." in page
    places = [page.index(f"<bdi>Fiche {number}</bdi>") for number in (5, 4, 3, 2, 1)]
    assert places == sorted(places)
    assert page.count('class="obligation"') == 5
    stranger = as_user(cast.stranger).get(reverse("partners:workspace")).content.decode()
    assert "Vous n’avez rien à faire" in stranger
    assert 'class="obligation"' not in stranger


def test_what_waits_for_others_stands_below_with_who_and_since_when(cast, as_user, owed):
    owed[cast.owner] = [
        thing(1, waits_for="Secrétariat", since=TODAY - timedelta(days=6)),
        thing(2, due=TODAY),
    ]
    page = as_user(cast.owner).get(reverse("partners:workspace")).content.decode()
    assert (
        page.index("<bdi>Fiche 2</bdi>")
        < page.index("En attente des autres")
        < page.index("<bdi>Fiche 1</bdi>")
    )
    assert "Secrétariat" in page


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (Standing(), "You owe nothing, and you wait for nothing."),
        (
            Standing([], [thing(1, waits_for="x")]),
            "You owe nothing. Others have something to do for you.",
        ),
        (Standing([thing(1)]), "You owe one thing."),
        (
            Standing([thing(1, TODAY - timedelta(days=1)), thing(2)]),
            "You owe two things. 1 is late.",
        ),
        (Standing([thing(n) for n in range(12)]), "You owe 12 things."),
    ],
)
def test_the_sentence_says_how_things_stand(standing, words):
    with translation.override("en"):
        assert sentence(standing, TODAY) == words


def test_nobody_reads_a_workspace_without_signing_in():
    assert Client().get("/fr/espace/").status_code == 302


# --- Preferences ------------------------------------------------------------------------------------


def choices(**changed):
    return {
        "language": "fr",
        "digest": "weekly",
        "digest_weekday": "1",
        "digest_month_day": "1",
        **{
            f"topic_{topic}": "now"
            for topic in ("reports", "meetings", "actions", "agreements", "people")
        },
        **changed,
    }


def test_choices_are_kept_and_the_portal_speaks_the_new_language(cast, as_user):
    client = as_user(cast.owner)
    answer = client.post(
        reverse("partners:preferences"),
        choices(language="en", topic_reports="digest", digest="daily"),
    )
    assert answer["Location"] == "/en/workspace/preferences/"
    wish = Preference.objects.get(user=cast.owner)
    assert (wish.digest, wish.topics) == (DigestRhythm.DAILY, {"reports": Wish.DIGEST})
    cast.owner.refresh_from_db()
    assert cast.owner.language == "en"


def test_days_away_in_the_wrong_order_are_refused_next_to_the_field(cast, as_user):
    page = as_user(cast.owner).post(
        reverse("partners:preferences"),
        choices(paused_from="2026-12-10", paused_until="2026-12-01"),
    )
    assert page.status_code == 422
    assert page.context["form"].errors["paused_until"]
    assert 'value="2026-12-10"' in page.content.decode()
    assert not Preference.objects.exists()


def test_only_a_colleague_can_stand_in(cast, as_user):
    colleague, stranger = cast.colleague, cast.stranger
    refused = as_user(cast.owner).post(
        reverse("partners:preferences"), choices(stand_in=stranger.pk)
    )
    assert refused.context["form"].errors["stand_in"]
    as_user(cast.owner).post(reverse("partners:preferences"), choices(stand_in=colleague.pk))
    assert Preference.objects.get(user=cast.owner).stand_in == colleague


@pytest.mark.parametrize("page", ["preferences", "tokens", "people", "membership"])
def test_a_form_that_is_sent_back_says_so_to_programs_too(cast, as_user, page):
    mine = cast.manager.memberships.get()
    places = {"people": [mine.partner.slug], "membership": [mine.pk]}
    address = reverse(f"partners:{page}", args=places.get(page))
    answer = as_user(cast.manager).post(address, {"name": "", "email": "x", "role": "king"})
    assert answer.status_code == 422
    assert answer.context["form"].errors


def unsubscribe_path(person, topic=Topic.REPORTS):
    from partners.services.rendering import unsubscribe_url

    kind = MessageKind(name="test", label="Test", topic=topic)
    return unsubscribe_url(person, kind).removeprefix("http://testserver")


def test_one_click_from_a_mail_program_stops_exactly_one_topic(cast):
    path = unsubscribe_path(cast.owner)
    shown = Client().get(path)
    assert "Fiches d’avancement" in shown.content.decode()
    assert not Preference.objects.exists(), "looking changes nothing"
    mail_program = Client(enforce_csrf_checks=True)
    assert mail_program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Preference.objects.get(user=cast.owner).topics == {"reports": "never"}
    assert Preference.objects.get(user=cast.owner).digest == DigestRhythm.WEEKLY


def test_stopping_the_digest_leaves_the_reminders(cast):
    Client().post(unsubscribe_path(cast.owner, Topic.DIGEST))
    wish = Preference.objects.get(user=cast.owner)
    assert (wish.digest, wish.topics) == (DigestRhythm.NEVER, {})


@pytest.mark.parametrize(
    ("topic", "before"), [(Topic.REPORTS, Wish.DIGEST), (Topic.DIGEST, DigestRhythm.DAILY)]
)
def test_a_click_too_many_is_taken_back_without_signing_in(cast, topic, before):
    chosen = {"digest": before} if topic == Topic.DIGEST else {"topics": {"reports": before}}
    Preference.objects.create(user=cast.owner, **chosen)
    path, client = unsubscribe_path(cast.owner, topic), Client()
    undo = client.post(path).context["undo"]
    other = unsubscribe_path(cast.owner, Topic.MEETINGS)
    assert client.post(other, {"undo": undo}).status_code == 404, "it undoes its own click only"
    assert client.post(path, {"undo": undo + "x"}).status_code == 404
    assert "comme avant" in client.post(path, {"undo": undo}).content.decode()
    wish = Preference.objects.get()
    assert (wish.digest if topic == Topic.DIGEST else wish.wish(topic)) == before


def test_the_page_names_what_stops_and_what_cannot_be_turned_off(cast):
    page = Client().get(unsubscribe_path(cast.owner)).content.decode()
    stops, _heading, stays = page.partition("car cela ne se coupe pas")
    assert "Rappel d’une fiche" in stops
    assert "Fiche renvoyée" in stays
    digest = Client().get(unsubscribe_path(cast.owner, Topic.DIGEST)).content.decode()
    assert "Confirmation d’un" not in digest, (
        "the subscriptions of others are no matter of this person"
    )


def test_preferences_say_what_is_always_sent(cast, as_user):
    page = as_user(cast.owner).get(reverse("partners:preferences")).content.decode()
    assert (
        "Toujours envoyés, aussitôt\u202f: " in page or "Toujours envoyés, aussitôt\xa0: " in page
    )


def test_a_topic_in_a_digest_that_never_comes_is_refused_beside_the_field(cast, as_user):
    page = as_user(cast.owner).post(
        reverse("partners:preferences"), choices(topic_reports="digest", digest="never")
    )
    assert page.context["form"].errors["digest"]
    assert not Preference.objects.exists()


@pytest.mark.parametrize("day", ["0", "32", "-1", "x", "1.5", ""])
def test_a_day_that_no_month_has_is_refused_beside_the_field(cast, as_user, day):
    page = as_user(cast.owner).post(
        reverse("partners:preferences"), choices(digest="monthly", digest_month_day=day)
    )
    assert page.context["form"].errors["digest_month_day"]


def test_a_forged_link_stops_nothing(cast):
    assert Client().post(unsubscribe_path(cast.owner)[:-3] + "x/").status_code == 404
    assert not Preference.objects.exists()


# --- The outbox -------------------------------------------------------------------------------------


def test_the_secretariat_finds_a_message_and_why_it_was_sent(cast, as_user):
    outbox.queue(
        kind="address_failed",
        recipient=cast.owner,
        obligation="report:7",
        context={"person": "Jean"},
        why="Vous écrivez les fiches.",
    )
    MessageFactory(subject="Autre chose")
    secretary = as_user(cast.secretary)
    found = secretary.get(reverse("partners:outbox"), {"q": "Oriane"}).content.decode()
    assert "refuse nos messages" in found
    assert "Autre chose" not in found
    row = Message.objects.get(recipient=cast.owner)
    page = secretary.get(reverse("partners:outbox_message", args=[row.pk])).content.decode()
    assert "Vous écrivez les fiches." in page
    assert row.message_id.strip("<>") in page


def test_partners_do_not_read_the_outbox(cast, as_user):
    row = MessageFactory(recipient=cast.owner)
    for person in (cast.owner, cast.manager, cast.stranger, cast.member):
        assert as_user(person).get(reverse("partners:outbox")).status_code == 403
        assert (
            as_user(person).get(reverse("partners:outbox_message", args=[row.pk])).status_code
            == 403
        )
        assert (
            as_user(person).post(reverse("partners:outbox_resend", args=[row.pk])).status_code
            == 403
        )


def test_a_failed_message_is_sent_again_by_one_button(cast, as_user):
    row = MessageFactory(state=MessageState.FAILED, error="550", attempts=3)
    as_user(cast.secretary).post(reverse("partners:outbox_resend", args=[row.pk]))
    row.refresh_from_db()
    assert (row.state, row.attempts) == (MessageState.QUEUED, 0)


def test_a_message_that_arrived_is_not_sent_again(cast, as_user):
    row = MessageFactory(sent=True)
    refused = as_user(cast.secretary).post(reverse("partners:outbox_resend", args=[row.pk]))
    assert refused.status_code == 409


def test_nobody_reads_a_link_that_signs_in(cast, as_user):
    outbox.queue_address(
        kind="password_reset",
        address=cast.owner.email,
        language="fr",
        recipient=cast.owner,
        context={"url": "https://portal.example/secret-token"},
    )
    row = Message.objects.get()
    page = (
        as_user(cast.admin).get(reverse("partners:outbox_message", args=[row.pk])).content.decode()
    )
    assert "secret-token" not in page
    Message.objects.update(state=MessageState.FAILED)
    refused = as_user(cast.admin).post(reverse("partners:outbox_resend", args=[row.pk]))
    assert refused.status_code == 409


def test_every_kind_of_message_has_its_texts():
    from django.template.loader import get_template

    for kind in messages.kinds:
        for suffix in ("subject.txt", "txt"):
            assert get_template(f"messages/{kind.name}.{suffix}")


# --- The mailbox of the trial -----------------------------------------------------------------------


@pytest.fixture
def letters(settings, tmp_path):
    settings.MAILBOX_DIR = tmp_path / "mail"
    box = mailbox.Maildir(settings.MAILBOX_DIR)

    def post(body: bytes) -> str:
        return box.add(body)

    return post


MAIL = (
    b"From: a@example.org\nTo: b@example.org\nSubject: =?utf-8?b?UmFwcGVs?=\n"
    b"Date: Mon, 23 Nov 2026 20:00:00 +0100\nMIME-Version: 1.0\n"
    b"Content-Type: text/html; charset=utf-8\n\n"
    b"<p>Bonjour</p><script>alert(1)</script><img src=x onerror=alert(2)>\n"
)


def test_an_administrator_reads_a_letter_and_nothing_in_it_runs(cast, as_user, letters):
    key = letters(MAIL)
    admin = as_user(cast.admin)
    assert "Rappel" in admin.get(reverse("partners:mailbox")).content.decode()
    page = admin.get(reverse("partners:mailbox_letter", args=[key])).content.decode()
    assert "<p>Bonjour</p>" in page
    assert "alert(" not in page


def test_only_administrators_read_the_mailbox_and_only_in_a_trial(cast, as_user, letters, settings):
    key = letters(MAIL)
    letter = reverse("partners:mailbox_letter", args=[key])
    for person in (cast.owner, cast.manager, cast.secretary, cast.member):
        assert as_user(person).get(reverse("partners:mailbox")).status_code == 403
        assert as_user(person).get(letter).status_code == 403
    settings.TRIAL = False
    assert as_user(cast.admin).get(letter).status_code == 404


def test_an_empty_mailbox_and_a_letter_that_is_not_there(cast, as_user, settings, tmp_path):
    settings.MAILBOX_DIR = tmp_path / "none"
    admin = as_user(cast.admin)
    assert "Aucun message" in admin.get(reverse("partners:mailbox")).content.decode()
    assert admin.get(reverse("partners:mailbox_letter", args=["..%2Fetc"])).status_code == 404


def test_the_list_of_texts_says_in_words_when_each_is_sent(cast, as_user):
    page = as_user(cast.secretary).get("/fr/espace/textes/").content.decode()
    assert "14, 7, 3 jours avant · le jour même" in page
    assert "7, 1 jours avant · 3, 10, 30 jours après" in page


def test_the_preferences_unfold_which_messages_a_topic_reaches(cast, as_user):
    page = as_user(cast.owner).get("/fr/espace/preferences/").content.decode()
    folded = re.findall(r"<details[^>]*>(.*?)</details>", page, re.DOTALL)
    assert any("fiche à rédiger" in text and "Fiches d’avancement" in text for text in folded)
