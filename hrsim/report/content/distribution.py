"""Distributional analysis: what each group gains net of what the money displaces, and equivalents by aversion."""

from __future__ import annotations

from typing import Any

import pandas as pd

from hrsim.report.blocks import Block, Row, Table, columns, heading_row, row
from hrsim.report.content.context import ALL, Context, records
from hrsim.report.groups import group_name

BY_GROUP = ("gain", "health_displaced", "net_health_benefit")
EQUIVALENTS = ("ede_atkinson", "ede_kolm")


def distribution(context: Context) -> list[Block]:
    """Build the distributional analysis from the first perspective, where the run has one."""
    table = context.table("distributional")
    if table is None:
        return []
    first = pd.DataFrame(table[table["perspective"] == table["perspective"].iloc[0]])
    found = [_by_group(context, first), _equivalents(context, first)]
    return [block for block in found if block is not None]


def _by_group(context: Context, table: pd.DataFrame) -> Table | None:
    say = context.say
    rows: list[Row] = []
    for arm in context.others:
        of_arm = table[(table["arm"] == arm) & table["measure"].isin(BY_GROUP)]
        if of_arm.empty:
            continue
        rows.append(heading_row(context.arm(arm), len(BY_GROUP) + 1))
        for group in dict.fromkeys(of_arm["group"]):
            by_measure = {line["measure"]: line for line in records(of_arm[of_arm["group"] == group])}
            cells = (_cell(context, by_measure.get(measure)) for measure in BY_GROUP)
            rows.append(row(group_name(str(group), say), *cells))
    names = columns(say("word.group"), *(say.name("distributional_measure", name) for name in BY_GROUP))
    perspective = context.perspective(str(table["perspective"].iloc[0]))
    caption = say("equity.distributional.caption", perspective=perspective)
    return Table(caption, names, tuple(rows)) if rows else None


def _equivalents(context: Context, table: pd.DataFrame) -> Table | None:
    say = context.say
    chosen = table[table["measure"].isin(EQUIVALENTS) & table["group"].isin([ALL])]
    arms = list(context.report.arm_labels)
    rows = []
    for (measure, aversion), lines in chosen.groupby(["measure", "aversion"], sort=False):
        by_arm = {line["arm"]: line for line in records(lines)}
        named = say.name("distributional_measure", str(measure))
        words = say(
            "equity.distributional.aversion", measure=named, aversion=context.exact(float(str(aversion)))
        )
        rows.append(row(words, *(_cell(context, by_arm.get(arm)) for arm in arms)))
    names = columns(say("word.measure"), *(context.arm(arm) for arm in arms))
    return Table(say("equity.distributional.equivalents"), names, tuple(rows), folded=True) if rows else None


def _cell(context: Context, line: dict[str, Any] | None) -> str:
    """Write a row's number; what is suppressed or unknown is said to be."""
    if line is None:
        return ""
    if line.get("suppressed") is True:
        return context.say("groups.suppressed")
    return context.interval(line)
