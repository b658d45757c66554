"""Write the pages of a report: HTML in each language, workbook and Word file in the first, and its figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hrsim.files import write_bytes, write_text
from hrsim.plain_words import visible
from hrsim.report.blocks import Document
from hrsim.report.cells import harmless
from hrsim.report.content.document import build_document
from hrsim.report.facts import Report
from hrsim.report.html import html
from hrsim.report.language import language
from hrsim.report.word import word
from hrsim.report.workbook import workbook


def write_pages(report: Report, folder: Path, languages: Sequence[str]) -> None:
    """Write every page; raise UnknownLanguage before any is written."""
    spoken = [language(tag) for tag in dict.fromkeys(languages)]
    documents = [build_document(report, say) for say in spoken]
    for place, document in enumerate(documents):
        name = f"report.{document.lang}.html" if place else "report.html"
        write_text(folder / name, visible(html(document)))
    spoken_report = report.in_language(spoken[0].tag)
    write_bytes(folder / "workbook.xlsx", workbook(spoken_report, documents[0], spoken[0]))
    write_bytes(folder / "report.docx", word(documents[0]))
    _write_figures(documents[0], folder / "figures")


def _write_figures(document: Document, folder: Path) -> None:
    for figure in document.figures():
        write_text(folder / f"{figure.name}.svg", figure.svg)
        write_text(
            folder / f"{figure.name}.csv",
            str(harmless(figure.frame).to_csv(index=False, lineterminator="\n")),
        )
