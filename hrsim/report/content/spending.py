"""What each service costs by fiscal year, and what an arm changes."""

from __future__ import annotations

from hrsim.report.blocks import Row, Table, columns, heading_row, row
from hrsim.report.comparison import MILLION
from hrsim.report.content.context import ALL, Context, records


def spending_by_service(context: Context) -> Table | None:
    """Build the spending of every arm on each service by fiscal year; None where no service costs anything."""
    table = context.table("spending_by_service")
    if table is None:
        return None
    say = context.say
    years = list(dict.fromkeys(table["fiscal_year"]))
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
    names = columns(say("word.service"), *(fiscal_year_name(context, str(year)) for year in years))
    return Table(caption, names, tuple(rows), say("spending.note"), folded=True)


def fiscal_year_name(context: Context, label: str) -> str:
    """Write a fiscal year, `2026-04-01 to 2027-03-31`, in the language; a plain year stays."""
    first, to, last = label.partition(" to ")
    return context.say("number.range", low=first, high=last) if to else label
