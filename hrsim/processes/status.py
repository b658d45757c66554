"""A person's status as bits, one for each level of each condition: eligibility is one comparison of words."""

import numpy as np

from hrsim.engine.compiler import kernel_function
from hrsim.processes.effects import IDLE, WAITING
from hrsim.processes.state import (
    CUSTODY,
    DIAGNOSED_HCV,
    DIAGNOSED_HIV,
    HCV_NONE,
    HIV_NONE,
    INJECTING,
    NOT_USING,
    OTHER_ROUTE,
)

# First places of the conditions; from POOL_BIT on, one bit for each pool in which the person waits or stays.
USE_BIT, HOUSING_BIT, CUSTODY_BIT, SEX_BIT, HIV_BIT, HCV_BIT, OAT_BIT, DISTRESS_BIT, POOL_BIT = (
    0, 3, 5, 7, 9, 13, 17, 20, 22,
)  # fmt: skip
_WAITS = np.int64(1 << (OAT_BIT + 1))  # waits for opioid agonist treatment
_KEPT = _WAITS | -np.int64(1 << POOL_BIT)
MOST_POOLS = 41  # the rest of a signed 64-bit word


def bits(first: int, *levels: int) -> int:
    """Return the bits of some levels of the condition whose first bit is given."""
    return sum(1 << (first + level) for level in levels)


IN_CUSTODY = bits(CUSTODY_BIT, CUSTODY)
NOT_INJECTING = bits(USE_BIT, OTHER_ROUTE, NOT_USING)
IN_USE = bits(USE_BIT, INJECTING, OTHER_ROUTE)
WITH_HIV = bits(HIV_BIT, 1, 2, 3)
VIRAEMIC = bits(HCV_BIT, 1, 2)


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
    """Return the bits of pools, which the word itself keeps, and of opioid agonist treatment."""
    s = sim.state[i, a]
    kept = s.word & _KEPT
    if s.oat > 0:
        return kept | (1 << (OAT_BIT + 2))
    return kept if kept & _WAITS else kept | (1 << OAT_BIT)


@kernel_function
def set_phase(sim, i, a, slot, phase):
    """Set where a person stands in a pool (IDLE, WAITING or ENROLLED), and keep the bits that say so."""
    sim.stay[i, a, slot].phase = phase
    s = sim.state[i, a]
    mask = np.int64(1) << (POOL_BIT + slot)
    s.word = s.word & ~mask if phase == IDLE else s.word | mask
    if slot == sim.oat_slot[0]:
        s.word = s.word | _WAITS if phase == WAITING else s.word & ~_WAITS
