"""Money of one date belongs to that date: its discount factor and its fiscal year, in whatever quarter it falls."""

import datetime
from collections.abc import Callable

import numpy as np
import pytest

from hrsim.economics import (
    Analysis,
    DiscountSchedule,
    PriceBook,
    ServiceCost,
    Utilities,
    Valuation,
    value_ledger,
)
from hrsim.economics.discounting import Convention
from hrsim.engine.ledger import Ledger
from hrsim.units import TICKS_PER_DAY, TICKS_PER_QUARTER, TICKS_PER_YEAR
from tests.economics.conftest import FLOWS

QUARTERS = 12
PER = ("set_up", "open_year", "site_year", "place_year", "client_year", "contact", "start", "kit")
KINDS = [ServiceCost("site", per, 100.0, "CAD", 2024, "ministry", "health", "programme") for per in PER]
OPENINGS = (0, 1, TICKS_PER_QUARTER // 3, TICKS_PER_QUARTER, 90 * TICKS_PER_DAY, 5 * TICKS_PER_QUARTER)


def opened_at(tick: int) -> np.ndarray:
    """Flows of a service that the second arm has from a tick on: two sites, nine places, and something of all."""
    edges = np.arange(QUARTERS + 1) * TICKS_PER_QUARTER
    open_ticks = np.clip(edges[1:] - tick, 0, TICKS_PER_QUARTER)
    flow = np.zeros((2, QUARTERS, 1, len(FLOWS)), dtype=np.int64)
    for name, each in {"open_ticks": 1, "site_ticks": 2, "place_ticks": 9, "client_ticks": 5}.items():
        flow[1, :, 0, FLOWS.index(name)] = each * open_ticks
    for name in ("contacts", "starts", "items"):
        flow[1, :, 0, FLOWS.index(name)] = open_ticks // (TICKS_PER_DAY * 3)
    return flow


@pytest.fixture
def valued(
    make_ledger: Callable[..., Ledger], make_analysis: Callable[..., Analysis], make_book: Callable[..., PriceBook],
    utilities: Utilities,
) -> Callable[..., Valuation]:  # fmt: skip
    def value(tick: int, convention: Convention = Convention.CONTINUOUS) -> Valuation:
        schedule = DiscountSchedule(((0, 0.05), (1.5, 0.02)), convention)
        analysis = make_analysis(cost_discount=schedule, start=datetime.date(2026, 1, 1))
        ledger = make_ledger(quarters=QUARTERS, service_flow=opened_at(tick))
        return value_ledger(ledger, make_book(), utilities, analysis, {}, KINDS)

    return value


@pytest.mark.parametrize("tick", OPENINGS)
def test_set_up_is_discounted_at_its_day_and_stands_in_its_fiscal_year(
    valued: Callable[..., Valuation], tick: int
) -> None:
    value = valued(tick)
    years = tick / TICKS_PER_YEAR
    factor = 1.05 ** -min(years, 1.5) * 1.02 ** -max(0.0, years - 1.5)
    line = PER.index("set_up")
    assert value.line_costs(discounted=False)[:, line].tolist() == [0.0, 200.0]
    assert value.line_costs(discounted=True)[1, line] == pytest.approx(200.0 * factor, rel=1e-12)
    day = datetime.date(2026, 1, 1) + datetime.timedelta(days=tick // TICKS_PER_DAY)
    in_year = [first <= day < first.replace(year=first.year + 1) for first in value.fiscal_years.first_days]
    assert value.fiscal_costs[1, :, line] == pytest.approx(200.0 * np.array(in_year))


@pytest.mark.parametrize("tick", OPENINGS)
def test_an_open_year_is_discounted_from_its_opening_on(valued: Callable[..., Valuation], tick: int) -> None:
    """100 a year from the opening to the horizon of three years, in closed form, to each of the two rates."""
    years, total = tick / TICKS_PER_YEAR, 0.0
    for rate, low, high, before in ((0.05, 0.0, 1.5, 1.0), (0.02, 1.5, 3.0, 1.05**-1.5)):
        first, force = max(low, years), np.log1p(rate)
        total += before * (np.exp(-force * (first - low)) - np.exp(-force * (high - low))) / force
    found = valued(tick).line_costs(discounted=True)[1, PER.index("open_year")]
    assert found == pytest.approx(100.0 * total, rel=1e-10)


@pytest.mark.parametrize("convention", list(Convention))
@pytest.mark.parametrize("tick", OPENINGS)
def test_every_kind_of_cost_stands_once_in_the_fiscal_years_and_no_factor_leaves_its_bounds(
    valued: Callable[..., Valuation], tick: int, convention: Convention
) -> None:
    value = valued(tick, convention)
    plain, discounted = value.line_costs(discounted=False), value.line_costs(discounted=True)
    assert (plain[1] > 0).all() and (plain[0] == 0).all()
    assert value.fiscal_costs.sum(axis=1) == pytest.approx(plain)
    least = 1.05**-1.5 * 1.02**-1.5
    assert (discounted[1] >= plain[1] * least).all() and (discounted[1] <= plain[1]).all()
    before = np.searchsorted(value.fiscal_years.edges, tick, side="right") - 1
    assert (value.fiscal_costs[1, :before] == 0).all()
