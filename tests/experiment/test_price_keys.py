"""Prices that a study states: whose money a number is in, which names are known, and that each one counts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from hrsim.economics import CurrencyYear, load_price_book
from hrsim.economics.currency import load_conversions
from hrsim.errors import StudyError
from hrsim.evidence import central_parameters, draw_parameters, load_register
from hrsim.experiment.design import check_study
from hrsim.experiment.parameters import register_of
from hrsim.experiment.valuing import valuer
from hrsim.study.load import load_study

MONEY = CurrencyYear("GBP", 2023)
LINES = {line.name: line.price for line in load_price_book().lines}
COSTS = {name for name, row in load_register().items() if row.kind == "cost"}
USED = sorted({row for price in LINES.values() for row in price.evidence if row in COSTS})
SERVICE = {
    "label": "Mine", "reach": 1.0,
    "costs": [
        {"per": "contact", "price": 7, "currency": "CAD", "price_year": 2020, "payer": "p", "sector": "health",
         "category": "c"},
        {"per": "open_year", "price": {"evidence": "cost.nx_can"}, "payer": "p", "sector": "health", "category": "c"},
    ],
}  # fmt: skip


def checked(folder: Path, prices: Mapping[str, Any], **more: Any) -> Any:
    tree = {
        "hrsim": 1, "title": "Own prices", "extends": "settings/blank.yaml",
        "horizon": {"start": "2026-01-01", "years": 1}, "services": {"mine": SERVICE}, "prices": dict(prices),
        "arms": {"all": {}}, **more,
        "analysis": {"comparator": "all", "seed": 1, "currency": "GBP", "price_year": 2023},
    }  # fmt: skip
    text = yaml.safe_dump(tree, sort_keys=False).replace("'2026-01-01'", "2026-01-01")
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    resolved = load_study(folder / "study.yaml")
    check_study(resolved)
    return resolved


def amounts(resolved: Any) -> dict[str, float]:
    register = register_of(resolved)
    point = central_parameters(register.values())
    book = valuer(resolved.study, register).book(point)
    return {line.name: book.amount(line, point, MONEY) for line in book.lines}


def test_a_price_of_the_book_rests_on_one_cost_at_most() -> None:
    """So the money of that row's number is the money of the price."""
    for name, price in LINES.items():
        assert len([row for row in price.evidence if row in COSTS]) <= 1, name


@pytest.mark.parametrize("row", USED)
def test_a_bare_number_is_in_the_studys_money_whatever_the_rows(tmp_path: Path, row: str) -> None:
    found = amounts(checked(tmp_path, {row: 100.0}))
    shipped = load_register()[row].value
    point = central_parameters(load_register().values())
    for name, price in LINES.items():
        if row in price.evidence:
            assert found[name] == pytest.approx(price.evaluate(point) / shipped * 100.0, rel=1e-12), name


@pytest.mark.parametrize("line", [*LINES, "mine.contact", "mine.open_year"])
def test_a_line_is_priced_by_the_name_that_tables_print(tmp_path: Path, line: str) -> None:
    plain, priced = amounts(checked(tmp_path, {})), amounts(checked(tmp_path, {line: 100.0}))
    sign = {known.name: known.direction for known in load_price_book().lines}.get(line, 1)
    assert priced[line] == 100.0 and sign in (1, -1)
    assert {name for name in plain if priced[name] != plain[name]} == {line}


@pytest.mark.parametrize("key", ["cost.amb_can", "ambulance", "cost.nx_can", "mine.open_year"])
def test_a_number_may_state_its_own_money(tmp_path: Path, key: str) -> None:
    stated = {"price": 100.0, "currency": "USD", "price_year": 2020}
    found = amounts(checked(tmp_path, {key: stated}))
    line = {"cost.amb_can": "ambulance", "cost.nx_can": "mine.open_year"}.get(key, key)
    assert found[line] == pytest.approx(100.0 * load_conversions().factor(CurrencyYear("USD", 2020), MONEY))


@pytest.mark.parametrize("key", ["cost.amb_can", "ambulance"])
def test_an_interval_is_drawn_in_the_same_money(tmp_path: Path, key: str) -> None:
    given = {
        "price": {"value": 300, "low": 200, "high": 420, "source": "own"},
        "currency": "GBP",
        "price_year": 2023,
    }
    register = register_of(checked(tmp_path, {key: given}))
    row = register[key if key in register else f"study.prices.{key}"]
    assert (row.value, row.low, row.currency, row.price_year) == (300, 200, "GBP", 2023)
    assert "GBP" in row.unit and "CAD" not in row.unit
    assert draw_parameters([row], 1, 0)[row.id] != draw_parameters([row], 1, 1)[row.id]


@pytest.mark.parametrize(
    ("prices", "code", "words"),
    [
        ({"cost.ambulance_ri": 500}, "PRICE", r"(?s)rests on 'cost.ambulance_ri'.*ambulance \(cost.amb_can\)"),
        ({"ambulanse": 500}, "PRICE", "(?s)no price 'ambulanse'.*did you mean 'ambulance'"),
        ({"mine.contacts": 5}, "PRICE", "(?s)'mine.contacts'.*did you mean 'mine.contact'"),
        ({"od.witnessed": 0.5}, "KIND", "(?s)a price of a cost, got the row 'od.witnessed'.*parameters"),
        ({"ambulance": {"evidence": "cost.amb_can"}}, "FORM", "expected a number as a price"),
        ({"ambulance": {"price": 5, "currency": "GBP"}}, "MISSING", "'price_year' beside 'currency'"),
        ({"ambulance": {"price": 5, "value": 5}}, "FORM", "'value' once"),
        ({"ambulance": -5}, "RANGE", "an amount of money"),
        ({"ambulance": {"price": {"value": 5, "low": 6, "high": 7}}}, "INTERVAL", "low <= value"),
    ],
)  # fmt: skip
def test_what_a_price_cannot_be(tmp_path: Path, prices: Mapping[str, Any], code: str, words: str) -> None:
    with pytest.raises(StudyError, match=words) as caught:
        checked(tmp_path, prices)
    assert {problem.code for problem in caught.value.problems} == {code}
    assert all(problem.location and problem.path.startswith("prices.") for problem in caught.value.problems)


def test_what_a_budget_pays_is_priced_where_it_buys(tmp_path: Path) -> None:
    budget = {"b": {"per_fiscal_year": 1000, "services": ["mine"]}}
    with pytest.raises(StudyError, match="'mine', which a budget pays"):
        checked(tmp_path, {"mine.contact": 5}, budgets=budget)


def test_a_budget_that_is_a_share_of_another_arms_spending_pays_all_that_costs_something(
    tmp_path: Path,
) -> None:
    arms = {"all": {}, "less": {"budgets": {"b": {"of": "baseline", "share": 0.9}}}}
    with pytest.raises(StudyError, match="'mine', which a budget pays"):
        checked(tmp_path, {"mine.contact": 5}, arms=arms)
