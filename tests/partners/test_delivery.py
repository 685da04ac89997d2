"""Delivery over a real SMTP server: each message once, whatever the server or the sender does."""

import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from partners.enums import MessageState
from partners.models import Message, User
from partners.services import outbox
from partners.services.delivery import deliver, recover
from partners.services.sending import PAUSES, as_mail
from smartport import messages
from smartport.errors import Refusal
from smartport.messages import MessageKind, Topic
from tests.factories.partners import MessageFactory
from tests.mail import smtp_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(settings):
    with smtp_server(settings) as server:
        yield server


def test_a_message_arrives_in_both_forms_with_its_headers(cast, post):
    outbox.queue(kind="address_failed", recipient=cast.owner, context={"person": "Jean"})
    row = Message.objects.get()
    assert deliver().sent == 1
    (letter,) = post.letters
    assert letter["To"] == cast.owner.email
    assert letter["Message-ID"] == row.message_id
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Subject"] == row.subject
    assert letter.get_body(("plain",)).get_content().split() == row.text.split()
    assert letter.get_body(("html",)).get_content().split() == row.html.split()
    row.refresh_from_db()
    assert (row.state, row.attempts) == (MessageState.SENT, 1)
    assert row.sent_at


def test_one_connection_serves_a_whole_batch_and_no_address_sees_another(post):
    MessageFactory.create_batch(12)
    assert deliver().sent == 12
    assert post.connections == 1
    assert len(set(post.addresses)) == 12
    assert all("," not in address for address in post.addresses)


def test_delivering_twice_sends_once(post):
    MessageFactory.create_batch(3)
    assert [deliver().sent, deliver().sent] == [3, 0]
    assert len(post.letters) == 3


def test_a_refused_recipient_fails_alone_and_their_managers_are_told(cast, post):
    cast.manager  # noqa: B018
    post.on_recipient = lambda address: "550 no such user" if address == cast.owner.email else None
    refused, taken = MessageFactory(recipient=cast.owner), MessageFactory()
    done = deliver()
    assert (done.failed, done.sent) == (1, 2)  # the second is the notice to the manager
    refused.refresh_from_db()
    taken.refresh_from_db()
    assert (refused.state, taken.state) == (MessageState.FAILED, MessageState.SENT)
    assert "550" in refused.error
    cast.owner.refresh_from_db()
    assert cast.owner.address_failed_at
    assert Message.objects.get(kind="address_failed").recipient == cast.manager


def test_a_greylisted_message_waits_longer_after_each_attempt_and_then_arrives(post):
    row = MessageFactory()
    post.on_recipient = lambda address: "451 come back later"
    for attempt in (1, 2):
        Message.objects.update(not_before=timezone.now())
        assert deliver().retried == 1
        row.refresh_from_db()
        assert (row.state, row.attempts) == (MessageState.QUEUED, attempt)
        assert row.not_before > timezone.now() + PAUSES[attempt - 1] - timedelta(seconds=30)
    assert deliver().sent == 0
    post.on_recipient = lambda address: None
    Message.objects.update(not_before=timezone.now())
    assert deliver().sent == 1


def test_after_the_last_pause_a_person_has_to_look(post):
    row = MessageFactory(attempts=len(PAUSES))
    post.on_data = lambda address: "452 no room"
    assert deliver().failed == 1
    row.refresh_from_db()
    assert row.state == MessageState.FAILED
    assert not row.recipient.address_failed_at


def test_a_connection_that_breaks_after_the_text_leaves_an_uncertain_row_and_the_others_arrive(
    post,
):
    first, second = MessageFactory(), MessageFactory()
    post.on_data = lambda address: "drop" if address == first.address else None
    done = deliver()
    assert (done.uncertain, done.sent) == (1, 1)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (MessageState.UNCERTAIN, MessageState.SENT)
    deliver()
    assert post.addresses.count(first.address) == 1


def test_a_server_that_hangs_before_the_text_costs_an_attempt_only(post, settings):
    settings.EMAIL_TIMEOUT = 0.1
    post.on_recipient = lambda address: time.sleep(0.15)
    row = MessageFactory()
    assert deliver().retried == 1
    row.refresh_from_db()
    assert row.state == MessageState.QUEUED


def test_a_server_that_hangs_after_the_text_leaves_an_uncertain_row_that_is_listed(
    cast, as_user, post, settings
):
    settings.EMAIL_TIMEOUT = 0.1
    row = MessageFactory(subject="Peut-être arrivé")
    post.on_data = lambda address: "hang"
    assert deliver().uncertain == 1
    row.refresh_from_db()
    assert row.state == MessageState.UNCERTAIN
    post.on_data = lambda address: None
    assert deliver().sent == 0, "sent again though it may have arrived"
    page = as_user(cast.secretary).get("/fr/espace/envois/?state=uncertain").content.decode()
    assert "Peut-être arrivé" in page


def test_a_connection_that_drops_before_the_text_is_whole_costs_an_attempt_only(post):
    """More than the network holds on its way, so that the sender notices."""
    row, other = MessageFactory(text="Bonjour\n" * 500_000), MessageFactory()
    post.on_text = lambda address: "drop" if address == row.address else None
    done = deliver()
    assert (done.retried, done.uncertain, done.sent) == (1, 0, 1)
    row.refresh_from_db()
    assert (row.state, row.attempts) == (MessageState.QUEUED, 1)
    assert post.addresses == [other.address]


def test_a_server_that_takes_two_messages_per_connection_gets_them_all_at_once(post):
    post.limit = 2
    MessageFactory.create_batch(5)
    done = deliver()
    assert (done.sent, done.retried) == (5, 0)
    assert (len(set(post.ids)), len(post.ids), post.connections) == (5, 5, 3)


def test_a_server_that_takes_nothing_more_is_not_asked_for_ever(post):
    post.limit = 0
    row = MessageFactory()
    assert deliver().retried == 1
    row.refresh_from_db()
    assert row.error.startswith("421")
    assert row.not_before > timezone.now()


def test_a_message_that_another_sender_took_over_is_left_to_it(post, monkeypatch):
    first, second, third = MessageFactory.create_batch(3)

    def compose(row):
        if row.pk == second.pk:  # meanwhile
            Message.objects.filter(pk=row.pk).update(claimed_by="77")
        return as_mail(row)

    monkeypatch.setattr("partners.services.sending.as_mail", compose)
    assert deliver().sent == 2
    assert post.addresses == [first.address, third.address]
    second.refresh_from_db()
    assert (second.state, second.claimed_by) == (MessageState.QUEUED, "77")


def test_a_message_that_cannot_be_put_together_fails_alone_and_is_listed(cast, as_user, post):
    broken = MessageFactory(subject="Mal attaché", attachments=[{"name": "without the rest"}])
    good = MessageFactory()
    done = deliver()
    assert (done.failed, done.sent) == (1, 1)
    assert post.addresses == [good.address]
    broken.refresh_from_db()
    assert (broken.state, broken.error) == (MessageState.FAILED, "KeyError")
    page = as_user(cast.secretary).get("/fr/espace/envois/?state=failed").content.decode()
    assert "Mal attaché" in page


def test_without_a_mail_server_everything_waits_and_no_attempt_is_spent(settings):
    settings.EMAIL_BACKEND = "partners.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    row = MessageFactory()
    assert deliver().sent == 0
    row.refresh_from_db()
    assert (row.state, row.attempts, row.claimed_by) == (MessageState.QUEUED, 0, "")


def test_a_row_claimed_by_a_dead_sender_becomes_uncertain_and_its_reservations_are_free_again(post):
    claimed = MessageFactory(
        state=MessageState.CLAIMED, claimed_at=timezone.now(), claimed_by="123"
    )
    reserved = MessageFactory(claimed_by="123")
    assert recover() == 1
    claimed.refresh_from_db()
    reserved.refresh_from_db()
    assert claimed.state == MessageState.UNCERTAIN
    assert (reserved.state, reserved.claimed_by) == (MessageState.QUEUED, "")
    assert deliver().sent == 1


def test_what_was_done_meanwhile_is_not_sent(cast, post, monkeypatch):
    kind = MessageKind(
        name="address_failed",
        label="Test",
        topic=Topic.REPORTS,
        still_due=lambda pairs: {pair for pair in pairs if pair[1] == "report:1"},
    )
    monkeypatch.setitem(messages.kinds._entries, "address_failed", kind)
    for obligation in ("report:1", "report:2"):
        outbox.queue(
            kind="address_failed",
            recipient=cast.owner,
            obligation=obligation,
            context={"person": "Jean"},
        )
    done = deliver()
    assert (done.sent, done.cancelled) == (1, 1)
    assert Message.objects.get(obligation="report:2").state == MessageState.CANCELLED


def test_where_a_rule_fails_its_messages_wait_and_the_others_are_sent(cast, post, monkeypatch):
    def fails(pairs):
        raise RuntimeError

    kind = MessageKind(name="failing", label="Test", topic=Topic.REPORTS, still_due=fails)
    monkeypatch.setitem(messages.kinds._entries, "failing", kind)
    held, good = MessageFactory(kind="failing", obligation="report:1"), MessageFactory()
    assert deliver().sent == 1
    assert post.addresses == [good.address]
    held.refresh_from_db()
    assert (held.state, held.error) == (MessageState.QUEUED, "RuntimeError")
    assert held.not_before > timezone.now()


def test_who_left_between_writing_and_sending_is_not_written_to(cast, post):
    outbox.queue(kind="address_failed", recipient=cast.owner, context={"person": "Jean"})
    User.objects.filter(pk=cast.owner.pk).update(is_active=False)
    assert deliver().cancelled == 1
    assert not post.letters


def test_a_line_break_in_a_subject_or_address_injects_nothing(post):
    row = MessageFactory(subject="Bonjour\nBcc: all@example.org")
    other = MessageFactory(address="jean@example.org\nBcc: all@example.org")
    good = MessageFactory()
    done = deliver()
    assert (done.failed, done.sent) == (2, 1)
    for one in (row, other):
        one.refresh_from_db()
        assert one.state == MessageState.FAILED
    assert post.addresses == [good.address]


def test_no_more_than_the_minute_allows(post, settings):
    settings.MESSAGES_PER_MINUTE = 5
    MessageFactory.create_batch(8)
    assert [deliver().sent, deliver().sent] == [5, 0]
    Message.objects.filter(state=MessageState.QUEUED).update(queued_at=timezone.now())
    assert Message.objects.filter(state=MessageState.QUEUED).count() == 3


def test_a_text_with_a_link_that_signs_in_is_forgotten_once_sent(cast, post):
    outbox.queue_address(
        kind="password_reset",
        address=cast.owner.email,
        language="fr",
        recipient=cast.owner,
        context={"url": "https://portal.example/secret-token"},
    )
    deliver()
    assert "secret-token" in post.letters[0].get_body(("plain",)).get_content()
    row = Message.objects.get()
    assert "secret-token" not in row.text + row.html


def test_a_sent_message_cannot_change(post):
    from django.db import DatabaseError, transaction

    row = MessageFactory()
    deliver()
    with pytest.raises(DatabaseError), transaction.atomic():
        Message.objects.filter(pk=row.pk).update(text="autre chose")


def test_an_uncertain_message_is_settled_or_sent_again_by_a_person(cast, post):
    arrived, lost = (
        MessageFactory(state=MessageState.UNCERTAIN, claimed_at=timezone.now()) for _ in range(2)
    )
    outbox.settle(actor=cast.secretary, message=arrived, arrived=True)
    outbox.resend(actor=cast.secretary, message=lost)
    assert deliver().sent == 1
    assert post.ids == [lost.message_id]
    with pytest.raises(Refusal):
        outbox.resend(actor=cast.secretary, message=arrived)


def test_the_command_says_what_it_did(post, capsys):
    MessageFactory()
    call_command("deliver_messages")
    assert "1 sent" in capsys.readouterr().out


def test_a_letter_says_what_its_row_holds_whatever_the_letters(post):
    """Long subjects, lines that look like the end of mail, boundaries and accents."""
    text = "Élan\n.\nFrom là\n--=a\n" + "x" * 2000 + "\nfin  \n"
    row = MessageFactory(subject="Ça " + "été " * 40, text=text, html="<p>œuf</p>")
    deliver()
    (letter,) = post.letters
    assert letter["Subject"].split() == row.subject.split()
    assert letter.get_body(("plain",)).get_content().replace("\r\n", "\n") == text
    assert "œuf" in letter.get_body(("html",)).get_content()
    assert not letter.defects


def test_a_clock_set_back_does_not_hold_the_mail_up(post, settings):
    """What seems to have been sent in an hour spends nothing of this minute."""
    settings.MESSAGES_PER_MINUTE = 3
    ahead = timezone.now() + timedelta(hours=1)
    MessageFactory.create_batch(3, state=MessageState.SENT, sent_at=ahead)
    MessageFactory()
    assert deliver().sent == 1
