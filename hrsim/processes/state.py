"""A person's state: levels, record fields, the valuation cell, and the counters of the pools that people mix in."""

import numpy as np

from hrsim.engine.compiler import kernel_function
from hrsim.engine.simulation import ALIVE
from hrsim.processes.mixing import INJECTING_PEOPLE, KITS, PEOPLE, WOMEN, label_of

INJECTING, OTHER_ROUTE, NOT_USING = range(3)
STABLE, UNSTABLE = range(2)
COMMUNITY, CUSTODY = range(2)
FEMALE, MALE = range(2)
HIV_NONE, HIV_ACUTE, HIV_CHRONIC, HIV_LATE = range(4)
HCV_NONE, HCV_ACUTE, F0, F1, F2, F3, F4, DECOMPENSATED, CANCER = range(9)
CALM, DISTRESSED = range(2)
TRUSTING, LOW_TRUST = range(2)
DIAGNOSED_HIV, DIAGNOSED_HCV = 1, 2  # bits of `diagnosed`

USE_LEVELS = ("injecting", "other_route", "not_using")
HOUSING_LEVELS = ("stable", "unstable")
CUSTODY_LEVELS = ("community", "custody")
HIV_CELLS = ("none", "untreated", "treated")
HCV_CELLS = ("none", "chronic", "cirrhosis", "decompensated", "cancer")
BRAIN_INJURY_LEVELS = ("no", "yes")

PERSON_FIELDS = (
    ("birth", "i8"),  # tick of birth, negative for people alive at the start
    ("entry_mark", "f8"),  # an arm takes the person in if its entry rate is above this
    ("enters_treated", "i4"),  # 1: enters on HIV treatment
    ("partner", "i4"),  # slot of the lasting partner, -1 for none
    ("sex", "i4"),
)
STATE_FIELDS = (
    ("trust", "i1"),
    ("kits", "i2"),
    ("use", "i1"),
    ("route", "i1"),  # the route of people who do not use now: the one they left
    ("housing", "i1"),
    ("custody", "i1"),
    ("custody_count", "i2"),  # ordinal of the last stay in custody
    ("relapse_prone", "i1"),
    ("oat", "i1"),  # level of the opioid agonist treatment that the person is in, 0 for none
    ("hiv", "i1"),
    ("suppressed", "i1"),
    ("hcv", "i1"),  # stage; kept after cure
    ("viraemic", "i1"),
    ("diagnosed", "i1"),
    ("brain_injury", "i1"),
    ("overdosed", "i1"),
    ("distress", "i1"),
    ("windows_end", "i8"),  # tick from which on no window of a service is open
    # Less often read: in the row's second half.
    ("turned", "i8"),  # tick of the last stop of use or relapse in the run, negative before any
    ("custody_change", "i8"),  # in custody: tick of release; in the community: tick of the last release
    ("hiv_end", "i8"),  # tick at which acute HIV ends
    ("hcv_end", "i8"),  # tick at which acute hepatitis C ends
)
WORLD_FIELDS = (
    ("people", "i8"),  # alive and in the community
    ("injecting", "i8"),  # of these, who inject
    ("women", "i8"),  # of these, women
    ("kits", "i8"),  # naloxone kits that they carry
    ("supply_injecting", "f8"),  # overdose hazard against the reference supply
    ("supply_other", "f8"),
    ("entry_per_year", "f8"),
    ("horizon", "i8"),  # the last tick of the run
    ("prompts", "i8"),  # follow-up contacts that the event under way has yet to make
    ("referrals", "i8"),  # services that people were referred to in it
    ("replaced", "i8"),  # 1: who dies is replaced at once by somebody alike
    ("arrivals", "i8"),  # of these, those at which they arrive
)
# A level a modality follows for each member of the opioid agonist treatment pool.
FIXED_DIMENSIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("use", USE_LEVELS),
    ("housing", HOUSING_LEVELS),
    ("custody", CUSTODY_LEVELS),
    ("hiv", HIV_CELLS),
    ("hcv", HCV_CELLS),
    ("brain_injury", BRAIN_INJURY_LEVELS),
)


@kernel_function
def cell(sim, i, a):
    """Return the valuation cell: oat x use x housing x custody x hiv x hcv x brain injury, in C order."""
    s = sim.state[i, a]
    hiv = 0
    if s.hiv != HIV_NONE:
        hiv = 2 if s.suppressed else 1
    hcv = 0
    if s.hcv >= F4:
        hcv = s.hcv - F4 + 2
    elif s.viraemic:
        hcv = 1
    number = np.int64(s.oat)
    number = number * 3 + s.use
    number = number * 2 + s.housing
    number = number * 2 + s.custody
    number = number * 3 + hiv
    number = number * 5 + hcv
    return number * 2 + s.brain_injury


@kernel_function
def leave_pools(sim, i, a):
    """Take a person out of the counters before use, custody, kits or life change."""
    _count(sim, i, a, -1)


@kernel_function
def join_pools(sim, i, a):
    """Put a person back into the counters after the change."""
    _count(sim, i, a, 1)


@kernel_function
def _count(sim, i, a, sign):
    s = sim.state[i, a]
    if s.status != ALIVE or s.custody == CUSTODY:
        return
    w = sim.world[a]
    w.people += sign
    w.kits += sign * np.int64(s.kits)
    if s.use == INJECTING:
        w.injecting += sign
    if sim.person[i].sex == FEMALE:
        w.women += sign
    if sim.mixing_label.shape[0] > 0:
        _count_by_label(sim, i, a, sign)


@kernel_function
def _count_by_label(sim, i, a, sign):
    s = sim.state[i, a]
    label = label_of(sim, i)
    sim.mixed[a, label, PEOPLE] += sign
    sim.mixed[a, label, KITS] += sign * np.int64(s.kits)
    if s.use == INJECTING:
        sim.mixed[a, label, INJECTING_PEOPLE] += sign
    if sim.person[i].sex == FEMALE:
        sim.mixed[a, label, WOMEN] += sign


@kernel_function
def change_kits(sim, i, a, change):
    """Change how many naloxone kits a person carries, and the counter with it."""
    s = sim.state[i, a]
    s.kits += change
    if s.status == ALIVE and s.custody != CUSTODY:
        sim.world[a].kits += change
        if sim.mixing_label.shape[0] > 0:
            sim.mixed[a, label_of(sim, i), KITS] += change


@kernel_function
def in_community(sim, i, a):
    """Return whether a person is alive and not in custody."""
    s = sim.state[i, a]
    return s.status == ALIVE and s.custody == COMMUNITY


@kernel_function
def uses(sim, i, a):
    """Return whether a person uses drugs and is in the community."""
    s = sim.state[i, a]
    return s.use != NOT_USING and s.custody == COMMUNITY
