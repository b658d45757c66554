"""Formulas about cohort documents, given results, and the decision between arms of a study."""

from pathlib import Path

import numpy as np
import pytest

from hrsim.cohort.results import compare_file
from hrsim.study.parents import packaged_scenarios
from hrsim.validate.decisions import decide
from hrsim.validate.documents import DocumentSample
from hrsim.validate.expressions import FormulaError, work_out
from hrsim.validate.samples import CaseSample

PUBLISHED = packaged_scenarios() / "published"


@pytest.fixture(scope="module")
def sample() -> CaseSample:
    files = {"hiv": "chancellor.cohort.yaml", "herc": "herc.results.yaml"}
    return CaseSample({name: DocumentSample(compare_file(PUBLISHED / file)) for name, file in files.items()})


def value(sample: CaseSample, formula: str) -> float:
    estimate = sample.estimate(work_out(formula, sample))
    assert estimate.error == 0.0
    return estimate.value


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("occupancy(combination, mild, moderate, aids, dead, cycle=7)", 1.0),
        ("occupancy(monotherapy, mild, cycle=1)", 1251 / 1734),
        ("transitions(monotherapy, mild, dead, until_cycle=1)", 17 / 1734),
        ("deaths(monotherapy) - occupancy(monotherapy, dead)", 0.0),
        ("deaths(monotherapy) - transitions(monotherapy, mild, dead) - transitions(monotherapy, moderate, dead)"
         " - transitions(monotherapy, aids, dead)", 0.0),
        ("deaths(monotherapy) - transitions(monotherapy, any, dead)", 0.0),
        ("transitions(monotherapy, mild, any) - transitions(monotherapy, mild, any, until_cycle=20)", 0.0),
        ("person_years(combination, mild, moderate, aids) - life_years(combination)", 0.0),
        ("effect(combination) - life_years(combination, discounted=yes)", 0.0),
        ("cost(combination) - cost(combination, part=states)", 0.0),
        ("cost(monotherapy) < 0", None),
        ("icer(b, study=herc) - icer(b, against=uc, study=herc)", 0.0),
        ("icer(a, against=uc, study=herc)", 14000.0),
        ("net_benefit(d, threshold=20000, study=herc)", 45000.0),
        ("on_frontier(uc, study=herc) + dominated(a, study=herc) + extended_dominated(c, study=herc)", 3.0),
        ("cost_saving(b, against=a, study=herc)", 1.0),
        ("effect(e, study=herc)", 5.0),
    ],
)  # fmt: skip
def test_formula(sample: CaseSample, formula: str, expected: float | None) -> None:
    if expected is None:
        with pytest.raises(ValueError, match="got"):
            value(sample, formula)
    else:
        assert value(sample, formula) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("qalys(uc, study=herc)", "cost and effect only"),
        ("events(monotherapy, death)", "a function of documents"),
        ("occupancy(monotherapy, well)", "expected a state"),
        ("occupancy(monotherapy, dead, cycle=21)", "0 \\(the start\\) to 20"),
        ("transitions(monotherapy, dead, mild)", "there are none"),
        ("transitions(monotherapy, dead)", "from, to"),
        ("cost(mono)", "did you mean 'monotherapy'"),
        ("cost(both)", "names known here: combination, monotherapy"),
        ("cost(monotherapy, part=drugs)", "expected a part"),
        ("cost(monotherapy, year=3)", "a choice of cost"),
        ("icer(b, against=z, study=herc)", "expected an arm"),
        ("net_benefit(b, study=herc)", "expected a threshold"),
        ("net_benefit(b, threshold=high, study=herc)", "threshold=high: expected a number"),
        ("occupancy(monotherapy, dead, cycle=last)", "cycle=last: expected a number"),
        ("cost_saving(b, study=herc)", "against=b"),
    ],
)
def test_what_is_not_there_is_said(sample: CaseSample, formula: str, words: str) -> None:
    with pytest.raises(FormulaError, match=words):
        value(sample, formula)


def test_a_ratio_off_the_frontier_is_none_and_estimates_go_one_by_one() -> None:
    costs, effects = (
        np.array([[0.0, 0.0], [5.0, 30.0], [20.0, 20.0]]),
        np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]),
    )
    arms = ("a", "b", "c")
    assert decide("icer", arms, 1, costs, effects, {}).tolist() == pytest.approx([5.0, np.nan], nan_ok=True)
    assert decide("dominated", arms, 1, costs, effects, {}).tolist() == [0.0, 1.0]
    assert decide("icer", arms, 2, costs, effects, {"against": "b"}).tolist() == pytest.approx([15.0, -10.0])
    assert np.isnan(decide("icer", arms, 1, costs, effects, {"against": "b"})).all()


def test_a_case_changes_values_of_a_document(tmp_path: Path) -> None:
    changed = compare_file(PUBLISHED / "chancellor.cohort.yaml", ["parameters.zidovudine=0"])
    asis = compare_file(PUBLISHED / "chancellor.cohort.yaml")
    assert changed.costs["monotherapy"] < asis.costs["monotherapy"]
    assert changed.effects == asis.effects
