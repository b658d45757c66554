"""The answer in two sentences: which arm has the highest expected net benefit, how sure that is, what it changes.

The rules: the arm is chosen at the study's first threshold from its first perspective, by the mean over the draws;
arms of equal net benefit are named together; an interval that holds 0 is said to include no difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hrsim.report.comparison import MILLION, Headline, headlines
from hrsim.report.content.context import Context, records
from hrsim.report.counting import best_words
from hrsim.report.figures.data import NET_BENEFIT
from hrsim.report.numbers import number

SAID_OF_ARM = ("overdose_death", "qalys", "cost")


@dataclass(frozen=True)
class Answer:
    """Hold who is best: the arms that share the highest net benefit, and the rows of net benefit by arm."""

    best: tuple[str, ...]
    rows: dict[str, dict[str, Any]]
    threshold: float
    perspective: str


def find_answer(context: Context) -> Answer | None:
    """Find the arms of highest expected net benefit; None where there is nothing to compare."""
    table = context.table("net_benefit")
    if table is None or len(context.report.arm_labels) < 2:
        return None
    perspective = str(table["perspective"].iloc[0])
    threshold = float(table["threshold"].iloc[0])
    chosen = table[
        (table["perspective"] == perspective)
        & (table["threshold"] == threshold)
        & (table["measure"] == NET_BENEFIT)
    ]
    rows = {str(row["arm"]): row for row in records(chosen)}
    highest = max(row["mean"] for row in rows.values())
    best = tuple(arm for arm, row in rows.items() if row["mean"] == highest)
    return Answer(best, rows, threshold, perspective)


def answer_sentences(context: Context) -> tuple[str, ...]:
    """Write the answer; one sentence where a study has one arm."""
    answer = find_answer(context)
    if answer is None:
        return (context.say("answer.one_arm"),)
    return (_first(context, answer), _second(context, answer))


def _first(context: Context, answer: Answer) -> str:
    say, samples = context.say, int(answer.rows[answer.best[0]]["n_draws"])
    words = {
        "threshold": f"{number(answer.threshold, 0, say.form)} {context.facts.currency}",
        "perspective": context.perspective(answer.perspective),
        "draws": say.whole(samples),
    }
    if len(answer.best) > 1:
        return say("answer.tied", arms=say.listed([context.arm(arm) for arm in answer.best]), **words)
    arm = answer.best[0]
    key = "answer.best_is_comparator" if arm == context.report.comparator else "answer.best"
    best = say(key, arm=context.arm(arm), **words)
    return f"{best} {_how_sure(context, answer.rows[arm], samples)}"


def _how_sure(context: Context, row: dict[str, Any], samples: int) -> str:
    say = context.say
    if samples == 1:
        return say("answer.sure_unknown")
    if int(row["draws_best"]) == samples:
        return say("answer.sure_always", draws=say.whole(samples))
    words = best_words(int(row["draws_best"]), int(row["draws_tied"]), samples, say)
    return say("answer.sure", draws=words)


def _second(context: Context, answer: Answer) -> str:
    """Say what the best arm changes; where the comparator is (among) the best, what the next best would change."""
    say, base = context.say, context.report.comparator
    if base in answer.best:
        others = {arm: row for arm, row in answer.rows.items() if arm not in answer.best}
        if not others:
            return say("answer.all_equal")
        arm = max(others, key=lambda name: float(others[name]["mean"]))
        opening = "answer.next_changes"
    else:
        arm, opening = answer.best[0], "answer.changes"
    changes = say.listed(list(_changes(context, arm, answer.perspective)))
    certainty = _certainty(context, answer.rows[arm])
    return say(
        opening,
        arm=context.arm(arm),
        comparator=context.arm(base),
        changes=changes,
        certainty=certainty,
        years=context.exact(context.facts.years),
    )


def _changes(context: Context, arm: str, perspective: str) -> Sequence[str]:
    found = [
        headline
        for headline in headlines(context.report.tables, context.say)
        if headline.measure in SAID_OF_ARM and headline.perspective in (None, perspective)
    ]
    return [_change(context, headline, arm) for headline in found if arm in headline.changes.index]


def _change(context: Context, headline: Headline, arm: str) -> str:
    change = headline.change(arm, context.say)
    return context.say(f"answer.change.{headline.measure}", change=change, money=context.money)


def _certainty(context: Context, row: dict[str, Any]) -> str:
    """Say whether the interval of the change of net benefit includes no difference."""
    if pd.isna(row["difference_low"]):
        return context.say("answer.interval_unknown")
    values = {name: float(row[f"difference_{name}"]) / MILLION for name in ("mean", "low", "high", "mcse")}
    key = "includes" if values["low"] <= 0 <= values["high"] else "above" if values["low"] > 0 else "below"
    return context.say(f"answer.{key}", change=context.interval(values), money=context.money)
