"""Budgets that are a share of what another arm spends: exact, paired draw by draw, and nothing else moves."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from hrsim.budgets import GRANTED, SPENT
from hrsim.compile import Prepared
from hrsim.engine.ledger import Ledger
from hrsim.errors import StudyError
from hrsim.trace import trace
from tests.full_model.test_budgets import BASE, budget, study
from tests.simulation.studies import central, prepared, run

LUCK = 12
NAMES = tuple(BASE)
DRAWS = (12, 13)


def share_of(share: Any, *names: str, of: str = "free", **changes: Any) -> dict[str, Any]:
    return {"of": of, "share": share, **({"services": list(names)} if names else {}), **changes}


ARMS: dict[str, Any] = {
    "metered": {"budgets": {name: budget(1e8, name) for name in NAMES}},
    "tenth_less": {"budgets": {"cut": share_of(0.9, *NAMES)}},
    "half_the_clinic": {"budgets": {"cut": share_of(0.5, "clinic")}},
    "all_named_by_none": {"budgets": {"cut": share_of(0.9)}},
    "twice": {"budgets": {"cut": share_of(2.0, *NAMES)}},
}


@cache
def town() -> Prepared:
    return prepared(study(**ARMS))


@cache
def ledger(luck: int) -> Ledger:
    return run(town(), luck)


def book(found: Ledger, arm: str, name: str, item: int) -> np.ndarray:
    return found.budget_book[found.arms.index(arm), found.budget_names.index(name), :, item]


def counted(found: Ledger, arm: str) -> tuple[np.ndarray, ...]:
    a = found.arms.index(arm)
    return found.events[a], found.state_ticks[a], found.service_flow[a]


@pytest.mark.parametrize("luck", DRAWS)
@pytest.mark.parametrize(
    ("arm", "share", "services"), [("tenth_less", 0.9, NAMES), ("half_the_clinic", 0.5, ("clinic",))]
)
def test_the_grant_is_the_share_of_what_the_other_arm_spends_in_the_same_draw(
    luck: int, arm: str, share: float, services: tuple[str, ...]
) -> None:
    found = ledger(luck)
    spent = sum(book(found, "metered", name, SPENT) for name in services)
    granted = book(found, arm, "cut", GRANTED)
    assert spent.sum() > 0
    assert granted.tolist() == [round(share * int(money)) for money in spent]
    assert np.all(book(found, arm, "cut", SPENT) <= granted)


def test_draws_have_grants_of_their_own() -> None:
    assert not np.array_equal(*(book(ledger(luck), "tenth_less", "cut", GRANTED) for luck in DRAWS))


def test_services_left_out_are_all_that_cost_something() -> None:
    found = ledger(LUCK)
    for one, other in zip(counted(found, "tenth_less"), counted(found, "all_named_by_none"), strict=True):
        assert np.array_equal(one, other)


def test_the_cut_binds_and_twice_the_money_does_not() -> None:
    found = ledger(LUCK)
    assert any(
        not np.array_equal(*pair)
        for pair in zip(counted(found, "free"), counted(found, "half_the_clinic"), strict=True)
    )
    for one, other in zip(counted(found, "free"), counted(found, "twice"), strict=True):
        assert np.array_equal(one, other)


def test_the_arm_that_is_the_measure_is_moved_by_nobody() -> None:
    alone = run(prepared(study()), LUCK)
    for one, other in zip(counted(alone, "free"), counted(ledger(LUCK), "free"), strict=True):
        assert np.array_equal(one, other)


def test_the_order_of_arms_never_matters() -> None:
    back = run(prepared(study(**dict(reversed(ARMS.items())))), LUCK)
    for arm in ARMS:
        for one, other in zip(counted(ledger(LUCK), arm), counted(back, arm), strict=True):
            assert np.array_equal(one, other)


def test_a_declared_budget_of_the_other_arm_is_counted_as_a_whole() -> None:
    poor = {"budgets": {"both": budget(60000, "clinic", "kits")}}
    cut = {"budgets": {"cut": share_of(0.5, "clinic", "kits", of="poor")}}
    found = run(prepared(study(poor=poor, cut=cut)), LUCK)
    half = [round(0.5 * int(money)) for money in book(found, "poor", "both", SPENT)]
    assert book(found, "cut", "cut", GRANTED).tolist() == half


def test_a_life_is_followed_under_the_same_grants() -> None:
    assert np.array_equal(
        trace(town(), central(town()), LUCK, 0).ledger.budget_book, ledger(LUCK).budget_book
    )


@pytest.mark.parametrize(
    ("arms", "words"),
    [
        ({"cut": {"budgets": {"b": share_of(0.9, "clinic", of="fre")}}}, "did you mean 'free'"),
        ({"cut": {"budgets": {"b": share_of(0.9, "clinic", of="cut")}}}, "another arm than 'cut'"),
        (
            {
                "cut": {"budgets": {"b": share_of(0.9, "clinic")}},
                "less": {"budgets": {"b": share_of(0.9, "clinic", of="cut")}},
            },
            "without budgets of other arms",
        ),
        ({"cut": {"budgets": {"b": {"of": "free", "services": ["clinic"]}}}}, "'share' beside 'of'"),
        ({"cut": {"budgets": {"b": {**share_of(0.9, "clinic"), "per_fiscal_year": 5}}}}, "got both"),
        ({"cut": {"budgets": {"b": {"services": ["clinic"]}}}}, "got neither"),
        ({"cut": {"budgets": {"b": {**share_of(0.9, "clinic"), "currency": "CAD"}}}}, "no 'currency'"),
        ({"cut": {"budgets": {"b": share_of(-1, "clinic")}}}, "between 0 and"),
        (
            {
                "poor": {"budgets": {"both": budget(60000, "clinic", "kits")}},
                "cut": {"budgets": {"b": share_of(0.9, "clinic", of="poor")}},
            },
            "all services of the budget 'both'",
        ),
        (
            {
                "one": {"budgets": {"b": share_of(0.9, "clinic", fiscal_year_starts="04-01")}},
                "two": {"budgets": {"b": share_of(0.9, "clinic", fiscal_year_starts="01-01")}},
            },
            "one first day",
        ),
    ],
)
def test_what_is_no_measure_is_refused_in_words(arms: dict[str, Any], words: str) -> None:
    with pytest.raises(StudyError, match=words):
        prepared(study(**arms))


def test_baseline_is_the_comparator() -> None:
    found = run(prepared(study(cut={"budgets": {"cut": share_of(0.9, *NAMES, of="baseline")}})), LUCK)
    for one, other in zip(counted(found, "cut"), counted(ledger(LUCK), "tenth_less"), strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize(
    "nothing", [{"processes": {"services": False}}, {"remove": [f"services.{name}" for name in NAMES]}]
)
def test_a_share_of_an_arm_that_spends_nothing_is_nothing(nothing: dict[str, Any]) -> None:
    arms = {"idle": nothing, "poor": {"budgets": {"cut": share_of(0.9, *NAMES, of="idle")}}}
    found = run(prepared(study(**arms)), LUCK)
    assert not book(found, "poor", "cut", GRANTED).any()
    assert not book(found, "poor", "cut", SPENT).any()
