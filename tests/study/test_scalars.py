"""Plain scalars follow the YAML 1.2 core schema; dates besides."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrsim.study.scalars import LARGEST_INTEGER, ScalarError, resolve_scalar


@pytest.mark.parametrize(
    "text", ["NO", "no", "yes", "on", "off", "1:30", "0b1", "1_000", "010:20", "0o8", "y", "."]
)
def test_these_are_text(text: str) -> None:
    assert resolve_scalar(text) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e6", 1e6),
        ("0o17", 15),
        ("0x1F", 31),
        ("010", 10),
        ("+400", 400),
        ("-0.5", -0.5),
        (".5", 0.5),
        ("5.", 5.0),
    ],
)
def test_these_are_numbers(text: str, value: float) -> None:
    assert resolve_scalar(text) == value
    assert type(resolve_scalar(text)) is type(value)


@pytest.mark.parametrize(
    ("text", "value"), [("null", None), ("~", None), ("", None), ("true", True), ("FALSE", False)]
)
def test_these_are_nothing_or_truth_values(text: str, value: bool | None) -> None:
    assert resolve_scalar(text) is value


def test_dates_are_dates() -> None:
    assert resolve_scalar("2026-01-31") == datetime.date(2026, 1, 31)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (".inf", "NUMBER"),
        ("-.Inf", "NUMBER"),
        (".nan", "NUMBER"),
        ("1e999", "NUMBER"),
        ("9" * 5000, "NUMBER"),
        (str(LARGEST_INTEGER + 1), "NUMBER"),
        ("0x" + "f" * 5000, "NUMBER"),
        ("2026-02-30", "DATE"),
    ],
)
def test_these_are_refused(text: str, code: str) -> None:
    with pytest.raises(ScalarError) as caught:
        resolve_scalar(text)
    assert caught.value.code == code


@given(st.integers(-LARGEST_INTEGER, LARGEST_INTEGER))
def test_integers_keep_every_digit(number: int) -> None:
    assert resolve_scalar(str(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_keep_every_bit(number: float) -> None:
    assert resolve_scalar(repr(number)) == number
