"""Sending one reserved row after the other over one SMTP connection, each claimed before and marked after."""

import logging
import smtplib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.mail import get_connection
from django.utils import timezone

from partners.enums import MessageState
from partners.letters import Letter
from partners.models import Message
from partners.services import addresses
from partners.services.claims import Claims, Work
from smartport import messages

logger = logging.getLogger(__name__)

PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720))  # after each failed attempt
PERMANENT = 500  # SMTP replies from here on
FORGOTTEN = "—"


@dataclass
class Delivery:
    sent: int = 0
    retried: int = 0
    failed: int = 0
    cancelled: int = 0
    uncertain: int = 0


class ServerUnreachable(Exception):
    """The mail server does not answer: nothing was tried, everything waits for the next run."""


@dataclass(frozen=True, slots=True)
class Ready:
    row: Message
    letter: Any


class Sender:
    """One connection kept open from batch to batch, reopened when it breaks. Close it at the end.

    No one waits for another: a message is put together while the server takes the one before, and the database
    notes what was sent and what comes next while the server looks at the next one's sender.
    """

    def __init__(self, number: str, done: Delivery) -> None:
        self.claims = Claims(number)
        self.done = done
        self.smtp: Any = _connection()
        self.waiting: Iterator[Message] = iter(())
        self.next: Ready | None = None
        self.mended: set[int] = set()  # people whose address had refused mail and took it again

    def send(self, batch: Sequence[Message]) -> None:
        self.waiting = iter(batch)
        try:
            self._compose_next()
            while ready := self.next:
                self._open()
                self._send(ready)
                if self.next is ready:
                    self._compose_next()
        finally:
            self.claims.mark_sent()
            if self.mended:
                addresses.works_again(self.mended)
                self.mended.clear()

    def close(self) -> None:
        with suppress(smtplib.SMTPException, OSError):
            self.smtp.close()

    def _compose_next(self) -> None:
        """The next row that can be put together; one that cannot is a matter for a person."""
        self.next = None
        for row in self.waiting:
            try:
                self.next = Ready(row, self.smtp.seal(as_mail(row)))
            except Exception as error:
                if not isinstance(error, ValueError):  # not a line break in a header, as expected
                    logger.exception("message %s cannot be put together", row.pk)
                if self.claims.claim(row):
                    self.claims.mark(row, state=MessageState.FAILED, error=type(error).__name__)
                    self.done.failed += 1
            else:
                return

    def _open(self) -> None:
        try:
            self.smtp.open()
        except (smtplib.SMTPException, OSError) as error:
            raise ServerUnreachable(type(error).__name__) from error

    def _send(self, ready: Ready) -> None:
        row = ready.row
        try:
            if self._carry(ready):
                self._taken(row)
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            self._refused(row, code, answer, of_address=True)
        except smtplib.SMTPSenderRefused as error:
            self._again(row, f"{error.smtp_code} {_words(error.smtp_error)}")
        except smtplib.SMTPResponseException as error:
            self._refused(row, error.smtp_code, error.smtp_error, of_address=False)
        except (smtplib.SMTPException, OSError) as error:
            self._broken(row, error)

    def _carry(self, ready: Ready) -> bool:
        """A server that takes some messages per connection only has ended it: the next connection takes this one."""
        try:
            return self._hand_over(ready, lambda work: self.claims.claim(ready.row, work))
        except smtplib.SMTPException:
            if not self.smtp.worn_out:
                raise
        self._reopen()
        try:
            self._open()
        except ServerUnreachable as error:
            self._again(ready.row, str(error))
            raise
        return self._hand_over(ready, _already_claimed)

    def _hand_over(self, ready: Ready, claim: Callable[[Work], bool]) -> bool:
        taken: bool = self.smtp.carry(ready.letter, claim=claim, meanwhile=self._compose_next)
        return taken

    def _taken(self, row: Message) -> None:
        self.done.sent += 1
        if secret := forget(row):
            sent = {"state": MessageState.SENT, "sent_at": timezone.now(), "error": ""}
            self.claims.mark(row, **sent, **secret)
        else:
            self.claims.sent = row
        if row.recipient_id and row.doubted:  # type: ignore[attr-defined]
            self.mended.add(row.recipient_id)

    def _refused(self, row: Message, code: int, answer: bytes | str, *, of_address: bool) -> None:
        said = f"{code} {_words(answer)}"
        if code < PERMANENT:
            self._again(row, said)
            return
        self.claims.mark(row, state=MessageState.FAILED, error=said, **forget(row))
        self.done.failed += 1
        logger.warning("message %s refused for good with %s", row.pk, code)
        if of_address and row.recipient_id:
            addresses.failed(message=row)

    def _again(self, row: Message, said: str) -> None:
        """Wait longer after each attempt; after the last pause, a person has to look."""
        if row.attempts >= len(PAUSES):
            self.claims.mark(row, state=MessageState.FAILED, error=said, **forget(row))
            self.done.failed += 1
            return
        not_before = timezone.now() + PAUSES[row.attempts]
        self.claims.mark(
            row, state=MessageState.QUEUED, error=said, claimed_by="", not_before=not_before
        )
        self.done.retried += 1

    def _broken(self, row: Message, error: Exception) -> None:
        """The connection broke: before the text was out it is sure that nothing arrived, after it nobody knows."""
        handed_over = self.smtp.handed_over
        self._reopen()
        if not handed_over:
            self._again(row, type(error).__name__)
            return
        self.claims.mark(row, state=MessageState.UNCERTAIN, error=type(error).__name__)
        self.done.uncertain += 1
        logger.error("message %s uncertain: the server never answered", row.pk)

    def _reopen(self) -> None:
        self.close()
        self.smtp = _connection()


def _already_claimed(announce: Work) -> bool:
    announce()
    return True


class _AnyBackend:
    """Django's backends other than SMTP take a message in one go."""

    handed_over = worn_out = False

    def __init__(self, backend: Any) -> None:
        self.backend = backend
        self.open, self.close = backend.open, backend.close

    def seal(self, mail: Letter) -> Letter:
        mail.message()  # what cannot be put together shows before its turn
        return mail

    def carry(self, mail: Letter, *, claim: Callable[[Work], bool], meanwhile: Work) -> bool:
        if not claim(lambda: None):
            return False
        self.backend.send_messages([mail])
        return True


def _connection() -> Any:
    backend = get_connection()
    return backend if hasattr(backend, "carry") else _AnyBackend(backend)


def forget(row: Message) -> dict[str, str]:
    """A text that holds a link which signs in is not kept once it is of no use."""
    kind = messages.kinds.get(row.kind)
    return {"text": FORGOTTEN, "html": ""} if kind and kind.secret else {}


def as_mail(row: Message) -> Letter:
    mail = Letter(
        subject=row.subject,
        body=row.text,
        to=[row.address],
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


def _words(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
