"""The verdicts as a table: on the screen, as Markdown pages, as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence

from hrsim.validate.running import CaseResult
from hrsim.validate.verdicts import Band, Verdict

COLUMNS = ("case", "measure", "published", "interval", "hrsim", "Monte Carlo error", "band", "verdict")
HEADINGS = {
    "internal": "Internal: closed forms run through the engine",
    "cross": "Cross: what other models say (agreement with a model is no evidence about the world)",
    "external": "External: what was seen in the world",
}


def number(value: float | None) -> str:
    """Write a number with four figures, large ones in full."""
    if value is None or math.isnan(value):
        return "-"
    if value == 0.0:
        return "0"
    if abs(value) >= 1000.0:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def _interval(low: float | None, high: float | None) -> str:
    return "-" if low is None and high is None else f"{number(low)} to {number(high)}"


def _band(band: Band) -> str:
    if math.isinf(band.low) and math.isinf(band.high):
        return "-"
    if math.isinf(band.low):
        return f"at most {number(band.high)}"
    if math.isinf(band.high):
        return f"at least {number(band.low)}"
    return f"{number(band.low)} to {number(band.high)}"


def row(name: str, verdict: Verdict) -> tuple[str, ...]:
    """Return the cells of one measure."""
    measure, estimate = verdict.measure, verdict.estimate
    return (
        name,
        measure.name,
        number(measure.value),
        _interval(measure.low, measure.high),
        number(estimate.value),
        number(estimate.error),
        _band(verdict.band),
        verdict.text,
    )


def rows(results: Iterable[CaseResult]) -> list[tuple[str, ...]]:
    """Return the cells of every measure."""
    return [row(result.name, verdict) for result in results for verdict in result.verdicts]


def explanations(results: Iterable[CaseResult]) -> list[str]:
    """Return why each miss is a miss."""
    return [
        f"{result.name}, {verdict.measure.name}: {verdict.explanation}"
        for result in results
        for verdict in result.verdicts
        if verdict.explanation
    ]


def summary(results: Sequence[CaseResult]) -> str:
    """Return the counts of verdicts in one line."""
    words = [verdict for result in results for verdict in result.verdicts]
    inside = sum(verdict.word == "inside" for verdict in words)
    undecided = sum(verdict.word == "undecided" for verdict in words)
    gaps = sum(verdict.word == "outside" and verdict.measure.known_gap for verdict in words)
    misses = sum(verdict.fails for verdict in words)
    seconds = sum(result.seconds for result in results)
    return (
        f"{len(words)} measures of {len(results)} cases: {inside} inside, {undecided} undecided, "
        f"{gaps} known gaps, {misses} outside; {seconds:.0f} seconds"
    )


def as_json(results: Iterable[CaseResult]) -> str:
    """Return every verdict at full precision."""
    found = [
        {
            "case": result.name,
            "heading": result.case.heading,
            "measure": verdict.measure.name,
            "published": verdict.measure.value,
            "low": verdict.measure.low,
            "high": verdict.measure.high,
            "hrsim": verdict.estimate.value,
            "standard_error": verdict.estimate.error,
            "band": [_finite(verdict.band.low), _finite(verdict.band.high)],
            "verdict": verdict.word,
            "direction_right": verdict.direction_right,
            "known_gap": verdict.measure.known_gap,
            "because": verdict.explanation,
        }
        for result in results
        for verdict in result.verdicts
    ]
    return json.dumps(found, indent=2) + "\n"


def _finite(value: float) -> float | None:
    return None if math.isinf(value) else value
