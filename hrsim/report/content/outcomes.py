"""Outcomes over the years: a figure with bands for each main outcome."""

from __future__ import annotations

from hrsim.report.blocks import Block, Figure, Paragraph, columns, row
from hrsim.report.content.context import Context, records
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
    report, say = context.report, context.say
    data = over_time_data(report.tables["outcomes_by_year"], measure)
    arms = [arm for arm in report.arm_labels if arm in set(data["arm"])]
    by_place = {(line["arm"], line["year"]): line for line in records(data)}
    years = sorted(set(data["year"]))
    place = context.totals_place(by_place.values())
    rows = tuple(
        row(str(year), *(context.interval(by_place[arm, year], decimals=place) for arm in arms))
        for year in years
    )
    name = say.name("measure", measure)
    chart = over_time(data, report.arm_labels, report.comparator)
    drawn = Drawn(chart, data, columns(say("word.year"), *(context.arm(arm) for arm in arms)), rows)
    return context.figure(
        f"over_time:{measure}", drawn, measure=name, comparator=context.arm(report.comparator)
    )
