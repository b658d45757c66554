"""Loss of kits: each kit lives an exponential life of its own, above the ceiling too."""

import numpy as np

from hrsim.engine.simulation import Simulation
from hrsim.processes.events import KIT_LOST
from hrsim.processes.naloxone import figures
from hrsim.processes.state import CUSTODY
from tests.processes.small_world import (
    CENTRAL,
    PLAIN_BASELINE,
    assert_pools_add_up,
    assert_share,
    counts,
    run_life,
)


def test_kits_are_lost_one_by_one() -> None:
    """Seven kits each, far above the ceiling's two: those left after the mean life are binomial with e^-1."""
    people, kits = 2000, 7
    loss = figures(CENTRAL, PLAIN_BASELINE)

    def carry(sim: Simulation) -> None:
        sim.state["kits"] = kits
        sim.state["custody"][: people // 4] = CUSTODY

    years = CENTRAL["od.kit_life_months"] / 12.0
    rounded = round(years * 4) / 4
    sim = run_life([{**loss, "custody_stay": 1e12}], people, rounded, 1, carry)
    left = int(sim.state["kits"].sum())
    assert_share(left, people * kits, np.exp(-rounded / years))
    assert left + counts(sim, KIT_LOST)[0] == people * kits
    assert sim.state["kits"].min() >= 0
    assert_pools_add_up(sim)
