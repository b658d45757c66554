"""A calibration whose simulator is a formula: two series that two parameters fix, a third that says nothing."""

from contextlib import contextmanager
from pathlib import Path

import numpy as np

from hrsim.calibrate.fit import Workshop
from hrsim.calibrate.reading import Assignment, Target
from hrsim.calibrate.schema import Calibration
from hrsim.evidence import load_register

RATE, RATIO, IDLE = "od.nf_rate_pwid_us_post2016", "od.mult_fentanyl", "od.transport_given_ems"
YEARS = (2020, 2021, 2022, 2023)
NOISE = 0.02  # relative noise of one luck


def calibration(**changes):
    """Give the file of the toy as validated data."""
    series = {
        "measure": "overdose_death", "observed": "toy", "fitted": YEARS[:3], "held_out": YEARS[3:],
        "likelihood": {"family": "poisson"}, "discrepancy": 0.0,
    }  # fmt: skip
    data = {
        "hrsim_calibration": 1,
        "title": "Toy",
        "study": "study.yaml",
        "free": [RATE, RATIO, IDLE],
        "series": {
            "counts": series,
            "shares": {
                **series,
                "per_person_year": True,
                "likelihood": {"family": "lognormal", "error": 0.05},
            },
        },
        "search": {"waves": 2, "points": 60, "replicates": 2, "seed": 3},
        "result": {"draws": 200},
    }
    return Calibration.model_validate({**data, **changes}, context={})


def truth(values):
    """Give the true mean of every target: counts by the rate and growing with the ratio, shares by the ratio."""
    grows = np.log(values[RATIO]) * np.arange(4)
    return np.concatenate([1000.0 * values[RATE] * np.exp(0.1 * grows), np.full(4, 10.0 * values[RATIO])])


def outputs(values, luck):
    """Give what one luck simulates: the truth with noise that belongs to the luck."""
    noise = np.random.default_rng(luck).normal(0.0, NOISE, 8)
    return truth(values) * np.exp(noise)


def assignment(observed, given=None):
    """Give an assignment whose published numbers are `observed` (8 numbers, as from `truth`)."""
    described = given or calibration()
    targets = [
        Target(name, year, float(observed[4 * place + n]), 0.05 if name == "shares" else None, n == 3, "toy")
        for place, name in enumerate(("counts", "shares"))
        for n, year in enumerate(YEARS)
    ]
    register = load_register()
    free = tuple(register[name] for name in described.free)
    return Assignment(Path("toy.yaml"), described, None, "only", free, tuple(targets))


@contextmanager
def silent(_title, _total):
    """Show no progress."""
    yield lambda: None


def workshop(task, folder, simulate=outputs, threads=1):
    """Give a workshop of the toy."""
    return Workshop(task, simulate, folder, threads, silent)
