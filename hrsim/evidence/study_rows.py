"""Turn the numbers that a study sets into evidence rows, so that they are drawn like any other."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from hrsim.evidence.fitting import fit_to_interval
from hrsim.evidence.kinds import KINDS
from hrsim.evidence.rows import EvidenceRow


def override(
    row: EvidenceRow,
    value: float,
    low: float | None = None,
    high: float | None = None,
    distribution: str | None = None,
    source: str | None = None,
    because: str | None = None,
) -> EvidenceRow:
    """Return the register's row with the study's number, in the row's own unit, kind and currency.

    Without an interval, or with one of no width, the number is fixed. An interval without a distribution keeps
    the row's family, or takes the usual one of the kind when the row was fixed. An overridden row is drawn on
    its own, outside any group. ValueError when no distribution has the interval; check the result with
    `row_problems`.
    """
    if low is None or high is None or low == high:
        family = "fixed"
    elif distribution is None and row.distribution == "fixed":
        family = KINDS[row.kind].usual_distribution
    else:
        family = distribution or row.distribution
    lowest = value if low is None else low
    highest = value if high is None else high
    return replace(
        row,
        value=value,
        low=lowest,
        high=highest,
        distribution=family,
        distribution_parameters=MappingProxyType(fit_to_interval(family, value, lowest, highest)),
        citation=source or f"set by the study in place of: {row.citation}",
        identifier="",
        interval_obtained="study",
        obtained="study",
        grade="study",
        group="",
        group_loading=0.0,
        status="study",
        note=because or "",
    )


def study_row(
    path: str,
    kind: str,
    unit: str,
    value: float,
    low: float | None = None,
    high: float | None = None,
    distribution: str | None = None,
    source: str | None = None,
    because: str | None = None,
) -> EvidenceRow:
    """Return a row for a number written in a study, with its dotted path as id.

    ValueError as in `override`. Not for costs, whose currency and price year stand in the register or in the
    cost line.
    """
    blank = EvidenceRow(
        id=path, name=path, value=value, low=value, high=value, unit=unit, kind=kind,
        distribution="fixed", distribution_parameters=MappingProxyType({"value": value}), setting="study",
        year="", citation="the study file", identifier="", interval_obtained="study", obtained="study",
        grade="study", currency="", price_year=None, group="", group_loading=0.0, status="study", note="",
    )  # fmt: skip
    return override(blank, value, low, high, distribution, source or blank.citation, because)
