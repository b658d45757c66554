"""Naloxone kits that people carry: loss and expiry. Handing out is a service's, using up the overdose's."""

from collections.abc import Mapping

import numpy as np

from hrsim.engine.accrual import count_event, touch_aspect
from hrsim.engine.compiler import kernel_function
from hrsim.engine.model import Process
from hrsim.engine.simulation import CARRIED
from hrsim.processes.events import KIT_LOST
from hrsim.processes.rates import Baseline, Peak, Rate, Subject
from hrsim.processes.state import change_kits
from hrsim.units import MONTHS_PER_YEAR

EVIDENCE = ("od.kit_life_months",)
_USUAL_KITS = 4  # carried by most people at most; sets a ceiling, hence speed, never results


def figures(draw: Mapping[str, float], baseline: Baseline) -> dict[str, float]:
    """Return the loss rate of one kit per year: one over its mean life."""
    return {"kit_loss": MONTHS_PER_YEAR / draw["od.kit_life_months"]}


def rates(figures: dict[str, float], peak: Peak) -> list[Rate]:
    """Return the one stream; the number of kits that a person carries has no bound."""
    return [
        Rate("naloxone.kit_loss", "kit_loss", _USUAL_KITS * figures["kit_loss"], float("inf"), targets=())
    ]


@kernel_function
def loss_hazard(sim, argument, i, a):
    """Return the hazard that one of a person's kits is lost or goes out of date, in custody too."""
    return np.float64(sim.state[i, a].kits) * sim.parameter[a].kit_loss


@kernel_function
def loss_apply(sim, argument, i, a, luck):
    """Lose one kit; the last one takes effects of carrying with it."""
    if sim.state[i, a].kits == 1:
        touch_aspect(sim, i, a, CARRIED)
    change_kits(sim, i, a, -1)
    count_event(sim, i, a, KIT_LOST)


PROCESSES = (Process("kit_loss", loss_hazard, loss_apply, reads=CARRIED, quiet=True),)
SUBJECT = Subject("naloxone", ("kit_loss",), EVIDENCE, figures, rates)
