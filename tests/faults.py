"""Delivery while everything around it breaks, on servers of its own.

`python -m tests.faults MESSAGES KILLS BROKER_RESTARTS DATABASE_RESTARTS`; `make bench ARGS=faults` for the full size.
Workers are killed with -9 while they send and others started, the broker and the database are restarted as often as
told. Prints one line of JSON: what became of the messages, and what the secretariat sees of it; ends with an error
when one was lost, arrived twice, or is in doubt and not listed.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from smartport.trial.servers import Postgres, Valkey
from tests import migrated
from tests.servers import SETTINGS

DELIVER = "partners.tasks.deliver_messages"
WAKE_EVERY = 0.5  # seconds: as the schedule does each minute
PATIENCE = 600
SIDE_BY_SIDE = 2


@contextmanager
def servers() -> Iterator[tuple[Path, Postgres, Valkey]]:
    with tempfile.TemporaryDirectory(prefix="smartport-faults-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL, when root runs it, is another account
        postgres = Postgres(folder / "postgres", log=folder / "postgres.log")
        valkey = Valkey(log=folder / "valkey.log")
        try:
            os.environ.update(SETTINGS, VAR_DIR=name, MEDIA_ROOT=name, LOG_LEVEL="CRITICAL")
            os.environ["DATABASE_URL"], _ = migrated.start(postgres, SETTINGS)
            os.environ["REDIS_URL"] = valkey.start()
            os.environ["DJANGO_SETTINGS_MODULE"] = "smartport.settings"
            import django

            django.setup()
            yield folder, postgres, valkey
        finally:
            valkey.stop()
            postgres.stop()


class Trouble:
    """What happens to the delivery, one thing after each equal share of the letters."""

    def __init__(self, workers: Any, smtp_port: int, postgres: Postgres, valkey: Valkey) -> None:
        self.workers, self.smtp_port = workers, smtp_port
        self.postgres, self.valkey = postgres, valkey
        self.woken, self.killed = 0.0, 0

    def kill_a_worker(self) -> None:
        """One that is connected to the mail server; another takes its place."""
        self.until(lambda: self._sending() is not None)
        if worker := self._sending():
            self.workers.kill(worker)
            self.killed += 1
            self.workers.start()

    def _sending(self) -> subprocess.Popen | None:
        for worker in self.workers.running:
            for child in psutil.Process(worker.pid).children(recursive=True):
                with suppress(psutil.Error):
                    if any(
                        one.raddr and one.raddr.port == self.smtp_port
                        for one in child.net_connections()
                    ):
                        return worker
        return None

    def restart_the_broker(self) -> None:
        self.valkey.stop()
        self.valkey.start()

    def restart_the_database(self) -> None:
        from django.db import connection

        connection.close()
        self.postgres.stop()
        self.postgres.start()

    def until(self, reached: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not reached():
            if time.monotonic() > deadline:
                raise SystemExit(f"faults: not reached\n{self.workers.logs()}")
            self._wake()
            time.sleep(0.02)

    def _wake(self) -> None:
        if time.monotonic() - self.woken > WAKE_EVERY:
            with suppress(Exception):  # a broker that restarts; the schedule asks again
                self.workers.send(DELIVER)
            self.woken = time.monotonic()


def in_order(kills: int, broker: int, database: int) -> list[str]:
    """The restarts spread evenly among the kills."""
    when = [(rank + 1, "kill_a_worker", kills) for rank in range(kills)]
    when += [(rank + 1, "restart_the_broker", broker) for rank in range(broker)]
    when += [(rank + 1, "restart_the_database", database) for rank in range(database)]
    return [name for _share, name in sorted((rank / (many + 1), name) for rank, name, many in when)]


def queue_messages(total: int) -> None:
    from partners.models import Message
    from tests.factories.partners import MessageFactory, UserFactory

    people = UserFactory.create_batch(4)
    Message.objects.bulk_create(
        MessageFactory.build(recipient=people[number % 4]) for number in range(total)
    )


def states() -> dict[str, str]:
    from partners.models import Message

    return dict(Message.objects.values_list("message_id", "state"))


def waiting() -> bool:
    return bool(set(states().values()) & {"queued", "claimed"})


def listed(uncertain: set[str]) -> int:
    """How many of them the secretariat finds on the page of uncertain messages."""
    from django.test import Client

    from partners.models import Message
    from tests.factories.partners import UserFactory

    client = Client()
    client.force_login(UserFactory(is_secretariat=True))
    page = client.get("/fr/espace/envois/?state=uncertain").content.decode()
    rows = Message.objects.filter(message_id__in=uncertain)
    return sum(f"/envois/{pk}/" in page for pk in rows.values_list("pk", flat=True))


def resolve(ids: set[str], arrived: Counter[str]) -> None:
    """As the secretary does who looks into each: it arrived, or it is sent again."""
    from partners.models import Message
    from partners.services import outbox
    from tests.factories.partners import UserFactory

    secretary = UserFactory(is_secretariat=True)
    for message in Message.objects.filter(message_id__in=ids):
        if arrived[message.message_id]:
            outbox.settle(actor=secretary, message=message, arrived=True)
        else:
            outbox.resend(actor=secretary, message=message)


def run(total: int, kills: int, broker: int, database: int) -> dict[str, Any]:
    from tests.mail import smtp_server
    from tests.workers import celery_workers

    with servers() as (folder, postgres, valkey):
        queue_messages(total)
        with (
            smtp_server() as post,
            celery_workers(
                folder,
                DATABASE_URL=os.environ["DATABASE_URL"],
                EMAIL_URL=post.url,
                MESSAGES_PER_MINUTE="1000000",
            ) as workers,
        ):
            post.pause = 0.005
            trouble = Trouble(workers, post.port, postgres, valkey)
            for _one in range(min(SIDE_BY_SIDE, kills)):
                workers.start()
            plan = in_order(kills, broker, database)
            for number, name in enumerate(plan, start=1):
                share = number * total // (len(plan) + 1)
                trouble.until(lambda share=share: len(post.letters) >= share)
                getattr(trouble, name)()
            trouble.until(lambda: not waiting())
            rows, arrived = states(), Counter(post.ids)
            uncertain = {key for key, state in rows.items() if state == "uncertain"}
            found = {
                "messages": len(rows),
                "killed": trouble.killed,
                **Counter(rows.values()),
                "lost": len(set(rows) - set(arrived) - uncertain),
                "twice": sum(many > 1 for many in arrived.values()),
                "uncertain": len(uncertain),
                "listed": listed(uncertain),
            }
            resolve(uncertain, arrived)
            trouble.until(lambda: not waiting())
            arrived = Counter(post.ids)
            return found | {
                "in the end once each": set(states()) == set(arrived) and max(arrived.values()) == 1
            }


def wrong(found: dict[str, Any]) -> list[str]:
    checks = {
        "lost": found["lost"] > 0,
        "arrived twice": found["twice"] > 0,
        "in doubt and not listed": found["listed"] != found["uncertain"],
        "more than one in doubt for each kill": found["uncertain"] > found["killed"],
        "not all there in the end": not found["in the end once each"],
    }
    return [name for name, failed in checks.items() if failed]


def main(total: int, kills: int, broker: int, database: int) -> None:
    found = run(total, kills, broker, database)
    ours, theirs = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    spent = sum((ours.ru_utime, ours.ru_stime, theirs.ru_utime, theirs.ru_stime))
    print(json.dumps(found | {"seconds of processor": round(spent, 1)}), flush=True)
    if failed := wrong(found):
        raise SystemExit(f"faults: messages {', '.join(failed)}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
