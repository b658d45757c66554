"""Budget impact: the ledger's quantities times prices, shared out by days among fiscal years, to the cent."""

import datetime
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from hrsim.economics import Analysis, CostLine, PriceBook, ServiceCost, Utilities, summarise, value_ledger
from hrsim.economics.fiscal import fiscal_years, shares_of_quarters
from hrsim.engine.ledger import Ledger
from hrsim.units import TICKS_PER_DAY, TICKS_PER_QUARTER, TICKS_PER_YEAR

DAY = TICKS_PER_DAY
START = datetime.date(2026, 1, 1)
QUARTERS = 8
SITE = [
    ServiceCost("site", per, price, "CAD", 2024, "ministry", "health", "programme")
    for per, price in (("set_up", 1000.0), ("open_year", 365.25))
]


def test_fiscal_years_are_cut_by_start_and_horizon_and_know_leap_years() -> None:
    years = fiscal_years(START, 4, 1, round(2.5 * TICKS_PER_YEAR))
    assert [str(day) for day in years.first_days] == ["2025-04-01", "2026-04-01", "2027-04-01", "2028-04-01"]
    assert years.labels[1] == "2026-04-01 to 2027-03-31"
    assert (years.edges / DAY).tolist() == [0, 90, 455, 821, 913.125]  # 2028 has a 29 February
    assert years.shares == pytest.approx([90 / 365, 1, 1, 92.125 / 365])
    whole = fiscal_years(START, 1, 1, TICKS_PER_YEAR)
    assert (whole.edges / DAY).tolist() == [0, 365, 365.25]


def test_every_quarter_is_shared_out_whole_by_days() -> None:
    edges = np.arange(QUARTERS + 1) * TICKS_PER_QUARTER
    shares = shares_of_quarters(edges, fiscal_years(START, 4, 1, int(edges[-1])))
    assert shares.sum(axis=0) == pytest.approx(np.ones(QUARTERS), abs=1e-15)
    assert shares[:2, 0] == pytest.approx([90 / 91.3125, 1.3125 / 91.3125])


@pytest.fixture
def ledger(make_ledger: Callable[..., Ledger]) -> Ledger:
    """A hundred overdoses a quarter; the site opens on 1 April 2026 in the second arm, for good."""
    flow = np.zeros((2, QUARTERS, 1, 7), dtype=np.int64)
    flow[1, :, 0, 6] = TICKS_PER_QUARTER
    flow[1, 0, 0, 6] = TICKS_PER_QUARTER - 90 * DAY
    events = np.array([100, 0]) * np.array([[[[1]]], [[[2]]]])
    return make_ledger(quarters=QUARTERS, events=events, service_flow=flow)


@pytest.fixture
def book(make_line: Callable[..., CostLine], make_book: Callable[..., PriceBook]) -> PriceBook:
    return make_book(
        make_line(name="beds", price={"value": 12.34}, releases="capacity"),
        make_line(name="pills", price={"value": 0.99}, releases="cash"),
        make_line(name="police", price={"value": 5.0}, releases="capacity", payer="police"),
        make_line(name="wages", price={"value": 7.0}, releases="none", payer="society"),
        make_line(name="grief", price={"value": 9.0}, releases="none"),
    )


def budget(ledger: Ledger, book: PriceBook, utilities: Utilities, analysis: Analysis) -> pd.DataFrame:
    value = value_ledger(ledger, book, utilities, analysis, {}, SITE)
    return summarise([value], book, analysis)["budget_impact"]


def means(table: pd.DataFrame, **keys: object) -> list[float]:
    for column, value in {"arm": "more", "measure": "spending", **keys}.items():
        table = table[table[column] == value]
    return table.sort_values("year")["mean"].tolist()


def test_the_table_is_the_ledger_times_prices_to_the_cent(
    ledger: Ledger, book: PriceBook, utilities: Utilities, make_analysis: Callable[..., Analysis]
) -> None:
    table = budget(ledger, book, utilities, make_analysis())
    quarters_in = [90 / 91.3125, 365 / 91.3125, QUARTERS - 455 / 91.3125]
    per_quarter = {"cash": 200 * 0.99, "capacity": 200 * 12.34}
    open_days = [0, 365, 730.5 - 455]
    for releases, amount in per_quarter.items():
        expected = np.array(quarters_in) * amount + (np.array(open_days) if releases == "cash" else 0)
        found = means(table, payer="ministry", kind="running", releases=releases)
        assert found == pytest.approx(expected, abs=0.005)
    assert means(table, payer="ministry", kind="set_up", releases="all") == [0, 1000, 0]
    whole = np.array(means(table, payer="ministry", kind="all", releases="all"))
    parts = [means(table, payer="ministry", kind="running", releases=r) for r in ("cash", "capacity")]
    assert whole == pytest.approx(np.sum(parts, axis=0) + np.array([0, 1000, 0]))
    assert whole.sum() == pytest.approx(8 * 200 * 13.33 + 1000 + 730.5 - 90, abs=0.005)


def test_a_loss_that_gives_nothing_back_is_in_nobodys_budget(
    ledger: Ledger, book: PriceBook, utilities: Utilities, make_analysis: Callable[..., Analysis]
) -> None:
    """It counts for society, and neither as a payer of its own nor within another's budget."""
    table = budget(ledger, book, utilities, make_analysis())
    assert set(table["payer"]) == {"ministry", "police"}
    assert set(table["releases"]) == {"all", "cash", "capacity"}
    running = [
        means(table, payer="ministry", kind="running", releases=r) for r in ("all", "cash", "capacity")
    ]
    assert running[0] == pytest.approx(np.sum(running[1:], axis=0))


def test_cash_and_capacity_have_totals_over_set_up_and_running(
    ledger: Ledger, book: PriceBook, utilities: Utilities, make_analysis: Callable[..., Analysis]
) -> None:
    table = budget(ledger, book, utilities, make_analysis())
    for releases in ("cash", "capacity"):
        parts = [
            means(table, payer="ministry", kind=kind, releases=releases) or [0.0] * 3
            for kind in ("set_up", "running")
        ]
        whole = means(table, payer="ministry", kind="all", releases=releases)
        assert whole == pytest.approx(np.sum(parts, axis=0))


def test_changes_are_against_the_comparator_and_cut_years_are_marked(
    ledger: Ledger, book: PriceBook, utilities: Utilities, make_analysis: Callable[..., Analysis]
) -> None:
    table = budget(ledger, book, utilities, make_analysis())
    change = means(table, payer="police", kind="all", releases="all", measure="change")
    assert change == pytest.approx([500 * part for part in (90 / 91.3125, 365 / 91.3125, 8 - 455 / 91.3125)])
    assert set(table[table["arm"] == "now"].query("measure == 'change'")["mean"]) == {0.0}
    shares = table.drop_duplicates("year").set_index("year")["share_of_year"]
    assert shares.to_dict() == pytest.approx({2025: 90 / 365, 2026: 1, 2027: 275.5 / 366})


def test_a_calendar_fiscal_year_and_fewer_years(
    ledger: Ledger, book: PriceBook, utilities: Utilities, make_analysis: Callable[..., Analysis]
) -> None:
    analysis = make_analysis(fiscal_year_starts=(1, 1), budget_years=1)
    table = budget(ledger, book, utilities, analysis)
    assert set(table["fiscal_year"]) == {"2026-01-01 to 2026-12-31"}
    assert means(table, payer="police", kind="all", releases="all") == pytest.approx([1000 * 365 / 91.3125])
