"""Yearly discount rates: one for ever, or rates that step at years from the study start."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator

from hrsim.study.tree import describe
from hrsim.study.values import StudyModel, about, fault

Steps = tuple[tuple[float, float], ...]


def _steps(data: Any) -> Any:
    """Return (from year, rate) pairs; a number is one rate from year 0 on."""
    if isinstance(data, tuple):
        return data
    given = data if isinstance(data, dict) else {"0": data}
    steps = sorted((_year(key), _rate(rate)) for key, rate in given.items())
    if not steps or steps[0][0] != 0.0:
        got = f"{steps[0][0]:g}" if steps else "none"
        raise fault("ORDER", f"expected rates from year 0 on, got {got}", "write {0: 0.035, 30: 0.03}.")
    return tuple(steps)


def _year(key: Any) -> float:
    text = str(key)
    if not re.fullmatch("0|[1-9][0-9]{0,2}", text):
        message = f"expected a year from the study start, 0 to 999, got {describe(key)}"
        raise fault("TYPE", message, "write {0: 0.035, 30: 0.03}.")
    return float(text)


def _rate(rate: Any) -> float:
    if isinstance(rate, bool) or not isinstance(rate, int | float):
        message = f"expected a rate per year, or rates by year, got {describe(rate)}"
        raise fault("TYPE", message, "write a number such as 0.03, or {0: 0.035, 30: 0.03}.")
    if not 0.0 <= rate < 1.0:
        message = f"expected a rate of 0 or more and below 1, got {rate:g}"
        raise fault("RANGE", message, "write a share: 0.03 means 3 % a year.")
    return float(rate)


Rates = Annotated[Steps, BeforeValidator(_steps, json_schema_input_type=float | dict[str, float])]


class Discount(StudyModel):
    """State the yearly discount rates: one number, or rates by the year from which they hold."""

    costs: Rates = about(
        "Rate for costs, or {0: 0.035, 30: 0.03}: by years from the study start.", "per year"
    )
    effects: Rates = about("Rate for health effects, likewise.", "per year")
