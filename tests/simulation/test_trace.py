"""Following one person changes nothing, and everybody's lives together are the ledger."""

import os
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from hrsim.compile import Prepared, assemble_draw
from hrsim.engine.simulation import ALIVE, DEAD
from hrsim.experiment.verify import ledger_difference
from hrsim.processes.events import DISTRESS_TICKS, EVENTS
from hrsim.simulate import run_draw
from hrsim.trace import COUNTED_FLOWS, NoSuchPerson, followed, trace
from tests.full_model.everything import everything
from tests.simulation.studies import central, events, prepared, run, town_tree

ROOT = Path(__file__).parents[2]
LUCK = 23
GROUPS = {"zone": {"shares": {"north": 0.4, "south": 0.6}, "mixing": 0.8}, "sex": "derived"}
BARRED = {"zone": {"north": 0.25}}


@cache
def village(size: int, groups: bool = False) -> Prepared:
    """Return a small place for a year; with groups, the north has a quarter of the access to every kit."""
    tree = town_tree()
    population = {**tree["population"], "size": size, "entry_per_year": size / 4}
    services = tree["services"]
    if groups:
        population["groups"] = GROUPS
        kits = {**services["take_home_naloxone"], "access": BARRED}
        services = {**services, "take_home_naloxone": kits}
    arms = {name: tree["arms"][name] for name in ("status_quo", "consumption_site")}
    horizon = {**tree["horizon"], "years": 1}
    changed = {"population": population, "services": services, "arms": arms, "horizon": horizon}
    return prepared({**tree, **changed})


@pytest.mark.parametrize("groups", [False, True])
def test_the_draw_stays_the_same_bit_for_bit_whoever_is_followed(groups: bool) -> None:
    study = village(200, groups)
    kept = run(study, LUCK)
    assert events(kept, "overdose_nonfatal").min() > 0
    north = [n for n, name in enumerate(study.frame.groups) if "zone=north" in name]
    people = run_draw(study, central(study), LUCK).person["group"]
    followed = [5, int(np.flatnonzero(np.isin(people, north))[0])] if groups else [5]
    for person in followed:
        life = trace(study, central(study), LUCK, person)
        assert ledger_difference(kept, life.ledger) == ""
        assert life.group == study.frame.groups[int(people[person])]


def test_nothing_is_read_or_written_outside_an_array() -> None:
    """With the compiler off every index is checked: somebody there at the start, and somebody who enters."""
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "error", "-m", "tests.full_model.traced"]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["same", "same"]


def test_every_array_by_group_has_a_place_for_the_person_followed() -> None:
    """Groups of 13 zones by sex: nothing else counts 26, so an array of that length is by group, and gets a place."""
    zones = {"zone": {"shares": {f"z{n}": 1 / 13 for n in range(13)}, "mixing": 0.5}, "sex": "derived"}
    tree = {**everything(people=30), "population": {**everything(30)["population"], "groups": zones}}
    services = {name: {**service, "access": {}} for name, service in tree["services"].items()}
    services["bus"]["reach"] = 4.0
    study = prepared({**tree, "services": services})
    usual = assemble_draw(study, central(study), LUCK).sim
    own = assemble_draw(followed(study, 3), central(study), LUCK).sim
    grown = {name for name in usual.names if getattr(usual, name).shape != getattr(own, name).shape}
    assert grown == {name for name in usual.names if 26 in getattr(usual, name).shape}
    assert {"event", "ticks", "access", "reach_rate", "present", "group_flow", "mixing_label"} <= grown
    assert own.mixing_label[-1] == usual.mixing_label[3]


def test_the_lives_of_everybody_add_up_to_the_ledger() -> None:
    study = village(15)
    kept = run(study, LUCK)
    happened: Counter[tuple[int, str]] = Counter()
    flowed: Counter[tuple[int, int, str]] = Counter()
    slots = run_draw(study, central(study), LUCK).person.shape[0]
    assert slots > 15
    for person in range(slots):
        for step in trace(study, central(study), LUCK, person).steps:
            happened.update(step.events)
            flowed.update(step.flows)
    for a, _ in enumerate(kept.arms):
        for number, event in enumerate(EVENTS[:DISTRESS_TICKS]):
            assert happened[a, event] == kept.events[a, :, 0, number].sum(), event
        for s, service in enumerate(kept.service_names):
            for flow in COUNTED_FLOWS:
                column = kept.flow_names.index(flow)
                assert flowed[a, s, flow] == kept.service_flow[a, :, s, column].sum(), (service, flow)
    assert sum(happened.values()) > 50
    assert sum(flowed.values()) > 50


def test_the_state_tells_the_same_as_the_events() -> None:
    """Who dies is dead at the end, nothing happens afterwards, and who does not die lives."""
    study = village(15)
    for person in range(15):
        life = trace(study, central(study), LUCK, person)
        for a, _ in enumerate(life.arms):
            mine = [(step.tick, event) for step in life.steps for (arm, event) in step.events if arm == a]
            deaths = [tick for tick, event in mine if event.endswith("_death")]
            assert life.first[a]["status"] == ALIVE
            assert len(deaths) == (life.last[a]["status"] == DEAD)
            assert not deaths or max(tick for tick, _ in mine) == deaths[0]


def test_before_the_arms_part_they_tell_the_same_life() -> None:
    """The consumption site opens half-way through the year: until then both arms are one."""
    study = village(200)
    opens = 181 * 86_400
    life = trace(study, central(study), LUCK, 5)
    early = [step for step in life.steps if step.tick <= opens]
    assert early
    for step in early:
        of_arm = [{event: n for (arm, event), n in step.events.items() if arm == a} for a in range(2)]
        assert of_arm[0] == of_arm[1]


def test_a_person_beyond_the_last_slot_is_refused() -> None:
    study = village(15)
    with pytest.raises(NoSuchPerson, match="15 people are there at the start"):
        trace(study, central(study), LUCK, 10_000)
