"""Bacterial harm of injecting: skin infections that need acute care, and endocarditis."""

from collections.abc import Mapping

import numpy as np

from hrsim.engine.accrual import count_event
from hrsim.engine.compiler import kernel_function
from hrsim.engine.model import Process
from hrsim.engine.random import questions, uniform
from hrsim.engine.simulation import QUARTER
from hrsim.processes.death import die
from hrsim.processes.effects import ON_ENDOCARDITIS, ON_SKIN_INFECTION, multiplier
from hrsim.processes.events import (
    BED_DAYS,
    ENDOCARDITIS_ADMISSION,
    ENDOCARDITIS_DEATH,
    PROMPT_EMERGENCY,
    SKIN_INFECTION,
    SKIN_INFECTION_ADMISSION,
)
from hrsim.processes.rates import Baseline, Peak, Rate, Subject
from hrsim.processes.services import follow_up, prompt
from hrsim.processes.state import COMMUNITY, INJECTING, UNSTABLE
from hrsim.processes.status import IN_CUSTODY, NOT_INJECTING

SKIN_RATE = "inf.ssti_acute_rate_us"
SKIN_ADMITTED = "exp.ssti_admitted_given_acute"
ENDOCARDITIS_RATE = "inf.ie_adm_rate_us2017"
ENDOCARDITIS_FATALITY = "inf.ie_mort_inhosp_us"
EVIDENCE = (
    SKIN_RATE,
    SKIN_ADMITTED,
    "hsu.los_irid_mean_days",
    ENDOCARDITIS_RATE,
    ENDOCARDITIS_FATALITY,
    "hsu.los_ie_mean_days",
    "inf.irid_aor_homeless",
    "inf.rr_irid_oat_nsw",
)
FIELDS = (
    "skin_infection",
    "skin_admitted",
    "skin_days",
    "endocarditis",
    "endocarditis_fatality",
    "endocarditis_days",
    "bacterial_unstable",
)
_ADMISSION, _DAYS, _DEATH = questions(3)


def figures(draw: Mapping[str, float], baseline: Baseline) -> dict[str, float]:
    """Return rates per person-year of injecting, chances, mean bed days and the housing ratio.

    The published rates are averages over people who inject. They become rates of the reference person (stably
    housed, out of opioid agonist treatment) by division by the average ratio at baseline,
    `(1 + unstable x (aOR - 1)) x (1 - coverage x (1 - RR))`, so that people who inject have the published
    rates at baseline. The odds ratio is read as a rate ratio: both infections are rare.
    """
    unstable = draw["inf.irid_aor_homeless"]
    housing = 1.0 + baseline.unstable_housing * (unstable - 1.0)
    treatment = 1.0 - baseline.oat_coverage * (1.0 - draw["inf.rr_irid_oat_nsw"])
    return {
        "skin_infection": draw[SKIN_RATE] / (housing * treatment),
        "skin_admitted": draw[SKIN_ADMITTED],
        "skin_days": draw["hsu.los_irid_mean_days"],
        "endocarditis": draw[ENDOCARDITIS_RATE] / (housing * treatment),
        "endocarditis_fatality": draw[ENDOCARDITIS_FATALITY],
        "endocarditis_days": draw["hsu.los_ie_mean_days"],
        "bacterial_unstable": unstable,
    }


def rates(figures: dict[str, float], peak: Peak) -> list[Rate]:
    """Return the two streams."""
    worst = max(1.0, figures["bacterial_unstable"])
    skin, heart = figures["skin_infection"] * worst, figures["endocarditis"] * worst
    return [
        Rate(
            "bacterial.skin",
            "skin_infection",
            skin,
            skin * peak(ON_SKIN_INFECTION),
            excluded=NOT_INJECTING | IN_CUSTODY,
        ),
        Rate(
            "bacterial.endocarditis",
            "endocarditis",
            heart,
            heart * peak(ON_ENDOCARDITIS),
            excluded=NOT_INJECTING | IN_CUSTODY,
        ),
    ]


@kernel_function
def skin_hazard(sim, argument, i, a):
    """Return the hazard of a skin infection that brings an emergency visit."""
    return sim.parameter[a].skin_infection * _exposure(sim, i, a, ON_SKIN_INFECTION)


@kernel_function
def endocarditis_hazard(sim, argument, i, a):
    """Return the hazard of an admission with endocarditis."""
    return sim.parameter[a].endocarditis * _exposure(sim, i, a, ON_ENDOCARDITIS)


@kernel_function
def _exposure(sim, i, a, target):
    """Return the ratio to the reference person, 0 for people who do not inject and in custody."""
    s = sim.state[i, a]
    if s.use != INJECTING or s.custody != COMMUNITY:
        return 0.0
    ratio = multiplier(sim, i, a, target)
    return ratio * sim.parameter[a].bacterial_unstable if s.housing == UNSTABLE else ratio


@kernel_function
def skin_apply(sim, argument, i, a, luck):
    """Treat a skin infection in an emergency department, with or without admission."""
    p = sim.parameter[a]
    count_event(sim, i, a, SKIN_INFECTION)
    if uniform(luck, _ADMISSION) < p.skin_admitted:
        count_event(sim, i, a, SKIN_INFECTION_ADMISSION)
        count_bed_days(sim, i, a, p.skin_days, uniform(luck, _DAYS))
    prompt(sim, a, PROMPT_EMERGENCY)
    follow_up(sim, i, a, luck)


@kernel_function
def endocarditis_apply(sim, argument, i, a, luck):
    """Admit a person with endocarditis, who may die in hospital."""
    p = sim.parameter[a]
    count_event(sim, i, a, ENDOCARDITIS_ADMISSION)
    count_bed_days(sim, i, a, p.endocarditis_days, uniform(luck, _DAYS))
    if uniform(luck, _DEATH) < p.endocarditis_fatality:
        die(sim, i, a, ENDOCARDITIS_DEATH)


@kernel_function
def count_bed_days(sim, i, a, mean, luck_uniform):
    """Count a whole number of bed days: the mean's whole part, and one more with its fraction as chance."""
    days = np.int64(mean)
    if luck_uniform < mean - days:
        days += 1
    sim.event[a, sim.clock[QUARTER], sim.person[i].group, BED_DAYS] += days


PROCESSES = (
    Process("skin_infection", skin_hazard, skin_apply, quiet=True),
    Process("endocarditis", endocarditis_hazard, endocarditis_apply),
)
SUBJECT = Subject("bacterial", FIELDS, EVIDENCE, figures, rates)
