"""Check evidence rows: every fault of every row, collected, each with its remedy."""

from __future__ import annotations

import math
from collections.abc import Iterator

from hrsim.errors import Problem
from hrsim.evidence.distributions import DISTRIBUTIONS, mass_outside
from hrsim.evidence.kinds import CURRENCIES, KINDS
from hrsim.evidence.rows import GRADES, EvidenceRow

LARGEST_TRUNCATED_MASS = 0.05
"""A distribution that loses more than this to truncation does not describe its kind and is refused."""

STATUSES = ("evidence", "placeholder", "study")


def row_problems(row: EvidenceRow) -> list[Problem]:
    """Return every problem of one row; an empty list when it is sound."""
    return [
        Problem(code, f"{row.id or '(no id)'}: {message}", fix, path=row.id)
        for code, message, fix in (
            *_identity_faults(row),
            *_value_faults(row),
            *_unit_faults(row),
            *_distribution_faults(row),
        )
    ]


def number_problems(row: EvidenceRow) -> list[Problem]:
    """Return the problems of a row's value, interval and distribution, whatever its unit and source."""
    faults = (*_value_faults(row), *_distribution_faults(row))
    return [Problem(code, message, fix, path=row.id) for code, message, fix in faults]


def _identity_faults(row: EvidenceRow) -> Iterator[tuple[str, str, str]]:
    if not row.id:
        yield "EVIDENCE_ID", "the row has no id", "give it a dotted id, such as od.witnessed"
    if not row.citation.strip():
        yield "EVIDENCE_SOURCE", "the row has no source", "cite its source, or leave the row out"
    if row.grade not in GRADES:
        yield "EVIDENCE_GRADE", f"grade {row.grade!r} is unknown", f"use one of {', '.join(GRADES)}"
    if row.status not in STATUSES:
        yield "EVIDENCE_STATUS", f"status {row.status!r} is unknown", f"use one of {', '.join(STATUSES)}"
    if (row.status == "placeholder") != (row.grade == "placeholder"):
        yield (
            "EVIDENCE_GRADE",
            f"status {row.status!r} with grade {row.grade!r}",
            "a placeholder has both status and grade 'placeholder'",
        )
    if not -1.0 <= row.group_loading <= 1.0 or bool(row.group) != (row.group_loading != 0.0):
        yield (
            "EVIDENCE_GROUP",
            f"group {row.group!r} with loading {row.group_loading:g}",
            "give a group and a loading between -1 and 1 other than 0, or neither",
        )


def _value_faults(row: EvidenceRow) -> Iterator[tuple[str, str, str]]:
    if not all(map(math.isfinite, (row.value, row.low, row.high))):
        yield "EVIDENCE_VALUE", "value, low and high must be finite numbers", "write plain numbers"
    elif not row.low <= row.value <= row.high:
        yield (
            "EVIDENCE_RANGE",
            f"value {row.value:g} lies outside {row.low:g} to {row.high:g}",
            "correct the value or its interval",
        )
    kind = KINDS.get(row.kind)
    if kind is None:
        yield "EVIDENCE_KIND", f"kind {row.kind!r} is unknown", f"use one of {', '.join(KINDS)}"
    elif not kind.lowest <= row.value <= kind.highest:
        yield (
            "EVIDENCE_RANGE",
            f"value {row.value:g} is impossible for a {row.kind}",
            f"a {row.kind} lies between {kind.lowest:g} and {kind.highest:g}",
        )


def _unit_faults(row: EvidenceRow) -> Iterator[tuple[str, str, str]]:
    kind = KINDS.get(row.kind)
    if kind is not None and not kind.admits_unit(row.unit):
        yield (
            "EVIDENCE_UNIT",
            f"unit {row.unit!r} does not go with kind {row.kind!r}",
            "correct the unit or the kind; a rate and a probability are different kinds",
        )
    is_cost = row.kind == "cost"
    if is_cost and (row.currency not in CURRENCIES or not row.unit.startswith(row.currency)):
        fault = f"currency {row.currency!r} with unit {row.unit!r}"
        yield "EVIDENCE_MONEY", fault, "name the same currency in both"
    if is_cost and row.price_year is None:
        yield "EVIDENCE_MONEY", "the cost has no price year", "give the year whose prices it is in"
    if not is_cost and (row.currency or row.price_year is not None):
        yield "EVIDENCE_MONEY", f"a {row.kind} has no currency or price year", "leave both empty"


def _distribution_faults(row: EvidenceRow) -> Iterator[tuple[str, str, str]]:
    family = DISTRIBUTIONS.get(row.distribution)
    if family is None:
        yield (
            "EVIDENCE_DISTRIBUTION",
            f"distribution {row.distribution!r} is unknown",
            f"use one of {', '.join(DISTRIBUTIONS)}",
        )
        return
    parameters = row.distribution_parameters
    if tuple(parameters) != family.parameter_names or not all(map(math.isfinite, parameters.values())):
        yield (
            "EVIDENCE_DISTRIBUTION",
            f"{row.distribution} has parameters {dict(parameters)}",
            f"give finite numbers for {'; '.join(family.parameter_names)}, in this order",
        )
        return
    if not family.is_proper(parameters):
        yield (
            "EVIDENCE_DISTRIBUTION",
            f"{row.distribution} with parameters {dict(parameters)} does not exist",
            "spreads and shapes must be positive, and min <= mode <= max",
        )
        return
    if row.distribution == "fixed" and parameters["value"] != row.value:
        yield "EVIDENCE_DISTRIBUTION", "the fixed value differs from the point value", "make them equal"
    kind = KINDS.get(row.kind)
    if kind is not None:
        outside = mass_outside(row.distribution, parameters, kind.lowest, kind.highest)
        if outside > LARGEST_TRUNCATED_MASS:
            yield (
                "EVIDENCE_SUPPORT",
                f"{outside:.1%} of the {row.distribution} distribution is impossible for a {row.kind}",
                f"choose a distribution between {kind.lowest:g} and {kind.highest:g}",
            )
