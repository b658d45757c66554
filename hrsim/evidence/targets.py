"""Load the published series that a setting is compared with or fitted to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from hrsim.errors import Problem
from hrsim.evidence.tables import RegisterError, records

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
    targets: dict[str, Target] = {}
    problems: list[Problem] = []
    for line, record in records(text, TARGET_COLUMNS, problems):
        try:
            target = _typed_target(record)
        except ValueError as fault:
            problems.append(Problem("EVIDENCE_NUMBER", f"line {line}: {fault}", "write plain numbers"))
            continue
        problems += _target_problems(target)
        if target.id in targets:
            message = f"{target.id}: the id occurs twice"
            problems.append(Problem("EVIDENCE_DUPLICATE", message, "keep one row per id"))
        targets[target.id] = target
    if problems:
        raise RegisterError(problems)
    return tuple(targets.values())


@cache
def load_targets() -> tuple[Target, ...]:
    """Return the targets shipped with hrsim, read and checked once per process."""
    return parse_targets((files("hrsim.evidence") / "targets.csv").read_text(encoding="utf-8"))


def series(setting: str, quantity: str) -> tuple[Target, ...]:
    """Return the shipped targets of one quantity in one setting, in file order; empty when there is none."""
    return tuple(
        target for target in load_targets() if target.setting == setting and target.quantity == quantity
    )


def _typed_target(record: Mapping[str, str]) -> Target:
    typed: dict[str, Any] = {
        **record,
        "value": float(record["value"]),
        "low": float(record["low"]) if record["low"] else None,
        "high": float(record["high"]) if record["high"] else None,
    }
    return Target(**typed)


def _target_problems(target: Target) -> list[Problem]:
    problems = []
    if not target.citation.strip():
        problems.append(Problem("EVIDENCE_SOURCE", f"{target.id}: no source", "cite its source"))
    low = target.value if target.low is None else target.low
    high = target.value if target.high is None else target.high
    if not low <= target.value <= high:
        message = f"{target.id}: value {target.value:g} lies outside {low:g} to {high:g}"
        problems.append(Problem("EVIDENCE_RANGE", message, "correct the value or its interval"))
    return problems
