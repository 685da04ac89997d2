"""What a sender writes of its rows: that one is being sent, that it was sent; it waits for a database that restarts."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection
from psycopg2.extensions import set_wait_callback
from psycopg2.extras import wait_select

from partners.enums import MessageState
from partners.models import Message

Result = TypeVar("Result")
Work = Callable[[], None]

PATIENCE = 60  # seconds to wait for a database that restarts, to mark what was sent
TABLE = Message._meta.db_table
PREPARE = f"""
    DEALLOCATE ALL;
    PREPARE mark_sent (bigint, text) AS
        UPDATE {TABLE} SET state = 'sent', sent_at = clock_timestamp(), error = ''
        WHERE id = $1 AND claimed_by = $2 AND state IN ('claimed', 'uncertain');
    PREPARE claim (bigint, text) AS
        UPDATE {TABLE} SET state = 'claimed', claimed_at = clock_timestamp(), attempts = attempts + 1
        WHERE id = $1 AND claimed_by = $2 AND state IN ('queued', 'claimed')
"""  # noqa: S608
MARK_SENT, CLAIM = "EXECUTE mark_sent(%s, %s)", "EXECUTE claim(%s, %s)"


class Claims:
    """Of one sender, by its number. What was sent is marked with the next claim: one round trip, one commit."""

    def __init__(self, number: str) -> None:
        self.number = number
        self.sent: Message | None = None  # taken by the mail server, not marked yet

    def claim(self, row: Message, meanwhile: Work = lambda: None) -> bool:
        """Committed when it returns; false when another sender took the row over. `meanwhile` is done once, always."""
        statements, parameters = [CLAIM], [row.pk, self.number]
        if self.sent is not None:
            statements, parameters = [MARK_SENT, CLAIM], [self.sent.pk, self.number, *parameters]
        self.sent = None
        once = _once(meanwhile)
        claimed = self._surely(lambda: _execute("; ".join(statements), parameters, once))
        once()
        return claimed

    def mark_sent(self) -> None:
        before, self.sent = self.sent, None
        if before is not None:
            self._surely(lambda: _execute(MARK_SENT, [before.pk, self.number]))

    def mark(self, row: Message, **fields: Any) -> None:
        """Also where a sweep took this sender for dead meanwhile: it knows better what became of the row."""
        mine = Message.objects.filter(
            pk=row.pk,
            claimed_by=self.number,
            state__in=[MessageState.CLAIMED, MessageState.UNCERTAIN],
        )
        self._surely(lambda: mine.update(**fields))

    def _surely(self, write: Callable[[], Result]) -> Result:
        """Run a write again while the database restarts: what was sent must be marked as sent."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return write()
            except (OperationalError, InterfaceError):
                if connection.in_atomic_block or time.monotonic() > deadline:
                    raise
                connection.close()
                time.sleep(0.5)
                with suppress(OperationalError, InterfaceError):
                    begin(self.number)


def begin(number: str) -> None:
    """Make this database session the sender's."""
    lock(number)
    with connection.cursor() as cursor:
        cursor.execute(PREPARE)


def lock(number: str) -> bool:
    """Hold a sender's number for as long as this database session lives; false where another session holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [int(number)])
        return bool(cursor.fetchone()[0])


def unlock(number: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [int(number)])


def _execute(statements: str, parameters: Sequence[Any], meanwhile: Work = lambda: None) -> bool:
    """Whether the last statement found its row."""
    connection.ensure_connection()
    session = connection.connection
    with (
        connection.wrap_database_errors,
        session.cursor() as cursor,
        _while_it_waits(session, meanwhile),
    ):
        cursor.execute(statements, parameters)
        return bool(cursor.rowcount == 1)


@contextmanager
def _while_it_waits(session: Any, work: Work) -> Iterator[None]:
    """The work is done after the statement went out, before its result is waited for."""

    def wait(asking: Any) -> None:
        if asking is session:
            work()
        wait_select(asking)

    set_wait_callback(wait)
    try:
        yield
    finally:
        set_wait_callback(None)


def _once(work: Work) -> Work:
    waiting = [work]

    def do() -> None:
        if waiting:
            waiting.pop()()

    return do
