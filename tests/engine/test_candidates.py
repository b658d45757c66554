"""Candidates of a block: keyed, uniform over people, time and marks, Poisson in number, in one stable order."""

import numpy as np
from numpy.typing import NDArray

from hrsim.engine.advance import advance, begin
from hrsim.engine.assemble import Cohort
from hrsim.engine.build import build_kernel
from hrsim.engine.model import Stream
from hrsim.engine.simulation import BLOCK_BITS, FILLED
from hrsim.units import TICKS_PER_YEAR
from tests.engine.agreement import assert_agrees, assert_frequencies, assert_uniform
from tests.engine.toys import TOYS, everybody, regular_edges, set_up, stream

BLOCK_TICKS = 1 << BLOCK_BITS
BLOCKS_PER_YEAR = TICKS_PER_YEAR / BLOCK_TICKS


def blocks(streams: list[Stream], cohorts: list[Cohort], luck: int, count: int) -> list[NDArray[np.void]]:
    """Return the candidates of the first blocks, which nobody accepts."""
    sim = set_up(streams, cohorts, regular_edges(max(1.0, count / BLOCKS_PER_YEAR)), luck, {"arm": {}})
    kernel = build_kernel(TOYS)
    sim = begin(kernel, sim)
    found = []
    for block in range(count):
        sim = advance(kernel, sim, block * BLOCK_TICKS + 1)
        found.append(np.array(sim.candidate[: sim.clock[FILLED]]))
    return found


def test_the_order_is_time_then_stream_then_number() -> None:
    streams = [stream("other", 20.0, name="b"), stream("overdose", 30.0, name="a")]
    for block, rows in enumerate(blocks(streams, [everybody(40_000)], 21, 3)):
        order = np.lexsort((rows["number"], rows["substream"], rows["time"]))
        np.testing.assert_array_equal(order, np.arange(rows.size))
        assert np.unique(rows["time"]).size < rows.size - 1_000, "too few ties: the test shows nothing"
        assert block * BLOCK_TICKS <= rows["time"].min() and rows["time"].max() < (block + 1) * BLOCK_TICKS
        for substream in (0, 1):
            numbers = np.sort(rows["number"][rows["substream"] == substream])
            np.testing.assert_array_equal(numbers, np.arange(numbers.size))


def test_time_person_and_mark_are_uniform_and_independent() -> None:
    people, ceiling = 100_000, 60.0
    (_, rows) = blocks([stream("overdose", ceiling)], [everybody(people)], 22, 2)
    time = (rows["time"] - BLOCK_TICKS) / BLOCK_TICKS
    person, mark = (rows["person"] + 0.5) / people, rows["mark"] / ceiling
    for values in (time, person, mark, (time + mark) % 1.0, (time + person) % 1.0, (person + mark) % 1.0):
        assert_uniform(values, 256)
    assert_uniform((rows["time"] % 512 + 0.5) / 512, 512)
    for one, other in ((time, person), (time, mark), (person, mark)):
        table = np.histogram2d(one, other, 16, [(0, 1), (0, 1)])[0].ravel()
        assert_frequencies(table, np.full(256, table.sum() / 256))


def test_numbers_are_poisson_and_blocks_independent() -> None:
    people, ceiling, count = 500, 0.6, 4_000
    sizes = np.array(
        [rows.size for rows in blocks([stream("overdose", ceiling)], [everybody(people)], 23, count)]
    )
    mean = people * ceiling / BLOCKS_PER_YEAR
    assert_agrees(sizes.mean(), mean, (mean / count) ** 0.5, precision=0.006)
    assert_agrees(((sizes - mean) ** 2).mean(), mean, ((2 * mean**2 + mean) / count) ** 0.5, precision=0.03)
    assert abs(np.corrcoef(sizes[1:], sizes[:-1])[0, 1]) < 5.2 / count**0.5


def test_weights_decide_who_in_each_cohort() -> None:
    weight = np.random.default_rng(24).gamma(0.7, 1 / 0.7, 300) + 0.05
    later = Cohort("later", 0, np.ones(100, np.int64), np.linspace(1.0, 3.0, 100))
    (rows,) = blocks([stream("overdose", 30_000.0, weighted=True)], [everybody(300, weight), later], 25, 1)
    for cohort, (first, weights) in enumerate(((0, weight), (300, later.weight))):
        person = rows["person"][rows["substream"] == cohort]
        counts = np.bincount(person - first, minlength=weights.size)
        assert_frequencies(counts, counts.sum() * weights / weights.sum())
        total = 30_000.0 * weights.sum() / BLOCKS_PER_YEAR
        assert_agrees(counts.sum(), total, total**0.5)


def test_a_stream_is_its_name_and_its_cohort() -> None:
    """Another stream or cohort moves no candidate; another name or luck moves all."""
    alone = blocks([stream("overdose", 5.0)], [everybody(2_000)], 26, 3)
    later = Cohort("later", 0, np.ones(50, np.int64), np.ones(50))
    more = [stream("admission", 9.0), stream("overdose", 5.0), stream("other", 1.0)]
    together = blocks(more, [everybody(2_000), later], 26, 3)
    renamed = blocks([stream("overdose", 5.0, name="renamed")], [everybody(2_000)], 26, 3)
    lucky = blocks([stream("overdose", 5.0)], [everybody(2_000)], 27, 3)
    fields = ["time", "mark", "number", "person"]
    overdose = 2 * 2  # third name in order, two cohorts a stream
    for one, other, *changed in zip(alone, together, renamed, lucky, strict=True):
        same = other[other["substream"] == overdose]
        assert one.size > 100 and one[fields].tolist() == same[fields].tolist()
        for different in changed:
            assert not set(one["mark"]) & set(different["mark"])


def test_a_later_cohort_has_no_candidates_before_it_begins() -> None:
    later = Cohort("later", 5 * BLOCK_TICKS + 17, np.full(1_000, 5 * BLOCK_TICKS + 20), np.ones(1_000))
    found = blocks([stream("overdose", 5.0)], [everybody(1_000), later], 28, 8)
    for block, rows in enumerate(found):
        assert (rows["person"] >= 1_000).any() == (block >= 5)
