"""From what a run found to what its report says: labels, whom it follows, and the limits of its use."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from hrsim import __version__
from hrsim.economics.analysis import TOTAL
from hrsim.economics.regression import FEWEST_DRAWS
from hrsim.evidence.posterior import CALIBRATED
from hrsim.experiment.evaluate import RunResult
from hrsim.experiment.evidence_tables import evidence_tables
from hrsim.experiment.plan import Plan
from hrsim.plain_words import plain_words
from hrsim.report.facts import Facts, Report
from hrsim.report.files import notices
from hrsim.report.fitness import Basis, Limit, largest_share_beyond, limits
from hrsim.report.language import ENGLISH
from hrsim.report.longer_lives import longer_lives
from hrsim.report.notices import Notice
from hrsim.study.schema import Study
from hrsim.study.uncosted import uncosted

PER_PEOPLE = ("event", "person_month", "person_year")
CARRIED_ON = (
    " Decisions (cost-effectiveness, net benefit, benefit-cost) count the whole lives of people alive at the end "
    "(approximate); outcomes, QALYs and costs in the comparison are those within the horizon. "
    "tables/cost_per_qaly.csv has both."
)
WITHIN_ONLY = " Decisions count what was simulated, and not what people alive at the end still live."


def report_of(result: RunResult) -> Report:
    """Build the report of a run."""
    study = result.experiment.resolved.study
    found = limits_of(result)
    labels = {name: plain_words(arm.label or "") or name for name, arm in study.arms.items()}
    return Report(
        title=plain_words(study.title),
        notes=plain_words(study.notes or ""),
        about=about(study, result.experiment.plan),
        arm_labels=labels,
        comparator=result.comparator,
        banners=tuple(limit.words() for limit in found),
        notices=(
            *notices(),
            *idle_notices(result.tables["differences"], labels),
            *unspent_notices(result.tables["prices"], result.tables["quantity_and_price"]),
            *longer_lives(result.tables, labels),
            *beyond_notices(result.tables["cost_per_qaly"], labels),
            *group_notices(study),
            *day_notices(study),
            *target_notices(result),
        ),
        tables={**result.tables, **evidence_tables(result.evidence, result.experiment.draws)},
        service_labels=service_labels(study),
        facts=facts(study, result.experiment.plan, result.experiment.content_hash),
        limits=found,
    )


def service_labels(study: Study) -> dict[str, str]:
    """Give what the study calls its services; the first arm that has one names it."""
    named: dict[str, str] = {}
    for arm in study.arms.values():
        for name, service in arm.services.items():
            named.setdefault(name, plain_words(service.label))
    return named


def facts(study: Study, plan: Plan, content_hash: str) -> Facts:
    """Gather what the report states about a run."""
    analysis = study.analysis
    return Facts(
        people=study.population.size,
        start=study.horizon.start,
        years=study.horizon.years,
        draws=plan.samples(),
        replicates=plan.replicates,
        seed=plan.seed,
        uncertain=plan.uncertainty == "draws",
        discount_costs=analysis.discount.costs,
        discount_effects=analysis.discount.effects,
        thresholds=tuple(analysis.thresholds),
        perspectives=tuple(analysis.perspectives),
        currency=analysis.currency,
        price_year=analysis.price_year,
        fewest_to_rank=FEWEST_DRAWS,
        smallest_cell=analysis.smallest_cell if study.population.groups else None,
        content_hash=content_hash,
        version=__version__,
    )


def idle_notices(differences: pd.DataFrame, labels: Mapping[str, str]) -> tuple[Notice, ...]:
    """Name the arms that differ from the comparator in nothing, in no draw: what they change had no effect at all."""
    if differences.empty:
        return ()
    moved = differences[["mean", "low", "high"]].abs().sum(axis=1).gt(0.0).groupby(differences["arm"]).any()
    idle = [labels[arm] for arm in labels if arm in moved.index and not moved[arm]]
    return (Notice("idle", {"arms": tuple(idle)}),) if idle else ()


def beyond_notices(ratios: pd.DataFrame, labels: Mapping[str, str]) -> tuple[Notice, ...]:
    """Name the arms most of whose gains decisions take from years that were not simulated: more than the limit."""
    if ratios.empty:
        return ()
    decided = ratios[ratios["decisions"].astype(bool) & (ratios["part"] == TOTAL)]
    far = dict.fromkeys(decided.loc[decided["share_beyond"] > largest_share_beyond(), "arm"])
    limit = f"{100 * largest_share_beyond():g}%"
    return (
        (Notice("mostly_beyond", {"arms": tuple(labels[arm] for arm in far), "limit": limit}),) if far else ()
    )


def unspent_notices(prices: pd.DataFrame, spent: pd.DataFrame) -> tuple[Notice, ...]:
    """Name the cost lines of services that no arm incurs in any draw: set-up of what is there already, for example."""
    of_services = prices.loc[~prices["per"].isin(PER_PEOPLE), "line"]
    paid = set() if spent.empty else set(spent.loc[spent["quantity"] != 0.0, "line"])
    lines = [line for line in of_services if line not in paid]
    return (Notice("unspent", {"lines": ", ".join(lines)}),) if lines else ()


def group_notices(study: Study) -> tuple[Notice, ...]:
    """Say what the tables by group leave out, where there are groups."""
    return (Notice("groups", {"smallest": study.analysis.smallest_cell}),) if study.population.groups else ()


def day_notices(study: Study) -> tuple[Notice, ...]:
    """Say that working days stand at point values, where services have one, and name those services."""
    names = {
        service.label
        for arm in study.arms.values()
        for service in arm.services.values()
        if service.operations is not None
    }
    return (Notice("working_days", {"services": tuple(sorted(names))}),) if names else ()


def target_notices(result: RunResult) -> tuple[Notice, ...]:
    """Say why the run ended where it did, where it was asked to stop at a Monte Carlo error."""
    if "monte_carlo_targets" not in result.tables:
        return ()
    targets, ceiling = result.tables["monte_carlo_targets"], result.experiment.resolved.study.analysis.draws
    done, missed = result.experiment.plan.draws, int((~targets["met"]).sum())
    values = {"targets": len(targets), "draws": done, "missed": missed, "ceiling": ceiling}
    return (Notice("targets_missed" if missed else "targets_met", values),)


def about(study: Study, plan: Plan) -> str:
    """Say in one sentence who is followed, for how long, and how often that was simulated."""
    people = study.population.size
    size = f"{people:,}" if isinstance(people, int) else str(people)
    sampled = (
        f"{plan.samples()} parameter draws" if plan.uncertainty == "draws" else "parameters at point values"
    )
    rates = study.analysis.discount
    return (
        f"{size} people who use drugs, followed for {study.horizon.years:g} years from "
        f"{study.horizon.start}; {sampled}, replicates {plan.replicates}, seed {plan.seed}. "
        f"Costs discounted at {ENGLISH.rates(rates.costs)} and effects at {ENGLISH.rates(rates.effects)} a year."
        f"{CARRIED_ON if study.analysis.beyond_horizon else WITHIN_ONLY}"
    )


def fitted(result: RunResult) -> bool:
    """Tell whether a run rests on numbers that a calibration fitted, and that found nothing against their use.

    A posterior of rows that the study replaces or does not use fits nothing of it.
    """
    posterior = result.experiment.resolved.posterior
    rests_on_it = any(row.interval_obtained == CALIBRATED for row in result.evidence)
    return posterior is not None and not posterior.draws.faults and rests_on_it


def limits_of(result: RunResult) -> tuple[Limit, ...]:
    """List what limits the use of a run; a run with any of it is not fit to cite."""
    study, plan = result.experiment.resolved.study, result.experiment.plan
    posterior = result.experiment.resolved.posterior
    basis = Basis(
        calibrated=study.calibrated or fitted(result),
        placeholders=tuple(row.name for row in result.evidence if row.is_placeholder),
        numbers=len(result.evidence),
        samples=plan.samples(),
        point_values=plan.uncertainty == "central",
        curves=_curves(study),
        faults=posterior.draws.faults if posterior else (),
        warnings=posterior.draws.warnings if posterior else (),
        uncosted=uncosted_of(study),
    )
    return tuple(limits(basis, result.tables))


def uncosted_of(study: Study) -> tuple[tuple[str, str, str], ...]:
    """List what arms add without a cost line: the arm's label, the kind, and the label of the service or hub."""
    services = service_labels(study)
    return tuple(
        (
            plain_words(study.arms[item.arm].label or "") or item.arm,
            item.kind,
            services.get(item.name, item.name),
        )
        for item in uncosted(study)
    )


def _curves(study: Study) -> tuple[str, ...]:
    """Name the services whose share of visits met is simulated at point values."""
    found = (
        name
        for arm in study.arms.values()
        for name, service in arm.services.items()
        if service.operations is not None and service.delivers.supervised_use is not None
    )
    return tuple(dict.fromkeys(found))
