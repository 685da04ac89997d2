"""Delivery: claim a row (committed), send it, mark it. Killed at any point, nothing is lost or sent twice.

A sender reserves a handful of rows by writing its number on them, then claims them one at a time just before
sending. Its number is also a lock of its database session: when the lock can be had, the sender is gone, its
reservations are free again, and the one row it may have been sending is marked uncertain for a person to see.
"""

import logging
import secrets
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from partners.enums import MessageState
from partners.models import Message
from partners.services.sending import (
    FORGOTTEN,
    Delivery,
    Sender,
    ServerUnreachable,
    forget,
    lock,
    unlock,
)
from smartport import messages

logger = logging.getLogger(__name__)

BATCH = 50
RESERVE_LOCK = 7_310_001


def deliver() -> Delivery:
    """Send what is due, as far as the limit per minute allows; safe to run at once in several processes."""
    done = Delivery()
    with _sender_number() as number, closing(Sender(number, done)) as sender:
        done.uncertain += recover()
        while batch := _reserve(number):
            due = _drop_what_is_no_longer_due(batch, done)
            try:
                sender.send(due)
            except ServerUnreachable as error:
                logger.warning("mail server unreachable (%s): %s messages wait", error, len(due))
                break
            finally:
                _release(number)
    return done


def recover() -> int:
    """Free what dead senders had reserved; mark uncertain, and return the number of, what they had claimed."""
    uncertain = 0
    open_rows = Message.objects.filter(state__in=[MessageState.QUEUED, MessageState.CLAIMED])
    for number in set(
        open_rows.exclude(claimed_by="").order_by().values_list("claimed_by", flat=True)
    ):
        if not lock(number):
            continue
        try:
            of_dead = Message.objects.filter(claimed_by=number)
            of_dead.filter(state=MessageState.QUEUED).update(claimed_by="")
            uncertain += of_dead.filter(state=MessageState.CLAIMED).update(
                state=MessageState.UNCERTAIN
            )
        finally:
            unlock(number)
    if uncertain:
        logger.error("%s messages uncertain: their sender ended while sending", uncertain)
    return uncertain


@contextmanager
def _sender_number() -> Iterator[str]:
    number = str(secrets.randbits(62))
    lock(number)
    try:
        yield number
    finally:
        with suppress(OperationalError, InterfaceError):
            _release(number)
            unlock(number)


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
        if row.obligation:
            pairs[row.kind].add(_pair(row))
    gone = set()
    for name, asked in pairs.items():
        kind = messages.kinds.get(name)
        still = kind and (kind.still_due or kind.still_theirs)
        if still:
            gone |= {(name, *pair) for pair in asked - still(asked)}
    dropped = [
        row
        for row in batch
        if (row.recipient and not row.recipient.is_active) or (row.kind, *_pair(row)) in gone
    ]
    ids = {row.pk for row in dropped}
    done.cancelled += Message.objects.filter(pk__in=ids, state=MessageState.QUEUED).update(
        state=MessageState.CANCELLED, claimed_by=""
    )
    secret = [row.pk for row in dropped if forget(row)]
    Message.objects.filter(pk__in=secret).update(text=FORGOTTEN, html="")
    return [row for row in batch if row.pk not in ids]


def _pair(row: Message) -> tuple[int, str]:
    """Whose matter it is: of who is away, not of who stands in for them; 0 where nobody has an account."""
    return row.instead_of_id or row.recipient_id or 0, row.obligation
