"""Progress of long commands: a bar on a terminal, nothing in a log."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Protocol, TypeVar

WIDTH = 30
REDRAW_SECONDS = 0.1

Item = TypeVar("Item")


class Stream(Protocol):
    def isatty(self) -> bool: ...

    def write(self, text: str, *, ending: str = ...) -> object: ...

    def flush(self) -> object: ...


class Progress:
    """`with Progress(self.stdout, "projects", 10_000) as bar: bar.advance(500)`, in a management command."""

    def __init__(self, stream: Stream, label: str, total: int) -> None:
        self.stream = stream
        self.label = label
        self.total = max(total, 1)
        self.done = 0
        self.shown = stream.isatty()
        self._started = time.monotonic()
        self._drawn = 0.0

    def __enter__(self) -> Progress:
        self._draw()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.shown:
            self._draw()
            self.stream.write("", ending="\n")

    def advance(self, count: int = 1) -> None:
        self.done += count
        if time.monotonic() - self._drawn >= REDRAW_SECONDS:
            self._draw()

    def over(self, items: Iterable[Item]) -> Iterator[Item]:
        for item in items:
            yield item
            self.advance()

    def _draw(self) -> None:
        if not self.shown:
            return
        self._drawn = time.monotonic()
        share = min(self.done / self.total, 1.0)
        filled = round(share * WIDTH)
        bar = "█" * filled + "░" * (WIDTH - filled)
        seconds = self._drawn - self._started
        line = f"\r{self.label} {bar} {self.done:,}/{self.total:,} · {seconds:.0f} s"
        self.stream.write(line, ending="")
        self.stream.flush()
