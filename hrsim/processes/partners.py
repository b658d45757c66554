"""Partners: whom people share equipment or have sex with, and how housing spreads contacts over people.

A sharing contact first asks for the lasting partner, then walks the candidate's keyed sequence of people
until somebody is eligible in the arm. Only the person is left out of the pool.
"""

import numpy as np

from hrsim.engine.compiler import kernel_function
from hrsim.engine.contacts import contact
from hrsim.engine.random import purpose, questions, set_apart, uniform
from hrsim.engine.simulation import ALIVE
from hrsim.processes.mixing import injecting_there, is_there, people_there, place_of_meeting, women_there
from hrsim.processes.state import COMMUNITY, FEMALE, INJECTING, UNSTABLE, in_community

NOBODY = -1
_PARTNER = purpose("partner of a sharing contact")
(_LASTING,) = questions(1)


def housing_ratios(ratio: float, unstable_share: float) -> tuple[float, float]:
    """Return the factors of people in stable and in unstable housing, `ratio` apart and 1 on average.

    The average is over the baseline mix, with `unstable_share` of people in unstable housing: contact rates
    and transmission chances describe people who inject as they are, whatever their housing.
    """
    stable = 1.0 / (1.0 + unstable_share * (ratio - 1.0))
    return stable, ratio * stable


@kernel_function
def housing_factor(sim, i, a, stable, unstable):
    """Return the factor of a person's housing."""
    return unstable if sim.state[i, a].housing == UNSTABLE else stable


@kernel_function
def can_share(sim, i, a):
    """Return whether a person is alive, injects and is in the community."""
    s = sim.state[i, a]
    return s.status == ALIVE and s.use == INJECTING and s.custody == COMMUNITY


@kernel_function
def sharing_partner(sim, i, a, luck, lasting_share):
    """Return whom a person who injects in the community shares with, NOBODY if no one else does.

    It is the lasting partner with chance `lasting_share`, else somebody from the pool; a lasting partner who
    cannot share now gives way to the pool.
    """
    lasting = np.int64(sim.person[i].partner)
    wanted = lasting != NOBODY and uniform(set_apart(luck, _PARTNER), _LASTING) < lasting_share
    if wanted and can_share(sim, lasting, a):
        return lasting
    where = place_of_meeting(sim, i, luck)
    if injecting_there(sim, a, where) < 2:  # the person and one more
        return np.int64(NOBODY)
    place = 0
    j = contact(sim, a, luck, place)
    while j == i or not is_there(sim, j, where) or not can_share(sim, j, a):
        place += 1
        j = contact(sim, a, luck, place)
    return j


@kernel_function
def sexual_partner(sim, i, a, luck):
    """Return a random person of the other sex in the community, NOBODY if there is none."""
    where = place_of_meeting(sim, i, luck)
    sex = sim.person[i].sex
    women = women_there(sim, a, where)
    others = people_there(sim, a, where) - women if sex == FEMALE else women
    if others == 0:
        return np.int64(NOBODY)
    place = 0
    j = contact(sim, a, luck, place)
    while sim.person[j].sex == sex or not is_there(sim, j, where) or not in_community(sim, j, a):
        place += 1
        j = contact(sim, a, luck, place)
    return j
