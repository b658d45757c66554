"""Observed numbers of a study's own: read from a CSV file beside the calibration, every fault at its row and column."""

from pathlib import Path

import pytest

from hrsim.calibrate.reading import read_assignment
from hrsim.errors import StudyError

STUDY = """
hrsim: 1
title: A small town
extends: settings/blank.yaml
horizon: {start: 2017-01-01, years: 4}
arms: {all: {}}
analysis: {comparator: all, seed: 1}
"""
CALIBRATION = """
hrsim_calibration: 1
title: Deaths in a small town
study: study.yaml
free: [od.p_death_untreated]
series:
  deaths:
    measure: overdose_death
    observed: mine.csv
    fitted: [2017, 2019]
    held_out: [2020]
    likelihood: {family: poisson}
    discrepancy: 0.1
search: {waves: 2, points: 60, replicates: 2, seed: 5}
result: {draws: 200, coverage: 0.9}
"""
GOOD = "period,value,citation\n2017,1,town\n2019,0,town\n2020,4,\n"


def read(folder: Path, table: str):
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    (folder / "calibration.yaml").write_text(CALIBRATION, encoding="utf-8")
    (folder / "mine.csv").write_text(table, encoding="utf-8")
    return read_assignment(folder / "calibration.yaml")


def test_rows_are_read_by_year_zeros_too(tmp_path: Path) -> None:
    found = {target.year: (target.value, target.held_out) for target in read(tmp_path, GOOD).targets}
    assert found == {2017: (1.0, False), 2019: (0.0, False), 2020: (4.0, True)}


def test_of_several_quantities_the_series_takes_that_of_its_name(tmp_path: Path) -> None:
    table = "quantity,period,value\n" + "".join(
        f"{name},{year},{value}\n"
        for name, value in (("visits", 90), ("deaths", 3))
        for year in (2017, 2019, 2020)
    )
    assert {target.value for target in read(tmp_path, table).targets} == {3.0}


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("period,value\n2017,1\n2019,2\n", "expected a published number of 2020 for 'deaths', got none"),
        ("year,value\n2017,1\n", "expected the columns period, value"),
        (GOOD.replace("2019,0", "2019,none"), "a number in row 3, column 'value', got 'none'"),
        (GOOD.replace("2019,0", "2019,"), "a number in row 3, column 'value', got nothing"),
        (GOOD.replace("2019,0,town", "2017,0,town"), "each year once in row 3, column 'period'"),
        ("period,value,low,high\n2017,1,2,3\n2019,0,,\n2020,4,,\n", "between 'low' and 'high' in row 2"),
        (
            "period,value,low,high\n2017,1,,3\n2019,0,,\n2020,4,,\n",
            "both ends of an interval, or none in row 2",
        ),
        (GOOD + "2020,4\n", "expected 3 cells in row 5"),
    ],
)
def test_a_fault_of_the_file_is_named(tmp_path: Path, table: str, words: str) -> None:
    with pytest.raises(StudyError) as caught:
        read(tmp_path, table)
    assert any(words in problem.message for problem in caught.value.problems), caught.value.render()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    read(tmp_path, GOOD)
    (tmp_path / "mine.csv").unlink()
    with pytest.raises(StudyError, match=r"got 'mine\.csv', which is not there"):
        read_assignment(tmp_path / "calibration.yaml")
