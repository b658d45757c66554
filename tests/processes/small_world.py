"""The real processes of one person's life in a small world, run by the real kernel loop.

Two services that nobody reaches by themselves: PROGRAMME, an enrolment that custody ends and that carries the
effects of a test, and KITS, which hands over one naloxone kit at release from custody.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from hrsim.engine.advance import advance, begin, watch_everybody
from hrsim.engine.assemble import Cohort, Frame, assemble
from hrsim.engine.build import build_kernel, compiled
from hrsim.engine.compiler import kernel_function
from hrsim.engine.model import Model, Timer
from hrsim.engine.simulation import ALIVE, Simulation
from hrsim.evidence.draws import central_parameters
from hrsim.evidence.register import load_register
from hrsim.processes import acute_care, bacterial, custody, distress, mortality, naloxone, trust, use
from hrsim.processes.budgets import BUDGET, FISCAL_YEAR, NO_BUDGET
from hrsim.processes.effects import EFFECT, TARGETS, WHILE_ENROLLED
from hrsim.processes.events import EVENTS, FLOWS, PROMPT_RELEASE, PROMPTS
from hrsim.processes.mixing import COUNTS
from hrsim.processes.rates import Baseline
from hrsim.processes.service_records import (
    FREE_STAY,
    LINK,
    NO_LIMIT,
    NO_STAY,
    NOT_KEPT,
    REFERRAL,
    SERVICE,
    STAY,
)
from hrsim.processes.state import (
    COMMUNITY,
    CUSTODY,
    FEMALE,
    FIXED_DIMENSIONS,
    INJECTING,
    MALE,
    PERSON_FIELDS,
    STATE_FIELDS,
    WORLD_FIELDS,
    cell,
    join_pools,
)
from hrsim.processes.stays import stay_ends
from hrsim.processes.wellbeing import WELLBEING
from hrsim.services.layout import ANY_SERVICE
from hrsim.units import TICKS_PER_QUARTER, TICKS_PER_YEAR

SUBJECTS = (use, custody, mortality, bacterial, acute_care, naloxone, distress, trust)
PROGRAMME, KITS = range(2)
SERVICES = 2
QUARTERS_PER_YEAR = 4
LONG_AGO = -(2**60)
ADULT = 40 * TICKS_PER_YEAR
_FIGURES = tuple(field for subject in SUBJECTS for field in subject.SUBJECT.fields)
_NEUTRAL = {
    "custody_stay": TICKS_PER_YEAR,
    "bacterial_unstable": 1.0,
    **dict.fromkeys(distress.FIELDS[4:], 1.0),
    **dict.fromkeys(("trust_reach", "low_trust_reach", "trust_odds"), 1.0),
}
CENTRAL = central_parameters(load_register().values())
PLAIN_BASELINE = Baseline(
    size=1000,
    injecting=0.5,
    other_route=0.3,
    unstable_housing=0.35,
    custody=0.02,
    oat_coverage=0.3,
    male=0.66,
    mean_age=39.0,
    hiv_prevalence=0.1,
    hiv_treated=0.7,
    hcv_viraemic=0.4,
    hcv_advanced=0.01,
    exposure=0.85,
)


@kernel_function
def start(sim, i, a):
    """Count a person into the pools and set the clock of those who start in custody."""
    join_pools(sim, i, a)
    if sim.state[i, a].custody == CUSTODY:
        custody.begin_custody(sim, i, a)


LIFE = Model(
    name="life",
    processes=tuple(process for subject in SUBJECTS for process in subject.PROCESSES),
    cell=cell,
    start=start,
    timers=(Timer("stay_end", stay_ends), *custody.TIMERS),
    person_fields=PERSON_FIELDS,
    state_fields=STATE_FIELDS,
    world_fields=WORLD_FIELDS,
    parameter_fields=tuple((field, "f8") for field in _FIGURES),
    events=EVENTS,
    state_dimensions=(("oat", ("none",)), *FIXED_DIMENSIONS),
    sources=(__name__,),
)


def run_life(
    arms: Sequence[Mapping[str, float]],
    people: int,
    years: float,
    luck: int,
    prepare: Callable[[Simulation], None] | None = None,
    effects: Mapping[int, float] | None = None,
    kits_at_release: float = 0.0,
) -> Simulation:
    """Run the streams whose figures are above 0 in the first arm.

    `effects` maps targets to PROGRAMME's multipliers. Everybody starts as a woman of 40 who injects, stably housed
    and at liberty, unless `prepare` says otherwise.
    """
    figures = [{**dict.fromkeys(_FIGURES, 0.0), **_NEUTRAL, **arm} for arm in arms]
    edges = np.arange(0, round(years * QUARTERS_PER_YEAR) + 1, dtype=np.int64) * TICKS_PER_QUARTER
    cohort = Cohort("start", 0, np.zeros(people, np.int64), np.ones(people))
    rates = [rate for subject in SUBJECTS for rate in subject.rates(figures[0], lambda target: 1.0)]
    unbounded = [replace(rate, bound=float("inf")) for rate in rates if rate.typical > 0.0]
    streams = [stream for rate in unbounded for stream in rate.streams(ANY_SERVICE)]
    frame = Frame(tuple(f"arm_{a}" for a in range(len(arms))), edges)
    extra = _services(people, len(arms), edges.size - 1, effects or {}, kits_at_release)
    table = mortality.rates_by_age(CENTRAL)
    sim = assemble(LIFE, streams, [cohort], frame, luck, tables=table, extra=extra)
    for a, values in enumerate(figures):
        for name, value in values.items():
            sim.parameter[name][a] = value
    sim.person["birth"] = -ADULT
    sim.state["turned"] = LONG_AGO
    sim.state["custody_change"] = LONG_AGO
    if prepare is not None:
        prepare(sim)
    kernel = build_kernel(LIFE)
    sim = begin(kernel, sim)
    for quarter, edge in enumerate(edges[1:]):
        if quarter % QUARTERS_PER_YEAR == 0:
            sim = watch_everybody(kernel, sim, int(edges[quarter]))
        sim = advance(kernel, sim, int(edge))
        kernel.close_quarter(sim, int(edge))
    return sim


def _services(
    people: int, arms: int, quarters: int, effects: Mapping[int, float], kits_at_release: float
) -> dict[str, Any]:
    service = np.zeros((arms, SERVICES), SERVICE)
    for name, value in {"present": 1, "open": 1, "places": NO_LIMIT, "token_rate": -1.0, "slot": -1}.items():
        service[name] = value
    service["oldest"], service["contact_share"] = 2**62, 1.0
    service["stay"] = [FREE_STAY, NO_STAY]
    service["ends_in_custody"][:, PROGRAMME] = 1
    service["kits"][:, KITS] = 1
    effect = np.zeros(max(1, len(effects)), EFFECT)
    effect["during"], effect["service"] = WHILE_ENROLLED, PROGRAMME
    target = np.zeros(len(TARGETS) + 2 * SERVICES + 1, np.int64)
    for k, on in enumerate(sorted(effects)):
        target[on + 1 :] = k + 1
    acting = np.zeros(target.size - 1, np.int64)
    acting[sorted(effects)] = 1 << PROGRAMME
    value = np.ones((arms, effect.size))
    value[:, : len(effects)] = [effects[on] for on in sorted(effects)]
    chance = np.zeros((arms, SERVICES, len(PROMPTS)))
    chance[:, KITS, PROMPT_RELEASE] = kits_at_release
    referral = np.full(1, -1, REFERRAL)
    service["budget"], service["began"], service["left"] = NO_BUDGET, -1, NOT_KEPT
    return (
        no_money(people, arms)
        | no_mixing(arms)
        | {
            "target": target,
            "effect": records(effect),
            "effect_value": value,
            "acting": acting,
            "service": records(service),
            "service_key": np.arange(1, SERVICES + 1, dtype=np.uint64) * np.uint64(1000),
            "service_links": np.zeros((SERVICES, SERVICES), np.int64),
            "prompt_chance": chance,
            "referral": records(referral),
            "referral_key": np.zeros(1, np.uint64),
            "referral_chance": np.zeros((arms, 1)),
            "referral_completion": np.ones((arms, 1)),
            "oat_slot": np.full(1, -1, np.int64),
            "stay": records(np.zeros((people, arms, 1), STAY)),
            "link": records(np.zeros((people, arms, 1), LINK)),
            "pool_key": np.zeros(1, np.uint64),
            "left": np.zeros((people, arms, 0), np.int64),
            "wellbeing": records(np.zeros((people, arms), WELLBEING)),
            "curve_load": np.zeros(1),
            "curve_share": np.ones((1, 1)),
            "flow": np.zeros((arms, quarters, SERVICES, len(FLOWS)), np.int64),
            "reach_rate": np.zeros((arms, SERVICES, 1)),
            "access": np.ones((arms, SERVICES, 1)),
            "present": np.zeros((arms, SERVICES, 1, 2), np.int64),
            "group_flow": np.zeros((arms, quarters, SERVICES, 1, 0), np.int64),
        }
    )


def no_money(people: int, arms: int) -> dict[str, Any]:
    """Return the arrays of budgets where there are none."""
    return {
        "budget": records(np.zeros((arms, 0), BUDGET)),
        "fiscal_year": records(np.zeros((arms, 0, 1), FISCAL_YEAR)),
        "began": np.zeros((people, arms, 0), np.int64),
    }


def no_mixing(arms: int) -> dict[str, Any]:
    """Return the arrays of mixing where everybody meets everybody."""
    return {
        "mixing_label": np.zeros(0, np.int64),
        "mixing_share": np.zeros(1),
        "mixed": np.zeros((arms, 0, COUNTS), np.int64),
    }


def records(array: Any) -> Any:
    """Return records whose fields are attributes also without the compiler."""
    return array if compiled() else array.view(np.recarray)


def plain(function: Any) -> Any:
    """Return the Python function behind a kernel function that calls no other."""
    return getattr(function, "py_func", function)


def enrol_everybody(sim: Simulation) -> None:
    """Enrol everybody in PROGRAMME."""
    sim.state["enrolled"] = 1 << PROGRAMME
    sim.service["occupied"][:, PROGRAMME] = sim.state.shape[0]


def counts(sim: Simulation, event: int) -> Any:
    """Return how often an event happened, by arm."""
    return sim.event[..., event].sum(axis=(1, 2))


def years_in(sim: Simulation, dimension: str, level: int) -> Any:
    """Return person-years at a level of a valuation dimension, by arm."""
    shape = [len(levels) for _, levels in LIFE.state_dimensions]
    axis = [name for name, _ in LIFE.state_dimensions].index(dimension)
    ticks = sim.ticks.sum(axis=(1, 2)).reshape(-1, *shape)
    return np.moveaxis(ticks, axis + 1, 1)[:, level].reshape(ticks.shape[0], -1).sum(axis=1) / TICKS_PER_YEAR


def assert_pools_add_up(sim: Simulation) -> None:
    """Refuse counters of the pools that differ from a recount of the people."""
    state = sim.state
    inside = (state["status"] == ALIVE) & (state["custody"] == COMMUNITY)
    women = (sim.person["sex"] == FEMALE)[:, np.newaxis]
    assert np.array_equal(sim.world["people"], inside.sum(axis=0))
    assert np.array_equal(sim.world["injecting"], (inside & (state["use"] == INJECTING)).sum(axis=0))
    assert np.array_equal(sim.world["women"], (inside & women).sum(axis=0))
    assert np.array_equal(sim.world["kits"], np.where(inside, state["kits"], 0).sum(axis=0))


def assert_share(number: float, of: float, expected: float) -> None:
    """Refuse a share more than four binomial standard errors from its chance."""
    error = np.sqrt(expected * (1.0 - expected) / of)
    assert abs(number / of - expected) <= 4.0 * error, (number / of, expected, error)


def assert_count(number: float, expected: float) -> None:
    """Refuse a Poisson count more than four standard deviations from its mean."""
    assert abs(number - expected) <= 4.0 * np.sqrt(expected), (number, expected)


def half_men(sim: Simulation) -> None:
    """Make every other person a man."""
    sim.person["sex"] = np.where(np.arange(sim.person.size) % 2 == 0, FEMALE, MALE)
