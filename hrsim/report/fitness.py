"""Whether a run is fit to cite: the one list of what limits its use; every output carries it as banners."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd
import yaml

from hrsim.report.comparison import Headline, headlines
from hrsim.report.language import ENGLISH, Language

MOST_NAMED = 5
FIT_TO_CITE = "fit_to_cite"


@dataclass(frozen=True)
class Limit:
    """Name what limits the use of a run: a code, and the values in its words, or functions from a language to them."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)

    def words(self, say: Language = ENGLISH) -> str:
        """Write the banner, as `CODE: sentence`, in a language."""
        return say("banner.line", title=say(f"banner.{self.code}.title"), text=self.text(say))

    def text(self, say: Language) -> str:
        """Write the sentence alone, in a language."""
        values = {name: value(say) if callable(value) else value for name, value in self.values.items()}
        return say(f"banner.{self.code}.text", **values)


@dataclass(frozen=True)
class Basis:
    """Hold what a run rests on: whether it was fitted, its evidence, its samples, and what stayed at point values.

    `faults` and `warnings` are those of the posterior that it uses, in the words of its calibration.
    """

    calibrated: bool
    placeholders: tuple[str, ...]
    numbers: int
    samples: int
    point_values: bool
    curves: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def limits(basis: Basis, tables: Mapping[str, pd.DataFrame]) -> Iterator[Limit]:
    """Give everything that limits the use of a run; a run with any of it is not fit to cite."""
    if not basis.calibrated:
        yield Limit("uncalibrated")
    if basis.faults:
        yield Limit("posterior_faults", {"faults": "; ".join(basis.faults)})
    if basis.warnings:
        yield Limit("posterior_warnings", {"warnings": "; ".join(basis.warnings)})
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

    def beyond(headline: Headline) -> int:
        changes = headline.changes
        return int((changes["mcse"] > share * changes["mean"].abs()).sum()) if len(changes) else 0

    def names(say: Language) -> str:
        return _some([found.label for found in headlines(tables, say) if beyond(found)], "; ")

    found = list(headlines(tables))
    cases, compared = sum(map(beyond, found)), sum(len(headline.changes) for headline in found)
    if cases:
        percent = f"{100 * share:g}"
        yield Limit(
            "monte_carlo_error", {"percent": percent, "cases": cases, "compared": compared, "names": names}
        )


def largest_error_share() -> float:
    """Return the largest Monte Carlo error fit to cite, as a share of the change."""
    return float(_declared()["largest_error_share"]["value"])


@cache
def largest_share_beyond() -> float:
    """Return the share of QALYs gained after the horizon above which a report says so."""
    return float(_declared()["largest_share_beyond"]["value"])


def held_back() -> dict[str, list[str]]:
    """Return the grades of use below fit to cite, the lowest first, with the limits that hold a run there."""
    return {str(grade): [str(code) for code in codes] for grade, codes in _declared()["held_back"].items()}


def grade_of(found: Iterable[Limit]) -> tuple[str, tuple[Limit, ...]]:
    """Give the grade of use of a run with some limits, and those of them that keep it from the next grade."""
    limits_found = tuple(found)
    for grade, codes in held_back().items():
        holding = tuple(limit for limit in limits_found if limit.code in codes)
        if holding:
            return grade, holding
    return FIT_TO_CITE, ()


@cache
def _declared() -> dict[str, Any]:
    text = (files("hrsim.report") / "fitness.yaml").read_text(encoding="utf-8")
    declared: dict[str, Any] = yaml.safe_load(text)
    return declared


def _some(names: tuple[str, ...] | list[str], between: str = ", ") -> str:
    return between.join([*names[:MOST_NAMED], *(["..."] if len(names) > MOST_NAMED else [])])
