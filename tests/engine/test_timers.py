"""Timers go off in the order of (time, kind, person, arm), through heap, wheel and growth."""

import heapq
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from hrsim.engine.advance import advance, begin
from hrsim.engine.build import build_kernel, record_view
from hrsim.engine.kernel import HEADROOM
from hrsim.engine.simulation import FAR_TIMER, POOL_LEFT, SLICE_BITS, TIMER, Simulation
from hrsim.units import TICKS_PER_YEAR
from tests.engine.toys import LOG_ROWS, TOYS, regular_edges, set_up

Entry = tuple[int, int, int, int]


def delay(i: int, payload: int) -> int:
    step = (i * 7919 + payload * 104729) % 11
    return step**3 << 2 * step


def expected(people: int, payloads: list[int], until: int) -> list[Entry]:
    """The same chains by Python's own heap."""
    heap = [
        (delay(i, a), i, a, payload) for i in range(people) for a, payload in enumerate(payloads) if payload
    ]
    heapq.heapify(heap)
    log = []
    while heap and heap[0][0] < until:
        time, i, a, payload = heapq.heappop(heap)
        log.append((time, i, a, payload))
        for link in range(min(payload, 2)):
            heapq.heappush(heap, (time + delay(i + link, payload), i, a, payload - 1 - link))
    return log


def prepared(people: int, payloads: list[int], years: float) -> Simulation:
    arms = {f"arm_{a}": {"chain": float(payload)} for a, payload in enumerate(payloads)}
    return set_up([], people, regular_edges(years), 1, arms)


def logged(sim: Simulation, stops: list[int]) -> list[Entry]:
    kernel = build_kernel(TOYS)
    sim = begin(kernel, sim)
    for stop in stops:
        sim = advance(kernel, sim, stop)
    count = int(sim.logged[0])
    assert count <= LOG_ROWS
    return [tuple(row) for row in np.array(sim.log[:count]).tolist()]


@given(
    people=st.integers(1, 12),
    payloads=st.lists(st.integers(0, 7), min_size=1, max_size=3),
    years=st.integers(1, 60),
    stops=st.lists(st.integers(1, 60 * TICKS_PER_YEAR), max_size=5),
)
def test_timers_go_off_as_in_a_plain_heap(
    people: int, payloads: list[int], years: int, stops: list[int]
) -> None:
    """Whatever the horizon (timers may lie beyond it) and wherever the clock stops in between."""
    end = years * TICKS_PER_YEAR
    walked = logged(prepared(people, payloads, years), [*sorted(stop for stop in stops if stop < end), end])
    assert walked == expected(people, payloads, end)


@pytest.fixture(scope="module")
def crowd() -> list[Entry]:
    return expected(2_000, [5, 3], 40 * TICKS_PER_YEAR)


def small_pool(size: int) -> NDArray[np.void]:
    pool = np.zeros(size, FAR_TIMER)
    pool["next"] = [*range(1, size), -1]
    return pool


@pytest.mark.parametrize(
    ("heap", "pool"), [(HEADROOM + 3, 1 << 14), (1 << 15, HEADROOM + 5), (HEADROOM + 1,) * 2]
)
def test_heap_and_wheel_grow_without_a_change(crowd: list[Entry], heap: int, pool: int) -> None:
    sim = prepared(2_000, [5, 3], 40.0)
    sim = sim.replace(heap=record_view(np.zeros(heap, TIMER)), pool=record_view(small_pool(pool)))
    sim.clock[POOL_LEFT] = pool - 1
    assert logged(sim, [40 * TICKS_PER_YEAR]) == crowd


def test_the_chains_use_heap_wheel_ties_and_both_sides_of_a_slice(crowd: list[Entry]) -> None:
    """The tests above would show little if all timers were of one sort."""
    times = np.array([entry[0] for entry in crowd])
    assert len(crowd) > 20_000 and np.unique(times).size < len(crowd)
    assert np.unique(times >> SLICE_BITS).size > 20
    assert crowd == sorted(crowd, key=lambda entry: entry[0])
    assert any(one[0] == other[0] and one[1:] > other[1:] for one, other in pairwise(crowd)), (
        "no timer of no delay"
    )


def test_a_stop_comes_before_what_lies_at_its_tick(crowd: list[Entry]) -> None:
    """Clock events come first at a tie: windows are half-open."""
    stop = crowd[10_000][0]
    sim = prepared(2_000, [5, 3], 40.0)
    assert logged(sim, [stop]) == [entry for entry in crowd if entry[0] < stop]
