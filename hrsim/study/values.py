"""The values of a study: quantities with their kind, ramps, durations, and the strict base of all models."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.json_schema import GetJsonSchemaHandler, JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from hrsim.study.tree import describe

Kind = Literal[
    "probability", "proportion", "rate", "ratio", "count", "price", "duration", "shape", "number", "utility"
]
Distribution = Literal["fixed", "beta", "lognormal", "gamma", "normal", "pert", "triangular", "uniform"]

DAYS_PER_YEAR = 365.25
MONTHS_PER_YEAR = 12
DAYS_PER_WEEK = 7
HOURS_PER_DAY = 24

_YEARS_PER_UNIT = {
    "year": 1.0,
    "month": 1 / MONTHS_PER_YEAR,
    "week": DAYS_PER_WEEK / DAYS_PER_YEAR,
    "day": 1 / DAYS_PER_YEAR,
    "hour": 1 / (DAYS_PER_YEAR * HOURS_PER_DAY),
}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?) (year|month|week|day|hour)s?")
DURATION_PATTERN = f"^{_DURATION.pattern}$"


def fault(code: str, message: str, fix: str) -> PydanticCustomError:
    """Return a validation error that keeps its code, message and remedy through pydantic."""
    return PydanticCustomError("hrsim", "{message}", {"code": code, "message": message, "fix": fix})


def about(description: str, unit: str = "", default: Any = ..., **rules: Any) -> Any:
    """Declare a field once: what it means, its unit, its default (none: required) and its limits."""
    extra = {"unit": unit} if unit else None
    return Field(default, description=description, json_schema_extra=extra, **rules)


class StudyModel(BaseModel):
    """Refuse unknown keys (but those that start with `x-`), wrong types and later changes."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False, ser_json_inf_nan="strings")

    @model_validator(mode="before")
    @classmethod
    def _leave_out_extensions(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return {key: value for key, value in data.items() if not str(key).startswith("x-")}
        return data


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Whole = Annotated[int, BeforeValidator(_whole)]
as_tuple = BeforeValidator(_as_tuple)


class Quantity(StudyModel):
    """Give a number, or the id of an evidence row, or a number with interval and source.

    Exactly one of `value` and `evidence` is set. `times` multiplies an evidence row.
    """

    value: float | None = about("The number itself.", default=None)
    evidence: str | None = about("Id of a row of the evidence register.", default=None)
    times: float = about("Factor on the evidence row.", default=1.0)
    low: float | None = about("Lower end of the 95 % interval.", default=None)
    high: float | None = about("Upper end of the 95 % interval.", default=None)
    unit: str | None = about("Unit of the number, as text.", default=None)
    kind: Kind | None = about("Kind of number; a rate is not a probability.", default=None)
    dist: Distribution | None = about("Distribution over the interval.", default=None)
    source: str | None = about("Where the number comes from.", default=None)
    because: str | None = about("Why this number was chosen.", default=None)

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, data: Any) -> Any:
        if isinstance(data, int | float) and not isinstance(data, bool):
            return {"value": data}
        if isinstance(data, dict | Quantity):
            return data
        raise fault("TYPE", f"expected a number, got {describe(data)}", _number_fix(data))

    @model_validator(mode="after")
    def _one_form(self) -> Quantity:
        if (self.value is None) == (self.evidence is None):
            got = "neither" if self.value is None else "both"
            raise fault("FORM", f"expected either 'value' or 'evidence', got {got}", "write one of the two.")
        if self.evidence is not None:
            _refuse_beside(self, "evidence", ("low", "high", "unit", "kind", "dist"))
        elif "times" in self.model_fields_set:
            raise fault("FORM", "expected 'times' beside 'evidence' only, got it beside 'value'", "multiply the value.")
        return self._interval_in_order()

    def _interval_in_order(self) -> Quantity:
        low, high, value = self.low, self.high, self.value
        if (low is None) != (high is None):
            raise fault("INTERVAL", "expected 'low' and 'high' together, got one of them", "give both ends.")
        if low is not None and high is not None and value is not None and not low <= value <= high:
            message = f"expected low <= value <= high, got {low:g}, {value:g}, {high:g}"
            raise fault("INTERVAL", message, "put the three numbers in order.")
        if self.dist not in (None, "fixed") and low is None:
            raise fault("INTERVAL", f"expected 'low' and 'high' with 'dist: {self.dist}'", "give both ends.")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Allow the short form, a bare number, in editors."""
        full = handler.resolve_ref_schema(handler(core))
        return {"title": "Quantity", "description": cls.__doc__, "anyOf": [{"type": "number"}, full]}


def _number_fix(data: Any) -> str:
    if isinstance(data, str) and data.strip().endswith("%"):
        share = data.strip().rstrip("%").strip()
        if share.replace(".", "", 1).isdecimal():
            return f"write a proportion: {float(share) / 100:g} means {share} %."
    return "write a number without quotes or unit, or {evidence: id}, or {value: number, ...}."


def _refuse_beside(quantity: Quantity, form: str, names: tuple[str, ...]) -> None:
    present = [name for name in names if getattr(quantity, name) is not None]
    if present:
        message = f"expected only 'times', 'source' and 'because' beside '{form}', got '{present[0]}'"
        raise fault("FORM", message, "the evidence row states it; give a full 'value' to differ from the row.")


@dataclass(frozen=True)
class Meaning:
    """Say which numbers a field takes: kinds and units a full value may claim, and its range."""

    words: str
    kinds: frozenset[str]
    units: frozenset[str]
    low: float
    high: float = float("inf")

    def check(self, quantity: Quantity) -> Quantity:
        """Return the quantity, or raise a fault when kind, unit or range do not fit."""
        if quantity.kind is not None and quantity.kind not in self.kinds:
            message = f"expected {self.words}, got a value of kind '{quantity.kind}'"
            raise fault("KIND", message, f"convert it to {self.words}; kinds that fit: {', '.join(sorted(self.kinds))}.")
        if quantity.unit is not None and self.units and quantity.unit not in self.units:
            message = f"expected the unit '{min(self.units, key=len)}', got '{quantity.unit}'"
            raise fault("UNIT", message, f"convert the number; units that fit: {', '.join(sorted(self.units))}.")
        for name in ("value", "low", "high", "times"):
            self._check_range(name, getattr(quantity, name))
        return quantity

    def _check_range(self, name: str, number: float | None) -> None:
        low, high = (0.0, float("inf")) if name == "times" else (self.low, self.high)
        if number is not None and not low <= number <= high:
            rule = f"{low:g} or more" if high == float("inf") else f"between {low:g} and {high:g}"
            label = "" if name == "value" else f" as '{name}'"
            fix = f"write a number that is {rule}."
            raise fault("RANGE", f"expected {self.words}, {rule}{label}, got {number:g}", fix)


def _meaning(words: str, kinds: str, units: str, low: float = 0.0, high: float = float("inf")) -> Meaning:
    def split(text: str) -> frozenset[str]:
        return frozenset(part.strip() for part in text.split(",") if part.strip())

    return Meaning(words, split(kinds), split(units), low, high)


PROBABILITY = _meaning("a probability or proportion", "probability, proportion", "probability, proportion", high=1.0)
RATE = _meaning("a rate per person-year", "rate", "per person-year, per year")
RATIO = _meaning("a ratio", "ratio", "ratio, rate ratio, hazard ratio, risk ratio, odds ratio, multiplier")
COUNT = _meaning("a number of things", "count, number", "")
PRICE = _meaning("an amount of money", "price", "")
SHAPE = _meaning("a shape", "shape", "shape")
YEARS = _meaning("a time in years", "duration, number", "year, years")
NUMBER = _meaning("a number", "count, number, duration", "")
ANY = Meaning("a number", frozenset(Kind.__args__), frozenset(), float("-inf"))  # type: ignore[attr-defined]

Probability = Annotated[Quantity, AfterValidator(PROBABILITY.check)]
Rate = Annotated[Quantity, AfterValidator(RATE.check)]
Ratio = Annotated[Quantity, AfterValidator(RATIO.check)]
Count = Annotated[Quantity, AfterValidator(COUNT.check)]
Price = Annotated[Quantity, AfterValidator(PRICE.check)]
Shape = Annotated[Quantity, AfterValidator(SHAPE.check)]
Number = Annotated[Quantity, AfterValidator(NUMBER.check)]


class Duration(StudyModel):
    """State a length of time, written as text such as `18 months`; a month is a twelfth of 365.25 days."""

    number: float = about("How many.")
    unit: Literal["year", "month", "week", "day", "hour"] = about("Of which unit.")

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        if isinstance(data, Duration):
            return data
        match = _DURATION.fullmatch(data) if isinstance(data, str) else None
        if match is None or float(match[1]) <= 0:
            message = f"expected a duration above zero, got {describe(data)}"
            raise fault("DURATION", message, "write text such as '18 months', '4 weeks', '2 days' or '1.5 years'.")
        return {"number": float(match[1]), "unit": match[2]}

    @property
    def years(self) -> float:
        """Return the length in years of 365.25 days."""
        return self.number * _YEARS_PER_UNIT[self.unit]

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Show editors the text form."""
        return {"title": "Duration", "type": "string", "pattern": DURATION_PATTERN, "description": cls.__doc__}


def _span(value: Any) -> Any:
    return {"value": Duration.model_validate(value).years} if isinstance(value, str) else value


Span = Annotated[
    Quantity, BeforeValidator(_span, json_schema_input_type=Duration | Quantity), AfterValidator(YEARS.check)
]


class Ramp(StudyModel):
    """Give a level, or a level that moves in a straight line `from` one number `to` another `over` a time."""

    first: Quantity = about("Level at the start.", alias="from")
    last: Quantity | None = about("Level at the end; omitted: the level stays.", alias="to", default=None)
    over: Duration | None = about("How long the change takes; omitted: a step.", default=None)
    starts: datetime.date | None = about("First day of the change; omitted: the study's start.", default=None)

    @model_validator(mode="before")
    @classmethod
    def _from_level(cls, data: Any) -> Any:
        if isinstance(data, Ramp) or isinstance(data, dict) and {"from", "to", "over", "starts"} & set(data):
            return data
        return {"from": data}

    @model_validator(mode="after")
    def _whole_change(self) -> Ramp:
        if self.last is None and (self.over or self.starts):
            raise fault("RAMP", "expected 'to' beside 'over' or 'starts', got none", "write {from: 3, to: 9, over: 2 years}.")
        if self.last is not None and not (self.over or self.starts):
            raise fault("RAMP", "expected 'over' or 'starts' beside 'to', got neither", "say when: over: 18 months.")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Allow the short form, a bare quantity, in editors."""
        full = handler.resolve_ref_schema(handler(core))
        return {"title": "Ramp", "description": cls.__doc__, "anyOf": [full["properties"]["from"], full]}


def _check_ramp(meaning: Meaning) -> Callable[[Ramp], Ramp]:
    def check(ramp: Ramp) -> Ramp:
        for level in (ramp.first, ramp.last):
            if level is not None:
                meaning.check(level)
        return ramp

    return check


RampCount = Annotated[Ramp, AfterValidator(_check_ramp(COUNT))]
RampRate = Annotated[Ramp, AfterValidator(_check_ramp(RATE))]
