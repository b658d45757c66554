"""The tables: keys, statistics over draws, identities between them, and words in place of bad ratios."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from hrsim.economics import (
    Analysis,
    CostLine,
    PriceBook,
    ServiceCost,
    Utilities,
    Valuation,
    load_price_book,
    load_utilities,
    match_to_ledger,
    summarise,
    value_ledger,
)
from hrsim.economics.psa import psa_table
from hrsim.economics.summaries import collect, describe
from hrsim.engine.ledger import Ledger
from hrsim.evidence import load_register
from hrsim.units import TICKS_PER_QUARTER, TICKS_PER_YEAR

STATISTICS = ["mean", "sd", "mcse", "low", "high", "n_draws"]
DRAWS, QUARTERS = 6, 10
SITE = (
    ServiceCost("site", "set_up", 500.0, "CAD", 2024, "ministry", "health", "programme", arms=("more",)),
    ServiceCost("site", "open_year", 80.0, "CAD", 2024, "ministry", "health", "programme", arms=("more",)),
)

Tables = dict[str, pd.DataFrame]


@pytest.fixture
def book(make_line: Callable[..., CostLine], make_book: Callable[..., PriceBook]) -> PriceBook:
    return make_book(
        make_line(name="ambulance", price="cost.ambulance"),
        make_line(name="crime", per="person_year", payer="police", sector="criminal_justice",
                  category="crime"),
        make_line(name="wages", event="overdose_death", price={"value": 300.0}, payer="society",
                  sector="productivity", category="mortality", values_death=True),
        make_line(name="allowance", per="person_year", price={"value": 9.0}, transfer=True,
                  category="income"),
        inventory={"health": ["emergency_care", "travel"]},
        perspectives={"health_sector": {"sectors": ["health"]}, "societal": {},
                      "human_capital": {"values_death": True}},
    )  # fmt: skip


@pytest.fixture
def analysis(make_analysis: Callable[..., Analysis]) -> Analysis:
    return make_analysis(
        0.03,
        perspectives=("health_sector", "societal", "human_capital", "police"),
        thresholds=(100.0, 50_000.0),
    )


@pytest.fixture
def valuations(
    make_ledger: Callable[..., Ledger], book: PriceBook, analysis: Analysis, utilities: Utilities
) -> list[Valuation]:
    """Six draws in which the service averts overdoses and deaths and opens in the third quarter."""
    random = np.random.default_rng(7)
    flow = np.zeros((2, QUARTERS, 1, 7), dtype=np.int64)
    flow[1, 2:, 0, 6] = TICKS_PER_QUARTER
    results = []
    for _ in range(DRAWS):
        events = random.poisson([[[50, 9]], [[30, 4]]], size=(QUARTERS, 2, 1, 2)).swapaxes(0, 1)
        ticks = random.integers(90, 100, size=(2, QUARTERS, 1, 2)) * TICKS_PER_QUARTER
        ticks[1] += 5 * TICKS_PER_QUARTER
        ledger = make_ledger(quarters=QUARTERS, events=events, state_ticks=ticks, service_flow=flow)
        draw = {"cost.ambulance": float(random.gamma(10, 5))}
        results.append(value_ledger(ledger, book, utilities, analysis, draw, SITE))
    return results


@pytest.fixture
def tables(valuations: list[Valuation], book: PriceBook, analysis: Analysis) -> Tables:
    return summarise(valuations, book, analysis, left_out=("price of nothing",))


def only(table: pd.DataFrame, **keys: object) -> pd.DataFrame:
    for column, value in keys.items():
        table = table[table[column] == value]
    assert len(table) > 0, keys
    return table


def one(table: pd.DataFrame, **keys: object) -> "pd.Series[float]":
    chosen = only(table, **keys)
    assert len(chosen) == 1, chosen
    return chosen.iloc[0]


def test_every_table_is_there_with_its_statistics(tables: Tables) -> None:
    for name in ("costs", "health", "economic_differences", "net_benefit", "cost_benefit", "budget_impact"):
        assert set(STATISTICS) <= set(tables[name].columns), name
        assert (tables[name]["n_draws"] == DRAWS).all()
    assert set(tables) == {
        "costs", "health", "economic_differences", "cost_effectiveness", "cost_per_qaly", "net_benefit",
        "cost_benefit", "budget_impact", "cash_and_capacity",
        "quantity_and_price", "spending_by_service", "impact_inventory", "prices",
    }  # fmt: skip


def test_costs_by_payer_and_category_add_up_to_the_total(tables: Tables) -> None:
    for _, block in tables["costs"].groupby(["arm", "perspective", "discounted"]):
        parts = block[(block["payer"] != "all") & (block["category"] != "all")]["mean"].sum()
        assert parts == pytest.approx(one(block, payer="all", category="all")["mean"])


def test_spending_by_service_adds_up_to_what_the_services_cost(
    tables: Tables, valuations: list[Valuation]
) -> None:
    spent = only(tables["spending_by_service"], measure="spending")
    for a, arm in enumerate(("now", "more")):
        lines = [number for number, line in enumerate(valuations[0].lines) if line.service]
        cost = np.mean([v.line_costs(discounted=False)[a, lines].sum() for v in valuations])
        of_arm = only(spent, arm=arm)
        assert only(of_arm, service="all")["mean"].sum() == pytest.approx(cost)
        assert of_arm[of_arm["service"] != "all"]["mean"].sum() == pytest.approx(cost)
    change = only(tables["spending_by_service"], measure="change", arm="now")
    assert (change["mean"] == 0).all()


def test_perspectives_filter_and_transfers_stay_a_memo(tables: Tables) -> None:
    costs = only(tables["costs"], arm="more", discounted=False)
    health = only(costs, perspective="health_sector")
    assert set(health["category"]) == {"all", "emergency_care", "programme"}
    assert set(only(costs, perspective="societal")["payer"]) == {"all", "ministry", "police"}
    assert "income" not in set(only(costs, perspective="societal")["category"])
    assert set(only(costs, perspective="police")["category"]) == {"all", "crime"}


def test_perspectives_differ_by_their_tagged_lines_and_nothing_else(tables: Tables, book: PriceBook) -> None:
    """Societal less health sector is the cost of the lines that are not of the health sector, to rounding."""
    costs = only(tables["costs"], discounted=True, payer="all").set_index(["arm", "perspective", "category"])[
        "mean"
    ]
    for arm in ("now", "more"):
        wider = costs[arm, "societal", "all"] - costs[arm, "health_sector", "all"]
        assert wider == pytest.approx(costs[arm, "societal", "crime"])
        lives = costs[arm, "human_capital", "all"] - costs[arm, "societal", "all"]
        assert lives == pytest.approx(costs[arm, "human_capital", "mortality"])
        assert lives != 0
        assert costs[arm, "police", "all"] == pytest.approx(costs[arm, "societal", "crime"])


def test_transfers_are_a_memo_beside_the_perspectives(tables: Tables) -> None:
    memo = only(tables["costs"], perspective="transfers_memo")
    assert set(memo["category"]) == {"all", "income"}
    assert "transfers_memo" not in set(tables["cost_effectiveness"]["perspective"])


def test_a_payer_sees_its_transfers(
    valuations: list[Valuation], book: PriceBook, make_analysis: Callable[..., Analysis]
) -> None:
    costs = summarise(valuations, book, make_analysis(perspectives=("ministry",)))["costs"]
    assert "income" in set(costs["category"])


def test_budget_years_add_up_to_undiscounted_costs(tables: Tables) -> None:
    budget = only(tables["budget_impact"], arm="more", measure="spending", kind="all", releases="all")
    assert set(budget["year"]) == {2025, 2026, 2027, 2028}
    for payer in ("police",):
        total = one(tables["costs"], arm="more", perspective="societal", payer=payer, category="all",
                    discounted=False)  # fmt: skip
        assert only(budget, payer=payer)["mean"].sum() == pytest.approx(total["mean"])


def test_budget_impact_keeps_set_up_apart(tables: Tables) -> None:
    change = only(
        tables["budget_impact"], arm="more", payer="ministry", measure="change", kind="set_up", releases="all"
    )
    assert change.sort_values("year")["mean"].tolist() == [0, 500, 0, 0]


def test_the_comparator_differs_from_itself_by_nothing(tables: Tables) -> None:
    change = only(tables["budget_impact"], arm="now", measure="change")
    assert (change["mean"] == 0).all()
    assert set(tables["economic_differences"]["arm"]) == {"more"}


def test_health_by_group_adds_up(tables: Tables) -> None:
    health = only(tables["health"], arm="more", discounted=True)
    for measure in ("qalys", "life_years"):
        block = only(health, measure=measure)
        assert one(block, group="all")["mean"] == pytest.approx(one(block, group="all_people")["mean"])
    years = one(health, group="all", measure="life_years")["mean"]
    assert one(health, group="all", measure="qalys")["mean"] == pytest.approx(0.72 * years)


def test_net_benefit_is_the_same_in_both_tables_and_in_health(tables: Tables) -> None:
    for _, row in tables["cost_effectiveness"].iterrows():
        for threshold in (100, 50_000):
            keys = {"arm": row["arm"], "perspective": row["perspective"], "threshold": threshold}
            money = one(tables["net_benefit"], **keys, measure="net_monetary_benefit")
            health = one(tables["net_benefit"], **keys, measure="net_health_benefit")
            expected = threshold * row["qalys"] - row["cost"]
            assert money["mean"] == pytest.approx(expected)
            assert row[f"net_monetary_benefit_{threshold}"] == pytest.approx(expected)
            assert health["mean"] * threshold == pytest.approx(money["mean"])
    best = only(tables["net_benefit"], measure="net_monetary_benefit")
    alone = best.groupby(["perspective", "threshold"])["draws_best"].sum()
    tied = best.groupby(["perspective", "threshold"])["draws_tied"].max()
    assert (alone + tied == best["n_draws"].iloc[0]).all()  # of two arms one is best, or both are


def test_benefits_are_valued_three_ways_in_rows_of_their_own(tables: Tables) -> None:
    table = only(tables["cost_benefit"], perspective="societal", arm="more")
    assert set(table["valuation"]) == {"vsl", "vsly", "qaly"}
    for _, block in table.groupby(["valuation", "threshold"], dropna=False):
        parts = {row["measure"]: row["mean"] for _, row in block.iterrows()}
        assert parts["benefit"] == pytest.approx(parts["benefit_health"] + parts["benefit_costs_saved"])
        assert parts["net_benefit"] == pytest.approx(parts["benefit"] - parts["cost"])
        assert parts["ratio"] == pytest.approx(parts["benefit"] / parts["cost"])


def test_a_benefit_cost_row_lists_its_streams_and_leaves_out_forgone_wages(tables: Tables) -> None:
    row = one(tables["cost_benefit"], perspective="societal", arm="more", valuation="vsl", measure="benefit")
    assert row["numerator"] == "deaths (vsl), ambulance, crime"
    assert row["denominator"] == "site.set_up, site.open_year"
    assert row["left_out"] == "wages"


def test_both_tables_give_one_net_benefit(tables: Tables) -> None:
    """Cost-effectiveness and benefit-cost follow one rule for earnings of the dead, in every perspective."""
    one_way = only(tables["net_benefit"], measure="net_monetary_benefit", arm="more")
    other = only(tables["cost_benefit"], measure="net_benefit", valuation="qaly", arm="more")
    keys = ["perspective", "threshold"]
    first = one_way.set_index(keys)["difference_mean"].sort_index()
    second = other.set_index(keys)["mean"].sort_index()
    assert first.to_dict() == pytest.approx(second.to_dict())
    assert set(first.index.get_level_values("perspective")) == {
        "health_sector", "societal", "human_capital", "police",
    }  # fmt: skip


def test_only_a_perspective_that_says_so_counts_earnings_and_never_beside_a_value_of_lives(
    tables: Tables,
) -> None:
    rows = only(tables["cost_benefit"], measure="benefit", arm="more")
    for perspective, valuation, left_out in (
        ("societal", "qaly", "wages"), ("societal", "vsl", "wages"), ("human_capital", "qaly", ""),
        ("human_capital", "vsl", "wages"), ("human_capital", "vsly", "wages"),
    ):  # fmt: skip
        found = only(rows, perspective=perspective, valuation=valuation)
        assert set(found["left_out"]) == {left_out}
        assert {"wages" in text for text in found["numerator"]} == {left_out == ""}


def test_deaths_averted_are_valued_at_the_discounted_value_of_a_life(
    tables: Tables, valuations: list[Valuation]
) -> None:
    deaths = np.mean([v.effects("deaths", discounted=True) for v in valuations], axis=0)
    row = one(tables["cost_benefit"], perspective="societal", valuation="vsl", measure="benefit_health")
    assert row["mean"] == pytest.approx(1_000_000 * (deaths[0] - deaths[1]))


def test_statistics_are_those_of_the_draws() -> None:
    values = np.array([1.0, 2.0, 3.0, 6.0])
    summary = describe(values)
    assert (summary["mean"], summary["n_draws"]) == (3.0, 4)
    assert summary["sd"] == pytest.approx(np.sqrt(14 / 3))
    assert summary["mcse"] == pytest.approx(np.sqrt(14 / 3) / 2)
    assert (summary["low"], summary["high"]) == (1.0, 6.0)


def test_one_draw_says_nothing_about_spread() -> None:
    summary = describe(np.array([3.0]))
    assert summary["mean"] == 3.0
    assert all(np.isnan(summary[key]) for key in ("sd", "mcse", "low", "high"))


def test_replicates_of_a_draw_count_as_one(valuations: list[Valuation]) -> None:
    sample = collect(valuations, [0, 0, 1, 1, 2, 2])
    qalys = sample.effects("qalys", discounted=False)
    each = np.array([v.effects("qalys", discounted=False) for v in valuations])
    assert qalys == pytest.approx(each.reshape(3, 2, 2).mean(axis=1))


def test_draws_in_any_order_give_the_same_tables(
    valuations: list[Valuation], book: PriceBook, analysis: Analysis, tables: Tables
) -> None:
    again = summarise(valuations[::-1], book, analysis, left_out=("price of nothing",))
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table, again[name], rtol=1e-12)


def test_nothing_to_summarise_and_mixed_runs_are_refused(valuations: list[Valuation]) -> None:
    with pytest.raises(ValueError, match="no valuation"):
        collect([])
    other = Valuation(**(vars(valuations[0]) | {"arms": ("now", "else")}))
    with pytest.raises(ValueError, match="share arms"):
        collect([valuations[0], other])


def test_the_inventory_says_what_was_not_considered(tables: Tables) -> None:
    inventory = tables["impact_inventory"].set_index(["sector", "category"])["considered"]
    assert inventory["health", "emergency_care"] == "considered"
    assert inventory["health", "travel"] == "not considered"
    assert inventory["criminal_justice", "crime"] == "considered"
    assert inventory["left_out", "price of nothing"] == "not considered"


def test_the_packaged_book_prices_a_ledger_of_the_full_contract(
    make_ledger: Callable[..., Ledger], make_analysis: Callable[..., Analysis]
) -> None:
    dimensions = (
        ("use", ("injecting", "other_route", "not_using")),
        ("oat", ("none", "oat_methadone", "oat_buprenorphine")),
        ("housing", ("stable", "unstable")), ("custody", ("community", "custody")),
        ("hiv", ("none", "untreated", "treated")),
        ("hcv", ("none", "chronic", "cirrhosis", "decompensated", "cancer")), ("brain_injury", ("no", "yes")),
    )  # fmt: skip
    names = {line.event for line in load_price_book().lines if line.event} | {"overdose_nonfatal"}
    ledger = make_ledger(
        quarters=8, event_names=tuple(sorted(names)), events=3, state_dimensions=dimensions,
        state_ticks=TICKS_PER_YEAR,
    )  # fmt: skip
    matched = match_to_ledger(ledger, load_price_book(), load_utilities())
    assert matched.left_out == ()
    rows = {row.id: row.value for row in load_register().values()}
    analysis = make_analysis(0.015, perspectives=("health_payer", "health_sector", "societal"))
    result = summarise([value_ledger(ledger, matched.prices, matched.utilities, analysis, rows)] * 2,
                       matched.prices, analysis)  # fmt: skip
    payer, sector, societal = (
        one(result["cost_effectiveness"], arm="now", perspective=name)["cost"]
        for name in analysis.perspectives
    )
    assert 0 < payer <= sector < societal
    assert set(result["cost_effectiveness"]["words"]) == {
        "the cheapest; same cost and effect as more", "the cheapest; same cost and effect as now",
    }  # fmt: skip


def test_the_table_of_draws_has_the_means_of_the_decision_table(
    valuations: list[Valuation], book: PriceBook, analysis: Analysis, tables: Tables
) -> None:
    """Tidy: a row for each draw, arm and perspective, as BCEA, voi and SAVI are fed."""
    found = psa_table(collect(valuations, list(range(len(valuations)))), book, analysis)
    assert list(found.columns[:5]) == ["draw", "arm", "perspective", "cost", "qalys"]
    assert not found.duplicated(["draw", "arm", "perspective"]).any()
    assert sorted(set(found["draw"])) == list(range(len(valuations)))
    decided = tables["cost_effectiveness"].set_index(["perspective", "arm"])
    for keys, rows in found.groupby(["perspective", "arm"]):
        assert rows["cost"].mean() == pytest.approx(decided.loc[keys, "cost"])
        assert rows["qalys"].mean() == pytest.approx(decided.loc[keys, "qalys"])
