"""The outbox: one row per person, obligation and step, in the reader's language, as the reader wishes."""

import pytest
from django.db import transaction
from django.utils.translation import gettext_lazy

from partners.enums import MessageState, Wish
from partners.models import Message, Preference
from partners.services import outbox
from smartport import audience, messages
from smartport.errors import Refusal
from smartport.messages import MessageKind, Notice, Topic
from tests.factories.partners import MessageFactory

pytestmark = pytest.mark.django_db

NOTICE = {"kind": "address_failed", "context": {"person": "Jean"}}


@pytest.fixture
def kind(monkeypatch):
    """A kind people may turn off, with the texts of another."""
    declared = MessageKind(name="address_failed", label="Test", topic=Topic.PEOPLE)
    monkeypatch.setitem(messages.kinds._entries, "address_failed", declared)
    return declared


def test_the_same_thing_is_told_once(cast):
    assert outbox.queue(recipient=cast.owner, obligation="report:1", step="-7", **NOTICE) == 1
    assert outbox.queue(recipient=cast.owner, obligation="report:1", step="-7", **NOTICE) == 0
    assert outbox.queue(recipient=cast.owner, obligation="report:1", step="-3", **NOTICE) == 1
    assert Message.objects.count() == 2


def test_what_has_no_obligation_is_told_each_time(cast):
    assert [outbox.queue(recipient=cast.owner, **NOTICE) for _ in range(2)] == [1, 1]


def test_a_refused_transaction_leaves_no_message(cast):
    @transaction.atomic
    def told_and_then_refused():
        outbox.queue(recipient=cast.owner, **NOTICE)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        told_and_then_refused()
    assert not Message.objects.exists()


def test_each_reader_gets_their_own_language(cast):
    cast.owner.language, cast.manager.language = "fr", "en"
    notice = Notice("person:1", [cast.owner, cast.manager], context={"person": "Jean"})
    outbox.queue_many(kind="address_failed", notices=[notice])
    french, english = (Message.objects.get(recipient=who) for who in (cast.owner, cast.manager))
    assert "refuse nos messages" in french.subject
    assert french.text.startswith("Bonjour Oriane,")
    assert "refuses our messages" in english.subject
    assert english.text.startswith("Hello Manon,")


def test_a_text_shows_what_it_holds_in_both_parts(cast):
    outbox.queue(
        kind="address_failed", recipient=cast.owner, context={"person": "<b>Jean & fils</b>"}
    )
    row = Message.objects.get()
    assert "<b>Jean & fils</b>" in row.text
    assert "<b>Jean" not in row.html
    assert "&lt;b&gt;Jean &amp; fils" in row.html


class Broken:
    def __str__(self):
        raise ValueError("this one only")


@pytest.fixture
def unwritten(cast):
    """A text that fails for the owner, while the manager gets theirs."""
    notices = [
        Notice("person:1", [cast.owner], context={"person": Broken()}),
        Notice("person:2", [cast.manager], context={"person": "Jean"}),
    ]
    assert outbox.queue_many(kind="address_failed", notices=notices) == 1
    assert Message.objects.get(state=MessageState.QUEUED).recipient == cast.manager
    return Message.objects.get(recipient=cast.owner)


def test_a_template_that_fails_for_one_leaves_the_others_their_message(cast, unwritten, caplog):
    assert unwritten.is_unwritten
    said = " ".join(record.getMessage() for record in caplog.get_records("setup"))
    assert f"for person {cast.owner.pk}" in said
    assert cast.owner.email not in said


def test_the_secretariat_sees_what_could_not_be_written_and_why(cast, unwritten, as_user):
    secretariat = as_user(cast.secretary)
    assert (
        "Adresse qui refuse" in secretariat.get("/fr/espace/envois/?state=failed").content.decode()
    )
    page = secretariat.get(f"/fr/espace/envois/{unwritten.pk}/").content.decode()
    assert "ValueError: this one only" in page
    assert "Envoyer à nouveau" not in page
    with pytest.raises(Refusal):
        outbox.resend(actor=cast.secretary, message=unwritten)


def test_what_can_be_written_at_last_takes_the_place_of_what_could_not(cast, unwritten):
    notice = Notice("person:1", [cast.owner], context={"person": Broken()})
    assert outbox.queue_many(kind="address_failed", notices=[notice]) == 0
    assert Message.objects.filter(recipient=cast.owner).count() == 1
    notice = Notice("person:1", [cast.owner], context={"person": "Jean"})
    assert [outbox.queue_many(kind="address_failed", notices=[notice]) for _ in range(2)] == [1, 0]
    row = Message.objects.get(recipient=cast.owner)
    assert (row.state, row.error) == (MessageState.QUEUED, "")
    assert "Jean" in row.text


def test_what_cannot_be_written_to_an_address_ends_nothing(cast):
    context = {"person": Broken()}
    assert not outbox.queue_address(
        kind="address_failed", address="a@example.org", language="en", context=context
    )
    row = Message.objects.get()
    assert (row.is_unwritten, row.subject) == (True, "Address that refuses mail")


def test_who_said_never_is_not_written_to(cast, kind):
    Preference.objects.create(user=cast.owner, topics={Topic.PEOPLE: Wish.NEVER})
    Preference.objects.create(user=cast.colleague, topics={Topic.PEOPLE: Wish.DIGEST})
    notice = Notice(
        "person:1", [cast.owner, cast.colleague, cast.manager], context={"person": "Jean"}
    )
    assert outbox.queue_many(kind="address_failed", notices=[notice]) == 1
    assert Message.objects.get().recipient == cast.manager


def test_what_concerns_safety_reaches_those_who_said_never(cast):
    Preference.objects.create(user=cast.owner, topics={Topic.SECURITY: Wish.NEVER})
    assert outbox.queue(
        kind="security_notice", recipient=cast.owner, context={"event": "x", "at": "y"}
    )


@pytest.fixture
def seen(monkeypatch):
    """{person: numbers of the reports they may see}."""
    found = {}
    monkeypatch.setitem(
        audience.sights._entries,
        "report",
        lambda person, numbers: numbers & found.get(person, set()),
    )
    return found


def test_a_stand_in_receives_while_the_person_is_away(cast, kind, seen):
    seen[cast.colleague] = {1}
    Preference.objects.create(user=cast.owner, paused_from="2020-01-01", stand_in=cast.colleague)
    outbox.queue(recipient=cast.owner, obligation="report:1", **NOTICE)
    row = Message.objects.get()
    assert row.recipient == cast.colleague
    assert "Oriane" in row.why


def test_a_stand_in_receives_only_what_they_may_see(cast, kind, seen):
    seen[cast.colleague] = {1}
    Preference.objects.create(user=cast.owner, paused_from="2020-01-01", stand_in=cast.colleague)
    for obligation in ("report:2", "unknown:1", "report", ""):
        assert outbox.queue(recipient=cast.owner, obligation=obligation, **NOTICE) == 0


def test_who_no_longer_belongs_to_the_same_organisation_does_not_stand_in(cast, kind, seen):
    seen[cast.colleague] = {1}
    Preference.objects.create(user=cast.owner, paused_from="2020-01-01", stand_in=cast.colleague)
    cast.colleague.memberships.update(partner=cast.partner_b)
    assert outbox.queue(recipient=cast.owner, obligation="report:1", **NOTICE) == 0


def test_two_absent_people_with_one_stand_in_make_one_message(cast, kind, seen):
    seen[cast.manager] = {1}
    for person in (cast.owner, cast.colleague):
        Preference.objects.create(user=person, paused_from="2020-01-01", stand_in=cast.manager)
    notice = Notice("report:1", [cast.owner, cast.colleague], context={"person": "Jean"})
    assert outbox.queue_many(kind="address_failed", notices=[notice]) == 1


def test_without_a_stand_in_nothing_is_sent_while_away(cast, kind):
    Preference.objects.create(user=cast.owner, paused_from="2020-01-01")
    assert outbox.queue(recipient=cast.owner, obligation="report:1", **NOTICE) == 0


def test_who_may_no_longer_sign_in_is_not_written_to(cast):
    cast.owner.is_active = False
    cast.owner.save()
    assert outbox.queue(recipient=cast.owner, **NOTICE) == 0


def test_one_click_stops_optional_messages_only(cast, kind):
    outbox.queue(recipient=cast.owner, **NOTICE)
    outbox.queue(kind="security_notice", recipient=cast.owner, context={"event": "x", "at": "y"})
    optional = Message.objects.get(kind="address_failed")
    assert optional.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert optional.headers["List-Unsubscribe"].strip("<>") in optional.text
    assert not Message.objects.get(kind="security_notice").headers


def test_the_message_id_is_the_same_for_the_same_thing(cast):
    outbox.queue(recipient=cast.owner, obligation="report:1", step="-7", **NOTICE)
    row = Message.objects.get()
    assert row.message_id == outbox.message_id(row.key)
    assert row.message_id.endswith("@testserver>")


def test_a_missing_broker_does_not_refuse_the_request(
    cast, settings, monkeypatch, django_capture_on_commit_callbacks, caplog
):
    from kombu.exceptions import OperationalError

    from partners import tasks

    def refuse():
        raise OperationalError

    monkeypatch.setattr(tasks.deliver_messages, "delay", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        outbox.queue(recipient=cast.owner, **NOTICE)
    assert Message.objects.get().state == MessageState.QUEUED
    assert "no broker" in caplog.text


def test_who_saves_does_not_wait_for_a_broker_that_is_away(settings):
    import time

    from celery import Celery
    from kombu.exceptions import OperationalError

    app = Celery("away", broker="redis://127.0.0.1:1/0", set_as_current=False)
    app.conf.task_publish_retry = settings.CELERY_TASK_PUBLISH_RETRY
    app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    start = time.monotonic()
    with pytest.raises(OperationalError):
        app.send_task("anything")
    assert time.monotonic() - start < 2


def test_a_reason_may_be_given_in_the_readers_language(cast):
    cast.owner.language = "en"
    why = gettext_lazy("This message is sent for your safety and cannot be turned off.")
    outbox.queue(recipient=cast.owner, why=why, **NOTICE)
    assert "for your safety" in Message.objects.get().text


def test_the_page_says_what_is_in_doubt_and_when_all_is_well(cast, as_user):
    doubt = MessageFactory(state=MessageState.UNCERTAIN, subject="Peut-être arrivé")
    secretariat = as_user(cast.secretary)
    page = secretariat.get("/fr/espace/envois/?state=uncertain").content.decode()
    assert "Peut-être arrivé" in page
    assert "Un message est incertain" in page
    outbox.settle(actor=cast.secretary, message=doubt, arrived=False)
    assert "Tout est envoyé" in secretariat.get("/fr/espace/envois/").content.decode()
