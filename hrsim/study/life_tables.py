"""A study's own life table: a CSV file of annual probabilities of dying, whose numbers become evidence rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path as FilePath

from hrsim.evidence.rows import EvidenceRow
from hrsim.evidence.study_rows import study_row
from hrsim.life_table import FEWEST_AGES, OWN, SEXES, is_row, life_table_problems, neighbour, row_name
from hrsim.study.data_files import Cell, DataFile, find_data_file, read_table
from hrsim.study.tree import MapNode, Problems, nearest_mark
from hrsim.study.values import EvidenceFacts

AT = ("population", "life_table")
SEX, AGE, PROBABILITY = COLUMNS = ("sex", "age", "probability")
BOTH = "all"
OLDEST = 120


def take_life_table(
    tree: MapNode, home: FilePath, problems: Problems
) -> tuple[tuple[EvidenceRow, ...], DataFile | None]:
    """Return the rows of the life table that a study names, and its file; nothing where it names none."""
    node = tree.mapping(AT[0]).get(AT[1])
    file = find_data_file(node, home, problems, AT) if node is not None else None
    if file is None:
        return (), None
    for name in tree.mapping("parameters").entries:
        if is_row(name):
            message = f"expected no '{name}' beside a life table of the study's own, which replaces it"
            path = ("parameters", name)
            problems.add(
                "UNUSED", message, "write the number in the CSV file.", nearest_mark(tree, path), path
            )
    return _rows(file, problems), file


def _rows(file: DataFile, problems: Problems) -> tuple[EvidenceRow, ...]:
    table, before = read_table(file, COLUMNS, problems, AT), len(problems.found)
    rows: dict[str, EvidenceRow] = {}
    for cells in table.rows if table else ():
        age, chance = _age(cells[AGE], problems), _chance(cells[PROBABILITY], problems)
        for sex in _sexes(cells[SEX], problems):
            if age is None or chance is None:
                continue
            name = row_name(OWN, sex, age)
            if name in rows:
                got = f"{age} for {sex} again"
                cells[AGE].refuse("each age once", got, "keep one row for each sex and age.", problems, AT)
            source = f"the study's life table, {file.name}"
            rows[name] = study_row(name, "probability", "per year", chance, source=source)
    if table is not None and len(problems.found) == before:
        for problem in life_table_problems({name: row.value for name, row in rows.items()}):
            problems.add("DATA", f"{file.name}: {problem.message}", problem.fix, table.header, AT)
    return tuple(rows.values())


def _age(cell: Cell, problems: Problems) -> int | None:
    number = cell.number(problems, AT)
    if number is not None and not (number.is_integer() and 0 <= number < OLDEST):
        cell.refuse(f"an age in whole years below {OLDEST}", cell.text, "write 40.", problems, AT)
        return None
    return None if number is None else int(number)


def _chance(cell: Cell, problems: Problems) -> float | None:
    number = cell.number(problems, AT)
    if number is not None and not 0.0 < number < 1.0:
        fix = f"leave the row out: between ages the table is interpolated, above the last {FEWEST_AGES} continued."
        cell.refuse("a probability above 0 and below 1", cell.text, fix, problems, AT)
        return None
    return number


def _sexes(cell: Cell, problems: Problems) -> tuple[str, ...]:
    if cell.text == BOTH:
        return SEXES
    if cell.text not in SEXES:
        got = f"'{cell.text}'"
        cell.refuse(f"{', '.join(SEXES)} or {BOTH}", got, f"write {SEXES[0]}.", problems, AT)
        return ()
    return (cell.text,)


def with_own_ages(known: Mapping[str, EvidenceFacts], tree: MapNode) -> Mapping[str, EvidenceFacts]:
    """Return the known rows with those of the life table at ages that only the study states."""
    own = [name for name in tree.mapping("parameters").entries if is_row(name) and name not in known]
    like = {name: known[neighbour(name)] for name in own if neighbour(name) in known}
    return {**known, **{name: of_age(name, row) for name, row in like.items()}}


def of_age(name: str, row: EvidenceFacts) -> EvidenceFacts:
    """Return a row of the life table under the name of another age; a study states its number."""
    return replace(row, id=name, name=name) if isinstance(row, EvidenceRow) else row
