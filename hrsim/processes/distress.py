"""Distress (mental ill-health that limits a person): onset and recovery. What it does to others: `wellbeing.py`."""

from collections.abc import Mapping

from hrsim.engine.accrual import count_event
from hrsim.engine.compiler import kernel_function
from hrsim.engine.model import Process
from hrsim.engine.simulation import PERSON
from hrsim.processes.effects import ON_DISTRESS_ONSET, ON_DISTRESS_RECOVERY, multiplier
from hrsim.processes.events import DISTRESS_ONSET, DISTRESS_RECOVERY
from hrsim.processes.rates import Baseline, Peak, Rate, Subject
from hrsim.processes.state import CALM, DISTRESSED
from hrsim.processes.status import DISTRESS_BIT, bits
from hrsim.processes.stay_clock import renew_all_clocks
from hrsim.processes.wellbeing import count_wellbeing, leaving_factor

SHARE = "exp.distress_share"
OVERDOSE, STOP_USE, RELAPSE, LEAVE = (
    f"exp.distress_{what}_ratio" for what in ("overdose", "stop_use", "relapse", "leave")
)
EVIDENCE = (SHARE, "exp.distress_episode_years", OVERDOSE, STOP_USE, RELAPSE, LEAVE)
FIELDS = (
    "distress_onset",
    "distress_recovery",
    "distress_onset_usual",
    "distress_recovery_usual",
    "distress_overdose",
    "distress_stop_use",
    "distress_relapse",
    "distress_leave",
    "calm_leave",
)


def figures(draw: Mapping[str, float], baseline: Baseline) -> dict[str, float]:
    """Return rates per person-year and the factors of people in distress on other hazards.

    Recovery is one over the mean episode; onset holds the share at the start in balance. The `usual` rates size
    the streams, whether or not the process is on. Factors are relative to people without distress, whose base
    rates are divided by the average (`Baseline.average`); leaving a service carries that division itself. All are 1
    where the process is off.
    """
    share, recovery = draw[SHARE], 1.0 / draw["exp.distress_episode_years"]
    onset = recovery * share / (1.0 - share)
    on = "distress" not in baseline.off
    overdose, stop_use, relapse, leave = (
        draw[row] if on else 1.0 for row in (OVERDOSE, STOP_USE, RELAPSE, LEAVE)
    )
    average = baseline.average(leave)
    return {
        "distress_onset": onset,
        "distress_recovery": recovery,
        "distress_onset_usual": onset,
        "distress_recovery_usual": recovery,
        "distress_overdose": overdose,
        "distress_stop_use": stop_use,
        "distress_relapse": relapse,
        "distress_leave": leave / average,
        "calm_leave": 1.0 / average,
    }


def rates(figures: dict[str, float], peak: Peak) -> list[Rate]:
    """Return the two streams; none where the process is off."""
    return [
        Rate(
            f"distress.{move}",
            f"distress_{move}",
            figures[f"distress_{move}_usual"],
            figures[f"distress_{move}"] * peak(target),
            targets=(target,),
            excluded=bits(DISTRESS_BIT, level),
        )
        for move, target, level in (
            ("onset", ON_DISTRESS_ONSET, DISTRESSED),
            ("recovery", ON_DISTRESS_RECOVERY, CALM),
        )
    ]


@kernel_function
def onset_hazard(sim, argument, i, a):
    """Return the hazard of coming into distress, in custody too."""
    if sim.state[i, a].distress == DISTRESSED:
        return 0.0
    return sim.parameter[a].distress_onset * multiplier(sim, i, a, ON_DISTRESS_ONSET)


@kernel_function
def onset_apply(sim, argument, i, a, luck):
    """Come into distress."""
    _change(sim, i, a, DISTRESSED)
    count_event(sim, i, a, DISTRESS_ONSET)


@kernel_function
def recovery_hazard(sim, argument, i, a):
    """Return the hazard of recovering from distress."""
    if sim.state[i, a].distress == CALM:
        return 0.0
    return sim.parameter[a].distress_recovery * multiplier(sim, i, a, ON_DISTRESS_RECOVERY)


@kernel_function
def recovery_apply(sim, argument, i, a, luck):
    """Recover."""
    _change(sim, i, a, CALM)
    count_event(sim, i, a, DISTRESS_RECOVERY)


@kernel_function
def _change(sim, i, a, level):
    """Set a person's distress, and end again the stays whose hazard of leaving changes with it."""
    s = sim.state[i, a]
    count_wellbeing(sim, i, a)
    before = leaving_factor(sim, a, s.distress)
    s.distress = level
    renew_all_clocks(sim, i, a, before, leaving_factor(sim, a, level))


PROCESSES = (
    Process("distress_onset", onset_hazard, onset_apply, changes=PERSON),
    Process("distress_recovery", recovery_hazard, recovery_apply, changes=PERSON),
)
SUBJECT = Subject("distress", FIELDS, EVIDENCE, figures, rates)
