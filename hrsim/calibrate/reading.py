"""Read a calibration file, find its study and its targets, and report every fault at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import special

from hrsim.calibrate.likelihoods import impossible
from hrsim.calibrate.own_targets import is_own, own_numbers
from hrsim.calibrate.schema import Calibration, Likelihood, Series
from hrsim.errors import StudyError
from hrsim.evidence import EvidenceRow
from hrsim.evidence.targets import Target as PublishedNumber
from hrsim.evidence.targets import load_targets
from hrsim.experiment.parameters import register_of
from hrsim.study.documents import refuse_other_kinds
from hrsim.study.load import ResolvedStudy, load_study
from hrsim.study.parents import file_beside
from hrsim.study.reader import read_file
from hrsim.study.tree import MapNode, Problems, nearest, nearest_mark, nearest_or
from hrsim.study.tree import Path as TreePath
from hrsim.study.validate import validate

NORMAL_WIDTH = 2.0 * float(special.ndtri(0.975))
"""Width of a 95 % interval in standard errors."""


@dataclass(frozen=True)
class Target:
    """Hold one number to fit or to hold out.

    `error` is the standard error that its interval tells (of the number, or of its logarithm for lognormal), None where
    the family needs none.
    """

    series: str
    year: int
    value: float
    error: float | None
    held_out: bool
    source: str

    @property
    def name(self) -> str:
        """Name the target in tables."""
        return f"{self.series}.{self.year}"


@dataclass(frozen=True)
class Assignment:
    """Hold a calibration that is ready to run: its study, its free rows with their priors, its targets."""

    path: Path
    calibration: Calibration
    resolved: ResolvedStudy
    arm: str
    free: tuple[EvidenceRow, ...]
    targets: tuple[Target, ...]

    @property
    def fitted(self) -> tuple[Target, ...]:
        """List the targets that are fitted."""
        return tuple(target for target in self.targets if not target.held_out)

    @property
    def levels(self) -> tuple[str, ...]:
        """List the series whose level is learnt; a point has a coordinate for each, after those of the free rows."""
        return tuple(
            name for name, series in self.calibration.series.items() if series.level_discrepancy > 0.0
        )

    def series_of(self, target: Target) -> Series:
        """Return the series that a target belongs to."""
        return self.calibration.series[target.series]


def read_assignment(path: Path) -> Assignment:
    """Read a calibration file and its study; raise StudyError with every fault."""
    problems = Problems()
    tree = read_file(path, problems)
    refuse_other_kinds(tree, ("hrsim_calibration",), problems)
    calibration = validate(Calibration, tree, {}, problems)
    if calibration is None or problems.found:
        raise StudyError(problems.found)
    study_path = file_beside(calibration.study, path.parent)
    if study_path is None:
        _note(tree, ("study",), "PARENT", f"expected a study beside this file, got '{calibration.study}'",
              "keep the study in the folder of the calibration.", problems)  # fmt: skip
        raise StudyError(problems.found)
    resolved = load_study(study_path)
    arm = _arm(calibration, resolved, tree, problems)
    free = tuple(_free_rows(calibration, resolved, tree, problems))
    targets = tuple(_targets(calibration, resolved, tree, path.parent, problems))
    if problems.found:
        raise StudyError(problems.found)
    return Assignment(path, calibration, resolved, arm, free, targets)


def _arm(calibration: Calibration, resolved: ResolvedStudy, tree: MapNode, problems: Problems) -> str:
    arms = list(resolved.study.arms)
    if calibration.arm is None and len(arms) == 1:
        return arms[0]
    if calibration.arm not in arms:
        message = f"expected an arm of the study, got '{calibration.arm or 'none'}'"
        _note(tree, ("arm",), "ARM", message, nearest(calibration.arm or "", arms, "arms"), problems)
    return calibration.arm or ""


def _free_rows(
    calibration: Calibration, resolved: ResolvedStudy, tree: MapNode, problems: Problems
) -> Iterator[EvidenceRow]:
    register = register_of(resolved)
    for place, name in enumerate(calibration.free):
        if name not in register:
            fix = nearest_or(name, register.ids(), "hrsim evidence lists all ids.")
            message = f"expected the id of an evidence row, got '{name}'"
            _note(tree, ("free", str(place)), "EVIDENCE", message, fix, problems)
        elif register[name].distribution == "fixed":
            message = (
                f"expected a row with an interval, got '{name}', which is fixed: there is nothing to fit"
            )
            fix = "give it an interval under 'parameters:' of the study, or remove it."
            _note(tree, ("free", str(place)), "FIXED", message, fix, problems)
        elif name in calibration.free[:place]:
            _note(tree, ("free", str(place)), "TWICE", f"expected each row once, got '{name}' twice",
                  "remove one.", problems)  # fmt: skip
        else:
            yield register[name]


def _targets(
    calibration: Calibration, resolved: ResolvedStudy, tree: MapNode, home: Path, problems: Problems
) -> Iterator[Target]:
    shipped = {target.id: target for target in load_targets()}
    horizon = resolved.study.horizon
    last = horizon.start.year + int(horizon.years) - 1
    for name, series in calibration.series.items():
        _check_states(name, series, resolved, tree, problems)
        known = own_numbers(name, tree, home, problems) if is_own(series) else shipped
        for kind, years in (("fitted", series.fitted), ("held_out", series.held_out)):
            for place, year in enumerate(years):
                at = ("series", name, kind, str(place))
                if not horizon.start.year <= year <= last:
                    message = f"expected a year of the study, {horizon.start.year} to {last}, got {year}"
                    _note(
                        tree, at, "YEARS", message, "change the horizon of the study, or the year.", problems
                    )
                    continue
                found = _observed(series, year, known)
                if found is None:
                    fix = nearest_or(
                        f"{series.observed}.{year}",
                        known,
                        f"add a row to {series.observed}."
                        if is_own(series)
                        else "see hrsim/evidence/targets.csv, or write 'values:'.",
                    )
                    message = f"expected a published number of {year} for '{name}', got none"
                    _note(tree, at, "TARGET", message, fix, problems)
                    continue
                value, low, high, source = found
                error = _error(series.likelihood, value, low, high)
                fault = impossible(series.likelihood, value, error) or _beyond_everybody(series, value)
                if fault:
                    message, fix = fault
                    _note(tree, at, "LIKELIHOOD", message, fix, problems)
                    continue
                yield Target(name, year, value, error, kind == "held_out", source)


def _beyond_everybody(series: Series, value: float) -> tuple[str, str] | None:
    if series.prevalence is None or value <= series.scale:
        return None
    message = f"expected a share of people, at most {series.scale:g}, got {value:g}"
    return message, "write it as a share, or 'scale: 100' for percent."


def _check_states(
    name: str, series: Series, resolved: ResolvedStudy, tree: MapNode, problems: Problems
) -> None:
    """Note every state that no person of the study can be in."""
    if not (series.prevalence or series.among):
        return
    from hrsim.processes.state import FIXED_DIMENSIONS  # loads the compiler

    known = {**dict(FIXED_DIMENSIONS), "oat": ("none", *resolved.study.services)}
    for part, states in (("prevalence", series.prevalence or {}), ("among", series.among)):
        for dimension, levels in states.items():
            at = ("series", name, part, dimension)
            if dimension not in known:
                message = f"expected a state of people, got '{dimension}'"
                _note(tree, at, "STATE", message, nearest(dimension, known, "states"), problems)
                continue
            for level in (level for level in levels if level not in known[dimension]):
                message = f"expected a level of '{dimension}', got '{level}'"
                _note(tree, at, "STATE", message, nearest(level, known[dimension], "levels"), problems)


def _observed(
    series: Series, year: int, known: Mapping[str, PublishedNumber]
) -> tuple[float, float | None, float | None, str] | None:
    if series.observed is None:
        given = series.values.get(str(year))
        return (given.value, given.low, given.high, given.source) if given else None
    row = known.get(f"{series.observed}.{year}")
    return (row.value, row.low, row.high, f"{row.id}: {row.citation}") if row else None


def _error(likelihood: Likelihood, value: float, low: float | None, high: float | None) -> float | None:
    """Return the stated error, or that of a published interval: its width over 2 x 1.96."""
    if likelihood.family not in ("normal", "lognormal") or likelihood.error is not None:
        return likelihood.error
    if low is None or high is None:
        return None
    if likelihood.family == "normal":
        return (high - low) / NORMAL_WIDTH
    return float(np.log(high / low)) / NORMAL_WIDTH if low > 0 else None


def _note(tree: MapNode, path: TreePath, code: str, message: str, fix: str, problems: Problems) -> None:
    problems.add(code, message, fix, nearest_mark(tree, path), path)
