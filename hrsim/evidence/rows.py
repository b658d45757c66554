"""Define what one figure carries, and write it out for a reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hrsim.evidence.kinds import KINDS, Kind

GRADES = {
    "A": "primary source, interval as published or from its counts",
    "B": "derived here, or another model's input",
    "C": "recalled, or with an assumed interval",
    "placeholder": "not evidence: a judgement that lets the model run",
    "study": "set by the study",
}


@dataclass(frozen=True)
class EvidenceRow:
    """Hold one figure with its unit, interval, distribution and source.

    `low` and `high` are the 95 % interval unless `interval_obtained` says otherwise. `group` names a
    correlated group (empty: drawn on its own) and `group_loading`, between -1 and 1, the correlation of the
    row's normal score with that group's common score.
    """

    id: str
    name: str
    value: float
    low: float
    high: float
    unit: str
    kind: str
    distribution: str
    distribution_parameters: Mapping[str, float] = field(hash=False)
    setting: str
    year: str
    citation: str
    identifier: str
    interval_obtained: str
    obtained: str
    grade: str
    currency: str
    price_year: int | None
    group: str
    group_loading: float
    status: str
    note: str

    @property
    def is_placeholder(self) -> bool:
        """Tell whether the row is a judgement rather than evidence."""
        return self.status == "placeholder"

    @property
    def bounds(self) -> Kind:
        """Return the kind, which bounds the values a draw may take."""
        return KINDS[self.kind]


def central(row: EvidenceRow) -> float:
    """Return the point value of a row, in the row's unit."""
    return row.value


def describe(row: EvidenceRow) -> str:
    """Write a row as a block of text, one labelled line per fact."""
    money = f" ({row.currency} of {row.price_year})" if row.currency else ""
    parameters = ", ".join(f"{name} {value:g}" for name, value in row.distribution_parameters.items())
    lines = [
        row.id,
        f"  {row.name}",
        f"  value        {row.value:g} ({row.low:g} to {row.high:g}) {row.unit}{money}",
        f"  kind         {row.kind}",
        f"  distribution {row.distribution} ({parameters})",
        f"  setting      {row.setting}, {row.year}",
        f"  source       {row.citation}",
    ]
    if row.identifier:
        lines.append(f"  identifier   {row.identifier}")
    lines.append(f"  interval     {row.interval_obtained}; value {row.obtained}")
    lines.append(f"  grade        {row.grade}: {GRADES[row.grade]}")
    if row.group:
        lines.append(f"  drawn with   group {row.group}, loading {row.group_loading:g}")
    if row.note:
        lines.append(f"  note         {row.note}")
    return "\n".join(lines)
