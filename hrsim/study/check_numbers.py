"""Check numbers by what they come to: evidence times a factor, rows that the model divides by, rows of one arm."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from hrsim.evidence.limits import LIFE_TABLE, broken_limit
from hrsim.evidence.rows import EvidenceRow
from hrsim.study.numbers import Number, arm_draw, numbers
from hrsim.study.schema import Arm, Study
from hrsim.study.tree import MapNode, Path, Problems, nearest_mark
from hrsim.study.values import EvidenceFacts, Quantity

PEOPLE_ROWS = frozenset({"exp.hcv_f4_share_start", "exp.entry_injecting_share"})
"""Rows that say who the people are; all arms have the same people."""


def check_numbers(
    study: Study, tree: MapNode, known: Mapping[str, EvidenceFacts], problems: Problems
) -> None:
    """Note every number whose point value the model cannot take, and what an arm cannot have of its own."""
    point = {name: row.value for name, row in known.items() if isinstance(row, EvidenceRow)}
    point |= {name: given.value for name, given in study.parameters.items() if given.value is not None}
    for number, value in impossible_numbers(study, scoped_numbers(study), point):
        message = f"expected {number.meaning.words}, {number.meaning.range}, got {_made(number, value)}"
        fix = f"write a number, or a factor 'times', that makes it {number.meaning.range}."
        problems.add("RANGE", message, fix, nearest_mark(tree, number.path), number.path)
    _check_rows(study, tree, problems)
    _check_arm_rows(study, tree, problems)


Scoped = tuple[Arm | None, tuple[Number, ...]]


def scoped_numbers(study: Study) -> tuple[Scoped, ...]:
    """Return the numbers of the base (None) and of each arm, with their paths in the study."""
    base: Scoped = (None, tuple(numbers(study)))
    return (base, *((arm, tuple(numbers(arm, ("arms", name)))) for name, arm in study.arms.items()))


def impossible_numbers(
    study: Study, scopes: Iterable[Scoped], draw: Mapping[str, float]
) -> Iterator[tuple[Number, float]]:
    """Yield each number that its field cannot take in a draw, with its value."""
    for arm, found in scopes:
        own = draw if arm is None else arm_draw(study, arm, draw)
        for number in found:
            given = number.quantity
            for value in (number.value(own), given.low, given.high):
                if value is not None and not _fits(number, value, value == given.low):
                    yield number, value


def _fits(number: Number, value: float, is_low_end: bool) -> bool:
    """Tell whether a value fits; an interval may begin at 0, which a draw never is."""
    meaning = number.meaning
    return meaning.admits(value) or (is_low_end and value == meaning.lowest)


def _made(number: Number, value: float) -> str:
    given = number.quantity
    if given.evidence is None:
        return f"{value:g}"
    factor = f" times {given.times:g}" if given.times != 1.0 else ""
    return f"{value:g} from '{given.evidence}'{factor}"


def _check_rows(study: Study, tree: MapNode, problems: Problems) -> None:
    given: dict[Path, Quantity] = {("parameters", row): value for row, value in study.parameters.items()}
    for name, arm in study.arms.items():
        given |= {("arms", name, "parameters", row): value for row, value in arm.parameters.items()}
    for path, quantity in given.items():
        limit = broken_limit(path[-1], quantity.value) if quantity.value is not None else None
        if limit:
            message = f"expected a number for the row '{path[-1]}', {limit}, got {quantity.value:g}"
            fix = (
                f"write a number that is {limit}; to do without a process, leave its rows as they are and switch "
                "it off under 'processes:'."
            )
            problems.add("RANGE", message, fix, nearest_mark(tree, path), path)


def _check_arm_rows(study: Study, tree: MapNode, problems: Problems) -> None:
    """Note an arm's intervals, and an arm's numbers for what all arms share: the life table and the people."""
    people = {number.quantity.evidence for number in numbers(study.population, ("population",))}
    for name, arm in study.arms.items():
        for row, given in arm.parameters.items():
            if given == study.parameters.get(row):
                continue
            path = ("arms", name, "parameters", row)
            mark = nearest_mark(tree, path)
            if given.low is not None:
                message = (
                    f"expected a plain number for an evidence row in one arm, got an interval for '{row}'"
                )
                fix = "write the number alone, or move the row to the study's own 'parameters:'."
                problems.add("FORM", message, fix, mark, path)
            if row.startswith(LIFE_TABLE) or row in PEOPLE_ROWS or row in people:
                shared = "life table" if row.startswith(LIFE_TABLE) else "people"
                message = f"expected a row that an arm can change, got '{row}': all arms share their {shared}"
                fix = "move the row to the study's own 'parameters:', or compare two studies."
                problems.add("UNUSED", message, fix, mark, path)
