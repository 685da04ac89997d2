"""The scan: what is due and not done becomes one message per person, obligation and rung of its ladder."""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import TypeVar

from django.db import connection, transaction

from partners.enums import MessageState
from partners.models import Message
from partners.services import outbox
from partners.services.schedule import record_run
from smartport import messages
from smartport.messages import MessageKind, Notice

logger = logging.getLogger(__name__)

BATCH = 500
SCAN_LOCK = 7_310_002
Item = TypeVar("Item")
STEP = re.compile(r"(?P<due_on>\d{4}-\d\d-\d\d)/(?P<rung>[+-]\d+)")


@dataclass
class Scan:
    """`found` obligations with a rung reached, `queued` messages added by this run; `failed` kinds could not look."""

    found: int = 0
    queued: int = 0
    failed: int = 0


def send_reminders(*, day: date) -> Scan:
    """Queue the latest rung each obligation has reached; a second run, or a second scheduler, adds nothing.

    The kinds with the highest rungs come first: who is told that a report is late is not told that it is due.
    """
    scan = Scan()
    for kind in sorted(messages.kinds, key=lambda kind: -max(kind.ladder, default=0)):
        if not (kind.find and kind.ladder):
            continue
        try:
            for batch in batches(kind.find(day), BATCH):
                _queue_batch(kind, batch, day, scan)
        except Exception:
            logger.exception("reminders of the kind %s could not be looked for", kind.name)
            scan.failed += 1
    if not scan.failed:
        record_run("send_reminders", day)
    return scan


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch


def step_name(due_on: date, rung: int) -> str:
    """A new due date starts a new ladder."""
    return f"{due_on:%Y-%m-%d}/{rung:+d}"


@transaction.atomic
def _queue_batch(kind: MessageKind, batch: list[Notice], day: date, scan: Scan) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SCAN_LOCK])
    told = _told(batch)
    due = []
    for notice in batch:
        rung = kind.step_on(notice.due_on, day) if notice.due_on else None
        if notice.due_on is None or rung is None:
            continue
        scan.found += 1
        step = step_name(notice.due_on, rung)
        if notice.address:
            scan.queued += _queue_address(kind, notice, step)
            continue
        untold = [
            user
            for user in notice.recipients
            if told.get((user.pk, notice.obligation, notice.due_on), rung - 1) < rung
        ]
        if untold:
            due.append((replace(notice, recipients=untold), step))
    if not due:
        return
    scan.queued += outbox.queue_notices(kind=kind.name, notices=due, day=day)
    _cancel_superseded(due)


def _queue_address(kind: MessageKind, notice: Notice, step: str) -> int:
    return outbox.queue_address(
        kind=kind.name,
        address=notice.address,
        language=notice.language,
        context=notice.context,
        obligation=notice.obligation,
        step=step,
        url_name=notice.url_name,
        url_args=notice.url_args,
        why=notice.why,
    )


def _told(batch: list[Notice]) -> dict[tuple[int | None, str, date], int]:
    """The highest rung already written, by person, obligation and due date; what was sent by hand does not count."""
    told: dict[tuple[int | None, str, date], int] = {}
    rows = Message.objects.written().filter(obligation__in=[notice.obligation for notice in batch])
    for reader, absent, obligation, step in rows.order_by().values_list(
        "recipient_id", "instead_of_id", "obligation", "step"
    ):
        person = absent or reader
        if found := STEP.fullmatch(step):
            key = (person, obligation, date.fromisoformat(found["due_on"]))
            told[key] = max(told.get(key, int(found["rung"])), int(found["rung"]))
    return told


def _cancel_superseded(due: list[tuple[Notice, str]]) -> None:
    """An older rung that still waits in the outbox says what the new one says better."""
    latest = {
        (user.pk, notice.obligation): step for notice, step in due for user in notice.recipients
    }
    waiting = Message.objects.filter(
        obligation__in={obligation for _person, obligation in latest},
        state=MessageState.QUEUED,
        claimed_by="",
    )
    old = [
        pk
        for pk, reader, absent, obligation, step in waiting.values_list(
            "pk", "recipient_id", "instead_of_id", "obligation", "step"
        )
        if STEP.fullmatch(step) and step != latest.get((absent or reader, obligation), step)
    ]
    Message.objects.filter(pk__in=old, state=MessageState.QUEUED, claimed_by="").update(
        state=MessageState.CANCELLED
    )
