"""Write a report into its run folder: texts, tables, pages, figures; the same report gives the same bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from hrsim.files import names_in, staged, write_text
from hrsim.over_draws import COUNTS
from hrsim.report.cells import harmless, read_table
from hrsim.report.comparison import headlines
from hrsim.report.content.plain_page import plain_page
from hrsim.report.facts import Report
from hrsim.report.figures.drawing import INSTALL, drawing_available
from hrsim.report.notices import Notice
from hrsim.report.texts import (
    DRAWN,
    FIGURES_NOTE,
    TABLES_NOTE,
    beside_text,
    readme_text,
    summary_text,
)

STATISTICS = ("mean", "sd", "mcse", "low", "high", "n_draws", "per_cent", *COUNTS)
DEFAULT_LANGUAGES = ("en",)
ANALYSES = ("evppi", "tornado")
_LANG = re.compile(r'<html lang="([a-z]+)"')


def notices() -> tuple[Notice, ...]:
    """Say what a report lacks on this machine, and the remedy; nothing when it lacks nothing."""
    return () if drawing_available() else (Notice("no_pages", {"install": INSTALL}),)


def write_report(
    report: Report,
    folder: Path,
    languages: Sequence[str] = DEFAULT_LANGUAGES,
    beside: Mapping[str, pd.DataFrame] = MappingProxyType({}),
) -> list[str]:
    """Write every text and table of a complete run, and its pages where their libraries are installed; name them all.

    Nothing takes its place in the folder before all of it is written.

    The first language is that of `report.html`, the workbook and the figures; a page in another language has its
    name, `report.fr.html`. Tables `beside` are in the folder already; the pages show them too. Raise UnknownLanguage
    before any page is written.
    """
    with staged(folder) as stage:
        for inner in ("tables", "figures"):
            (stage / inner).mkdir()
        _write_all(report, stage, languages, beside)
        return names_in(stage)


def _write_all(
    report: Report, folder: Path, languages: Sequence[str], beside: Mapping[str, pd.DataFrame]
) -> None:
    for name, table in report.tables.items():
        write_csv(table, folder / "tables" / f"{name}.csv")
    drawn = report.facts is not None and drawing_available()
    if drawn:
        from hrsim.report.pages import write_pages

        write_pages(replace(report, tables={**report.tables, **beside}), folder, languages)
    write_text(folder / "summary.txt", summary_text(report))
    write_text(folder / "summary.json", json.dumps(summary_data(report), indent=2, ensure_ascii=False) + "\n")
    without = () if drawn else DRAWN
    write_text(folder / "README.txt", readme_text(report.title, "complete", report.banners, without))
    for name, note in {"tables": TABLES_NOTE, "figures": FIGURES_NOTE}.items():
        write_text(folder / name / "README.txt", beside_text(report.title, note, report.banners))


def analyses_in(folder: Path) -> dict[str, pd.DataFrame]:
    """Read the tables that `hrsim analyse` left in a run folder and that the pages show."""
    paths = {name: folder / "tables" / f"{name}.csv" for name in ANALYSES}
    return {name: read_table(path) for name, path in paths.items() if path.exists()}


def languages_in(folder: Path) -> tuple[str, ...]:
    """Tell in which languages a run folder has its pages, that of report.html first; the default where it has none."""
    page = folder / "report.html"
    found = _LANG.search(page.read_text(encoding="utf-8")[:200]) if page.exists() else None
    others = (path.name.split(".")[1] for path in sorted(folder.glob("report.*.html")))
    return tuple(dict.fromkeys([found.group(1), *others])) if found else DEFAULT_LANGUAGES


def page_names(folder: Path) -> list[str]:
    """List the pages that a run folder has, the one to open first at the head."""
    found = [*sorted(path.name for path in folder.glob("report*")), "workbook.xlsx"]
    found.sort(key=lambda name: name != "report.html")
    return [name for name in found if (folder / name).exists()]


def summary_data(report: Report) -> dict[str, Any]:
    """Give the headline numbers at full precision; unknown statistics are null."""
    return {
        "title": report.title,
        "about": report.about,
        "comparator": report.comparator,
        "arms": dict(report.arm_labels),
        "first_page": plain_page(report),
        "banners": list(report.banners),
        "notices": [notice.words() for notice in report.notices],
        "headlines": [
            {"label": item.label, "totals": _by_arm(item.totals), "changes": _by_arm(item.changes)}
            for item in headlines(report.tables)
        ],
    }


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as UTF-8 CSV at full precision; no cell of it is a formula to a spreadsheet."""
    write_text(path, csv_text(table))


def csv_text(table: pd.DataFrame) -> str:
    """Give the text of a table as CSV: what its file holds, byte for byte."""
    return str(harmless(table).to_csv(index=False, lineterminator="\n"))


def _by_arm(table: pd.DataFrame) -> dict[str, dict[str, float | None]]:
    names = [name for name in STATISTICS if name in table]
    return {
        str(arm): {name: None if pd.isna(row[name]) else float(row[name]) for name in names}
        for arm, row in table.iterrows()
    }
