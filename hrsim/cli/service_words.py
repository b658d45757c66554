"""A service in words: who it is for, how they come to it, what it changes, what it costs, on which evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from hrsim.economics.currency import CurrencyYear, load_conversions
from hrsim.evidence import EvidenceRow
from hrsim.plain_words import plain_words
from hrsim.study.costs import Cost
from hrsim.study.effects import Effect, Window
from hrsim.study.eligible import Eligible
from hrsim.study.numbers import Number, numbers
from hrsim.study.services import Service
from hrsim.study.values import Quantity

Rows = Mapping[str, EvidenceRow]

USE = {"injecting": "inject", "other_route": "use by other routes", "not_using": "have stopped using"}
EVERYBODY = "everybody at liberty"
FREE = "costs nothing"
PRICED_BY_STATE = {"hiv_treatment": "hiv_medicines"}
"""For what a service delivers, the line of the price book that prices it by the state of people."""
NO_EFFECT = "changes no hazard"
_MOST_IN_A_LINE = 2


@dataclass(frozen=True)
class Words:
    """Write the numbers of a service: with the rows that it names, and in a study's money where there is a study."""

    rows: Rows
    money: CurrencyYear | None = None

    def quantity(self, given: Quantity) -> str:
        """Write a number with its interval."""
        row = self.rows.get(given.evidence or "")
        if row is None:
            return (
                spread(given.value, given.low, given.high) if given.value is not None else str(given.evidence)
            )
        return spread(row.value * given.times, *sorted((row.low * given.times, row.high * given.times)))

    def price(self, cost: Cost) -> str:
        """Write what one unit costs: in the study's money, or in that of its source where there is no study."""
        row = self.rows.get(cost.price.evidence or "")
        currency = cost.currency or (row.currency if row else "") or ""
        year = cost.price_year or (row.price_year if row else None)
        source = CurrencyYear(currency, year) if year else self.money
        factor, money = self._converted(source)
        value = cost.price.value if row is None else row.value * cost.price.times
        known = "" if value is None else amount_of_money(value * factor)
        return f"{known} {money} per {cost.per.replace('_', ' ')}".strip()

    def of_row(self, row: EvidenceRow) -> str:
        """Write a row's value and interval, money in the study's."""
        if row.currency and row.price_year:
            factor, money = self._converted(CurrencyYear(row.currency, row.price_year))
            low, high = amount_of_money(row.low * factor), amount_of_money(row.high * factor)
            per = row.unit.partition(" per ")[2]
            of = f" per {per}" if per else ""
            return f"{amount_of_money(row.value * factor)} ({low} to {high}) {money}{of}"
        return f"{spread(row.value, row.low, row.high)} {row.unit}"

    def _converted(self, source: CurrencyYear | None) -> tuple[float, str]:
        if source is None:
            return 1.0, ""
        if self.money is None or load_conversions().missing(source, self.money):
            return 1.0, f"{source.currency} of {source.year}"
        return load_conversions().factor(source, self.money), f"{self.money.currency} of {self.money.year}"

    def grades(self, service: Service) -> str:
        """Count the grades of a service's evidence: `A 2, placeholder 3`."""
        found: dict[str, int] = {}
        for number in numbers(service):
            grade = self.grade(number.quantity)
            if grade:
                found[grade] = found.get(grade, 0) + 1
        return ", ".join(f"{grade} {found[grade]}" for grade in sorted(found)) or "none"

    def grade(self, given: Quantity) -> str:
        """Return the grade of a number: that of its row, or that it is the study's own."""
        row = self.rows.get(given.evidence or "")
        return row.grade if row else "study"


def figure(value: float) -> str:
    """Write a number with three digits, large ones whole."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def amount_of_money(value: float) -> str:
    """Write money: cents below a hundred, whole units above."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"


def spread(value: float, low: float | None, high: float | None) -> str:
    """Write a number, with its interval where it has one."""
    if low is None or high is None or low == high:
        return figure(value)
    return f"{figure(value)} ({figure(low)} to {figure(high)})"


def who(eligible: Eligible) -> str:
    """Write who may use a service."""
    found = []
    if eligible.use is not None:
        found.append("people who " + " or ".join(USE[use] for use in eligible.use))
        if set(eligible.use) == {"injecting", "other_route"}:
            found = ["people who use drugs"]
    if eligible.age is not None:
        ends = (eligible.age.minimum, eligible.age.maximum)
        found.append(f"aged {' to '.join('any' if end is None else f'{end:g}' for end in ends)}")
    for name in ("sex", "housing", "custody", "hiv", "hcv", "oat", "distress"):
        levels = getattr(eligible, name)
        if levels is not None:
            found.append(f"{name} {' or '.join(levels)}")
    if eligible.enrolled_in:
        found.append(f"in {' and '.join(eligible.enrolled_in)}")
    if eligible.not_enrolled_in:
        found.append(f"not in {' or '.join(eligible.not_enrolled_in)}")
    return ", ".join(found) or EVERYBODY


def reached(service: Service, words: Words) -> str:
    """Write how people come to a service, in short."""
    if service.coverage is not None:
        return f"holds {words.quantity(service.coverage.first)} of them"
    found = []
    if service.reach is not None:
        first = words.quantity(service.reach.first)
        found.append(f"{first} a person-year")
        if service.reach.channels:
            found.append(f"{len(service.reach.channels)} channels")
    prompts = [name for name, given in service.prompted_by if given is not None]
    if prompts:
        found.append(f"after {', '.join(name.replace('_', ' ') for name in prompts)}")
    return "; ".join(found) or "by referral only"


def does(service: Service, words: Words) -> list[str]:
    """Write what a service delivers and changes, one text for each effect."""
    given = [name.replace("_", " ") for name, value in service.delivers if value]
    return [*given, *(effect_words(effect, words) for effect in service.acting_effects)]


def effect_words(effect: Effect, words: Words) -> str:
    """Write one effect: the hazard, the factor with its interval, and when it acts unless while enrolled."""
    of = f" in {words.quantity(effect.share)} of contacts" if effect.share is not None else ""
    return f"{effect.on.replace('_', ' ')} x {words.quantity(effect.multiplier)}{_window(effect.during)}{of}"


def _window(window: Window) -> str:
    if window.length is None:
        return "" if window.kind == "enrolled" else " while carrying a kit"
    length = f"{window.length.number:g} {window.length.unit}{'' if window.length.number == 1 else 's'}"
    return {
        "first": f" in the first {length}",
        "after": f" for {length} after leaving",
        "contact": f" for {length} after a contact",
    }[window.kind]


def capacity(service: Service, words: Words) -> str:
    """Write how much a service can do; nothing where it is not limited."""
    stated = service.capacity
    if stated is None:
        return ""
    if stated.sites is not None:
        return f"{stated.sites} sites x {stated.booths} booths, {stated.hours}"
    for name in ("places", "contacts_per_month", "kits_per_year"):
        ramp = getattr(stated, name)
        if ramp is not None:
            to = f" to {words.quantity(ramp.last)}" if ramp.last is not None else ""
            return f"{words.quantity(ramp.first)}{to} {name.replace('_', ' ')}"
    return ""


def costs(service: Service, words: Words) -> str:
    """Write the cost lines of a service, one after the other."""
    return " + ".join(words.price(cost) for cost in service.costs) or _no_costs(service)


def _no_costs(service: Service) -> str:
    """Write that a service has no cost line, and where what it delivers is priced by the state of people."""
    lines = [PRICED_BY_STATE[name] for name, given in service.delivers if given and name in PRICED_BY_STATE]
    return f"no cost line of its own; priced by state: {', '.join(lines)}" if lines else FREE


def one_line(name: str, service: Service, words: Words, width: int) -> str:
    """Write a service on one line."""
    effects = does(service, words)
    more = f" and {len(effects) - _MOST_IN_A_LINE} more" if len(effects) > _MOST_IN_A_LINE else ""
    parts = [
        who(service.eligible),
        reached(service, words),
        capacity(service, words),
        (", ".join(effects[:_MOST_IN_A_LINE]) + more) or NO_EFFECT,
        costs(service, words),
        f"grades: {words.grades(service)}",
    ]
    return f"{name:{width}}  {' | '.join(part for part in parts if part)}"


def whole(name: str, service: Service, words: Words) -> Iterator[str]:
    """Write a service whole: every part, every number with its interval, row and grade."""
    yield f"{name}: {plain_words(service.label)}"
    parts = {
        "because": [plain_words(service.because or "")],
        "who": [who(service.eligible)],
        "reached": [reached(service, words)],
        "capacity": [capacity(service, words) or "not limited"],
        "does": does(service, words) or [NO_EFFECT],
        "pool": [f"{service.exclusive}: at most one of its services at a time" if service.exclusive else ""],
        "ends on": [", ".join(service.ends_on).replace("_", " ")],
        "opens": [str(service.opens or "")],
        "closes": [str(service.closes or "")],
        "costs": [f"{words.price(cost)} ({cost.payer.replace('_', ' ')})" for cost in service.costs]
        or [_no_costs(service)],
    }
    for part, lines in parts.items():
        for n, line in enumerate(line for line in lines if line):
            yield f"  {part if n == 0 else '':9} {line}"
    yield "  numbers"
    yield from number_lines(numbers(service), words)


def number_lines(found: Iterable[Number], words: Words) -> Iterator[str]:
    """Write each number: what it is, its value and interval, its unit, row and grade."""
    for number in found:
        given = number.quantity
        row = words.rows.get(given.evidence or "")
        times = f" x {given.times:g}" if given.times != 1 else ""
        source = f"{given.evidence}{times}, " if row is not None and not row.id.startswith("study.") else ""
        value = words.price(number.owner) if isinstance(number.owner, Cost) else words.quantity(given)
        unit = "" if isinstance(number.owner, Cost) else f" {number.unit}"
        yield f"    {number.name.replace('_', ' '):44} {value}{unit}  [{source}{words.grade(given)}]"
