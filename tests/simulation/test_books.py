"""P5: nobody and no second is lost. P4: the same bytes on two threads at once and with the compiler off."""

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from hrsim.engine.ledger import Ledger
from hrsim.engine.simulation import ALIVE, Simulation
from hrsim.processes.effects import ENROLLED, WAITING
from hrsim.simulate import ledger_of, run_draw
from hrsim.units import TICKS_PER_YEAR
from tests.simulation.studies import central, events, prepared, run, town, town_tree

LUCK = 20262
DEATHS = ("overdose_death", "background_death", "hiv_death", "liver_death", "endocarditis_death")
HAMLET = 40
_PROJECT = Path(__file__).parents[2]


@cache
def finished() -> Simulation:
    return run_draw(town(), central(town()), LUCK)


@cache
def books() -> Ledger:
    return ledger_of(town(), finished())


def test_people_in_are_alive_or_dead() -> None:
    size = town().study.population.size
    alive = (finished().state["status"] == ALIVE).sum(axis=0)
    died = sum(events(books(), name) for name in DEATHS)
    assert np.array_equal(size + events(books(), "entry"), alive + died)
    assert np.all(died > 0)


def test_survivors_are_those_alive_each_in_the_state_that_they_are_in() -> None:
    """The last tick of the run, lived by them, would be counted in these very states."""
    ledger, alive = books(), finished().state["status"] == ALIVE
    assert ledger.survivors is not None
    arm, _, sex, age, state = np.unravel_index(ledger.survivors[:, 0], ledger.survivor_shape)
    died = sum(events(ledger, name) for name in DEATHS)
    by_arm = np.bincount(arm, ledger.survivors[:, 1])
    assert np.array_equal(by_arm, town().study.population.size + events(ledger, "entry") - died)
    cells = finished().state["cell"]
    for a in range(len(ledger.arms)):
        mine = arm == a
        counted = np.bincount(state[mine], ledger.survivors[mine, 1], ledger.survivor_shape[-1])
        assert np.array_equal(counted, np.bincount(cells[alive[:, a], a], minlength=counted.size))
        people = finished().person[alive[:, a]]
        years = (ledger.quarter_edges[-1] - people["birth"]) / TICKS_PER_YEAR
        assert 0 <= years.sum() - ledger.survivors[mine, 1] @ age[mine] < people.size
        assert ledger.survivors[mine, 1] @ sex[mine] == people["sex"].sum()


def test_every_second_of_life_is_in_one_state() -> None:
    """Sum over states = sum over people of (death or horizon) - entry, recomputed from quarterly heads."""
    ledger, edges = books(), books().quarter_edges
    size = town().study.population.size
    died = sum(ledger.events[..., ledger.event_names.index(name)] for name in DEATHS)
    entered = ledger.events[..., ledger.event_names.index("entry")]
    heads = size + np.cumsum((entered - died).sum(axis=2), axis=1)
    before = np.concatenate([np.full((len(ledger.arms), 1), size), heads[:, :-1]], axis=1)
    lengths = np.diff(edges)
    seconds = ledger.state_ticks.sum(axis=(2, 3))
    moved_in, moved_out = entered.sum(axis=2), died.sum(axis=2)
    assert np.all(seconds >= (before - moved_out) * lengths)
    assert np.all(seconds <= (before + moved_in) * lengths)


def test_every_second_is_one_second_when_nobody_comes_or_goes() -> None:
    """With deaths and entry off, person-time is people x time: equality, though every other state changes."""
    tree = town_tree()
    deadly = ("entry", "background_mortality", "overdose", "endocarditis", "hcv")
    tree["processes"] = dict.fromkeys(deadly, False)
    harmless = ("inf.hiv_mort_cd4lt200_pwid", "exp.hiv_mort_art")
    tree["parameters"] = {name: {"value": 0.0} for name in harmless}
    tree["arms"] = {"status_quo": {}, "oat_expansion": tree["arms"]["oat_expansion"]}
    ledger = run(prepared(tree), LUCK)
    expected = 2000 * np.diff(ledger.quarter_edges)
    assert np.array_equal(ledger.state_ticks.sum(axis=(2, 3)), np.stack([expected, expected]))
    assert np.all(events(ledger, "hiv_infection") > 0)


def test_clients_of_every_service_add_up() -> None:
    """Clients at the end = those at the start + starts - stops; requests start, wait, give up or are refused."""
    sim, ledger, names = finished(), books(), books().flow_names
    total = {name: ledger.service_flow[..., names.index(name)].sum(axis=1) for name in names}
    enrolled = sim.state["enrolled"]
    for s, service in enumerate(ledger.service_names):
        inside = ((enrolled >> s) & 1).sum(axis=0)
        assert np.array_equal(inside, sim.service["occupied"][:, s]), service
        assert np.array_equal(total["demand"][:, s], total["contacts"][:, s] + total["turned_away"][:, s])
        if sim.service["queue"][0, s] >= 0:
            waiting, left = sim.service["waiting"][:, s], total["left_waiting"][:, s]
            assert np.array_equal(total["contacts"][:, s], total["starts"][:, s] + waiting + left), service


def test_the_dead_hold_no_places() -> None:
    sim = finished()
    gone = sim.state["status"] != ALIVE
    assert not np.any(sim.state["enrolled"][gone])
    assert not np.any(np.isin(sim.stay["phase"][gone], (WAITING, ENROLLED)))


def test_two_threads_give_the_same_bytes_as_one() -> None:
    lucks = (LUCK, LUCK + 1, LUCK + 2, LUCK + 3)
    alone = [digest(run(town(), luck)) for luck in lucks]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(lambda luck: digest(run(town(), luck)), lucks))
    assert alone == together
    assert len(set(alone)) == len(lucks)


@pytest.mark.slow
def test_the_compiler_off_gives_the_same_bytes() -> None:
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(_PROJECT)}
    command = [sys.executable, "-W", "error", "-m", "tests.simulation.test_books"]
    slow = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=_PROJECT)
    assert slow.returncode == 0, slow.stderr
    assert slow.stdout.strip() == digest(hamlet())


def hamlet() -> Ledger:
    """Run forty people for a year in the status quo and with everything: small enough for plain Python."""
    tree = town_tree()
    tree["horizon"]["years"] = 1
    tree["population"]["size"] = HAMLET
    tree["population"]["entry_per_year"] = 10
    tree["parameters"] = {"od.nf_rate_pwid_us_post2016": {"value": 3.0}}
    return run(prepared(tree), LUCK)


def digest(ledger: Ledger) -> str:
    """Return a hash of everything that a ledger counted."""
    found = hashlib.blake2b(digest_size=16)
    for array in (ledger.events, ledger.state_ticks, ledger.service_flow):
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


if __name__ == "__main__":
    print(digest(hamlet()))  # noqa: T201
