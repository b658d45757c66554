"""Progress on standard error: a bar with the time left on a terminal, else one line every ten seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

SECONDS_BETWEEN_LINES = 10.0


@contextmanager
def progress(title: str, total: int) -> Iterator[Callable[[], None]]:
    """Show progress over `total` steps; yields the function to call after each step."""
    with _bar(title, total) if sys.stderr.isatty() else _lines(title, total) as advance:
        yield advance


@contextmanager
def waiting(words: str) -> Iterator[None]:
    """Show on a terminal that something of unknown length is going on."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(words):
        yield


@contextmanager
def _bar(title: str, total: int) -> Iterator[Callable[[], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda: bar.advance(task)


@contextmanager
def _lines(title: str, total: int) -> Iterator[Callable[[], None]]:
    printer = LinePrinter(title, total)
    yield printer.advance


class LinePrinter:
    """Print how far a run is, at most once in ten seconds."""

    def __init__(self, title: str, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.title, self.total, self.clock = title, total, clock
        self.done = 0
        self.started = self.printed = clock()

    def advance(self) -> None:
        """Count one step, and print a line when the last is ten seconds old."""
        self.done += 1
        now = self.clock()
        if now - self.printed >= SECONDS_BETWEEN_LINES:
            self.printed = now
            left = (now - self.started) / self.done * (self.total - self.done)
            line = f"{self.title}: {self.done} of {self.total}, {left:.0f} s left"
            typer.echo(line, err=True)
