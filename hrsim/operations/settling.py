"""How long a site that never closes takes to forget that it began empty."""

from __future__ import annotations

import math

from hrsim.operations.site import MINUTES_PER_DAY, Site

RELAXATIONS = 3.0
"""After so many relaxation times a queue that began empty lacks 0.3 % of its mean in heavy traffic.

Source: Abate and Whitt 1987, Advances in Applied Probability 19:560, the mean of regulated Brownian motion: the share
that is lacking at t is 2 (1 + t) (1 - Phi(sqrt t)) - 2 sqrt(t) phi(sqrt t), where t = 2 is one relaxation time.
"""
LONGEST_WARM_UP = 100  # days: beyond it the report says that the site has not settled


def relaxation_minutes(site: Site) -> float:
    """Return the relaxation time of the number of people at a site in minutes; infinite where it never settles.

    The reciprocal of the spectral gap of a birth and death process: a queue at load below 1 settles at the rate
    s + a - 2 sqrt(s a) cos(pi / (n + 1)), with a arrivals and s visits per minute when all places are taken, and n
    people at most (Karlin and McGregor 1958; without a limit the cosine is 1), but no faster than one visit ends.
    People who walk away let it settle at least at the slower of their rate and that of visits. Times that vary
    otherwise than exponentially stretch it by (1 + spread^2) / 2.
    """
    ends, patience = 1.0 / site.visit.mean, site.patience
    arrivals, served = site.wanted_per_day / MINUTES_PER_DAY, site.servers * ends
    limit = None if site.waiting_room is None else site.servers + site.waiting_room
    if limit is None and arrivals >= served and patience is None:
        return math.inf
    cosine = 1.0 if limit is None else math.cos(math.pi / (limit + 1))
    gap = min(served + arrivals - 2.0 * math.sqrt(served * arrivals) * cosine, ends)
    if patience is not None:
        gap = max(gap, min(1.0 / patience, ends))
    return max(1.0, (1.0 + site.visit.spread**2) / 2.0) / gap


def days_to_settle(site: Site) -> int:
    """Return the days of warm-up of a site: none where it closes, else as many as its load asks, at least one.

    One for a site that never settles: no warm-up would help.
    """
    if not site.never_closes:
        return 0
    days = RELAXATIONS * relaxation_minutes(site) / MINUTES_PER_DAY
    if math.isinf(days):
        return 1
    return LONGEST_WARM_UP if days > LONGEST_WARM_UP else max(1, math.ceil(days))


def unsettled(site: Site) -> float | None:
    """Return the relaxation time in days of a site that the longest warm-up does not settle; None where it settles."""
    days = relaxation_minutes(site) / MINUTES_PER_DAY
    return days if site.never_closes and RELAXATIONS * days > LONGEST_WARM_UP else None
