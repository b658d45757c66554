"""Tables of the evidence that a run rests on: parameters, sources, assumptions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hrsim.evidence import EvidenceRow
from hrsim.experiment.parameters import Draws
from hrsim.experiment.statistics import described

ASSUMED_GRADES = ("C", "placeholder", "study")


def evidence_tables(rows: Sequence[EvidenceRow], draws: Draws) -> dict[str, pd.DataFrame]:
    """Build the tables parameters, sources and assumptions from the evidence rows in use."""
    assumed = [row for row in rows if row.grade in ASSUMED_GRADES]
    return {
        "parameters": parameters_table(rows, draws),
        "sources": sources_table(rows),
        "assumptions": pd.DataFrame([_assumption(row) for row in assumed], columns=ASSUMPTION_COLUMNS),
    }


def parameters_table(rows: Sequence[EvidenceRow], draws: Draws) -> pd.DataFrame:
    """List each parameter in use: what the register states, and what the draws were."""
    keys = pd.DataFrame([_parameter(row) for row in rows])
    values = np.array([[draw[row.id] for row in rows] for draw in draws.values()])
    return described(keys, values)


def sources_table(rows: Sequence[EvidenceRow]) -> pd.DataFrame:
    """List each source once, with the parameters that rest on it."""
    used: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        used.setdefault((row.citation, row.identifier), []).append(row.id)
    return pd.DataFrame(
        [
            {"citation": citation, "identifier": identifier, "parameters": ", ".join(ids)}
            for (citation, identifier), ids in used.items()
        ]
    )


ASSUMPTION_COLUMNS = ["evidence_id", "name", "value", "low", "high", "unit", "grade", "source", "note"]


def _assumption(row: EvidenceRow) -> tuple[object, ...]:
    return (row.id, row.name, row.value, row.low, row.high, row.unit, row.grade, row.citation, row.note)


def _parameter(row: EvidenceRow) -> dict[str, object]:
    return {
        "evidence_id": row.id,
        "name": row.name,
        "unit": row.unit,
        "kind": row.kind,
        "value": row.value,
        "stated_low": row.low,
        "stated_high": row.high,
        "distribution": row.distribution,
        "grade": row.grade,
    }
