"""Read a case with its studies, and try its formulas on studies in which nothing happened: faults before any run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hrsim.cohort.results import Comparison, compare_file
from hrsim.economics import Valuation
from hrsim.engine.ledger import Ledger
from hrsim.errors import Problem, StudyError
from hrsim.evidence import Register
from hrsim.experiment.parameters import all_draws, register_of
from hrsim.experiment.plan import Plan
from hrsim.experiment.valuing import valuer
from hrsim.operations.measures import simulate_days
from hrsim.services.sites import planned_sites
from hrsim.simulate import Prepared, arrange, blank_ledger
from hrsim.study.load import load_study
from hrsim.study.parents import file_beside, leaves_folder
from hrsim.study.placed import faults_placed
from hrsim.study.resolved import ResolvedStudy
from hrsim.study.tree import MapNode, Problems, nearest_mark
from hrsim.validate.cases import Case, read_case_tree
from hrsim.validate.days import SiteDays, site_days
from hrsim.validate.documents import DocumentSample
from hrsim.validate.expressions import DECISION_FUNCTIONS, FormulaError, functions_in, work_out
from hrsim.validate.samples import CaseSample, Sample, StudySample

MONEY = frozenset({"cost", "qalys", "effect", *DECISION_FUNCTIONS})
LEAST_RUNS = 2  # with which the error of an estimate can be worked out
FIX = "name what the study counts: docs/writing_a_case.md says what formulas may ask."


@dataclass(frozen=True)
class PlannedStudy:
    """Hold one study of a case, ready to run: its plan, point values, and the functions that formulas use."""

    resolved: ResolvedStudy
    prepared: Prepared
    plan: Plan
    register: Register
    parameters: Mapping[str, float]
    functions: frozenset[str]

    def sample(self, ledgers: tuple[Ledger, ...], days: int) -> StudySample:
        """Return what formulas ask of ledgers: valued, with days of sites, only where formulas use such functions."""
        study = self.resolved.study
        valuations: tuple[Valuation, ...] = ()
        if self.functions & MONEY:
            valuing = valuer(study, self.register)
            valuations = tuple(valuing.value(ledger, self.parameters) for ledger in ledgers)
        sites = self._site_days(len(ledgers), days) if "site" in self.functions else {}
        return StudySample(ledgers, valuations, sites, study.horizon.start.year)

    def _site_days(self, runs: int, days: int) -> dict[tuple[str, str], SiteDays]:
        """Simulate days of every site, by service and arm."""
        study = self.resolved.study
        operated = {
            (name, arm): service
            for arm, described in study.arms.items()
            for name, service in described.services.items()
            if service.operations is not None
        }
        found = {}
        for key, plan in planned_sites(self.resolved, operated, self.parameters).items():
            if plan.sites > 0:
                simulated = simulate_days(plan.site, runs * days, study.analysis.seed, key[0])
                found[key] = site_days(plan.site, simulated, runs)
        return found


@dataclass(frozen=True)
class PlannedCase:
    """Hold one case whose formulas have been tried, with its studies and documents by name."""

    case: Case
    studies: Mapping[str, PlannedStudy | Comparison]

    def sample(self, studies: Mapping[str, StudySample]) -> CaseSample:
        """Return what the case's formulas look up, from the samples of its studies."""
        series = {
            name: {int(year): number for year, number in given.items()}
            for name, given in self.case.series.items()
        }
        found: dict[str, Sample] = {}
        for name, planned in self.studies.items():
            if isinstance(planned, PlannedStudy):
                found[name] = replace(studies[name], series=series)
            else:
                found[name] = DocumentSample(planned)
        return CaseSample(found)


def plan_case(path: Path, *, quick: bool) -> PlannedCase:
    """Return a case ready to run.

    Raises:
        StudyError: the case, one of its studies or a formula has faults; it holds all that could be found.
    """
    case, tree = read_case_tree(path)
    functions = frozenset().union(*(functions_in(measure.of) for measure in case.measures))
    studies: dict[str, PlannedStudy | Comparison] = {}
    problems: list[Problem] = []
    for name, run in case.studies.items():
        file, times = file_beside(run.file, path.parent), run.quick if quick else run.replicates
        if file is None:
            at = ("studies", name, "file")
            message = f"expected a file in the folder of the case, got '{run.file}'"
            Problems(problems).add(
                "OUTSIDE" if _is_outside(run.file, path.parent) else "FILE",
                message,
                "keep the study beside the case.",
                nearest_mark(tree, at),
                at,
            )
            continue
        try:
            if times is None:
                studies[name] = compare_file(file, run.overrides)
            else:
                studies[name] = plan_study(file, times, functions, run.overrides)
        except StudyError as error:
            problems += error.problems
    planned = PlannedCase(case, studies)
    if not problems:
        problems = _formula_faults(planned, tree)
    if problems:
        raise StudyError(problems)
    return planned


def _is_outside(name: str, folder: Path) -> bool:
    return leaves_folder(name) or (folder / name).is_symlink()


def plan_study(
    path: Path, replicates: int, functions: frozenset[str] = frozenset(), overrides: Sequence[str] = ()
) -> PlannedStudy:
    """Return one study at point values, to be run `replicates` times with different streams of random numbers."""
    resolved = load_study(path, overrides)
    plan = Plan(draws=1, replicates=replicates, seed=resolved.study.analysis.seed, uncertainty="central")
    register = register_of(resolved)
    parameters = all_draws(resolved, register, plan)[0]
    with faults_placed(resolved):
        return PlannedStudy(resolved, arrange(resolved), plan, register, parameters, functions)


def _formula_faults(planned: PlannedCase, tree: MapNode) -> list[Problem]:
    """Return what formulas ask that their studies do not count; numbers of studies without events are no fault."""
    blank = {
        name: study.sample((blank_ledger(study.prepared),) * LEAST_RUNS, days=1)
        for name, study in planned.studies.items()
        if isinstance(study, PlannedStudy)
    }
    sample, problems = planned.sample(blank), []
    for number, measure in enumerate(planned.case.measures):
        try:
            with np.errstate(all="ignore"):
                work_out(measure.of, sample)
        except FormulaError as error:
            path = ("measures", str(number), "of")
            mark = nearest_mark(tree, path)
            problems.append(
                Problem("FORMULA", str(error), FIX, mark.location, ".".join(path), mark.source_line)
            )
    return problems
