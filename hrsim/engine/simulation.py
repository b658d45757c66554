"""The arrays that a kernel works on: one bundle for all arms, people and streams of a draw.

Everything is allocated here, before the kernel starts; the kernel itself never allocates.
"""

from typing import Any

import numpy as np

from hrsim.engine.bundle import Bundle

UNBORN, ALIVE, DEAD, MOVED_AWAY = range(4)

# Places in `clock`, the engine's own scalars. LOOKING is 1 while a hazard is asked how high it may rise before the
# person or the world changes: what lowers it for a while, and ends by itself, is then left out.
NOW, QUARTER, BLOCK, POSITION, FILLED, HEAP_SIZE, POOL_FREE, POOL_LEFT = range(8)
STATUS, DIRTY, CULPRIT, CHANGED, SLICE, LOOKING, CLOCK_SIZE = range(8, 15)

# What a hazard may depend on. Of a person: use, housing, custody and enrolments; infections; things carried. Of the
# world, the same for everybody: the study year; the supply. clock[CHANGED] says what of it the world has changed.
PERSON, INFECTION, CARRIED, STUDY_YEAR, SUPPLY = 1, 2, 4, 8, 16
FIRST_MODEL_ASPECT = 5  # bits from here on are the model's own: changes that few streams read
EVERYTHING = -1

# Values of clock[STATUS]: why the kernel came back.
RUNNING, HEAP_FULL, POOL_FULL, WHEEL_LEFT, UNBOUNDED_HAZARD, CANDIDATES_FULL, DIRTY_FULL = range(7)

BLOCK_BITS = 20  # a block of candidates spans 2**20 ticks (12.1 days)
SLICE_BITS = 16  # a slice of timers spans 2**16 ticks (18.2 hours): few enough for a small heap
PERSONAL_BITS = 23  # a block of one person's upper bands spans 2**23 ticks (97.1 days)
NEVER = np.int64(2**62)

PERSON_FIELDS: list[tuple[str, str]] = [
    ("number", "i8"),  # place in the entry cohort, part of every key
    ("entry", "i8"),  # tick of entry, 0 for the people at the start
    ("weight", "f8"),  # fixed weight (frailty), mean 1
    ("cohort", "i4"),
    ("group", "i4"),
]
STATE_FIELDS: list[tuple[str, str]] = [
    ("since", "i8"),  # tick up to which person-time is counted
    ("word", "i8"),  # what the model keeps of the person's state as bits, for quick rejection
    ("enrolled", "i8"),  # what the person takes part in, a bit each, for quick rejection too
    ("cell", "i4"),  # valuation cell that the person is in
    ("status", "i1"),  # UNBORN, ALIVE, DEAD or MOVED_AWAY
]


def record(fields: list[tuple[str, str]]) -> np.dtype[Any]:
    """Return an aligned record type; a field may not be named like an attribute of NumPy's own records."""
    clashes = [name for name, _ in fields if hasattr(np.void, name)]
    if clashes:
        raise ValueError(f"these fields hide attributes of NumPy records: {', '.join(clashes)}; rename them")
    return np.dtype(fields, align=True)


STREAM = record(
    [
        ("ceiling", "f8"),  # top of the pooled bands, per person-year and unit of weight
        ("low", "f8"),  # bottom of this stream's own band
        ("width", "f8"),  # and its width
        ("excluded", "i8"),  # bits of a person's word with which the hazard is surely 0
        ("barred", "i8"),  # enrolments with which it is surely 0
        ("needed", "i8"),  # enrolments of which one is needed for a hazard above `low`; 0: none is
        ("process", "i4"),
        ("argument", "i4"),
        ("weighted", "i4"),
        ("watch", "i4"),  # column in `band_open`
        ("reads", "i8"),  # aspects of a person that the hazard depends on
    ]
)
SUBSTREAM = record(
    [
        ("key", "u8"),
        ("offset", "i8"),  # first slot of the cohort
        ("people", "i8"),
        ("first_block", "i8"),
        ("stream", "i4"),
        ("table", "i4"),  # start of its cumulative Poisson table
        ("table_size", "i4"),
        ("table_first", "i4"),  # count that the first entry stands for
    ]
)
TIMER = record([("time", "i8"), ("code", "i8")])
FAR_TIMER = record([("time", "i8"), ("code", "i8"), ("next", "i8")])
CANDIDATE = record([("time", "i8"), ("mark", "f8"), ("number", "i8"), ("person", "i4"), ("substream", "i4")])


class Simulation(Bundle):
    """One draw: A arms, n slots, P streams, Q quarters, G groups, V valuation cells, E events.

    | array | shape | what |
    |---|---|---|
    | person | (n,) | fixed facts, the same in every arm |
    | state | (n, A) | what changes |
    | world | (A,) | what the SimPy clock and the kernel keep per arm |
    | parameter | (A,) | one record of figures per arm |
    | table | (tables, length) | step functions of age and the like |
    | event | (A, Q, G, E) | counts |
    | ticks | (A, Q, G, V) | person-ticks |
    | clock | (CLOCK_SIZE,) | the engine's own scalars |
    | stream, substream | (P,), (P x cohorts,) | streams of candidates, whole and by entry cohort |
    | tally | (P, 2) | candidates, and acceptances over arms |
    | poisson, alias_share, alias_other | | tables for the number of candidates and the weighted choice of a person |
    | raw, candidate, bucket | | candidates of the block as generated and in time order, counting-sort heads |
    | heap, pool, wheel | | timers of this slice, of later slices, and the heads of their lists |
    | cohort_key | (cohorts,) | keys of personal clocks |
    | contact_slot, contact_count | (A, n), (A,) | slots that people of an arm may meet, how many exist now |
    | watched, band_open, band_next | (W,), (n, W), (n, W) | upper bands: stream, open bands, next point |
    | dirty | (D, 3) | person, arm and aspects touched by the event under way |

    A model adds arrays of its own: services, queues, effects.
    """
