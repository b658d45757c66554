"""People and services: results by group, and what each service did, with its waits."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from hrsim.report.blocks import Block, Paragraph, Row, Table, columns, heading_row, row
from hrsim.report.content.context import Context, records
from hrsim.report.content.distribution import distribution
from hrsim.report.fiscal_years import fiscal_year_name
from hrsim.report.groups import group_columns, group_rows
from hrsim.report.numbers import to_three

SERVICE_MEASURES = ("contacts", "client_years", "waiting_years", "turned_away", "load")
PER_CENT_MEASURE = "load"
POSTS = "posts"


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
    """Build what each service did in the last whole study year, with waits and load, and the posts that arms fund."""
    found = [_services(context), _staff(context)]
    tables: list[Block] = [table for table in found if table is not None]
    return [Paragraph(context.say("services.intro")), *tables] if tables else []


def _services(context: Context) -> Table | None:
    table = context.table("services")
    if table is None:
        return None
    say = context.say
    year = last_whole_year(table, context.facts.years)
    chosen = table[(table["year"] == year) & table["measure"].isin(SERVICE_MEASURES)]
    rows: list[Row] = []
    for service in dict.fromkeys(chosen["service"]):
        lines = _service_rows(context, chosen[chosen["service"] == service])
        if lines:
            rows += [heading_row(context.service(str(service)), len(SERVICE_MEASURES) + 1), *lines]
    names = columns(say("word.arm"), *(say.name("service_measure", name) for name in SERVICE_MEASURES))
    return Table(say("services.caption", year=year), names, tuple(rows), say("services.note"), folded=True)


def _staff(context: Context) -> Table | None:
    """Build the posts of each pool by fiscal year: a line for each arm; None for a study without pools."""
    table = context.table("staff")
    if table is None:
        return None
    say, posts = context.say, table[table["measure"] == POSTS]
    years = list(dict.fromkeys(posts["fiscal_year"]))
    rows: list[Row] = []
    for pool in dict.fromkeys(posts["pool"]):
        rows.append(heading_row(say.name("pool", str(pool)), len(years) + 1))
        for arm in context.report.arm_labels:
            chosen = posts[(posts["pool"] == pool) & (posts["arm"] == arm)]
            by_year = {line["fiscal_year"]: line for line in records(chosen)}
            rows.append(row(context.arm(arm), *(_posts(context, by_year[year]) for year in years)))
    names = columns(say("word.arm"), *(fiscal_year_name(year, 1.0, say) for year in years))
    return Table(say("services.staff.caption"), names, tuple(rows), say("services.staff.note"), folded=True)


def _posts(context: Context, line: dict[str, Any]) -> str:
    """Write posts, which the study states and nothing simulates: exactly, with an interval where they are drawn."""
    if not line["low"] < line["high"]:
        return context.exact(float(line["mean"]))
    texts = {name: to_three(float(line[name]), context.say.form) for name in ("mean", "low", "high")}
    return context.say.form.interval.format(**texts)


def last_whole_year(table: pd.DataFrame, years: float) -> int:
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
