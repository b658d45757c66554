"""Which inputs the ranking of arms rests on: those that over their range change the arm of highest net benefit.

The method, for each arm but the best: its shortfall from the best, draw by draw, is regressed on the normal scores of
the parameters' ranks. Parameters enter one by one, the strongest first (forward selection), as long as the next is
significant after Bonferroni's correction for all parameters tried. With the others at their means, the shortfall along
one parameter is a line; where it falls below 0 inside the middle 95 % of the parameter's draws, the other arm is best.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.economics.frontier import shortfalls
from hrsim.economics.regression import FEWEST_DRAWS, normal_scores
from hrsim.evidence import EvidenceRow

Floats = NDArray[np.float64]

MOST_INPUTS = 5
FALSE_ALARM = 0.05
"""Probability that the strongest of parameters without any influence is taken up."""
MIDDLE = (0.025, 0.975)
COLUMNS = (
    *("evidence", "label", "unit", "grade", "low", "high", "best_arm", "other_arm", "changes_at", "above"),
    *("score", "t_value", "n_draws"),
)


@dataclass(frozen=True)
class Slope:
    """Hold how a response moves with one normal score: its change for a score of 1, and its t value."""

    place: int
    slope: float
    t_value: float


def ranking_table(
    arms: Sequence[str], net_benefits: Floats, rows: Sequence[EvidenceRow], parameters: Floats
) -> pd.DataFrame:
    """List the inputs that change the best arm, those first that need the least to do it; none from too few draws.

    `net_benefits` is (draws, arms) and `parameters` (draws, rows). `changes_at` is the value from which on (`above`
    or below it) `other_arm` is the best; `score` is how far it lies from the median, in normal scores.
    """
    varied = np.ptp(parameters, axis=0) > 0 if len(parameters) else np.zeros(0, dtype=bool)
    if len(parameters) < FEWEST_DRAWS or not varied.any():
        return pd.DataFrame(columns=[*COLUMNS])
    moving = [row for row, moved in zip(rows, varied, strict=True) if moved]
    found = list(_changes(arms, shortfalls(net_benefits), moving, parameters[:, varied]))
    nearest: dict[str, dict[str, object]] = {}
    for line in sorted(found, key=lambda line: abs(float(str(line["score"])))):
        nearest.setdefault(str(line["evidence"]), line)
    return pd.DataFrame(list(nearest.values())[:MOST_INPUTS], columns=[*COLUMNS])


def _changes(
    arms: Sequence[str], short: Floats, rows: Sequence[EvidenceRow], parameters: Floats
) -> Iterator[dict[str, object]]:
    from scipy.special import ndtr, ndtri

    scores, edge = normal_scores(parameters), float(ndtri(MIDDLE[1]))
    best = arms[int(np.argmin(short.mean(axis=0)))]
    for place, arm in enumerate(arms):
        response = short[:, place]
        if np.ptp(response) == 0:
            continue
        for found in strongest(scores, response):
            score = -float(response.mean()) / found.slope
            if abs(score) > edge:
                continue
            values, row = parameters[:, found.place], rows[found.place]
            low, high = np.quantile(values, MIDDLE)
            yield {
                "evidence": row.id, "label": row.name, "unit": row.unit, "grade": row.grade,
                "low": low, "high": high, "best_arm": best, "other_arm": arm,
                "changes_at": float(np.quantile(values, ndtr(score))), "above": found.slope < 0,
                "score": score, "t_value": found.t_value, "n_draws": len(values),
            }  # fmt: skip


def strongest(scores: Floats, response: Floats, most: int = MOST_INPUTS) -> list[Slope]:
    """Select the scores that a response moves with, one by one, and give their slopes in the joint regression."""
    chosen: list[int] = []
    while len(chosen) < most:
        place, significant = _next(scores, response, chosen)
        if not significant:
            break
        chosen.append(place)
    return _joint(scores, response, chosen) if chosen else []


def _next(scores: Floats, response: Floats, chosen: list[int]) -> tuple[int, bool]:
    """Find the score that explains most of what the chosen ones leave, and whether that is more than chance."""
    from scipy.stats import t

    basis = np.linalg.qr(np.column_stack([np.ones(len(response)), scores[:, chosen]]))[0]
    left = response - basis @ (basis.T @ response)
    free = scores - basis @ (basis.T @ scores)
    lengths = np.sqrt((free**2).sum(axis=0) * (left**2).sum())
    usable = lengths > 1e-9 * lengths.max(initial=0.0)
    if not usable.any():
        return 0, False
    correlation = np.divide(np.abs(free.T @ left), lengths, out=np.zeros(len(lengths)), where=usable)
    place = int(correlation.argmax())
    freedom = len(response) - basis.shape[1] - 1
    share = min(float(correlation[place]), 1.0)
    value = share * np.sqrt(freedom / (1.0 - share**2)) if share < 1.0 else np.inf
    return place, bool(t.sf(value, freedom) * 2 * usable.sum() < FALSE_ALARM)


def _joint(scores: Floats, response: Floats, chosen: list[int]) -> list[Slope]:
    design = np.column_stack([np.ones(len(response)), scores[:, chosen]])
    inverse = np.linalg.pinv(design.T @ design)
    slopes = inverse @ design.T @ response
    left = response - design @ slopes
    variance = float(left @ left) / (len(response) - design.shape[1])
    errors = np.sqrt(variance * np.diag(inverse))
    return [
        Slope(place, float(slopes[k]), float(slopes[k] / errors[k]) if errors[k] else float("inf"))
        for k, place in enumerate(chosen, start=1)
    ]
