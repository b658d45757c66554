"""Whether a run is fit to cite: the one list of what limits its use; every output carries it as banners."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd
import yaml

from hrsim.report.comparison import headlines

MOST_NAMED = 5
WORDS = {
    "uncalibrated": (
        "UNCALIBRATED: the model has not been fitted to local data. Read differences between arms, not totals, "
        "and do not cite."
    ),
    "placeholders": (
        "PLACEHOLDERS: {placeholders} of the {numbers} numbers in use are judgements, not evidence ({names}): see "
        "tables/assumptions.csv."
    ),
    "one_sample": (
        "ONE SAMPLE: intervals and Monte Carlo error are not known; run with more draws or replicates."
    ),
    "point_values": (
        "POINT VALUES: parameters stay at their point values; intervals show luck alone, not what is unknown."
    ),
    "site_curves": (
        "SITES AT POINT VALUES: the share of visits that a site can take is simulated once, at point values, for "
        "{names}; intervals leave out what is unknown about it."
    ),
    "monte_carlo_error": (
        "MONTE CARLO ERROR: another seed could give other figures: the error of the mean change is above {percent} % "
        "of the change for {cases} of the {compared} headline changes ({names}). More draws make it smaller."
    ),
}


@dataclass(frozen=True)
class Limit:
    """Name what limits the use of a run: a code, and the values in its words."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)

    def words(self) -> str:
        """Write the banner."""
        return WORDS[self.code].format(**self.values)


@dataclass(frozen=True)
class Basis:
    """Hold what a run rests on: whether it was fitted, its evidence, its samples, and what stayed at point values."""

    calibrated: bool
    placeholders: tuple[str, ...]
    numbers: int
    samples: int
    point_values: bool
    curves: tuple[str, ...] = ()


def limits(basis: Basis, tables: Mapping[str, pd.DataFrame]) -> Iterator[Limit]:
    """Give everything that limits the use of a run; a run with any of it is not fit to cite."""
    if not basis.calibrated:
        yield Limit("uncalibrated")
    if basis.placeholders:
        counts = {"placeholders": len(basis.placeholders), "numbers": basis.numbers}
        yield Limit("placeholders", {**counts, "names": _some(basis.placeholders)})
    if basis.point_values:
        yield Limit("point_values")
    if basis.curves:
        yield Limit("site_curves", {"names": _some(basis.curves)})
    if basis.samples == 1:
        yield Limit("one_sample")
    else:
        yield from _too_few_draws(tables)


def _too_few_draws(tables: Mapping[str, pd.DataFrame]) -> Iterator[Limit]:
    """Compare the Monte Carlo error of each headline change with the change itself."""
    share = largest_error_share()
    doubtful: list[str] = []
    cases = compared = 0
    for headline in headlines(tables):
        changes = headline.changes
        beyond = int((changes["mcse"] > share * changes["mean"].abs()).sum()) if len(changes) else 0
        compared += len(changes)
        cases += beyond
        doubtful += [headline.label] if beyond else []
    if cases:
        percent = f"{100 * share:g}"
        yield Limit(
            "monte_carlo_error",
            {"percent": percent, "cases": cases, "compared": compared, "names": _some(doubtful, "; ")},
        )


@cache
def largest_error_share() -> float:
    """Return the largest Monte Carlo error fit to cite, as a share of the change."""
    text = (files("hrsim.report") / "fitness.yaml").read_text(encoding="utf-8")
    declared: dict[str, Any] = yaml.safe_load(text)
    return float(declared["largest_error_share"]["value"])


def _some(names: tuple[str, ...] | list[str], between: str = ", ") -> str:
    return between.join([*names[:MOST_NAMED], *(["..."] if len(names) > MOST_NAMED else [])])
