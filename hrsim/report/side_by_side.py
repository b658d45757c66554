"""Arms of several runs side by side, from the tables that the runs left on disk."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from hrsim.errors import HrsimError
from hrsim.report.cells import read_table
from hrsim.report.comparison import Headline, headlines, interval, row_of
from hrsim.report.rounding import block_decimals, shown_total
from hrsim.report.texts import plain_table

SUMMARY = "summary.json"
TABLES = ("outcomes", "differences", "costs", "cost_effectiveness")
UNPAIRED = (
    "Change of mean: against the base arm. With an interval: draw by draw, within one run, against its comparator. "
    "Without: the means of draws that are not paired. Put arms into one study to compare them draw by draw."
)


class CannotCompare(HrsimError):
    """Report runs or options that cannot be set side by side."""

    exit_code = 2


@dataclass(frozen=True)
class StoredRun:
    """Hold what a run folder says about itself, the tables to compare, and what limits their use."""

    name: str
    about: str
    tables: Mapping[str, pd.DataFrame]
    banners: tuple[str, ...] = ()


def read_run(folder: Path) -> StoredRun:
    """Read the tables of a complete run."""
    summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    tables = {name: read_table(folder / "tables" / f"{name}.csv") for name in TABLES}
    return StoredRun(folder.resolve().name, summary["about"], tables, tuple(summary["banners"]))


def side_by_side(runs: Sequence[StoredRun], base: str, perspective: str, threshold: float | None) -> str:
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
    return "\n".join([*heads, "", UNPAIRED, "", plain_table(("", "Total", "Change of mean"), rows)])


@dataclass(frozen=True)
class _Block:
    label: str
    perspective: str | None
    rows: Mapping[str, dict[str, Any]]
    paired: Mapping[
        tuple[str, str], dict[str, Any]
    ]  # changes that a run found draw by draw, by arm and comparator

    def lines(self, reference: str) -> Iterator[tuple[str, str, str]]:
        """Write a line for each arm: total, and change from the reference to the same decimal place."""
        changes = {arm: self._change(arm, reference) for arm in self.rows} if reference in self.rows else {}
        decimals = block_decimals(self.rows.values(), changes.values())
        for arm, row in self.rows.items():
            if arm not in changes:
                yield (f"  {arm}", interval(row, decimals=decimals), "")
                continue
            mean = shown_total(self.rows[reference], changes[arm], decimals)
            change = "base" if arm == reference else interval(changes[arm], decimals=decimals)
            yield (f"  {arm}", interval(row, decimals=decimals, mean=mean), change)

    def _change(self, arm: str, reference: str) -> dict[str, Any]:
        """Give the change that a run found draw by draw, else the difference of two means without interval."""
        if (arm, reference) in self.paired:
            return self.paired[arm, reference]
        row, base = self.rows[arm], self.rows[reference]
        error = 0.0 if arm == reference else math.hypot(row["mcse"], base["mcse"])
        unknown = {"low": math.nan, "high": math.nan}
        draws = min(row["n_draws"], base["n_draws"])
        return {"mean": row["mean"] - base["mean"], **unknown, "mcse": error, "n_draws": draws}


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
    return _Block(label, found[0][1].perspective, rows, paired)


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
