"""A real SMTP server for tests, on a free port of this machine: keeps what it accepts, refuses what it is told to."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from urllib.parse import urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from smartport.trial.servers import free_port

Answer = Callable[[str], str | None]


@dataclass
class Post:
    """What arrived, and how the server answers: `on_recipient` and `on_data` give a reply to refuse with.

    `on_text` may say "drop": the connection breaks when the text is asked for. `on_data` also says "drop" (taken, and
    no answer) or "hang". After `limit` messages on one connection, the server ends it.
    """

    port: int
    letters: list[EmailMessage] = field(default_factory=list)
    on_recipient: Answer = lambda address: None
    on_text: Answer = lambda address: None
    on_data: Answer = lambda address: None
    limit: int = 10**6
    connections: int = 0
    pause: float = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def addresses(self) -> list[str]:
        return [str(letter["To"]) for letter in self.letters]

    @property
    def ids(self) -> list[str]:
        return [str(letter["Message-ID"]) for letter in self.letters]


class _Handler:
    def __init__(self, post: Post) -> None:
        self.post = post

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, host: str, answers: list[str]
    ):
        self.post.connections += 1
        session.taken = 0
        session.host_name = host
        return answers

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ):
        if session.taken >= self.post.limit:
            asyncio.get_running_loop().call_soon(server.transport.close)
            return "421 enough for one connection"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options
    ):
        if refusal := self.post.on_recipient(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope):
        address = envelope.rcpt_tos[0]
        answer = self.post.on_data(address)
        if answer and answer.startswith(("4", "5")):
            return answer
        session.taken += 1
        if answer == "hang":
            await asyncio.sleep(3600)
        self.post.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        if answer == "drop":  # taken, but the connection breaks before the answer
            server.transport.close()
            return ""
        if self.post.pause:
            await asyncio.sleep(self.post.pause)
        return "250 taken"


class _Server(SMTP):
    async def smtp_DATA(self, arg: str):
        if self.event_handler.post.on_text(self.envelope.rcpt_tos[0]) == "drop":
            await self.push("354 go ahead")
            self.transport.close()
        else:
            await super().smtp_DATA(arg)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, data_size_limit=None)


@contextmanager
def smtp_server(settings=None) -> Iterator[Post]:
    """With Django's settings, also points the portal at it."""
    post = Post(free_port())
    controller = _Controller(_Handler(post), hostname="127.0.0.1", port=post.port)
    controller.start()
    if settings is not None:
        address = urlsplit(post.url)
        settings.EMAIL_BACKEND = "partners.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = address.hostname, address.port
        settings.EMAIL_TIMEOUT = 2
    try:
        yield post
    finally:
        controller.stop()
