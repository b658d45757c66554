"""Overdose: the hazard, and the tree of what follows, one uniform a question."""

from collections.abc import Mapping

import numpy as np

from hrsim.engine.accrual import count_event, touch_aspect
from hrsim.engine.compiler import kernel_function
from hrsim.engine.contacts import contact
from hrsim.engine.maths import exponential
from hrsim.engine.model import Process
from hrsim.engine.random import questions, uniform
from hrsim.engine.simulation import ALIVE, CARRIED, PERSON, SUPPLY
from hrsim.processes.custody import release_window
from hrsim.processes.death import die
from hrsim.processes.effects import (
    NO_WINDOW,
    ON_OVERDOSE,
    ON_OVERDOSE_FATALITY,
    enrolled_multiplier,
    multiplier,
    window_multiplier,
)
from hrsim.processes.events import (
    AMBULANCE,
    BRAIN_INJURY,
    KIT_USED,
    OVERDOSE_ADMISSION,
    OVERDOSE_DEATH,
    OVERDOSE_EMERGENCY_DEPARTMENT,
    OVERDOSE_NONFATAL,
    OVERDOSE_REVERSED,
    OVERDOSE_SUPERVISED,
    OVERDOSE_WITNESSED,
    PROMPT_EMERGENCY,
    PROMPT_OVERDOSE,
    PROMPT_OVERDOSE_EMERGENCY,
)
from hrsim.processes.mixing import is_there, kits_there, people_there, place_of_meeting
from hrsim.processes.rates import Baseline, Peak, Rate, Subject
from hrsim.processes.services import follow_up, prompt
from hrsim.processes.sites import met_share
from hrsim.processes.state import COMMUNITY, INJECTING, NOT_USING, UNSTABLE, change_kits
from hrsim.processes.status import IN_CUSTODY, USE_BIT, bits
from hrsim.processes.stays import end_stays_after_overdose
from hrsim.processes.use import relapse_window, stop_use
from hrsim.processes.wellbeing import on_overdose
from hrsim.units import DAYS_PER_YEAR, MONTHS_PER_YEAR

DISTRESS = "exp.distress_overdose_ratio"
EVIDENCE = (
    "od.nf_rate_pwid_us_post2016",
    "od.case_fatality_pwid_us",
    "od.mult_inject",
    "od.aor_unstable_housing",
    "exp.od_causal_repeat",
    "oat.od_ratio_in_vs_out",
    "exp.use_episodes_per_day",
    "scs.death_on_site",
    "scs.ed_ambulance_if_onsite",
    "od.witnessed",
    "exp.kit_reach",
    "exp.nx_given_if_present",
    "od.kit_life_months",
    "od.public_share",
    "od.ems_call_public",
    "od.rr_ems_private",
    "od.transport_given_ems",
    "hsu.admit_given_ed_nyc",
    "od.p_death_untreated",
    "od.p_death_naloxone",
    "od.rr_death_ems",
    "exp.rr_death_ems_given_naloxone",
    "exp.brain_injury_per_overdose",
    "od.cease_after_od",
    DISTRESS,
)
FIELDS = (
    "overdose_base",
    "overdose_other_route",
    "overdose_unstable",
    "overdose_repeat",
    "overdose_reference",
    "episodes_per_year",
    "site_death",
    "site_ambulance",
    "witnessed",
    "kit_encounters",
    "kit_given",
    "ambulance_called",
    "transported",
    "admitted",
    "death_untreated",
    "death_naloxone",
    "death_ambulance_ratio",
    "death_ambulance_beside",
    "brain_injury_chance",
    "stops_after_overdose",
)
_SITE, _WITNESS, _KIT, _CALL, _DEATH, _TRANSPORT, _ADMISSION, _BRAIN, _STOP, _PRONE, _GIVEN, _COUNTED = (
    questions(12)
)


def figures(draw: Mapping[str, float], baseline: Baseline) -> dict[str, float]:
    """Return the overdose figures of a draw.

    `overdose_base` is the rate of all overdoses of the reference person (injecting, stably housed, not in opioid
    agonist treatment or distress, no window open, reference supply), such that people who inject at the baseline mix
    of housing, treatment and distress have `od.nf_rate_pwid_us_post2016` non-fatal overdoses a year. Windows and the
    effect of other services are left out of that mix. `kit_encounters` makes the chance of a kit at a witnessed
    overdose 1 - exp(-kits handed out a year x exp.kit_reach / overdoses a year) when kits are spread evenly (S6).
    """
    ratio = draw["oat.od_ratio_in_vs_out"]
    housing = 1.0 + baseline.unstable_housing * (draw["od.aor_unstable_housing"] - 1.0)
    treatment = 1.0 - baseline.oat_coverage * (1.0 - ratio)
    all_overdoses = draw["od.nf_rate_pwid_us_post2016"] / (1.0 - draw["od.case_fatality_pwid_us"])
    kit_life = draw["od.kit_life_months"] / MONTHS_PER_YEAR
    private = 1.0 - draw["od.public_share"]
    called = draw["od.public_share"] + private * draw["od.rr_ems_private"]
    return {
        "overdose_base": all_overdoses / (housing * treatment * baseline.average(draw[DISTRESS])),
        "overdose_other_route": 1.0 / draw["od.mult_inject"],
        "overdose_unstable": draw["od.aor_unstable_housing"],
        "overdose_repeat": draw["exp.od_causal_repeat"],
        "overdose_reference": all_overdoses,
        "episodes_per_year": draw["exp.use_episodes_per_day"] * DAYS_PER_YEAR,
        "site_death": draw["scs.death_on_site"],
        "site_ambulance": draw["scs.ed_ambulance_if_onsite"],
        "witnessed": draw["od.witnessed"],
        "kit_encounters": draw["exp.kit_reach"] / (kit_life * all_overdoses),
        "kit_given": draw["exp.nx_given_if_present"],
        "ambulance_called": draw["od.ems_call_public"] * called,
        "transported": draw["od.transport_given_ems"],
        "admitted": draw["hsu.admit_given_ed_nyc"],
        "death_untreated": draw["od.p_death_untreated"],
        "death_naloxone": draw["od.p_death_naloxone"],
        "death_ambulance_ratio": draw["od.rr_death_ems"],
        "death_ambulance_beside": draw["exp.rr_death_ems_given_naloxone"],
        "brain_injury_chance": draw["exp.brain_injury_per_overdose"],
        "stops_after_overdose": draw["od.cease_after_od"],
    }


def rates(figures: dict[str, float], peak: Peak) -> list[Rate]:
    """Return the one stream, weighted by frailty; supply and windows can take it into upper bands."""
    typical = figures["overdose_base"] * figures["overdose_unstable"]
    return [
        Rate(
            "overdose",
            "overdose",
            typical,
            float("inf"),
            True,
            targets=(ON_OVERDOSE,),
            excluded=bits(USE_BIT, NOT_USING) | IN_CUSTODY,
        )
    ]


@kernel_function
def hazard(sim, argument, i, a):
    """Return the overdose hazard per unit of frailty."""
    s = sim.state[i, a]
    if s.use == NOT_USING or s.custody != COMMUNITY:
        return 0.0
    p = sim.parameter[a]
    height = p.overdose_base
    if s.use == INJECTING:
        height *= sim.world[a].supply_injecting
    else:
        height *= p.overdose_other_route * sim.world[a].supply_other
    if s.housing == UNSTABLE:
        height *= p.overdose_unstable
    if s.overdosed:
        height *= p.overdose_repeat
    window = max(release_window(sim, i, a), relapse_window(sim, i, a))
    window = max(window, window_multiplier(sim, i, a, ON_OVERDOSE))
    if window > NO_WINDOW:
        height *= window
    return height * enrolled_multiplier(sim, i, a, ON_OVERDOSE) * on_overdose(sim, i, a)


@kernel_function
def overdoses_on_site(sim, i, a):
    """Return the share of a person's overdoses that fall into supervised services, and how many a site counts for each.

    Where a service states the overdoses that sites count at a visit: visits x overdoses at a visit x the share of them
    that would be overdoses elsewhere too / overdoses of the reference person. The rest is counted beside them. Where it
    states the risk against other episodes: the share of the episodes, or more where those there are the riskier ones.
    """
    p = sim.parameter[a]
    share = 0.0
    risk = 0.0
    moved = 0.0
    counted = 0.0
    enrolled = sim.state[i, a].enrolled
    for k in range(sim.site_service.shape[0]):
        s = sim.site_service[k]
        v = sim.service[a, s]
        if s >= 0 and (enrolled >> s) & 1 and (v.routes >> sim.state[i, a].use) & 1:
            visits = v.visits * met_share(sim, a, s)
            if v.site_overdoses >= 0.0:
                counted += visits * v.site_overdoses / p.overdose_reference
                moved += visits * v.site_overdoses * v.site_elsewhere / p.overdose_reference
            else:
                share += visits / p.episodes_per_year
                risk += visits / p.episodes_per_year * v.site_risk
    share = min(share, 1.0) if risk == share or share >= 1.0 else risk / (1.0 - share + risk)
    if moved <= 0.0:
        return share, 1.0
    each = (share + counted) / (share + moved)
    return min(share + moved, 1.0), each


@kernel_function
def apply(sim, argument, i, a, luck):
    """Carry an overdose through the tree."""
    s = sim.state[i, a]
    p = sim.parameter[a]
    s.overdosed = 1
    share, each = overdoses_on_site(sim, i, a)
    if uniform(luck, _SITE) < share:
        for _ in range(np.int64(each + uniform(luck, _COUNTED))):
            count_event(sim, i, a, OVERDOSE_SUPERVISED)
        called = uniform(luck, _CALL) < p.site_ambulance
        _outcome(sim, i, a, luck, p.site_death, called, True, True)
        return
    naloxone = False
    called = False
    if uniform(luck, _WITNESS) < p.witnessed:
        count_event(sim, i, a, OVERDOSE_WITNESSED)
        naloxone = _naloxone(sim, i, a, luck)
        called = uniform(luck, _CALL) < p.ambulance_called
    chance = p.death_untreated
    if naloxone:
        chance = p.death_naloxone
        if called:
            chance *= p.death_ambulance_beside
        count_event(sim, i, a, OVERDOSE_REVERSED)
    elif called:
        chance *= p.death_ambulance_ratio
    chance *= multiplier(sim, i, a, ON_OVERDOSE_FATALITY)
    _outcome(sim, i, a, luck, chance, called, naloxone, False)


@kernel_function
def _outcome(sim, i, a, luck, chance, called, treated, supervised):
    """Decide death, transport, admission, brain injury and what the survivor does next."""
    s = sim.state[i, a]
    p = sim.parameter[a]
    dies = uniform(luck, _DEATH) < chance
    if called:
        count_event(sim, i, a, AMBULANCE)
    transported = called and (supervised or uniform(luck, _TRANSPORT) < p.transported)
    if transported:
        count_event(sim, i, a, OVERDOSE_EMERGENCY_DEPARTMENT)
    if dies:
        die(sim, i, a, OVERDOSE_DEATH)
        return
    count_event(sim, i, a, OVERDOSE_NONFATAL)
    end_stays_after_overdose(sim, i, a)
    prompt(sim, a, PROMPT_OVERDOSE)
    if transported:
        prompt(sim, a, PROMPT_OVERDOSE_EMERGENCY)
        prompt(sim, a, PROMPT_EMERGENCY)
        if uniform(luck, _ADMISSION) < p.admitted:
            count_event(sim, i, a, OVERDOSE_ADMISSION)
    if not treated and not s.brain_injury and uniform(luck, _BRAIN) < p.brain_injury_chance:
        s.brain_injury = 1
        count_event(sim, i, a, BRAIN_INJURY)
    if uniform(luck, _STOP) < p.stops_after_overdose:
        stop_use(sim, i, a, uniform(luck, _PRONE))
    follow_up(sim, i, a, luck)


@kernel_function
def _naloxone(sim, i, a, luck):
    """Return whether naloxone is at hand and given at a witnessed overdose; a carrier's kit is used up.

    It is at hand where a service of the person keeps it so, or a carrier is met. A kit belongs to a carrier and acts
    only through a witness, so the person's own kits do not count.
    """
    p = sim.parameter[a]
    kept = _kept_at_hand(sim, i, a)
    where = place_of_meeting(sim, i, luck)
    others = kits_there(sim, a, where) - sim.state[i, a].kits
    people = people_there(sim, a, where)
    met = 0.0
    if others > 0 and people > 1:
        met = 1.0 - exponential(-p.kit_encounters * others / (people - 1))
    luck_of_it = uniform(luck, _KIT)
    if luck_of_it >= kept + (1.0 - kept) * met or uniform(luck, _GIVEN) >= p.kit_given:
        return False
    return luck_of_it < kept or _use_kit(sim, i, a, luck, where)


@kernel_function
def _kept_at_hand(sim, i, a):
    """Return the chance that a service keeps naloxone at hand for its clients' overdoses."""
    lacking = 1.0
    enrolled = sim.state[i, a].enrolled
    for k in range(sim.at_hand_service.shape[0]):
        s = sim.at_hand_service[k]
        if (enrolled >> s) & 1:
            lacking *= 1.0 - sim.service[a, s].at_hand
    return 1.0 - lacking


@kernel_function
def _use_kit(sim, i, a, luck, where):
    """Take one kit from the first carrier, of those who are there, of the candidate's contact sequence."""
    place = 0
    while True:
        j = contact(sim, a, luck, place)
        place += 1
        carrier = sim.state[j, a]
        there = j != i and is_there(sim, j, where)
        if there and carrier.status == ALIVE and carrier.custody == COMMUNITY and carrier.kits > 0:
            touch_aspect(sim, j, a, CARRIED)
            change_kits(sim, j, a, -1)
            count_event(sim, j, a, KIT_USED)
            return True


PROCESSES = (Process("overdose", hazard, apply, reads=PERSON | SUPPLY, changes=PERSON),)
SUBJECT = Subject("overdose", FIELDS, EVIDENCE, figures, rates)
