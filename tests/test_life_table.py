"""The life table: Gompertz's law back from a few ages, an end for everybody, own tables of any ages."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from hrsim.errors import StudyError
from hrsim.evidence import central_parameters, load_register
from hrsim.life_table import END, life_table, life_table_rows, row_name
from hrsim.study.load import ResolvedStudy, load_study

POINT = central_parameters(load_register().values())
LEVEL, SLOPE = 2.7e-5, 0.098
FINE = np.arange(0, 140, 0.01) + 0.005


def gompertz(*ages: int, table: str = "own") -> dict[str, float]:
    """Give annual probabilities of dying at some ages: 1 - exp(-integral of LEVEL exp(SLOPE x) over the year)."""
    rate = {age: LEVEL / SLOPE * (np.exp(SLOPE * (age + 1)) - np.exp(SLOPE * age)) for age in ages}
    return {
        row_name(table, sex, age): float(-np.expm1(-rate[age])) for sex in ("female", "male") for age in ages
    }


def years_left(draw: Mapping[str, float], age: float, ratio: float = 1.0, extra: float = 0.0) -> np.ndarray:
    rates = life_table(draw).rates(age + FINE) * ratio + extra
    return np.asarray(np.exp(-np.cumsum(rates, axis=1) * 0.01).sum(axis=1) * 0.01)


@pytest.mark.parametrize("ages", [range(100), range(0, 101, 5), (0, 1, 20, 60, 80), (0, 79)])
def test_gompertz_mortality_comes_back_from_any_ages(ages: tuple[int, ...]) -> None:
    """S3 of analytic.md: 77.776 years at birth, 43.2043 at 35, 21.8911 at ten times the rate, 30.5638 with 0.016."""
    draw = gompertz(*ages)
    exact = LEVEL * np.exp(SLOPE * np.array([35.0, 82.3, 110.0]))
    assert life_table(draw).rates(np.array([35.0, 82.3, 110.0])) == pytest.approx(
        np.stack([exact, exact]), rel=1e-3
    )
    assert years_left(draw, 0.0) == pytest.approx([77.776] * 2, abs=0.02)
    assert years_left(draw, 35.0) == pytest.approx([43.2043] * 2, abs=0.02)
    assert years_left(draw, 35.0, ratio=10.0) == pytest.approx([21.8911] * 2, abs=0.02)
    assert years_left(draw, 35.0, extra=0.016) == pytest.approx([30.5638] * 2, abs=0.02)


def test_the_registers_table_ends() -> None:
    """Canada 2016 to 2018: some 43.3 years at 40 over both sexes, women above men, and nobody at 125."""
    women, men = years_left(POINT, 40.0)
    assert women > men
    assert (women + men) / 2 == pytest.approx(43.3, abs=0.3)
    lived = np.cumsum(life_table(POINT).rates(40.0 + FINE), axis=1) * 0.01
    assert (np.exp(-lived[:, np.searchsorted(FINE, 85.0)]) < 1e-12).all()


def test_between_its_ages_it_is_geometric_and_below_them_level() -> None:
    """Half way between two rows the rate is their geometric mean; the years below 19 are like 19."""
    known = {age: -np.log1p(-POINT[f"lt.can_m_{age}"]) for age in (19, 24, 74, 79)}
    rates = life_table(POINT).rates(np.array([0.0, 19.5, 22.0, 77.0, 79.5, 84.5]))[1]
    middle = np.sqrt(known[19] * known[24])
    last = known[79] ** 2 / known[74]
    expected = [known[19], known[19], middle, np.sqrt(known[74] * known[79]), known[79], last]
    assert rates == pytest.approx(expected)


def test_a_steep_table_rises_to_its_end_and_a_level_one_stays() -> None:
    steep = {**gompertz(0, 60), "lt.own_m_61": 0.5, "lt.own_f_61": 0.5}
    assert life_table(steep).rates(np.array([119.0]))[:, 0] == pytest.approx([END, END])
    level = dict.fromkeys(gompertz(0, 60), 0.01)
    assert life_table(level).rates(np.array([20.0, 119.0])) == pytest.approx(-np.log(0.99))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"lt.can_m_79": 0.01}, "does not fall"),
        ({"lt.can_f_49": 0.0}, "above 0 and below 1, got 0"),
        ({"lt.can_f_84": 1.0}, "above 0 and below 1, got 1"),
        ({"lt.own_f_84": 0.1}, "at least 2 ages"),
    ],
)
def test_a_table_that_cannot_be_continued_is_refused(change: Mapping[str, float], words: str) -> None:
    with pytest.raises(StudyError, match=words):
        life_table({**POINT, **change})


def study(folder: Path, table: str, extra: str = "") -> ResolvedStudy:
    (folder / "mine.csv").write_text(table, encoding="utf-8")
    (folder / "study.yaml").write_text(
        "hrsim: 1\ntitle: Own life table\nextends: settings/blank.yaml\n"
        "horizon: {start: 2026-01-01, years: 1}\n"
        "population: {size: 10, life_table: mine.csv}\narms: {all: {}}\n"
        f"analysis: {{comparator: all, seed: 1}}\n{extra}",
        encoding="utf-8",
    )
    return load_study(folder / "study.yaml")


def test_a_csv_beside_the_study_replaces_the_table(tmp_path: Path) -> None:
    """Columns in any order, others beside them, ages that differ between the sexes, one row for both."""
    table = "age,note,probability,sex\n0,,0.004,all\n50,,0.003,female\n90,,0.14,female\n85,,0.1,male\n"
    rows = {row.id: row for row in study(tmp_path, table).rows}
    assert [*map(dict, life_table_rows([*POINT, *rows]))] == [
        {0: "lt.own_f_0", 50: "lt.own_f_50", 90: "lt.own_f_90"},
        {0: "lt.own_m_0", 85: "lt.own_m_85"},
    ]
    assert rows["lt.own_m_85"].value == 0.1 and "mine.csv" in rows["lt.own_m_85"].citation


@pytest.mark.parametrize(
    ("table", "words", "place"),
    [
        ("sex,age\nmale,3\n", "expected the columns sex, age, probability", (1, 1)),
        ("sex,age,probability\nmale,40\n", "expected 3 cells in row 2", (2, 1)),
        ("sex,age,probability\nmale,40,one\n", "a number in row 2, column 'probability', got 'one'", (2, 9)),
        ("sex,age,probability\nall,4,0.1\nboy,5,0.2\n", "row 3, column 'sex', got 'boy'", (3, 1)),
        ("sex,age,probability\nall,4.5,0.1\n", "whole years below 120 in row 2, column 'age'", (2, 5)),
        ("sex,age,probability\nall,4,0.1\nmale,4,0.2\n", "each age once in row 3, column 'age'", (3, 6)),
        ("sex,age,probability\nall,4,0.1\nall,110,1\n", "row 3, column 'probability', got 1", (3, 9)),
        ("sex,age,probability\nall,4,0.1\n", "at least 2 ages", (1, 1)),
        ("sex,age,probability\nall,4,0.1\nall,90,0.05\n", "does not fall", (1, 1)),
    ],
)
def test_a_fault_of_the_file_is_named_at_its_row_and_column(
    tmp_path: Path, table: str, words: str, place: tuple[int, int]
) -> None:
    with pytest.raises(StudyError) as caught:
        study(tmp_path, table)
    found = [p for p in caught.value.problems if words in p.message]
    assert found, caught.value.render()
    assert found[0].location and found[0].location.file.endswith("mine.csv")
    assert (found[0].location.line, found[0].location.column) == place


def test_rows_of_the_register_do_nothing_beside_an_own_table(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"'lt\.can_m_49' beside a life table"):
        study(tmp_path, "sex,age,probability\nall,4,0.1\nall,90,0.2\n", "parameters: {lt.can_m_49: 0.1}\n")
