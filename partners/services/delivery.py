"""Delivery: claim a row (committed), send it, mark it. Killed at any point, nothing is lost or sent twice.

A sender reserves a handful of rows by writing its number on them, then claims them one at a time just before
sending. Its number is also a lock of its database session: when the lock can be had, the sender is gone, its
reservations are free again, and the one row it may have been sending is marked uncertain for a person to see.
"""

import logging
import secrets
import smtplib
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from partners.enums import MessageState
from partners.models import Message, User
from partners.services import outbox
from smartport import messages

logger = logging.getLogger(__name__)
Result = TypeVar("Result")

BATCH = 50
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720))  # after each failed attempt
RESERVE_LOCK = 7_310_001
DATABASE_PATIENCE = 60  # seconds to wait for a database that restarts, to mark what was sent
FORGOTTEN = "—"
PERMANENT, CLOSING = 500, 421  # SMTP replies


@dataclass
class Delivery:
    sent: int = 0
    retried: int = 0
    failed: int = 0
    cancelled: int = 0
    uncertain: int = 0


class ServerUnreachable(Exception):
    """The mail server does not answer: nothing was tried, everything waits for the next run."""


def deliver() -> Delivery:
    """Send what is due, as far as the limit per minute allows; safe to run at once in several processes."""
    done = Delivery()
    with _sender_number() as sender:
        done.uncertain += recover()
        while batch := _reserve(sender):
            due = _drop_what_is_no_longer_due(batch, done)
            try:
                _Sender(sender, done).send(due)
            except ServerUnreachable as error:
                logger.warning("mail server unreachable (%s): %s messages wait", error, len(due))
                break
            finally:
                _release(sender)
    return done


def recover() -> int:
    """Free what dead senders had reserved; mark uncertain, and return the number of, what they had claimed."""
    uncertain = 0
    open_rows = Message.objects.filter(state__in=[MessageState.QUEUED, MessageState.CLAIMED])
    for number in set(
        open_rows.exclude(claimed_by="").order_by().values_list("claimed_by", flat=True)
    ):
        if not _lock(number):
            continue
        try:
            of_dead = Message.objects.filter(claimed_by=number)
            of_dead.filter(state=MessageState.QUEUED).update(claimed_by="")
            uncertain += of_dead.filter(state=MessageState.CLAIMED).update(
                state=MessageState.UNCERTAIN
            )
        finally:
            _unlock(number)
    if uncertain:
        logger.error("%s messages uncertain: their sender ended while sending", uncertain)
    return uncertain


@contextmanager
def _sender_number() -> Iterator[str]:
    number = str(secrets.randbits(62))
    _lock(number)
    try:
        yield number
    finally:
        with suppress(OperationalError, InterfaceError):
            _release(number)
            _unlock(number)


def _lock(number: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [int(number)])
        return bool(cursor.fetchone()[0])


def _unlock(number: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [int(number)])


@transaction.atomic
def _reserve(sender: str) -> list[Message]:
    """The next rows that are due, no more than the minute still allows."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RESERVE_LOCK])
    spent = Message.objects.filter(
        state=MessageState.SENT, sent_at__gt=now - timedelta(minutes=1)
    ).count()
    underway = (
        Message.objects.filter(state__in=[MessageState.QUEUED, MessageState.CLAIMED])
        .exclude(claimed_by="")
        .count()
    )
    room = min(BATCH, settings.MESSAGES_PER_MINUTE - spent - underway)
    if room <= 0:
        return []
    rows = list(
        Message.objects.to_deliver(now)
        .filter(claimed_by="")
        .select_related("recipient")
        .select_for_update(skip_locked=True, of=("self",))[:room]
    )
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(claimed_by=sender)
    return rows


def _release(sender: str) -> None:
    Message.objects.filter(claimed_by=sender, state=MessageState.QUEUED).update(claimed_by="")


def _drop_what_is_no_longer_due(batch: Sequence[Message], done: Delivery) -> list[Message]:
    """What was done since it was queued, and what would go to someone who left, is not sent."""
    pairs = defaultdict(set)
    for row in batch:
        if row.recipient_id and row.obligation:
            pairs[row.kind].add((row.recipient_id, row.obligation))
    gone = set()
    for name, asked in pairs.items():
        kind = messages.kinds.get(name)
        if kind and kind.still_due:
            gone |= {(name, *pair) for pair in asked - kind.still_due(asked)}
    dropped = [
        row
        for row in batch
        if (row.recipient and not row.recipient.is_active)
        or (row.kind, row.recipient_id, row.obligation) in gone
    ]
    ids = {row.pk for row in dropped}
    done.cancelled += Message.objects.filter(pk__in=ids, state=MessageState.QUEUED).update(
        state=MessageState.CANCELLED, claimed_by=""
    )
    secret = [row.pk for row in dropped if _forget(row)]
    Message.objects.filter(pk__in=secret).update(text=FORGOTTEN, html="")
    return [row for row in batch if row.pk not in ids]


def _forget(row: Message) -> dict[str, str]:
    """A text that holds a link which signs in is not kept once it is of no use."""
    kind = messages.kinds.get(row.kind)
    return {"text": FORGOTTEN, "html": ""} if kind and kind.secret else {}


def _through_restarts(write: Callable[[], Result]) -> Result:
    """Run a write again while the database restarts: what was sent must be marked as sent."""
    deadline = time.monotonic() + DATABASE_PATIENCE
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block or time.monotonic() > deadline:
                raise
            connection.close()
            time.sleep(0.5)


class _Sender:
    """Sends a batch over one connection kept open, reopened when it breaks."""

    def __init__(self, number: str, done: Delivery) -> None:
        self.number = number
        self.done = done
        self.connection: Any = get_connection()

    def send(self, batch: Sequence[Message]) -> None:
        try:
            for row in batch:
                self._open()
                if self._claim(row):
                    self._send(row)
        finally:
            with suppress(smtplib.SMTPException, OSError):
                self.connection.close()

    def _open(self) -> None:
        try:
            self.connection.open()
        except (smtplib.SMTPException, OSError) as error:
            raise ServerUnreachable(type(error).__name__) from error

    def _claim(self, row: Message) -> bool:
        """Committed before the first byte goes out; false when another sender took the row over."""
        mine = Message.objects.filter(pk=row.pk, state=MessageState.QUEUED, claimed_by=self.number)
        return bool(
            _through_restarts(
                lambda: mine.update(
                    state=MessageState.CLAIMED,
                    claimed_at=timezone.now(),
                    attempts=F("attempts") + 1,
                )
            )
        )

    def _send(self, row: Message) -> None:
        if hasattr(self.connection, "forget_last"):
            self.connection.forget_last()
        try:
            self.connection.send_messages([as_mail(row, self.connection)])
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            self._refused(row, code, answer, of_address=True)
        except smtplib.SMTPSenderRefused as error:
            self._again(row, f"{error.smtp_code} {_words(error.smtp_error)}")
        except smtplib.SMTPResponseException as error:
            self._refused(row, error.smtp_code, error.smtp_error, of_address=False)
        except (smtplib.SMTPException, OSError) as error:
            self._broken(row, error)
        except ValueError as error:  # a line break in a header: this row can never be sent
            self._mark(row, state=MessageState.FAILED, error=type(error).__name__)
            self.done.failed += 1
        else:
            self._mark(
                row, state=MessageState.SENT, sent_at=timezone.now(), error="", **_forget(row)
            )
            self.done.sent += 1

    def _refused(self, row: Message, code: int, answer: bytes | str, *, of_address: bool) -> None:
        said = f"{code} {_words(answer)}"
        if code < PERMANENT:
            self._again(row, said)
            if code == CLOSING:
                self._reopen()
            return
        self._mark(row, state=MessageState.FAILED, error=said, **_forget(row))
        self.done.failed += 1
        logger.warning("message %s refused for good with %s", row.pk, code)
        if of_address and row.recipient_id:
            address_failed(row.recipient_id, row.address)

    def _again(self, row: Message, said: str) -> None:
        """Wait longer after each attempt; after the last pause, a person has to look."""
        if row.attempts >= len(PAUSES):
            self._mark(row, state=MessageState.FAILED, error=said, **_forget(row))
            self.done.failed += 1
            return
        pause = PAUSES[row.attempts]
        self._mark(
            row,
            state=MessageState.QUEUED,
            error=said,
            claimed_by="",
            not_before=timezone.now() + pause,
        )
        self.done.retried += 1

    def _broken(self, row: Message, error: Exception) -> None:
        """The connection broke: before the text was out it is sure that nothing arrived, after it nobody knows."""
        handed_over = getattr(self.connection, "handed_over", False)
        self._reopen()
        if not handed_over:
            self._again(row, type(error).__name__)
            return
        self._mark(row, state=MessageState.UNCERTAIN, error=type(error).__name__)
        self.done.uncertain += 1
        logger.error("message %s uncertain: the server never answered", row.pk)

    def _reopen(self) -> None:
        with suppress(smtplib.SMTPException, OSError):
            self.connection.close()
        self.connection = get_connection()

    def _mark(self, row: Message, **fields: Any) -> None:
        """Also where a sweep took this sender for dead meanwhile: it knows better what became of the row."""
        mine = Message.objects.filter(
            pk=row.pk,
            claimed_by=self.number,
            state__in=[MessageState.CLAIMED, MessageState.UNCERTAIN],
        )
        _through_restarts(lambda: mine.update(**fields))


def as_mail(row: Message, backend: Any = None) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(
        subject=row.subject,
        body=row.text,
        to=[row.address],
        connection=backend,
        headers={
            "Message-ID": row.message_id,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "Content-Language": row.language,
            **row.headers,
        },
    )
    if row.html:
        mail.attach_alternative(row.html, "text/html")
    for one in row.attachments:
        mail.attach(one["name"], one["content"], one["type"])
    return mail


@transaction.atomic
def address_failed(user_id: int, address: str) -> None:
    """Remember that this person's address refuses mail, and tell the managers of their organisations."""
    person = User.objects.select_for_update().filter(pk=user_id, email__iexact=address).first()
    if person is None or person.address_failed_at:
        return
    person.address_failed_at = timezone.now()
    person.save(update_fields=["address_failed_at"])
    notice = messages.Notice(
        obligation=f"address:{person.pk}:{person.address_failed_at:%Y%m%d%H%M}",
        recipients=list(User.objects.managers_of(person).exclude(pk=person.pk)),
        context={"person": person.get_full_name()},
    )
    outbox.queue_many(kind="address_failed", notices=[notice])


def _words(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
