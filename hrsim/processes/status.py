"""A person's status as bits, one for each level of each condition: eligibility is one comparison of words."""

import numpy as np

from hrsim.engine.compiler import kernel_function
from hrsim.processes.effects import IDLE, WAITING
from hrsim.processes.state import DIAGNOSED_HCV, DIAGNOSED_HIV, HCV_NONE, HIV_NONE

# First places of the conditions; from POOL_BIT on, one bit for each pool in which the person waits or stays.
USE_BIT, HOUSING_BIT, CUSTODY_BIT, SEX_BIT, HIV_BIT, HCV_BIT, OAT_BIT, DISTRESS_BIT, POOL_BIT = (
    0, 3, 5, 7, 9, 13, 17, 20, 22,
)  # fmt: skip
MOST_POOLS = 41  # the rest of a signed 64-bit word


@kernel_function
def status_word(sim, i, a):
    """Return a person's status now."""
    return _place_bits(sim, i, a) | _health_bits(sim, i, a) | _pool_bits(sim, i, a)


@kernel_function
def _place_bits(sim, i, a):
    s = sim.state[i, a]
    return (
        (1 << (USE_BIT + np.int64(s.use)))
        | (1 << (HOUSING_BIT + np.int64(s.housing)))
        | (1 << (CUSTODY_BIT + np.int64(s.custody)))
        | (1 << (SEX_BIT + np.int64(sim.person[i].sex)))
    )


@kernel_function
def _health_bits(sim, i, a):
    s = sim.state[i, a]
    hiv = 0
    if s.hiv != HIV_NONE:
        hiv = 3 if s.suppressed else (2 if s.diagnosed & DIAGNOSED_HIV else 1)
    hcv = 0
    if s.viraemic:
        hcv = 2 if s.diagnosed & DIAGNOSED_HCV else 1
    elif s.hcv != HCV_NONE:
        hcv = 3
    return (1 << (HIV_BIT + hiv)) | (1 << (HCV_BIT + hcv)) | (1 << (DISTRESS_BIT + np.int64(s.distress)))


@kernel_function
def _pool_bits(sim, i, a):
    bits = 0
    waits = False
    for slot in range(sim.slot_word.shape[0]):
        phase = sim.stay[i, a, slot].phase
        if phase != IDLE:
            bits |= 1 << (POOL_BIT + slot)
            if phase == WAITING and slot == sim.oat_slot[0]:
                waits = True
    oat = 2 if sim.state[i, a].oat > 0 else (1 if waits else 0)
    return bits | (1 << (OAT_BIT + oat))
