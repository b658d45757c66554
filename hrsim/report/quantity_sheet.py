"""The sheet of quantity times price: what each service uses, what one costs, and their product as a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from hrsim.report.facts import Report
from hrsim.report.fiscal_years import name_of
from hrsim.report.language import Language

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

COLUMNS = (
    *("service", "line", "per", "payer", "releases", "arm", "year"),
    *("quantity", "price", "spending"),
)
WIDTHS = (34, 40, 20, 24, 26, 30, 16, 14, 14, 18)
QUANTITY, PRICE, SPENDING = (COLUMNS.index(name) for name in ("quantity", "price", "spending"))
TITLE, WORDS, TOTAL, HEAD = range(4)
SUM_OF_SHOWN = 109


def write_quantities(book: Workbook, report: Report, say: Language) -> None:
    """Write the sheet; a filter on any column leaves the total of what is shown."""
    table = report.tables["quantity_and_price"]
    table = table[table["quantity"] != 0].sort_values(["service", "line"], kind="stable")
    sheet = book.add_worksheet(say("workbook.quantities"))
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    assert report.facts is not None
    money = say("money.of", currency=report.facts.currency, year=report.facts.price_year)
    sheet.write_string(TITLE, 0, say("workbook.quantities_title", money=money), bold)
    sheet.write_string(WORDS, 0, say("workbook.quantities_words"))
    for column, name in enumerate(COLUMNS):
        sheet.write_string(HEAD, column, say(f"workbook.quantities_column.{name}"), head)
    _write_rows(sheet, book, _worded(table, report, say), say)
    last = HEAD + len(table)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.autofilter(HEAD, 0, last, len(COLUMNS) - 1)
    sheet.freeze_panes(HEAD + 1, 0)
    sheet.set_landscape()
    sheet.repeat_rows(HEAD)
    sheet.fit_to_pages(1, 0)
    sheet.print_area(0, 0, last, len(COLUMNS) - 1)


def _worded(table: pd.DataFrame, report: Report, say: Language) -> list[tuple[Any, ...]]:
    """Give each row in words: names of services, lines, payers, arms and years, then quantity, price and spending."""
    return [
        (
            say.name("service", row["service"]) if row["service"] else say("workbook.no_service"),
            say.name("line", row["line"].removeprefix(f"{row['service']}.")),
            say.name("per", row["per"]), say.name("payer", row["payer"]), say.name("releases", row["releases"]),
            report.arm_labels.get(row["arm"], row["arm"]), name_of(row, say),
            row["quantity"], row["price"], row["spending"],
        )
        for row in table.to_dict("records")
    ]  # fmt: skip


def _write_rows(sheet: Worksheet, book: Workbook, rows: list[tuple[Any, ...]], say: Language) -> None:
    """Write the rows under the head, and over it the total of the rows shown."""
    amount, money = (book.add_format({"num_format": form}) for form in ("#,##0.0", "#,##0"))
    total = book.add_format({"num_format": "#,##0", "bold": True})
    for line, row in enumerate(rows, start=HEAD + 1):
        for column, value in enumerate(row[:QUANTITY]):
            sheet.write_string(line, column, str(value))
        sheet.write_number(line, QUANTITY, row[QUANTITY], amount)
        sheet.write_number(line, PRICE, row[PRICE], amount)
        sheet.write_formula(line, SPENDING, f"=H{line + 1}*I{line + 1}", money, row[SPENDING])
    sheet.write_string(TOTAL, PRICE, say("workbook.quantities_total"))
    first, last = HEAD + 2, HEAD + 1 + len(rows)
    shown = f"=SUBTOTAL({SUM_OF_SHOWN},J{first}:J{last})"
    sheet.write_formula(TOTAL, SPENDING, shown, total, sum(row[SPENDING] for row in rows))
