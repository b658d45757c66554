"""Write a report into its run folder: texts, tables, figures; the same report gives the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from hrsim.report.comparison import headlines
from hrsim.report.figures import changes_data, draw_changes, draw_plane, plane_data, write_figure
from hrsim.report.texts import (
    FIGURES_NOTE,
    TABLES_NOTE,
    Report,
    beside_text,
    readme_text,
    summary_text,
)

STATISTICS = ("mean", "sd", "mcse", "low", "high", "n_draws", "per_cent", "probability_better")


def write_report(report: Report, folder: Path) -> None:
    """Write every text, table and figure of a complete run."""
    for name, table in report.tables.items():
        write_csv(table, folder / "tables" / f"{name}.csv")
    figures = folder / "figures"
    labels = report.arm_labels
    write_figure("changes", changes_data(report.tables["differences"]), draw_changes, labels, figures)
    plane = plane_data(report.tables["cost_effectiveness"])
    write_figure("cost_effectiveness", plane, draw_plane, labels, figures)
    write(folder / "summary.txt", summary_text(report))
    write(folder / "summary.json", json.dumps(summary_data(report), indent=2, ensure_ascii=False) + "\n")
    write(folder / "README.txt", readme_text(report.title, "complete", report.banners))
    for name, note in {"tables": TABLES_NOTE, "figures": FIGURES_NOTE}.items():
        write(folder / name / "README.txt", beside_text(report.title, note, report.banners))


def summary_data(report: Report) -> dict[str, Any]:
    """Give the headline numbers at full precision; unknown statistics are null."""
    return {
        "title": report.title,
        "about": report.about,
        "comparator": report.comparator,
        "arms": dict(report.arm_labels),
        "banners": list(report.banners),
        "notices": list(report.notices),
        "headlines": [
            {"label": item.label, "totals": _by_arm(item.totals), "changes": _by_arm(item.changes)}
            for item in headlines(report.tables)
        ],
    }


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as UTF-8 CSV at full precision."""
    write(path, csv_text(table))


def csv_text(table: pd.DataFrame) -> str:
    """Give the text of a table as CSV: what its file holds, byte for byte."""
    return str(table.to_csv(index=False, lineterminator="\n"))


def write(path: Path, text: str) -> None:
    """Write a UTF-8 text with Unix line ends."""
    path.write_text(text, encoding="utf-8", newline="\n")


def _by_arm(table: pd.DataFrame) -> dict[str, dict[str, float | None]]:
    names = [name for name in STATISTICS if name in table]
    return {
        str(arm): {name: None if pd.isna(row[name]) else float(row[name]) for name in names}
        for arm, row in table.iterrows()
    }
