"""A finished calibration of the toy in a folder, small and quick: what every page of it is drawn from."""

from dataclasses import replace

import numpy as np

from hrsim.calibrate.fit import fit
from hrsim.calibrate.folder import folder_of
from hrsim.calibrate.outcome import read_outcome
from hrsim.calibrate.shown import Shown
from hrsim.calibrate.summary import summary_text
from hrsim.evidence import load_register
from hrsim.evidence.draws import quantile
from hrsim.report.language import language
from hrsim.study.load import load_study
from hrsim.study.parents import packaged_calibrations
from tests.calibrate.toy import IDLE, RATE, RATIO, assignment, calibration, truth, workshop

SMALL = {
    "search": {"waves": 1, "points": 30, "replicates": 2, "seed": 3},
    "result": {"draws": 200},
    "title": "Toy <i>place</i>",
}


def finish(folder, held_out_times=1.0, level=0.0):
    """Fit the toy and write its folder; return the task.

    The held-out counts are `held_out_times` what was true; `level` is the level discrepancy of the shares.
    """
    register = load_register()
    values = {name: quantile(register[name], u) for name, u in ((RATE, 0.7), (RATIO, 0.4), (IDLE, 0.5))}
    observed = np.round(truth(values))
    observed[3] *= held_out_times
    given = calibration(**SMALL)
    shares = given.series["shares"].model_copy(update={"level_discrepancy": level})
    task = assignment(observed, given.model_copy(update={"series": {**given.series, "shares": shares}}))
    study = load_study(packaged_calibrations() / "calibration" / "rhode_island" / "study.yaml")
    folder.mkdir(parents=True, exist_ok=True)
    task = replace(task, path=folder / "calibration.yaml", resolved=study)
    found = fit(workshop(task, folder / "work"))
    folder_of(task).write(task, found, summary_text(task, found))
    return task


def shown(task, tag="en", **changes):
    """Give what a page in a language is built from."""
    return Shown(read_outcome(task.path.parent), task, language(tag), **changes)
