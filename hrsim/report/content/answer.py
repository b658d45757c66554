"""The answer in two sentences: what the best arm does in people and money, and where the choice changes.

The rules: the arm is chosen at the study's first threshold from its first perspective, by the mean over the draws.
Arms that the draws cannot tell from it, by their paired differences, are a tie. Where the comparator is best, the next
best arm is described instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hrsim.report.comparison import Headline, headlines, row_of
from hrsim.report.content.choices import choice_sentence
from hrsim.report.content.context import Context, records
from hrsim.report.counting import best_words
from hrsim.report.figures.data import NET_BENEFIT
from hrsim.report.numbers import number

PEOPLE_FIRST = (
    *("overdose_death", "deaths_all_causes", "overdose_all", "hiv_infection", "hcv_infection"),
    *("emergency_visit_all", "admission_all"),
)
"""What is said of people: the first of these that the arm changes."""


@dataclass(frozen=True)
class Answer:
    """Hold who is best, the arm described (the best other than the comparator), and the rows of net benefit by arm."""

    best: tuple[str, ...]
    described: str
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
    ranked = sorted(rows, key=lambda arm: -float(rows[arm]["mean"]))
    best = tuple(arm for arm in rows if rows[arm]["tied"])
    described = next(arm for arm in ranked if arm != context.report.comparator)
    return Answer(best, described, rows, threshold, perspective)


def answer_sentences(context: Context) -> tuple[str, ...]:
    """Write the answer; one sentence where a study has one arm."""
    answer = find_answer(context)
    if answer is None:
        return (context.say("answer.one_arm"),)
    return (_first(context, answer), choice_sentence(context))


def _first(context: Context, answer: Answer) -> str:
    say, base = context.say, context.report.comparator
    words = {
        "worth": worth(context, answer),
        "perspective": context.perspective(answer.perspective),
        "draws": say.whole(int(answer.rows[base]["n_draws"])),
    }
    if len(answer.best) > 1:
        tie = say("answer.tied", arms=say.listed([context.arm(arm) for arm in answer.best]), **words)
        return f"{tie} {_would(context, answer)}"
    if answer.best == (base,):
        return say("answer.best_is_comparator", arm=context.arm(base), would=_would(context, answer), **words)
    return _would(context, answer)


def worth(context: Context, answer: Answer) -> str:
    """Write the willingness to pay at which the arms are ranked, such as `50,000 CAD`."""
    return f"{number(answer.threshold, 0, context.say.form)} {context.facts.currency}"


def _would(context: Context, answer: Answer) -> str:
    """Say what the described arm does in people and money, against the comparator."""
    found = list(headlines(context.report.tables, context.say))
    return context.say(
        "answer.would",
        arm=context.arm(answer.described),
        comparator=context.arm(context.report.comparator),
        people=_people(context, answer.described, found),
        cost=_cost(context, answer, found),
        years=context.exact(context.facts.years),
    )


def _people(context: Context, arm: str, found: list[Headline]) -> str:
    by_measure = {one.measure: one for one in found if arm in one.changes.index}
    for measure in PEOPLE_FIRST:
        if measure in by_measure and by_measure[measure].changes.loc[arm, "mean"]:
            direction, size = _direction_and_size(context, by_measure[measure], arm)
            what = context.say(f"answer.events.{measure}")
            return context.say(f"answer.people.{direction}", change=size, what=what)
    return context.say("answer.people.same")


def _cost(context: Context, answer: Answer, found: list[Headline]) -> str:
    costs = next(one for one in found if one.measure == "cost" and one.perspective == answer.perspective)
    direction, size = _direction_and_size(context, costs, answer.described)
    return context.say(
        f"answer.cost.{direction}",
        change=size,
        money=context.money,
        perspective=context.perspective(answer.perspective),
    )


def _direction_and_size(context: Context, headline: Headline, arm: str) -> tuple[str, str]:
    """Say whether an arm has fewer or more, and how many; of a fall the size, its interval with it.

    A sentence shows the digits that its own number supports; tables show those of their block.
    """
    change = row_of(headline.changes, arm)
    if change["mean"] < 0:
        change = {**change, "mean": -change["mean"], "low": -change["high"], "high": -change["low"]}
        return "fewer", context.interval(change)
    return "more" if change["mean"] > 0 else "same", context.interval(change)


def explained(context: Context) -> str:
    """Say how often the best arm is the best, and what a QALY, a draw and brackets are."""
    say, answer = context.say, find_answer(context)
    parts = []
    if answer is not None:
        best = max(answer.rows, key=lambda arm: float(answer.rows[arm]["mean"]))
        row = answer.rows[best]
        draws = int(row["n_draws"])
        parts.append(
            say("answer.sure_tied" if len(answer.best) > 1 else "answer.sure",
                arm=context.arm(best), worth=worth(context, answer),
                perspective=context.perspective(answer.perspective),
                share=best_words(int(row["draws_best"]), int(row["draws_tied"]), draws, say))
            if draws > 1 else say("answer.sure_unknown")
        )  # fmt: skip
    return " ".join([*parts, say("answer.explained", draws=say.whole(context.facts.draws))])
