"""Where the choice changes: the willingness to pay from which on another arm has the highest expected net benefit.

The thresholds follow exactly from the means of cost and QALYs: they are the ratios along the efficiency frontier.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from hrsim.report.content.context import Context
from hrsim.report.figures.data import frontier_line
from hrsim.report.numbers import to_significant

MOST_STEPS = 3
"""Stretches that a sentence lists whole; all of them stand as ratios in the table of cost-effectiveness."""


@dataclass(frozen=True)
class Choice:
    """Hold the arm that is best from a willingness to pay for a QALY on, up to another; `to` is None at the end."""

    arm: str
    start: float
    to: float | None


def choices(table: pd.DataFrame, perspective: str) -> tuple[Choice, ...]:
    """Give the best arm by willingness to pay, from 0 up, out of the table of cost-effectiveness."""
    line = frontier_line(pd.DataFrame(table[table["perspective"] == perspective]))
    starts = [0.0, *(float(value) for value in line["icer"].iloc[1:])]
    ends: list[float | None] = [*starts[1:], None]
    arms = [str(arm) for arm in line["arm"]]
    found = (Choice(*one) for one in zip(arms, starts, ends, strict=True))
    return tuple(one for one in found if one.to is None or one.to > one.start)


def choice_sentence(context: Context) -> str:
    """Say which arm is best at which willingness to pay, from each perspective."""
    table, say = context.report.tables["cost_effectiveness"], context.say
    perspectives = [str(name) for name in dict.fromkeys(table["perspective"])]
    found = {name: choices(table, name) for name in perspectives}
    always = {steps[0].arm if len(steps) == 1 else None for steps in found.values()}
    if len(always) == 1 and None not in always:
        names = say.listed([context.perspective(name) for name in perspectives])
        arm = context.arm(str(always.pop()))
        return say("answer.choice.always_best", arm=arm, perspectives=names)
    parts = [
        say("answer.choice.from", perspective=context.perspective(name), steps=_steps(context, steps))
        for name, steps in found.items()
    ]
    return say("answer.choice.depends", parts=say("number.between_clauses").join(parts))


def _steps(context: Context, steps: tuple[Choice, ...]) -> str:
    if len(steps) == 1:
        return context.say("answer.choice.any", arm=context.arm(steps[0].arm))
    if len(steps) > MOST_STEPS:
        return _around(context, steps)
    return context.say.listed([_step(context, one) for one in steps])


def _around(context: Context, steps: tuple[Choice, ...]) -> str:
    """Say of many changes only the stretch of the study's own willingness to pay, and the arms next to it."""
    own = context.facts.thresholds[0]
    place = next(p for p, one in enumerate(steps) if one.to is None or own < one.to)
    place = min(max(place, 1), len(steps) - 2)
    below, one, above = steps[place - 1 : place + 2]
    start, to = (_worth(context, value) for value in (one.start, one.to))
    names = {"arm": one.arm, "below": below.arm, "above": above.arm}
    return context.say(
        "answer.choice.around", start=start, to=to, **{key: context.arm(arm) for key, arm in names.items()}
    )


def _step(context: Context, one: Choice) -> str:
    key = "last" if one.to is None else "middle" if one.start else "first"
    return context.say(f"answer.choice.{key}", arm=context.arm(one.arm), to=_worth(context, one.to))


def _worth(context: Context, value: float | None) -> str:
    return "" if value is None else f"{to_significant(value, context.say.form)} {context.facts.currency}"
