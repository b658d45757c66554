"""Increments are against the comparator, draw by draw, and say which direction is better."""

from collections.abc import Callable

import numpy as np
import pytest

from hrsim.economics import Analysis, CostLine, PriceBook, Utilities, summarise, value_ledger
from hrsim.economics.increments import increments
from hrsim.engine.ledger import Ledger
from hrsim.over_draws import COUNTS
from hrsim.units import TICKS_PER_YEAR


def test_increments_pair_the_arms_within_a_draw() -> None:
    values = np.array([[1.0, 4.0, 0.0], [10.0, 10.0, 15.0]])
    assert increments(values, 0).tolist() == [[0, 3, -1], [0, 0, 5]]


def test_the_table_of_differences_and_the_decision_agree_on_which_arm_is_better(
    make_ledger: Callable[..., Ledger],
    make_analysis: Callable[..., Analysis],
    make_line: Callable[..., CostLine],
    make_book: Callable[..., PriceBook],
    utilities: Utilities,
) -> None:
    """The second arm costs 30 for 20 and lives 12 years for 10: 50 % and 20 % more."""
    book = make_book(make_line())
    analysis = make_analysis(perspectives=("societal",), thresholds=(1.0, 1000.0))
    ledger = make_ledger(
        quarters=1,
        events=np.array([[20, 0], [30, 0]]).reshape(2, 1, 1, 2),
        state_ticks=np.array([[10, 0], [12, 0]]).reshape(2, 1, 1, 2) * TICKS_PER_YEAR,
    )
    valued = value_ledger(ledger, book, utilities, analysis, {})
    tables = summarise([valued, valued], book, analysis)
    differences = tables["economic_differences"].query("discounted").set_index("measure")
    assert differences.loc["cost", ["mean", "per_cent", *COUNTS]].tolist() == [10, 50, 0, 0, 2]
    years = differences.loc["life_years", ["mean", "per_cent", *COUNTS]].astype(float)
    assert years.tolist() == pytest.approx([2, 20, 2, 0, 0])
    decision = tables["cost_effectiveness"].set_index("arm")
    assert decision["draws_best_1"].to_dict() == {"now": 2, "more": 0}
    assert decision["draws_best_1000"].to_dict() == {"now": 0, "more": 2}
    assert decision.loc["more", "icer"] == pytest.approx(10 / (2 * 0.72))
