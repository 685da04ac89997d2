"""A pytest plugin (`-p tests.servers`): real servers for the suite, started before the settings are read.

With `DATABASE_URL` or `REDIS_URL` set, those servers are used; else throwaway ones are started once, by the
process that the others hang from, and end with it. Every test process has its own database, cache and folders.
"""

import atexit
import gc
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from smartport import translations
from smartport.trial import TrialError
from smartport.trial.servers import Postgres, Valkey
from tests import migrated

FOLDER = "SMARTPORT_TEST_FOLDER"
TEMPLATE = "SMARTPORT_TEST_TEMPLATE"
SETTINGS = {
    "TRIAL": "true",
    "DEBUG": "false",
    "SECRET_KEY": "only-for-tests",
    "SITE_URL": "http://testserver",
    "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
    "EMAIL_URL": "smtp://127.0.0.1:9",
    "DEFAULT_FROM_EMAIL": "Smart Port <portail@smartport.example>",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # playwright keeps a loop running in the tests' own thread
}
QUICK_HASHER = "django.contrib.auth.hashers.MD5PasswordHasher"  # what is slow on purpose adds up
servers: list[Postgres | Valkey] = []
started: list[str] = []


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker:
        _start()
    _configure(worker)
    return (yield)


def pytest_report_header() -> str:
    return f"servers: {', '.join(started) or 'as configured'}"


def pytest_unconfigure() -> None:
    stop()


def pytest_sessionstart() -> None:
    """Each test process's database is a copy of the migrated one; no browser of a test lists the static files."""
    from django.conf import settings
    from django.db import connection

    settings.WHITENOISE_USE_FINDERS = False
    settings.PASSWORD_HASHERS = [QUICK_HASHER, *settings.PASSWORD_HASHERS]
    if TEMPLATE in os.environ:
        connection.settings_dict["TEST"]["TEMPLATE"] = os.environ[TEMPLATE]


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it for garbage again and again took a sixth of the suite."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def _start() -> None:
    """In the first process only: the servers, the folder of everything, the compiled catalogues."""
    folder = Path(tempfile.mkdtemp(prefix="smartport-tests-"))
    folder.chmod(0o755)  # PostgreSQL, when root runs the tests, is another account
    os.environ[FOLDER] = str(folder)
    atexit.register(stop)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    translations.compile_catalogues()
    try:
        if "DATABASE_URL" not in os.environ:
            postgres = Postgres(folder / "postgres", log=folder / "postgres.log", throwaway=True)
            servers.append(postgres)
            os.environ["DATABASE_URL"], template = migrated.start(postgres, SETTINGS)
            if template:
                os.environ[TEMPLATE] = template
            started.append("PostgreSQL from its wheel")
        if "REDIS_URL" not in os.environ:
            valkey = Valkey(log=folder / "valkey.log")
            servers.append(valkey)
            os.environ["REDIS_URL"] = valkey.start()
            started.append("Valkey from its wheel")
    except TrialError as error:
        raise pytest.UsageError(str(error)) from error


def _configure(worker: str) -> None:
    os.environ.update(SETTINGS)
    folder = Path(os.environ[FOLDER]) / (worker or "main")
    os.environ["VAR_DIR"] = str(folder)
    os.environ["MEDIA_ROOT"] = str(folder / "media")
    os.environ["MAILBOX_DIR"] = str(folder / "mail")
    os.environ["STATIC_ROOT"] = str(folder / "static")
    (folder / "static").mkdir(parents=True, exist_ok=True)
    if worker:
        redis = urlsplit(os.environ["REDIS_URL"])
        number = int(worker.removeprefix("gw")) + 1
        os.environ["REDIS_URL"] = urlunsplit(redis._replace(path=f"/{number}"))


def stop() -> None:
    while servers:
        servers.pop().stop()
    if "PYTEST_XDIST_WORKER" not in os.environ and FOLDER in os.environ:
        shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True)
