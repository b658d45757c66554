"""What the numbers rest on: assumptions first, then every input with its source, and prices with their conversion."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from hrsim.report.blocks import Block, Cell, Column, Paragraph, Row, Table, cells, columns, heading_row
from hrsim.report.content.context import Context, records, register_cell, source_cell

GRADES = ("placeholder", "study", "C")
"""Grades of what is assumed, the weakest first."""


def assumptions(context: Context) -> list[Block]:
    """Build the assumptions: judgements first, then what the study sets, then weak evidence."""
    table = context.table("assumptions")
    if table is None:
        return []
    say = context.say
    rows: list[Row] = []
    names = (say("word.input"), say("word.value"), say("word.unit"), say("word.source"), say("word.note"))
    for grade in GRADES:
        chosen = records(table[table["grade"] == grade])
        if chosen:
            rows.append(heading_row(say(f"grade.{grade}", count=len(chosen)), len(names)))
            rows += [_assumption(context, line) for line in chosen]
    count = int((table["grade"] == GRADES[0]).sum())
    intro = say("assumptions.intro", count=count, all=len(context.report.tables["parameters"]))
    return [Paragraph(intro), Table(say("assumptions.caption"), _named(names), tuple(rows), folded=True)]


def _named(names: tuple[str, ...]) -> tuple[Column, ...]:
    return tuple(Column(name, numeric=place == 1) for place, name in enumerate(names))


def _assumption(context: Context, line: dict[str, Any]) -> Row:
    value = _value(context, line["value"], line["low"], line["high"])
    texts = (register_cell(line[name]) for name in ("unit", "source", "note"))
    return Row(cells(_name(line), value, *texts))


def _name(line: dict[str, Any]) -> Cell:
    return register_cell(f"{line['name']} [{line['evidence_id']}]")


def _value(context: Context, value: float, low: float, high: float) -> str:
    if math.isnan(low) or math.isnan(high):
        return context.exact(value)
    texts = {"mean": context.exact(value), "low": context.exact(low), "high": context.exact(high)}
    return context.say.form.interval.format(**texts)


def inputs(context: Context) -> list[Block]:
    """Build every input in use with its value, interval, distribution, grade and source."""
    table = context.table("parameters")
    if table is None:
        return []
    say = context.say
    sources = _sources(context)
    rows = tuple(
        Row(
            cells(
                _name(line),
                _value(context, line["value"], line["stated_low"], line["stated_high"]),
                register_cell(line["unit"]),
                say.name("distribution", str(line["distribution"])),
                say.name("grade_short", str(line["grade"])),
                sources.get(str(line["evidence_id"]), Cell("")),
            )
        )
        for line in records(table)
    )
    names = ("input", "value", "unit", "distribution", "grade", "source")
    labelled = _named(tuple(say(f"word.{name}") for name in names))
    listed = Table(say("inputs.caption"), labelled, rows, say("inputs.note"), folded=True)
    return [Paragraph(say("inputs.intro", count=len(rows))), listed, *_prices(context)]


def _sources(context: Context) -> dict[str, Cell]:
    """Give the source of each input."""
    table = context.table("sources")
    lines = [] if table is None else records(table)
    return {
        name: source_cell(line["citation"], line["identifier"])
        for line in lines
        for name in str(line["parameters"]).split(", ")
    }


def _prices(context: Context) -> list[Table]:
    table = context.table("prices")
    if table is None:
        return []
    say = context.say
    rows = tuple(
        Row(
            cells(
                say.name("line", line["line"]),
                say.name("payer", line["payer"]),
                say("money.of", currency=line["currency"], year=line["price_year"]),
                context.exact(line["conversion_factor"]),
                register_cell(line["evidence"]),
                register_cell(line["conversion"]),
            )
        )
        for line in records(table)
    )
    names = tuple(
        say(f"prices.{name}") for name in ("line", "payer", "money", "factor", "evidence", "conversion")
    )
    labelled = tuple(Column(name, numeric=place == 3) for place, name in enumerate(names))
    return [Table(say("prices.caption"), labelled, rows, say("prices.note"), folded=True)]


def inventory(context: Context) -> list[Block]:
    """Build the impact inventory: what was counted, and what was not."""
    table = context.table("impact_inventory")
    if table is None:
        return []
    say = context.say
    rows: list[Row] = []
    for sector in dict.fromkeys(table["sector"]):
        rows.append(heading_row(say.name("sector", sector), 3))
        rows += [_inventory_row(context, line) for line in records(table[table["sector"] == sector])]
    names = columns(say("inventory.what"), say("inventory.counted"), say("inventory.perspectives"))
    plain = tuple(Column(column.label) for column in names)
    return [Table(say("inventory.caption"), plain, tuple(rows), folded=True)]


def _inventory_row(context: Context, line: dict[str, Any]) -> Row:
    say = context.say
    counted = line["considered"] == "considered"
    seen = "" if pd.isna(line["perspectives"]) else str(line["perspectives"])
    where = say("inventory.every") if seen == "all" else ", ".join(
        context.perspective(name) for name in seen.split(", ") if name
    )  # fmt: skip
    state = say("inventory.yes" if counted else "inventory.no")
    return Row(cells(say.name("category", line["category"]), state, where))
