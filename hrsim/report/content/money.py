"""Money: costs by payer, what a budget holder spends by year, benefit-cost, and what was counted."""

from __future__ import annotations

from typing import Any

import pandas as pd

from hrsim.report.blocks import Block, Figure, Paragraph, Row, Table, columns, heading_row, row
from hrsim.report.budget_sheet import cell_name
from hrsim.report.budgets import budget_columns, budget_rows
from hrsim.report.comparison import MILLION
from hrsim.report.content.context import ALL, Context, records
from hrsim.report.content.spending import spending_by_service
from hrsim.report.figures.charts import budget
from hrsim.report.figures.data import budget_data
from hrsim.report.figures.drawn import Drawn
from hrsim.report.fiscal_years import name_of

VALUATION_MEASURES = ("benefit", "cost", "net_benefit", "ratio")


def costs(context: Context) -> list[Block]:
    """Build the costs by payer and the budget impact by year."""
    of_services = [spending_by_service(context), _budgets(context)]
    found = [_payers(context), _budget_figure(context), *_budget_impact(context), *of_services]
    blocks: list[Block] = [block for block in found if block is not None]
    return [Paragraph(context.say("money.intro")), *blocks] if blocks else []


def _payers(context: Context) -> Table | None:
    table = context.table("costs")
    if table is None:
        return None
    say = context.say
    chosen = table[(table["category"] == ALL) & table["discounted"].astype(bool)]
    arms = list(context.report.arm_labels)
    rows: list[Row] = []
    for perspective in dict.fromkeys(chosen["perspective"]):
        rows.append(
            heading_row(say("word.perspective_of", name=context.perspective(perspective)), len(arms) + 1)
        )
        one = chosen[chosen["perspective"] == perspective]
        for payer in dict.fromkeys(one["payer"]):
            by_arm = {line["arm"]: line for line in records(one[one["payer"] == payer])}
            name = say("money.all_payers") if payer == ALL else say.name("payer", payer)
            place = context.totals_place(by_arm.values(), MILLION)
            rows.append(row(name, *(context.interval(by_arm[arm], MILLION, decimals=place) for arm in arms)))
    names = columns(say("word.payer"), *(context.arm(arm) for arm in arms))
    return Table(say("money.costs.caption", money=context.money), names, tuple(rows))


def _budget_figure(context: Context) -> Figure | None:
    table = context.table("budget_impact")
    data = pd.DataFrame() if table is None else budget_data(table)
    if data.empty:
        return None
    say = context.say
    data = data.assign(year=[name_of(line, say) for line in records(data)])
    arms = list(dict.fromkeys(data["arm"]))
    by_place = {(line["arm"], line["year"]): line for line in records(data)}
    place = context.changes_place(by_place.values(), MILLION)
    rows = tuple(
        row(str(year), *(context.interval(by_place[arm, year], MILLION, decimals=place) for arm in arms))
        for year in dict.fromkeys(data["year"])
    )
    payer = say.name("payer", str(data["payer"].iloc[0]))
    words = {"payer": payer, "money": context.money, "comparator": context.arm(context.report.comparator)}
    names = columns(say("word.year"), *(context.arm(arm) for arm in arms))
    return context.figure(
        "budget", Drawn(budget(data, context.report.arm_labels), data, names, rows), **words
    )


def _budget_impact(context: Context) -> list[Table]:
    """Build a table of the change of spending by year for each payer."""
    table = context.table("budget_impact")
    if table is None:
        return []
    year = "fiscal_year" if "fiscal_year" in table else "year"
    changes = table[(table["measure"] == "change") & (table["arm"] != table["comparator"])]
    return [
        _payer_table(context, changes[changes["payer"] == payer], str(payer), year)
        for payer in dict.fromkeys(changes["payer"])
    ]


def _payer_table(context: Context, table: pd.DataFrame, payer: str, year: str) -> Table:
    say = context.say
    years = {line[year]: name_of(line, say) for line in records(table)}
    cells = [name for name in ("kind", "releases") if name in table]
    whole = table[(table[cells] == ALL).all(axis=1)]
    place = context.changes_place(records(whole), MILLION)
    rows: list[Row] = []
    for arm in dict.fromkeys(table["arm"]):
        rows.append(heading_row(context.arm(arm), len(years) + 1))
        of_arm = table[table["arm"] == arm]
        for keys, lines in of_arm.groupby(cells, sort=False):
            by_year = {line[year]: line for line in records(lines)}
            if keys[0] != ALL and not any(line["mean"] for line in by_year.values()):
                continue
            rows.append(
                row(_cell_name(context, keys), *(_change(context, by_year.get(y), place) for y in years))
            )
    caption = say("money.budget.caption", payer=say.name("payer", payer), money=context.money)
    names = columns(say("money.budget.kind"), *years.values())
    return Table(
        caption, names, tuple(rows), say("money.budget.note", interval=context.interval_holds), folded=True
    )


def _cell_name(context: Context, keys: tuple[Any, ...]) -> str:
    """Name set-up or running, and where the table tells them apart cash or capacity."""
    return cell_name(context.say, str(keys[0]), str(keys[1]) if len(keys) > 1 else ALL)


def _change(context: Context, line: dict[str, Any] | None, place: int) -> str:
    return "" if line is None else context.interval(line, MILLION, decimals=place)


def _budgets(context: Context) -> Table | None:
    table = context.table("budgets")
    if table is None:
        return None
    say = context.say
    names = columns(*budget_columns(table, say))
    rows = tuple(row(*line) for line in budget_rows(table, context.report.arm_labels, say))
    return Table(say("money.budgets.caption"), names, rows)


def benefit_cost(context: Context) -> list[Block]:
    """Build the benefit-cost results: each valuation of health by itself, never added."""
    table = context.table("cost_benefit")
    if table is None or "valuation" not in table:
        return []
    say = context.say
    rows: list[Row] = []
    for perspective, valuation in table[["perspective", "valuation"]].drop_duplicates().to_numpy():
        one = table[(table["perspective"] == perspective) & (table["valuation"] == valuation)]
        for threshold in one["threshold"].drop_duplicates():
            same = one[one["threshold"].isna()] if pd.isna(threshold) else one[one["threshold"] == threshold]
            rows += _valuation_rows(context, same, str(perspective), str(valuation), threshold)
    names = columns(
        say("word.arm"), *(say.name("cost_benefit_measure", measure) for measure in VALUATION_MEASURES)
    )
    caption = say("money.cost_benefit.caption", money=context.money)
    return [
        Paragraph(say("money.cost_benefit.intro")),
        Table(caption, names, tuple(rows), say("money.cost_benefit.note"), folded=True),
    ]


def _valuation_rows(
    context: Context, table: pd.DataFrame, perspective: str, valuation: str, threshold: float
) -> list[Row]:
    say = context.say
    shown = "" if pd.isna(threshold) else context.exact(threshold)
    words = say("money.cost_benefit.heading", perspective=context.perspective(perspective),
                valuation=say(f"valuation.{valuation}", threshold=shown))  # fmt: skip
    rows = [heading_row(words, len(VALUATION_MEASURES) + 1)]
    for arm in dict.fromkeys(table["arm"]):
        by_measure = {line["measure"]: line for line in records(table[table["arm"] == arm])}
        cells = [_value(context, by_measure.get(measure)) for measure in VALUATION_MEASURES]
        rows.append(row(context.arm(arm), *cells))
    return rows


def _value(context: Context, line: dict[str, Any] | None) -> str:
    if line is None or pd.isna(line["mean"]):
        return context.say("money.cost_benefit.no_ratio")
    return context.interval(line, 1.0 if line["measure"] == "ratio" else MILLION)
