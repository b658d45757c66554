"""Search the register: rows whose id, name, source, setting or note hold words, the best first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from hrsim.evidence.rows import EvidenceRow

WEIGHTS: Mapping[str, float] = {
    "id": 4.0,
    "name": 3.0,
    "setting": 2.0,
    "citation": 1.5,
    "identifier": 1.5,
    "note": 1.0,
}
"""How much a word counts by where it stands; a word that begins another counts half."""


def found(words: Iterable[str], rows: Iterable[EvidenceRow]) -> list[EvidenceRow]:
    """Return the rows that hold every word, capitals and plural endings aside, the best first; ties by id."""
    wanted = [_stem(word) for text in words for word in _split(text)]
    scored = [(score, row) for row in rows if wanted and (score := _score(wanted, row)) > 0.0]
    return [row for _, row in sorted(scored, key=lambda pair: (-pair[0], pair[1].id))]


def _score(wanted: list[str], row: EvidenceRow) -> float:
    """Return how well a row fits, 0 where it lacks a word."""
    held = {field: [_stem(word) for word in _split(str(getattr(row, field)))] for field in WEIGHTS}
    total = 0.0
    for word in wanted:
        best = max(_place(word, held[field]) * weight for field, weight in WEIGHTS.items())
        if best == 0.0:
            return 0.0
        total += best
    return total


def _place(word: str, held: list[str]) -> float:
    if word in held:
        return 1.0
    return 0.5 if any(other.startswith(word) for other in held) else 0.0


def _split(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def _stem(word: str) -> str:
    return word[:-1] if len(word) > len("ovs") and word.endswith("s") and not word.endswith("ss") else word
