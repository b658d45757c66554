"""P7: upper bands are exact, and a hazard above the open ones stops the run: nothing is clipped."""

import math

import numpy as np
import pytest

from hrsim.errors import HrsimError
from hrsim.units import TICKS_PER_YEAR
from tests.engine.agreement import assert_agrees, assert_frequencies, assert_mean
from tests.engine.toy_survival import GOMPERTZ_LEVEL, GOMPERTZ_SLOPE
from tests.engine.toys import everybody, person_years, regular_edges, run_toy, stream


def test_a_world_that_ages_by_announced_steps_opens_bands() -> None:
    """S3 from 35 for sixty years: the hazard passes from 0.4 to 140 times the ceiling, swept at every quarter."""
    years, people, age = 60.0, 20_000, 35.0
    edges = regular_edges(years)
    cumulative = GOMPERTZ_LEVEL / GOMPERTZ_SLOPE * np.exp(GOMPERTZ_SLOPE * (age + edges / TICKS_PER_YEAR))
    hazards = np.diff(cumulative) * 4.0
    assert hazards[0] < 0.002 < 100 * 0.002 < hazards[-1]
    survival = np.exp(cumulative[0] - cumulative)
    arms = {"arm": {"ratio": 1.0}, "added": {"ratio": 1.0, "extra": 0.05}}
    sim = run_toy([stream("graded", 0.002)], people, edges, 701, arms, tables=hazards[None, :], sweeps=True)
    for a, extra in enumerate((0.0, 0.05)):
        alive = survival * np.exp(-extra * edges / TICKS_PER_YEAR)
        spent = (alive[:-1] - alive[1:]) / (hazards + extra)
        middle = (edges[1:] + edges[:-1]) / 2 / TICKS_PER_YEAR
        mean = spent.sum()
        error = ((2.0 * (spent * middle).sum() - mean**2) / people) ** 0.5
        assert_agrees(person_years(sim)[a].sum() / people, mean, error, precision=0.006)


def test_weights_reach_into_the_bands() -> None:
    """A weighted person's points come at weight times the rate, below the ceiling and above."""
    people, rate = 30_000, 0.9
    weight = np.tile([0.25, 1.0, 1.75], people // 3)
    for ceiling in (2.0, 0.1):
        sim = run_toy(
            [stream("overdose", ceiling, weighted=True)], [everybody(people, weight)], regular_edges(4.0), 702,
            {"arm": {"overdose": rate}, "less": {"overdose": rate / 3}},
        )  # fmt: skip
        for place, factor in enumerate((0.25, 1.0, 1.75)):
            assert_mean(sim.state["count"][place::3, 0], 4.0 * rate * factor, precision=0.012)
            assert_mean(sim.state["count"][place::3, 1], 4.0 * rate / 3 * factor, precision=0.02)


def test_points_of_the_bands_are_spread_evenly_over_time() -> None:
    """No moment is favoured, the edges of personal blocks included."""
    people, years = 20_000, 8.0
    edges = regular_edges(years)
    sim = run_toy([stream("overdose", 0.05)], people, edges, 703, {"arm": {"overdose": 1.0}})
    counts = sim.event[0, :, 0, 0]
    assert_frequencies(counts, np.full(counts.size, counts.sum() / counts.size))
    total = people * years
    assert_agrees(counts.sum(), total, total**0.5)


def test_a_hazard_that_rises_unannounced_stops_the_run() -> None:
    arms = {"arm": {"age": 35.0, "ratio": 1.0}}
    start = GOMPERTZ_LEVEL * np.exp(GOMPERTZ_SLOPE * 35.0)
    with pytest.raises(HrsimError, match="rose above the bands"):
        run_toy([stream("ageing", 1.1 * start)], 2_000, regular_edges(60.0, 60.0), 704, arms)


@pytest.mark.parametrize("hazard", [math.nan, math.inf, 1e9])
@pytest.mark.parametrize("watched", [True, False])
def test_a_hazard_beyond_all_bands_stops_the_run(hazard: float, watched: bool) -> None:
    """Not a number compares as below every mark, and would pass for nought."""
    streams = [stream("overdose", 1.0, watched=watched)]
    with pytest.raises(HrsimError, match="rose above the bands"):
        run_toy(
            streams, 50, regular_edges(1.0), 706, {"sane": {"overdose": 0.5}, "insane": {"overdose": hazard}}
        )


def test_a_hazard_above_the_ceiling_of_an_unwatched_stream_stops_the_run() -> None:
    streams = [stream("overdose", 0.5, watched=False)]
    with pytest.raises(HrsimError, match="rose above the bands"):
        run_toy(
            streams, 500, regular_edges(5.0), 705, {"quiet": {"overdose": 0.4}, "loud": {"overdose": 0.6}}
        )
    run_toy(streams, 500, regular_edges(5.0), 705, {"quiet": {"overdose": 0.4}, "just": {"overdose": 0.5}})
