"""Allocate one draw's arrays: people, arms, streams, timers and ledger, all before the kernel starts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrsim.engine.build import record_view
from hrsim.engine.kernel import HEADROOM
from hrsim.engine.model import Model, Stream
from hrsim.engine.random import derive_key
from hrsim.engine.simulation import (
    ALIVE,
    BLOCK_BITS,
    CANDIDATE,
    CLOCK_SIZE,
    FAR_TIMER,
    NEVER,
    POOL_LEFT,
    SLICE_BITS,
    STREAM,
    SUBSTREAM,
    TIMER,
    UNBORN,
    Simulation,
)
from hrsim.engine.tables import fill_alias, poisson_table
from hrsim.units import TICKS_PER_YEAR

MAXIMUM_ARMS = 256
_DIRTY_ROOM = 4096


@dataclass(frozen=True)
class Cohort:
    """People who share an entry period; the name keys their luck. Entry ticks are 0 for people at the start."""

    name: str
    start: int
    entry: NDArray[np.int64]
    weight: NDArray[np.float64]

    @property
    def size(self) -> int:
        """Return the number of slots."""
        return int(self.entry.size)


@dataclass(frozen=True)
class Frame:
    """What the ledger is cut by: A arms, quarter edges in ticks, group names."""

    arms: tuple[str, ...]
    quarter_edges: NDArray[np.int64]
    groups: tuple[str, ...] = ("all_people",)


def assemble(
    model: Model,
    streams: Sequence[Stream],
    cohorts: Sequence[Cohort],
    frame: Frame,
    luck: int,
    tables: NDArray[np.float64] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Simulation:
    """Return the arrays of one draw, everybody at the start alive in every arm, everybody else unborn.

    Streams are put in order of their names, so that adding one moves no other.
    """
    arms, slots = len(frame.arms), sum(cohort.size for cohort in cohorts)
    if not 1 <= arms <= MAXIMUM_ARMS:
        raise ValueError(f"a study has 1 to {MAXIMUM_ARMS} arms, got {arms}")
    streams = sorted(streams, key=lambda stream: stream.name)
    records = model.records
    person = np.zeros(slots, records["person"])
    state = np.zeros((slots, arms), records["state"])
    _place_people(person, state, cohorts)
    quarters, groups = frame.quarter_edges.size - 1, len(frame.groups)
    stream_table, watched = _stream_table(model, streams)
    substream, poisson, expected = _substreams(streams, cohorts, luck)
    share, other = _alias(person, cohorts, any(stream.weighted for stream in streams))
    room = int(expected + 12 * expected**0.5) + 64
    slices = (int(frame.quarter_edges[-1]) >> SLICE_BITS) + 2
    clock = np.zeros(CLOCK_SIZE, np.int64)
    pool = slots * arms + 2 * HEADROOM
    clock[POOL_LEFT] = pool - 1
    return Simulation(
        person=record_view(person),
        state=record_view(state),
        world=record_view(np.zeros(arms, records["world"])),
        parameter=record_view(np.zeros(arms, records["parameter"])),
        table=np.zeros((1, 1)) if tables is None else tables,
        event=np.zeros((arms, quarters, groups, max(1, len(model.events))), np.int64),
        ticks=np.zeros((arms, quarters, groups, model.cells), np.int64),
        clock=clock,
        stream=record_view(stream_table),
        substream=record_view(substream),
        tally=np.zeros((len(streams), 2), np.int64),
        poisson=poisson,
        alias_share=share,
        alias_other=other,
        raw=record_view(np.zeros(room, CANDIDATE)),
        candidate=record_view(np.zeros(room, CANDIDATE)),
        bucket=np.zeros(_power_of_two(expected) + 1, np.int64),
        heap=record_view(np.zeros(4 * HEADROOM, TIMER)),
        pool=record_view(_free_pool(pool)),
        wheel=np.full(slices, -1, np.int64),
        cohort_key=np.array([derive_key(luck, "clock", cohort.name) for cohort in cohorts], np.uint64),
        contact_slot=np.tile(np.arange(slots, dtype=np.int32), (arms, 1)),
        contact_count=np.full(arms, cohorts[0].size),
        watched=watched,
        band_open=np.zeros((slots, watched.size), np.uint8),
        band_next=np.full((slots, watched.size), NEVER, np.int64),
        dirty=np.zeros((max(_DIRTY_ROOM, slots), 3), np.int64),
        **dict(extra or {}),
    )


def _free_pool(size: int) -> NDArray[Any]:
    pool = np.zeros(size, FAR_TIMER)
    pool["next"] = np.arange(1, size + 1)
    pool["next"][-1] = -1
    return pool


def _place_people(person: NDArray[Any], state: NDArray[Any], cohorts: Sequence[Cohort]) -> None:
    offset = 0
    for number, cohort in enumerate(cohorts):
        rows = slice(offset, offset + cohort.size)
        person["number"][rows] = np.arange(cohort.size)
        person["entry"][rows] = cohort.entry
        person["weight"][rows] = cohort.weight
        person["cohort"][rows] = number
        state["status"][rows] = UNBORN if number else ALIVE
        offset += cohort.size


def _stream_table(model: Model, streams: Sequence[Stream]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    table = np.zeros(len(streams), STREAM)
    watched: list[int] = []
    for number, stream in enumerate(streams):
        watch = len(watched) if stream.watched else -1
        process = model.process_number(stream.process)
        reads = model.processes[process].reads | stream.reads
        band = (max(stream.ceiling, stream.highest), stream.low, stream.ceiling - stream.low)
        kind = (process, stream.argument, int(stream.weighted), watch)
        table[number] = (*band, stream.excluded, stream.barred, stream.needed, *kind, reads)
        if stream.watched:
            watched.append(number)
    return table, np.array(watched, np.int64)


def _substreams(
    streams: Sequence[Stream], cohorts: Sequence[Cohort], luck: int
) -> tuple[NDArray[Any], NDArray[np.float64], float]:
    """Return the streams cut by cohort, their Poisson tables end to end and the expected candidates a block."""
    substream = np.zeros(len(streams) * len(cohorts), SUBSTREAM)
    pieces: list[NDArray[np.float64]] = [np.ones(1)]
    used, expected = 1, 0.0
    known: dict[float, tuple[int, int, int]] = {}
    offsets = np.concatenate([[0], np.cumsum([cohort.size for cohort in cohorts])])
    for s, stream in enumerate(streams):
        for c, cohort in enumerate(cohorts):
            people = float(cohort.weight.sum()) if stream.weighted else float(cohort.size)
            mean = (stream.ceiling - stream.low) * people * (1 << BLOCK_BITS) / TICKS_PER_YEAR
            if mean > 0.0 and mean not in known:
                first, cumulative = poisson_table(mean)
                known[mean] = (used, cumulative.size, first)
                pieces.append(cumulative)
                used += cumulative.size
            table, size, first = known.get(mean, (0, 0, 0))
            key = derive_key(luck, "stream", stream.name, cohort.name)
            row = (key, offsets[c], cohort.size, cohort.start >> BLOCK_BITS, s, table, size, first)
            substream[s * len(cohorts) + c] = row
            expected += mean
    return substream, np.concatenate(pieces), expected


def _alias(
    person: NDArray[Any], cohorts: Sequence[Cohort], weighted: bool
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    if not weighted:
        return np.ones(1), np.zeros(1, np.int64)
    share, other = np.ones(person.size), np.arange(person.size, dtype=np.int64)
    weight = np.ascontiguousarray(person["weight"])
    offset = 0
    for cohort in cohorts:
        fill_alias(weight, offset, cohort.size, share, other)
        offset += cohort.size
    return share, other


def _power_of_two(expected: float) -> int:
    bits = 4
    while (1 << bits) < expected and bits < BLOCK_BITS:
        bits += 1
    return 1 << bits
