"""The folder of a calibration: work in progress that a stop cannot lose, and the fitted posterior with its manifest."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hrsim.calibrate.fit import Fit
from hrsim.calibrate.reading import Assignment, Target
from hrsim.errors import HrsimError
from hrsim.experiment.ledger_file import write_parquet
from hrsim.experiment.run_folder import content_hash, file_hash, library_versions
from hrsim.files import write_text
from hrsim.plain_words import visible
from hrsim.report.files import csv_text
from hrsim.study.show import resolved_yaml

POSTERIOR = "posterior.parquet"
MANIFEST = "manifest.json"
WORK = "work"
TABLES = "tables"
NAME_LENGTH = 12


class CalibrationExists(HrsimError):
    """Report a calibration that is finished or under way, so that nothing is lost by accident."""

    exit_code = 2


@dataclass(frozen=True)
class CalibrationFolder:
    """Point at the folder that holds a calibration file; what it simulates is kept under the hash of its inputs."""

    path: Path
    inputs: str

    @property
    def work(self) -> Path:
        """Name the folder of simulated points."""
        return self.path / WORK / self.inputs[:NAME_LENGTH]

    def open(self, resume: bool, force: bool) -> None:
        """Refuse to replace or to forget anything unless told; raise CalibrationExists."""
        if (self.path / POSTERIOR).exists() and not force:
            raise CalibrationExists(f"{self.path / POSTERIOR} exists: add --force to fit anew")
        if (self.work / "wave_2").exists() and not (resume or force):  # the first wave alone may be a plan's
            raise CalibrationExists(
                f"{self.work} holds an unfinished calibration: add --resume to go on with it, --force to begin anew"
            )
        if force and not resume:
            shutil.rmtree(self.work, ignore_errors=True)

    def write(self, assignment: Assignment, fit: Fit, summary: str) -> None:
        """Write tables and summary, then the posterior, then the manifest that names them all."""
        (self.path / TABLES).mkdir(exist_ok=True)
        for name, table in fit.tables.items():
            write_text(self.path / TABLES / f"{name}.csv", csv_text(table))
        write_text(self.path / "summary.txt", visible(summary))
        write_parquet(fit.posterior, self.path / POSTERIOR)
        write_text(
            self.path / MANIFEST, json.dumps(self._manifest(assignment, fit), indent=2, sort_keys=True) + "\n"
        )

    def _manifest(self, assignment: Assignment, fit: Fit) -> dict[str, Any]:
        names = [POSTERIOR, "summary.txt", *(f"{TABLES}/{name}.csv" for name in fit.tables)]
        return {
            "hrsim_calibration": 1,
            "title": assignment.calibration.title,
            "inputs_hash": self.inputs,
            "free": [row.id for row in assignment.free],
            "method": fit.method,
            "effective_sample_size": fit.effective,
            "plausible_share_of_prior": fit.plausible_share,
            "faults": list(fit.faults),
            "warnings": list(fit.warnings),
            "versions": library_versions(),
            "files": {name: file_hash(self.path / name) for name in names},
        }


def _simulated_by(assignment: Assignment, target: Target) -> str:
    """State what the simulated number of a target depends on beside the study: outcome, year, scale."""
    series = assignment.series_of(target)
    words: list[object] = [target.name, series.measure, repr(series.scale), series.per_person_year]
    if series.prevalence is not None or series.among:
        words += [sorted((series.prevalence or {}).items()), sorted(series.among.items()), series.over]
    return " ".join(str(word) for word in words)


def folder_of(assignment: Assignment) -> CalibrationFolder:
    """Return the folder of a calibration, its work keyed by everything that the simulated points depend on."""
    calibration = assignment.calibration
    priors = [f"{row.id} {row.distribution} {dict(row.distribution_parameters)}" for row in assignment.free]
    targets = [_simulated_by(assignment, target) for target in assignment.targets]
    search = calibration.search
    inputs = content_hash(
        resolved_yaml(assignment.resolved),
        assignment.arm,
        *priors,
        *targets,
        str(search.seed),
        str(search.replicates),
    )
    return CalibrationFolder(assignment.path.parent, inputs)
