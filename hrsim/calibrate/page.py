"""The page of a calibration: verdict and faults first, then the fit by year, what was learnt, and how."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hrsim import __version__
from hrsim.calibrate.folder import folder_of
from hrsim.calibrate.outcome import NotFitted, Outcome, read_outcome
from hrsim.calibrate.page_numbers import fit_figure, held_out, what
from hrsim.calibrate.page_parameters import correlations, identifiability, parameters
from hrsim.calibrate.page_search import limits, search
from hrsim.calibrate.reading import Assignment
from hrsim.calibrate.shown import Shown
from hrsim.files import write_text
from hrsim.plain_words import visible
from hrsim.report.blocks import Banner, Document, Paragraph, Section
from hrsim.report.html import html
from hrsim.report.language import language

PAGE = "calibration"
PARTS = {
    "held_out": held_out,
    "parameters": parameters,
    "identifiability": identifiability,
    "correlations": correlations,
    "what": what,
    "search": search,
    "limits": limits,
}
"""The sections in reading order; one without blocks is left out."""
OWN_LABELS = ("skip", "question", "answer", "limits_of_use")
REPORT_LABELS = ("contents", "show_data", "show_table", "scroll", "long_table", "colon")


def write_page(assignment: Assignment, languages: Sequence[str]) -> list[Path]:
    """Write the page of a finished calibration beside its posterior, in each language, from its folder alone.

    Raise NotFitted where there is no fit, or the file frees other parameters or numbers than were fitted.
    """
    outcome = read_outcome(assignment.path.parent)
    _require_same_task(assignment, outcome)
    changed = folder_of(assignment).inputs != outcome.manifest["inputs_hash"]
    written = []
    for place, say in enumerate([language(tag) for tag in dict.fromkeys(languages)]):
        path = outcome.folder / (f"{PAGE}.{say.tag}.html" if place else f"{PAGE}.html")
        text = html(build_page(Shown(outcome, assignment, say, changed)))
        write_text(path, visible(text))
        written.append(path)
    return written


def _require_same_task(assignment: Assignment, outcome: Outcome) -> None:
    asked = {f"{target.name} {target.held_out}" for target in assignment.targets}
    found = {f"{line.series}.{line.year} {line.use == 'held_out'}" for line in outcome.fit.itertuples()}
    if [row.id for row in assignment.free] != list(outcome.manifest["free"]) or asked != found:
        raise NotFitted(
            f"{assignment.path} frees other parameters or holds other numbers than were fitted: fit again with --force"
        )


def build_page(shown: Shown) -> Document:
    """Build the page in one language."""
    say, outcome = shown.say, shown.outcome
    found = {key: tuple(build(shown)) for key, build in PARTS.items()}
    return Document(
        lang=say.tag,
        title=outcome.title,
        subtitle=say(
            "calibration.subtitle",
            parameters=say.whole(len(shown.assignment.free)),
            numbers=say.whole(len(shown.use("fitted"))),
            held_out=say.whole(len(shown.use("held_out"))),
        ),
        banners=tuple(_banners(shown)),
        first_page=(*(Paragraph(text, "lead") for text in _verdict(shown)), fit_figure(shown)),
        sections=tuple(
            Section(key, say(f"calibration.section.{key}"), blocks) for key, blocks in found.items() if blocks
        ),
        labels={
            **{key: say(f"page.{key}") for key in REPORT_LABELS},
            **{key: say(f"calibration.page.{key}") for key in OWN_LABELS},
        },
        footer=say("calibration.page.footer", version=__version__),
    )


def _verdict(shown: Shown) -> list[str]:
    say = shown.say
    fitted, kept_back, learnt = shown.use("fitted"), shown.use("held_out"), shown.learnt()
    missed = len(kept_back) - int(kept_back["inside"].sum())
    verdict = "bad" if shown.outcome.faults else "mixed" if missed else "good"
    texts = [say(f"calibration.verdict.{verdict}", missed=missed, numbers=len(kept_back))]
    texts.append(say("calibration.verdict.fitted", inside=int(fitted["inside"].sum()), numbers=len(fitted)))
    if len(kept_back):
        inside = int(kept_back["inside"].sum())
        texts[-1] += " " + say("calibration.verdict.held_out", inside=inside, numbers=len(kept_back))
    names = {
        "parameters": len(shown.assignment.free), "names": say.listed(learnt), "learnt": len(learnt),
        "least": shown.share(shown.least_learnt()),
    }  # fmt: skip
    texts.append(say("calibration.verdict.learnt" if learnt else "calibration.verdict.nothing", **names))
    return texts


def _banners(shown: Shown) -> list[Banner]:
    """Give what speaks against using the posterior: faults, held-out numbers that it misses, inputs changed since."""
    say, kept_back = shown.say, shown.use("held_out")
    banners = [Banner(say("calibration.fault.title"), fault) for fault in shown.outcome.faults]
    missed = kept_back[~kept_back["inside"].astype(bool)]
    if len(missed):
        names = say.listed([shown.name(line) for line in missed.to_dict("records")])
        words = say("calibration.missed.text", missed=len(missed), numbers=len(kept_back), names=names)
        banners.append(Banner(say("calibration.missed.title"), words))
    if shown.changed:
        banners.append(Banner(say("calibration.changed.title"), say("calibration.changed.text")))
    return banners
