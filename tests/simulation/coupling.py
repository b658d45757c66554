"""Print how much the same luck helps: `python -m tests.simulation.coupling [lucks] [study.yaml]` (P2).

For every arm of the demonstration (or another study) against its comparator, at point values: the relative effect p,
the variance of the difference with independent luck over that with the same luck and its standard error, and the
ceiling (2 - p) / p of a perfectly thinned count.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hrsim.compile import Prepared, prepare
from hrsim.engine.ledger import Ledger
from hrsim.study.load import load_study
from tests.simulation.studies import run

DEMO = Path(__file__).parents[2] / "scenarios" / "demo.yaml"

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


def coupling(study: Prepared, lucks: int, threads: int = 2) -> NDArray[np.float64]:
    """Return relative effect, variance ratio, its standard error and ceiling; shape (measures, arms - 1, 4)."""
    run(study, 0)  # compiles before threads start
    with ThreadPoolExecutor(threads) as pool:
        totals = np.array(list(pool.map(lambda luck: counts(run(study, luck)), range(lucks))))
    mean = totals.mean(axis=0)
    effect = np.abs(1.0 - mean[:, 1:] / mean[:, :1])
    ratio = _ratios(totals)
    fold = np.array([_ratios(np.delete(totals, luck, axis=0)) for luck in range(lucks)])
    error = np.sqrt((lucks - 1) / lucks * ((fold - fold.mean(axis=0)) ** 2).sum(axis=0))  # jackknife
    with np.errstate(divide="ignore"):
        return np.stack([effect, ratio, error, (2.0 - effect) / effect], axis=-1)


def _ratios(totals: NDArray[np.int64]) -> NDArray[np.float64]:
    variance = totals.var(axis=0, ddof=1)
    together = (totals[:, :, 1:] - totals[:, :, :1]).var(axis=0, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((variance[:, 1:] + variance[:, :1]) / together)


def main() -> None:
    """Print the table."""
    lucks = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    study = prepare(load_study(Path(sys.argv[2]) if len(sys.argv) > 2 else DEMO))
    table = coupling(study, lucks)
    print(f"{study.study.title}: {lucks} lucks; ceiling (2 - p) / p")  # noqa: T201
    for m, measure in enumerate(MEASURES):
        for a, arm in enumerate(study.frame.arms[1:]):
            p, ratio, error, ceiling = table[m, a]
            reach = f"{ratio:7.1f} +- {error:5.1f} of {ceiling:7.1f} ({ratio / ceiling:4.2f})"
            print(f"{measure:16s} {arm:18s} p {p:7.4f}  ratio {reach}")  # noqa: T201


if __name__ == "__main__":
    main()
