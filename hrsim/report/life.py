"""Lay out one life in columns, an arm each, under dates; what is the same in every arm stands once."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hrsim.plain_words import plain_words

WIDTH = 100
NARROWEST = 14
DATE_WIDTH = 10
GAP = "  "
EVERY_ARM = "= "
"""Begins a line that holds in every arm shown."""


@dataclass(frozen=True)
class Row:
    """Hold what happened on one day: a text for each arm, empty where nothing did."""

    date: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Total:
    """Hold how often something happened in each arm."""

    what: str
    counts: tuple[int, ...]


@dataclass(frozen=True)
class LifeStory:
    """Hold what a life's page says: whose life, in which arms, the dated rows, and how often things happened."""

    heading: str
    who: tuple[str, ...]
    arms: tuple[str, ...]
    rows: tuple[Row, ...]
    totals: tuple[Total, ...]
    notes: tuple[str, ...]


def life_text(story: LifeStory) -> str:
    """Write a life; a line is at most 100 characters long as long as every arm has room for 14."""
    width = max(NARROWEST, (WIDTH - DATE_WIDTH) // len(story.arms) - len(GAP))
    lines = textwrap.wrap(plain_words(story.heading), WIDTH)
    lines += ["", *textwrap.wrap(" ".join(map(plain_words, story.who)), WIDTH), ""]
    lines += _columns("", story.arms, width)
    lines.append("-" * min(WIDTH, DATE_WIDTH + len(story.arms) * (width + len(GAP))))
    for row in story.rows:
        lines += _row(row, width)
    if story.totals:
        lines += ["", "How often"]
        for total in story.totals:
            lines += _total(total, width)
    for note in story.notes:
        lines += ["", *textwrap.wrap(plain_words(note), WIDTH)]
    return "\n".join(lines) + "\n"


def _row(row: Row, width: int) -> Iterator[str]:
    """Write a row in columns, or once when it is the same in every one of several arms."""
    if len(row.cells) > 1 and len(set(row.cells)) == 1:
        wrapped = textwrap.wrap(EVERY_ARM + plain_words(row.cells[0]), WIDTH - DATE_WIDTH - len(GAP))
        for number, line in enumerate(wrapped):
            yield f"{row.date if number == 0 else '':{DATE_WIDTH}}{GAP}{line}"
    else:
        yield from _columns(row.date, row.cells, width)


def _total(total: Total, width: int) -> Iterator[str]:
    """Write how often something happened: a line for all arms where they agree, else the numbers below."""
    margin = " " * DATE_WIDTH + GAP
    if len(set(total.counts)) == 1:
        yield f"{margin}{EVERY_ARM}{total.counts[0]} {plain_words(total.what)}"
    else:
        yield f"{margin}{plain_words(total.what)}"
        yield from _columns("", [str(count) for count in total.counts], width)


def _columns(date: str, cells: Sequence[str], width: int) -> Iterator[str]:
    wrapped = [textwrap.wrap(plain_words(cell).replace("/", "/ "), width) for cell in cells]
    for number in range(max(1, *map(len, wrapped))):
        texts = [lines[number] if number < len(lines) else "" for lines in wrapped]
        start = date if number == 0 else ""
        yield GAP.join([f"{start:{DATE_WIDTH}}", *(f"{text:{width}}" for text in texts)]).rstrip()
