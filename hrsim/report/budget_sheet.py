"""The live budget of the workbook: formulas over what each payer spends, with cells to change prices in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from hrsim.report.cells import write_cell
from hrsim.report.facts import Report
from hrsim.report.fiscal_years import name_of
from hrsim.report.language import Language

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

Cell = tuple[str, str]
ALL = "all"
MONEY_FORMAT, SHARE_FORMAT = "#,##0", "0.0%"
FIRST_LINE = 5
DATA_COLUMNS = ("arm", "payer", "kind", "releases", "year", "spending")


@dataclass(frozen=True)
class Look:
    """Hold the formats of the sheet."""

    title: Any
    head: Any
    money: Any
    total: Any
    given: Any


def leaves(table: pd.DataFrame) -> pd.DataFrame:
    """Return mean spending by arm, payer, kind, what less of it gives back, and year; it adds up to the totals."""
    chosen = table[(table["measure"] == "spending") & (table["kind"] != ALL)]
    chosen = chosen[chosen["releases"] != ALL] if "releases" in chosen else chosen.assign(releases=ALL)
    year = "fiscal_year" if "fiscal_year" in chosen else "year"
    return pd.DataFrame(
        {
            "arm": chosen["arm"], "payer": chosen["payer"], "kind": chosen["kind"],
            "releases": chosen["releases"], "year": chosen[year].astype(str), "spending": chosen["mean"],
        }
    ).reset_index(drop=True)  # fmt: skip


def cell_name(say: Language, kind: str, releases: str) -> str:
    """Name set-up or running, and where it is known cash or capacity."""
    if releases == ALL:
        return say.name("budget_kind", kind)
    return say(
        "money.budget.kind_releases",
        kind=say.name("budget_kind", kind),
        releases=say.name("releases", releases),
    )


def write_budget(book: Workbook, report: Report, say: Language) -> None:
    """Write the sheet of formulas and, behind it, the sheet of the numbers that they add up."""
    data = leaves(report.tables["budget_impact"])
    sheet = book.add_worksheet(say("workbook.budget"))
    behind = book.add_worksheet(say("workbook.budget_data"))
    bold = book.add_format({"bold": True, "bottom": 1})
    for column, name in enumerate(DATA_COLUMNS):
        behind.write_string(0, column, name, bold)
        for line, value in enumerate(data[name].tolist(), start=1):
            write_cell(behind, line, column, value if name == "spending" else str(value))
    behind.set_column(0, len(DATA_COLUMNS) - 1, 22)
    behind.repeat_rows(0)
    behind.fit_to_pages(1, 0)
    behind.print_area(0, 0, len(data), len(DATA_COLUMNS) - 1)
    _Sheet(sheet, say, report, data, _look(book)).write()


def _look(book: Workbook) -> Look:
    return Look(
        title=book.add_format({"bold": True, "font_size": 14}),
        head=book.add_format({"bold": True, "bottom": 1}),
        money=book.add_format({"num_format": MONEY_FORMAT}),
        total=book.add_format({"num_format": MONEY_FORMAT, "bold": True, "top": 1}),
        given=book.add_format({"num_format": SHARE_FORMAT, "bg_color": "#FFF6D6", "border": 1}),
    )


@dataclass(frozen=True)
class _Sheet:
    """Write the formulas: a block for each payer, in it a line for each arm and cell, a column for each year.

    A cell is a kind of cost with what less of it gives back, (kind, releases).
    """

    sheet: Worksheet
    say: Language
    report: Report
    data: pd.DataFrame
    look: Look

    @property
    def years(self) -> list[str]:
        return list(dict.fromkeys(self.data["year"]))

    @property
    def year_names(self) -> list[str]:
        """Give the years as a reader knows them, part years marked."""
        rows = self.report.tables["budget_impact"].to_dict("records")
        names = {str(row.get("fiscal_year", row["year"])): name_of(row, self.say) for row in rows}
        return [names[year] for year in self.years]

    @property
    def prices(self) -> list[tuple[str, Cell]]:
        """Give what can be made dearer or cheaper: the payers and cells that spend anything."""
        spent = self.data[self.data["spending"] != 0]
        cells = zip(spent["kind"], spent["releases"], strict=True)
        return list(dict.fromkeys(zip(spent["payer"], cells, strict=True)))

    def write(self) -> None:
        say, sheet = self.say, self.sheet
        facts = self.report.facts
        assert facts is not None
        money = say("money.of", currency=facts.currency, year=facts.price_year)
        sheet.write_string(0, 0, say("workbook.budget_title", money=money), self.look.title)
        sheet.write_string(1, 0, say("workbook.budget_words"))
        sheet.write_string(3, 0, say("workbook.price_changes"), self.look.head)
        line = FIRST_LINE - 1
        for payer, cell in self.prices:
            sheet.write_string(line, 0, say.name("payer", payer))
            sheet.write_string(line, 1, cell_name(say, *cell))
            sheet.write_number(line, 2, 0.0, self.look.given)
            line += 1
        for payer in dict.fromkeys(payer for payer, _ in self.prices):
            line = self._payer(payer, line + 1)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 36)
        sheet.set_column(2, len(self.years) + 2, 15)
        sheet.freeze_panes(1, 2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.print_area(0, 0, line, len(self.years) + 2)

    def _payer(self, payer: str, line: int) -> int:
        """Write the block of a payer from a line on; return the line after it."""
        say, sheet = self.say, self.sheet
        sheet.write_string(line, 0, say.name("payer", payer), self.look.head)
        for place, label in enumerate(("", *self.year_names, say("workbook.all_years")), start=1):
            sheet.write_string(line, place, label, self.look.head)
        totals: dict[str, int] = {}
        base = self.report.comparator
        arms = [base, *(arm for arm in self.report.arm_labels if arm != base)]
        for arm in arms:
            for words, formulas, look in self._arm(payer, arm, line + 1, totals):
                line += 1
                sheet.write_string(line, 0, self.report.arm_labels[arm])
                sheet.write_string(line, 1, words)
                for place, (formula, value) in enumerate(formulas, start=2):
                    sheet.write_formula(line, place, formula, look, value)
        return line + 1

    def _arm(
        self, payer: str, arm: str, line: int, totals: dict[str, int]
    ) -> Iterator[tuple[str, list[tuple[str, float]], Any]]:
        """Yield the lines of an arm: spending of each cell, their sum, and the change from the comparator."""
        cells = [cell for name, cell in self.prices if name == payer]
        spent = {cell: self._spending(payer, arm, cell) for cell in cells}
        for cell in cells:
            formulas = [
                (self._sumifs(payer, arm, cell, y), value)
                for y, value in zip(self.years, spent[cell], strict=True)
            ]
            yield cell_name(self.say, *cell), self._with_total(formulas, line), self.look.money
            line += 1
        sums = [sum(values) for values in zip(*spent.values(), strict=True)]
        letters = [_letter(place + 2) for place in range(len(self.years))]
        first = line - len(cells) + 1
        formulas = [(f"=SUM({x}{first}:{x}{line})", value) for x, value in zip(letters, sums, strict=True)]
        yield self.say("workbook.all_kinds"), self._with_total(formulas, line), self.look.total
        totals[arm] = line + 1
        base = self.report.comparator
        if arm != base:
            own, other = totals[arm], totals[base]
            compared = [sum(v) for v in zip(*(self._spending(payer, base, c) for c in cells), strict=True)]
            values = [mine - theirs for mine, theirs in zip(sums, compared, strict=True)]
            changes = [(f"={x}{own}-{x}{other}", value) for x, value in zip(letters, values, strict=True)]
            yield self.say("workbook.change"), self._with_total(changes, line + 1), self.look.money

    def _spending(self, payer: str, arm: str, cell: Cell) -> list[float]:
        keys = self.data[["payer", "arm", "kind", "releases"]]
        chosen = self.data[(keys == [payer, arm, *cell]).all(axis=1)]
        by_year = chosen.groupby("year")["spending"].sum()
        return [float(by_year.get(year, 0.0)) for year in self.years]

    def _sumifs(self, payer: str, arm: str, cell: Cell, year: str) -> str:
        """Add up what fits, and raise it by the change of price of this payer and cell."""
        behind = self.say("workbook.budget_data")
        last = len(self.data) + 1
        ranges = [f"'{behind}'!${x}$2:${x}${last}" for x in "ABCDEF"]
        wanted = [
            f'{where},"{_quoted(what)}"'
            for where, what in zip(ranges, (arm, payer, *cell, year), strict=False)
        ]
        price = FIRST_LINE + self.prices.index((payer, cell))
        return f"=SUMIFS({ranges[5]},{','.join(wanted)})*(1+$C${price})"

    def _with_total(self, formulas: list[tuple[str, float]], line: int) -> list[tuple[str, float]]:
        first, last = _letter(2), _letter(len(self.years) + 1)
        total = f"=SUM({first}{line + 1}:{last}{line + 1})"
        return [*formulas, (total, sum(value for _, value in formulas))]


def _quoted(text: str) -> str:
    return text.replace('"', '""')


def _letter(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))
