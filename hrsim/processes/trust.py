"""Trust in services: what befalls people in them moves it, it drifts back, and it moves who comes to all of them."""

from collections.abc import Mapping

import numpy as np

from hrsim.engine.accrual import count_event, touch_aspect
from hrsim.engine.compiler import kernel_function
from hrsim.engine.model import Process
from hrsim.engine.random import purpose, questions, set_apart, uniform
from hrsim.engine.simulation import NOW, PERSON
from hrsim.processes.effects import ON_TRUST_GAIN, ON_TRUST_LOSS, multiplier
from hrsim.processes.events import TRUST_GAINED, TRUST_LOST
from hrsim.processes.rates import Baseline, Peak, Rate, Subject
from hrsim.processes.state import LOW_TRUST, TRUSTING
from hrsim.processes.stay_clock import personal_uniforms
from hrsim.processes.wellbeing import count_wellbeing

SHARE, REACH, REFERRAL = "exp.trust_low_share", "exp.stigma_delay_mult", "exp.trust_coming_odds_ratio"
_CHANCES = ("lost_turned_away", "lost_left_waiting", "lost_closure", "lost_custody", "gained_contact")
_CHANCE_ROWS = tuple(f"exp.trust_{name}" for name in _CHANCES)
EVIDENCE = (SHARE, REACH, REFERRAL, "exp.trust_drift_years", *_CHANCE_ROWS)
FIELDS = (
    "trust_loss",
    "trust_gain",
    "trust_loss_usual",
    "trust_gain_usual",
    *(f"trust_{name}" for name in _CHANCES),
    "trust_reach",
    "low_trust_reach",
    "trust_odds",
    "trust_low_share",
)
_AT_CONTACT = purpose("trust at a contact")
_LEFT_WAITING = purpose("trust after leaving a list")
_CLOSURE = purpose("trust after being sent away")
_IN_CUSTODY = purpose("trust in custody")
_WON, _LOST = questions(2)


def figures(draw: Mapping[str, float], baseline: Baseline) -> dict[str, float]:
    """Return drift rates per person-year, chances that an event moves trust, and what low trust does.

    The drift holds the share at the start in balance and forgets what events did at rate 1 / `exp.trust_drift_years`;
    the `usual` rates size the streams. `trust_reach` and `low_trust_reach` are 1 on average over the people at the
    start. Chances are 0 and factors 1 where the process is off.
    """
    share, forgetting = draw[SHARE], 1.0 / draw["exp.trust_drift_years"]
    on = "trust" not in baseline.off
    ratio = draw[REACH] if on else 1.0
    average = 1.0 + (share * (ratio - 1.0) if on else 0.0)
    chances = {f"trust_{name}": draw[f"exp.trust_{name}"] if on else 0.0 for name in _CHANCES}
    return {
        "trust_loss": forgetting * share,
        "trust_gain": forgetting * (1.0 - share),
        "trust_loss_usual": forgetting * share,
        "trust_gain_usual": forgetting * (1.0 - share),
        **chances,
        "trust_reach": 1.0 / average,
        "low_trust_reach": ratio / average,
        "trust_odds": draw[REFERRAL] if on else 1.0,
        "trust_low_share": share,
    }


def rates(figures: dict[str, float], peak: Peak) -> list[Rate]:
    """Return the two streams of the drift; none where the process is off."""
    return [
        Rate(
            f"trust.{move}",
            f"trust_{move}",
            figures[f"trust_{move}_usual"],
            figures[f"trust_{move}"] * peak(target),
            targets=(target,),
        )
        for move, target in (("loss", ON_TRUST_LOSS), ("gain", ON_TRUST_GAIN))
    ]


@kernel_function
def loss_hazard(sim, argument, i, a):
    """Return the hazard of losing trust by drift."""
    if sim.state[i, a].trust == LOW_TRUST:
        return 0.0
    return sim.parameter[a].trust_loss * multiplier(sim, i, a, ON_TRUST_LOSS)


@kernel_function
def loss_apply(sim, argument, i, a, luck):
    """Lose trust."""
    _change(sim, i, a, LOW_TRUST, TRUST_LOST)


@kernel_function
def gain_hazard(sim, argument, i, a):
    """Return the hazard of gaining trust by drift."""
    if sim.state[i, a].trust == TRUSTING:
        return 0.0
    return sim.parameter[a].trust_gain * multiplier(sim, i, a, ON_TRUST_GAIN)


@kernel_function
def gain_apply(sim, argument, i, a, luck):
    """Gain trust."""
    _change(sim, i, a, TRUSTING, TRUST_GAINED)


@kernel_function
def good_contact(sim, i, a, place):
    """Let a contact that a service had room for win trust; `place` is the contact's."""
    chance = sim.parameter[a].trust_gained_contact
    if sim.state[i, a].trust == LOW_TRUST and chance > 0.0:
        _move(sim, i, a, uniform(set_apart(place, _AT_CONTACT), _WON) < chance)


@kernel_function
def turned_away(sim, i, a, place):
    """Let being turned away by a service cost trust; `place` is the contact's."""
    chance = sim.parameter[a].trust_lost_turned_away
    if sim.state[i, a].trust == TRUSTING and chance > 0.0:
        _move(sim, i, a, uniform(set_apart(place, _AT_CONTACT), _LOST) < chance)


@kernel_function
def left_waiting(sim, i, a, s):
    """Let leaving a service's list without a place cost trust."""
    _lose(sim, i, a, _LEFT_WAITING ^ sim.service_key[s], sim.parameter[a].trust_lost_left_waiting)


@kernel_function
def sent_away(sim, i, a, s):
    """Let the end of an enrolment that the service wanted (closure, want of money) cost trust."""
    _lose(sim, i, a, _CLOSURE ^ sim.service_key[s], sim.parameter[a].trust_lost_closure)


@kernel_function
def taken_into_custody(sim, i, a):
    """Let custody cost trust."""
    _lose(sim, i, a, _IN_CUSTODY, sim.parameter[a].trust_lost_custody)


@kernel_function
def _lose(sim, i, a, word, chance):
    """Lose trust with a chance, keyed by person, reason and tick: the same in every arm."""
    if sim.state[i, a].trust == TRUSTING and chance > 0.0:
        answer, _ = personal_uniforms(sim, i, word, sim.clock[NOW], 0)
        _move(sim, i, a, answer < chance)


@kernel_function
def _move(sim, i, a, moves):
    """Turn trust the other way, if it moves."""
    if not moves:
        return
    if sim.state[i, a].trust == TRUSTING:
        _change(sim, i, a, LOW_TRUST, TRUST_LOST)
    else:
        _change(sim, i, a, TRUSTING, TRUST_GAINED)


@kernel_function
def _change(sim, i, a, level, event):
    touch_aspect(sim, i, a, PERSON)
    count_wellbeing(sim, i, a)
    sim.state[i, a].trust = level
    count_event(sim, i, a, event)


@kernel_function
def on_reach(sim, i, a):
    """Return the factor on how fast any service reaches a person, 1 on average over the people at the start."""
    p = sim.parameter[a]
    return p.low_trust_reach if sim.state[i, a].trust == LOW_TRUST else p.trust_reach


@kernel_function
def chance_of_coming(sim, i, a, chance):
    """Return a person's chance of coming where sent or invited, given its mean over the people at the start.

    The odds of people with low trust are `trust_odds` times those of others: with s the share of the former and
    d = trust_odds - 1, the chance x of others solves (1 - s) d x^2 + (1 + d (s - chance)) x = chance.
    """
    p = sim.parameter[a]
    if p.trust_odds == 1.0:
        return chance
    d = p.trust_odds - 1.0
    b = 1.0 + d * (p.trust_low_share - chance)
    others = 2.0 * chance / (b + np.sqrt(b * b + 4.0 * (1.0 - p.trust_low_share) * d * chance))
    if sim.state[i, a].trust == TRUSTING:
        return others
    return p.trust_odds * others / (1.0 + d * others)


PROCESSES = (
    Process("trust_loss", loss_hazard, loss_apply, quiet=True),
    Process("trust_gain", gain_hazard, gain_apply, quiet=True),
)
SUBJECT = Subject("trust", FIELDS, EVIDENCE, figures, rates)
