"""Benefit-cost: a life is valued once, and words stand where a ratio would mislead."""

from collections.abc import Callable

import numpy as np
import pytest

from hrsim.economics import Analysis, Price, PriceBook, Utilities, value_ledger
from hrsim.economics.benefit_cost import Stream, benefit_cost_ratio, total_benefit
from hrsim.economics.figures import Figure
from hrsim.engine.ledger import Ledger


def test_the_study_may_set_the_value_of_a_life(
    make_ledger: Callable[..., Ledger], make_analysis: Callable[..., Analysis],
    make_book: Callable[..., PriceBook], utilities: Utilities,
) -> None:  # fmt: skip
    life = Price(price=Figure(value=2.0, times=("vsl",)), currency="USD", price_year=2020)
    book, analysis = make_book().with_overrides({"life": life}), make_analysis()
    valued = value_ledger(make_ledger(), book, utilities, analysis, {"vsl": 5.0}).health_values["life"]
    inflated = 10.0 * 143.8573 / 118.6905  # United States consumer prices, 2020 to 2024
    assert valued == pytest.approx(inflated * 1.150472, rel=1e-12)  # Canadian dollars at the parity of 2024


def test_a_death_and_its_years_in_one_total_are_refused() -> None:
    values = np.ones((2, 2))
    lives = [Stream("deaths", values, values_death=True), Stream("qalys", values, values_death=True)]
    with pytest.raises(ValueError, match="deaths and qalys each put a money value on the same lives"):
        total_benefit(lives)
    assert (total_benefit([lives[0], Stream("saved", values, values_death=False)]) == 2).all()


@pytest.mark.parametrize(
    ("benefit", "cost", "ratio", "words"),
    [
        ([6.0, 2.0], [1.0, 3.0], 2.0, ""),
        ([6.0, 2.0], [-1.0, -3.0], None, "costs no more, and gains"),
        ([0.0, 0.0], [0.0, 0.0], None, "costs no more, and gains nothing"),
        ([-6.0, -2.0], [-1.0, -3.0], None, "costs no more, and loses: read the net benefit"),
        ([-6.0, -2.0], [1.0, 3.0], None, "loses health or money beside its cost"),
    ],
)
def test_words_stand_where_a_ratio_would_mislead(
    benefit: list[float], cost: list[float], ratio: float | None, words: str
) -> None:
    result = benefit_cost_ratio(np.array(benefit), np.array(cost))
    assert result["words"] == words
    assert result["mean"] == ratio or (ratio is None and np.isnan(result["mean"]))
