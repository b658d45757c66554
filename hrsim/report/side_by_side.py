"""Arms of several runs side by side, from the tables that the runs left on disk."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.errors import HrsimError
from hrsim.over_draws import spread
from hrsim.report.cells import read_table
from hrsim.report.comparison import MILLION, Headline, headlines, interval, row_of
from hrsim.report.language import ENGLISH
from hrsim.report.rounding import block_decimals, shown_total
from hrsim.report.texts import plain_table
from hrsim.words import in_language

Floats = NDArray[np.float64]

SUMMARY = "summary.json"
TABLES = ("outcomes", "differences", "costs", "cost_effectiveness")
UNPAIRED = (
    "Change of mean: against the base arm. With an interval: draw by draw, within one run or between runs of the same "
    "people, seed and draws. Without: the means of draws that are not paired. Put arms into one study to compare them "
    "draw by draw."
)
PEOPLE_UNITS = ("events", "days", "person_years", "life-year", "QALY", "death")
STATED = ("mean", "sd", "mcse", "low", "high")
TOLERANCE = 1e-9
"""How far the mean of the draws read again may lie from that of the table, as a share."""

Draws = Mapping[tuple[str, str | None], Mapping[str, Floats]]
"""The values of every draw, (draws,), by measure and perspective, and by arm."""


class CannotCompare(HrsimError):
    """Report runs or options that cannot be set side by side."""

    exit_code = 2


@dataclass(frozen=True)
class Basis:
    """Say what a run is of. Runs of equal `pairing` have the same people and random streams, draw by draw."""

    people: int
    years: float
    start: str
    place: str
    pairing: str
    has_draws: bool = True


@dataclass(frozen=True)
class StoredRun:
    """Hold what a run folder says about itself, the tables to compare, and what limits their use."""

    name: str
    about: str
    tables: Mapping[str, pd.DataFrame]
    banners: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    basis: Basis | None = None
    draws: Draws = field(default_factory=dict)

    def called(self, arm: str) -> str:
        """Name an arm of the run with its label."""
        label = self.labels.get(arm, arm)
        return f"{self.name}:{arm}" + (f", {label}" if label != arm else "")


def read_run(folder: Path, basis: Basis | None = None, draws: Draws = MappingProxyType({})) -> StoredRun:
    """Read the tables of a complete run."""
    summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    tables = {name: read_table(folder / "tables" / f"{name}.csv") for name in TABLES}
    labels = {arm: in_language(label, ENGLISH.tag) for arm, label in summary["arms"].items()}
    banners = tuple(summary["banners"])
    return StoredRun(folder.resolve().name, summary["about"], tables, banners, labels, basis, draws)


def comparable(runs: Sequence[StoredRun], *, scale: bool, anyway: bool) -> tuple[list[StoredRun], list[str]]:
    """Return the runs ready to be set side by side, and what was done for it, in words.

    Raise CannotCompare for runs of other times or places unless `anyway`, and of other sizes unless `scale`.
    """
    first = runs[0]
    ready, said = [], []
    for run in runs:
        if run.basis is None or first.basis is None:
            ready.append(run)
            continue
        for what, one, other in _unlike(first.basis, run.basis):
            words = (
                f"{first.name} and {run.name} are of different {what}{f': {one} and {other}' if one else ''}"
            )
            if not anyway:
                raise CannotCompare(f"{words}; --anyway sets them side by side all the same")
            said.append(f"! {words}: totals and changes are not of the same thing.")
        factor = first.basis.people / run.basis.people
        if factor != 1.0 and not scale:
            raise CannotCompare(
                f"{first.name} follows {first.basis.people:,} people and {run.name} {run.basis.people:,}: --scale "
                f"shows all for {first.basis.people:,}"
            )
        if factor != 1.0:
            said.append(
                f"! {run.name}: counts and money times {factor:g}, from {run.basis.people:,} to "
                f"{first.basis.people:,} people."
            )
        ready.append(run if factor == 1.0 else _scaled(run, factor))
    return ready, said


def _unlike(one: Basis, other: Basis) -> Iterator[tuple[str, str, str]]:
    if (one.start, one.years) != (other.start, other.years):
        before, after = (f"{basis.years:g} years from {basis.start}" for basis in (one, other))
        yield "times", before, after
    if one.place != other.place:
        yield "people (settings)", "", ""


def _scaled(run: StoredRun, factor: float) -> StoredRun:
    """Return a run with its counts, time and money times a factor; shares stay."""
    tables = {}
    for name, table in run.tables.items():
        if "unit" in table:
            counted = table["unit"].isin(PEOPLE_UNITS) | (table["measure"] == "cost")
            columns = [column for column in STATED if column in table]
            table = table.copy()
            table.loc[counted, columns] = table.loc[counted, columns] * factor
        else:
            columns = [name for name in map(str, table.columns) if name.split("_")[0] in ("cost", "qalys")]
            table = table.assign(**{column: table[column] * factor for column in columns})
        tables[name] = table
    return replace(run, tables=tables)


def side_by_side(
    runs: Sequence[StoredRun], base: str, perspective: str, threshold: float | None, said: Sequence[str] = ()
) -> str:
    """Write every headline of every arm, named run:arm, with the change of mean against the base arm.

    `base` is run:arm or an arm of the first run; empty means the first arm of the first run. An empty
    `perspective` means all that every run has. Raise CannotCompare for a name that no run has, or when the
    runs' money differs.
    """
    _check_money(runs)
    if threshold is not None and not 0 < threshold < math.inf:
        raise CannotCompare(f"expected a --threshold above 0 and finite, got {threshold:g}")
    blocks = [block for block in _blocks(runs, threshold) if perspective in ("", block.perspective, None)]
    if perspective and not any(block.perspective == perspective for block in blocks):
        known = dict.fromkeys(run_perspective for run in runs for run_perspective in _perspectives(run))
        raise CannotCompare(f"no run has the perspective '{perspective}'; there are {', '.join(known)}")
    reference = _base(base, blocks[0].rows, runs[0].name)
    rows: list[tuple[str, ...]] = []
    for block in blocks:
        rows.append((block.label, "", ""))
        rows += block.lines(reference)
    heads = [line for run in runs for line in _head(run)]
    return "\n".join([*heads, *said, "", UNPAIRED, "", plain_table(("", "Total", "Change of mean"), rows)])


@dataclass(frozen=True)
class _Block:
    label: str
    perspective: str | None
    rows: Mapping[str, dict[str, Any]]
    paired: Mapping[
        tuple[str, str], dict[str, Any]
    ]  # changes that a run found draw by draw, by arm and comparator
    drawn: Mapping[str, tuple[str, Floats]] = field(
        default_factory=dict
    )  # by arm: pairing, and the draws' values
    names: Mapping[str, str] = field(default_factory=dict)

    def lines(self, reference: str) -> Iterator[tuple[str, str, str]]:
        """Write a line for each arm: total, and change from the reference to the same decimal place."""
        changes = {arm: self._change(arm, reference) for arm in self.rows} if reference in self.rows else {}
        decimals = block_decimals(self.rows.values(), changes.values())
        for arm, row in self.rows.items():
            if arm not in changes:
                yield (f"  {self.names.get(arm, arm)}", interval(row, decimals=decimals), "")
                continue
            mean = shown_total(self.rows[reference], changes[arm], decimals)
            change = "base" if arm == reference else interval(changes[arm], decimals=decimals)
            yield (f"  {self.names.get(arm, arm)}", interval(row, decimals=decimals, mean=mean), change)

    def _change(self, arm: str, reference: str) -> dict[str, Any]:
        """Give the change that a run found draw by draw, else the difference of two means without interval."""
        if (arm, reference) in self.paired:
            return self.paired[arm, reference]
        between = self._between(arm, reference)
        if between is not None:
            return between
        row, base = self.rows[arm], self.rows[reference]
        error = 0.0 if arm == reference else math.hypot(row["mcse"], base["mcse"])
        unknown = {"low": math.nan, "high": math.nan}
        draws = min(row["n_draws"], base["n_draws"])
        return {"mean": row["mean"] - base["mean"], **unknown, "mcse": error, "n_draws": draws}

    def _between(self, arm: str, reference: str) -> dict[str, Any] | None:
        """Give the change between runs of the same people, seed and draws, draw by draw; else None."""
        if arm == reference or arm not in self.drawn or reference not in self.drawn:
            return None
        (token, values), (other, base) = self.drawn[arm], self.drawn[reference]
        draws = min(len(values), len(base))
        if token != other or draws < 2:
            return None
        steps = values[:draws] - base[:draws]
        low, high = spread(steps)
        error = float(steps.std(ddof=1)) / math.sqrt(draws)
        return {
            "mean": float(steps.mean()),
            "low": float(low),
            "high": float(high),
            "mcse": error,
            "n_draws": draws,
        }


def _blocks(runs: Sequence[StoredRun], threshold: float | None) -> list[_Block]:
    merged: dict[str, list[tuple[StoredRun, Headline]]] = {}
    for run in runs:
        for headline in headlines(run.tables):
            merged.setdefault(headline.label, []).append((run, headline))
    blocks = [_merge(label, found) for label, found in merged.items()]
    return blocks + (list(_net_benefits(runs, threshold)) if threshold is not None else [])


def _merge(label: str, found: Sequence[tuple[StoredRun, Headline]]) -> _Block:
    rows: dict[str, dict[str, Any]] = {}
    paired: dict[tuple[str, str], dict[str, Any]] = {}
    for run, headline in found:
        rows |= _named(run, headline.totals)
        if not headline.changes.empty:
            for arm, comparator in headline.changes["comparator"].items():
                pair = (f"{run.name}:{arm}", f"{run.name}:{comparator}")
                paired[pair] = row_of(headline.changes, str(arm))
    drawn = {
        f"{run.name}:{arm}": (run.basis.pairing, values / (MILLION if headline.measure == "cost" else 1.0))
        for run, headline in found
        if run.basis is not None
        for arm, values in run.draws.get((headline.measure, headline.perspective), {}).items()
    }
    agreeing = {arm: of for arm, of in drawn.items() if arm in rows and _agrees(of[1], rows[arm])}
    names = {f"{run.name}:{arm}": run.called(arm) for run, _ in found for arm in run.labels}
    return _Block(label, found[0][1].perspective, rows, paired, agreeing, names)


def _agrees(values: Floats, row: Mapping[str, Any]) -> bool:
    """Tell whether the draws read again have the mean that the run's table states."""
    return math.isclose(float(values.mean()), float(row["mean"]), rel_tol=TOLERANCE)


def _net_benefits(runs: Sequence[StoredRun], threshold: float) -> Iterator[_Block]:
    for perspective in dict.fromkeys(name for run in runs for name in _perspectives(run)):
        rows: dict[str, dict[str, Any]] = {}
        for run in runs:
            table = run.tables["cost_effectiveness"]
            chosen = table[table["perspective"] == perspective].set_index("arm")
            error = ((threshold * chosen["qalys_mcse"]) ** 2 + chosen["cost_mcse"] ** 2) ** 0.5
            benefit = threshold * chosen["qalys"] - chosen["cost"]
            rows |= _named(
                run,
                pd.DataFrame(
                    {
                        "mean": benefit,
                        "low": math.nan,
                        "high": math.nan,
                        "mcse": error,
                        "n_draws": chosen["n_draws"],
                    }
                ),
            )
        words = perspective.replace("_", " ")
        yield _Block(f"Net monetary benefit at {threshold:,.0f}, {words} perspective", perspective, rows, {})


def _named(run: StoredRun, table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    return {f"{run.name}:{arm}": row_of(table, str(arm)) for arm in table.index}


def _head(run: StoredRun) -> Iterator[str]:
    """Say what a run is and, in short, what limits its use."""
    yield f"{run.name}: {run.about}"
    if run.banners:
        yield f"! {', '.join(banner.split(':')[0] for banner in run.banners)}: see {run.name}/README.txt"


def _base(base: str, arms: Mapping[str, object], first_run: str) -> str:
    if not base:
        return next(iter(arms))
    for name in (base, f"{first_run}:{base}"):
        if name in arms:
            return name
    raise CannotCompare(f"no run has the arm '{base}'; there are {', '.join(arms)}")


def _perspectives(run: StoredRun) -> list[str]:
    return list(dict.fromkeys(run.tables["cost_effectiveness"]["perspective"]))


def _check_money(runs: Sequence[StoredRun]) -> None:
    money = {
        f"{currency} of {year}": run.name
        for run in runs
        for currency, year in run.tables["costs"][["currency", "price_year"]].drop_duplicates().to_numpy()
    }
    if len(money) > 1:
        raise CannotCompare(f"the runs state costs in different money: {', '.join(money)}")
    names = [run.name for run in runs]
    if len(set(names)) < len(names):
        raise CannotCompare("two run folders have the same name: rename one")
