"""From what a run found to what its report says: labels, whom it follows, and the limits of its use."""

from __future__ import annotations

from collections.abc import Iterator

from hrsim.experiment.evaluate import RunResult
from hrsim.experiment.evidence_tables import evidence_tables
from hrsim.experiment.plan import Plan
from hrsim.experiment.suppression import notice
from hrsim.report.figures import notices
from hrsim.report.texts import Report
from hrsim.study.schema import Study

UNCALIBRATED = (
    "UNCALIBRATED: the model has not been fitted to local data. Read differences between arms, not totals, "
    "and do not cite."
)

CARRIED_ON = (
    " Cost-effectiveness and benefit-cost also count what people alive at the end carry on (approximate, see "
    "tables/horizon.csv); the comparison of outcomes does not."
)
PLACEHOLDERS_NAMED = 5


def report_of(result: RunResult) -> Report:
    """Build the report of a run."""
    study = result.experiment.resolved.study
    return Report(
        title=study.title,
        notes=study.notes or "",
        about=about(study, result.experiment.plan),
        arm_labels={name: arm.label or name for name, arm in study.arms.items()},
        comparator=result.comparator,
        banners=tuple(banners(result)),
        notices=(*notices(), *group_notices(study)),
        tables={**result.tables, **evidence_tables(result.evidence, result.experiment.draws)},
    )


def group_notices(study: Study) -> tuple[str, ...]:
    """Say what the tables by group leave out, where there are groups."""
    return (notice(study.analysis.smallest_cell),) if study.population.groups else ()


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
        f"Costs discounted at {rates.costs:.1%} and effects at {rates.effects:.1%} a year."
        f"{CARRIED_ON if study.analysis.beyond_horizon else ''}"
    )


def banners(result: RunResult) -> Iterator[str]:
    """Give what limits the use of a run; a run with any of them is not fit to cite."""
    yield UNCALIBRATED
    placeholders = [row.id for row in result.evidence if row.is_placeholder]
    if placeholders:
        names = ", ".join(placeholders[:PLACEHOLDERS_NAMED])
        more = ", ..." if len(placeholders) > PLACEHOLDERS_NAMED else ""
        count = f"{len(placeholders)} of the {len(result.evidence)} numbers in use are judgements"
        yield f"PLACEHOLDERS: {count}, not evidence ({names}{more}): see tables/assumptions.csv."
    if result.experiment.plan.samples() == 1:
        yield "ONE SAMPLE: intervals and Monte Carlo error are not known; run with more draws or replicates."
