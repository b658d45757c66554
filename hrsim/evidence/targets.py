"""Load the published series that a setting is compared with or fitted to."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from hrsim.errors import Problem
from hrsim.evidence.register import RegisterError

TARGET_COLUMNS = (
    "id", "setting", "period", "quantity", "value", "low", "high", "unit", "citation", "obtained",
    "interval_obtained", "note",
)  # fmt: skip


@dataclass(frozen=True)
class Target:
    """Hold one published value; `low` and `high` are None where no interval is known.

    An interval that is `assumed` is a fitting tolerance, not sampling error.
    """

    id: str
    setting: str
    period: str
    quantity: str
    value: float
    low: float | None
    high: float | None
    unit: str
    citation: str
    obtained: str
    interval_obtained: str
    note: str


def parse_targets(text: str) -> tuple[Target, ...]:
    """Read targets from CSV text; RegisterError lists every fault."""
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    header = tuple(next(reader, ()))
    if header != TARGET_COLUMNS:
        fix = f"write the columns {TARGET_COLUMNS}"
        raise RegisterError([Problem("EVIDENCE_COLUMNS", f"columns are {header}", fix)])
    targets: list[Target] = []
    problems: list[Problem] = []
    for cells in reader:
        try:
            target = _typed_target(dict(zip(TARGET_COLUMNS, cells, strict=True)))
        except ValueError as fault:
            problems.append(Problem("EVIDENCE_NUMBER", f"line {reader.line_num}: {fault}", "write plain numbers"))
            continue
        problems += _target_problems(target, {earlier.id for earlier in targets})
        targets.append(target)
    if problems:
        raise RegisterError(problems)
    return tuple(targets)


@cache
def load_targets() -> tuple[Target, ...]:
    """Return the targets shipped with hrsim, read and checked once per process."""
    return parse_targets((files("hrsim.evidence") / "targets.csv").read_text(encoding="utf-8"))


def series(setting: str, quantity: str) -> tuple[Target, ...]:
    """Return the shipped targets of one quantity in one setting, in file order; empty when there is none."""
    return tuple(
        target for target in load_targets() if target.setting == setting and target.quantity == quantity
    )


def _typed_target(record: dict[str, str]) -> Target:
    numbers = {
        "value": float(record["value"]),
        "low": float(record["low"]) if record["low"] else None,
        "high": float(record["high"]) if record["high"] else None,
    }
    return Target(**{**record, **numbers})  # type: ignore[arg-type]


def _target_problems(target: Target, earlier: set[str]) -> list[Problem]:
    problems = []
    if target.id in earlier:
        problems.append(Problem("EVIDENCE_DUPLICATE", f"{target.id}: the id occurs twice", "keep one row per id"))
    if not target.citation.strip():
        problems.append(Problem("EVIDENCE_SOURCE", f"{target.id}: no source", "cite where the figure comes from"))
    low = target.value if target.low is None else target.low
    high = target.value if target.high is None else target.high
    if not low <= target.value <= high:
        message = f"{target.id}: value {target.value:g} lies outside {low:g} to {high:g}"
        problems.append(Problem("EVIDENCE_RANGE", message, "correct the value or its interval"))
    return problems
