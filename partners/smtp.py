"""Django's SMTP backend, able to say whether a message had been handed over whole when its connection broke."""

import smtplib

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend as DjangoEmailBackend

from partners.letters import envelope, sender_of_envelope


class _Watched:
    """Counts what goes out from DATA on: the command, then the whole text with its final dot."""

    sent_since_data: int | None = None

    def data(self, msg):  # type: ignore[no-untyped-def]
        self.sent_since_data = 0
        return super().data(msg)  # type: ignore[misc]

    def send(self, s):  # type: ignore[no-untyped-def]
        super().send(s)  # type: ignore[misc]
        if self.sent_since_data is not None:
            self.sent_since_data += 1


class _SMTP(_Watched, smtplib.SMTP):
    pass


class _SMTPS(_Watched, smtplib.SMTP_SSL):
    pass


class EmailBackend(DjangoEmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _SMTPS if self.use_ssl else _SMTP

    def forget_last(self) -> None:
        """Call before each message: what is asked of `handed_over` is this message only."""
        if self.connection is not None:
            self.connection.sent_since_data = None

    @property
    def handed_over(self) -> bool:
        """Whether the whole text of this message went out: only the server's answer can then be missing."""
        return (getattr(self.connection, "sent_since_data", None) or 0) > 1

    def _send(self, email_message: EmailMessage) -> bool:
        """As Django's, for one recipient: their address and the sender's are not parsed again for each message."""
        (address,) = email_message.recipients()
        whole = email_message.message().as_bytes(linesep="\r\n")
        sender = sender_of_envelope(str(email_message.from_email))
        self.connection.sendmail(sender, [envelope(address)], whole)
        return True
