"""Real Celery workers for tests: processes of their own, on the tests' database and broker, that can be killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from django.db import connection

from smartport.celery import app

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Workers:
    """`start` gives a worker that is ready; `kill` ends it and its children as a power cut would."""

    folder: Path
    environment: dict[str, str]
    queue: str = field(default_factory=lambda: f"test-{uuid4().hex[:8]}")
    running: list[subprocess.Popen] = field(default_factory=list)

    def start(self, *, concurrency: int = 1) -> subprocess.Popen:
        log = self.folder / f"worker-{uuid4().hex[:6]}.log"
        command = [sys.executable, "-m", "celery", "--app", "smartport", "worker", "--queues", self.queue,
                   "--concurrency", str(concurrency), "--without-gossip", "--without-mingle", "--without-heartbeat",
                   "--loglevel", "info"]  # fmt: skip
        with log.open("wb") as output:
            worker = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **self.environment, "CELERY_QUEUE": self.queue},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.running.append(worker)
        return worker

    def send(self, task: str) -> None:
        app.send_task(task, queue=self.queue)

    def kill(self, worker: subprocess.Popen) -> None:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        self.running.remove(worker)

    def logs(self) -> str:
        return "\n".join(
            path.read_text(errors="replace")[-4000:] for path in self.folder.glob("*.log")
        )


@contextmanager
def celery_workers(folder: Path, **environment: str) -> Iterator[Workers]:
    workers = Workers(folder, {"DATABASE_URL": test_database_url(), **environment})
    try:
        yield workers
    finally:
        for worker in list(workers.running):
            workers.kill(worker)
        with app.connection_for_write() as broker:
            broker.default_channel.queue_purge(workers.queue)


def test_database_url() -> str:
    address = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(address._replace(path=f"/{connection.settings_dict['NAME']}"))


test_database_url.__test__ = False  # a helper, whatever its name suggests
