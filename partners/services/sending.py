"""Sending one reserved row after the other over one SMTP connection, each claimed before and marked after."""

import logging
import smtplib
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.core.mail import get_connection
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from partners.enums import MessageState
from partners.letters import Letter
from partners.models import Message, User
from partners.services import outbox
from smartport import messages

logger = logging.getLogger(__name__)
Result = TypeVar("Result")

PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720))  # after each failed attempt
DATABASE_PATIENCE = 60  # seconds to wait for a database that restarts, to mark what was sent
PERMANENT, CLOSING = 500, 421  # SMTP replies
FORGOTTEN = "—"
TABLE = Message._meta.db_table
# Both in one round trip and one commit: what happened to the row before, and that the next one is being sent.
MARK_SENT = (
    f"UPDATE {TABLE} SET state = 'sent', sent_at = clock_timestamp(), error = ''"  # noqa: S608
    " WHERE id = %s AND claimed_by = %s AND state IN ('claimed', 'uncertain')"
)
CLAIM = (
    f"UPDATE {TABLE} SET state = 'claimed', claimed_at = clock_timestamp(), attempts = attempts + 1"  # noqa: S608
    " WHERE id = %s AND claimed_by = %s AND state IN ('queued', 'claimed')"
)


@dataclass
class Delivery:
    sent: int = 0
    retried: int = 0
    failed: int = 0
    cancelled: int = 0
    uncertain: int = 0


class ServerUnreachable(Exception):
    """The mail server does not answer: nothing was tried, everything waits for the next run."""


class Sender:
    """One connection kept open from batch to batch, reopened when it breaks. Close it at the end."""

    def __init__(self, number: str, done: Delivery) -> None:
        self.number = number
        self.done = done
        self.smtp: Any = get_connection()
        self.sent: Message | None = None  # taken by the server, not marked yet

    def send(self, batch: Sequence[Message]) -> None:
        try:
            for row in batch:
                self._open()
                if self._claim(row):
                    self._send(row)
        finally:
            self._mark_sent()

    def close(self) -> None:
        with suppress(smtplib.SMTPException, OSError):
            self.smtp.close()

    def _open(self) -> None:
        try:
            self.smtp.open()
        except (smtplib.SMTPException, OSError) as error:
            raise ServerUnreachable(type(error).__name__) from error

    def _claim(self, row: Message) -> bool:
        """Committed before the first byte goes out; false when another sender took the row over."""
        before, self.sent = self.sent, None
        if before is None:
            return self._surely(lambda: _execute(CLAIM, [row.pk, self.number]))
        parameters = [before.pk, self.number, row.pk, self.number]
        return self._surely(lambda: _execute(f"{MARK_SENT}; {CLAIM}", parameters))

    def _mark_sent(self) -> None:
        before, self.sent = self.sent, None
        if before is not None:
            self._surely(lambda: _execute(MARK_SENT, [before.pk, self.number]))

    def _send(self, row: Message) -> None:
        if hasattr(self.smtp, "forget_last"):
            self.smtp.forget_last()
        try:
            self.smtp.send_messages([as_mail(row, self.smtp)])
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
            self._taken(row)

    def _taken(self, row: Message) -> None:
        self.sent = row
        self.done.sent += 1
        if secret := forget(row):
            self.sent = None
            self._mark(row, state=MessageState.SENT, sent_at=timezone.now(), error="", **secret)

    def _refused(self, row: Message, code: int, answer: bytes | str, *, of_address: bool) -> None:
        said = f"{code} {_words(answer)}"
        if code < PERMANENT:
            self._again(row, said)
            if code == CLOSING:
                self._reopen()
            return
        self._mark(row, state=MessageState.FAILED, error=said, **forget(row))
        self.done.failed += 1
        logger.warning("message %s refused for good with %s", row.pk, code)
        if of_address and row.recipient_id:
            address_failed(row.recipient_id, row.address)

    def _again(self, row: Message, said: str) -> None:
        """Wait longer after each attempt; after the last pause, a person has to look."""
        if row.attempts >= len(PAUSES):
            self._mark(row, state=MessageState.FAILED, error=said, **forget(row))
            self.done.failed += 1
            return
        not_before = timezone.now() + PAUSES[row.attempts]
        self._mark(row, state=MessageState.QUEUED, error=said, claimed_by="", not_before=not_before)
        self.done.retried += 1

    def _broken(self, row: Message, error: Exception) -> None:
        """The connection broke: before the text was out it is sure that nothing arrived, after it nobody knows."""
        handed_over = getattr(self.smtp, "handed_over", False)
        self._reopen()
        if not handed_over:
            self._again(row, type(error).__name__)
            return
        self._mark(row, state=MessageState.UNCERTAIN, error=type(error).__name__)
        self.done.uncertain += 1
        logger.error("message %s uncertain: the server never answered", row.pk)

    def _reopen(self) -> None:
        self.close()
        self.smtp = get_connection()

    def _surely(self, write: Callable[[], Result]) -> Result:
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
                with suppress(OperationalError, InterfaceError):
                    lock(self.number)

    def _mark(self, row: Message, **fields: Any) -> None:
        """Also where a sweep took this sender for dead meanwhile: it knows better what became of the row."""
        mine = Message.objects.filter(
            pk=row.pk,
            claimed_by=self.number,
            state__in=[MessageState.CLAIMED, MessageState.UNCERTAIN],
        )
        self._surely(lambda: mine.update(**fields))


def lock(number: str) -> bool:
    """Hold a sender's number for as long as this database session lives; false where another session holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [int(number)])
        return bool(cursor.fetchone()[0])


def unlock(number: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [int(number)])


def _execute(statements: str, parameters: Sequence[Any]) -> bool:
    """Whether the last statement found its row."""
    with connection.cursor() as cursor:
        cursor.execute(statements, parameters)
        return cursor.rowcount == 1


def forget(row: Message) -> dict[str, str]:
    """A text that holds a link which signs in is not kept once it is of no use."""
    kind = messages.kinds.get(row.kind)
    return {"text": FORGOTTEN, "html": ""} if kind and kind.secret else {}


def as_mail(row: Message, backend: Any = None) -> Letter:
    mail = Letter(
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
        kind = one["type"]
        if kind.startswith(
            "text/calendar"
        ):  # beside the text, mail programs show the event; attached, they keep it
            mail.attach_alternative(one["content"], kind)
            kind = "application/ics"
        mail.attach(one["name"], one["content"], kind)
    return mail


@transaction.atomic
def try_address_again(*, user: User) -> None:
    """What refused mail may take it now; if it does not, it is flagged again."""
    User.objects.filter(pk=user.pk).update(address_failed_at=None)


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
