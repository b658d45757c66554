"""Following one person changes nothing, and everybody's lives together are the ledger."""

from collections import Counter
from functools import cache

import numpy as np
import pytest

from hrsim.compile import Prepared
from hrsim.engine.simulation import ALIVE, DEAD
from hrsim.experiment.verify import ledger_difference
from hrsim.processes.events import DISTRESS_TICKS, EVENTS
from hrsim.simulate import run_draw
from hrsim.trace import COUNTED_FLOWS, NoSuchPerson, trace
from tests.simulation.studies import central, events, prepared, run, town_tree

LUCK = 23
GROUPS = {"zone": {"north": 0.4, "south": 0.6}, "sex": "derived"}
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
