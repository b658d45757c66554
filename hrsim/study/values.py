"""The strict base of all models, and quantities with their kind, unit and range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Protocol

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.config import JsonDict
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from hrsim.evidence.kinds import (
    HIGHEST_AGE,
    HIGHEST_RATE,
    HIGHEST_RATIO,
    HIGHEST_SHAPE,
    KINDS,
    MOST_MONEY,
    MOST_THINGS,
)
from hrsim.evidence.kinds import LONGEST_TIME as MOST_MINUTES
from hrsim.study.limits import LONGEST_TIME, MOST_ENTRANTS, MOST_WHOLE, SHORTEST_TIME, SMALLEST_SHAPE
from hrsim.study.remedies import number_remedy
from hrsim.study.tree import describe, nearest

Distribution = Literal["fixed", "beta", "lognormal", "gamma", "normal", "pert", "triangular", "uniform"]


IS_NO_NUMBER = "no_number"
"""A key in the context of the validation error of a quantity that is no number."""


def fault(code: str, message: str, fix: str) -> PydanticCustomError:
    """Return a validation error that keeps its code, message and remedy through pydantic."""
    return PydanticCustomError("hrsim", "{message}", {"code": code, "message": message, "fix": fix})


def about(
    description: str,
    unit: str = "",
    default: Any = ...,
    scales: bool | Literal["site"] | None = None,
    **rules: Any,
) -> Any:
    """Declare a field once: what it means, its unit, its default (none: required) and its limits.

    `scales` says of a number whether it is an absolute amount, which a larger population has more of ("site": in
    whole buildings, see `sites_scaling`); a number in a unit that could be either must say so.
    """
    extra: JsonDict = {"unit": unit} if unit else {}
    if scales is not None:
        extra["scales"] = scales
    return Field(default, description=description, json_schema_extra=extra or None, **rules)


def _no_number(data: Any) -> PydanticCustomError:
    """Return the fault of a quantity that is no number; whoever knows its field may say more of the remedy."""
    words = {
        "code": "TYPE",
        "message": f"expected a number, got {describe(data)}",
        "fix": number_remedy(data),
    }
    return PydanticCustomError("hrsim", "{message}", {**words, IS_NO_NUMBER: True})


class StudyModel(BaseModel):
    """Refuse unknown keys (but those that start with `x-`), wrong types and later changes."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", allow_inf_nan=False, ser_json_inf_nan="strings"
    )

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


Seed = Annotated[int, BeforeValidator(_whole)]
Whole = Annotated[Seed, Field(le=MOST_WHOLE)]
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
    kind: str | None = about("Kind of number; a rate is not a probability.", default=None)
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
        raise _no_number(data)

    @field_validator("kind")
    @classmethod
    def _known_kind(cls, kind: str | None) -> str | None:
        if kind is not None and kind not in KINDS:
            raise fault("KIND", f"expected a kind of number, got '{kind}'", nearest(kind, KINDS, "kinds"))
        return kind

    @model_validator(mode="after")
    def _one_form(self) -> Quantity:
        if (self.value is None) == (self.evidence is None):
            got = "neither" if self.value is None else "both"
            raise fault("FORM", f"expected either 'value' or 'evidence', got {got}", "write one of the two.")
        if self.evidence is not None:
            _refuse_beside(self, "evidence", ("low", "high", "unit", "kind", "dist"))
        elif "times" in self.model_fields_set:
            raise fault(
                "FORM",
                "expected 'times' beside 'evidence' only, got it beside 'value'",
                "multiply the value.",
            )
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


def _refuse_beside(quantity: Quantity, form: str, names: tuple[str, ...]) -> None:
    present = [name for name in names if getattr(quantity, name) is not None]
    if present:
        message = f"expected only 'times', 'source' and 'because' beside '{form}', got '{present[0]}'"
        raise fault(
            "FORM", message, "the evidence row states it; give a full 'value' to differ from the row."
        )


class EvidenceFacts(Protocol):
    """Say of an evidence row what a study must agree with."""

    @property
    def kind(self) -> str:
        """Return the kind of number."""

    @property
    def unit(self) -> str:
        """Return the unit of the number."""


@dataclass(frozen=True)
class Meaning:
    """Say which numbers a field takes: kinds and units a full value may claim, and its closed range.

    A `positive` field does not take 0 either: something is divided by it. Numbers above 0 are at least `least`.
    """

    words: str
    kinds: tuple[str, ...]
    units: tuple[str, ...] = ()
    lowest: float = 0.0
    highest: float = float("inf")
    positive: bool = False
    least: float = 0.0

    def admits(self, number: float) -> bool:
        """Tell whether a number lies in the range."""
        inside = self.lowest <= number <= self.highest and not (0.0 < number < self.least)
        return inside and not (self.positive and number <= 0.0)

    @property
    def range(self) -> str:
        """Write the range in words."""
        if self.positive and not self.least:
            return f"more than 0 and at most {self.highest:g}"
        zero = "" if self.positive or not self.least else "0, or "
        return f"{zero}between {self.least or self.lowest:g} and {self.highest:g}"

    def check(self, quantity: Quantity, info: ValidationInfo) -> Quantity:
        """Return the quantity, or raise a fault when kind, unit or range do not fit.

        The validation context, when given, maps evidence ids to their facts. `times` may change a unit.
        """
        rows: Mapping[str, EvidenceFacts] = info.context or {}
        row = rows.get(quantity.evidence or "")
        kind, unit = (row.kind, row.unit) if row else (quantity.kind, quantity.unit)
        subject = f"evidence '{quantity.evidence}'" if row else "a value"
        if kind is not None and kind not in self.kinds:
            message = f"expected {self.words}, got {subject} of kind '{kind}'"
            raise fault(
                "KIND", message, f"convert it to {self.words}; kinds that fit: {', '.join(self.kinds)}."
            )
        if unit is not None and self.units and unit not in self.units and quantity.times == 1:
            message = f"expected {self.words} with the unit '{self.units[0]}', got {subject} '{unit}'"
            raise fault("UNIT", message, f"convert the number; units that fit: {', '.join(self.units)}.")
        for name in ("value", "low", "high"):
            self._check_range(name, getattr(quantity, name))
        return quantity

    def _check_range(self, name: str, number: float | None) -> None:
        if number is None or self.admits(number) or (name == "low" and number == self.lowest):
            return
        label = "" if name == "value" else f" as '{name}'"
        fix = f"write a number that is {self.range}."
        raise fault("RANGE", f"expected {self.words}, {self.range}{label}, got {number:g}", fix)


RATE = Meaning("a rate per person-year", ("rate",), ("per person-year", "per year"), highest=HIGHEST_RATE)
COUNT = Meaning("a number of things", ("count",), highest=MOST_THINGS)
YEARS = Meaning(
    "a time in years",
    ("duration", "age"),
    ("years", "year"),
    highest=LONGEST_TIME,
    positive=True,
    least=SHORTEST_TIME,
)
_CHANCE = Meaning("a probability or share", ("probability", "share"), highest=1.0)
RATIO = Meaning("a ratio", ("ratio",), highest=HIGHEST_RATIO)
PART = Meaning("a part of the capacity", ("probability", "share"), highest=1.0, positive=True)
POSITIVE_COUNT = Meaning("a number of things", ("count",), highest=MOST_THINGS, positive=True)
_HAZARD_RATIO = Meaning("a ratio", ("ratio",), highest=HIGHEST_RATIO, positive=True)
PRICE = Meaning("an amount of money", ("cost",), highest=MOST_MONEY)
_SHAPE = Meaning("a shape", ("shape",), highest=HIGHEST_SHAPE, positive=True, least=SMALLEST_SHAPE)
_WEIBULL_RATE = Meaning(
    "a Weibull rate",
    ("rate",),
    ("per week^shape", "per year^shape", "per day^shape"),
    highest=HIGHEST_RATE,
    positive=True,
)
_PER_YEAR = Meaning(
    "a number per year", ("count", "rate"), ("people per year", "per year"), highest=MOST_ENTRANTS
)
_MINUTES = Meaning("a number of minutes", ("duration",), ("minutes",), highest=MOST_MINUTES, positive=True)
_AGE = Meaning("a time in years", ("duration", "age"), ("years", "year"), highest=HIGHEST_AGE, positive=True)

Probability = Annotated[Quantity, AfterValidator(_CHANCE.check)]
Rate = Annotated[Quantity, AfterValidator(RATE.check)]
Ratio = Annotated[Quantity, AfterValidator(RATIO.check)]
HazardRatio = Annotated[Quantity, AfterValidator(_HAZARD_RATIO.check)]
Count = Annotated[Quantity, AfterValidator(COUNT.check)]
PositiveCount = Annotated[Quantity, AfterValidator(POSITIVE_COUNT.check)]
Price = Annotated[Quantity, AfterValidator(PRICE.check)]
Shape = Annotated[Quantity, AfterValidator(_SHAPE.check)]
WeibullRate = Annotated[Quantity, AfterValidator(_WEIBULL_RATE.check)]
PerYear = Annotated[Quantity, AfterValidator(_PER_YEAR.check)]
Minutes = Annotated[Quantity, AfterValidator(_MINUTES.check)]
Age = Annotated[Quantity, AfterValidator(_AGE.check)]
