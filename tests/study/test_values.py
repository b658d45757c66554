"""Numbers keep their kind, unit and range; durations are exact."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from hrsim.study.capacity import minutes_open
from hrsim.study.times import Duration, RampCount, Span
from hrsim.study.values import Price, Probability, Quantity, Rate, Whole
from hrsim.units import DAYS_PER_YEAR


def code(kind: Any, data: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(data)
    return str(caught.value.errors()[0].get("ctx", {}).get("code"))


def test_the_short_form_is_the_full_form() -> None:
    assert Quantity.model_validate(0.6) == Quantity.model_validate({"value": 0.6})


def test_a_year_is_12_months_and_365_25_days() -> None:
    def years(text: str) -> float:
        return Duration.model_validate(text).years

    assert years("18 months") == pytest.approx(years("1.5 years"), rel=1e-15)
    assert years("12 months") == pytest.approx(1, rel=1e-15)
    assert years("4 weeks") == pytest.approx(years("28 days"), rel=1e-15)
    assert years("1 day") * DAYS_PER_YEAR == pytest.approx(1, rel=1e-15)


def test_a_span_is_a_duration_or_a_quantity_in_years() -> None:
    adapter = TypeAdapter(Span)
    assert adapter.validate_python("6 months").value == adapter.validate_python(0.5).value == 0.5


@pytest.mark.parametrize(
    "text", ["18", "months", "18 moons", "0 days", "-1 year", "18months", "1e3 days", 18, None, []]
)
def test_these_are_no_durations(text: Any) -> None:
    assert code(Duration, text) == "DURATION"


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        (Probability, 1.1, "RANGE"),
        (Probability, -0.1, "RANGE"),
        (Probability, {"value": 0.5, "kind": "rate"}, "KIND"),
        (Probability, {"value": 0.9, "low": 0.8, "high": 1.2}, "RANGE"),
        (Rate, {"value": 0.5, "kind": "probability"}, "KIND"),
        (Rate, {"value": 0.5, "unit": "per month"}, "UNIT"),
        (Rate, {"value": 0.5, "kind": "speed"}, "KIND"),
        (Rate, -1, "RANGE"),
        (Price, {"value": 5, "evidence": "a"}, "FORM"),
        (Price, {}, "FORM"),
        (Price, {"value": 5, "times": 2}, "FORM"),
        (Price, {"evidence": "a", "low": 1, "high": 2}, "FORM"),
        (Quantity, {"value": 5, "low": 6, "high": 7}, "INTERVAL"),
        (Quantity, {"value": 5, "low": 4}, "INTERVAL"),
        (Quantity, {"value": 5, "dist": "gamma"}, "INTERVAL"),
        (Quantity, "60%", "TYPE"),
        (Quantity, True, "TYPE"),
        (Quantity, [1], "TYPE"),
        (Quantity, None, "TYPE"),
        (RampCount, {"from": 3, "over": "1 year"}, "RAMP"),
        (RampCount, {"from": 3, "to": 4}, "RAMP"),
        (RampCount, {"from": 3, "to": -4, "over": "1 year"}, "RANGE"),
    ],
)
def test_values_that_do_not_fit_are_refused(kind: Any, data: Any, expected: str) -> None:
    assert code(kind, data) == expected


def test_whole_numbers_may_be_written_with_an_exponent_but_not_with_a_fraction() -> None:
    adapter = TypeAdapter(Whole)
    assert adapter.validate_python(1e4) == 10_000
    with pytest.raises(ValidationError):
        adapter.validate_python(1.5)


@pytest.mark.parametrize(
    ("hours", "minutes"), [("08:00-24:00", 960), ("00:00-24:00", 1440), ("20:00-04:30", 510)]
)
def test_opening_hours(hours: str, minutes: int) -> None:
    assert minutes_open(hours) == minutes


@pytest.mark.parametrize("hours", ["8:00-12:00", "08:00-25:00", "08:60-09:00", "08:00", "08:00-08:00", ""])
def test_hours_that_are_none(hours: str) -> None:
    from pydantic_core import PydanticCustomError

    with pytest.raises(PydanticCustomError):
        minutes_open(hours)
