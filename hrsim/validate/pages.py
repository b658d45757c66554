"""The dossier `docs/validation/`: one page a heading, written from the verdicts of a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hrsim import __version__
from hrsim.validate.running import CaseResult
from hrsim.validate.table import COLUMNS, HEADINGS, row, summary

_MARK = "<!-- written by: hrsim validate --write docs/validation -->"
_FACE = """Face validity is judged by people, not by a run: whether inputs, processes and results make sense to those
who use, run and study services. What the model does is told in words in `docs/model/`; what it rests on is listed
by `hrsim evidence`; choices that a reader may question are in `docs/decisions/model-readings.md`. No panel of people
with lived experience or of clinicians has reviewed this model yet: that is a gap, not a detail."""
_LEGEND = """`published` is the value compared with: the published one, or the exact one behind a rounded one. `hrsim`
is the mean over runs at point values; `Monte Carlo error` its standard error. `band` holds the values that agree, fixed
before any run. Verdicts: inside; outside; undecided, where chance is too large to tell."""


def write_pages(results: Sequence[CaseResult], folder: Path) -> list[Path]:
    """Write the dossier and return its files."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {"README.md": _overview(results), "face.md": f"{_MARK}\n\n# Face validity\n\n{_FACE}\n"}
    for heading, title in HEADINGS.items():
        chosen = [result for result in results if result.case.heading == heading]
        pages[f"{heading}.md"] = _page(title, chosen)
    written = []
    for name, text in pages.items():
        path = folder / name
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return written


def _overview(results: Sequence[CaseResult]) -> str:
    lines = [_MARK, "", "# Validation", "", f"hrsim {__version__}: {summary(results)}.", ""]
    lines += ["- [Face](face.md)", *(f"- [{title}]({name}.md)" for name, title in HEADINGS.items()), ""]
    lines += [
        "Agreement with another model shows that the same inputs give the same answer; it is no evidence",
        "about the world. Only the external page is.",
        "",
        _LEGEND,
        "",
    ]
    return "\n".join(lines)


def _page(title: str, results: Sequence[CaseResult]) -> str:
    lines = [_MARK, "", f"# {title}", ""]
    if not results:
        lines += ["No case was run.", ""]
    for result in results:
        lines += _case(result)
    return "\n".join(lines)


def _case(result: CaseResult) -> list[str]:
    case = result.case
    lines = [f"## {case.title}", "", f"`{result.name}`, tier {case.tier}. {case.citation}", ""]
    lines += [f"Read in: {case.obtained_from}", "", f"Acceptance: {case.acceptance}", ""]
    if case.notes:
        lines += [case.notes, ""]
    columns = (*COLUMNS[1:4], "obtained", *COLUMNS[4:])
    lines += [f"| {' | '.join(columns)} |", "|" + "---|" * len(columns)]
    for verdict in result.verdicts:
        cells = row(result.name, verdict)[1:]
        cells = (*cells[:3], verdict.measure.obtained, *cells[3:])
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", f"{result.runs} runs."]
    misses = [verdict for verdict in result.verdicts if verdict.explanation]
    lines += [f"- {verdict.measure.name}: {verdict.explanation}" for verdict in misses]
    return [*lines, ""]
