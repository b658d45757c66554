"""The interval of a cost-effectiveness ratio over draws, which may leave the quadrant where ratios have a meaning."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hrsim.over_draws import spread

Floats = NDArray[np.float64]

QUADRANTS = ("dearer_and_better", "cheaper_and_better", "dearer_not_better", "cheaper_not_better")


def icer_interval(costs: Floats, effects: Floats) -> dict[str, object]:
    """Give `icer_low` and `icer_high` of incremental costs and effects, shape (draws,), and draws by quadrant.

    A draw that saves money and gains health lies below every ratio, one that costs no less and gains nothing above
    every ratio, so that the ends are the willingness to pay at which the arm has the higher net benefit in 2.5 % and
    in 97.5 % of draws (Fenwick, O'Brien & Briggs 2004), or in the first and in all of few draws. An end that lies in
    such draws is not a number, and so are both where a draw is cheaper and gains nothing: there a ratio means money
    saved for health given up. Without draws the counts are missing.
    """
    if not len(costs):
        return {"icer_low": np.nan, "icer_high": np.nan, **{f"draws_{name}": None for name in QUADRANTS}}
    better, dearer = effects > 0, costs >= 0
    places = (better & dearer, better & ~dearer, ~better & dearer, ~better & ~dearer)
    counts = {f"draws_{name}": int(place.sum()) for name, place in zip(QUADRANTS, places, strict=True)}
    ratios = np.full(len(costs), np.inf)
    np.divide(costs, effects, out=ratios, where=better)
    ratios[places[1]] = -np.inf
    low, high = (float(end) for end in _ends(ratios))
    defined = not places[3].any()
    return {
        "icer_low": low if defined and np.isfinite(low) else np.nan,
        "icer_high": high if defined and np.isfinite(high) else np.nan,
        **counts,
    }


def _ends(ratios: Floats) -> tuple[float, float]:
    """Give the interval of ratios that may be infinite: its ends never lie between a ratio and infinity."""
    ranked = np.argsort(np.argsort(ratios, kind="stable"), kind="stable").astype(np.float64)
    low, high = spread(ranked)
    if np.isnan(low):
        return np.nan, np.nan
    ordered = np.sort(ratios)
    return float(ordered[int(np.floor(low))]), float(ordered[int(np.ceil(high))])
