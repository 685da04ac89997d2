"""A real Celery worker on the tests' own database and broker, for tests that kill it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psutil
from django.db import connection

WAIT_SECONDS = 150


def database_url() -> str:
    """The address of the database the tests write in, not of the one it was copied from."""
    address = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(address._replace(path=f"/{connection.settings_dict['NAME']}"))


@contextmanager
def celery_worker(**environment: str) -> Iterator[subprocess.Popen]:
    """One worker with one child process; what is left of it at the end is killed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "smartport", "worker", "-c", "1", "-l", "warning"],
        env=os.environ | {"DATABASE_URL": database_url()} | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen) -> None:
    """kill -9 of the worker and its children, as when the machine's memory runs out."""
    try:
        family = [
            *psutil.Process(process.pid).children(recursive=True),
            psutil.Process(process.pid),
        ]
    except psutil.NoSuchProcess:
        family = []
    for member in family:
        try:
            member.kill()
        except psutil.NoSuchProcess:
            continue
    process.wait()


def wait_for(happened: Callable[[], bool], *, every: float = 0.01) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(every)
