"""The price book: what is paid, for what, by whom, in whose money; one line a price, no figure in code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from functools import cache

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from hrsim.economics.currency import Conversions, CurrencyYear, load_conversions, read_data
from hrsim.economics.figures import Figure, Parameters
from hrsim.economics.states import Levels
from hrsim.errors import Problem, StudyError


class Per(Enum):
    """Name what a price is paid for: an event, time in a state, or a flow of a service."""

    EVENT = "event"
    PERSON_MONTH = "person_month"
    PERSON_YEAR = "person_year"
    CLIENT_YEAR = "client_year"
    CONTACT = "contact"
    START = "start"
    KIT = "kit"
    PLACE_YEAR = "place_year"
    SITE_YEAR = "site_year"
    OPEN_YEAR = "open_year"
    SET_UP = "set_up"


class Releases(Enum):
    """Say what less of a thing gives back: money, room that others fill, or nothing in any budget."""

    CASH = "cash"
    CAPACITY = "capacity"
    NONE = "none"


STATE_UNITS = frozenset({Per.PERSON_MONTH, Per.PERSON_YEAR})
SERVICE_UNITS = frozenset(Per) - STATE_UNITS - {Per.EVENT}


class Price(BaseModel):
    """Hold a figure with its currency and price year."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    price: Figure
    currency: str
    price_year: int
    because: str = ""

    @property
    def currency_year(self) -> CurrencyYear:
        """Name the money it is stated in."""
        return CurrencyYear(self.currency, self.price_year)


class CostLine(Price):
    """Price one quantity of the ledger, with who pays and where it counts.

    Exactly one source fits `per`: an `event`, a selection of `states` (empty means everyone alive), or a
    `service`. `arms` empty means every arm. A `transfer` moves money without using resources: a memo line,
    counted for a named payer only. `values_death` marks money that a death takes away or spares (earnings,
    consumption), which only a perspective of `values_death` counts. `unrelated_care` marks care of every other
    cause, which people have because they live. `direction` -1 marks money that comes in. `releases` says what a
    payer gets back when less is needed.
    """

    name: str
    per: Per
    event: str = ""
    states: Mapping[str, Levels] = {}
    service: str = ""
    payer: str
    sector: str
    category: str
    releases: Releases = Releases.CASH
    direction: int = 1
    transfer: bool = False
    values_death: bool = False
    unrelated_care: bool = False
    arms: tuple[str, ...] = ()

    @property
    def in_a_budget(self) -> bool:
        """Say whether somebody's budget pays it: a loss that gives nothing back is in nobody's."""
        return self.releases is not Releases.NONE

    @field_validator("direction")
    @classmethod
    def _sign(cls, value: int) -> int:
        if value not in (1, -1):
            raise ValueError("direction is 1 (paid) or -1 (received)")
        return value

    @model_validator(mode="after")
    def _source_fits_unit(self) -> CostLine:
        fits = (bool(self.event), bool(self.service)) == (self.per is Per.EVENT, self.per in SERVICE_UNITS)
        if not fits or (self.states and self.per not in STATE_UNITS):
            raise ValueError(f"{self.name}: a price per {self.per.value} needs its own source and no other")
        return self


@dataclass(frozen=True)
class ServiceCost:
    """State one cost line of a service as the study wrote it, its price already drawn.

    `per` is a service unit of `Per`; `arms` empty means every arm.
    """

    service: str
    per: str
    price: float
    currency: str
    price_year: int
    payer: str
    sector: str
    category: str
    arms: tuple[str, ...] = ()
    releases: str = "cash"
    transfer: bool = False

    def as_line(self, number: int) -> CostLine:
        """Write it as a cost line; `number` tells apart lines of the same service and unit."""
        suffix = f".{number}" if number > 1 else ""
        return CostLine(
            name=f"{self.service}.{self.per}{suffix}",
            per=Per(self.per),
            service=self.service,
            price=Figure(value=self.price),
            currency=self.currency,
            price_year=self.price_year,
            payer=self.payer,
            sector=self.sector,
            category=self.category,
            releases=Releases(self.releases),
            transfer=self.transfer,
            arms=self.arms,
        )


class Perspective(BaseModel):
    """Filter cost lines by their tags; an empty list lets every tag through.

    Transfers, and lines of `values_death`, count only where the perspective says so.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sectors: tuple[str, ...] = ()
    payers: tuple[str, ...] = ()
    transfers: bool = False
    values_death: bool = False

    def includes(self, line: CostLine) -> bool:
        """Say whether a line counts from this perspective."""
        return (
            (not self.sectors or line.sector in self.sectors)
            and (not self.payers or line.payer in self.payers)
            and (self.transfers or not line.transfer)
            and (self.values_death or not line.values_death)
        )

    def leaves_out(self, line: CostLine) -> bool:
        """Say whether a line counts but for the money that it puts on deaths."""
        return not self.includes(line) and self.model_copy(update={"values_death": True}).includes(line)


class PriceBook(BaseModel):
    """Hold the cost lines, the perspectives, the money values of health, and the conversion table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lines: tuple[CostLine, ...]
    perspectives: Mapping[str, Perspective]
    health_values: Mapping[str, Price] = {}
    inventory: Mapping[str, tuple[str, ...]] = {}
    conversions: Conversions

    @field_validator("lines")
    @classmethod
    def _unique_names(cls, lines: tuple[CostLine, ...]) -> tuple[CostLine, ...]:
        names = [line.name for line in lines]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"cost lines share a name: {', '.join(repeated)}")
        return lines

    def with_services(self, services: Iterable[ServiceCost]) -> PriceBook:
        """Add the cost lines of the study's services."""
        counts: dict[tuple[str, str], int] = {}
        added = []
        for cost in services:
            key = (cost.service, cost.per)
            counts[key] = counts.get(key, 0) + 1
            added.append(cost.as_line(counts[key]))
        return self._replaced(lines=self.lines + tuple(added))

    def with_lines(self, lines: Iterable[CostLine]) -> PriceBook:
        """Add cost lines, such as those of events that a study declares."""
        return self._replaced(lines=self.lines + tuple(lines))

    def with_overrides(self, prices: Mapping[str, Price]) -> PriceBook:
        """Replace prices by the name of a line or health value, each in its own money."""
        known = [*(line.name for line in self.lines), *self.health_values]
        unknown = [_unknown("price", name, known, f"prices.{name}") for name in prices if name not in known]
        if unknown:
            raise StudyError(unknown)
        stated = {
            name: {"price": given.price, "currency": given.currency, "price_year": given.price_year}
            for name, given in prices.items()
        }
        lines = tuple(line.model_copy(update=stated.get(line.name, {})) for line in self.lines)
        values = {
            name: price.model_copy(update=stated.get(name, {})) for name, price in self.health_values.items()
        }
        return self._replaced(lines=lines, health_values=values)

    def restated(self, money: Mapping[str, CurrencyYear]) -> PriceBook:
        """State each price that rests on a row of `money` in the money of that row's number."""
        lines = tuple(line.model_copy(update=_restated(line, money)) for line in self.lines)
        values = {
            name: price.model_copy(update=_restated(price, money))
            for name, price in self.health_values.items()
        }
        return self._replaced(lines=lines, health_values=values)

    def with_releases(self, kinds: Mapping[str, str]) -> PriceBook:
        """Say of lines by name what less of them gives back."""
        known = [line.name for line in self.lines]
        unknown = [
            _unknown("price", name, known, f"analysis.releases.{name}") for name in kinds if name not in known
        ]
        if unknown:
            raise StudyError(unknown)
        stated = {name: {"releases": Releases(kind)} for name, kind in kinds.items()}
        return self._replaced(
            lines=tuple(line.model_copy(update=stated.get(line.name, {})) for line in self.lines)
        )

    def perspective(self, name: str) -> Perspective:
        """Find a perspective by its name, or build the one of a named payer."""
        payers = sorted({line.payer for line in self.lines})
        if name in self.perspectives:
            return self.perspectives[name]
        if name in payers:
            return Perspective(payers=(name,), transfers=True)
        known = [*self.perspectives, *payers]
        raise StudyError([_unknown("perspective", name, known, "analysis.perspectives")])

    def amount(self, price: Price, parameters: Parameters, money: CurrencyYear) -> float:
        """Give a price in this draw, in the study's money; `check` must have passed."""
        return price.price.evaluate(parameters) * self.conversions.factor(price.currency_year, money)

    def check(self, parameters: Parameters, money: CurrencyYear) -> list[Problem]:
        """List the lines whose evidence or conversion is missing."""
        named = {**self.health_values, **{line.name: line for line in self.lines}}
        return [
            problem
            for name, price in named.items()
            for problem in self._faults(name, price, parameters, money)
        ]

    def _faults(
        self, name: str, price: Price, parameters: Parameters, money: CurrencyYear
    ) -> Iterable[Problem]:
        for evidence in price.price.evidence:
            if evidence not in parameters:
                yield missing_evidence(f"prices.{name}", evidence)
        absent = self.conversions.missing(price.currency_year, money)
        if absent:
            yield Problem(
                "CURRENCY",
                f"{name} is in {price.currency_year}, the study in {money}: no {', no '.join(absent)}",
                f"state the price in {money}, or add the figures with their source to the conversion table"
                f" {self.conversions.name}",
                path=f"prices.{name}",
            )

    def _replaced(self, **changes: object) -> PriceBook:
        return PriceBook(**{**dict(self), **changes})


def _restated(price: Price, money: Mapping[str, CurrencyYear]) -> dict[str, object]:
    """Give what changes in a price whose row has its number in other money: one row alone says what money it is."""
    found = [money[name] for name in price.price.evidence if name in money]
    return {"currency": found[0].currency, "price_year": found[0].year} if found else {}


def missing_evidence(where: str, evidence: str) -> Problem:
    """State that a draw lacks a row that a price or a utility rests on."""
    return Problem(
        "EVIDENCE",
        f"{where} rests on the evidence {evidence!r}, which the draw does not hold",
        f"add the row {evidence} to the register, or give {where} a number of its own",
        path=where,
    )


def _unknown(kind: str, name: str, known: Iterable[str], path: str) -> Problem:
    close = get_close_matches(name, list(known), n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"use one of {', '.join(known)}"
    return Problem("PRICE", f"there is no {kind} {name!r}", hint, path=path)


@cache
def load_price_book() -> PriceBook:
    """Read the packaged price book, with its named conversion table."""
    data = read_data("prices.yaml")
    conversions = load_conversions()
    if data.pop("conversion_table") != conversions.name:
        raise ValueError("prices.yaml names a conversion table that is not packaged")
    return PriceBook(**data, conversions=conversions)
