"""Careers of use: stopping, relapse, moves between injecting and other routes. Nothing moves in custody."""

from collections.abc import Mapping
from math import log

from hrsim.engine.accrual import count_event
from hrsim.engine.compiler import kernel_function
from hrsim.engine.model import Process
from hrsim.engine.random import questions, uniform
from hrsim.engine.simulation import NOW, PERSON
from hrsim.processes.effects import (
    NO_WINDOW,
    ON_RELAPSE,
    ON_START_INJECTING,
    ON_STOP_INJECTING,
    ON_STOP_USE,
    lasting,
    multiplier,
)
from hrsim.processes.episodes import turn_to_abstinence, turn_to_use
from hrsim.processes.events import INJECTING_START, INJECTING_STOP, RELAPSE, USE_STOP
from hrsim.processes.rates import Baseline, Peak, Rate, Subject
from hrsim.processes.state import (
    COMMUNITY,
    INJECTING,
    NOT_USING,
    OTHER_ROUTE,
    join_pools,
    leave_pools,
    uses,
)
from hrsim.processes.status import IN_CUSTODY, IN_USE, NOT_INJECTING, USE_BIT, bits
from hrsim.processes.wellbeing import on_relapse, on_stop_use
from hrsim.units import MONTHS_PER_YEAR, TICKS_PER_YEAR

DISTRESS_STOP, DISTRESS_RELAPSE = "exp.distress_stop_use_ratio", "exp.distress_relapse_ratio"
EVIDENCE = (
    "pop.cess_median_years",
    "exp.stop_other_route_rate",
    "pop.relapse_share",
    "exp.relapse_share_other_route",
    "pop.relapse_median_years",
    "exp.relapse_injecting_share",
    "pop.init_montreal",
    "exp.switch_inject_to_other_rate",
    "od.mult_relapse",
    "od.relapse_window_months",
    DISTRESS_STOP,
    DISTRESS_RELAPSE,
)
FIELDS = (
    "stop_injecting_use",
    "stop_other_use",
    "prone_after_injecting",
    "prone_after_other",
    "relapse",
    "relapse_to_injecting",
    "start_injecting",
    "stop_injecting",
    "relapse_overdose",
    "relapse_window",
)
_PRONE, _ROUTE = questions(2)


def figures(draw: Mapping[str, float], baseline: Baseline) -> dict[str, float]:
    """Return rates per person-year, shares, and the relapse window (overdose ratio, length in ticks).

    Medians become hazards by ln 2 / median. `stop_injecting_use` and `stop_other_use` end use of either
    route; `stop_injecting` is the move to another route. Returns to use after injecting are to injecting in
    the share `relapse_to_injecting`, else to another route; returns after another route are to that.
    Rates are of people without distress, such that the baseline mix has the published ones.
    """
    stopping = baseline.average(draw[DISTRESS_STOP])
    return {
        "stop_injecting_use": log(2.0) / draw["pop.cess_median_years"] / stopping,
        "stop_other_use": draw["exp.stop_other_route_rate"] / stopping,
        "prone_after_injecting": draw["pop.relapse_share"],
        "prone_after_other": draw["exp.relapse_share_other_route"],
        "relapse": log(2.0) / draw["pop.relapse_median_years"] / baseline.average(draw[DISTRESS_RELAPSE]),
        "relapse_to_injecting": draw["exp.relapse_injecting_share"],
        "start_injecting": draw["pop.init_montreal"],
        "stop_injecting": draw["exp.switch_inject_to_other_rate"],
        "relapse_overdose": draw["od.mult_relapse"],
        "relapse_window": draw["od.relapse_window_months"] / MONTHS_PER_YEAR * TICKS_PER_YEAR,
    }


def rates(figures: dict[str, float], peak: Peak) -> list[Rate]:
    """Return the four streams."""
    stop = max(figures["stop_injecting_use"], figures["stop_other_use"])
    quicker, sooner = (max(1.0, figures[f"distress_{what}"]) for what in ("stop_use", "relapse"))
    relapse, start, leave = figures["relapse"], figures["start_injecting"], figures["stop_injecting"]
    return [
        Rate(
            "use.stop",
            "use_stop",
            stop,
            stop * peak(ON_STOP_USE) * quicker,
            excluded=bits(USE_BIT, NOT_USING) | IN_CUSTODY,
        ),
        Rate(
            "use.relapse",
            "use_relapse",
            relapse,
            relapse * peak(ON_RELAPSE) * sooner,
            excluded=IN_USE | IN_CUSTODY,
        ),
        Rate(
            "use.start_injecting",
            "start_injecting",
            start,
            start * peak(ON_START_INJECTING),
            excluded=bits(USE_BIT, INJECTING, NOT_USING) | IN_CUSTODY,
        ),
        Rate(
            "use.stop_injecting",
            "stop_injecting",
            leave,
            leave * peak(ON_STOP_INJECTING),
            excluded=NOT_INJECTING | IN_CUSTODY,
        ),
    ]


@kernel_function
def stop_hazard(sim, argument, i, a):
    """Return the hazard of stopping use by either route."""
    if not uses(sim, i, a):
        return 0.0
    p = sim.parameter[a]
    rate = p.stop_injecting_use if sim.state[i, a].use == INJECTING else p.stop_other_use
    return rate * multiplier(sim, i, a, ON_STOP_USE) * on_stop_use(sim, i, a)


@kernel_function
def stop_apply(sim, argument, i, a, luck):
    """Stop using."""
    stop_use(sim, i, a, uniform(luck, _PRONE))


@kernel_function
def stop_use(sim, i, a, luck_uniform):
    """End a person's use; the uniform decides, once for this cessation, whether they are prone to relapse."""
    s = sim.state[i, a]
    p = sim.parameter[a]
    prone = p.prone_after_injecting if s.use == INJECTING else p.prone_after_other
    leave_pools(sim, i, a)
    s.route = s.use
    s.use = NOT_USING
    s.relapse_prone = 1 if luck_uniform < prone else 0
    join_pools(sim, i, a)
    count_event(sim, i, a, USE_STOP)
    turn_to_abstinence(sim, i, a)


@kernel_function
def relapse_hazard(sim, argument, i, a):
    """Return the hazard of using again, 0 for people who are not prone to relapse."""
    s = sim.state[i, a]
    if s.use != NOT_USING or not s.relapse_prone or s.custody != COMMUNITY:
        return 0.0
    return sim.parameter[a].relapse * multiplier(sim, i, a, ON_RELAPSE) * on_relapse(sim, i, a)


@kernel_function
def relapse_apply(sim, argument, i, a, luck):
    """Use again, which opens the relapse window."""
    s = sim.state[i, a]
    injects = s.route == INJECTING and uniform(luck, _ROUTE) < sim.parameter[a].relapse_to_injecting
    leave_pools(sim, i, a)
    s.use = INJECTING if injects else OTHER_ROUTE
    join_pools(sim, i, a)
    count_event(sim, i, a, RELAPSE)
    turn_to_use(sim, i, a)


@kernel_function
def relapse_window(sim, i, a):
    """Return the overdose multiplier of the window after relapse of a person who uses, NO_WINDOW if none is open."""
    p = sim.parameter[a]
    if sim.clock[NOW] - sim.state[i, a].turned < p.relapse_window:
        return lasting(sim, p.relapse_overdose)
    return NO_WINDOW


@kernel_function
def start_hazard(sim, argument, i, a):
    """Return the hazard of taking up injecting among people who use by another route."""
    s = sim.state[i, a]
    if s.use != OTHER_ROUTE or s.custody != COMMUNITY:
        return 0.0
    return sim.parameter[a].start_injecting * multiplier(sim, i, a, ON_START_INJECTING)


@kernel_function
def start_apply(sim, argument, i, a, luck):
    """Take up injecting."""
    _change_route(sim, i, a, INJECTING, INJECTING_START)


@kernel_function
def leave_hazard(sim, argument, i, a):
    """Return the hazard of moving from injecting to another route."""
    s = sim.state[i, a]
    if s.use != INJECTING or s.custody != COMMUNITY:
        return 0.0
    return sim.parameter[a].stop_injecting * multiplier(sim, i, a, ON_STOP_INJECTING)


@kernel_function
def leave_apply(sim, argument, i, a, luck):
    """Move to another route."""
    _change_route(sim, i, a, OTHER_ROUTE, INJECTING_STOP)


@kernel_function
def _change_route(sim, i, a, use, event):
    leave_pools(sim, i, a)
    sim.state[i, a].use = use
    join_pools(sim, i, a)
    count_event(sim, i, a, event)


PROCESSES = (
    Process("use_stop", stop_hazard, stop_apply, changes=PERSON),
    Process("use_relapse", relapse_hazard, relapse_apply, changes=PERSON),
    Process("start_injecting", start_hazard, start_apply, changes=PERSON),
    Process("stop_injecting", leave_hazard, leave_apply, changes=PERSON),
)
SUBJECT = Subject("use", FIELDS, EVIDENCE, figures, rates)
