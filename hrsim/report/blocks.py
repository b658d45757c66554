"""What a report is made of: blocks in sections, built once for each language, rendered as HTML, Word and workbook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

CheckState = Literal["done", "part", "open"]


@dataclass(frozen=True)
class Cell:
    """Hold the text of one cell; `lang` where it differs from the report's, `href` a link to a source."""

    text: str
    lang: str = ""
    href: str = ""


@dataclass(frozen=True)
class Column:
    """Name a column; numbers stand flush right."""

    label: str
    numeric: bool = False


@dataclass(frozen=True)
class Row:
    """Hold one line of a table: a cell for each column; the heading of a group has only its first."""

    cells: tuple[Cell, ...]
    is_heading: bool = False


@dataclass(frozen=True)
class Paragraph:
    """Hold a paragraph: `lead` is the answer a reader sees first, `note` explains what stands beside it."""

    text: str
    style: Literal["body", "lead", "note"] = "body"


@dataclass(frozen=True)
class Banner:
    """Hold what limits the use of the report, or what it lacks."""

    title: str
    text: str


@dataclass(frozen=True)
class Bullets:
    """Hold a list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class KeyValues:
    """Hold pairs of a term and what it is."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """Hold a table; the first cell of each row names it. A long one is `folded` on the page until it is asked for."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    folded: bool = False


@dataclass(frozen=True)
class Figure:
    """Hold a drawn figure, its description in words, and the table of what it shows; `frame` is its data."""

    name: str
    title: str
    description: str
    svg: str
    table: Table
    frame: pd.DataFrame = field(compare=False)


@dataclass(frozen=True)
class Box:
    """Hold what stands apart from the text: a title, a sentence, and items, the first cell of each set in bold."""

    title: str
    text: str
    items: tuple[tuple[Cell, ...], ...] = ()


@dataclass(frozen=True)
class CheckItem:
    """Hold one item of a checklist: what it asks, how far the report answers it, and where."""

    number: str
    name: str
    state: CheckState
    answer: str


@dataclass(frozen=True)
class Checklist:
    """Hold a reporting checklist with its source; `left` says in words which items the authors must still fill in."""

    name: str
    source: Cell
    columns: tuple[str, str, str, str]
    states: dict[CheckState, str]
    items: tuple[CheckItem, ...]
    left: str


@dataclass(frozen=True)
class Section:
    """Hold a heading and what stands under it; `key` is its anchor."""

    key: str
    title: str
    blocks: tuple[Block, ...]


Block = Paragraph | Banner | Box | Bullets | KeyValues | Table | Figure | Checklist | Section


@dataclass(frozen=True)
class Document:
    """Hold a whole report in one language: the first page, then the sections; `labels` are words of the page itself.

    `grade` says of what use the report is, before the banners that limit it.
    """

    lang: str
    title: str
    subtitle: str
    banners: tuple[Banner, ...]
    first_page: tuple[Block, ...]
    sections: tuple[Section, ...]
    labels: dict[str, str]
    footer: str
    grade: str = ""

    def figures(self) -> Iterator[Figure]:
        """Give every figure in reading order."""
        yield from _figures((*self.first_page, *self.sections))


def _figures(blocks: tuple[Block, ...]) -> Iterator[Figure]:
    for block in blocks:
        if isinstance(block, Figure):
            yield block
        elif isinstance(block, Section):
            yield from _figures(block.blocks)


def cells(*texts: str | Cell) -> tuple[Cell, ...]:
    """Make cells of texts; a cell stays as it is."""
    return tuple(text if isinstance(text, Cell) else Cell(text) for text in texts)


def row(*texts: str | Cell) -> Row:
    """Make a row of texts."""
    return Row(cells(*texts))


def heading_row(text: str, columns: int) -> Row:
    """Make a row that heads the rows below it."""
    return Row((Cell(text), *(Cell("") for _ in range(columns - 1))), is_heading=True)


def columns(first: str, *numbers: str) -> tuple[Column, ...]:
    """Make the columns of a table whose first is words and whose others are numbers."""
    return (Column(first), *(Column(label, numeric=True) for label in numbers))
