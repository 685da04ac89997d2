"""The outbox: a message is a row, written in the transaction of what it tells, before anyone sends it."""

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, override
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from partners.enums import MESSAGE_MOVES, MessageState
from partners.models import Message, User
from partners.services.readers import Reader, Readers
from partners.services.rendering import write
from smartport import messages
from smartport.errors import Refusal
from smartport.messages import MessageKind, Notice
from smartport.workflow import move

logger = logging.getLogger(__name__)

KEY_LENGTH = 200


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

    A template that fails for one person is logged and leaves the others their message.
    """
    declared = messages.kinds[kind]
    readers = Readers(declared, [notice for notice, _step in notices], day or timezone.localdate())
    asked: dict[str, tuple[Notice, str, Reader]] = {}
    for notice, step in notices:
        for reader in readers.of(notice):
            key = _key(kind, str(reader.user.pk), notice.obligation, step)
            asked.setdefault(key, (notice, step, reader))
    known = set(Message.objects.filter(key__in=asked).values_list("key", flat=True))
    new = [
        draft
        for key, (notice, step, reader) in asked.items()
        if key not in known and (draft := _draft(declared, notice, step, key, reader))
    ]
    for draft in new:
        draft.attachments = [dict(one) for one in attachments]
    Message.objects.bulk_create(new, ignore_conflicts=True)
    if new:
        transaction.on_commit(wake)
    return len(new)


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
    hashed = hashlib.sha256(address.lower().encode()).hexdigest()[:24]
    key = _key(kind, hashed, obligation, step)
    if Message.objects.filter(key=key).exists():
        return 0
    with override(language):
        written = write(
            declared,
            language=language,
            reader=recipient,
            context=context,
            url_name=url_name,
            url_args=url_args,
            why=why,
        )
    row = _row(declared, key, obligation, step, address, language, written)
    row.recipient = recipient
    Message.objects.bulk_create([row], ignore_conflicts=True)
    transaction.on_commit(wake)
    return 1


def wake() -> None:
    """Ask a worker to look now. Without a broker the schedule finds the rows within a minute."""
    from partners.tasks import deliver_messages

    try:
        deliver_messages.delay()
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("no broker to wake the sender: %s", type(error).__name__)


@transaction.atomic
def resend(*, actor: User, message: Message) -> Message:
    """Send again what failed or whose fate a person has looked into; its Message-ID stays the same."""
    message = Message.objects.select_for_update().get(pk=message.pk)
    kind = messages.kinds.get(message.kind)
    if kind and kind.secret:
        raise Refusal(
            gettext("This message held a link for one person, which is not kept."),
            remedy=gettext("Ask the person to request a new one."),
        )
    move(message, MESSAGE_MOVES, MessageState.QUEUED, field="state")
    message.not_before, message.claimed_by, message.attempts = timezone.now(), "", 0
    message.save(update_fields=["state", "not_before", "claimed_by", "attempts"])
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
    kind: MessageKind, notice: Notice, step: str, key: str, reader: Reader
) -> Message | None:
    user = reader.user
    try:
        written = write(
            kind,
            language=user.language,
            reader=user,
            context=notice.context,
            url_name=notice.url_name,
            url_args=notice.url_args,
            why=reader.why,
        )
    except Exception:
        logger.exception(
            "message %s about %s cannot be written for person %s",
            kind.name,
            notice.obligation,
            user.pk,
        )
        return None
    row = _row(kind, key, notice.obligation, step, user.email, user.language, written)
    row.recipient, row.instead_of = user, reader.instead_of
    return row


def _row(
    kind: MessageKind,
    key: str,
    obligation: str,
    step: str,
    address: str,
    language: str,
    written: Any,
) -> Message:
    return Message(
        kind=kind.name,
        key=key,
        obligation=obligation,
        step=step,
        address=address,
        language=language,
        subject=written.subject,
        text=written.text,
        html=written.html,
        headers=written.headers,
        why=written.why,
        message_id=message_id(key),
    )


def _key(kind: str, reader: str, obligation: str, step: str) -> str:
    """Unique by kind, person, obligation and step; what has no obligation is told each time."""
    key = f"{kind}:{reader}:{obligation or uuid4().hex}:{step}"
    return key if len(key) <= KEY_LENGTH else f"{kind}:{hashlib.sha256(key.encode()).hexdigest()}"


def message_id(key: str) -> str:
    """The same for every attempt: receiving servers recognise a second copy by it."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{host}>"
