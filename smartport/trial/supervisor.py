"""Starts everything the trial needs in order, watches it, and stops all of it whatever happens."""

import http.client
import json
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

import psutil

from smartport.trial import ROOT, TrialError, processes
from smartport.trial.processes import Child
from smartport.trial.servers import Postgres, Valkey, free_port

HOST = "127.0.0.1"
PASSWORD = "smartport-demo"
ACCOUNTS = {
    "admin@smartport.example": "administrator",
    "secretariat@smartport.example": "secretariat",
    "member@smartport.example": "member of the steering committee",
    "manager@partner-a.example": "manager of partner A",
    "contributor@partner-a.example": "contributor of partner A",
    "contributor@partner-b.example": "contributor of partner B",
}
GREETING = """
The portal      {address}
Its logs        {logs}
Sign in with    password {password}
{accounts}
Stop with Ctrl-C; `make run` finds its data again.
"""


class Stopped(Exception):
    """Someone asked the trial to stop."""


class Trial:
    """One run of the trial in a folder (`var/`); only one at a time, told by a lock that dies with its holder."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.address = f"http://{HOST}:{port}"
        self.logs = folder / "log"
        self.env = dict(os.environ)
        self.servers: list[Postgres | Valkey] = []
        self.children: list[Child] = []
        self.stop_asked = 0

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "trial.lock").open("a+") as lock:
            try:
                self._take(lock)
                self._check_port()
                self._start()
                self._watch()
            except Stopped:
                print("\nstopping", flush=True)
                return 0
            finally:
                self._stop()
        return 1

    def _ask_to_stop(self, number: int, frame: object) -> None:
        self.stop_asked += 1
        if self.stop_asked > 1:
            for child in self.children:
                processes.kill_group(child.pid)

    def _pause(self, seconds: float) -> None:
        if self.stop_asked:
            raise Stopped
        time.sleep(seconds)
        if self.stop_asked:
            raise Stopped

    # --- One run at a time ------------------------------------------------------------------------

    def _take(self, lock) -> None:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except BlockingIOError as error:
            raise TrialError(f"already running in {self.folder}: stop that one first") from error
        self._end_leftovers()

    @property
    def _roll(self) -> Path:
        return self.folder / "processes.json"

    def _end_leftovers(self) -> None:
        """Ends the processes of a run that was killed before it could stop them."""
        with suppress(FileNotFoundError, json.JSONDecodeError):
            for pid, started in json.loads(self._roll.read_text()):
                with suppress(psutil.NoSuchProcess):
                    if abs(psutil.Process(pid).create_time() - started) < 1:
                        processes.kill_group(pid)

    def _enrol(self, child: Child) -> Child:
        self.children.append(child)
        roll = []
        for one in self.children:
            with suppress(psutil.NoSuchProcess):
                roll.append((one.pid, psutil.Process(one.pid).create_time()))
        self._roll.write_text(json.dumps(roll))
        return child

    def _check_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, self.port))
            except OSError as error:
                raise TrialError(
                    f"port {self.port} is not free ({error.strerror}): choose another, as in `make run PORT=8001`"
                ) from error

    # --- Start, in order --------------------------------------------------------------------------

    def _start(self) -> None:
        self._configure()
        if "DATABASE_URL" not in os.environ:
            self._serve(
                "DATABASE_URL", Postgres(self.folder / "postgres", log=self.logs / "postgres.log")
            )
        if "REDIS_URL" not in os.environ:
            self._serve(
                "REDIS_URL", Valkey(folder=self.folder / "valkey", log=self.logs / "valkey.log")
            )
        if "EMAIL_URL" not in os.environ:
            self._start_mailbox()
        self._write_environment()
        self._prepare()
        self._launch("web", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(self.port),
                     "--workers", "2", "--blocking-threads", "4", "--no-ws", "smartport.wsgi:application")  # fmt: skip
        celery = ("celery", "--app", "smartport")
        self._launch("worker", *celery, "worker", "--concurrency", "2", "--loglevel", "info", "--without-gossip",
                     "--without-mingle")  # fmt: skip
        self._launch(
            "beat",
            *celery,
            "beat",
            "--loglevel",
            "info",
            "--schedule",
            str(self.folder / "beat-schedule"),
        )
        self._wait(self._ready, f"{self.address}/readyz")
        accounts = "\n".join(
            f"                {email:<32}{role}" for email, role in ACCOUNTS.items()
        )
        greeting = GREETING.format(
            address=self.address, logs=self.logs, password=PASSWORD, accounts=accounts
        )
        print(f"{greeting}\nready {self.address}", flush=True)

    def _configure(self) -> None:
        """The settings of the trial; a value from outside always wins."""
        key = self.folder / "secret-key"
        if not key.exists():
            with open(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(50))
        for name, value in {
            "TRIAL": "true",
            "SECRET_KEY": key.read_text(),
            "SITE_URL": self.address,
            "VAR_DIR": str(self.folder),
            "MAILBOX_DIR": str(self.folder / "mail"),
            "PYTHONUNBUFFERED": "1",
        }.items():
            self.env.setdefault(name, value)

    def _serve(self, variable: str, server: Postgres | Valkey) -> None:
        self.servers.append(server)
        self.env[variable] = server.start()
        if self.stop_asked:
            raise Stopped

    def _start_mailbox(self) -> None:
        """A real SMTP server, which keeps what it receives as a Maildir for the mailbox page."""
        port = free_port()
        handler = ("-c", "aiosmtpd.handlers.Mailbox", self.env["MAILBOX_DIR"])
        self._launch("mailbox", "aiosmtpd", "--nosetuid", "--listen", f"{HOST}:{port}", *handler)
        self.env["EMAIL_URL"] = f"smtp://{HOST}:{port}"

    def _write_environment(self) -> None:
        """Lets commands run by hand find these servers (`manage.py` reads it)."""
        names = (
            "TRIAL",
            "SECRET_KEY",
            "SITE_URL",
            "VAR_DIR",
            "MAILBOX_DIR",
            "DATABASE_URL",
            "REDIS_URL",
            "EMAIL_URL",
        )
        path = self.folder / "trial.env"
        path.touch(mode=0o600)
        path.write_text("".join(f"{name}={self.env[name]}\n" for name in names))

    def _prepare(self) -> None:
        command = [sys.executable, "-m", "smartport.trial.prepare"]
        child = processes.start(
            "preparation", command, log=self.logs / "prepare.log", env=self.env, cwd=ROOT
        )
        self._enrol(child)
        shown = 0
        while child.running():
            self._pause(0.1)
            lines = child.log.read_text(errors="replace").splitlines()
            for line in lines[shown:]:
                if line.startswith("> "):
                    print(line[2:], flush=True)
            shown = len(lines)
        self.children.remove(child)
        if child.process.returncode:
            raise TrialError(child.why_it_stopped())

    def _launch(self, name: str, module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", module, *arguments]
        self._enrol(
            processes.start(name, command, log=self.logs / f"{name}.log", env=self.env, cwd=ROOT)
        )

    # --- Watch and stop ---------------------------------------------------------------------------

    def _ready(self) -> bool:
        web = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            web.request("GET", "/readyz")
            return web.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            web.close()

    def _wait(self, condition: Callable[[], bool], what: str, patience: float = 90) -> None:
        deadline = time.monotonic() + patience
        while not condition():
            self._check_children()
            if time.monotonic() > deadline:
                raise TrialError(
                    f"{what} did not answer within {patience:.0f} seconds (logs: {self.logs})"
                )
            self._pause(0.1)

    def _check_children(self) -> None:
        for child in [*self.children, *(server.child for server in self.servers)]:
            if child and not child.running():
                raise TrialError(child.why_it_stopped())

    def _watch(self) -> None:
        while True:
            self._pause(0.25)
            self._check_children()

    def _stop(self) -> None:
        processes.stop(reversed(self.children), patience=20)
        for server in reversed(self.servers):
            server.stop()
        self._roll.unlink(missing_ok=True)
