"""Effects of services on named targets: products while enrolled or carrying a kit, the largest of the open windows.

Arrays: `target` (T+1,) first effect of each target; `effect` (K,) records; `effect_value` (A, K) multipliers; in arms
where the service has no such effect 1, or NO_WINDOW for a window; `left` (n, A, W) tick at which the last stay in a
service ended that a window follows, whatever stay of the same pool came after it; `acting` (T,) services that act on a
target while people are enrolled, a bit each, and CARRYING where a kit acts on it.
"""

import numpy as np

from hrsim.engine.compiler import kernel_function
from hrsim.engine.simulation import LOOKING, NOW, record

TARGETS = (
    "overdose",
    "overdose_fatality",
    "hiv_acquisition",
    "hcv_acquisition",
    "sharing",
    "hiv_transmission",
    "skin_infection",
    "endocarditis",
    "stop_use",
    "relapse",
    "start_injecting",
    "stop_injecting",
    "emergency_visit",
    "admission",
    "background_mortality",
    "custody_entry",
    "lose_housing",
    "gain_housing",
    "distress_onset",
    "distress_recovery",
    "trust_loss",
    "trust_gain",
)
(
    ON_OVERDOSE,
    ON_OVERDOSE_FATALITY,
    ON_HIV_ACQUISITION,
    ON_HCV_ACQUISITION,
    ON_SHARING,
    ON_HIV_TRANSMISSION,
    ON_SKIN_INFECTION,
    ON_ENDOCARDITIS,
    ON_STOP_USE,
    ON_RELAPSE,
    ON_START_INJECTING,
    ON_STOP_INJECTING,
    ON_EMERGENCY_VISIT,
    ON_ADMISSION,
    ON_BACKGROUND_MORTALITY,
    ON_CUSTODY_ENTRY,
    ON_LOSE_HOUSING,
    ON_GAIN_HOUSING,
    ON_DISTRESS_ONSET,
    ON_DISTRESS_RECOVERY,
    ON_TRUST_LOSS,
    ON_TRUST_GAIN,
) = range(len(TARGETS))
# After the named targets come start.<service> and leave.<service>, two for each service in order.
ON_SERVICES = len(TARGETS)

WHILE_ENROLLED, FIRST, AFTER, WHILE_CARRYING = range(4)
CARRYING = np.int64(1 << 62)  # a bit that no service has
NO_WINDOW = -1.0

EFFECT = record([("length", "i8"), ("service", "i4"), ("during", "i4")])
IDLE, WAITING, ENROLLED = range(3)


@kernel_function
def start_target(service):
    """Return the number of the target `start.<service>`."""
    return ON_SERVICES + 2 * service


@kernel_function
def leave_target(service):
    """Return the number of the target `leave.<service>`."""
    return ON_SERVICES + 2 * service + 1


@kernel_function
def own_event_target(sim, k):
    """Return the number of the target `event.<name>` of the k-th declared event; these follow the services'."""
    return ON_SERVICES + 2 * sim.service.shape[1] + k


@kernel_function
def enrolled_multiplier(sim, i, a, target):
    """Return the product of the effects on a target from a person's enrolments and from carrying a naloxone kit."""
    product = 1.0
    carrying = CARRYING if sim.state[i, a].kits > 0 else np.int64(0)
    if not (sim.state[i, a].enrolled | carrying) & sim.acting[target]:
        return product
    for k in range(sim.target[target], sim.target[target + 1]):
        effect = sim.effect[k]
        if effect.during == WHILE_ENROLLED:
            acts = (sim.state[i, a].enrolled >> effect.service) & 1 > 0
        else:
            acts = effect.during == WHILE_CARRYING and sim.state[i, a].kits > 0
        if acts:
            product *= sim.effect_value[a, k]
    return product


@kernel_function
def window_multiplier(sim, i, a, target):
    """Return the largest multiplier of the windows that are open on a target, or NO_WINDOW."""
    largest = NO_WINDOW
    if sim.clock[NOW] >= sim.state[i, a].windows_end:
        return largest
    for k in range(sim.target[target], sim.target[target + 1]):
        effect = sim.effect[k]
        if FIRST <= effect.during <= AFTER and _open(sim, i, a, effect):
            largest = max(largest, sim.effect_value[a, k])
    return lasting(sim, largest)


@kernel_function
def lasting(sim, window):
    """Return a window's multiplier, at least 1 where the kernel asks how high a hazard may rise: windows close."""
    if sim.clock[LOOKING] and NO_WINDOW < window < 1.0:
        return 1.0
    return window


@kernel_function
def _open(sim, i, a, effect):
    v = sim.service[a, effect.service]
    if v.slot < 0:
        return False
    inside = (sim.state[i, a].enrolled >> effect.service) & 1 > 0
    if effect.during == FIRST:
        return inside and sim.clock[NOW] - sim.stay[i, a, v.slot].changed < effect.length
    return not inside and sim.clock[NOW] - sim.left[i, a, v.left] < effect.length


@kernel_function
def note_windows(sim, i, a, slot):
    """Keep the tick until which a window of a person's stays may be open: call when a stay has begun or ended."""
    stay = sim.stay[i, a, slot]
    if stay.service < 0:
        return
    v = sim.service[a, stay.service]
    end = stay.changed + v.first_window if stay.phase == ENROLLED else stay.end + v.after_window
    sim.state[i, a].windows_end = max(sim.state[i, a].windows_end, end)


@kernel_function
def multiplier(sim, i, a, target):
    """Return the enrolled effects on a target times the largest open window (1 when none is open)."""
    if sim.target[target] == sim.target[target + 1]:
        return 1.0
    window = window_multiplier(sim, i, a, target)
    product = enrolled_multiplier(sim, i, a, target)
    return product if window < 0.0 else product * window
