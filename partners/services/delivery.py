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
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from partners.enums import MessageState
from partners.models import Message, User
from partners.services.claims import begin, lock, unlock
from partners.services.sending import (
    FORGOTTEN,
    Delivery,
    Sender,
    ServerUnreachable,
    forget,
)
from smartport import messages

logger = logging.getLogger(__name__)

BATCH = 200
PUT_OFF = timedelta(minutes=15)
RESERVE_LOCK = 7_310_001
TABLE, PEOPLE = Message._meta.db_table, User._meta.db_table
# In one round trip, and one sender after the other: else two would spend the same minute's allowance.
RESERVE = f"""
    SELECT pg_advisory_xact_lock({RESERVE_LOCK});
    WITH spent AS (
        SELECT count(*) AS many FROM {TABLE}
        WHERE state = 'sent' AND sent_at BETWEEN %(now)s - interval '1 minute' AND %(now)s + interval '1 minute'
    ), underway AS (
        SELECT count(*) AS many FROM {TABLE} WHERE state IN ('queued', 'claimed') AND claimed_by <> ''
    ), due AS (
        SELECT id FROM {TABLE} WHERE state = 'queued' AND not_before <= %(now)s AND claimed_by = ''
        ORDER BY not_before, id
        LIMIT (
            SELECT greatest(0, least(%(batch)s, %(allowed)s - spent.many - underway.many))
            FROM spent, underway
        )
        FOR UPDATE SKIP LOCKED
    )
    UPDATE {TABLE} AS mine SET claimed_by = %(sender)s FROM due WHERE mine.id = due.id
    RETURNING mine.*,
        (SELECT is_active FROM {PEOPLE} WHERE id = mine.recipient_id) IS FALSE AS gone,
        EXISTS (
            SELECT FROM {PEOPLE} WHERE id = mine.recipient_id AND lower(email) = lower(mine.address)
            AND address_failed_at IS NOT NULL
        ) AS doubted
"""  # noqa: S608


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
    begin(number)
    try:
        yield number
    finally:
        with suppress(OperationalError, InterfaceError):
            _release(number)
            unlock(number)


def _reserve(sender: str) -> list[Message]:
    """The next rows that are due, no more than the minute still allows."""
    limits = {"batch": BATCH, "allowed": settings.MESSAGES_PER_MINUTE}
    rows = Message.objects.raw(RESERVE, {"now": timezone.now(), "sender": sender, **limits})
    return sorted(rows, key=lambda row: (row.not_before, row.pk))


def _release(sender: str) -> None:
    Message.objects.filter(claimed_by=sender, state=MessageState.QUEUED).update(claimed_by="")


def _drop_what_is_no_longer_due(batch: Sequence[Message], done: Delivery) -> list[Message]:
    """What was done since it was queued, and what would go to someone who left, is not sent."""
    by_kind = defaultdict(list)
    for row in batch:
        by_kind[row.kind].append(row)
    kept: list[Message] = []
    for name, rows in by_kind.items():
        try:
            kept += _still_due(name, rows)
        except Exception as error:
            logger.exception("messages of the kind %s wait: not known whether still due", name)
            _put_off(rows, type(error).__name__)
            batch = [row for row in batch if row.kind != name]
    ids = {row.pk for row in kept}
    _cancel([row for row in batch if row.pk not in ids], done)
    return [row for row in batch if row.pk in ids]


def _still_due(name: str, rows: Sequence[Message]) -> list[Message]:
    kind = messages.kinds.get(name)
    still = kind and (kind.still_due or kind.still_theirs)
    asked = {_pair(row) for row in rows if row.obligation}
    gone = asked - still(asked) if still and asked else set()
    return [row for row in rows if not row.gone and _pair(row) not in gone]  # type: ignore[attr-defined]


def _cancel(rows: Sequence[Message], done: Delivery) -> None:
    waiting = Message.objects.filter(state=MessageState.QUEUED)
    done.cancelled += waiting.filter(pk__in=[row.pk for row in rows]).update(
        state=MessageState.CANCELLED, claimed_by=""
    )
    secret = [row.pk for row in rows if forget(row)]
    if secret:
        Message.objects.filter(pk__in=secret).update(text=FORGOTTEN, html="")


def _put_off(rows: Sequence[Message], why: str) -> None:
    Message.objects.filter(pk__in=[row.pk for row in rows], state=MessageState.QUEUED).update(
        not_before=timezone.now() + PUT_OFF, error=why, claimed_by=""
    )


def _pair(row: Message) -> tuple[int, str]:
    """Whose matter it is: of who is away, not of who stands in for them; 0 where nobody has an account."""
    return row.instead_of_id or row.recipient_id or 0, row.obligation
