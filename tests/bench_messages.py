"""The messages' part of `make bench`, in a process of its own and on a database it empties of messages.

`python -m tests.bench_messages` prints one line of JSON: the seconds per message of plain smtplib and of delivery, in
turns against the same SMTP server, and those of a scan of many obligations with the memory it took.
"""

import json
import os
import resource
import smtplib
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from smartport.trial.servers import free_port

ROUNDS, MESSAGES = 7, 300
OBLIGATIONS, WARM = 10_000, 500


# --- A real SMTP server, in a process of its own ----------------------------------------------------


def serve(port: int) -> None:
    from aiosmtpd.controller import Controller

    class Taker:
        async def handle_DATA(self, server, session, envelope):
            return "250 taken"

    Controller(Taker(), hostname="127.0.0.1", port=port).start()
    print("ready", flush=True)
    sys.stdin.read()


@contextmanager
def smtp_process() -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "tests.bench_messages", str(port)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        server.stdout.readline()
        yield port
    finally:
        server.stdin.close()
        server.wait()


def empty_the_outbox() -> None:
    """Sent messages cannot be deleted, row by row."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE partners_message CASCADE")


# --- Delivery ---------------------------------------------------------------------------------------


def letters(model: Any) -> list:
    """Rows as a reminder of a report leaves them in the outbox, text and HTML."""
    from partners.models import Message
    from tests.factories.partners import MessageFactory

    empty_the_outbox()
    rows = MessageFactory.build_batch(
        MESSAGES,
        kind="bench",
        recipient=model.recipient,
        subject=model.subject,
        text=model.text,
        html=model.html,
        headers=model.headers,
    )
    return Message.objects.bulk_create(rows)


def plain(port: int, ready: list[tuple[str, bytes]]) -> None:
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for address, text in ready:
            smtp.sendmail("portal@portal.example", [address], text)


def delivery() -> dict[str, dict[str, float]]:
    from django.conf import settings

    from partners.models import Message
    from partners.services.delivery import deliver
    from partners.services.sending import as_mail

    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "partners.smtp.EmailBackend", "127.0.0.1"
    settings.MESSAGES_PER_MINUTE = 10**9
    times: dict[str, list[float]] = {"plain smtplib": [], "delivery": []}
    spent: dict[str, list[float]] = {name: [] for name in times}
    with smtp_process() as port:
        settings.EMAIL_PORT = port
        model = Message.objects.filter(kind="report_due").latest("pk")
        for turn in range(ROUNDS + 1):
            rows = letters(model)
            ready = [(row.address, as_mail(row).message().as_bytes(linesep="\r\n")) for row in rows]
            works = {"plain smtplib": lambda: plain(port, ready), "delivery": deliver}  # noqa: B023
            for name, work in works.items():
                start, processor = time.perf_counter(), time.process_time()
                work()
                if turn:
                    times[name].append((time.perf_counter() - start) / MESSAGES)
                    spent[name].append((time.process_time() - processor) / MESSAGES)
            sent = Message.objects.filter(state="sent").count()
            if sent != MESSAGES:
                raise SystemExit(f"bench: {sent} messages sent, not {MESSAGES}")
    return {
        key: {name: statistics.median(each) for name, each in measured.items()}
        for key, measured in (("delivery", times), ("processor", spent))
    }


# --- The scan ---------------------------------------------------------------------------------------


def obligations(count: int) -> None:
    """That many reports due in a week, of 100 organisations with one writer each."""
    from django.utils import timezone

    from tests.factories.partners import MembershipFactory, PartnerFactory
    from tests.factories.projects import (
        PeriodFactory,
        ProgressReport,
        ProjectFactory,
        SeriesFactory,
    )

    due_on = timezone.localdate() + timedelta(days=7)
    series = SeriesFactory()
    period = PeriodFactory(series=series, due_on=due_on)
    partners = PartnerFactory.create_batch(100)
    for partner in partners:
        MembershipFactory(partner=partner)
    ProgressReport.objects.bulk_create(
        ProgressReport(project=project, period=period, due_on=due_on)
        for project in ProjectFactory._meta.model.objects.bulk_create(
            ProjectFactory.build(series=series, lead=partners[number % 100])
            for number in range(count)
        )
    )


def scan() -> dict[str, float]:
    from django.utils import timezone

    from partners.services.reminders import send_reminders

    obligations(WARM)
    send_reminders(day=timezone.localdate())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    obligations(OBLIGATIONS)
    empty_the_outbox()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    queued = send_reminders(day=timezone.localdate()).queued
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    again = send_reminders(day=timezone.localdate()).queued
    return {
        "queued": queued,
        "seconds": seconds,
        "again": again,
        "again_seconds": time.perf_counter() - start,
        "grown_kb": after - max(before, grown),
    }


def main() -> None:
    if len(sys.argv) > 1:
        serve(int(sys.argv[1]))
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartport.settings")
    import django

    django.setup()
    print(json.dumps({"scan": scan(), **delivery()}))


if __name__ == "__main__":
    main()
