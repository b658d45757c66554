"""The share of demand that a site meets, from hardly any demand to far more than fits.

A load is the visits wanted per day over those that would fit if no booth or worker were ever idle
(`Site.capacity_per_day`). Shares are simulated on a grid and joined by straight lines.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.optimize import isotonic_regression

from hrsim.operations.cache import kept
from hrsim.operations.floor import Outcome, run_site
from hrsim.operations.luck import Floats, Luck
from hrsim.operations.settling import RELAXATIONS, days_to_settle
from hrsim.operations.site import MINUTES_PER_DAY, Site

LOADS = (0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0)
VISITS_PER_LOAD = 2_000
LEAST_DAYS = 5  # at each load, for a standard error


@dataclass(frozen=True)
class MetShareCurve:
    """Hold loads (ascending, first 0), the shares met there (falling) and their standard errors."""

    loads: Floats
    shares: Floats
    errors: Floats

    def share(self, load: float) -> float:
        """Return the share met at a load; beyond the last load no more visits are met, however many are wanted."""
        last = self.loads[-1]
        if load > last:
            return float(self.shares[-1] * last / load)
        return float(np.interp(load, self.loads, self.shares))


@cache
def met_share_curve(site: Site, seed: int, name: str) -> MetShareCurve:
    """Return a site's curve; the same site, seed and name give the same curve, kept in the user's cache folder.

    More demand cannot raise the share met, so the simulated shares are replaced by the falling sequence nearest to
    them, each load weighted by its visits (isotonic regression: Ayer et al. 1955). The share that comes during
    opening hours is exact, and is the share met at load 0.
    """
    table = kept(
        (site, seed, name, LOADS, VISITS_PER_LOAD, RELAXATIONS), lambda: _simulated(site, seed, name)
    )
    return MetShareCurve(*(_frozen(row) for row in table))


def _simulated(site: Site, seed: int, name: str) -> Floats:
    """Return loads, shares and standard errors, shape (3, loads)."""
    days = [_days(site, load) for load in LOADS[1:]]
    counts = [_met(site, load, number, seed, name) for load, number in zip(LOADS[1:], days, strict=True)]
    shares = [1.0, *(met.sum() / wanted.sum() for met, wanted in counts)]
    weights = [VISITS_PER_LOAD, *(wanted.sum() for _, wanted in counts)]
    falling = isotonic_regression(shares, weights=weights, increasing=False).x
    errors = [0.0, *(_error(met, wanted) for met, wanted in counts)]
    in_hours = _share_in_hours(site)
    return np.array([LOADS, in_hours * falling, in_hours * np.array(errors)])


def _days(site: Site, load: float) -> int:
    """Return how many days of a load hold enough visits."""
    return max(LEAST_DAYS, math.ceil(VISITS_PER_LOAD / (load * site.capacity_per_day)))


def _met(site: Site, load: float, days: int, seed: int, name: str) -> tuple[Floats, Floats]:
    """Return visits met, and wanted in opening hours, on each day of a load.

    A person who breaks an appointment wants no visit, nor does the same share of those who found every slot taken.
    """
    crowd = site.with_demand(load * site.capacity_per_day)
    met, wanted = np.zeros(days), np.zeros(days)
    no_show = site.appointments.no_show if site.appointments else 0.0
    may_lose_people = crowd.patience is not None or crowd.waiting_room is not None
    warm_up = days_to_settle(crowd) if may_lose_people or not crowd.never_closes else 1  # else all are met
    for day in range(days):
        outcome = run_site(crowd, Luck(seed, name, day), warm_up=warm_up).outcome
        met[day] = np.count_nonzero(outcome == Outcome.MET)
        wanted[day] = np.count_nonzero(~np.isin(outcome, (Outcome.NO_SHOW, Outcome.CLOSED)))
        wanted[day] -= no_show * np.count_nonzero(outcome == Outcome.NO_SLOT)
    return met, wanted


def _error(met: Floats, wanted: Floats) -> float:
    share = met.sum() / wanted.sum()
    return float(np.std(met - share * wanted, ddof=1) / wanted.mean() / math.sqrt(wanted.size))


def _share_in_hours(site: Site) -> float:
    """Return the share of wishes, appointments included, that fall in opening hours."""
    minutes = np.zeros(MINUTES_PER_DAY)
    for opens, closes in site.windows:
        minutes[np.arange(opens, closes) % MINUTES_PER_DAY] = 1.0
    share_open = minutes.reshape(len(site.arrivals), -1).mean(axis=1)
    out_of_hours = float(np.dot(site.arrivals, 1.0 - share_open))
    return 1.0 - out_of_hours / site.wanted_per_day


def _frozen(row: Floats) -> Floats:
    row.setflags(write=False)
    return row
