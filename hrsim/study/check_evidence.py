"""Check that evidence ids exist, and that values which replace a row agree with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hrsim.evidence.kinds import KINDS
from hrsim.study.tree import (
    Entry,
    MapNode,
    Mark,
    Node,
    Path,
    Problems,
    ScalarNode,
    is_own,
    leaves,
    nearest_or,
    scopes,
)
from hrsim.study.values import EvidenceFacts


def check_evidence(tree: MapNode, rows: Mapping[str, EvidenceFacts], problems: Problems) -> None:
    """Note every evidence id without a row, and every replacement that differs from its row in meaning."""
    for path, node in leaves(tree):
        if path and path[-1] == "evidence" and isinstance(node, ScalarNode) and not is_own(path):
            _check_id(node.text, node.mark, path, rows, problems)
    for where, scope in scopes(tree):
        for section in ("parameters", "prices"):
            for row, entry in scope.mapping(section).entries.items():
                if not row.startswith("x-"):
                    path = (*where, section, row)
                    _check_key(row, entry, path, rows, problems)
                    _check_replacement(rows.get(row), entry, path, problems)


def _check_key(
    row: str, entry: Entry, path: Path, rows: Mapping[str, EvidenceFacts], problems: Problems
) -> None:
    """Note a key that is no evidence row; a price may have the name of a cost line, which the price book knows."""
    if path[-2] != "prices":
        _check_id(row, entry.key_mark, path, rows, problems)
    elif row in rows and rows[row].kind != "cost":
        message = f"expected a price of a cost, got the row '{row}' of kind '{rows[row].kind}'"
        problems.add("KIND", message, "state it under 'parameters:'.", entry.key_mark, path)


def _check_id(row: str, mark: Mark, path: Path, known: Iterable[str], problems: Problems) -> None:
    if row not in known:
        fix = nearest_or(row, known, "hrsim evidence lists all ids.")
        problems.add("EVIDENCE", f"expected the id of an evidence row, got '{row}'", fix, mark, path)


def _check_replacement(row: EvidenceFacts | None, entry: Entry, path: Path, problems: Problems) -> None:
    if row is None:
        return
    facts = (("kind", "KIND", row.kind), ("unit", "UNIT", row.unit))
    for name, code, expected in facts if path[-2] != "prices" else facts[:1]:
        stated = entry.node.get(name) if isinstance(entry.node, MapNode) else None
        if isinstance(stated, ScalarNode) and stated.text != expected:
            message = f"expected the {name} '{expected}' of the row '{path[-1]}', got '{stated.text}'"
            problems.add(
                code, message, f"convert the number and write '{name}: {expected}'.", stated.mark, path
            )
    for number in _numbers(entry.node):
        _check_range(row, number, path, problems)


def _numbers(node: Node) -> list[ScalarNode]:
    parts = [node.get(name) for name in ("value", "low", "high")] if isinstance(node, MapNode) else [node]
    return [part for part in parts if isinstance(part, ScalarNode)]


def _check_range(row: EvidenceFacts, number: ScalarNode, path: Path, problems: Problems) -> None:
    if isinstance(number.value, bool) or not isinstance(number.value, int | float):
        return
    kind = KINDS[row.kind]
    if not kind.lowest <= number.value <= kind.highest:
        rule = f"between {kind.lowest:g} and {kind.highest:g}"
        message = f"expected a {row.kind} for the row '{path[-1]}', {rule}, got {number.text}"
        problems.add("RANGE", message, f"write a number that is {rule}.", number.mark, path)
