"""Numbers for a reader: digits follow the Monte Carlo error, nothing is claimed beyond it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrsim.report.numbers import number, per_cent, to_significant, with_interval


@pytest.mark.parametrize(
    ("mean", "low", "high", "mcse", "expected"),
    [
        (1234.56, 1180.2, 1290.7, 3.2, "1,235 (1,180 to 1,291)"),
        (1234.56, 1180.2, 1290.7, 32.0, "1,230 (1,180 to 1,290)"),
        (-12.34, -20.1, -4.9, 0.2, "−12.3 (−20.1 to −4.9)"),
        (0.4, -1.2, 2.1, 1.0, "0 (−1 to 2)"),
        (27.0, 27.0, 27.0, 0.0, "27 (27 to 27)"),
        (0.4, 0.4, 0.4, 0.0, "0.4000 (0.4000 to 0.4000)"),
        (12675.235125, 12675.2351, 12675.2352, 1e-12, "12,680 (12,680 to 12,680)"),
        (1234.5, math.nan, math.nan, math.nan, "1,200"),
    ],
)
def test_digits_stop_where_the_error_begins(mean, low, high, mcse, expected):
    assert with_interval(mean, low, high, mcse) == expected


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e6))
def test_what_is_shown_is_within_one_unit_of_the_error_or_of_the_fourth_digit(value, mcse):
    shown = float(with_interval(value, math.nan, math.nan, mcse).replace(",", "").replace("−", "-"))
    assert abs(shown - value) <= max(mcse, abs(value) * 1e-3) * 0.5 + 1e-9


def test_minus_zero_is_zero():
    assert number(-0.2, 0) == "0"


def test_percentages_have_a_sign_and_the_place_of_their_block():
    assert per_cent(12.345, 0) == "+12 %"
    assert per_cent(-0.0347, 2) == "−0.03 %"
    assert per_cent(0.04, 1) == "0.0 %"
    assert per_cent(math.nan, 1) == ""


def test_two_significant_digits_where_the_error_is_not_stated():
    assert to_significant(48_731.0) == "49,000"
    assert to_significant(0.01234) == "0.012"
