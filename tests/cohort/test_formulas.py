"""Formulas are arithmetic of names, and nothing else."""

import numpy as np
import pytest

from hrsim.cohort.formulas import names_in, parse, work_out


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3 - 4 / 8", 6.5),
        ("-(2 ** 3)", -8.0),
        ("exp(log(2)) + sqrt(9) + abs(-1) + min(1, 2) + max(1, 2)", 9.0),
        ("probability(0.5, 2)", 1 - np.exp(-1)),
        ("rate(probability(0.5, 2), 2)", 0.5),
        ("0.5 if 3 <= 2 else 1", 1.0),
        ("(1 < 2) * 3 + (1 == 2 or 2 != 2) + (1 < 2 and 3 > 2)", 4.0),
    ],
)
def test_value(text: str, value: float) -> None:
    assert work_out(text, lambda name: np.zeros(())) == pytest.approx(value, rel=1e-15)


def test_names_are_read_as_arrays_over_cycles_and_functions_are_no_names() -> None:
    cycle = np.array([[1.0], [2.0], [3.0]])
    found = work_out("p if cycle <= 2 else exp(0)", {"cycle": cycle, "p": np.asarray(0.25)}.__getitem__)
    assert found.ravel().tolist() == [0.25, 0.25, 1.0]
    assert names_in("p if cycle <= 2 else exp(q)") == {"p", "q", "cycle"}


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')", "p.real", "p[0]", "'text'", "[1]", "True", "lambda: 1", "exp(1, 2)", "exq(1)",
        "1 <= p <= 2", "p := 1", "1 +", "", "not p", "1" + "+1" * 1500, "(" * 300 + "1" + ")" * 300,
    ],
)  # fmt: skip
def test_whatever_is_no_arithmetic_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="got"):
        parse(text)


def test_large_powers_take_no_time() -> None:
    assert work_out("10 ** 10 ** 10", lambda name: np.zeros(())) == np.inf
