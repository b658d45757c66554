"""Custody: entry, a stay of random length, release and the windows of lowered tolerance after it."""

from collections.abc import Mapping

import numpy as np

from hrsim.engine.accrual import count_event
from hrsim.engine.compiler import kernel_function
from hrsim.engine.maths import logarithm
from hrsim.engine.model import Process, Timer
from hrsim.engine.random import purpose
from hrsim.engine.simulation import LOOKING, NOW
from hrsim.engine.timers import schedule
from hrsim.processes.effects import NO_WINDOW, ON_CUSTODY_ENTRY, multiplier
from hrsim.processes.events import (
    CUSTODY_ENTRY,
    CUSTODY_RELEASE,
    HOUSING_LOSS,
    HOUSING_LOSS_CUSTODY,
    PROMPT_RELEASE,
)
from hrsim.processes.rates import Baseline, Peak, Rate, Subject
from hrsim.processes.services import follow_up, prompt
from hrsim.processes.state import (
    COMMUNITY,
    CUSTODY,
    NOT_USING,
    STABLE,
    UNSTABLE,
    join_pools,
    leave_pools,
    uses,
)
from hrsim.processes.status import IN_CUSTODY, USE_BIT, bits
from hrsim.processes.stay_clock import personal_uniforms
from hrsim.processes.stays import end_all_stays
from hrsim.processes.timer_kinds import CUSTODY_END
from hrsim.processes.trust import taken_into_custody
from hrsim.units import TICKS_PER_DAY, TICKS_PER_WEEK

HOUSING_LOSS_ROW = "exp.custody_housing_loss"
EVIDENCE = (
    "exp.custody_entry_rate",
    "exp.custody_stay_days",
    "od.release_window_early_weeks",
    "od.release_window_late_weeks",
    "od.release_rr_2wk_us_wa",
    "od.release_rr_wk3_4",
    HOUSING_LOSS_ROW,
)
FIELDS = (
    "custody_entry",
    "custody_stay",
    "custody_housing_loss",
    "release_early_end",
    "release_late_end",
    "release_early",
    "release_late",
)
_STAY = purpose("stay in custody")
_HOME = purpose("home lost through custody")
_RELEASE = purpose("contacts at release from custody")


def figures(draw: Mapping[str, float], baseline: Baseline) -> dict[str, float]:
    """Return the entry rate per person-year, the mean stay and window ends in ticks, and overdose ratios.

    Windows are counted from release; their overdose ratios are relative to later time at liberty.
    `custody_housing_loss` is the chance of having lost a stable home at release.
    """
    return {
        "custody_entry": draw["exp.custody_entry_rate"],
        "custody_stay": draw["exp.custody_stay_days"] * TICKS_PER_DAY,
        "custody_housing_loss": homes_lost(draw, baseline)[1],
        "release_early_end": draw["od.release_window_early_weeks"] * TICKS_PER_WEEK,
        "release_late_end": draw["od.release_window_late_weeks"] * TICKS_PER_WEEK,
        "release_early": draw["od.release_rr_2wk_us_wa"],
        "release_late": draw["od.release_rr_wk3_4"],
    }


def homes_lost(draw: Mapping[str, float], baseline: Baseline) -> tuple[float, float]:
    """Return the rate of losing a stable home at liberty and the chance of losing it through a stay in custody.

    `exp.housing_loss_rate` holds all losses. Where custody costs homes, `exp.custody_housing_loss` x entries a year of
    the people at the start come off the rate at liberty; should they exceed it, custody causes exactly these losses.
    """
    every, chance = draw["exp.housing_loss_rate"], draw[HOUSING_LOSS_ROW]
    if baseline.off & {"custody_housing", "custody", "housing"}:
        return every, 0.0
    through = chance * draw["exp.custody_entry_rate"] * (baseline.injecting + baseline.other_route)
    if through > every:
        return 0.0, chance * every / through
    return every - through, chance


def rates(figures: dict[str, float], peak: Peak) -> list[Rate]:
    """Return the one stream; release is a timer."""
    entry = figures["custody_entry"]
    return [
        Rate(
            "custody.entry",
            "custody_entry",
            entry,
            entry * peak(ON_CUSTODY_ENTRY),
            excluded=bits(USE_BIT, NOT_USING) | IN_CUSTODY,
        )
    ]


@kernel_function
def entry_hazard(sim, argument, i, a):
    """Return the hazard of being taken into custody, 0 for people who do not use."""
    if not uses(sim, i, a):
        return 0.0
    return sim.parameter[a].custody_entry * multiplier(sim, i, a, ON_CUSTODY_ENTRY)


@kernel_function
def entry_apply(sim, argument, i, a, luck):
    """Take a person into custody, which ends the stays in services that do not reach there."""
    leave_pools(sim, i, a)
    sim.state[i, a].custody = CUSTODY
    join_pools(sim, i, a)
    count_event(sim, i, a, CUSTODY_ENTRY)
    begin_custody(sim, i, a)
    end_all_stays(sim, i, a, True)
    taken_into_custody(sim, i, a)


@kernel_function
def begin_custody(sim, i, a):
    """Set the clock of a stay that begins now, or was under way at the start: what is left is the same."""
    s = sim.state[i, a]
    s.custody_count += 1
    luck, _ = personal_uniforms(sim, i, _STAY, np.int64(s.custody_count), 0)
    s.custody_change = sim.clock[NOW] + max(np.int64(-logarithm(luck) * sim.parameter[a].custody_stay), 1)
    schedule(sim, s.custody_change, CUSTODY_END, i, a, 0)


@kernel_function
def release(sim, i, a, payload):
    """Release a person whose stay ends now; `custody_change` stays as the tick of release."""
    s = sim.state[i, a]
    if s.custody != CUSTODY or s.custody_change != sim.clock[NOW]:
        return
    leave_pools(sim, i, a)
    s.custody = COMMUNITY
    join_pools(sim, i, a)
    count_event(sim, i, a, CUSTODY_RELEASE)
    _lose_home(sim, i, a)
    prompt(sim, a, PROMPT_RELEASE)
    person = sim.person[i]
    key = sim.cohort_key[person.cohort] ^ _RELEASE
    follow_up(sim, i, a, (key, np.uint64(person.number), np.uint64(s.custody_count), np.uint64(0)))


@kernel_function
def _lose_home(sim, i, a):
    """Let a stay in custody have cost the person's home, keyed by person and number of the stay."""
    s = sim.state[i, a]
    chance = sim.parameter[a].custody_housing_loss
    if chance <= 0.0 or s.housing != STABLE:
        return
    luck, _ = personal_uniforms(sim, i, _HOME, np.int64(s.custody_count), 0)
    if luck < chance:
        s.housing = UNSTABLE
        count_event(sim, i, a, HOUSING_LOSS)
        count_event(sim, i, a, HOUSING_LOSS_CUSTODY)


@kernel_function
def release_window(sim, i, a):
    """Return the overdose multiplier of the window after release, NO_WINDOW when none is open."""
    s = sim.state[i, a]
    p = sim.parameter[a]
    lapse = sim.clock[NOW] - s.custody_change
    if s.custody != COMMUNITY or lapse >= p.release_late_end:
        return NO_WINDOW
    window = p.release_early if lapse < p.release_early_end else p.release_late
    if sim.clock[LOOKING]:
        return max(window, p.release_late, 1.0)
    return window


PROCESSES = (Process("custody_entry", entry_hazard, entry_apply),)
TIMERS = (Timer("custody_end", release),)
SUBJECT = Subject("custody", FIELDS, EVIDENCE, figures, rates)
