"""Verdicts: which side of the band, and when chance is too large to tell."""

from typing import Any

import numpy as np
import pytest

from hrsim.validate.cases import Measured
from hrsim.validate.expressions import work_out
from hrsim.validate.samples import Estimate
from hrsim.validate.verdicts import judge


def measure(**changes: Any) -> Measured:
    given = {"name": "n", "of": "deaths(a)", "published": 100, "obtained": "seen", "accept": {"within": 0.1}}
    return Measured.model_validate(given | changes)


@pytest.mark.parametrize(
    ("value", "error", "word"),
    [
        (109.0, 0.5, "inside"),
        (111.5, 0.5, "outside"),
        (109.9, 0.5, "inside"),  # near the edge, but the error is a fortieth of the band
        (109.0, 5.0, "undecided"),
        (113.0, 5.0, "undecided"),
        (130.0, 5.0, "outside"),  # four standard errors beyond the edge
        (100.0, 4.5, "inside"),  # over two errors from both edges
    ],
)
def test_word(value: float, error: float, word: str) -> None:
    assert judge(measure(), Estimate(value, error)).word == word


def test_an_estimate_within_three_errors_agrees_only_if_the_error_is_small() -> None:
    rule = {"within": 0.02, "standard_errors": 3}
    assert judge(measure(accept=rule), Estimate(102.1, 0.75)).word == "inside"
    assert judge(measure(accept=rule), Estimate(105.0, 2.0)).word == "undecided"
    assert judge(measure(accept=rule), Estimate(107.0, 2.0)).word == "outside"


def test_the_narrowest_rule_counts_and_open_ends_are_open() -> None:
    band = judge(measure(accept={"within": 0.1, "low": 95}), Estimate(99.0, 0.1)).band
    assert (band.low, band.high) == (95.0, pytest.approx(110.0))
    only_low = measure(published=None, accept={"low": 0})
    assert judge(only_low, Estimate(5.0, 0.1)).word == "inside"
    assert judge(only_low, Estimate(-5.0, 0.1)).word == "outside"


def test_a_miss_is_unexplained_unless_a_mechanism_is_named_and_fails_unless_declared() -> None:
    miss = judge(measure(), Estimate(150.0, 1.0))
    assert (miss.explanation, miss.fails, miss.direction_right) == ("unexplained", True, True)
    known = judge(measure(because="the supply differs", known_gap=True), Estimate(-150.0, 1.0))
    assert (known.explanation, known.fails, known.direction_right) == ("the supply differs", False, False)
    assert judge(measure(because="unused"), Estimate(100.0, 1.0)).explanation == ""


def test_formulas_are_arithmetic_on_what_was_counted() -> None:
    class Counted:
        def look_up(self, function: str, words: Any, choices: Any) -> Any:
            assert (function, words, choices) == ("events", ("a", "b"), {"year": 2})
            return np.array([8.0, 6.0])

    assert work_out("-(events(a, b, year=2) - 2) / 2 * 3 + 1", Counted()).tolist() == [-8.0, -5.0]
