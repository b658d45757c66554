"""Cash and room, quantity and price: parts of costs that add up and multiply to what the other tables say."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from hrsim.economics import Analysis, CostLine, PriceBook, ServiceCost, Utilities, summarise, value_ledger
from hrsim.engine.ledger import Ledger
from hrsim.units import TICKS_PER_QUARTER

SITE = (
    ServiceCost("site", "set_up", 500.0, "CAD", 2024, "ministry", "health", "programme", arms=("more",)),
    ServiceCost("site", "open_year", 80.0, "CAD", 2024, "ministry", "health", "programme", arms=("more",)),
)


@pytest.fixture
def tables(
    make_ledger: Callable[..., Ledger],
    make_line: Callable[..., CostLine],
    make_book: Callable[..., PriceBook],
    make_analysis: Callable[..., Analysis],
    utilities: Utilities,
) -> dict[str, pd.DataFrame]:
    """Six draws, each with its own price of an ambulance, of a site that opens in the third quarter."""
    book = make_book(
        make_line(name="ambulance", price="cost.ambulance", releases="capacity"),
        make_line(name="wages", event="overdose_death", price={"value": 300.0}, payer="society",
                  sector="productivity", category="mortality", releases="none"),
        inventory={"health": ["emergency_care"]},
        perspectives={"health_sector": {"sectors": ["health"]}, "societal": {}},
    )  # fmt: skip
    analysis, random = (
        make_analysis(0.03, perspectives=("health_sector", "societal")),
        np.random.default_rng(7),
    )
    flow = np.zeros((2, 10, 1, 7), dtype=np.int64)
    flow[1, 2:, 0, 6] = TICKS_PER_QUARTER
    valuations = [
        value_ledger(
            make_ledger(
                quarters=10,
                events=random.poisson([[[50, 9]], [[30, 4]]], size=(10, 2, 1, 2)).swapaxes(0, 1),
                state_ticks=random.integers(90, 100, size=(2, 10, 1, 2)) * TICKS_PER_QUARTER,
                service_flow=flow,
            ),
            book, utilities, analysis, {"cost.ambulance": float(random.gamma(10, 5))}, SITE,
        )
        for _ in range(6)
    ]  # fmt: skip
    return summarise(valuations, book, analysis)


def test_cash_and_room_add_up_to_the_change_of_cost(tables: dict[str, pd.DataFrame]) -> None:
    parts, changes = tables["cash_and_capacity"], tables["economic_differences"]
    parts = parts[parts["arm"] == "more"].set_index(["perspective", "releases"])["mean"]
    assert parts["health_sector", "cash"] > 0 > parts["health_sector", "capacity"]
    assert (parts["health_sector", "none"], parts["societal", "none"] < 0) == (0.0, True)
    for perspective, total in parts.groupby("perspective").sum().items():
        change = changes[(changes["measure"] == "cost") & (changes["perspective"] == perspective)]
        assert total == pytest.approx(change.loc[change["discounted"].astype(bool), "mean"].iloc[0])


def test_quantity_times_price_is_the_spending_of_every_payer(tables: dict[str, pd.DataFrame]) -> None:
    table, budget = tables["quantity_and_price"], tables["budget_impact"]
    paid = table.dropna(subset=["price"])
    assert (paid["quantity"] * paid["price"]).to_numpy() == pytest.approx(paid["spending"].to_numpy())
    whole = (budget["measure"] == "spending") & (budget["kind"] == "all") & (budget["releases"] == "all")
    keys = ["arm", "payer", "fiscal_year"]
    added, stated = table.groupby(keys)["spending"].sum(), budget[whole].set_index(keys)["mean"]
    assert added.reindex(stated.index).to_numpy() == pytest.approx(stated.to_numpy())
    set_up = table[(table["line"] == "site.set_up") & (table["arm"] == "more")]
    assert (set_up["quantity"].sum(), set_up["price"].max()) == (1.0, 500.0)
    assert "wages" not in set(table["line"])
