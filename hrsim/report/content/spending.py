"""What each service costs by fiscal year, and what an arm changes."""

from __future__ import annotations

from hrsim.report.blocks import Row, Table, columns, heading_row, row
from hrsim.report.comparison import MILLION
from hrsim.report.content.context import ALL, Context, records
from hrsim.report.fiscal_years import name_of


def spending_by_service(context: Context) -> Table | None:
    """Build the spending of every arm on each service by fiscal year; None where no service costs anything."""
    table = context.table("spending_by_service")
    if table is None:
        return None
    say = context.say
    years = {line["fiscal_year"]: name_of(line, say) for line in records(table)}
    spent = table[table["measure"] == "spending"]
    place = context.totals_place(records(spent[spent["service"] == ALL]), MILLION)
    rows: list[Row] = []
    for arm in context.report.arm_labels:
        rows.append(heading_row(context.arm(arm), len(years) + 1))
        of_arm = spent[spent["arm"] == arm]
        for service, lines in of_arm.groupby("service", sort=False):
            if (lines["mean"] != 0).any():
                by_year = {line["fiscal_year"]: line for line in records(lines)}
                name = say("spending.all") if service == ALL else context.service(str(service))
                rows.append(
                    row(name, *(context.interval(by_year[year], MILLION, decimals=place) for year in years))
                )
    caption = say("spending.caption", money=context.money)
    names = columns(say("word.service"), *years.values())
    return Table(caption, names, tuple(rows), say("spending.note"), folded=True)
