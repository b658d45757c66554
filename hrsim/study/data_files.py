"""CSV files beside a study: found in its folder, read as text, every fault at its row and column."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path as FilePath

from hrsim.study.parents import leaves_folder
from hrsim.study.tree import Mark, Node, Path, Problems, ScalarNode, Source, describe

LARGEST_BYTES = 50_000_000
SUFFIX = ".csv"


@dataclass(frozen=True)
class DataFile:
    """Hold a file that a study names: its name as written there, and where it lies."""

    name: str
    path: FilePath


@dataclass(frozen=True)
class Cell:
    """Hold the text of one cell, its column, and its place in the file."""

    text: str
    column: str
    mark: Mark

    def number(self, problems: Problems, at: Path) -> float | None:
        """Return the cell as a finite number, or None after noting what it is instead."""
        try:
            value = float(self.text)
        except ValueError:
            value = float("nan")
        if isfinite(value):
            return value
        got = f"'{self.text}'" if self.text else "nothing"
        self.refuse("a number", got, "write a plain number, with a point: 0.25.", problems, at)
        return None

    def refuse(self, expected: str, got: str, fix: str, problems: Problems, at: Path) -> None:
        """Note what is wrong with the cell."""
        message = f"expected {expected} in row {self.mark.line}, column '{self.column}', got {got}"
        problems.add("DATA", message, fix, self.mark, at)


@dataclass(frozen=True)
class Table:
    """Hold a CSV file: its columns, the mark of its header, and its rows as cells by column."""

    columns: tuple[str, ...]
    header: Mark
    rows: tuple[Mapping[str, Cell], ...]


def find_data_file(node: Node, home: FilePath, problems: Problems, at: Path) -> DataFile | None:
    """Return the CSV file that a study names, or None after noting why it cannot be read."""
    fix = "write the name of a CSV file in the study's folder: my_table.csv."
    if not isinstance(node, ScalarNode) or not isinstance(node.value, str) or leaves_folder(node.value):
        problems.add("DATA", f"expected the name of a CSV file, got {describe(node)}", fix, node.mark, at)
        return None
    path = home / node.value
    if not path.is_file() or path.suffix.lower() != SUFFIX:
        got = f"'{node.value}', which is not one" if path.is_file() else f"'{node.value}', which is not there"
        problems.add("DATA", f"expected a CSV file in the study's folder, got {got}", fix, node.mark, at)
        return None
    return DataFile(node.value, path)


def read_table(file: DataFile, needed: Sequence[str], problems: Problems, at: Path) -> Table | None:
    """Read a CSV file with a header; note a wrong header and rows of a wrong length. Columns may be in any order."""
    text = _text(file, problems, at)
    if text is None:
        return None
    source = Source(str(file.path), file.name, tuple(text.splitlines()))
    reader = csv.reader(text.splitlines(keepends=True))
    columns = tuple(name.strip() for name in next(reader, ()))
    header = Mark(source, 1, 1)
    lacking = [name for name in needed if name not in columns]
    repeated = sorted({name for name in columns if columns.count(name) > 1})
    if lacking or repeated or not columns:
        got = f"'{repeated[0]}' twice" if repeated else ", ".join(columns) or "none"
        message = f"expected the columns {', '.join(needed) or 'named, each once'} in {file.name}, got {got}"
        problems.add("DATA", message, "mend the first line of the file.", header, at)
        return None
    rows = []
    for texts in reader:
        if not any(text.strip() for text in texts):
            continue
        mark = Mark(source, reader.line_num, 1)
        if len(texts) != len(columns):
            message = (
                f"expected {len(columns)} cells in row {reader.line_num} of {file.name}, got {len(texts)}"
            )
            problems.add("DATA", message, "quote cells that hold a comma.", mark, at)
            continue
        rows.append(dict(zip(columns, _cells(texts, columns, mark), strict=True)))
    return Table(columns, header, tuple(rows))


def _cells(texts: Sequence[str], columns: Sequence[str], mark: Mark) -> list[Cell]:
    starts = [1 + sum(len(text) + 1 for text in texts[:number]) for number in range(len(texts))]
    marks = [Mark(mark.source, mark.line, start) for start in starts]
    return [Cell(text.strip(), name, at) for text, name, at in zip(texts, columns, marks, strict=True)]


def _text(file: DataFile, problems: Problems, at: Path) -> str | None:
    mark = Mark(Source(str(file.path), file.name, ()), 1, 1)
    try:
        if file.path.stat().st_size > LARGEST_BYTES:
            message = f"expected at most {LARGEST_BYTES} bytes in {file.name}, got more"
            problems.add("DATA", message, "leave out rows or columns.", mark, at)
            return None
        return file.path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        problems.add("DATA", f"expected UTF-8 text in {file.name}", "save the file as UTF-8.", mark, at)
        return None
