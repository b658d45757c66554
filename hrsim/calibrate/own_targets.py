"""Observed numbers of a study's own: a CSV file beside the calibration, a row for each year."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hrsim.calibrate.schema import Series
from hrsim.evidence.targets import Target as PublishedNumber
from hrsim.study.data_files import SUFFIX, Cell, find_data_file, read_table
from hrsim.study.tree import MapNode, Problems
from hrsim.study.tree import Path as TreePath

YEAR, VALUE = NEEDED = ("period", "value")
LOW, HIGH, QUANTITY, SOURCES = "low", "high", "quantity", ("citation", "source")
Row = Mapping[str, Cell]


def is_own(series: Series) -> bool:
    """Tell whether a series is observed in a file of the study's own."""
    return series.observed is not None and series.observed.lower().endswith(SUFFIX)


def own_numbers(name: str, tree: MapNode, home: Path, problems: Problems) -> dict[str, PublishedNumber]:
    """Return the numbers of one series by `FILE.YEAR`; of a file with several quantities those of the series' name."""
    at = ("series", name, "observed")
    node = tree.mapping("series").mapping(name).get("observed")
    file = find_data_file(node, home, problems, at) if node is not None else None
    table = read_table(file, NEEDED, problems, at) if file is not None else None
    if file is None or table is None:
        return {}
    several = len({row[QUANTITY].text for row in table.rows if QUANTITY in row}) > 1
    found: dict[str, PublishedNumber] = {}
    for row in table.rows:
        if several and row[QUANTITY].text != name:
            continue
        number = _number(name, file.name, row, problems, at)
        if number is not None and number.id in found:
            row[YEAR].refuse("each year once", f"{number.period} again", "keep one row a year.", problems, at)
        elif number is not None:
            found[number.id] = number
    return found


def _number(name: str, file: str, row: Row, problems: Problems, at: TreePath) -> PublishedNumber | None:
    before = len(problems.found)
    year, value = row[YEAR].number(problems, at), row[VALUE].number(problems, at)
    low, high = (_end(row, end, problems, at) for end in (LOW, HIGH))
    if year is not None and not year.is_integer():
        row[YEAR].refuse("a calendar year", row[YEAR].text, "write 2019.", problems, at)
    if (low is None) != (high is None):
        row.get(LOW, row[VALUE]).refuse(
            "both ends of an interval, or none", "one", "write both, or none.", problems, at
        )
    if value is None or year is None or len(problems.found) > before:
        return None
    if not (value if low is None else low) <= value <= (value if high is None else high):
        row[VALUE].refuse("a number between 'low' and 'high'", row[VALUE].text, "correct it.", problems, at)
        return None
    cited = next((row[column].text for column in SOURCES if column in row and row[column].text), file)
    return PublishedNumber(
        id=f"{file}.{int(year)}", setting="study", period=str(int(year)), quantity=name, value=value, low=low,
        high=high, unit="", citation=cited, obtained="study", interval_obtained="study", note="",
    )  # fmt: skip


def _end(row: Row, end: str, problems: Problems, at: TreePath) -> float | None:
    return row[end].number(problems, at) if end in row and row[end].text else None
