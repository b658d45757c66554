"""Outcomes over the years: a figure of change with bands for each main outcome."""

from __future__ import annotations

from hrsim.report.blocks import Block, Figure, Paragraph, columns, row
from hrsim.report.content.context import ALL, Context, records
from hrsim.report.content.first_page import comparison_table
from hrsim.report.figures.charts import over_time
from hrsim.report.figures.data import over_time_data, over_time_measures
from hrsim.report.figures.drawn import Drawn


def outcomes(context: Context) -> list[Block]:
    """Build the whole comparison, and a figure for each outcome that happened."""
    figures = [_figure(context, measure) for measure in over_time_measures(context.report.tables)]
    intro = [Paragraph(context.say("outcomes.intro", interval=context.interval_holds))] if figures else []
    return [comparison_table(context), *intro, *figures]


def _figure(context: Context, measure: str) -> Figure:
    """Draw what each arm changes by year; the table has the comparator's own numbers beside it."""
    report, say = context.report, context.say
    data = over_time_data(report.tables["differences_by_year"], measure)
    own = report.tables["outcomes_by_year"]
    own = own[(own["measure"] == measure) & (own["group"] == ALL) & (own["arm"] == report.comparator)]
    totals = {line["year"]: line for line in records(own)}
    by_place = {(line["arm"], line["year"]): line for line in records(data)}
    place = context.totals_place(totals.values())
    moved = context.changes_place(by_place.values())
    rows = tuple(
        row(
            str(year),
            context.interval(totals[year], decimals=place),
            *(context.interval(by_place[arm, year], decimals=moved) for arm in context.others),
        )
        for year in sorted(set(data["year"]))
    )
    name, base = say.name("measure", measure), context.arm(report.comparator)
    named = columns(
        say("word.year"), say("summary.total", arm=base), *(context.arm(arm) for arm in context.others)
    )
    drawn = Drawn(over_time(data, report.arm_labels), data, named, rows)
    return context.figure(f"over_time:{measure}", drawn, measure=name, comparator=base)
