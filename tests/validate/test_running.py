"""Cases end to end: a tiny one in every run, all shipped ones with the slow tests."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from hrsim.cli.app import app
from hrsim.cli.validate_verb import CasesOutside
from hrsim.validate.cases import shipped_cases
from hrsim.validate.running import CaseResult, run_case
from hrsim.validate.samples import FormulaError

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
    with pytest.raises(FormulaError, match="did you mean 'injury'"):
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


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(shipped_cases()))
def test_shipped_case_has_no_undeclared_miss(name: str) -> None:
    result = run_case(name, shipped_cases()[name], quick=True, threads=2)
    missed = [(verdict.measure.name, verdict.estimate) for verdict in result.verdicts if verdict.fails]
    assert not missed
