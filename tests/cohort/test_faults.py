"""Faults of documents are named with place, value, rule and remedy, all at once."""

from pathlib import Path

import pytest

from hrsim.cohort.results import compare_file
from hrsim.errors import StudyError
from hrsim.study.explain import codes
from tests.cohort.conftest import DOCUMENT, Compare

DEATH = "1 - exp(-rate_death)"
ROW = "{probabilities: {dead: 1 - exp(-rate_death)}}"
END = "comparator: one"

FAULTS = [
    ("COHORT_NAME", 7, ("rate_death: 0.1", "rate_death: rate_deth"), "did you mean 'rate_death'"),
    ("COHORT_NAME", 16, (DEATH, "1 - exp(-rate_dead)"), "did you mean 'rate_death'"),
    ("COHORT_NAME", 16, ("dead: 1 -", "deed: 1 -"), "expected a state, got 'deed'"),
    ("COHORT_NAME", 19, (END, "comparator: two"), "expected an arm, got 'two'"),
    ("COHORT_NAME", 18, ("one: {}", "one: {parameters: {rate_deth: 3}}"), "did you mean 'rate_death'"),
    ("COHORT_NAME", 18, ("one: {}", "one: {states: {wel: {utility: 1}}}"), "did you mean 'well'"),
    ("COHORT_NAME", 9, ("price: 100", "price: 100\n  in: 3"), "that formulas can use, got 'in'"),
    ("COHORT_NAME", 9, ("price: 100", "price: 100\n  age: 3"), "'age', which formulas know"),
    ("COHORT_NAME", 20, (END, END + "\nmoves: [{to: ded, cost: 1}]"), "did you mean 'dead'"),
    ("COHORT_FORMULA", 9, ("price: 100", "price: lives\n  lives: price"), "the circle"),
    ("COHORT_FORMULA", 8, ("price: 100", "price: import os"), "invalid syntax"),
    ("COHORT_FORMULA", 9, ("{age: 40, shares", "{cost: cycle, shares"), "got 'cycle'"),
    ("COHORT_STEPS", 8, ("price: 100", "price: {by_cycle: {2: 1}}"), "expected a value at cycle 1"),
    ("COHORT_STEPS", 8, ("price: 100", "price: {by_age: {50: 1}}"), "expected a value at age 40"),
    ("COHORT_STEPS", 8, ("price: 100", "price: {by_age: {0: 1, 50: 1, 40: 1}}"), "steps that rise"),
    ("COHORT_STEPS", 11, ("costs: 0,", "costs: {1: 0.03},"), "from year 0"),
    ("COHORT_SUM", 16, (DEATH, "0.6, well: 0.6"), "add up to 1, got 1.2 in cycle 1"),
    ("COHORT_SUM", 16, (ROW, "{counts: {well: 0, dead: 0}}"), "sum of more than 0"),
    ("COHORT_SUM", 9, ("shares: {well: 1}", "shares: {well: 0.9}"), "add up to 1, got 0.9"),
    ("RANGE", 16, (DEATH, "cycle / 20"), "between 0 and 1, got 1.05 in cycle 21"),
    ("RANGE", 10, ("years: 1,", "years: 0,"), "more than 0 years"),
    ("RANGE", 11, ("costs: 0,", "costs: 3,"), "between 0 and 1, got 3"),
    ("RANGE", 8, ("price: 100", "price: 1 / 0"), "finite"),
    ("RANGE", 8, ("price: 100", "price: 1e308"), "no larger than 1e+100"),
    ("RANGE", 13, ("utility: 1,", "utility: 1.2,"), "1 or less"),
    ("RANGE", 16, (ROW, "{rates: {}}"), "at least one item"),
    ("FORM", 16, (ROW, "{counts: {dead: 1}, rates: {dead: 1}}"), "counts and rates"),
    ("FORM", 16, (ROW, "{probabilities: {dead: 0.5, well: 0.5}, times: 2}"), "beside 'times'"),
    ("FORM", 16, (ROW, "{probabilities: {dead: rest, well: rest}}"), "'rest' once"),
    ("FORM", 10, ("30, years: 1, counted: start_of_cycle", "31, years: 1, counted: simpson"), "an even number"),
    ("FORM", 13, ("cost_per_year: price", "cost_per_year: 1, cost_per_cycle: 1"), "per year or per cycle"),
    ("MISSING", 13, ("utility: 1, ", ""), "'utility' for each state of the living"),
    ("MISSING", 16, (ROW, "{rates: {dead: 0.1}}"), "'rates_become' beside rates"),
    ("TYPE", 11, ("costs: 0,", "costs: [0],"), "expected a mapping"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "line", "change", "words"), FAULTS)
def test_fault(compare: Compare, code: str, line: int, change: tuple[str, str], words: str) -> None:
    with pytest.raises(StudyError) as caught:
        compare(change)
    (problem,) = caught.value.problems
    assert (problem.code, problem.location.line) == (code, line)
    assert words in problem.message + problem.fix
    assert problem.fix
    assert caught.value.exit_code == 3


TREE = """
tree:
  a: {x: {probability: 0.4, to: b}, y: {probability: 0.4, to: dead}}
  b: {x: {probability: rest, to: a}}
  c: {x: {probability: 1, to: well}}
"""


def test_trees_end_are_reached_and_add_up(compare: Compare) -> None:
    start = ("{age: 40, shares: {well: 1}}", "{age: 40}")
    with pytest.raises(StudyError) as caught:
        compare(start, ("comparator: one", END + TREE))
    words = [(problem.code, problem.location.line) for problem in caught.value.problems]
    assert words == [("COHORT_TREE", 21), ("COHORT_TREE", 23)]
    with pytest.raises(StudyError) as caught:
        compare(start, ("comparator: one", END + TREE.replace("to: a}", "to: c}")))
    (problem,) = caught.value.problems
    assert (problem.code, problem.location.line) == ("COHORT_SUM", 21)


def test_faults_of_all_arms_and_parts_come_at_once(compare: Compare) -> None:
    with pytest.raises(StudyError) as caught:
        compare(
            ("price: 100", "price: 1 / 0"),
            (DEATH, "2"),
            ("shares: {well: 1}", "shares: {well: 3}"),
            ("one: {}", "one: {}\n  two: {parameters: {rate_death: huge}}"),
        )
    assert [problem.location.line for problem in caught.value.problems] == [8, 9, 16, 19]


def test_a_study_is_no_cohort_document(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(DOCUMENT.replace("hrsim_cohort: 1", "hrsim: 1"), encoding="utf-8")
    with pytest.raises(StudyError, match="'hrsim run'") as caught:
        compare_file(path)
    assert [problem.code for problem in caught.value.problems] == ["DOCUMENT_KIND"]


def test_every_code_of_cohorts_has_a_fault_here() -> None:
    of_cohorts = {code for code in codes() if code.startswith("COHORT_")}
    assert of_cohorts == {code for code, *_ in FAULTS if code.startswith("COHORT_")} | {"COHORT_TREE"}
