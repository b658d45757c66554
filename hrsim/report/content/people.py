"""People and services: results by group, and what each service did, with its waits."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from hrsim.report.blocks import Block, Paragraph, Row, Table, columns, heading_row, row
from hrsim.report.content.context import Context, records
from hrsim.report.content.distribution import distribution
from hrsim.report.groups import group_columns, group_rows

SERVICE_MEASURES = ("contacts", "client_years", "waiting_years", "turned_away", "load")
PER_CENT_MEASURE = "load"


def equity(context: Context) -> list[Block]:
    """Build results by group: totals, change, and each group's share of both."""
    table = context.table("groups")
    blocks: list[Block] = []
    if table is not None:
        say = context.say
        names = group_columns(say)
        rows = tuple(
            heading_row(line[0], len(names)) if not any(line[1:]) else row(*(text.strip() for text in line))
            for line in group_rows(table, context.report.arm_labels, say)
        )
        shown = columns(say("word.group"), *names[1:])
        blocks = [Paragraph(say("equity.intro")), Table(say("equity.caption"), shown, rows)]
        if context.facts.smallest_cell is not None:
            blocks.append(Paragraph(say("equity.suppression", smallest=context.facts.smallest_cell), "note"))
    return [*blocks, *distribution(context)]


def services(context: Context) -> list[Block]:
    """Build what each service did in the last whole study year, with waits and load."""
    table = context.table("services")
    if table is None:
        return []
    say = context.say
    year = _last_whole_year(table, context.facts.years)
    chosen = table[(table["year"] == year) & table["measure"].isin(SERVICE_MEASURES)]
    rows: list[Row] = []
    for service in dict.fromkeys(chosen["service"]):
        lines = _service_rows(context, chosen[chosen["service"] == service])
        if lines:
            rows += [heading_row(say.name("service", service), len(SERVICE_MEASURES) + 1), *lines]
    names = columns(say("word.arm"), *(say.name("service_measure", name) for name in SERVICE_MEASURES))
    return [
        Paragraph(say("services.intro")),
        Table(say("services.caption", year=year), names, tuple(rows), say("services.note"), folded=True),
    ]


def _last_whole_year(table: pd.DataFrame, years: float) -> int:
    """Give the last study year that lies whole inside the horizon, the first where none does."""
    found = sorted(int(year) for year in set(table["year"]))
    return found[max(0, min(math.floor(years), len(found)) - 1)]


def _service_rows(context: Context, table: pd.DataFrame) -> list[Row]:
    """Write a line for each arm in which the service did anything."""
    lines = []
    for arm in context.report.arm_labels:
        by_measure = {line["measure"]: line for line in records(table[table["arm"] == arm])}
        if any(line["mean"] for line in by_measure.values()):
            cells = (_cell(context, by_measure.get(name)) for name in SERVICE_MEASURES)
            lines.append(row(context.arm(arm), *cells))
    return lines


def _cell(context: Context, line: dict[str, Any] | None) -> str:
    if line is None:
        return "–"
    scale = 0.01 if line["measure"] == PER_CENT_MEASURE else 1.0
    return context.interval(line, scale)
