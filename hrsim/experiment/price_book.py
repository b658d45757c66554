"""The price book of a study: the packaged one, with the prices that the study states in their own money."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from hrsim.economics import CurrencyYear, Price, PriceBook, load_price_book
from hrsim.economics.figures import Figure
from hrsim.errors import Problem
from hrsim.evidence import Register
from hrsim.evidence.register import load_register
from hrsim.services.amounts import amount
from hrsim.study.costs import Cost
from hrsim.study.intervals import price_money
from hrsim.study.prices import row_of
from hrsim.study.schema import Study

SHORTEST_WORD = 4


def price_book(study: Study, register: Register) -> PriceBook:
    """Give the packaged price book, with the study's value of a statistical life where it states one.

    A number is in the study's money; an evidence row, drawn like any other, is in its own and is converted.
    """
    life = study.analysis.value_of_statistical_life
    stated = {name: CurrencyYear(*price_money(study, name)) for name in study.prices}
    book = load_price_book().with_releases(study.analysis.releases).restated(stated)
    if life is None:
        return book
    if life.evidence is None:
        money = CurrencyYear(study.analysis.currency, study.analysis.price_year)
        figure = Figure(value=amount(life, {}))
    else:
        row = register[life.evidence]
        if row.price_year is None:
            raise ValueError(f"{row.id} is a cost without a price year")
        money = CurrencyYear(row.currency, row.price_year)
        figure = Figure(value=life.times, times=(row.id,))
    price = Price(price=figure, currency=money.currency, price_year=money.year, because=life.because or "")
    return book.with_overrides({"life": price})


def stated_prices(study: Study) -> dict[str, Price]:
    """Give the prices that a study states by the names of cost lines, each the row that it became."""
    lines = (name for name in study.prices if name not in load_register())
    return {name: _price_of(row_of(name), *price_money(study, name)) for name in lines}


def _price_of(row: str, currency: str, price_year: int) -> Price:
    return Price(price=Figure(times=(row,)), currency=currency, price_year=price_year)


def service_costs(study: Study) -> Iterable[tuple[str, Cost, tuple[str, ...]]]:
    """List each service's cost lines with the arms they hold in; no arms means every arm."""
    lines: dict[tuple[str, Cost], list[str]] = {}
    for name, arm in study.arms.items():
        for service, described in arm.services.items():
            for cost in described.costs:
                lines.setdefault((service, cost), []).append(name)
    for (service, cost), arms in lines.items():
        yield service, cost, () if len(arms) == len(study.arms) else tuple(arms)


def replaced_rows(study: Study) -> frozenset[str]:
    """Give the rows of the register that a study gives a price."""
    return frozenset(name for name in study.prices if name in load_register())


def unused_prices(book: PriceBook, replaced: Collection[str], used: Collection[str]) -> Iterator[Problem]:
    """Name the rows that a study gives a price and that no line of the book, and no cost in `used`, rests on."""
    counted = {row for price in (*book.lines, *book.health_values.values()) for row in price.price.evidence}
    for name in sorted(set(replaced) - set(used) - counted):
        near = [
            f"{line.name} ({', '.join(line.price.evidence)})"
            for line in book.lines
            if _share_a_word(name, line.name)
        ]
        every = sorted(line.name for line in book.lines)
        fix = f"name a line or row that is used: {', '.join(near or every)}"
        message = f"no cost line of this study rests on {name!r}, so its price would change nothing"
        yield Problem("PRICE", message, fix, path=f"prices.{name}")


def _share_a_word(row: str, line: str) -> bool:
    words = {*row.split(".")[-1].split("_"), *load_register()[row].name.lower().split()}
    return any(word in words and len(word) >= SHORTEST_WORD for word in line.split("_"))


def paid_by_budgets(stated: Collection[str], paid: Collection[str]) -> Iterator[Problem]:
    """Name the prices by a line's name of services that a budget pays: budgets buy at the services' own cost lines."""
    for name in stated:
        service = name.split(".")[0]
        if service in paid:
            message = (
                f"expected the price of {service!r}, which a budget pays, in its cost lines, got {name!r}"
            )
            fix = f"state it under services.{service}.costs, or by the evidence row that the line rests on"
            yield Problem("PRICE", message, fix, path=f"prices.{name}")
