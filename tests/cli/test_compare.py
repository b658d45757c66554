"""Runs side by side: refused or scaled where they are not of the same thing, paired where they are."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from hrsim.cli.running import Request, run_request
from hrsim.experiment.stored import open_stored_run

STUDY = """\
hrsim: 1
title: One place
extends: settings/british_columbia.yaml
horizon: {start: 2026-01-01, years: 2}
population: {size: 300}
arms:
  now: {label: As it is}
  %s
analysis: {comparator: now, draws: 4, seed: 7}
"""
KITS = "kits: {label: Many kits, services: {take_home_naloxone: {capacity: {kits_per_year: 20000}}}}"
PLACES = "places: {services: {oat_methadone: {capacity: {places: 300}}}}"


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Iterator[Callable[..., str]]:
    """Give a function that runs a study once for all tests of this file, without its pages, and names its folder."""
    folder, made = tmp_path_factory.mktemp("compared"), {}

    def run_study(name: str, arm: str, *overrides: str) -> str:
        key = (name, arm, *overrides)
        if key not in made:
            file = folder / f"{name}{len(made)}.yaml"
            file.write_text(STUDY % arm)
            made[key] = str(run_request(Request(file, overrides, folder / "runs", None, "refuse")).path)
        return made[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hrsim.report.pages.write_pages", lambda report, folder, languages: None)
        yield run_study


def row(shown: str, block: str, arm: str) -> list[str]:
    lines = shown.split(f"\n{block}")[1].splitlines()[1:]
    return re.split(r"  +", next(line for line in lines if f":{arm}" in line).strip())


def ends(change: str) -> tuple[float, ...]:
    """Read the ends of the interval that a change ends with, to whatever decimal place they are written."""
    found = re.search(r"\((\S+) to (\S+)\)$", change)
    assert found is not None, change
    return tuple(float(text.replace("\u2212", "-")) for text in found.groups())


def totals(folder: str, arm: str) -> np.ndarray:
    found = []
    for _, ledger in open_stored_run(Path(folder)).ledgers():
        events = ledger.events[ledger.arms.index(arm)].sum(axis=(0, 1))
        found.append(events[ledger.event_names.index("overdose_death")])
    return np.array(found, float)


def test_runs_of_the_same_people_and_draws_are_compared_draw_by_draw(hrsim, run) -> None:
    one, other = run("one", KITS), run("other", PLACES)
    shown = hrsim("compare", one, other, "--base", "kits")
    assert shown.code == 0, shown.err
    steps = totals(other, "places") - totals(one, "kits")
    change = row(shown.out, "Overdose deaths", "places")[-1]
    assert ends(change) == (steps.min(), steps.max())
    assert f"{Path(one).name}:kits, Many kits" in shown.out and ":places" in shown.out


@pytest.mark.parametrize(
    "words",
    [
        ("analysis.seed=8",),
        ("population.custody=0.05",),
        ("parameters.posterior=calibration/british_columbia",),
    ],
)
def test_other_streams_draws_or_people_are_not_pairs(hrsim, run, words: tuple[str, ...]) -> None:
    shown = hrsim("compare", run("one", KITS), run("other", PLACES, *words), "--base", "kits", "--anyway")
    assert shown.code == 0, shown.err
    assert not row(shown.out, "Overdose deaths", "places")[-1].endswith(")")


def test_fewer_draws_of_the_same_seed_are_pairs_as_far_as_they_go(hrsim, run) -> None:
    one, other = run("one", KITS), run("other", PLACES, "analysis.draws=3")
    shown = hrsim("compare", one, other, "--base", "kits")
    steps = totals(other, "places") - totals(one, "kits")[:3]
    assert ends(row(shown.out, "Overdose deaths", "places")[-1]) == (steps.min(), steps.max())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("horizon.years=1",), "different times: 2 years from 2026-01-01 and 1 years"),
        (("population.custody=0.05",), "different people"),
        (("population.size=150",), "300 people and"),
    ],
)
def test_runs_of_other_things_are_refused_in_words(hrsim, run, words: tuple[str, ...], said: str) -> None:
    refused = hrsim("compare", run("one", KITS), run("other", PLACES, *words))
    assert refused.code == 2 and said in refused.err


def test_a_run_of_another_size_is_scaled_when_asked(hrsim, run) -> None:
    one, half = run("one", KITS), run("half", KITS, "population.size=150")
    shown = hrsim("compare", one, half, "--scale")
    assert shown.code == 0, shown.err
    assert "times 2, from 150 to 300 people" in shown.out
    lines = [
        line
        for line in shown.out.split("\nOverdose deaths")[1].splitlines()
        if f"{Path(half).name}:now" in line
    ]
    mean = float(re.split(r"  +", lines[0].strip())[1].split(" ")[0].replace(",", ""))
    assert mean == pytest.approx(2 * totals(half, "now").mean(), abs=1)
