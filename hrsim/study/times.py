"""Durations written as text, and levels that change over time."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, GetJsonSchemaHandler, ValidationInfo, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from hrsim.study.limits import FIRST_YEAR, LAST_YEAR, LONGEST_TIME, SHORTEST_TIME
from hrsim.study.tree import describe
from hrsim.study.values import (
    COUNT,
    PART,
    POSITIVE_COUNT,
    PRICE,
    RATE,
    RATIO,
    YEARS,
    Meaning,
    Quantity,
    StudyModel,
    about,
    fault,
)
from hrsim.units import DAYS_PER_YEAR, MONTHS_PER_YEAR, TICKS_PER_DAY, TICKS_PER_WEEK

_YEARS_PER_UNIT = {
    "year": 1.0,
    "month": 1 / MONTHS_PER_YEAR,
    "week": TICKS_PER_WEEK / TICKS_PER_DAY / DAYS_PER_YEAR,
    "day": 1 / DAYS_PER_YEAR,
}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?) (year|month|week|day)s?")
DURATION_PATTERN = f"^{_DURATION.pattern}$"


class Duration(StudyModel):
    """State a length of time, written as text such as `18 months`; a month is a twelfth of 365.25 days."""

    number: float = about("How many.")
    unit: Literal["year", "month", "week", "day"] = about("Of which unit.")

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        return data if isinstance(data, Duration) else _parts(data)

    @property
    def years(self) -> float:
        """Return the length in years of 365.25 days."""
        return self.number * _YEARS_PER_UNIT[self.unit]

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Show editors the text form."""
        return {
            "title": "Duration",
            "type": "string",
            "pattern": DURATION_PATTERN,
            "description": cls.__doc__,
        }


def _parts(data: Any) -> dict[str, Any]:
    match = _DURATION.fullmatch(data) if isinstance(data, str) else None
    if match is None or not _sane(float(match[1]), match[2]):
        message = (
            f"expected a duration with its unit, a minute to {LONGEST_TIME:,.0f} years, got {describe(data)}"
        )
        fix = "write text such as '18 months', '4 weeks', '2 days' or '1.5 years'."
        raise fault("DURATION", message, fix)
    return {"number": float(match[1]), "unit": match[2]}


def _sane(number: float, unit: str) -> bool:
    return SHORTEST_TIME <= number * _YEARS_PER_UNIT[unit] <= LONGEST_TIME


def _span(value: Any) -> Any:
    if isinstance(value, str):
        parts = _parts(value)
        return {"value": parts["number"] * _YEARS_PER_UNIT[parts["unit"]]}
    return value


Span = Annotated[
    Quantity, BeforeValidator(_span, json_schema_input_type=Duration | Quantity), AfterValidator(YEARS.check)
]


def _calendar_year(key: Any) -> Any:
    year = int(key) if isinstance(key, str) and re.fullmatch("[0-9]{4}", key) else key
    if isinstance(year, int) and FIRST_YEAR <= year <= LAST_YEAR:
        return year
    message = f"expected a calendar year, {FIRST_YEAR} to {LAST_YEAR}, got '{key}'"
    raise fault("TYPE", message, "write a year such as 2026.")


CalendarYear = Annotated[int, BeforeValidator(_calendar_year)]


class Ramp(StudyModel):
    """Give a level, one that moves in a straight line `from` one number `to` another `over` a time, or a series."""

    first: Quantity = about("Level at the start.", alias="from")
    last: Quantity | None = about("Level at the end; omitted: the level stays.", alias="to", default=None)
    over: Duration | None = about("How long the change takes; omitted: a step.", default=None)
    starts: datetime.date | None = about("First day of the change; omitted: the study's start.", default=None)
    by_year: dict[CalendarYear, Quantity] = about(
        "Levels from 1 January of calendar years; the last is carried forward.", default={}
    )

    @property
    def moves(self) -> bool:
        """Return whether the level changes."""
        return self.last is not None or bool(self.by_year)

    @property
    def levels(self) -> tuple[Quantity, ...]:
        """Return every level that is stated."""
        return tuple(given for given in (self.first, self.last, *self.by_year.values()) if given is not None)

    @model_validator(mode="before")
    @classmethod
    def _from_level(cls, data: Any) -> Any:
        if isinstance(data, Ramp) or (
            isinstance(data, dict) and {"from", "to", "over", "starts", "by_year"} & set(data)
        ):
            return data
        return {"from": data}

    @model_validator(mode="after")
    def _whole_change(self) -> Ramp:
        if self.by_year and (self.last is not None or self.over or self.starts):
            raise fault(
                "RAMP",
                "expected either 'by_year' or 'to' and 'over', got both",
                "write {from: 3, by_year: {2027: 5, 2028: 9}}.",
            )
        if self.last is None and (self.over or self.starts):
            raise fault(
                "RAMP",
                "expected 'to' beside 'over' or 'starts', got none",
                "write {from: 3, to: 9, over: 2 years}.",
            )
        if self.last is not None and not (self.over or self.starts):
            raise fault(
                "RAMP", "expected 'over' or 'starts' beside 'to', got neither", "say when: over: 18 months."
            )
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Allow the short form, a bare quantity, in editors."""
        full = handler.resolve_ref_schema(handler(core))
        return {"title": "Ramp", "description": cls.__doc__, "anyOf": [full["properties"]["from"], full]}


def series(first: Quantity, by_year: Mapping[int, Quantity]) -> Ramp:
    """Return a level that changes at new years."""
    return Ramp.model_validate({"from": first, "by_year": dict(by_year)})


AnyRamp = TypeVar("AnyRamp", bound=Ramp)


def check_ramp(meaning: Meaning) -> Callable[[AnyRamp, ValidationInfo], AnyRamp]:
    """Return the check that both levels of a ramp are numbers of a meaning."""

    def check(ramp: AnyRamp, info: ValidationInfo) -> AnyRamp:
        for level in ramp.levels:
            meaning.check(level, info)
        return ramp

    return check


SHARE = Meaning("a probability or share", ("probability", "share"), highest=1.0)
RampShare = Annotated[Ramp, AfterValidator(check_ramp(SHARE)), SHARE]
RampPart = Annotated[Ramp, AfterValidator(check_ramp(PART)), PART]
RampCount = Annotated[Ramp, AfterValidator(check_ramp(COUNT)), COUNT]
RampPosts = Annotated[Ramp, AfterValidator(check_ramp(POSITIVE_COUNT)), POSITIVE_COUNT]
RampRatio = Annotated[Ramp, AfterValidator(check_ramp(RATIO)), RATIO]
RampMoney = Annotated[Ramp, AfterValidator(check_ramp(PRICE)), PRICE]
RampRate = Annotated[Ramp, AfterValidator(check_ramp(RATE)), RATE]
