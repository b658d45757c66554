"""What every part of a report needs: the report's tables, the language, and cells in its form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hrsim.report.blocks import Cell, Figure
from hrsim.report.comparison import MILLION
from hrsim.report.counting import interval_words
from hrsim.report.facts import Facts, Report
from hrsim.report.figures.drawn import Drawn, figure
from hrsim.report.language import Language
from hrsim.report.numbers import decimals_supported, exact, number, with_interval
from hrsim.report.rounding import block_decimals

ALL = "all"
STATED = ("mean", "low", "high", "mcse")
REGISTER_LANGUAGE = "en"
"""The language in which the evidence register is written."""
_DOI = re.compile(r"10\.\d{4,9}/[-._;()/:A-Za-z0-9<>]+")
_PMID = re.compile(r"PMID (\d{1,9})")


@dataclass(frozen=True)
class Context:
    """Hold a report and the language it is written in."""

    report: Report
    facts: Facts
    say: Language

    def table(self, name: str) -> pd.DataFrame | None:
        """Give a table of the run, None where it has none or an empty one."""
        found = self.report.tables.get(name)
        return None if found is None or found.empty else found

    def arm(self, name: str) -> str:
        """Give an arm's label."""
        return self.report.arm_labels.get(name, name)

    def service(self, name: str) -> str:
        """Name a service: in the language's words, else in the study's."""
        known = self.say.knows("service", name)
        return self.say.name("service", name) if known else self.report.service_labels.get(name, name)

    @property
    def others(self) -> tuple[str, ...]:
        """Give the arms that are compared with the comparator."""
        return tuple(arm for arm in self.report.arm_labels if arm != self.report.comparator)

    @property
    def money(self) -> str:
        """Name the money of the results, such as `CAD of 2024`."""
        return self.say("money.of", currency=self.facts.currency, year=self.facts.price_year)

    def perspective(self, name: str) -> str:
        """Name a perspective."""
        return self.say.name("perspective", name)

    def interval(
        self, row: Mapping[str, Any], scale: float = 1.0, prefix: str = "", decimals: int | None = None
    ) -> str:
        """Write a row's mean and interval, divided by `scale`; `prefix` stands before the names of its columns.

        `decimals` is the place of the block that the row belongs to (see `changes_place` and `totals_place`).
        """
        values = (row[f"{prefix}{name}"] / scale for name in STATED)
        return with_interval(*values, decimals=decimals, form=self.say.form)

    def changes_place(self, rows: Iterable[Mapping[str, Any]], scale: float = 1.0, prefix: str = "") -> int:
        """Give the decimal place of a block of changes."""
        return block_decimals((), _stated(rows, scale, prefix))

    def totals_place(self, rows: Iterable[Mapping[str, Any]], scale: float = 1.0) -> int:
        """Give the decimal place of a block of totals that no changes stand with."""
        return block_decimals(_stated(rows, scale, ""))

    @property
    def interval_holds(self) -> str:
        """Say what the brackets of this report hold."""
        return interval_words(self.facts.draws, self.say)

    def millions(self, row: Mapping[str, Any], prefix: str = "") -> str:
        """Write a row's money in millions."""
        return self.interval(row, MILLION, prefix)

    def supported(self, value: float, mcse: float) -> str:
        """Write a number to the digits that its Monte Carlo error supports."""
        return number(value, decimals_supported(value, mcse), self.say.form)

    def exact(self, value: float) -> str:
        """Write a number that was put in, not simulated: to six significant digits."""
        return exact(value, self.say.form)

    def figure(self, name: str, drawn: Drawn, **words: object) -> Figure:
        """Draw a chart; its title and description are messages of the same name, before a colon."""
        return figure(name, drawn, self.say, interval=self.interval_holds, **words)


def _stated(rows: Iterable[Mapping[str, Any]], scale: float, prefix: str) -> list[dict[str, Any]]:
    return [
        {**{name: row[f"{prefix}{name}"] / scale for name in STATED}, "n_draws": row["n_draws"]}
        for row in rows
    ]


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the rows of a table as mappings."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def register_cell(text: Any) -> Cell:
    """Make a cell of a text of the evidence register."""
    return Cell("" if pd.isna(text) else str(text), lang=REGISTER_LANGUAGE)


def source_cell(citation: Any, identifier: Any) -> Cell:
    """Make a cell that cites a source; a DOI or PubMed number becomes a link, anything else stays text."""
    words = "" if pd.isna(citation) else str(citation)
    name = "" if pd.isna(identifier) else str(identifier)
    return Cell(f"{words} {name}".strip(), lang=REGISTER_LANGUAGE, href=address(name))


def address(identifier: str) -> str:
    """Give the address of a DOI or PubMed number; nothing for any other text."""
    if _DOI.fullmatch(identifier):
        return f"https://doi.org/{identifier}"
    found = _PMID.fullmatch(identifier)
    return f"https://pubmed.ncbi.nlm.nih.gov/{found.group(1)}/" if found else ""
