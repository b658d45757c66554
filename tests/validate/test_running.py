"""Cases end to end: tiny ones, and all shipped ones as a user runs them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hrsim.cli.app import app
from hrsim.cli.validate_verb import CasesOutside
from hrsim.errors import StudyError
from hrsim.validate.cases import read_case, shipped_cases
from hrsim.validate.running import CaseResult, run_case

EXACT = {"bench_chancellor", "bench_sick_sicker_cohort", "bench_icer_frontiers"}  # nothing left to luck

STUDY = """
hrsim: 1
title: t
extends: settings/blank.yaml
population: {size: 2000}
events: {injury: {label: Injuries, rate: 0.5}}
arms: {all: {}}
analysis: {comparator: all, seed: 4}
"""
CASE = """
hrsim_case: 1
title: Injuries at a known rate
heading: internal
tier: A
citation: c
obtained_from: o
acceptance: a
studies: {one: {file: tiny.yaml, replicates: 8, quick: 4}}
measures:
  - name: Injuries a person-year
    of: events(all, injury) / person_years(all)
    exact: 0.5
    obtained: computed
    accept: {within: 0.1}
  - name: The same, held against a wrong value
    of: events(all, injury) / person_years(all)
    exact: 0.7
    obtained: computed
    accept: {within: 0.1}
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    (tmp_path / "tiny.yaml").write_text(STUDY, encoding="utf-8")
    path = tmp_path / "tiny.expected.yaml"
    path.write_text(CASE, encoding="utf-8")
    return path


def run(path: Path) -> CaseResult:
    return run_case("tiny", path, quick=False, threads=2)


def test_a_known_rate_comes_out_with_the_error_that_theory_gives(tiny: Path) -> None:
    right, wrong = run(tiny).verdicts
    theory = (0.5 / (8 * 2000)) ** 0.5  # a Poisson count over 16,000 person-years
    assert abs(right.estimate.value - 0.5) < 4 * theory
    assert 0.3 * theory < right.estimate.error < 2.5 * theory  # of 8 runs, so itself uncertain by a quarter
    assert (right.word, wrong.word, wrong.explanation) == ("inside", "outside", "unexplained")


def test_a_formula_that_names_what_is_not_counted_says_what_is(tiny: Path) -> None:
    tiny.write_text(CASE.replace("events(all, injury)", "events(all, injry)", 1), encoding="utf-8")
    with pytest.raises(StudyError, match="did you mean 'injury'"):
        run(tiny)


def test_every_fault_of_every_case_is_said_before_any_study_runs(tiny: Path, monkeypatch) -> None:
    monkeypatch.setattr("hrsim.validate.running.simulate", lambda *_: pytest.fail("a study ran"))
    wrong = CASE.replace("events(all, injury)", "events(all, injry)", 1).replace(
        "person_years(all)", "deaths(al)"
    )
    tiny.write_text(wrong, encoding="utf-8")
    other = tiny.with_name("other.expected.yaml")
    other.write_text(CASE.replace("tiny.yaml", "absent.yaml"), encoding="utf-8")
    found = CliRunner().invoke(app, ["validate", str(tiny), str(other)])
    assert isinstance(found.exception, StudyError)
    problems = found.exception.problems
    assert [problem.code for problem in problems if problem.code != "FILE"] == ["FORMULA", "FORMULA"]
    lines = {n for n, line in enumerate(wrong.splitlines(), 1) if line.strip().startswith("of:")}
    assert {problem.location.line for problem in problems if problem.code == "FORMULA"} == lines
    assert any(problem.code == "FILE" and "absent.yaml" in str(problem) for problem in problems)


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("events(all, injury, use=injecting)", "only time lived is counted by state"),
        ("events(all)", "events\\(arm, event"),
        ("deaths(all, injury)", "expected one arm"),
        ("flow(all, clinic)", "flow\\(arm, service"),
        ("events(all, injury, year=2)", "expected 1 to 1, as far as the study runs"),
        ("events(all, injury, quarter=five)", "expected a number"),
        ("events(all, injury, times=people)", "a series of the case"),
        ("qalys(all, year=1)", "counted whole"),
        ("occupancy(all, well)", "asks a study for 'occupancy'"),
        ("icer(none)", "expected an arm"),
    ],
)
def test_what_a_formula_may_not_ask_is_said(tiny: Path, formula: str, words: str) -> None:
    tiny.write_text(CASE.replace("events(all, injury) / person_years(all)", formula, 1), encoding="utf-8")
    with pytest.raises(StudyError, match=words):
        run(tiny)


def test_counts_are_cut_by_groups_and_nothing_that_is_asked_for_is_dropped(
    tiny: Path, tmp_path: Path
) -> None:
    groups = STUDY.replace("{size: 2000}", "{size: 2000, groups: {zone: {north: 0.25, south: rest}}}")
    (tmp_path / "tiny.yaml").write_text(groups, encoding="utf-8")
    share = "events(all, injury, zone=north) / person_years(all, zone=north) + 0 * events(all, injury, zone=south)"
    tiny.write_text(CASE.replace("events(all, injury) / person_years(all)", share, 1), encoding="utf-8")
    north, everybody = run(tiny).verdicts
    assert abs(north.estimate.value - 0.5) < 4 * (0.5 / (8 * 500)) ** 0.5
    assert north.estimate.value != everybody.estimate.value
    for wrong, words in (
        ("events(all, injury, zone=west)", "zone=south"),
        ("deaths(all, use=injecting)", "zone"),
    ):
        tiny.write_text(CASE.replace("events(all, injury) /", f"{wrong} /", 1), encoding="utf-8")
        with pytest.raises(StudyError, match=words):
            run(tiny)


def test_the_verb_prints_the_table_writes_pages_and_fails_for_an_undeclared_miss(
    tiny: Path, tmp_path: Path
) -> None:
    found = CliRunner().invoke(app, ["validate", str(tiny), "--write", str(tmp_path / "pages")])
    assert isinstance(found.exception, CasesOutside)
    assert found.exception.exit_code == 6
    assert "Injuries a person-year" in found.output
    page = (tmp_path / "pages" / "internal.md").read_text(encoding="utf-8")
    assert "Injuries at a known rate" in page
    assert "unexplained" in page
    gap = CASE.replace("exact: 0.7", "exact: 0.7\n    because: wrong on purpose\n    known_gap: true")
    tiny.write_text(gap, encoding="utf-8")
    assert CliRunner().invoke(app, ["validate", str(tiny)]).exit_code == 0


def test_every_shipped_case_agrees_or_has_declared_its_gap() -> None:
    """`hrsim validate --quick`, whole: its exit code, and every measure of every case is there."""
    found = CliRunner().invoke(app, ["validate", "--quick", "--json", "--threads", "2"])
    assert found.exit_code == 0, found.output
    verdicts = json.loads(found.stdout)
    measures = {(name, m.name) for name, path in shipped_cases().items() for m in read_case(path).measures}
    assert {(verdict["case"], verdict["measure"]) for verdict in verdicts} == measures
    outside = [verdict for verdict in verdicts if verdict["verdict"] == "outside"]
    assert all(verdict["known_gap"] and verdict["because"] for verdict in outside)
    exact = [verdict for verdict in verdicts if verdict["case"] in EXACT]
    assert {(verdict["verdict"], verdict["standard_error"]) for verdict in exact} == {("inside", 0.0)}
