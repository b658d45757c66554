"""Print how much the same luck helps: `python -m tests.simulation.coupling [lucks]` (P2).

For every arm of the town against the status quo: the relative effect p, the variance of the difference with
independent luck over that with the same luck, and the ceiling (2 - p) / p of a perfectly thinned count.
"""

import sys

import numpy as np
from numpy.typing import NDArray

from hrsim.engine.ledger import Ledger
from tests.simulation.studies import run, town

MEASURES = {
    "overdoses": ("overdose_death", "overdose_nonfatal"),
    "overdose deaths": ("overdose_death",),
    "HIV infections": ("hiv_infection",),
    "HCV infections": ("hcv_infection",),
}


def counts(ledger: Ledger) -> NDArray[np.int64]:
    """Return totals, shape (measures, arms)."""
    return np.array(
        [sum(ledger.event_counts(name).sum(axis=(1, 2)) for name in names) for names in MEASURES.values()]
    )


def coupling(lucks: int) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Return arms and, by measure and arm: relative effect, variance ratio, ceiling; shape (measures, arms, 3)."""
    study = town()
    totals = np.array([counts(run(study, luck)) for luck in range(lucks)])
    mean, variance = totals.mean(axis=0), totals.var(axis=0, ddof=1)
    together = (totals[:, :, 1:] - totals[:, :, :1]).var(axis=0, ddof=1)
    apart = variance[:, 1:] + variance[:, :1]
    effect = np.abs(1.0 - mean[:, 1:] / mean[:, :1])
    with np.errstate(divide="ignore"):
        return study.frame.arms[1:], np.stack([effect, apart / together, (2.0 - effect) / effect], axis=-1)


def main() -> None:
    """Print the table."""
    lucks = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    arms, table = coupling(lucks)
    print(f"{lucks} lucks; p, variance ratio, ceiling (2 - p) / p")  # noqa: T201
    for m, measure in enumerate(MEASURES):
        for a, arm in enumerate(arms):
            p, ratio, ceiling = table[m, a]
            print(f"{measure:16s} {arm:18s} p {p:7.4f}  ratio {ratio:7.1f}  ceiling {ceiling:8.1f}")  # noqa: T201


if __name__ == "__main__":
    main()
