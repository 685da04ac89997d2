"""Django's SMTP backend, which lets its caller work while the server does, and knows whether a text went out whole."""

import smtplib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend as DjangoEmailBackend

from partners.letters import envelope, sender_of_envelope

TAKEN, FORWARDED, GO_AHEAD, CLOSING = 250, 251, 354, 421  # SMTP replies
Work = Callable[[], None]
Refusal = Callable[[int, bytes], smtplib.SMTPException]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A message as it goes over the wire, made ahead of its turn."""

    sender: str
    address: str
    content: bytes

    @classmethod
    def of(cls, mail: EmailMessage) -> "Sealed":
        """For one recipient; their address and the sender's are not parsed again for each message."""
        (address,) = mail.recipients()
        content = mail.message().as_bytes(linesep="\r\n").replace(b"\r\n.", b"\r\n..")
        if not content.endswith(b"\r\n"):
            content += b"\r\n"
        return cls(sender_of_envelope(str(mail.from_email)), envelope(address), content + b".\r\n")


class EmailBackend(DjangoEmailBackend):
    """`handed_over` says of the last message whether its whole text went out: only the answer can then be missing."""

    handed_over = False
    begun = False  # whether the server answered to the last message's first line
    carried = 0  # messages on this connection

    def open(self) -> bool | None:
        opened = super().open()
        if opened:
            self.carried = 0
            try:
                self.connection.ehlo_or_helo_if_needed()
            except (smtplib.SMTPException, OSError):
                self._forget_connection()
                raise
        return opened

    @property
    def worn_out(self) -> bool:
        """Whether the last message met a connection that others had used and the server had ended."""
        return bool(self.carried) and not self.begun and not self._alive

    def seal(self, mail: EmailMessage) -> Sealed:
        return Sealed.of(mail)

    def carry(self, sealed: Sealed, *, claim: Callable[[Work], bool], meanwhile: Work) -> bool:
        """Send one message; raises as smtplib does.

        `claim` is given the message's announcement, to make while it waits; where it says no, no text goes out and
        the connection ends. While the server takes the text, `meanwhile` is done.
        """
        self.handed_over = self.begun = False
        failures = _failures(lambda: self._name_sender(sealed))
        if not claim(
            lambda: failures or failures.extend(_failures(lambda: self._announce(sealed)))
        ):
            self._forget_connection()
            return False
        if failures:
            raise failures[0]
        self.connection.send(sealed.content)
        self.handed_over = True
        meanwhile()
        self._expect({TAKEN}, smtplib.SMTPDataError)
        self.carried += 1
        return True

    def _send(self, email_message: EmailMessage) -> bool:
        return self.carry(
            Sealed.of(email_message), claim=lambda work: not work(), meanwhile=lambda: None
        )

    def _name_sender(self, sealed: Sealed) -> None:
        size = f" size={len(sealed.content)}" if self.connection.has_extn("size") else ""
        self.connection.putcmd("MAIL", f"FROM:<{sealed.sender}>{size}")

    def _announce(self, sealed: Sealed) -> None:
        def refused_sender(code: int, said: bytes) -> smtplib.SMTPException:
            return smtplib.SMTPSenderRefused(code, said, sealed.sender)

        def refused_recipient(code: int, said: bytes) -> smtplib.SMTPException:
            return smtplib.SMTPRecipientsRefused({sealed.address: (code, said)})

        self._expect({TAKEN}, refused_sender)
        self.begun = True
        self.connection.putcmd("RCPT", f"TO:<{sealed.address}>")
        self._expect({TAKEN, FORWARDED}, refused_recipient)
        self.connection.putcmd("DATA")
        self._expect({GO_AHEAD}, smtplib.SMTPDataError)

    def _expect(self, codes: set[int], refusal: Refusal) -> None:
        """Read an answer; after a refusal the connection is ready for the next message, or gone."""
        code, said = self.connection.getreply()
        if code in codes:
            return
        if code == CLOSING:
            self._forget_connection()
        else:
            with suppress(smtplib.SMTPException):
                self.connection.rset()
        raise refusal(code, said)

    @property
    def _alive(self) -> bool:
        return self.connection is not None and self.connection.sock is not None

    def _forget_connection(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def _failures(work: Work) -> list[Exception]:
    try:
        work()
    except (smtplib.SMTPException, OSError) as error:
        return [error]
    return []
