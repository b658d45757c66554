"""Quantities: how much of what each cost line prices there is in a ledger."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from hrsim.economics.prices import CostLine, Per
from hrsim.economics.states import select_states, selection_problems
from hrsim.engine.ledger import Ledger
from hrsim.errors import Problem
from hrsim.units import MONTHS_PER_YEAR, TICKS_PER_YEAR

Floats = NDArray[np.float64]

_FLOW = {
    Per.CLIENT_YEAR: "client_ticks",
    Per.CONTACT: "contacts",
    Per.START: "starts",
    Per.KIT: "items",
    Per.PLACE_YEAR: "place_ticks",
    Per.SITE_YEAR: "site_ticks",
    Per.OPEN_YEAR: "open_ticks",
}
UNITS_PER_TICK = {
    Per.CLIENT_YEAR: 1 / TICKS_PER_YEAR,
    Per.PLACE_YEAR: 1 / TICKS_PER_YEAR,
    Per.SITE_YEAR: 1 / TICKS_PER_YEAR,
    Per.OPEN_YEAR: 1 / TICKS_PER_YEAR,
    Per.PERSON_YEAR: 1 / TICKS_PER_YEAR,
    Per.PERSON_MONTH: MONTHS_PER_YEAR / TICKS_PER_YEAR,
}
_USED = frozenset({Per.CLIENT_YEAR, Per.CONTACT, Per.START, Per.KIT})
_SET_UP_FLOWS = ("open_ticks", "site_ticks")


def person_quantity(ledger: Ledger, line: CostLine) -> Floats:
    """Count the events, or the person-time in the states, of one line, shape (A, Q, G)."""
    quantity: Floats
    if line.per is Per.EVENT:
        quantity = ledger.event_counts(line.event).astype(np.float64)
    else:
        states = select_states(ledger.state_dimensions, line.states)
        quantity = ledger.state_ticks[..., states].sum(axis=-1, dtype=np.float64) * UNITS_PER_TICK[line.per]
    return in_its_arms(ledger, line.arms, quantity)


def service_quantity(ledger: Ledger, line: CostLine, comparator: str) -> Floats:
    """Measure one flow of a service, or its set-ups, shape (A, Q)."""
    quantity: Floats
    if line.per is Per.SET_UP:
        quantity = _set_ups(ledger, line.service, comparator)
    else:
        flow = ledger.flow(line.service, _FLOW[line.per]).astype(np.float64)
        quantity = flow * UNITS_PER_TICK.get(line.per, 1.0)
    return in_its_arms(ledger, line.arms, quantity)


def used_quantity(ledger: Ledger, line: CostLine) -> Floats:
    """Measure what the people of each group used of a service, shape (A, Q, G); 0 for what nobody uses by themselves.

    Not a number where the ledger has several groups and did not count by group.
    """
    shape = ledger.events.shape[:3]
    if line.per not in _USED:
        return np.zeros(shape)
    return in_its_arms(ledger, line.arms, _used(ledger, line.service, line.per))


def client_years(ledger: Ledger, service: str, arms: tuple[str, ...]) -> Floats:
    """Measure the time that the people of each group were in a service, shape (A, Q, G), in some arms, or in all."""
    return in_its_arms(ledger, arms, _used(ledger, service, Per.CLIENT_YEAR))


def _used(ledger: Ledger, service: str, per: Per) -> Floats:
    shape, unit = ledger.events.shape[:3], UNITS_PER_TICK.get(per, 1.0)
    if ledger.group_flow is not None:
        place = (ledger.service_names.index(service), ledger.group_flow_names.index(_FLOW[per]))
        return np.asarray(ledger.group_flow[:, :, place[0], :, place[1]] * unit, dtype=np.float64)
    if shape[2] == 1:
        return np.asarray(ledger.flow(service, _FLOW[per])[:, :, None] * unit, dtype=np.float64)
    return np.full(shape, np.nan)


def in_its_arms(ledger: Ledger, arms: tuple[str, ...], quantity: Floats) -> Floats:
    """Keep a quantity (A, ...) in the arms that are named, all where none is."""
    if not arms:
        return quantity
    elsewhere = ~np.isin(ledger.arms, arms)
    kept = quantity.copy()
    kept[elsewhere] = 0.0
    return kept


def _set_ups(ledger: Ledger, service: str, comparator: str) -> Floats:
    """Count new sites, a service without sites counting as one; what the comparator starts with exists.

    The number of sites is the mean while open in a quarter; each rise above the highest so far is a set-up.
    """
    open_ticks = ledger.flow(service, "open_ticks")
    site_ticks = ledger.flow(service, "site_ticks")
    is_open = open_ticks > 0
    sites = np.where(is_open, 1.0, 0.0)
    np.divide(site_ticks, open_ticks, out=sites, where=is_open & (site_ticks > 0))
    base = ledger.arms.index(comparator)
    open_from_start = open_ticks[base, 0] == ledger.quarter_edges[1]
    existing = sites[base, 0] if open_from_start else 0.0
    highest = np.maximum(np.maximum.accumulate(sites, axis=1), existing)
    return np.diff(highest, axis=1, prepend=existing)


def line_problems(ledger: Ledger, line: CostLine) -> Iterable[Problem]:
    """Name what a cost line asks of the ledger and the ledger does not have."""
    where = f"prices.{line.name}"
    yield from selection_problems(where, ledger.state_dimensions, line.states)
    flows = _SET_UP_FLOWS if line.per is Per.SET_UP else (_FLOW[line.per],) if line.service else ()
    wanted = {
        "event": ((line.event,) if line.event else (), ledger.event_names),
        "service": ((line.service,) if line.service else (), ledger.service_names),
        "flow": (flows, ledger.flow_names),
        "arm": (line.arms, ledger.arms),
    }
    for kind, (names, known) in wanted.items():
        for name in names:
            if name not in known:
                yield absent(where, kind, name, known)


def absent(where: str, kind: str, name: str, known: tuple[str, ...]) -> Problem:
    """State that the ledger lacks a name that a price or a utility uses."""
    return Problem(
        "LEDGER",
        f"{where} speaks of the {kind} {name!r}, which the ledger does not have",
        f"use one of {', '.join(known) or '(none)'}, or leave the entry out with match_to_ledger",
        path=where,
    )
