"""Whether a run is fit to cite: the one list of what limits its use; every output carries it as banners."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.resources import files
from typing import Any

import pandas as pd
import yaml

from hrsim.over_draws import half_width
from hrsim.report.comparison import headlines
from hrsim.report.language import ENGLISH, Language

MOST_NAMED = 5
FIT_TO_CITE = "fit_to_cite"
NET_BENEFIT = "net_monetary_benefit"


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

    `faults` and `warnings` are those of the posterior that it uses, in the words of its calibration. `uncosted` lists
    what arms add without a cost line: the arm's label, the kind of thing (service, places, sites, roof), its label.
    """

    calibrated: bool
    placeholders: tuple[str, ...]
    numbers: int
    samples: int
    point_values: bool
    curves: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    uncosted: tuple[tuple[str, str, str], ...] = ()


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
    if basis.uncosted:
        yield Limit("uncosted", {"added": basis.uncosted, "names": partial(_added, basis.uncosted)})
    if basis.samples == 1:
        yield Limit("one_sample")
    else:
        yield from _too_few_draws(tables)


def _too_few_draws(tables: Mapping[str, pd.DataFrame]) -> Iterator[Limit]:
    """Hold the Monte Carlo error of each change that matters to the decision against the change itself."""
    arms = _may_be_best(tables)

    def names(say: Language) -> str:
        beyond = {label: sum(too_wide) for label, too_wide in _deciding(tables, arms, say)}
        return _some([label for label, count in beyond.items() if count], "; ")

    held = [too_wide for _, changes in _deciding(tables, arms, ENGLISH) for too_wide in changes]
    if any(held):
        percent = f"{100 * largest_error_share():g}"
        counts = {"percent": percent, "cases": sum(held), "compared": len(held)}
        yield Limit("monte_carlo_error", {**counts, "names": names})


def _deciding(
    tables: Mapping[str, pd.DataFrame], arms: frozenset[str] | None, say: Language
) -> Iterator[tuple[str, list[bool]]]:
    """Give each outcome that decides, with whether the error of its change is too wide, by arm that may be best."""
    for headline in headlines(tables, say):
        if headline.measure in deciding_measures() and len(headline.changes):
            yield headline.label, _too_wide(headline.changes, arms)
    net = tables.get("net_benefit")
    if net is not None and not net.empty and NET_BENEFIT in deciding_measures():
        first = _first_decision(net).set_index("arm")
        others = first[first.index != first["comparator"]]
        changes = others.assign(mean=others["difference_mean"], mcse=others["difference_mcse"])
        yield say.name("measure", NET_BENEFIT), _too_wide(changes, arms)


def _too_wide(changes: pd.DataFrame, arms: frozenset[str] | None) -> list[bool]:
    share = largest_error_share()
    return [
        half_width(row["mcse"], int(row["n_draws"])) > share * abs(row["mean"])
        for arm, row in changes.iterrows()
        if arms is None or arm in arms
    ]


def _may_be_best(tables: Mapping[str, pd.DataFrame]) -> frozenset[str] | None:
    """Give the arm of highest mean net benefit and those that its Monte Carlo error cannot tell from it.

    At the first threshold and perspective; None, which stands for all arms, without thresholds.
    """
    net = tables.get("net_benefit")
    if net is None or net.empty:
        return None
    rows = _first_decision(net)
    return frozenset(rows.loc[rows["tied"].astype(bool), "arm"])


def _first_decision(net: pd.DataFrame) -> pd.DataFrame:
    first = net.iloc[0]
    keep = (net["perspective"] == first["perspective"]) & (net["threshold"] == first["threshold"])
    return pd.DataFrame(net[keep & (net["measure"] == NET_BENEFIT)])


def largest_error_share() -> float:
    """Return the largest half-width of a Monte Carlo interval fit to cite, as a share of the change."""
    return float(_declared()["largest_error_share"]["value"])


@cache
def largest_share_beyond() -> float:
    """Return the share of QALYs gained after the horizon above which a report says so."""
    return float(_declared()["largest_share_beyond"]["value"])


def deciding_measures() -> tuple[str, ...]:
    """Return the measures whose changes decide."""
    return tuple(_declared()["decides"]["value"])


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


def _added(uncosted: tuple[tuple[str, str, str], ...], say: Language) -> str:
    """Write what arms add without a cost line: (label of the arm, kind, name) each."""
    words = [say(f"banner.uncosted.{kind}", arm=arm, name=name) for arm, kind, name in uncosted]
    return _some(words, "; ")


def _some(names: tuple[str, ...] | list[str], between: str = ", ") -> str:
    return between.join([*names[:MOST_NAMED], *(["..."] if len(names) > MOST_NAMED else [])])
