"""Whether a service stands: it is open and can take somebody, so it has sites and places that cost money."""

from hrsim.engine.compiler import kernel_function
from hrsim.processes.service_records import COVERED_STAY


@kernel_function
def stands(sim, a, s):
    """Return whether a service is open and not at 0 in what it states: coverage, places, sites, contacts, kits, reach.

    Without reach it stands where people come to it in another way: prompts, referrals, stays at the start.
    """
    v = sim.service[a, s]
    if not v.open or v.places == 0 or v.sites == 0 or v.token_rate == 0.0:
        return False
    if v.stay == COVERED_STAY:
        return v.coverage > 0.0
    found = v.invited != 0
    for g in range(sim.reach_rate.shape[2]):
        found = found or sim.reach_rate[a, s, g] > 0.0
    return found
