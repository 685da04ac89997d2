"""The outbox: a message is a row, written in the transaction of what it tells, before anyone sends it."""

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, override
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from partners.enums import MESSAGE_MOVES, MessageState
from partners.models import Message, User
from partners.services.readers import Reader, Readers
from partners.services.rendering import Written, write
from smartport import messages
from smartport.errors import Refusal
from smartport.messages import MessageKind, Notice, Topic
from smartport.workflow import move

logger = logging.getLogger(__name__)

KEY_LENGTH = 200
FOOTER = "\n--\n"  # below it stands the reader's own link to stop these messages


def queue(
    *,
    kind: str,
    recipient: User,
    obligation: str = "",
    step: str = "",
    context: Mapping[str, Any] | None = None,
    url_name: str = "",
    url_args: Sequence[Any] = (),
    why: str | Promise = "",
    attachments: Sequence[Mapping[str, str]] = (),
) -> int:
    """Tell one person one thing, once by kind, person, obligation and step; 0 when they do not want it."""
    notice = Notice(obligation, [recipient], None, context or {}, url_name, url_args, why)
    return queue_notices(kind=kind, notices=[(notice, step)], attachments=attachments)


def queue_many(
    *,
    kind: str,
    notices: Iterable[Notice],
    step: str = "",
    attachments: Sequence[Mapping[str, str]] = (),
) -> int:
    """The same step of several notices; returns how many rows were added."""
    return queue_notices(kind=kind, notices=[(n, step) for n in notices], attachments=attachments)


@transaction.atomic
def queue_notices(
    *,
    kind: str,
    notices: Sequence[tuple[Notice, str]],
    attachments: Sequence[Mapping[str, str]] = (),
    day: date | None = None,
) -> int:
    """One row per person, obligation and step, rendered now; what is already there stays as it is.

    What cannot be written for one person leaves the others their message: a failed row says so, and gives way to a
    written one as soon as one can be.
    """
    declared = messages.kinds[kind]
    day = day or timezone.localdate()
    readers = Readers(declared, [notice for notice, _step in notices], day)
    asked: dict[str, tuple[Notice, str, Reader]] = {}
    for notice, step in notices:
        for reader in readers.of(notice):
            key = _key(kind, str(reader.user.pk), notice.obligation, step)
            asked.setdefault(key, (notice, step, reader))
    known, unwritten = _known(asked)
    rows = [
        _draft(declared, notice, step, key, reader, day)
        for key, (notice, step, reader) in asked.items()
        if key not in known or key in unwritten
    ]
    for row in rows:
        row.attachments = [dict(one) for one in attachments]
    return _add(rows, unwritten)


def _known(keys: Iterable[str]) -> tuple[set[str], set[str]]:
    """Those that are in the outbox, and those of them that could not be written."""
    states = dict(Message.objects.filter(key__in=keys).values_list("key", "state"))
    failed = [key for key, state in states.items() if state == MessageState.FAILED]
    unwritten = (
        Message.objects.unwritten().filter(key__in=failed) if failed else Message.objects.none()
    )
    return set(states), set(unwritten.values_list("key", flat=True))


def _add(rows: Sequence[Message], unwritten: set[str]) -> int:
    """How many of them are to be sent; a row that can be written now takes the place of one that could not."""
    queued = [row for row in rows if not row.is_unwritten]
    if mended := unwritten & {row.key for row in queued}:
        Message.objects.unwritten().filter(key__in=mended).delete()
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    if queued:
        transaction.on_commit(wake)
    return len(queued)


@transaction.atomic
def queue_address(
    *,
    kind: str,
    address: str,
    language: str,
    context: Mapping[str, Any],
    obligation: str = "",
    step: str = "",
    url_name: str = "",
    url_args: Sequence[Any] | Callable[[], Sequence[Any]] = (),
    why: str | Promise = "",
    recipient: User | None = None,
) -> int:
    """Tell someone who may have no account yet, or at an address of the moment; no preference applies."""
    declared = messages.kinds[kind]
    key = _key(kind, _hashed(address), obligation, step)
    known, unwritten = _known([key])
    if known - unwritten:
        return 0

    def written() -> Written:
        return write(
            declared,
            language=language,
            reader=recipient,
            context=context,
            url_name=url_name,
            url_args=url_args,
            why=why,
        )

    row = _blank(declared, key, obligation, step, address, language, recipient)
    return _add([_filled(row, declared, written)], unwritten)


@transaction.atomic
def queue_failure(
    *,
    kind: str,
    address: str,
    language: str,
    obligation: str,
    step: str,
    error: Exception,
    recipient: User | None = None,
) -> None:
    """A failed row for what could not even be gathered for one person; the next `queue` of the same may mend it."""

    key = _key(kind, str(recipient.pk) if recipient else _hashed(address), obligation, step)
    declared = messages.kinds[kind]
    row = _blank(declared, key, obligation, step, address, language, recipient)
    Message.objects.bulk_create([_unwritten(row, declared, error)], ignore_conflicts=True)


def readable_text(message: Message) -> str | None:
    """As others may read it: none of what held a link for one person, nor the reader's own link to stop."""
    kind = messages.kinds.get(message.kind)
    return None if kind and kind.secret else message.text.partition(FOOTER)[0]


def wake() -> None:
    """Ask a worker to look now. Without a broker the schedule finds the rows within a minute."""
    from partners.tasks import deliver_messages

    try:
        deliver_messages.delay()
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("no broker to wake the sender: %s", type(error).__name__)


@transaction.atomic
def resend(*, actor: User, message: Message) -> Message:
    """Send again what failed or whose fate a person has looked into; its Message-ID stays the same.

    To the person's address of today; what is about their safety goes to the one it was written for.
    """
    rows = Message.objects.select_related("recipient").select_for_update(of=("self",))
    message = rows.get(pk=message.pk)
    kind = messages.kinds.get(message.kind)
    if kind and kind.secret:
        raise Refusal(
            gettext("This message held a link for one person, which is not kept."),
            remedy=gettext("Ask the person to request a new one."),
        )
    if message.is_unwritten:
        raise Refusal(
            gettext("This message could not be written: there is no text to send."),
            remedy=gettext("It is written again by itself when the reminders are looked for."),
        )
    move(message, MESSAGE_MOVES, MessageState.QUEUED, field="state")
    message.not_before, message.claimed_by, message.attempts = timezone.now(), "", 0
    if message.recipient and not (kind and kind.topic == Topic.SECURITY):
        message.address = message.recipient.email
    message.save(update_fields=["state", "not_before", "claimed_by", "attempts", "address"])
    logger.info("message %s queued again by %s", message.pk, actor.pk)
    transaction.on_commit(wake)
    return message


@transaction.atomic
def settle(*, actor: User, message: Message, arrived: bool) -> Message:
    """Say what became of an uncertain message: it arrived, or it need not be sent any more."""
    message = Message.objects.select_for_update().get(pk=message.pk)
    move(
        message,
        MESSAGE_MOVES,
        MessageState.SENT if arrived else MessageState.CANCELLED,
        field="state",
    )
    message.sent_at = (message.claimed_at or timezone.now()) if arrived else None
    message.save(update_fields=["state", "sent_at"])
    logger.info("message %s settled as %s by %s", message.pk, message.state, actor.pk)
    return message


def _draft(
    kind: MessageKind, notice: Notice, step: str, key: str, reader: Reader, day: date
) -> Message:
    user = reader.user

    def written() -> Written:
        return write(
            kind,
            language=user.language,
            reader=user,
            context=notice.context,
            url_name=notice.url_name,
            url_args=notice.url_args,
            why=reader.why,
            day=day,
        )

    row = _blank(kind, key, notice.obligation, step, user.email, user.language, user)
    row.instead_of = reader.instead_of
    return _filled(row, kind, written)


def _blank(
    kind: MessageKind,
    key: str,
    obligation: str,
    step: str,
    address: str,
    language: str,
    recipient: User | None,
) -> Message:
    return Message(
        kind=kind.name,
        key=key,
        obligation=obligation,
        step=step,
        recipient=recipient,
        address=address,
        language=language,
        message_id=message_id(key),
    )


def _filled(row: Message, kind: MessageKind, written: Callable[[], Written]) -> Message:
    try:
        text = written()
    except DatabaseError:
        raise  # the transaction is lost with it
    except Exception as error:
        return _unwritten(row, kind, error)
    row.subject, row.text, row.html = text.subject, text.text, text.html
    row.headers, row.why = text.headers, text.why
    return row


def _unwritten(row: Message, kind: MessageKind, error: Exception) -> Message:
    """What the secretariat sees of a text that failed."""
    logger.error(
        "message %s about %s cannot be written for person %s",
        kind.name,
        row.obligation,
        row.recipient_id,
        exc_info=error,
    )
    with override(row.language):
        row.subject = str(kind.label)
    row.state, row.error = MessageState.FAILED, f"{type(error).__name__}: {error}"[:300]
    return row


def _key(kind: str, reader: str, obligation: str, step: str) -> str:
    """Unique by kind, person, obligation and step; what has no obligation is told each time."""
    key = f"{kind}:{reader}:{obligation or uuid4().hex}:{step}"
    return key if len(key) <= KEY_LENGTH else f"{kind}:{hashlib.sha256(key.encode()).hexdigest()}"


def _hashed(address: str) -> str:
    return hashlib.sha256(address.lower().encode()).hexdigest()[:24]


def message_id(key: str) -> str:
    """The same for every attempt: receiving servers recognise a second copy by it."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{host}>"
