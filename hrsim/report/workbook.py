"""Render a report as a workbook: summary, a live budget, every source, and each table at full precision.

Every text is written as text: nothing of a study ever becomes a formula or a link.
"""

from __future__ import annotations

import datetime
from io import BytesIO
from typing import TYPE_CHECKING

import pandas as pd

from hrsim.report.blocks import Banner, Box, Document, Paragraph, Table
from hrsim.report.budget_sheet import write_budget
from hrsim.report.cells import write_cell
from hrsim.report.facts import Report
from hrsim.report.language import Language
from hrsim.report.quantity_sheet import write_quantities

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

FIXED_DATE = datetime.datetime(1980, 1, 1)
"""The date in every office file, so that the same report gives the same bytes."""
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
MOST_ROWS = 20_000
"""Longer tables are left to the CSV files, so that writing the workbook takes seconds."""
WIDEST, NARROWEST, WIDTH_ROWS = 60, 9, 200
TEXT_WIDTH, FIRST_WIDTH, CELL_WIDTH = 110, 32, 17
HEAD_HEIGHT, ROW_HEIGHT = 62, 30
SOURCE_COLUMNS = (
    "evidence_id",
    "name",
    "value",
    "stated_low",
    "stated_high",
    "unit",
    "distribution",
    "grade",
)


def workbook(report: Report, document: Document, say: Language) -> bytes:
    """Write the workbook; the same report gives the same bytes."""
    from xlsxwriter import Workbook

    buffer = BytesIO()
    with Workbook(buffer, OPTIONS) as book:
        book.set_properties({"title": document.title, "created": FIXED_DATE, "comments": document.footer})
        book.set_size(1600, 1000)
        sheet = book.add_worksheet(say("workbook.summary"))
        kept = [name for name, table in report.tables.items() if 0 < len(table) <= MOST_ROWS]
        left = [name for name, table in report.tables.items() if len(table) > MOST_ROWS]
        _summary(book, sheet, document, say, left)
        if "budget_impact" in kept:
            write_budget(book, report, say)
        if "quantity_and_price" in kept:
            write_quantities(book, report, say)
        if "parameters" in kept:
            _write_table(book, say("workbook.sources"), sources(report))
        for name in kept:
            _write_table(book, name, report.tables[name])
    return buffer.getvalue()


def sources(report: Report) -> pd.DataFrame:
    """List every input in use with its source."""
    table = report.tables["parameters"][list(SOURCE_COLUMNS)]
    cited = {
        name: (line.citation, line.identifier)
        for line in report.tables["sources"].itertuples(index=False)
        for name in str(line.parameters).split(", ")
    }
    found = [cited.get(str(name), ("", "")) for name in table["evidence_id"]]
    texts = pd.DataFrame(found, columns=["source", "identifier"], index=table.index)
    return pd.concat([table, texts], axis=1)


def _summary(book: Workbook, sheet: Worksheet, document: Document, say: Language, left: list[str]) -> None:
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    title = book.add_format({"bold": True, "font_size": 16})
    warning = book.add_format(
        {"text_wrap": True, "valign": "top", "font_color": "#7A4100", "bg_color": "#FDF4E7"}
    )
    sheet.hide_gridlines(2)
    lines: list[tuple[str, Format]] = [(document.title, title), (document.subtitle, wrap), ("", wrap)]
    lines += [(block.text, wrap) for block in document.first_page if isinstance(block, Paragraph)]
    lines += [("", wrap), (document.labels["limits_of_use"], bold)]
    lines += [(document.grade, wrap)] if document.grade else []
    lines += [(_banner(banner, document), warning) for banner in document.banners]
    for box in (block for block in document.first_page if isinstance(block, Box)):
        lines += [("", wrap), (box.title, bold), (box.text, wrap)]
        lines += [
            (f"{name.text}{document.labels['colon']} {' '.join(cell.text for cell in rest)}", wrap)
            for name, *rest in box.items
        ]
    lines += [(say("workbook.left_out", tables=", ".join(left)), wrap)] if left else []
    columns = max((len(b.columns) for b in document.first_page if isinstance(b, Table)), default=1)
    for place, (text, look) in enumerate(lines):
        if look in (wrap, warning) and text and columns > 1:
            sheet.merge_range(place, 0, place, columns - 1, "", look)
            sheet.set_row(place, 15 * (1 + len(text) // TEXT_WIDTH))
        sheet.write_string(place, 0, text, look)
    last = _summary_tables(book, sheet, document, len(lines) + 1)
    sheet.print_area(0, 0, last, columns - 1)
    sheet.set_column(0, 0, FIRST_WIDTH)
    sheet.set_column(1, columns, CELL_WIDTH)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _banner(banner: Banner, document: Document) -> str:
    return f"{banner.title}{document.labels['colon']} {banner.text}" if banner.title else banner.text


def _summary_tables(book: Workbook, sheet: Worksheet, document: Document, start: int) -> int:
    """Write the tables of the first page from a line on; return the line after them."""
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
    first = book.add_format({"text_wrap": True, "valign": "top"})
    right = book.add_format({"align": "right", "text_wrap": True, "valign": "top"})
    note = book.add_format({"italic": True, "font_color": "#4D5963", "text_wrap": True, "valign": "top"})
    place = start
    for block in document.first_page:
        if not isinstance(block, Table):
            continue
        sheet.set_row(place, HEAD_HEIGHT)
        for number, column in enumerate(block.columns):
            sheet.write_string(place, number, column.label, head)
        for line, row in enumerate(block.rows, start=place + 1):
            sheet.set_row(line, ROW_HEIGHT)
            for number, cell in enumerate(row.cells):
                sheet.write_string(line, number, cell.text, right if number else first)
        _note(sheet, place + len(block.rows) + 2, block, note)
        place += len(block.rows) + 4
    return place


def _note(sheet: Worksheet, line: int, block: Table, look: Format) -> None:
    """Write what explains a table, over its whole width."""
    if block.note and len(block.columns) > 1:
        sheet.merge_range(line, 0, line, len(block.columns) - 1, "", look)
        sheet.set_row(line, 15 * (1 + len(block.note) // TEXT_WIDTH))
    sheet.write_string(line, 0, block.note, look)


def _write_table(book: Workbook, name: str, table: pd.DataFrame) -> None:
    """Write a table to a sheet of its own; what is not known is an empty cell."""
    sheet = book.add_worksheet(name[:31])
    head = book.add_format({"bold": True, "bottom": 1})
    for column, label in enumerate(table.columns):
        sheet.write_string(0, column, str(label), head)
        texts = [str(label), *(str(value) for value in table[label].head(WIDTH_ROWS))]
        sheet.set_column(column, column, min(WIDEST, max(NARROWEST, *(len(text) for text in texts)) + 1))
        for line, value in enumerate(table[label].tolist(), start=1):
            write_cell(sheet, line, column, value)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(table), len(table.columns) - 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.print_area(0, 0, len(table), len(table.columns) - 1)
