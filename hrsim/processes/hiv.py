"""HIV: sharing and sexual contacts, the acute, chronic and late stages, death.

Contacts are thinned from the most infectious kind of partner: they come at `acts x chance per act x top`,
with `top` the largest infectivity relative to an untreated partner past the acute stage, and infect with
chance `infectivity / top` once the partner is known. The chance counts the partner's enrolled effects on
passing HIV on; these must not exceed 1. A partner who is suppressed has the infectivity of treatment in every
stage.
"""

from collections.abc import Mapping

import numpy as np

from hrsim.engine.accrual import count_event, touch
from hrsim.engine.compiler import kernel_function
from hrsim.engine.model import Process
from hrsim.engine.random import questions, uniform
from hrsim.engine.simulation import INFECTION, NOW
from hrsim.engine.timers import schedule
from hrsim.processes.death import die
from hrsim.processes.effects import (
    ON_HIV_ACQUISITION,
    ON_HIV_TRANSMISSION,
    ON_SHARING,
    enrolled_multiplier,
    multiplier,
)
from hrsim.processes.events import HIV_DEATH, HIV_INFECTION
from hrsim.processes.partners import (
    NOBODY,
    can_share,
    housing_factor,
    housing_ratios,
    sexual_partner,
    sharing_partner,
)
from hrsim.processes.rates import FEW, Baseline, Peak, Rate, Subject
from hrsim.processes.state import COMMUNITY, FEMALE, HIV_ACUTE, HIV_CHRONIC, HIV_LATE, HIV_NONE
from hrsim.processes.status import HIV_BIT, IN_CUSTODY, NOT_INJECTING, WITH_HIV, bits
from hrsim.processes.timer_kinds import HIV_ACUTE_END
from hrsim.units import MONTHS_PER_YEAR, TICKS_PER_YEAR

EVIDENCE = (
    "exp.sharing_acts_year",
    "exp.lasting_partner_share",
    "exp.unprotected_sex_acts_year",
    "exp.hiv_acute_months",
    "exp.hiv_mort_art",
    "inf.hiv_per_share",
    "inf.hiv_sex_f_from_m",
    "inf.hiv_sex_m_from_f",
    "inf.hiv_acute_mult",
    "inf.hiv_art_adherent_rr",
    "inf.rr_hiv_homeless_adj",
    "inf.hiv_years_gt500",
    "inf.hiv_years_350",
    "inf.hiv_years_200",
    "inf.hiv_mort_cd4lt200_pwid",
)
FIELDS = (
    "hiv_sharing",  # sharing contacts per person-year that would infect if the partner were most infectious
    "hiv_sexual_woman",  # sexual contacts likewise
    "hiv_sexual_man",
    "hiv_stable",  # factors of housing, 1 on average
    "hiv_unstable",
    "hiv_lasting_partner",
    "hiv_acute",  # chances that a contact infects, by the partner's stage or treatment
    "hiv_chronic",
    "hiv_suppressed",
    "hiv_acute_ticks",
    "hiv_late",  # rates per person-year
    "hiv_death_late",
    "hiv_death_suppressed",
)

(_TRANSMITS,) = questions(1)


def figures(draw: Mapping[str, float], baseline: Baseline) -> dict[str, float]:
    """Return contact rates and hazards per person-year, chances, and the acute stage in ticks.

    The housing ratio is of all acquisition, so it scales sharing and sexual contacts alike.
    """
    acute, treated = draw["inf.hiv_acute_mult"], draw["inf.hiv_art_adherent_rr"]
    top = max(1.0, acute, treated)
    stable, unstable = housing_ratios(draw["inf.rr_hiv_homeless_adj"], baseline.unstable_housing)
    sexual = draw["exp.unprotected_sex_acts_year"] * top
    untreated_years = draw["inf.hiv_years_gt500"] + draw["inf.hiv_years_350"] + draw["inf.hiv_years_200"]
    return {
        "hiv_sharing": draw["exp.sharing_acts_year"] * draw["inf.hiv_per_share"] * top,
        "hiv_sexual_woman": sexual * draw["inf.hiv_sex_f_from_m"],
        "hiv_sexual_man": sexual * draw["inf.hiv_sex_m_from_f"],
        "hiv_stable": stable,
        "hiv_unstable": unstable,
        "hiv_lasting_partner": draw["exp.lasting_partner_share"],
        "hiv_acute": acute / top,
        "hiv_chronic": 1.0 / top,
        "hiv_suppressed": treated / top,
        "hiv_acute_ticks": draw["exp.hiv_acute_months"] * TICKS_PER_YEAR / MONTHS_PER_YEAR,
        "hiv_late": 1.0 / untreated_years,
        "hiv_death_late": draw["inf.hiv_mort_cd4lt200_pwid"],
        "hiv_death_suppressed": draw["exp.hiv_mort_art"],
    }


def rates(figures: dict[str, float], peak: Peak) -> list[Rate]:
    """Return the streams of sharing, sexual contacts, reaching the late stage and dying of HIV."""
    housing = max(figures["hiv_stable"], figures["hiv_unstable"])
    sharing = figures["hiv_sharing"] * housing
    sexual = max(figures["hiv_sexual_woman"], figures["hiv_sexual_man"]) * housing
    late = figures["hiv_late"]
    death = max(figures["hiv_death_late"], figures["hiv_death_suppressed"])
    acquisition = peak(ON_HIV_ACQUISITION)
    return [
        Rate(
            "hiv.sharing",
            "hiv_sharing",
            sharing,
            sharing * peak(ON_SHARING) * acquisition,
            excluded=NOT_INJECTING | IN_CUSTODY | WITH_HIV,
        ),
        Rate("hiv.sexual", "hiv_sexual", sexual, sexual * acquisition, excluded=IN_CUSTODY | WITH_HIV),
        Rate("hiv.late", "hiv_late", late * FEW, late, targets=(), excluded=bits(HIV_BIT, 0, 3)),
        Rate("hiv.death", "hiv_death", death * FEW, death, targets=(), excluded=bits(HIV_BIT, 0)),
    ]


@kernel_function
def sharing_hazard(sim, argument, i, a):
    """Return the rate of sharing contacts that may infect, 0 for people with HIV or who cannot share."""
    if sim.state[i, a].hiv != HIV_NONE or not can_share(sim, i, a):
        return 0.0
    return (
        sim.parameter[a].hiv_sharing
        * _housing(sim, i, a)
        * multiplier(sim, i, a, ON_SHARING)
        * multiplier(sim, i, a, ON_HIV_ACQUISITION)
    )


@kernel_function
def sharing_apply(sim, argument, i, a, luck):
    """Share with a partner, who may pass HIV on."""
    _meet(sim, i, a, sharing_partner(sim, i, a, luck, sim.parameter[a].hiv_lasting_partner), luck)


@kernel_function
def sexual_hazard(sim, argument, i, a):
    """Return the rate of sexual contacts that may infect, 0 for people with HIV or in custody."""
    s = sim.state[i, a]
    if s.hiv != HIV_NONE or s.custody != COMMUNITY:
        return 0.0
    p = sim.parameter[a]
    contacts = p.hiv_sexual_woman if sim.person[i].sex == FEMALE else p.hiv_sexual_man
    return contacts * _housing(sim, i, a) * multiplier(sim, i, a, ON_HIV_ACQUISITION)


@kernel_function
def sexual_apply(sim, argument, i, a, luck):
    """Have sex with a partner, who may pass HIV on."""
    _meet(sim, i, a, sexual_partner(sim, i, a, luck), luck)


@kernel_function
def _housing(sim, i, a):
    p = sim.parameter[a]
    return housing_factor(sim, i, a, p.hiv_stable, p.hiv_unstable)


@kernel_function
def _meet(sim, i, a, j, luck):
    if j == NOBODY or sim.state[j, a].hiv == HIV_NONE:
        return
    chance = infectivity(sim, j, a) * enrolled_multiplier(sim, j, a, ON_HIV_TRANSMISSION)
    if uniform(luck, _TRANSMITS) < chance:
        infect_hiv(sim, i, a)


@kernel_function
def infectivity(sim, j, a):
    """Return the chance that a contact with a person with HIV infects, before that person's effects."""
    s = sim.state[j, a]
    p = sim.parameter[a]
    if s.suppressed:
        return p.hiv_suppressed
    return p.hiv_acute if s.hiv == HIV_ACUTE else p.hiv_chronic


@kernel_function
def infect_hiv(sim, i, a):
    """Begin the acute stage of HIV and set its end."""
    touch(sim, i, a)
    s = sim.state[i, a]
    s.hiv = HIV_ACUTE
    s.hiv_end = sim.clock[NOW] + np.int64(sim.parameter[a].hiv_acute_ticks)
    schedule(sim, s.hiv_end, HIV_ACUTE_END, i, a, 0)
    count_event(sim, i, a, HIV_INFECTION)


@kernel_function
def acute_ends(sim, i, a, payload):
    """Turn acute into chronic HIV, if the timer is still the infection's own."""
    s = sim.state[i, a]
    if s.hiv == HIV_ACUTE and s.hiv_end == sim.clock[NOW]:
        s.hiv = HIV_CHRONIC


@kernel_function
def late_hazard(sim, argument, i, a):
    """Return the rate from chronic to late HIV, 0 while suppressed."""
    s = sim.state[i, a]
    return sim.parameter[a].hiv_late if s.hiv == HIV_CHRONIC and not s.suppressed else 0.0


@kernel_function
def late_apply(sim, argument, i, a, luck):
    """Reach late HIV."""
    sim.state[i, a].hiv = HIV_LATE


@kernel_function
def death_hazard(sim, argument, i, a):
    """Return the excess mortality of HIV: late and not suppressed, or suppressed, else 0."""
    s = sim.state[i, a]
    if s.suppressed:
        return sim.parameter[a].hiv_death_suppressed
    return sim.parameter[a].hiv_death_late if s.hiv == HIV_LATE else 0.0


@kernel_function
def death_apply(sim, argument, i, a, luck):
    """Die of HIV."""
    die(sim, i, a, HIV_DEATH)


PROCESSES = (
    Process("hiv_sharing", sharing_hazard, sharing_apply, quiet=True),
    Process("hiv_sexual", sexual_hazard, sexual_apply, quiet=True),
    Process("hiv_late", late_hazard, late_apply, reads=INFECTION),
    Process("hiv_death", death_hazard, death_apply, reads=INFECTION),
)
SUBJECT = Subject("hiv", FIELDS, EVIDENCE, figures, rates)
