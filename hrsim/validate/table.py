"""The verdicts as a table: on the screen, as Markdown pages, as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence

from hrsim.study.limits import LARGEST_NUMBER
from hrsim.validate.running import CaseResult
from hrsim.validate.verdicts import Band, Verdict

COLUMNS = ("case", "measure", "published", "interval", "hrsim", "Monte Carlo error", "band", "verdict")
HEADINGS = {
    "internal": "Internal: closed forms run through the engine",
    "cross": "Cross: what other models say (agreement with a model is no evidence about the world)",
    "external": "External: what was seen in the world",
}


FIGURES = 4


def number(value: float | None, figures: int = FIGURES) -> str:
    """Write a number with so many figures, large ones in full."""
    if value is None or not math.isfinite(value):
        return "-"
    if value == 0.0:
        return "0"
    if 1000.0 <= abs(value) < LARGEST_NUMBER:
        return f"{value:,.{max(figures - 1 - math.floor(math.log10(abs(value))), 0)}f}"
    return f"{value:.{figures}g}"


def figures_of(band: Band, value: float | None) -> int:
    """Return how many figures it takes to see the value inside its band: four, more for a narrow one."""
    if not value or not math.isfinite(value) or not 0.0 < band.width / 2.0 / abs(value) < math.inf:
        return FIGURES
    return max(FIGURES, math.ceil(1.0 - math.log10(band.width / 2.0 / abs(value))))


def _interval(low: float | None, high: float | None, figures: int) -> str:
    return "-" if low is None and high is None else f"{number(low, figures)} to {number(high, figures)}"


def _band(band: Band, figures: int) -> str:
    if math.isinf(band.low) and math.isinf(band.high):
        return "-"
    if math.isinf(band.low):
        return f"at most {number(band.high, figures)}"
    if math.isinf(band.high):
        return f"at least {number(band.low, figures)}"
    return f"{number(band.low, figures)} to {number(band.high, figures)}"


def row(name: str, verdict: Verdict) -> tuple[str, ...]:
    """Return the cells of one measure."""
    measure, estimate = verdict.measure, verdict.estimate
    figures = figures_of(verdict.band, measure.value)
    return (
        name,
        measure.name,
        number(measure.value, figures),
        _interval(measure.low, measure.high, figures),
        number(estimate.value, figures),
        number(estimate.error),
        _band(verdict.band, figures),
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
            "hrsim": _finite(verdict.estimate.value),
            "standard_error": _finite(verdict.estimate.error),
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
    return value if math.isfinite(value) else None
