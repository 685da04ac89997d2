"""A PostgreSQL cluster with every migration applied, kept between runs and copied for each.

It is made again whenever a migration, a setting, a requirement or the way it is made changes. Tests still run
`migrate` on their databases, which then has nothing left to do.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, flock
from pathlib import Path

from smartport.trial.servers import DATABASE, Postgres

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "tests"
SOURCES = (
    "*/migrations/*.py",
    "requirements.txt",
    "smartport/settings.py",
    "smartport/trial/servers.py",
    "tests/migrated.py",
)
GENERATIONS = 3


def start(postgres: Postgres, settings: dict[str, str]) -> tuple[str, str | None]:
    """The URL of the started server, and the database to copy tests' databases from, where one could be made."""
    with _locked() as kept:
        cluster = kept / _key()
        if cluster.exists():
            _copy(cluster, postgres.folder)
            os.utime(cluster)
            return postgres.start(), DATABASE
        url = postgres.start()
        environment = {
            **os.environ,
            **settings,
            "DATABASE_URL": url,
            "REDIS_URL": "redis://127.0.0.1:1/0",
        }
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"]
        if subprocess.run(command, cwd=ROOT, env=environment, capture_output=True).returncode:
            return url, None  # the suite will meet the same error, and show it
        postgres.stop()
        _copy(postgres.folder, cluster)
        _forget(kept)
        return postgres.start(), DATABASE


def _key() -> str:
    digest = hashlib.sha256(f"{sys.version_info[:2]} {os.geteuid()}".encode())
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(str(path).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def _locked() -> Iterator[Path]:
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("a") as lock:
        flock(lock, LOCK_EX)
        yield KEPT


def _copy(source: Path, target: Path) -> None:
    """Copies a stopped cluster, owner and rights included, so that it is there whole or not at all."""
    draft = target.with_name(f"{target.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    subprocess.run(["cp", "-Rp", str(source), str(draft)], check=True)
    draft.rename(target)


def _forget(kept: Path) -> None:
    clusters = sorted(
        (path for path in kept.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime
    )
    for old in clusters[:-GENERATIONS]:
        with suppress(OSError):
            shutil.rmtree(old)
