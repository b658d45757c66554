"""Housing: losing and gaining a stable place to live."""

from collections.abc import Mapping

from hrsim.engine.accrual import count_event
from hrsim.engine.compiler import kernel_function
from hrsim.engine.model import Process
from hrsim.engine.simulation import PERSON
from hrsim.processes.custody import homes_lost
from hrsim.processes.effects import ON_GAIN_HOUSING, ON_LOSE_HOUSING, multiplier
from hrsim.processes.events import HOUSING_GAIN, HOUSING_LOSS
from hrsim.processes.rates import Baseline, Peak, Rate, Subject
from hrsim.processes.state import COMMUNITY, STABLE, UNSTABLE
from hrsim.processes.status import HOUSING_BIT, IN_CUSTODY, bits

EVIDENCE = ("exp.housing_loss_rate", "exp.housing_gain_rate")


def figures(draw: Mapping[str, float], baseline: Baseline) -> dict[str, float]:
    """Return both rates per person-year; losses through custody are not in the first where custody causes them."""
    return {"housing_loss": homes_lost(draw, baseline)[0], "housing_gain": draw["exp.housing_gain_rate"]}


def rates(figures: dict[str, float], peak: Peak) -> list[Rate]:
    """Return the two streams."""
    loss, gain = figures["housing_loss"], figures["housing_gain"]
    return [
        Rate(
            "housing.loss",
            "housing_loss",
            loss,
            loss * peak(ON_LOSE_HOUSING),
            excluded=bits(HOUSING_BIT, UNSTABLE) | IN_CUSTODY,
        ),
        Rate(
            "housing.gain",
            "housing_gain",
            gain,
            gain * peak(ON_GAIN_HOUSING),
            excluded=bits(HOUSING_BIT, STABLE) | IN_CUSTODY,
        ),
    ]


@kernel_function
def loss_hazard(sim, argument, i, a):
    """Return the hazard of losing a stable place, 0 in custody."""
    s = sim.state[i, a]
    if s.housing != STABLE or s.custody != COMMUNITY:
        return 0.0
    return sim.parameter[a].housing_loss * multiplier(sim, i, a, ON_LOSE_HOUSING)


@kernel_function
def loss_apply(sim, argument, i, a, luck):
    """Lose the place."""
    sim.state[i, a].housing = UNSTABLE
    count_event(sim, i, a, HOUSING_LOSS)


@kernel_function
def gain_hazard(sim, argument, i, a):
    """Return the hazard of finding a stable place, 0 in custody."""
    s = sim.state[i, a]
    if s.housing != UNSTABLE or s.custody != COMMUNITY:
        return 0.0
    return sim.parameter[a].housing_gain * multiplier(sim, i, a, ON_GAIN_HOUSING)


@kernel_function
def gain_apply(sim, argument, i, a, luck):
    """Find a place."""
    sim.state[i, a].housing = STABLE
    count_event(sim, i, a, HOUSING_GAIN)


PROCESSES = (
    Process("housing_loss", loss_hazard, loss_apply, changes=PERSON),
    Process("housing_gain", gain_hazard, gain_apply, changes=PERSON),
)
SUBJECT = Subject("housing", ("housing_loss", "housing_gain"), EVIDENCE, figures, rates)
