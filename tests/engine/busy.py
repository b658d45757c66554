"""One toy study with bands, weights, timers, contacts and entries; as a program it prints its digests."""

import hashlib
import sys
from collections.abc import Mapping

import numba
import numpy as np

from hrsim.engine.assemble import Cohort
from hrsim.engine.maths import exponential, logarithm, power
from hrsim.engine.model import Stream
from hrsim.engine.simulation import Simulation
from hrsim.units import TICKS_PER_YEAR
from tests.engine.toys import Arms, everybody, infected_from, regular_edges, run_toy, stream

YEARS = 3.0
STREAMS = [
    stream("overdose", 0.05, weighted=True),
    stream("other", 0.02),
    stream("climbing", 0.3),
    stream("climbing", 0.2, name="climbing_of_the_frail", weighted=True),
    stream("admission", 0.5),
    stream("infection", 0.5, argument=1),
    stream("recovery", 0.4, argument=0),
    stream("turnover", 0.1),
]
BASE = {
    "overdose": 0.1, "fatality": 0.1, "other": 0.015, "climb": 0.4, "factor": 2.0, "admission": 0.4, "stay": 0.7,
    "beta": 0.4, "gamma": 0.3, "exit": 0.05, "entry": 0.8, "chain": 4.0,
}  # fmt: skip
ARMS: Arms = {
    "status_quo": BASE,
    "fewer_overdoses": {**BASE, "overdose": 0.08},
    "calmer": {**BASE, "climb": 0.35, "beta": 0.3, "entry": 0.5},
}
WILD = {**BASE, "overdose": 3.0, "climb": 2.0, "factor": 2.5, "other": 0.3}  # far above every ceiling


def cohorts(people: int) -> list[Cohort]:
    """Return people at the start with frailty weights, and half as many who enter over the second year."""
    start = everybody(people, 0.25 + 1.5 * (np.arange(people) % 7) / 6)
    entry = TICKS_PER_YEAR + np.sort(np.random.default_rng(7).integers(0, TICKS_PER_YEAR, people // 2))
    return [start, Cohort("second_year", TICKS_PER_YEAR, entry, np.ones(entry.size))]


def run_busy(
    people: int, luck: int = 42, arms: Arms = ARMS, streams: list[Stream] | None = None, years: float = YEARS
) -> Simulation:
    """Run the study; a tenth of the people at the start are infected."""
    chosen = STREAMS if streams is None else streams
    return run_toy(
        chosen, cohorts(people), regular_edges(years), luck, arms, infected_from(0, people // 10), groups=3
    )


def digests(sim: Simulation, arms: Arms = ARMS) -> Mapping[str, str]:
    """Return one digest of all that each arm holds, by the arm's name."""
    found = {}
    for a, name in enumerate(arms):
        parts = [sim.event[a], sim.ticks[a], *(sim.state[field][:, a] for field in sim.state.dtype.names)]
        joined = b"".join(np.ascontiguousarray(part).tobytes() for part in parts)
        found[name] = hashlib.blake2b(joined, digest_size=16).hexdigest()
    return found


@numba.njit
def fill_figures(points, out):
    for k in range(points.shape[0]):
        out[k, 0] = logarithm(points[k])
        out[k, 1] = exponential(-points[k])
        out[k, 2] = power(points[k], 0.496362)


def arithmetic_digest() -> str:
    """Return a digest of every bit of the kernel's own functions: counts and ticks alone would hide the last ones."""
    points = np.arange(1, 4_001) / 333.0
    out = np.zeros((points.size, 3))
    fill_figures(points, out)
    return hashlib.blake2b(out.tobytes(), digest_size=16).hexdigest()


if __name__ == "__main__":
    sys.stdout.write(f"arithmetic {arithmetic_digest()}\n")
    for arm, digest in digests(run_busy(int(sys.argv[1]))).items():
        sys.stdout.write(f"{arm} {digest}\n")
