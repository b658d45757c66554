"""The dossier `docs/validation/`: one page a heading, from the verdicts of a run and the shipped calibrations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from hrsim import __version__
from hrsim.dossier.figures import FOLDER, LEGEND, Picture, case_picture, not_drawn, overview_picture
from hrsim.dossier.held_out import HeldOut, held_out_section
from hrsim.files import write_text
from hrsim.plain_words import visible
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

_SCALE = """Each point is a measure: how far hrsim is from the published value, in per cent of it. The axis is stretched
near 0. How far is too far differs between measures: see the band of each in its case."""


def write_pages(results: Sequence[CaseResult], calibrations: Sequence[HeldOut], folder: Path) -> list[Path]:
    """Write the dossier with its figures and return its files."""
    pictures = {result.name: case_picture(result) for result in results}
    section, fits = held_out_section(calibrations)
    whole = overview_picture(results)
    pages = {"README.md": _overview(results, whole), "face.md": f"{_MARK}\n\n# Face validity\n\n{_FACE}\n"}
    for heading, title in HEADINGS.items():
        chosen = [result for result in results if result.case.heading == heading]
        pages[f"{heading}.md"] = _page(title, chosen, pictures, section if heading == "external" else [])
    drawn = [picture for picture in (whole, *pictures.values(), *fits) if picture is not None]
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    texts = {**pages, **{picture.path: picture.drawing for picture in drawn}}
    for name, text in texts.items():
        write_text(folder / name, visible(text))
    return [folder / name for name in texts]


def _overview(results: Sequence[CaseResult], whole: Picture | None) -> str:
    lines = [_MARK, "", "# Validation", "", f"hrsim {__version__}: {summary(results)}.", ""]
    lines += ["- [Face](face.md)", *(f"- [{title}]({name}.md)" for name, title in HEADINGS.items()), ""]
    lines += [
        "Agreement with another model shows that the same inputs give the same answer; it is no evidence",
        "about the world. Only the external page is.",
        "",
    ]
    if whole is not None:
        lines += [whole.markdown(), "", _SCALE, ""]
    return "\n".join([*lines, _LEGEND, ""])


def _page(
    title: str, results: Sequence[CaseResult], pictures: Mapping[str, Picture | None], more: Sequence[str]
) -> str:
    lines = [_MARK, "", f"# {title}", ""]
    if any(pictures[result.name] for result in results):
        lines += [f"In each figure: {LEGEND[0].lower()}{LEGEND[1:]}", ""]
    if not results:
        lines += ["No case was run.", ""]
    for result in results:
        lines += _case(result, pictures[result.name])
    return "\n".join([*lines, *more])


def _case(result: CaseResult, picture: Picture | None) -> list[str]:
    case = result.case
    lines = [f"## {case.title}", "", f"`{result.name}`, tier {case.tier}. {case.citation}", ""]
    lines += [f"Read in: {case.obtained_from}", "", f"Acceptance: {case.acceptance}", ""]
    if case.notes:
        lines += [case.notes, ""]
    if picture is not None:
        lines += [picture.markdown(), ""]
    left_out = not_drawn(result)
    if left_out:
        lines += [f"Not drawn, since nothing was published to be relative to: {', '.join(left_out)}.", ""]
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
