"""The infection processes of the full model in a small world: everybody injects at liberty unless a test says so.

Only their streams are set up. Two services that nobody can reach stand for effects: tests set enrolments and
multipliers. The kernel is the full model's own, so that nothing is compiled for these tests alone.
"""

from collections.abc import Callable, Mapping

import numpy as np

from hrsim.engine.advance import advance, begin, watch_everybody
from hrsim.engine.assemble import Cohort, Frame, assemble
from hrsim.engine.build import build_kernel, record_view
from hrsim.engine.simulation import Simulation
from hrsim.evidence.draws import central_parameters
from hrsim.evidence.register import load_register
from hrsim.processes import hepatitis_c, hiv
from hrsim.processes.effects import WHILE_ENROLLED
from hrsim.processes.full_model import full_model
from hrsim.processes.mortality import rates_by_age
from hrsim.processes.rates import Baseline
from hrsim.processes.state import F0, FEMALE, HIV_CHRONIC, MALE
from hrsim.services.compile import service_arrays
from hrsim.services.groups import ONE_GROUP
from hrsim.services.layout import ANY_SERVICE, EffectPlace, Layout
from hrsim.services.reach import group_arrays
from hrsim.units import TICKS_PER_QUARTER, TICKS_PER_YEAR
from tests.processes.small_world import no_mixing, no_money

FOR_EVER = 1e6 * TICKS_PER_YEAR
QUARTERS_PER_YEAR = 4
CENTRAL = central_parameters(load_register().values())
BASELINE = Baseline(
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
_NEUTRAL = {
    **dict.fromkeys(("hiv_stable", "hiv_unstable", "hcv_stable", "hcv_unstable"), 1.0),
    "custody_stay": FOR_EVER,
}
_MODEL = full_model(())
Prepare = Callable[[Simulation], None]


def run_infections(
    figures: Mapping[str, float],
    people: int,
    years: float,
    luck: int,
    prepare: Prepare | None = None,
    effects: Mapping[tuple[int, int], float] | None = None,
    groups: tuple[str, ...] = ("all_people",),
    each_quarter: Prepare | None = None,
) -> Simulation:
    """Run the infection streams whose figures are above 0; `effects` maps (service, target) to a multiplier.

    Half of the people are women, nobody has a lasting partner, and `each_quarter` may change people at quarter ends.
    """
    known = {name: 0.0 for name, _ in _MODEL.parameter_fields} | _NEUTRAL
    assert set(figures) <= set(known)
    edges = np.arange(round(years * QUARTERS_PER_YEAR) + 1, dtype=np.int64) * TICKS_PER_QUARTER
    sim = _assemble(known | dict(figures), people, Frame(("only",), edges, groups), luck, effects or {})
    if prepare is not None:
        prepare(sim)
    kernel = build_kernel(_MODEL)
    sim = watch_everybody(kernel, begin(kernel, sim), 0)
    for edge in edges[1:]:
        sim = advance(kernel, sim, int(edge))
        kernel.close_quarter(sim, int(edge))
        if each_quarter is not None:
            each_quarter(sim)
            sim = watch_everybody(kernel, sim, int(edge))
    return sim


def _assemble(
    figures: dict[str, float], people: int, frame: Frame, luck: int, effects: Mapping[tuple[int, int], float]
) -> Simulation:
    rates = [
        rate for module in (hiv, hepatitis_c) for rate in module.SUBJECT.rates(figures, lambda target: 1.0)
    ]
    streams = [stream for rate in rates if rate.bound > 0.0 for stream in rate.streams(ANY_SERVICE)]
    ordered = sorted(effects, key=lambda key: (key[1], key[0]))
    places = tuple(EffectPlace(target, service, WHILE_ENROLLED, 0, 0) for service, target in ordered)
    layout = Layout(("first", "second"), ("clock",), ((),), (0,), (), places, ())
    arrays = service_arrays(layout, {"only": {}}, {"only": {}}, people, frame.quarter_edges.size - 1)
    arrays |= group_arrays(layout, {"only": {}}, {"only": {}}, ONE_GROUP, frame.quarter_edges.size - 1)
    arrays |= no_money(people, 1) | no_mixing(1)
    arrays["effect_value"][0] = [effects[key] for key in ordered]
    cohort = Cohort("start", 0, np.zeros(people, np.int64), np.ones(people))
    extra = {name: record_view(array) for name, array in arrays.items()}
    sim = assemble(_MODEL, streams, [cohort], frame, luck, rates_by_age(CENTRAL), extra)
    for name, value in figures.items():
        sim.parameter[name][0] = value
    sim.person["partner"] = -1
    sim.person["sex"] = np.where(np.arange(people) % 2 == 0, FEMALE, MALE)
    return sim


def viraemic_first(number: int) -> Prepare:
    """Return a preparation that makes the first so many people viraemic, past the acute phase."""

    def prepare(sim: Simulation) -> None:
        sim.state["viraemic"][:number] = 1
        sim.state["hcv"][:number] = F0

    return prepare


def chronic_first(number: int) -> Prepare:
    """Return a preparation that gives the first so many people chronic HIV."""

    def prepare(sim: Simulation) -> None:
        sim.state["hiv"][:number] = HIV_CHRONIC

    return prepare


def pair_ends(sim: Simulation) -> None:
    """Make lasting partners of the first and the last person, the second and the last but one, and so on."""
    sim.person["partner"] = sim.person.size - 1 - np.arange(sim.person.size)


def count(sim: Simulation, event: int) -> int:
    """Return how often an event happened."""
    return int(sim.event[..., event].sum())


def assert_count(number: float, expected: float) -> None:
    """Refuse a Poisson count more than four standard deviations from its mean."""
    assert abs(number - expected) <= 4.0 * np.sqrt(expected), (number, expected)


def assert_share(number: float, of: float, expected: float) -> None:
    """Refuse a share more than four binomial standard errors from its chance."""
    error = np.sqrt(expected * (1.0 - expected) / of)
    assert abs(number / of - expected) <= 4.0 * error, (number / of, expected, error)
