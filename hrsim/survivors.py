"""Who is alive when a run ends: counted by arm, group, sex, age and valuation state, from the final arrays."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from hrsim.engine.ledger import AGES
from hrsim.engine.simulation import ALIVE, Simulation
from hrsim.life_table import SEXES
from hrsim.units import TICKS_PER_YEAR


def survivors(sim: Simulation, horizon: int, groups: int, states: int) -> NDArray[np.int64]:
    """Count the people alive at the horizon, as `Ledger.survivors` holds them.

    Ages are in whole years; whoever is older than the oldest age counts there, as in the life table.
    """
    person, arm = np.nonzero(np.asarray(sim.state["status"]) == ALIVE)
    facts = np.asarray(sim.person)[person]
    ages = np.minimum((horizon - facts["birth"]) // TICKS_PER_YEAR, AGES - 1)
    cell = np.asarray(sim.state["cell"])[person, arm]
    shape = (sim.state.shape[1], groups, len(SEXES), AGES, states)
    places = np.ravel_multi_index((arm, facts["group"], facts["sex"], ages, cell), shape)
    assert math.prod(shape) < np.iinfo(np.int64).max
    place, count = np.unique(places, return_counts=True)
    return np.stack([place, count], axis=1).astype(np.int64)
