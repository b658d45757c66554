"""Moving away for good: people leave the place, counted apart from the dead, and are followed no further."""

from collections.abc import Mapping

from hrsim.engine.accrual import count_event
from hrsim.engine.compiler import kernel_function
from hrsim.engine.model import Process
from hrsim.engine.simulation import MOVED_AWAY, PERSON
from hrsim.processes.death import depart
from hrsim.processes.events import PEOPLE_MOVED_AWAY
from hrsim.processes.rates import Baseline, Peak, Rate, Subject
from hrsim.processes.state import in_community
from hrsim.processes.status import IN_CUSTODY


def figures(draw: Mapping[str, float], baseline: Baseline) -> dict[str, float]:
    """Return the rate per person-year at liberty, the same for everybody: `population.moving_away`."""
    return {"moving_away": baseline.moving_away}


def rates(figures: dict[str, float], peak: Peak) -> list[Rate]:
    """Return the one stream."""
    rate = figures["moving_away"]
    return [Rate("moving_away", "moving_away", rate, rate, targets=(), excluded=IN_CUSTODY)]


@kernel_function
def moving_hazard(sim, argument, i, a):
    """Return the hazard of moving away, 0 in custody."""
    return sim.parameter[a].moving_away if in_community(sim, i, a) else 0.0


@kernel_function
def moving_apply(sim, argument, i, a, luck):
    """Move away."""
    count_event(sim, i, a, PEOPLE_MOVED_AWAY)
    depart(sim, i, a, MOVED_AWAY)


PROCESSES = (Process("moving_away", moving_hazard, moving_apply, reads=PERSON, changes=PERSON),)
SUBJECT = Subject("moving_away", ("moving_away",), (), figures, rates)
