"""Run the studies of a case: the real engine at point values, replicate by replicate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from hrsim.cohort.results import compare_file
from hrsim.economics import Valuation
from hrsim.engine.ledger import Ledger
from hrsim.experiment.parameters import all_draws, register_of
from hrsim.experiment.plan import Plan
from hrsim.experiment.valuing import valuer
from hrsim.operations.measures import simulate_days
from hrsim.services.sites import planned_sites
from hrsim.simulate import prepare, simulate
from hrsim.study.load import load_study
from hrsim.study.resolved import ResolvedStudy
from hrsim.validate.cases import Case, read_case
from hrsim.validate.days import SiteDays, site_days
from hrsim.validate.documents import DocumentSample
from hrsim.validate.expressions import DECISION_FUNCTIONS, functions_in, work_out
from hrsim.validate.samples import CaseSample, Sample, StudySample
from hrsim.validate.verdicts import Verdict, judge

MONEY = frozenset({"cost", "qalys", "effect", *DECISION_FUNCTIONS})
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
    """Run every study of a case and judge every measure.

    Raises:
        StudyError: the case or one of its studies has faults.
        FormulaError: a formula names what its study does not count.
    """
    case = read_case(path)
    functions = frozenset().union(*(functions_in(measure.of) for measure in case.measures))
    began = monotonic()
    series = {name: {int(year): number for year, number in s.items()} for name, s in case.series.items()}
    studies: dict[str, Sample] = {}
    for study, run in case.studies.items():
        note(f"{name}: {study}")
        file, times = path.parent / run.file, run.quick if quick else run.replicates
        if times is None:
            studies[study] = DocumentSample(compare_file(file, run.overrides))
        else:
            ran = run_study(file, times, threads, functions, run.overrides)
            studies[study] = replace(ran, series=series)
    sample = CaseSample(studies)
    verdicts = tuple(
        judge(measure, sample.estimate(work_out(measure.of, sample))) for measure in case.measures
    )
    runs = sum(max(found.size, 1) for found in studies.values())
    return CaseResult(name, case, verdicts, runs, monotonic() - began)


def run_study(
    path: Path,
    replicates: int,
    threads: int,
    functions: frozenset[str] = frozenset(),
    overrides: Sequence[str] = (),
) -> StudySample:
    """Run one study at point values, `replicates` times with different luck, all arms with the same.

    Ledgers are valued, and days of sites simulated, only where formulas use such `functions`.
    """
    resolved = load_study(path, overrides)
    study = resolved.study
    prepared = prepare(resolved)
    plan = Plan(draws=1, replicates=replicates, seed=study.analysis.seed, uncertainty="central")
    register = register_of(resolved)
    parameters = all_draws(resolved, register, plan)[0]

    def one(luck: int) -> Ledger:
        return simulate(prepared, parameters, luck)

    with ThreadPoolExecutor(max_workers=threads) as pool:
        ledgers = tuple(pool.map(one, (task.luck for task in plan.tasks())))
    valuations: tuple[Valuation, ...] = ()
    if functions & MONEY:
        valuing = valuer(study, register)
        valuations = tuple(valuing.value(ledger, parameters) for ledger in ledgers)
    sites = _site_days(resolved, parameters, replicates) if "site" in functions else {}
    return StudySample(ledgers, valuations, sites, study.horizon.start.year)


def _site_days(
    resolved: ResolvedStudy, parameters: Mapping[str, float], runs: int
) -> dict[tuple[str, str], SiteDays]:
    """Simulate days of every site of a study, by service and arm."""
    study = resolved.study
    operated = {
        (name, arm): service
        for arm, described in study.arms.items()
        for name, service in described.services.items()
        if service.operations is not None
    }
    found = {}
    for key, plan in planned_sites(resolved, operated, parameters).items():
        if plan.sites > 0:
            days = simulate_days(plan.site, runs * DAYS_PER_RUN, study.analysis.seed, key[0])
            found[key] = site_days(plan.site, days, runs)
    return found
