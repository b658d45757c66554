"""The held-out years of calibrations: what a model that saw other years said of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hrsim.calibrate.outcome import NotFitted, Outcome, fitted_folders, read_outcome
from hrsim.calibrate.page_numbers import score_table
from hrsim.dossier.figures import Picture, fit_picture
from hrsim.report.blocks import Table
from hrsim.report.language import language

_WORDS = """A calibration fits some years of a place and keeps others back; these are compared with what the posterior
predicts for them, which never saw them. Of honest 95 % intervals about 19 of 20 hold their number. In the figures round
points were fitted and diamonds held out; bars are predictions: line the median, dark the middle half, pale 95 %."""


@dataclass(frozen=True)
class HeldOut:
    """Hold a calibration's folder name and what it found, or why it cannot be shown."""

    name: str
    found: Outcome | None
    trouble: str = ""


def read_held_out(parent: Path) -> list[HeldOut]:
    """Read every finished calibration inside a folder; one that cannot be shown says why."""
    return [_read(folder) for folder in fitted_folders(parent)]


def _read(folder: Path) -> HeldOut:
    try:
        return HeldOut(folder.name, read_outcome(folder))
    except NotFitted as error:
        return HeldOut(folder.name, None, str(error).replace(f"{folder}/", ""))


def held_out_section(calibrations: Sequence[HeldOut]) -> tuple[list[str], list[Picture]]:
    """Write the section of the external page, and draw its figures."""
    note = language("en")("calibration.held_out.note")
    lines, pictures = ["## Held-out years of calibrations", "", _WORDS, "", note, ""], []
    if not calibrations:
        lines += ["No calibration was given.", ""]
    for calibration in calibrations:
        if calibration.found is None:
            lines += [f"### `{calibration.name}`", "", f"Cannot be shown: {calibration.trouble}.", ""]
            continue
        outcome = calibration.found
        picture = fit_picture(calibration.name, outcome.title, outcome.fit)
        pictures.append(picture)
        lines += [f"### {outcome.title}", "", _verdict(outcome), "", picture.markdown(), ""]
        lines += _scores(outcome)
    return lines, pictures


def _verdict(outcome: Outcome) -> str:
    counts = []
    for use, word in (("fitted", "fitted"), ("held_out", "held-out")):
        numbers = outcome.fit[outcome.fit["use"] == use]
        counts.append(f"{int(numbers['inside'].sum())} of {len(numbers)} {word} numbers")
    words = f"Inside their 95 % predictive interval: {' and '.join(counts)}."
    return " ".join([words, *(f"**Fault of the fit:** {fault}." for fault in outcome.faults)])


def _scores(outcome: Outcome) -> list[str]:
    if not (outcome.fit["use"] == "held_out").any():
        return ["No number was held out.", ""]
    return [*markdown(score_table(outcome.fit, language("en"))), ""]


def markdown(table: Table) -> list[str]:
    """Write a table of a page as Markdown."""
    lines = [f"| {' | '.join(column.label for column in table.columns)} |", "|" + "---|" * len(table.columns)]
    return [*lines, *(f"| {' | '.join(cell.text for cell in row.cells)} |" for row in table.rows)]
