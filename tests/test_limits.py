"""Each concern of docs/model/limits.md has the tests that it names; what is always on is in the outcome tables."""

import re
from pathlib import Path

import pytest

from hrsim.experiment.measures import measures_of
from hrsim.experiment.ratios import ratios_in
from tests.simulation.studies import bare, prepared, run

ROOT = Path(__file__).parents[1]
LINES = (ROOT / "docs" / "model" / "limits.md").read_text(encoding="utf-8").splitlines()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in LINES if line.startswith("|") and "::" in line
]  # fmt: skip
NAMED = re.compile(r"`(tests/[a-z_/]+\.py)::(test_[a-z0-9_]+)`")


def test_every_concern_of_the_design_has_a_row() -> None:
    words = ("silos", "caseloads", "money", "close", "more use", "continued use", "unequal", "relapse")
    for word in words:
        assert any(word in row[0] for row in ROWS), word


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_each_row_names_tests_that_exist(row: list[str]) -> None:
    _, _, default, bites, neutral = row
    assert NAMED.findall(bites)
    assert NAMED.findall(neutral) or default == neutral == "always on"
    for path, name in NAMED.findall(bites + neutral):
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), (path, name)


def test_use_retention_and_wellbeing_stand_beside_survival() -> None:
    measures = measures_of(run(prepared(bare(10, 0.25, {})), 1))
    names = {measure.name for measure in measures} | {ratio.name for ratio in ratios_in(measures)}
    survival = {"deaths_all_causes", "overdose_death", "life_years"}
    use = {f"years_use_{use}" for use in ("injecting", "other_route", "not_using")} | {"use_stop", "relapse"}
    retention = {f"oat_retention_{months}_months" for months in (6, 12, 24)}
    wellbeing = {"years_distress", "years_low_trust", "brain_injury", "years_housing_stable"}
    assert survival | use | retention | wellbeing <= names
