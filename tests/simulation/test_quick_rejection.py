"""What lets an offer end early (status bits, enrolments) is speed only: the hazard there cannot reach the mark."""

from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

import numba
import numpy as np
import pytest

from hrsim.compile import Prepared, assemble_draw, prepare
from hrsim.engine.advance import advance
from hrsim.engine.build import compiled
from hrsim.engine.simulation import ALIVE, LOOKING, Simulation
from hrsim.simulate import run_assembled
from hrsim.study.load import load_study
from hrsim.study.parents import packaged_scenarios
from tests.simulation.studies import central

LUCK = 5
PEOPLE = 300
KINDS = ("excluded", "barred", "needed")
LEAST = (
    1000  # pairs of a person and a stream that each kind must have passed over for the test to mean anything
)


@cache
def everything() -> Prepared:
    """Return the study of the whole catalogue at its highest level, with every process on, in few people."""
    settings = (
        f"population.size={PEOPLE}", "horizon.years=1.25", "processes.distress=true", "processes.trust=true",
    )  # fmt: skip
    return prepare(load_study(packaged_scenarios() / "saturation.yaml", settings))


@cache
def check_of(kernel: ModuleType) -> Callable[[Any, Any], None]:
    """Return the function that adds to `found` (3, 2): passed over by each of KINDS, and of these, wrongly so."""
    hazard = kernel.hazard

    def check(sim: Any, found: Any) -> None:
        for stream in range(sim.stream.shape[0]):
            band = sim.stream[stream]
            for i in range(sim.state.shape[0]):
                for a in range(sim.state.shape[1]):
                    person = sim.state[i, a]
                    if person.status != ALIVE:
                        continue
                    if person.word & band.excluded:
                        found[0, 0] += 1
                        found[0, 1] += hazard(sim, stream, i, a) != 0.0
                    if person.enrolled & band.barred:
                        found[1, 0] += 1
                        found[1, 1] += hazard(sim, stream, i, a) != 0.0
                    if band.needed != 0 and not person.enrolled & band.needed:
                        found[2, 0] += 1
                        found[2, 1] += not hazard(sim, stream, i, a) <= band.low

    return numba.njit(check, error_model="numpy") if compiled() else check


def passed_over(change: Callable[[Simulation], None] = lambda sim: None) -> np.ndarray[Any, Any]:
    """Run the study, looking at everybody and every stream whenever the world changes; return what was found."""
    study = everything()
    assembled = assemble_draw(study, central(study), LUCK)
    check, found = check_of(study.kernel), np.zeros((len(KINDS), 2), np.int64)

    def forward(kernel: ModuleType, sim: Simulation, until: int) -> Simulation:
        sim = advance(kernel, sim, until)
        before = {name: sim.stream[name].copy() for name in KINDS}
        change(sim)
        for looking in (1, 0):  # 1: what a hazard may still rise to, as upper bands ask
            sim.clock[LOOKING] = looking
            check(sim, found)
        for name, bits in before.items():
            sim.stream[name] = bits
        return sim

    run_assembled(study, assembled, central(study), LUCK, forward)
    return found


def test_nobody_who_is_passed_over_could_have_accepted() -> None:
    found = passed_over()
    assert (found[:, 0] > LEAST).all()
    assert not found[:, 1].any(), dict(zip(KINDS, found.tolist(), strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_bit_is_seen(kind: str) -> None:
    """The test above can fail: every stream is given the bits of the next."""

    def shift(sim: Simulation) -> None:
        sim.stream[kind] = np.roll(sim.stream[kind], 1)

    assert passed_over(shift)[KINDS.index(kind), 1] > 0


def test_without_quick_rejection_everything_is_the_same() -> None:
    study = everything()
    ends = []
    for cleared in (False, True):
        assembled = assemble_draw(study, central(study), LUCK)
        if cleared:
            for name in KINDS:
                assembled.sim.stream[name] = 0
        ends.append(run_assembled(study, assembled, central(study), LUCK))
    for name in ("event", "ticks", "flow", "state", "tally"):
        first, second = (np.asarray(getattr(sim, name)) for sim in ends)
        assert first.tobytes() == second.tobytes(), name
