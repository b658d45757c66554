"""Whom people meet: a share of meetings within their own group, the rest across the whole place.

Groups mix where a study says so of one dimension. A meeting first asks where it takes place, then takes the first
eligible person there of the candidate's sequence; where nobody is, there is no meeting.
"""

import numpy as np

from hrsim.engine.compiler import kernel_function
from hrsim.engine.random import purpose, questions, set_apart, uniform

EVERYWHERE = -1
PEOPLE, INJECTING_PEOPLE, WOMEN, KITS, COUNTS = range(5)  # what is counted by label: columns of `mixed`
_MEETING = purpose("place of a meeting")
(_WITHIN,) = questions(1)  # within the own group?


@kernel_function
def place_of_meeting(sim, i, luck):
    """Return the label within which a person meets somebody, EVERYWHERE for the whole place."""
    if sim.mixing_label.shape[0] == 0 or uniform(set_apart(luck, _MEETING), _WITHIN) >= sim.mixing_share[0]:
        return np.int64(EVERYWHERE)
    return label_of(sim, i)


@kernel_function
def label_of(sim, i):
    """Return the label of a person's group in the dimension that mixes."""
    return sim.mixing_label[sim.person[i].group]


@kernel_function
def is_there(sim, j, label):
    """Return whether a person can be met at a place of meeting."""
    return label == EVERYWHERE or label_of(sim, j) == label


@kernel_function
def people_there(sim, a, label):
    """Return how many people in the community there are at a place of meeting."""
    return sim.world[a].people if label == EVERYWHERE else sim.mixed[a, label, PEOPLE]


@kernel_function
def injecting_there(sim, a, label):
    """Return how many of them inject."""
    return sim.world[a].injecting if label == EVERYWHERE else sim.mixed[a, label, INJECTING_PEOPLE]


@kernel_function
def women_there(sim, a, label):
    """Return how many of them are women."""
    return sim.world[a].women if label == EVERYWHERE else sim.mixed[a, label, WOMEN]


@kernel_function
def kits_there(sim, a, label):
    """Return how many naloxone kits they carry."""
    return sim.world[a].kits if label == EVERYWHERE else sim.mixed[a, label, KITS]
