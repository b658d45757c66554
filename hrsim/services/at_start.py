"""Who is in the services when the study starts, so that they do not begin empty.

The same people are enrolled in every arm that has the service. Ages of the stays follow the law of a steady state:
the cumulative hazard used up so far is gamma(1 / shape) and what is left is exponential.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from hrsim.engine.assemble import Cohort
from hrsim.engine.random import uniforms
from hrsim.engine.simulation import Simulation
from hrsim.processes.by_group import CLIENTS
from hrsim.processes.effects import ENROLLED, IDLE
from hrsim.processes.service_records import CLOCKED_STAY, NO_LIMIT
from hrsim.processes.state import DIAGNOSED_HCV, DIAGNOSED_HIV, HCV_NONE, HIV_NONE
from hrsim.services.amounts import amount
from hrsim.services.eligibility import CONDITIONS, forbidden_bits
from hrsim.services.layout import Layout
from hrsim.study.services import Service

Draw = Mapping[str, float]
LONGEST_AGO = 2.0**60  # ticks, 36 thousand million years: a stay that began earlier could not be told apart


def enrol_at_start(
    sim: Simulation,
    layout: Layout,
    a: int,
    services: Mapping[str, Service],
    draw: Draw,
    people: int,
    luck: int,
    orders: dict[str, NDArray[np.int64]] | None = None,
) -> None:
    """Enrol people in arm a's services and hand out the kits that they carry at the start.

    `orders` keeps the services' random orders for the next arm.
    """
    orders = {} if orders is None else orders
    _cover(sim, layout, a, luck, people)
    for name in sorted(services, key=lambda name: (bool(services[name].eligible.enrolled_in), name)):
        service = services[name]
        s = layout.number(name)
        if not sim.service["open"][a, s]:
            continue
        if service.at_start.kits_per_person is not None:
            _hand_out(sim, a, s, service, draw, people, luck, name)
        if service.at_start.enrolled is not None:
            if name not in orders:
                orders[name] = np.argsort(uniforms(luck, people, "enrolled at start", name), kind="stable")
            order = _behind_barriers(orders[name], sim, a, s, service, people, luck, name)
            chosen = _choose(sim, a, s, service, draw, people, order)
            _enrol(sim, layout, a, s, chosen, luck, people, service.at_start.stays == "begin")


def mark_covered(sim: Simulation, layout: Layout, luck: int, cohorts: Iterable[Cohort]) -> None:
    """Give everybody a number for each service with a coverage, keyed by its name: the same in every arm."""
    offset = 0
    for cohort in cohorts:
        rows = slice(offset, offset + cohort.size)
        for k, s in enumerate(layout.covered):
            sim.cover_mark[rows, k] = uniforms(luck, cohort.size, "covered", layout.services[s], cohort.name)
        offset += cohort.size


def _cover(sim: Simulation, layout: Layout, a: int, luck: int, people: int) -> None:
    """Enrol those whom services with a coverage hold at the start, in their order."""
    for s in [s for s in sim.covered[a] if s >= 0]:
        record = sim.service[a, s]
        if not record["open"]:
            continue
        share = record["coverage"] * sim.access[a, s][sim.person["group"][:people]]
        mark = sim.cover_mark[:people, sim.cover_column[s]]
        chosen = np.flatnonzero(_meets(sim, a, s, people) & (mark < share))
        _count_in(sim, layout, a, s, chosen, luck, people)


def _meets(sim: Simulation, a: int, s: int, people: int) -> NDArray[np.bool_]:
    """Return who meets the conditions on status and enrolment of a service."""
    record, enrolled = sim.service[a, s], sim.state["enrolled"][:people, a]
    fits = (status_words(sim, a, people) & record["forbidden"]) == 0
    fits &= (enrolled & record["required"]) == record["required"]
    return np.asarray(fits & ((enrolled & record["excluded"]) == 0))


def status_words(sim: Simulation, a: int, people: int) -> NDArray[np.int64]:
    """Return the status words of the people at the start, as `services.status_word` does one by one."""
    state, sex = sim.state[:people, a], sim.person["sex"][:people]
    diagnosed_hiv = (state["diagnosed"] & DIAGNOSED_HIV) > 0
    diagnosed_hcv = (state["diagnosed"] & DIAGNOSED_HCV) > 0
    hiv = np.select([state["hiv"] == HIV_NONE, state["suppressed"] > 0, diagnosed_hiv], [0, 3, 2], 1)
    hcv = np.select(
        [(state["viraemic"] > 0) & diagnosed_hcv, state["viraemic"] > 0, state["hcv"] != HCV_NONE],
        [2, 1, 3],
        0,
    )
    oat = np.where(state["oat"] > 0, 2, 0)
    levels = (state["use"], state["housing"], state["custody"], sex, hiv, hcv, oat, state["distress"])
    word = np.zeros(people, np.int64)
    for level, (_, _, first) in zip(levels, CONDITIONS, strict=True):
        word |= np.int64(1) << (np.asarray(level, np.int64) + first)
    return word


def _eligible(sim: Simulation, a: int, service: Service, people: int) -> NDArray[np.bool_]:
    return np.asarray((status_words(sim, a, people) & forbidden_bits(service.eligible)) == 0)


def _access(sim: Simulation, a: int, s: int, service: Service, people: int) -> NDArray[np.float64]:
    """Return how open a service is to each person against the average of those eligible, 1 without barriers.

    What a study states of the start holds for all eligible people together, so barriers only say who they are.
    """
    access = sim.access[a, s][sim.person["group"][:people]]
    eligible = _eligible(sim, a, service, people)
    if np.ptp(access) == 0.0 or not access[eligible].any():
        return np.asarray(np.sign(access))
    return np.asarray(access / access[eligible].mean())


def _hand_out(
    sim: Simulation, a: int, s: int, service: Service, draw: Draw, people: int, luck: int, name: str
) -> None:
    mean = amount(service.at_start.kits_per_person, draw) * _access(sim, a, s, service, people)
    u, kits = uniforms(luck, people, "kits at start", name), np.zeros(people, np.int64)
    for level in np.unique(mean):
        kits[mean == level] = _poisson(u[mean == level], float(level))
    sim.state["kits"][:people, a] += np.where(_eligible(sim, a, service, people), kits, 0).astype(np.int16)


def _poisson(u: NDArray[np.float64], mean: float) -> NDArray[np.int64]:
    """Return the Poisson numbers whose cumulative probability first reaches u, as `scipy.stats.poisson.ppf` does."""
    most = int(stats.poisson.ppf(u.max(), mean)) if u.size else 0
    return np.searchsorted(stats.poisson.cdf(np.arange(most + 1), mean), u)


def _choose(
    sim: Simulation, a: int, s: int, service: Service, draw: Draw, people: int, order: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return who is enrolled: the eligible people first in the order given, as far as places go."""
    record = sim.service[a, s]
    eligible = _eligible(sim, a, service, people) & _meets(sim, a, s, people)
    wanted = round(amount(service.at_start.enrolled, draw) * int(eligible.sum()))
    eligible &= sim.access[a, s][sim.person["group"][:people]] > 0.0
    if record["slot"] >= 0:
        eligible &= sim.stay["phase"][:people, a, record["slot"]] == IDLE
    if record["places"] != NO_LIMIT:
        wanted = min(wanted, int(record["places"]))
    return order[eligible[order]][:wanted]


def _behind_barriers(
    order: NDArray[np.int64],
    sim: Simulation,
    a: int,
    s: int,
    service: Service,
    people: int,
    luck: int,
    name: str,
) -> NDArray[np.int64]:
    """Return the service's own random order, or where barriers differ that of drawing one person after the other.

    Chances are then in proportion to access: exponential times pass as fast as it allows (Efraimidis and Spirakis
    2006).
    """
    access = _access(sim, a, s, service, people)
    if np.ptp(access) == 0.0:
        return order
    times = -np.log1p(-uniforms(luck, people, "enrolled at start", name))
    return np.argsort(times / np.where(access > 0.0, access, 1.0), kind="stable")


def _enrol(
    sim: Simulation,
    layout: Layout,
    a: int,
    s: int,
    chosen: NDArray[np.int64],
    luck: int,
    people: int,
    begins: bool,
) -> None:
    record = sim.service[a, s]
    _count_in(sim, layout, a, s, chosen, luck, people)
    if record["oat"] > 0:
        sim.state["oat"][chosen, a] = record["oat"]
    if record["stay"] == CLOCKED_STAY:
        _set_clocks(sim, a, s, record, chosen, luck, people, layout.services[s], begins)


def _count_in(
    sim: Simulation, layout: Layout, a: int, s: int, chosen: NDArray[np.int64], luck: int, people: int
) -> None:
    """Enrol people, and let HIV treatment suppress the virus of some of those who live with it."""
    sim.state["enrolled"][chosen, a] |= np.int64(1) << s
    sim.service["occupied"][a, s] += chosen.size
    np.add.at(sim.present[a, s, :, CLIENTS], sim.person["group"][chosen], 1)
    share = sim.service["hiv_suppression"][a, s]
    if share > 0.0:
        works = uniforms(luck, people, "suppressed at start", layout.services[s])[chosen] < share
        sim.state["suppressed"][chosen[works & (sim.state["hiv"][chosen, a] != HIV_NONE)], a] = 1


def _set_clocks(
    sim: Simulation,
    a: int,
    s: int,
    record: Any,
    chosen: NDArray[np.int64],
    luck: int,
    people: int,
    name: str,
    begins: bool,
) -> None:
    used = uniforms(luck, people, "time in service at start", name)[chosen]
    left = -np.log(uniforms(luck, people, "stay left at start", name)[chosen])
    shape, ratio = float(record["weibull_shape"]), float(record["hazard_ratio"])
    elapsed = record["scale"] * (special.gammaincinv(1.0 / shape, used) / ratio) ** (1.0 / shape)
    if record["fixed"] > 0:
        elapsed = used * float(record["fixed"])
    elapsed = np.minimum(elapsed, LONGEST_AGO)
    if begins:
        elapsed = np.zeros(chosen.size)
    start = -elapsed.astype(np.int64)
    clock = {"phase": ENROLLED, "service": s, "ordinal": 1, "changed": start, "target": left}
    for field, value in clock.items():
        sim.stay[field][chosen, a, record["slot"]] = value
