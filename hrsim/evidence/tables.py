"""Read the CSV tables of the evidence folder, collecting every fault."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping

from hrsim.errors import HrsimError, Problem


class RegisterError(HrsimError):
    """Report every fault of an evidence file at once."""

    exit_code = 3

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.render() for problem in self.problems))


def records(
    text: str, columns: tuple[str, ...], problems: list[Problem]
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield line number and cells by column of each row; note a wrong header or a row of wrong length."""
    reader = csv.reader(text.splitlines(keepends=True))
    header = tuple(next(reader, ()))
    if header != columns:
        fix = f"write the columns {', '.join(columns)}"
        problems.append(Problem("EVIDENCE_COLUMNS", f"the columns are {', '.join(header)}", fix))
        return
    for cells in reader:
        if len(cells) != len(columns):
            message = f"line {reader.line_num}: {len(cells)} cells, expected {len(columns)}"
            problems.append(Problem("EVIDENCE_COLUMNS", message, "quote cells that hold a comma"))
        else:
            yield reader.line_num, dict(zip(columns, cells, strict=True))
