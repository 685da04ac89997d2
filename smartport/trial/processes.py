"""Child processes that are always stopped, each the leader of its own process group."""

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smartport.trial import TrialError


@dataclass
class Child:
    """A running process, what it is called on screen and where its output goes."""

    name: str
    process: subprocess.Popen
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM

    @property
    def pid(self) -> int:
        return self.process.pid

    def running(self) -> bool:
        return self.process.poll() is None

    def last_words(self) -> str:
        """The last line of its log that says something, for a one-line error."""
        with suppress(OSError):
            lines = [line.strip() for line in self.log.read_text(errors="replace").splitlines()]
            said = [line for line in lines if line]
            told = [line for line in said if "FATAL:" in line]
            return (told or said or [""])[-1]
        return ""

    def why_it_stopped(self) -> str:
        return f"{self.name} stopped ({_status(self.process.returncode)}): {self.last_words()} (log: {self.log})"


def _status(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"status {code}"


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str],
    cwd: Path | str | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    stdin: bytes | None = None,
    **options: Any,
) -> Child:
    """Starts a process away from the terminal's signals. Refuses with one line when it cannot be executed."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        try:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(env),
                cwd=cwd,
                start_new_session=True,
                **options,
            )
        except OSError as error:
            raise TrialError(
                f"{name} cannot run on this system: {command[0]}: {error.strerror}"
            ) from error
    if stdin is not None and process.stdin:
        with suppress(BrokenPipeError):
            process.stdin.write(stdin)
            process.stdin.close()
    return Child(name, process, log, stop_signal)


def stop(children: Iterable[Child], *, patience: float) -> None:
    """Asks all to stop at once, waits `patience` seconds for them together, then kills what is left."""
    children = list(children)
    for child in children:
        if child.running():
            with suppress(ProcessLookupError):
                os.kill(child.pid, child.stop_signal)
    deadline = time.monotonic() + patience
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.0, deadline - time.monotonic()))
    for child in children:
        kill_group(child.pid)
        child.process.wait()


def kill_group(leader: int) -> None:
    """Ends whatever is left of a process group, its leader or what the leader left behind."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
