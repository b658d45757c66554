"""What the days of a site show: waits, use, people turned away, staff load by hour, with intervals over days."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.operations.floor import Outcome, Run, run_site
from hrsim.operations.luck import Luck
from hrsim.operations.settling import days_to_settle
from hrsim.operations.site import HOURS_PER_DAY, MINUTES_PER_HOUR, Site

COLUMNS = ("measure", "hour", "unit", "mean", "low", "high", "mcse", "n_days")
INTERVAL = (0.025, 0.975)
LONG_WAIT = 0.9
_TURNED_AWAY = (Outcome.CLOSED, Outcome.FULL, Outcome.AT_CLOSING, Outcome.NO_SLOT)

Part = tuple[float, float]  # numerator and denominator of one day's ratio


def simulate_days(site: Site, days: int, seed: int, name: str) -> list[Run]:
    """Simulate days of a site, each with its own luck; a day is replicate number 0, 1, ... of this name."""
    warm_up = days_to_settle(site)
    return [run_site(site, Luck(seed, name, replicate), warm_up=warm_up) for replicate in range(days)]


def measures(site: Site, runs: Sequence[Run]) -> pd.DataFrame:
    """Describe runs of equal length in a tidy table (columns COLUMNS), a line for each measure and clock hour.

    `mean` is the ratio of sums over all runs, `low` and `high` hold 95 % of the runs that have the measure (their
    number is `n_days`), and `mcse` is the standard error of the mean; with one run these are not known.
    """
    by_run = [day_parts(site, run) for run in runs]
    lines = [_line(name, math.nan, [parts[name] for parts in by_run]) for name in by_run[0]]
    lines.insert(1 + list(by_run[0]).index("wait_mean"), _long_wait(runs))
    for name in ("wanted", "waiting", "busy", "staff_busy"):
        for hour in range(HOURS_PER_DAY):
            lines.append(_line(f"{name}_by_hour", hour, [_in_hour(run, name, hour) for run in runs]))
    return pd.DataFrame(lines, columns=list(COLUMNS))


def day_parts(site: Site, run: Run) -> dict[str, Part]:
    """Return each measure of one run as numerator and denominator."""
    wanted, met = run.outcome.size, _count(run, (Outcome.MET,))
    seen = run.outcome == Outcome.MET
    open_minutes = float(site.open_minutes * run.days)
    staff = site.attendance.staff if site.attendance else site.servers
    parts = {
        "wanted_per_day": (wanted, run.days),
        "met_per_day": (met, run.days),
        "met_share": (met, wanted - _count(run, (Outcome.NO_SHOW,))),
        "wait_mean": (float(run.waited[seen].sum()), met),
        "waited_share": (float(np.count_nonzero(run.waited[seen])), met),
        "queue_mean": (float(run.waiting.sum()), open_minutes),
        "places_use": (float(run.busy.sum()), open_minutes * site.servers),
        "staff_use": (float(run.staff.sum()), open_minutes * staff),
        "turned_away_share": (_count(run, _TURNED_AWAY), wanted),
        "walked_away_share": (_count(run, (Outcome.WALKED_AWAY,)), wanted),
    }
    if site.attendance is not None:
        parts["overdoses_per_day"] = (run.overdoses, run.days)
    if site.appointments is not None:
        parts["no_show_share"] = (_count(run, (Outcome.NO_SHOW,)), wanted)
    if site.travel > 0.0:
        parts["late_per_day"] = (run.late, run.days)
    return parts


UNITS = {
    "wanted_per_day": "visits per day",
    "met_per_day": "visits per day",
    "wait_mean": "minutes",
    "wait_p90": "minutes",
    "queue_mean": "people",
    "overdoses_per_day": "per day",
    "late_per_day": "minutes per day",
    "wanted_by_hour": "visits per hour",
    "waiting_by_hour": "people",
    "busy_by_hour": "places",
    "staff_busy_by_hour": "staff",
}
SHARE = "proportion"


def _count(run: Run, outcomes: Iterable[Outcome]) -> float:
    return float(np.isin(run.outcome, list(outcomes)).sum())


def _in_hour(run: Run, name: str, hour: int) -> Part:
    if name == "wanted":
        return float(np.count_nonzero(_clock_hours(run) == hour)), run.days
    area = {"waiting": run.waiting, "busy": run.busy, "staff_busy": run.staff}[name]
    return float(area[hour]), float(MINUTES_PER_HOUR * run.days)


def _clock_hours(run: Run) -> NDArray[np.int64]:
    minutes = run.wanted_at + run.day_begins
    return (minutes // MINUTES_PER_HOUR).astype(np.int64) % HOURS_PER_DAY


def _line(name: str, hour: float, parts: Sequence[Part]) -> tuple[object, ...]:
    """Estimate a ratio of sums over runs, with the standard error of a ratio (Cochran 1977, section 2.11)."""
    above, below = np.array(parts, dtype=float).T
    if below.sum() == 0.0:
        return (name, hour, UNITS.get(name, SHARE), *[math.nan] * 4, 0)
    mean = above.sum() / below.sum()
    has = below > 0.0
    low, high, mcse = math.nan, math.nan, math.nan
    if has.sum() > 1:
        low, high = np.quantile(above[has] / below[has], INTERVAL)
        mcse = np.std(above - mean * below, ddof=1) / below.mean() / math.sqrt(below.size)
    return (name, hour, UNITS.get(name, SHARE), mean, low, high, mcse, int(has.sum()))


def waits_of_met(run: Run) -> NDArray[np.float64]:
    """Return how long each person waited who was met in a run, in minutes."""
    return np.asarray(run.waited[run.outcome == Outcome.MET], np.float64)


def _long_wait(runs: Sequence[Run]) -> tuple[object, ...]:
    """Describe the wait that one person in ten exceeds: over all runs, and from run to run."""
    waits = [waits_of_met(run) for run in runs]
    each = np.array([np.quantile(wait, LONG_WAIT) for wait in waits if wait.size])
    if each.size == 0:
        return ("wait_p90", math.nan, UNITS["wait_p90"], *[math.nan] * 4, 0)
    mean = float(np.quantile(np.concatenate(waits), LONG_WAIT))
    if each.size == 1:
        return ("wait_p90", math.nan, UNITS["wait_p90"], mean, *[math.nan] * 3, 1)
    low, high = np.quantile(each, INTERVAL)
    mcse = float(each.std(ddof=1) / math.sqrt(each.size))
    return ("wait_p90", math.nan, UNITS["wait_p90"], mean, low, high, mcse, each.size)
