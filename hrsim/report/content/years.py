"""Which years count: cost per QALY within the horizon beside for life, with and without care in added years."""

from __future__ import annotations

from typing import Any

import pandas as pd

from hrsim.report.blocks import Block, Row, Table, columns, heading_row, row
from hrsim.report.content.context import Context, records
from hrsim.report.numbers import number, to_significant

FOR_LIFE, WITHIN = "total", "within_horizon"


def ratios(context: Context) -> list[Block]:
    """Build the table of ratios by perspective: a line for each arm, part of time and care; none for one arm."""
    table = context.table("cost_per_qaly")
    if table is None or table.empty:
        return []
    say = context.say
    names = columns(
        say("word.arm"), say("years.added"), say("years.gained"), say("decision.ratio"), say("years.beyond")
    )
    rows: list[Row] = []
    for (perspective, part, care), same in table.groupby(["perspective", "part", "care"], sort=False):
        words = say("years.heading", perspective=context.perspective(str(perspective)),
                    years=say(f"years.{part}"), care=say(f"years.{care}"))  # fmt: skip
        rows.append(heading_row(words, len(names)))
        rows += [_line(context, line) for line in records(same)]
    return [
        Table(say("years.caption", money=context.money), names, tuple(rows), say("years.note"), folded=True)
    ]


def counts_lives(context: Context) -> bool:
    """Return whether the decisions of a report count whole lives rather than the horizon alone."""
    table = context.table("cost_per_qaly")
    return table is not None and bool((table["decisions"] & (table["part"] == FOR_LIFE)).any())


def lives_sentence(context: Context, arm: str, perspective: str) -> str:
    """Say what an arm changes over whole lives, how much of it was not simulated, and its ratio within the horizon."""
    table = context.table("cost_per_qaly")
    if table is None or not counts_lives(context):
        return ""
    own = table[(table["arm"] == arm) & (table["perspective"] == perspective) & (table["care"] == "with")]
    by_part = {str(line["part"]): line for line in records(own)}
    if not {FOR_LIFE, WITHIN} <= by_part.keys() or pd.isna(by_part[FOR_LIFE]["share_beyond"]):
        return ""
    life, say = by_part[FOR_LIFE], context.say
    return say(
        "years.lives",
        arm=context.arm(arm),
        cost=context.millions(named(life, "cost")),
        money=context.money,
        gained=context.interval(named(life, "qalys")),
        beyond=_share_beyond(context, life),
        years=context.exact(context.facts.years),
        within=_ratio(context, by_part[WITHIN]),
    )


def _ratio(context: Context, line: dict[str, Any]) -> str:
    if pd.isna(line["ratio"]):
        return _words(context, line)
    ratio, say = to_significant(line["ratio"], context.say.form), context.say
    return say("years.per_qaly", ratio=ratio, currency=context.facts.currency)


def _share_beyond(context: Context, line: dict[str, Any]) -> str:
    return context.say.form.per_cent.format(number=number(100 * line["share_beyond"], 0, context.say.form))


def _line(context: Context, line: dict[str, Any]) -> Row:
    say = context.say
    ratio = _words(context, line) if pd.isna(line["ratio"]) else to_significant(line["ratio"], say.form)
    known = line["part"] == FOR_LIFE and not pd.isna(line["share_beyond"])
    beyond = _share_beyond(context, line) if known else ""
    gained, added = context.interval(named(line, "qalys")), context.millions(named(line, "cost"))
    return row(context.arm(line["arm"]), added, gained, ratio, beyond)


def _words(context: Context, line: dict[str, Any]) -> str:
    """Say what a ratio cannot: whether the arm costs more or less, and gains or loses health."""
    money, health = (
        "more" if value > 0 else "less" if value < 0 else "same" for value in (line["cost"], line["qalys"])
    )
    say = context.say
    return say("years.words", money=say(f"years.cost.{money}"), health=say(f"years.health.{health}"))


def named(line: dict[str, Any], measure: str) -> dict[str, Any]:
    """Give the statistics of a measure whose columns carry its name."""
    return {"mean": line[measure], **{name: line[f"{measure}_{name}"] for name in ("low", "high", "mcse")}}
