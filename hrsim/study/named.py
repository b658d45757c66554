"""Which evidence a part of a study names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import BaseModel

from hrsim.study.values import Quantity


def evidence_named(part: object) -> Iterable[str]:
    """Yield the evidence ids that population, supply, arms and services name, but for costs, analysis and sites."""
    if isinstance(part, Quantity):
        if part.evidence is not None:
            yield part.evidence
    elif isinstance(part, BaseModel):
        for name, value in part:
            if name not in ("analysis", "prices", "cost", "costs", "parameters", "operations", "utility"):
                yield from evidence_named(value)
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from evidence_named(value)
    elif isinstance(part, tuple):
        for value in part:
            yield from evidence_named(value)
