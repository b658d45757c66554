"""Hepatitis C: sharing contacts, acute infection and clearance, fibrosis, liver disease, death, reinfection.

The stage says how far the liver is damaged and never falls; `viraemic` says whether the virus is there. A
first infection has the stage HCV_ACUTE until its acute phase ends, then F0, whether it cleared or not. A
reinfection keeps its stage, also through its acute phase. Fibrosis moves on while viraemic, cirrhosis also
after cure at its own rates.
"""

from collections.abc import Mapping
from math import log

import numpy as np

from hrsim.engine.accrual import count_event, touch
from hrsim.engine.compiler import kernel_function
from hrsim.engine.model import Process
from hrsim.engine.random import questions, uniform
from hrsim.engine.simulation import INFECTION, NOW
from hrsim.engine.timers import schedule
from hrsim.processes.death import die
from hrsim.processes.effects import ON_HCV_ACQUISITION, ON_SHARING, multiplier
from hrsim.processes.events import HCV_CLEARANCE, HCV_INFECTION, HCV_REINFECTION, LIVER_DEATH
from hrsim.processes.infection_state import cure_hcv
from hrsim.processes.partners import (
    NOBODY,
    can_share,
    housing_factor,
    housing_ratios,
    sharing_partner,
)
from hrsim.processes.rates import FEW, Baseline, Peak, Rate, Subject
from hrsim.processes.state import CANCER, DECOMPENSATED, F0, F1, F2, F3, F4, HCV_ACUTE, HCV_NONE
from hrsim.processes.status import HCV_BIT, IN_CUSTODY, NOT_INJECTING, VIRAEMIC, bits
from hrsim.processes.timer_kinds import HCV_ACUTE_END
from hrsim.units import MONTHS_PER_YEAR, TICKS_PER_YEAR

_MONTHLY = {  # field: monthly probability
    "hcv_f0": "inf.hcv_f01_month",
    "hcv_f1": "inf.hcv_f12_month",
    "hcv_f2": "inf.hcv_f23_month",
    "hcv_f3": "inf.hcv_f34_month",
}
_YEARLY = {  # field: annual probability
    "hcv_decompensation": "inf.hcv_f4_dc",
    "hcv_decompensation_cured": "inf.hcv_svr_dc",
    "hcv_cancer": "inf.hcv_f4_hcc",
    "hcv_cancer_cured": "inf.hcv_svr_hcc",
    "hcv_cancer_decompensated": "inf.hcv_dc_hcc",
    "hcv_death_decompensated": "inf.hcv_dc_death_later",
    "hcv_death_cancer": "inf.hcv_hcc_death",
}
COURSE = (*_MONTHLY, *_YEARLY)  # the fields of the disease's course
EVIDENCE = (
    "exp.sharing_acts_year",
    "exp.lasting_partner_share",
    "exp.hcv_acute_months",
    "inf.hcv_per_share_infected_source",
    "inf.hcv_clear",
    "inf.rr_hcv_homeless_adj",
    *_MONTHLY.values(),
    *_YEARLY.values(),
)
FIELDS = (
    "hcv_sharing",  # sharing contacts per person-year that would infect if the partner were viraemic
    "hcv_stable",  # factors of housing, 1 on average
    "hcv_unstable",
    "hcv_lasting_partner",
    "hcv_clears",  # chance that an acute infection clears
    "hcv_acute_ticks",
    *_MONTHLY,  # rates per person-year
    *_YEARLY,
)

_CLEARS, _WHICH_STEP = questions(2)


def figures(draw: Mapping[str, float], baseline: Baseline) -> dict[str, float]:
    """Return contact rate and hazards per person-year, chances, and the acute phase in ticks."""
    stable, unstable = housing_ratios(draw["inf.rr_hcv_homeless_adj"], baseline.unstable_housing)
    return {
        "hcv_sharing": draw["exp.sharing_acts_year"] * draw["inf.hcv_per_share_infected_source"],
        "hcv_stable": stable,
        "hcv_unstable": unstable,
        "hcv_lasting_partner": draw["exp.lasting_partner_share"],
        "hcv_clears": draw["inf.hcv_clear"],
        "hcv_acute_ticks": draw["exp.hcv_acute_months"] * TICKS_PER_YEAR / MONTHS_PER_YEAR,
        **{field: -log(1.0 - draw[row]) * MONTHS_PER_YEAR for field, row in _MONTHLY.items()},
        **{field: -log(1.0 - draw[row]) for field, row in _YEARLY.items()},
    }


def rates(figures: dict[str, float], peak: Peak) -> list[Rate]:
    """Return the streams of sharing, progression of the liver disease and dying of it."""
    sharing = figures["hcv_sharing"] * max(figures["hcv_stable"], figures["hcv_unstable"])
    progression = max(
        *(figures[field] for field in _MONTHLY),
        figures["hcv_decompensation"] + figures["hcv_cancer"],
        figures["hcv_decompensation_cured"] + figures["hcv_cancer_cured"],
        figures["hcv_cancer_decompensated"],
    )
    death = max(figures["hcv_death_decompensated"], figures["hcv_death_cancer"])
    return [
        Rate(
            "hcv.sharing",
            "hcv_sharing",
            sharing,
            sharing * peak(ON_SHARING) * peak(ON_HCV_ACQUISITION),
            excluded=NOT_INJECTING | IN_CUSTODY | VIRAEMIC,
        ),
        Rate("hcv.progression", "hcv_progression", progression, progression, excluded=bits(HCV_BIT, 0)),
        Rate("hcv.death", "hcv_death", death * FEW, death, targets=(), excluded=bits(HCV_BIT, 0)),
    ]


@kernel_function
def sharing_hazard(sim, argument, i, a):
    """Return the rate of sharing contacts that may infect, 0 for people who are viraemic or cannot share."""
    if sim.state[i, a].viraemic or not can_share(sim, i, a):
        return 0.0
    p = sim.parameter[a]
    return (
        p.hcv_sharing
        * housing_factor(sim, i, a, p.hcv_stable, p.hcv_unstable)
        * multiplier(sim, i, a, ON_SHARING)
        * multiplier(sim, i, a, ON_HCV_ACQUISITION)
    )


@kernel_function
def sharing_apply(sim, argument, i, a, luck):
    """Share with a partner and be infected if the partner is viraemic."""
    j = sharing_partner(sim, i, a, luck, sim.parameter[a].hcv_lasting_partner)
    if j != NOBODY and sim.state[j, a].viraemic:
        infect_hcv(sim, i, a, uniform(luck, _CLEARS) < sim.parameter[a].hcv_clears)


@kernel_function
def infect_hcv(sim, i, a, clears):
    """Begin an acute infection, first or again, and set its end; `clears` says how it will end."""
    touch(sim, i, a)
    s = sim.state[i, a]
    s.viraemic = 1
    count_event(sim, i, a, HCV_INFECTION)
    if s.hcv == HCV_NONE:
        s.hcv = HCV_ACUTE
    else:
        count_event(sim, i, a, HCV_REINFECTION)
    s.hcv_end = sim.clock[NOW] + np.int64(sim.parameter[a].hcv_acute_ticks)
    schedule(sim, s.hcv_end, HCV_ACUTE_END, i, a, 1 if clears else 0)


@kernel_function
def acute_ends(sim, i, a, clears):
    """End an acute infection, if the timer is still the infection's own: clear the virus, or keep it."""
    s = sim.state[i, a]
    if not s.viraemic or s.hcv_end != sim.clock[NOW]:
        return
    s.hcv_end = 0
    if s.hcv == HCV_ACUTE:
        s.hcv = F0
    if clears:
        cure_hcv(sim, i, a, HCV_CLEARANCE)


@kernel_function
def step_rate(sim, i, a):
    """Return the rate of the next stage of fibrosis, or from cirrhosis to decompensation."""
    s = sim.state[i, a]
    p = sim.parameter[a]
    if s.hcv == F4:
        return p.hcv_decompensation if s.viraemic else p.hcv_decompensation_cured
    if not s.viraemic:
        return 0.0
    if s.hcv == F0:
        return p.hcv_f0
    if s.hcv == F1:
        return p.hcv_f1
    if s.hcv == F2:
        return p.hcv_f2
    return p.hcv_f3 if s.hcv == F3 else 0.0


@kernel_function
def cancer_rate(sim, i, a):
    """Return the rate of liver cancer: in cirrhosis, compensated or not."""
    s = sim.state[i, a]
    p = sim.parameter[a]
    if s.hcv == F4:
        return p.hcv_cancer if s.viraemic else p.hcv_cancer_cured
    return p.hcv_cancer_decompensated if s.hcv == DECOMPENSATED else 0.0


@kernel_function
def progression_hazard(sim, argument, i, a):
    """Return the rate of all moves to a later stage."""
    return step_rate(sim, i, a) + cancer_rate(sim, i, a)


@kernel_function
def progression_apply(sim, argument, i, a, luck):
    """Move to the next stage or to cancer, in proportion to their rates."""
    cancer = cancer_rate(sim, i, a)
    if uniform(luck, _WHICH_STEP) * (step_rate(sim, i, a) + cancer) < cancer:
        sim.state[i, a].hcv = CANCER
    else:
        sim.state[i, a].hcv += 1


@kernel_function
def death_hazard(sim, argument, i, a):
    """Return the mortality of decompensated cirrhosis and of liver cancer, else 0."""
    stage = sim.state[i, a].hcv
    if stage == CANCER:
        return sim.parameter[a].hcv_death_cancer
    return sim.parameter[a].hcv_death_decompensated if stage == DECOMPENSATED else 0.0


@kernel_function
def death_apply(sim, argument, i, a, luck):
    """Die of liver disease."""
    die(sim, i, a, LIVER_DEATH)


PROCESSES = (
    Process("hcv_sharing", sharing_hazard, sharing_apply, quiet=True),
    Process("hcv_progression", progression_hazard, progression_apply),
    Process("hcv_death", death_hazard, death_apply, reads=INFECTION),
)
SUBJECT = Subject("hcv", FIELDS, EVIDENCE, figures, rates)
