"""Draws of a study's own from a CSV file: row by row and jointly for the rows it names, the others drawn as usual."""

from pathlib import Path

import pytest

from hrsim.errors import StudyError
from hrsim.experiment.design import Experiment, design
from hrsim.study.load import load_study
from hrsim.study.show import resolved_yaml

ROWS = ("od.nf_rate_pwid_us_post2016", "od.witnessed")
VALUES = [(0.41 + 0.01 * n, 0.54 - 0.02 * n) for n in range(6)]
FILE = ",".join(ROWS) + "\n" + "".join(f"{first!r},{second!r}\n" for first, second in VALUES)


def experiment(
    folder: Path, table: str | None = FILE, draws: int = 5, *overrides: str, extra: str = ""
) -> Experiment:
    if table is not None:
        (folder / "mine.csv").write_text(table, encoding="utf-8")
    (folder / "study.yaml").write_text(
        "hrsim: 1\ntitle: Own draws\nextends: settings/blank.yaml\n"
        f"parameters: {{posterior: mine.csv{extra}}}\narms: {{all: {{}}}}\n"
        f"analysis: {{comparator: all, seed: 1, uncertainty: draws, draws: {draws}}}\n",
        encoding="utf-8",
    )
    return design(load_study(folder / "study.yaml", overrides))


@pytest.mark.parametrize(
    "override", ["analysis.sampling=random", "analysis.sampling=stratified", "analysis.seed=9"]
)
def test_draw_k_is_row_k_whatever_seed_and_sampling(tmp_path: Path, override: str) -> None:
    draws = experiment(tmp_path, FILE, 5, override).draws
    assert [tuple(draws[n][row] for row in ROWS) for n in range(5)] == VALUES[:5]


def test_the_other_rows_are_drawn_as_without_the_file(tmp_path: Path) -> None:
    own = experiment(tmp_path).draws
    (tmp_path / "study.yaml").write_text(
        (tmp_path / "study.yaml")
        .read_text(encoding="utf-8")
        .replace("parameters: {posterior: mine.csv}\n", ""),
        encoding="utf-8",
    )
    usual = design(load_study(tmp_path / "study.yaml")).draws
    for number, values in usual.items():
        assert {name for name in values if own[number][name] != values[name]} == set(ROWS)


def test_a_resolved_study_reads_the_same_file_and_the_rows_say_where_they_come_from(tmp_path: Path) -> None:
    first = experiment(tmp_path)
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "resolved.yaml").write_text(resolved_yaml(first.resolved), encoding="utf-8")
    for file in first.resolved.files_beside():
        (tmp_path / "again" / file.name).write_bytes(file.path.read_bytes())
    again = design(load_study(tmp_path / "again" / "resolved.yaml"))
    assert (again.content_hash, again.draws) == (first.content_hash, first.draws)
    row = first.register[ROWS[1]]
    assert "mine.csv" in row.citation and row.interval_obtained == "study"
    assert row.low < row.value < row.high


def test_point_values_are_the_medians(tmp_path: Path) -> None:
    (draw,) = experiment(tmp_path, FILE, 5, "analysis.uncertainty=central").draws.values()
    assert draw[ROWS[1]] == pytest.approx(0.49)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (FILE.replace("0.54,", "0.54,") + "0.4\n", "expected 2 cells in row 8"),
        (FILE + "0.4,0.5,0.6\n", "expected 2 cells in row 8 of mine.csv, got 3"),
        (FILE.replace(repr(VALUES[1][1]), "half"), f"a number in row 3, column '{ROWS[1]}', got 'half'"),
        (FILE.replace(repr(VALUES[1][1]), ""), f"a number in row 3, column '{ROWS[1]}', got nothing"),
        (FILE.replace(repr(VALUES[1][1]), "1.5"), "between 0 and 1 in row 3"),
        (
            FILE.replace(ROWS[1], "od.witnesed"),
            "ids of evidence rows as columns of mine.csv, got 'od.witnesed'",
        ),
        (FILE.replace(ROWS[1], ROWS[0]), "twice"),
        (",".join(ROWS) + "\n", "a row for each draw in mine.csv, got none"),
        ("", "columns"),
        (None, "which is not there"),
    ],
)
def test_a_fault_of_the_file_is_named(tmp_path: Path, table: str | None, words: str) -> None:
    with pytest.raises(StudyError) as caught:
        experiment(tmp_path, table)
    assert any(words in problem.message for problem in caught.value.problems), caught.value.render()


def test_fewer_rows_than_draws_and_a_number_besides_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"at least 7 rows in mine\.csv, a row for each draw, got 6"):
        experiment(tmp_path, FILE, 7)
    with pytest.raises(StudyError, match=r"'od\.witnessed' in one place, got a number and a column"):
        experiment(tmp_path, FILE, 5, extra=", od.witnessed: 0.5")
