"""Run the studies of a case: the real engine at point values, replicate by replicate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from hrsim.engine.ledger import Ledger
from hrsim.simulate import compiled, simulate
from hrsim.validate.cases import Case
from hrsim.validate.expressions import work_out
from hrsim.validate.planned import PlannedCase, PlannedStudy, plan_case, plan_study
from hrsim.validate.samples import StudySample
from hrsim.validate.verdicts import Verdict, judge

DAYS_PER_RUN = 10  # days of a site for each run of its study


@dataclass(frozen=True)
class CaseResult:
    """Hold what came of one case. `seconds` is the time that its runs took."""

    name: str
    case: Case
    verdicts: tuple[Verdict, ...]
    runs: int
    seconds: float


def run_case(
    name: str, path: Path, *, quick: bool, threads: int, note: Callable[[str], None] = lambda _: None
) -> CaseResult:
    """Read a case, run every study of it and judge every measure.

    Raises:
        StudyError: the case, one of its studies or a formula has faults; nothing is run then.
    """
    return run_planned(name, plan_case(path, quick=quick), threads, note)


def run_planned(
    name: str, planned: PlannedCase, threads: int, note: Callable[[str], None] = lambda _: None
) -> CaseResult:
    """Run every study of a case and judge every measure."""
    began = monotonic()
    studies: dict[str, StudySample] = {}
    for study, plan in planned.studies.items():
        if isinstance(plan, PlannedStudy):
            note(f"{name}: {study}")
            studies[study] = run_plan(plan, threads)
    sample = planned.sample(studies)
    verdicts = tuple(
        judge(measure, sample.estimate(work_out(measure.of, sample))) for measure in planned.case.measures
    )
    runs = sum(max(found.size, 1) for found in sample.studies.values())
    return CaseResult(name, planned.case, verdicts, runs, monotonic() - began)


def run_plan(planned: PlannedStudy, threads: int) -> StudySample:
    """Run one study at point values, with as many streams as its plan has replicates, all arms with the same."""
    prepared = compiled(planned.prepared)

    def one(luck: int) -> Ledger:
        return simulate(prepared, planned.parameters, luck)

    with ThreadPoolExecutor(max_workers=threads) as pool:
        ledgers = tuple(pool.map(one, (task.luck for task in planned.plan.tasks())))
    return planned.sample(ledgers, DAYS_PER_RUN)


def run_study(
    path: Path,
    replicates: int,
    threads: int,
    functions: frozenset[str] = frozenset(),
    overrides: Sequence[str] = (),
) -> StudySample:
    """Run one study at point values, `replicates` times; `functions` are those that formulas will use."""
    return run_plan(plan_study(path, replicates, functions, overrides), threads)
