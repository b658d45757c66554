"""Progress on standard error: a bar with the time left on a terminal, else one line every ten seconds."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hrsim.cli.echo import echo, terminal
from hrsim.plain_words import shortened

SECONDS_BETWEEN_LINES = 10.0


@contextmanager
def progress(title: str, total: int) -> Iterator[Callable[[], None]]:
    """Show progress over `total` steps; yields the function to call after each step."""
    shown = shortened(title)
    with _bar(shown, total) if sys.stderr.isatty() else _lines(shown, total) as advance:
        yield advance


@contextmanager
def waiting(words: str) -> Iterator[None]:
    """Show that something of unknown length is going on."""
    shown = shortened(words)
    if sys.stderr.isatty():
        from rich.text import Text

        with terminal(stderr=True).status(Text(shown)):
            yield
    else:
        with repeating(lambda: shown):
            yield


@contextmanager
def repeating(line: Callable[[], str], seconds: float = SECONDS_BETWEEN_LINES) -> Iterator[None]:
    """Print a line to standard error each time so many seconds have passed, until the block ends."""
    ended = threading.Event()

    def speak() -> None:
        while not ended.wait(seconds):
            echo(line(), err=True)

    speaker = threading.Thread(target=speak, daemon=True)
    speaker.start()
    try:
        yield
    finally:
        ended.set()
        speaker.join()


class Tally:
    """Count the steps done, and say how many are left and how long they will take."""

    def __init__(self, title: str, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.title, self.total, self.clock = title, total, clock
        self.done = 0
        self.started = clock()

    def advance(self) -> None:
        """Count one step."""
        self.done += 1

    def line(self) -> str:
        """Say how far the steps are; the time left is not known before the first is done."""
        counted = f"{self.title}: {self.done} of {self.total}"
        if self.done == 0:
            return counted
        left = (self.clock() - self.started) / self.done * (self.total - self.done)
        return f"{counted}, {left:.0f} s left"


@contextmanager
def _bar(title: str, total: int) -> Iterator[Callable[[], None]]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=terminal(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda: bar.advance(task)


@contextmanager
def _lines(title: str, total: int) -> Iterator[Callable[[], None]]:
    tally = Tally(title, total)
    with repeating(tally.line):
        yield tally.advance
