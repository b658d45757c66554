"""The same lives, bit for bit, with the compiler off."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from hrsim.engine.simulation import Simulation
from hrsim.processes.state import CUSTODY
from tests.processes.small_world import (
    CENTRAL,
    PLAIN_BASELINE,
    SUBJECTS,
    assert_pools_add_up,
    half_men,
    run_life,
)


def mixed(sim: Simulation) -> None:
    """Give everybody kits and put some in custody."""
    half_men(sim)
    sim.state["kits"] = 3
    sim.state["custody"][:10] = CUSTODY


def everything() -> str:
    """Return digests of events, flows and person-time of lives with every process on, in two arms."""
    numbers: dict[str, float] = {}
    for subject in SUBJECTS:
        numbers |= subject.SUBJECT.figures(CENTRAL, PLAIN_BASELINE)
    faster = {**numbers, "skin_infection": 3.0, "endocarditis": 0.2, "custody_entry": 1.0}
    sim = run_life([numbers, faster], 60, 1, 1, mixed, kits_at_release=0.5)
    assert_pools_add_up(sim)
    assert sim.event.sum() > 500
    arrays = (sim.event, sim.flow, sim.ticks)
    return " ".join(hashlib.blake2b(array.tobytes(), digest_size=8).hexdigest() for array in arrays)


def test_the_compiler_changes_no_bit() -> None:
    """The suite's own run, compiled, against one in a process with the compiler off."""
    root = Path(__file__).parents[2]
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(root)}
    script = "from tests.processes.test_life_twin import everything; print(everything())"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == everything()
