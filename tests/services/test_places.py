"""Places and lists in the real kernel: Erlang's loss formula, caseloads, first come first served, Little's law."""

from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from hrsim.compile import Prepared
from hrsim.engine.ledger import Ledger
from hrsim.engine.simulation import Simulation
from hrsim.errors import StudyError
from hrsim.processes.effects import ENROLLED, WAITING
from hrsim.processes.events import WAITING_TICKS
from hrsim.processes.status import MOST_POOLS
from hrsim.simulate import run_draw
from hrsim.units import TICKS_PER_DAY, TICKS_PER_YEAR
from tests.simulation.studies import bare, central, flow, prepared, run, steps

LIMIT = float(norm.isf(1e-4 / 100))  # standard errors: one family of fewer than 50 two-sided comparisons
QUARTERS = 4
MEAN = 1.5
# A Weibull stay of shape 0.5 and rate r has mean 2 / r**2.
LAWS: dict[str, Any] = {
    "exponential": {"mean": "1.5 years"},
    "course": {"fixed": "1.5 years"},
    "weibull": {"weibull": {"shape": 0.5, "rate": float(np.sqrt(2.0 / MEAN)), "unit": "year"}},
}


def copies(count: int, service: Any) -> dict[str, Any]:
    return {f"copy_{n:02d}": service for n in range(count)}


def per_copy(ledger: Ledger, name: str, first_quarter: int) -> Any:
    return np.array(
        [flow(ledger, name, service, first_quarter)[0] for service in ledger.service_names], float
    )


def assert_mean(values: Any, truth: float, precision: float) -> None:
    """Hold the mean of independent copies to a truth, its standard error to a share of it."""
    error = values.std(ddof=1) / np.sqrt(values.size)
    assert error <= precision * truth, (error, truth)
    assert abs(values.mean() - truth) <= LIMIT * error, (values.mean(), truth, error)


@pytest.mark.parametrize("law", LAWS)
def test_erlang_loss_whatever_the_law_of_the_stay(law: str) -> None:
    """Q5: 50 places, 40 requests a year, stays of 1.5 years, nobody waits: 0.216119 blocked, 47.032881 places taken."""
    people, years, first = 10_000, 80, 10 * QUARTERS
    places_taken, blocked = 47.032881, 0.216119
    service = {
        "reach": 40.0 / (people - places_taken),
        "capacity": {"places": 50},
        "waiting": {"patience": 2e-6},
        "stay": LAWS[law],
    }
    ledger = run(prepared(bare(people, years, copies(40, service))), 1)
    assert_mean(per_copy(ledger, "client_ticks", first) / (years - 10), places_taken, 0.005)
    share = per_copy(ledger, "left_waiting", first) / per_copy(ledger, "demand", first)
    assert_mean(share, blocked, 0.03)


@pytest.mark.parametrize(("law", "after_a_year"), [("mean", 91.409194), ("fixed", 120.0)])
def test_caseload_without_limit(law: str, after_a_year: float) -> None:
    """Q8: 120 requests a year, mean stay 1.75 years: Poisson with mean 210, SD 14.49; 91.41 or 120 after a year."""
    people, number, caseload = 40_000, 24, 210.0
    reach = 120.0 / (people - caseload)
    study = prepared(bare(people, 41, copies(number, {"reach": reach, "stay": {law: "1.75 years"}})))
    seen: dict[int, Any] = {}
    for now, sim in steps(study, 2, TICKS_PER_YEAR):
        if now % TICKS_PER_YEAR == 0:
            seen[now // TICKS_PER_YEAR] = sim.service["occupied"][0].copy()
    # The pool is finite: nobody asks again while enrolled, which takes 0.3 per cent of the requests off or on.
    asking_at_first = reach * people / 120.0
    assert_mean(seen[1] / asking_at_first, after_a_year, 0.03)
    settled = np.array([seen[year] for year in range(10, 41, 5)]).ravel()
    assert_mean(settled, caseload, 0.01)
    spread = settled.std(ddof=1)
    assert abs(spread / (14.491377 * np.sqrt(1.0 - caseload / people)) - 1.0) < LIMIT / np.sqrt(
        2 * settled.size
    )


def finite_source(people: int, places: int, reach: float, leave: float) -> Any:
    """Return the chances of 0..people in service or on its list: birth and death, everybody asks again at once."""
    weight = [0.0]
    for n in range(people):
        weight.append(weight[-1] + np.log(reach * (people - n)) - np.log(leave * min(n + 1, places)))
    chance = np.exp(np.array(weight) - max(weight))
    return chance / chance.sum()


def test_a_list_of_a_small_place_follows_birth_and_death() -> None:
    """M/M/c with 60 people who ask for 10 places: clients and waits of the closed form.

    Waits vary between copies so that their mean has an expected standard error of 2.5 % (seeds 3 to 6: 2.0 to 3.0).
    """
    people, places, reach, mean, years, number = 60, 10, 0.3, 0.8, 99, 40
    chance = finite_source(people, places, reach, 1.0 / mean)
    n = np.arange(people + 1)
    service = {"reach": reach, "capacity": {"places": places}, "stay": {"mean": mean}}
    ledger = run(prepared(bare(people, years, copies(number, service))), 3)
    first = 10 * QUARTERS
    assert_mean(per_copy(ledger, "client_ticks", first) / (years - 10), chance @ np.minimum(n, places), 0.005)
    assert_mean(
        per_copy(ledger, "waiting_ticks", first) / (years - 10), chance @ np.maximum(n - places, 0), 0.035
    )
    assert_mean(
        per_copy(ledger, "starts", first) / (years - 10), chance @ np.minimum(n, places) / mean, 0.005
    )


def crowded(reach: float = 2.0) -> dict[str, Any]:
    """Return two services of one pool, far too small for those who ask."""
    first = {"reach": reach, "exclusive": "pool", "capacity": {"places": 6}, "stay": {"mean": 0.25}}
    second = {**first, "capacity": {"places": 3}, "waiting": {"patience": 0.5}}
    return {"larger": first, "smaller": second}


def on_list(sim: Simulation, s: int) -> list[int]:
    """Walk a service's list from its head."""
    found = []
    i = int(sim.service["head"][0, s]) if sim.service["waiting"][0, s] else -1
    while i >= 0:
        found.append(i)
        i = int(sim.link["following"][i, 0, sim.service["queue"][0, s]])
    return found


@cache
def crowd() -> Prepared:
    return prepared(bare(120, 4, crowded()))


def test_first_come_first_served_and_nobody_twice() -> None:
    """Seen every day: lists in order of arrival, served from the head, places never exceeded, nobody on two."""
    before: dict[int, list[int]] = {0: [], 1: []}
    served = 0
    for _, sim in steps(crowd(), 4, TICKS_PER_DAY):
        stay = sim.stay[:, 0, 0]
        assert np.all(sim.service["occupied"][0] <= (6, 3))
        assert not np.any((sim.state["enrolled"][:, 0] & 3) == 3)
        lists = {s: on_list(sim, s) for s in (0, 1)}
        assert not set(lists[0]) & set(lists[1])
        assert set(lists[0]) | set(lists[1]) == set(np.flatnonzero(stay["phase"] == WAITING).tolist())
        for s, waiting in lists.items():
            assert len(waiting) == sim.service["waiting"][0, s]
            joined = stay["changed"][waiting]
            assert np.all(np.diff(joined) >= 0)
            gone = [i for i in before[s] if i not in waiting]
            if s == 0:  # without giving up, only the head of the list is served
                assert gone == before[s][: len(gone)]
                served += len(gone)
        before = lists
    assert served > 50


def test_littles_law_person_by_person() -> None:
    """The ledger's waiting time is the sum of everybody's own waits, to the second."""
    study = prepared(bare(120, 4, {"larger": crowded()["larger"]}))
    total, since = 0, {}
    for now, sim in steps(study, 5, TICKS_PER_DAY // 24):
        stay = sim.stay[:, 0, 0]
        for i in np.flatnonzero((stay["phase"] == ENROLLED) & np.isin(np.arange(120), list(since))).tolist():
            total += int(stay["changed"][i]) - since.pop(i)
        for i in np.flatnonzero(stay["phase"] == WAITING).tolist():
            since.setdefault(i, int(stay["changed"][i]))
        last = now
    total += sum(last - joined for joined in since.values())
    ticks = sim.flow[0, :, 0, WAITING_TICKS].sum()
    assert total == ticks > 100 * TICKS_PER_YEAR


def test_capacity_binds() -> None:
    """Twice the demand for places that are full starts no more people; twice the places start twice as many."""
    service = {**crowded()["larger"], "waiting": {"patience": 0.5}}
    arms = {
        "usual": {},
        "twice_the_demand": {"services": {"larger": {"reach": 4.0}}},
        "twice_the_places": {"services": {"larger": {"capacity": {"places": 12}}}},
    }
    ledger = run(prepared(bare(500, 40, {"larger": service}, arms=arms)), 6)
    starts, demand = flow(ledger, "starts", "larger"), flow(ledger, "demand", "larger")
    expected = 40 * 6 / 0.25
    assert demand[1] > 1.25 * demand[0]
    assert np.all(np.abs(starts[:2] - expected) < LIMIT * np.sqrt(expected))
    assert abs(starts[2] - 2 * expected) < LIMIT * np.sqrt(2 * expected)


def test_a_run_ends_with_its_lists_intact() -> None:
    sim = run_draw(crowd(), central(crowd()), 7)
    for s in (0, 1):
        assert len(on_list(sim, s)) == sim.service["waiting"][0, s] > 0


def test_more_pools_than_a_status_word_has_bits() -> None:
    service = {"reach": 1.0, "stay": {"fixed": "1 year"}}
    assert prepared(bare(10, 1, copies(MOST_POOLS, service))).layout.pools
    with pytest.raises(StudyError, match=f"at most {MOST_POOLS} services or pools"):
        prepared(bare(10, 1, copies(MOST_POOLS + 1, service)))


def test_places_are_the_nearest_whole_number_whether_or_not_they_ramp() -> None:
    ramp = {"from": 10.75, "to": 10.76, "over": "6 months"}
    levels = {"few": 10.25, "more": 10.75, "most": ramp}
    services = {
        name: {"reach": 6.0, "stay": {"mean": "4 months"}, "capacity": {"places": level}}
        for name, level in levels.items()
    }
    ledger = run(prepared(bare(60, 1, services)), 1)
    held = {name: flow(ledger, "place_ticks", name)[0] for name in levels}
    assert held == {"few": 10.0, "more": 11.0, "most": 11.0}
