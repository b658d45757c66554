"""Errors read like a compiler's: sorted, with the place under a caret."""

from __future__ import annotations

from hrsim.errors import HrsimError, Location, Problem, StudyError


def problem(line: int, column: int = 1, file: str = "a.yaml") -> Problem:
    return Problem("TYPE", "expected a number, got '60%'", "write 0.6.", Location(file, line, column))


def test_a_problem_is_written_as_the_contract_shows() -> None:
    shown = Problem(
        code="TYPE",
        message="expected a number, got '60%'",
        fix="write a proportion: 0.6 means 60 %.",
        location=Location("scenarios/oat.yaml", 8, 13),
        path="services.oat.reach.uptake",
        source_line="    uptake: 60%",
    )
    assert shown.render() == "\n".join(
        [
            "scenarios/oat.yaml:8:13: error[TYPE] expected a number, got '60%'",
            "    at  services.oat.reach.uptake",
            "     8 |     uptake: 60%",
            "       |             ^",
            "    fix: write a proportion: 0.6 means 60 %.",
        ]
    )


def test_problems_are_sorted_by_file_line_and_column_and_kept_once() -> None:
    given = [problem(9), problem(2, 5), problem(2, 1), problem(1, 1, "b.yaml"), problem(9)]
    error = StudyError(given)
    places = [(p.location.file, p.location.line, p.location.column) for p in error.problems]
    assert places == [("a.yaml", 2, 1), ("a.yaml", 2, 5), ("a.yaml", 9, 1), ("b.yaml", 1, 1)]
    assert str(error) == error.render()


def test_a_study_error_is_an_error_of_the_family_with_exit_code_3() -> None:
    assert issubclass(StudyError, HrsimError)
    assert StudyError([problem(1)]).exit_code == 3


def test_the_caret_stays_under_the_place_in_a_very_long_line() -> None:
    text = "x" * 5000 + "!" + "x" * 5000
    quoted, caret = Problem("TYPE", "m", "f", Location("a", 1, 5001), "", text).render().splitlines()[1:3]
    assert quoted[caret.index("^")] == "!"
    assert len(quoted) < 200


def test_the_caret_stays_under_the_place_after_tabs() -> None:
    quoted, caret = Problem("TAB", "m", "f", Location("a", 1, 2), "", "\tb: 1").render().splitlines()[1:3]
    assert caret.index("^") == quoted.index("b")
    assert caret[: caret.index("^")].count("\t") == 1
