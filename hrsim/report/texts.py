"""The texts of a run folder: README.txt and summary.txt, and the plain tables in them."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Sequence

from hrsim.report.budgets import budget_columns, budget_rows
from hrsim.report.comparison import comparison, comparison_columns
from hrsim.report.content.plain_page import plain_page
from hrsim.report.counting import interval_words
from hrsim.report.decision import decision_columns, decision_rows
from hrsim.report.facts import Report
from hrsim.report.groups import group_columns, group_rows
from hrsim.report.language import ENGLISH

WIDTH = 110
COLUMN_GAP = "  "
CONTENTS = {
    "report.html": "the report, in any browser, without a network: start here",
    "workbook.xlsx": "the tables, every source, and a live budget",
    "report.docx": "the report for a word processor",
    "summary.txt": "the comparison in words and numbers",
    "summary.json": "the same for programs",
    "tables/": "long tidy tables at full precision, one subject each (' guards text that looks like a formula)",
    "figures/": "figures (SVG), each with its data (CSV)",
    "inputs/": "the study as written, as resolved, and who set each value",
    "draws/": "every draw and replicate (Parquet), and the parameters drawn",
    "manifest.json": "content hash, versions, seeds, hash of each file, and which command wrote it",
    "CITATION.cff": "how to cite this run; hrsim cite writes other formats, hrsim verify checks the run",
    "ro-crate-metadata.json": "what each file is, for archives (RO-Crate 1.1)",
}
DRAWN = ("report.html", "workbook.xlsx", "report.docx", "figures/")
"""Contents that take the libraries of pages."""
FIT = "Nothing known limits the use of this run."
TABLES_NOTE = (
    "Long tidy tables of one run, UTF-8 CSV at full precision. mean, sd, low and high (2.5 % and 97.5 %) are over the "
    "draws, low and high of fewer than 40 draws the lowest and the highest; mcse is the Monte Carlo standard error of "
    "the mean. Hand this note on with any table."
)
FIGURES_NOTE = "Figures of one run (SVG), each with its data (CSV). Hand this note on with any figure."


def summary_text(report: Report) -> str:
    """Write the whole summary: title, banners, comparison, standings."""
    blocks = [report.title, "=" * len(report.title), report.about, *_first_page(report)]
    if report.repriced is not None:
        blocks.insert(2, report.repriced.words(ENGLISH))
    blocks += [f"! {banner}" for banner in report.banners]
    if report.notes:
        blocks += ["", report.notes]
    blocks += ["", comparison_words(report), ""]
    wrapped = [
        textwrap.fill(block, WIDTH, subsequent_indent="  " * block.startswith("!")) for block in blocks
    ]
    rows = [row.cells() for row in comparison(report.tables, report.arm_labels)]
    parts = ["\n".join(wrapped), plain_table(comparison_columns(), rows)]
    effectiveness = report.tables["cost_effectiveness"]
    for perspective in dict.fromkeys(effectiveness["perspective"]):
        heading = f"Cost-effectiveness, {perspective.replace('_', ' ')} perspective"
        standing = decision_rows(effectiveness, perspective, report.arm_labels)
        parts += ["", heading, "", plain_table(decision_columns(effectiveness), standing)]
    if "groups" in report.tables:
        parts += [
            "",
            "By group",
            "",
            plain_table(group_columns(), group_rows(report.tables["groups"], report.arm_labels)),
        ]
    if "budgets" in report.tables:
        budgets = report.tables["budgets"]
        heading = "Budgets, all fiscal years together, undiscounted"
        parts += ["", heading, ""]
        parts += [plain_table(budget_columns(budgets), budget_rows(budgets, report.arm_labels))]
    for notice in report.notices:
        parts += ["", textwrap.fill(notice.words(), WIDTH)]
    return "\n".join(parts) + "\n"


def comparison_words(report: Report) -> str:
    """Say what the numbers of the comparison are."""
    draws = int(report.tables["outcomes"]["n_draws"].iloc[0])
    return ENGLISH("comparison.note", interval=interval_words(draws, ENGLISH))


def _first_page(report: Report) -> list[str]:
    """Write the first page in plain lines, an empty one before each part."""
    parts = [part for text in plain_page(report).values() for part in ("", *text.split("\n"))]
    return [*parts, ""] if parts else []


def readme_text(title: str, status: str, banners: Sequence[str] = (), without: Collection[str] = ()) -> str:
    """Write what the folder holds, but for what it is `without`, and what limits its use.

    A partial run says so and how to complete it.
    """
    lines = [title, "=" * len(title), ""]
    if status == "partial":
        return (
            "\n".join([*lines, "PARTIAL: draws are missing and there are no results.", RESUME_ADVICE]) + "\n"
        )
    held = {name: words for name, words in CONTENTS.items() if name not in without}
    width = max(len(name) for name in held)
    lines += [banner_text(banners), ""] if banners else []
    return "\n".join([*lines, *(f"{name:{width}}  {words}" for name, words in held.items())]) + "\n"


def beside_text(title: str, what: str, banners: Sequence[str]) -> str:
    """Write the note that stands beside files which cannot carry banners themselves, such as tables."""
    lines = [title, "", textwrap.fill(what, WIDTH), "", banner_text(banners) or FIT]
    return "\n".join(lines).rstrip() + "\n"


def banner_text(banners: Sequence[str]) -> str:
    """Write banners, each begun by an exclamation mark."""
    return "\n".join(textwrap.fill(f"! {banner}", WIDTH, subsequent_indent="  ") for banner in banners)


RESUME_ADVICE = "Type the same command with --resume: finished draws are kept, the missing ones are computed."


def plain_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lay out texts in columns, the first flush left, the others flush right; headings may run over."""
    filled = [columns, *(row for row in rows if any(row[1:]))]
    widths = [max(len(row[place]) for row in filled) for place in range(len(columns))]
    lines = [columns, ["-" * width for width in widths], *rows]
    return "\n".join(_plain_line(line, widths) for line in lines)


def _plain_line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = f"{cells[0]:<{widths[0]}}"
    rest = [f"{cell:>{width}}" for cell, width in zip(cells[1:], widths[1:], strict=True)]
    return COLUMN_GAP.join([first, *rest]).rstrip()
