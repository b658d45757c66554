"""Load the evidence register: every figure of the model, typed, checked and frozen."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from hrsim.errors import HrsimError, Problem
from hrsim.evidence.checking import row_problems
from hrsim.evidence.rows import EvidenceRow
from hrsim.evidence.tables import RegisterError, records

REGISTER_COLUMNS = (
    "id", "name", "value", "low", "high", "unit", "kind", "distribution", "distribution_parameters",
    "setting", "year", "citation", "identifier", "interval_obtained", "obtained", "grade", "currency",
    "price_year", "group", "group_loading", "status", "note",
)  # fmt: skip
GROUP_COLUMNS = ("group", "because")


class UnknownEvidence(HrsimError, KeyError):
    """Report an evidence id that the register does not hold, with the nearest ones."""

    exit_code = 3

    def __init__(self, evidence_id: str, known: Iterable[str]) -> None:
        near = difflib.get_close_matches(evidence_id, list(known))
        self.evidence_id = evidence_id
        self.suggestions = tuple(near)
        advice = f"did you mean {' or '.join(near)}?" if near else "list the ids with: hrsim evidence"
        self.message = f"no evidence row has the id {evidence_id!r}; {advice}"
        super().__init__(self.message)

    def __str__(self) -> str:
        return self.message


class Register(Mapping[str, EvidenceRow]):
    """Hold frozen evidence rows by id, in file order."""

    def __init__(self, rows: Iterable[EvidenceRow]) -> None:
        self._rows = {row.id: row for row in rows}

    def __getitem__(self, evidence_id: str) -> EvidenceRow:
        try:
            return self._rows[evidence_id]
        except KeyError:
            raise UnknownEvidence(evidence_id, self._rows) from None

    def __contains__(self, evidence_id: object) -> bool:
        return evidence_id in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def ids(self) -> tuple[str, ...]:
        """Return every id, in file order."""
        return tuple(self._rows)

    def with_overrides(self, rows: Iterable[EvidenceRow]) -> Register:
        """Return a register in which `rows` replace those of the same id and new ids are added at the end."""
        return Register({**self._rows, **{row.id: row for row in rows}}.values())


def parse_register(register_text: str, groups_text: str) -> Register:
    """Read a register and its correlated groups from CSV text; RegisterError lists every fault of both."""
    rows: list[EvidenceRow] = []
    problems: list[Problem] = []
    for line, record in records(register_text, REGISTER_COLUMNS, problems):
        row = _typed_row(record, line, problems)
        if row is not None:
            rows.append(row)
            problems += row_problems(row)
    groups = _declared_groups(groups_text, problems)
    problems += _duplicate_ids(rows) + _group_problems(rows, groups)
    if problems:
        raise RegisterError(problems)
    return Register(rows)


@cache
def load_register() -> Register:
    """Return the register shipped with hrsim, read and checked once per process."""
    folder = files("hrsim.evidence")
    register_text = (folder / "register.csv").read_text(encoding="utf-8")
    return parse_register(register_text, (folder / "groups.csv").read_text(encoding="utf-8"))


def _typed_row(record: Mapping[str, str], line: int, problems: list[Problem]) -> EvidenceRow | None:
    try:
        typed: dict[str, Any] = {
            **record,
            "value": float(record["value"]),
            "low": float(record["low"]),
            "high": float(record["high"]),
            "distribution_parameters": _parameters(record["distribution_parameters"]),
            "price_year": int(record["price_year"]) if record["price_year"] else None,
            "group_loading": float(record["group_loading"] or 0.0),
        }
    except ValueError as fault:
        message = f"{record['id'] or '(no id)'}: line {line}: {fault}"
        fix = "write plain numbers, and parameters as name=number;name=number"
        problems.append(Problem("EVIDENCE_NUMBER", message, fix))
        return None
    return EvidenceRow(**typed)


def _parameters(text: str) -> Mapping[str, float]:
    pairs = [part.partition("=") for part in text.split(";") if part]
    return MappingProxyType({name.strip(): float(number) for name, _, number in pairs})


def _declared_groups(text: str, problems: list[Problem]) -> frozenset[str]:
    names = []
    for line, record in records(text, GROUP_COLUMNS, problems):
        names.append(record["group"])
        if not record["because"].strip():
            message = f"groups, line {line}: group {record['group']!r} gives no reason"
            problems.append(Problem("EVIDENCE_GROUP", message, "say why its rows are drawn together"))
    return frozenset(names)


def _duplicate_ids(rows: list[EvidenceRow]) -> list[Problem]:
    return [
        Problem("EVIDENCE_DUPLICATE", f"{name}: {count} rows have this id", "keep one row per id", path=name)
        for name, count in Counter(row.id for row in rows).items()
        if count > 1
    ]


def _group_problems(rows: list[EvidenceRow], declared: frozenset[str]) -> list[Problem]:
    used = {row.group for row in rows if row.group}
    undeclared = [
        Problem(
            "EVIDENCE_GROUP", f"group {name!r} is not declared", "declare it in groups.csv, with a reason"
        )
        for name in sorted(used - declared)
    ]
    empty = [
        Problem(
            "EVIDENCE_GROUP", f"group {name!r} has no row", "remove it from groups.csv, or name it in rows"
        )
        for name in sorted(declared - used)
    ]
    return undeclared + empty
