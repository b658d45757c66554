"""Run the studies of a case: the real engine at point values, replicate by replicate."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from hrsim.engine.ledger import Ledger
from hrsim.evidence import Register, load_register
from hrsim.experiment.parameters import all_draws, study_register
from hrsim.experiment.plan import Plan
from hrsim.experiment.valuing import valuer
from hrsim.simulate import prepare, simulate
from hrsim.study.load import load_study
from hrsim.validate.cases import Case, StudyRun, read_case
from hrsim.validate.expressions import functions_in, work_out
from hrsim.validate.samples import CaseSample, StudySample
from hrsim.validate.verdicts import Verdict, judge

MONEY = frozenset({"cost", "qalys"})


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
    """Run every study of a case and judge every measure.

    Raises:
        StudyError: the case or one of its studies has faults.
        FormulaError: a formula names what its study does not count.
    """
    case = read_case(path)
    valued = any(functions_in(measure.of) & MONEY for measure in case.measures)
    began = monotonic()
    studies = {}
    for study, run in case.studies.items():
        note(f"{name}: {study}")
        studies[study] = run_study(path.parent / run.file, _times(run, quick), threads, valued=valued)
    sample = CaseSample(studies)
    verdicts = tuple(
        judge(measure, sample.estimate(work_out(measure.of, sample))) for measure in case.measures
    )
    runs = sum(len(found.ledgers) for found in studies.values())
    return CaseResult(name, case, verdicts, runs, monotonic() - began)


def _times(run: StudyRun, quick: bool) -> int:
    return run.quick if quick else run.replicates


def run_study(path: Path, replicates: int, threads: int, *, valued: bool) -> StudySample:
    """Run one study at point values, `replicates` times with different luck, all arms with the same."""
    resolved = load_study(path)
    study = resolved.study
    prepared = prepare(resolved)
    plan = Plan(draws=1, replicates=replicates, seed=study.analysis.seed, uncertainty="central")
    register: Register = study_register(load_register(), study, resolved.rows)
    parameters = all_draws(register, plan)[0]

    def one(luck: int) -> Ledger:
        return simulate(prepared, parameters, luck)

    with ThreadPoolExecutor(max_workers=threads) as pool:
        ledgers = tuple(pool.map(one, (task.luck for task in plan.tasks())))
    if not valued:
        return StudySample(ledgers, ())
    valuing = valuer(study, register)
    return StudySample(ledgers, tuple(valuing.value(ledger, parameters) for ledger in ledgers))
