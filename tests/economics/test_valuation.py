"""The layer itself returns D3, D3c and D6 from a ledger, and prices each quantity as its unit says."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from hrsim.economics import (
    Analysis,
    Convention,
    CostLine,
    DiscountSchedule,
    PriceBook,
    ServiceCost,
    Utilities,
    match_to_ledger,
    value_ledger,
)
from hrsim.engine.ledger import Ledger
from hrsim.errors import StudyError
from hrsim.units import TICKS_PER_QUARTER, TICKS_PER_YEAR

Make = Callable[..., Ledger]
UTILITY, HAZARD, RATE = 0.72, 0.016, 0.03
FORCE = math.log1p(RATE)


def dying_cohort(make_ledger: Make, years: float, step_ticks: int) -> tuple[Ledger, float]:
    """A large cohort at a constant hazard: its expected person-time and deaths in each interval."""
    people = 1e9
    edges = np.arange(0, years * TICKS_PER_YEAR + 1, step_ticks, dtype=np.int64)
    alive = np.exp(-HAZARD * edges / TICKS_PER_YEAR)
    deaths = np.rint(people * -np.diff(alive))
    ticks = np.rint(people * -np.diff(alive) / HAZARD * TICKS_PER_YEAR)
    ledger = make_ledger(
        quarter_edges=edges,
        events=np.stack([0 * deaths, deaths], axis=-1)[None, :, None, :],
        state_ticks=np.stack([ticks, 0 * ticks], axis=-1)[None, :, None, :],
    )
    return ledger, people


def closed_form(years: float) -> float:
    return UTILITY / (HAZARD + FORCE) * -math.expm1(-(HAZARD + FORCE) * years)


def test_d3_quality_adjusted_life_over_twenty_years(
    make_ledger: Make, make_analysis: Callable[..., Analysis], make_book: Callable[..., PriceBook],
    utilities: Utilities,
) -> None:  # fmt: skip
    ledger, people = dying_cohort(make_ledger, 20, TICKS_PER_YEAR // 100)
    valued = value_ledger(ledger, make_book(), utilities, make_analysis(RATE), {})
    qalys = valued.effects("qalys", discounted=True) / people
    assert qalys == pytest.approx(9.449836, abs=5e-7)
    assert qalys == pytest.approx(closed_form(20), rel=1e-8)


def test_d3_quarters_are_low_by_the_stated_second_order_error(
    make_ledger: Make, make_analysis: Callable[..., Analysis], make_book: Callable[..., PriceBook],
    utilities: Utilities,
) -> None:  # fmt: skip
    ledger, people = dying_cohort(make_ledger, 400, TICKS_PER_QUARTER)
    valued = value_ledger(ledger, make_book(), utilities, make_analysis(RATE), {})
    qalys = valued.effects("qalys", discounted=True)[0] / people
    assert closed_form(400) == pytest.approx(15.803752, abs=5e-7)
    stated = FORCE * HAZARD * 0.25**2 / 12
    assert 1 - qalys / closed_form(400) == pytest.approx(stated, rel=0.01)


def test_d3c_discounted_cost_of_a_death(
    make_ledger: Make, make_analysis: Callable[..., Analysis], make_book: Callable[..., PriceBook],
    make_line: Callable[..., CostLine], utilities: Utilities,
) -> None:  # fmt: skip
    ledger, people = dying_cohort(make_ledger, 400, TICKS_PER_QUARTER)
    book = make_book(make_line(event="overdose_death", price={"value": 5000.0}))
    valued = value_ledger(ledger, book, utilities, make_analysis(RATE), {})
    cost = valued.line_costs(discounted=True)[0, 0] / people
    assert cost == pytest.approx(1755.97242, rel=4e-6)
    assert valued.line_costs(discounted=False)[0, 0] / people == pytest.approx(5000, rel=2e-3)


def test_d6_stock_of_treatment_places(
    make_ledger: Make, make_analysis: Callable[..., Analysis], make_book: Callable[..., PriceBook],
    utilities: Utilities,
) -> None:  # fmt: skip
    flow = np.zeros((2, 20, 1, 7), dtype=np.int64)
    flow[1, :, 0, 2] = 210 * TICKS_PER_QUARTER
    ledger = make_ledger(quarters=20, service_flow=flow)
    place = ServiceCost("site", "client_year", 1.0, "CAD", 2024, "ministry", "health", "programme")
    valued = value_ledger(ledger, make_book(), utilities, make_analysis(0.05), {}, [place])
    assert valued.line_costs(discounted=True)[:, 0] == pytest.approx([0, 931.73503], abs=5e-6)
    assert valued.line_costs(discounted=False)[:, 0] == pytest.approx([0, 1050])


def test_costs_and_effects_have_rates_of_their_own(
    make_ledger: Make, make_analysis: Callable[..., Analysis], make_book: Callable[..., PriceBook],
    make_line: Callable[..., CostLine], utilities: Utilities,
) -> None:  # fmt: skip
    ledger = make_ledger(quarters=120, state_ticks=[TICKS_PER_QUARTER, 0])
    analysis = make_analysis(
        cost_discount=DiscountSchedule.constant(RATE, Convention.END_OF_YEAR),
        effect_discount=DiscountSchedule.constant(RATE),
    )
    book = make_book(make_line(per="person_year"))
    valued = value_ledger(ledger, book, utilities, analysis, {})
    assert valued.line_costs(discounted=True)[0, 0] == pytest.approx(19.600441, abs=5e-7)
    assert valued.effects("life_years", discounted=True)[0] == pytest.approx(19.893000, abs=5e-7)
    assert valued.effects("qalys", discounted=False)[0] == pytest.approx(30 * UTILITY)


@pytest.mark.parametrize(
    ("per", "flow", "amount", "quantity"),
    [
        ("contact", "contacts", 7, 7),
        ("start", "starts", 7, 7),
        ("kit", "items", 7, 7),
        ("client_year", "client_ticks", TICKS_PER_YEAR, 1),
        ("place_year", "place_ticks", TICKS_PER_YEAR, 1),
        ("site_year", "site_ticks", TICKS_PER_YEAR, 1),
        ("open_year", "open_ticks", TICKS_PER_YEAR, 1),
    ],
)
def test_each_service_unit_prices_its_own_flow(
    make_ledger: Make, make_analysis: Callable[..., Analysis], make_book: Callable[..., PriceBook],
    utilities: Utilities, per: str, flow: str, amount: int, quantity: float,
) -> None:  # fmt: skip
    names = make_ledger().flow_names
    ledger = make_ledger(quarters=1, service_flow=[amount if name == flow else 0 for name in names])
    cost = ServiceCost("site", per, 11.0, "CAD", 2024, "ministry", "health", "programme", arms=("more",))
    valued = value_ledger(ledger, make_book(), utilities, make_analysis(), {}, [cost])
    assert valued.service_costs[:, 0, 0] == pytest.approx([0, 11 * quantity])


def test_state_lines_price_the_chosen_states_by_month_or_year(
    make_ledger: Make, make_analysis: Callable[..., Analysis], make_book: Callable[..., PriceBook],
    make_line: Callable[..., CostLine], utilities: Utilities,
) -> None:  # fmt: skip
    ledger = make_ledger(quarters=1, state_ticks=[TICKS_PER_YEAR, 3 * TICKS_PER_YEAR])
    book = make_book(
        make_line(name="month", per="person_month", states={"level": ["high"]}),
        make_line(name="year", per="person_year", states={"level": {"not": ["high"]}}),
        make_line(name="income", per="person_year", direction=-1),
    )
    valued = value_ledger(ledger, book, utilities, make_analysis(), {})
    assert valued.costs[0, 0] == pytest.approx([36, 1, -4])


def open_sites(sites: list[list[float]]) -> np.ndarray:
    """Flows of a service open all quarter with so many sites; none means closed."""
    flow = np.zeros((2, len(sites[0]), 1, 7), dtype=np.int64)
    flow[:, :, 0, 5] = np.array(sites) * TICKS_PER_QUARTER
    flow[:, :, 0, 6] = (np.array(sites) > 0) * TICKS_PER_QUARTER
    return flow


def test_set_up_is_paid_once_for_each_new_site_and_never_for_what_exists(
    make_ledger: Make, make_analysis: Callable[..., Analysis], make_book: Callable[..., PriceBook],
    utilities: Utilities,
) -> None:  # fmt: skip
    cost = ServiceCost("site", "set_up", 1.0, "CAD", 2024, "ministry", "health", "programme")

    def set_ups(sites: list[list[float]]) -> list[list[float]]:
        ledger = make_ledger(quarters=4, service_flow=open_sites(sites))
        valued = value_ledger(ledger, make_book(), utilities, make_analysis(), {}, [cost])
        return valued.service_costs[:, :, 0].tolist()

    assert set_ups([[0, 0, 0, 0], [0, 1, 1, 1]]) == [[0, 0, 0, 0], [0, 1, 0, 0]]
    assert set_ups([[1, 1, 1, 1], [1, 1, 3, 3]]) == [[0, 0, 0, 0], [0, 0, 2, 0]]
    assert set_ups([[1, 1, 1, 1], [1, 0, 0, 1]]) == [[0, 0, 0, 0], [0, 0, 0, 0]]
    assert set_ups([[0, 0, 0, 0], [2, 2, 2, 2]]) == [[0, 0, 0, 0], [2, 0, 0, 0]]


def test_a_service_that_opens_within_the_first_quarter_is_new(
    make_ledger: Make, make_analysis: Callable[..., Analysis], make_book: Callable[..., PriceBook],
    utilities: Utilities,
) -> None:  # fmt: skip
    flow = np.zeros((2, 1, 1, 7), dtype=np.int64)
    flow[..., 6] = TICKS_PER_QUARTER // 2
    cost = ServiceCost("site", "set_up", 1.0, "CAD", 2024, "ministry", "health", "programme")
    ledger = make_ledger(quarters=1, service_flow=flow)
    valued = value_ledger(ledger, make_book(), utilities, make_analysis(), {}, [cost])
    assert valued.service_costs[:, 0, 0].tolist() == [1, 1]


def test_prices_are_drawn_and_converted(
    make_ledger: Make, make_analysis: Callable[..., Analysis], make_book: Callable[..., PriceBook],
    make_line: Callable[..., CostLine], utilities: Utilities,
) -> None:  # fmt: skip
    ledger = make_ledger(quarters=1, events=[1, 0])
    book = make_book(make_line(price="cost.x", currency="USD", price_year=2024))
    valued = value_ledger(ledger, book, utilities, make_analysis(), {"cost.x": 100.0})
    assert valued.costs[0, 0, 0] == pytest.approx(115.0472)


def test_events_change_quality_of_life_in_their_quarter(
    make_ledger: Make,
    make_analysis: Callable[..., Analysis],
    make_book: Callable[..., PriceBook],
    utilities: Utilities,
) -> None:
    change = {"event": "overdose_nonfatal", "utility": {"value": 0.5}, "instead_of": {"value": 0.74}}
    rule = change | {"duration": {"value": 1}, "unit": "months"}
    weights = Utilities.model_validate({**utilities.model_dump(by_alias=True), "events": [rule]})
    ledger = make_ledger(quarters=1, events=[100, 0], state_ticks=[50 * TICKS_PER_YEAR, 0])
    valued = value_ledger(ledger, make_book(), weights, make_analysis(), {})
    assert valued.qalys[0, 0, 0] == pytest.approx(50 * UTILITY - 100 * 0.24 / 12)


def test_everything_the_ledger_lacks_is_named_at_once(
    make_ledger: Make, make_analysis: Callable[..., Analysis], make_book: Callable[..., PriceBook],
    make_line: Callable[..., CostLine], utilities: Utilities,
) -> None:  # fmt: skip
    book = make_book(
        make_line(name="a", event="stroke"),
        make_line(name="b", per="person_year", states={"level": ["middle"]}),
        make_line(name="c", per="person_year", states={"mood": ["good"]}),
        make_line(name="d", per="contact", service="clinic"),
    )
    analysis = make_analysis(comparator="before")
    with pytest.raises(StudyError) as refused:
        value_ledger(make_ledger(), book, utilities, analysis, {})
    assert {problem.path for problem in refused.value.problems} == {
        "prices.a", "prices.b", "prices.c", "prices.d", "analysis.comparator",
    }  # fmt: skip


def test_what_is_left_out_of_a_match_is_named_and_the_rest_is_priced(
    make_ledger: Make, make_analysis: Callable[..., Analysis], make_book: Callable[..., PriceBook],
    make_line: Callable[..., CostLine], utilities: Utilities,
) -> None:  # fmt: skip
    change = {"event": "stroke", "utility": {"value": -0.1}, "duration": {"value": 1}, "unit": "weeks"}
    weights = Utilities.model_validate({**utilities.model_dump(by_alias=True), "events": [change]})
    matched = match_to_ledger(
        make_ledger(), make_book(make_line(), make_line(name="gone", event="stroke")), weights
    )
    assert matched.left_out == ("price gone", "utility of stroke")
    valued = value_ledger(make_ledger(), matched.prices, matched.utilities, make_analysis(), {})
    assert [line.name for line in valued.lines] == ["line"]


def test_a_threshold_must_be_above_zero(make_analysis: Callable[..., Analysis]) -> None:
    with pytest.raises(ValueError, match="above 0"):
        make_analysis(thresholds=(0.0,))


def test_equal_arms_are_worth_the_same_to_the_last_bit(
    make_ledger: Make, make_analysis: Callable[..., Analysis], make_book: Callable[..., PriceBook],
    utilities: Utilities,
) -> None:  # fmt: skip
    """Wherever an arm stands among others: no difference of 1e-12 may make one of them dominated."""
    random = np.random.default_rng(5)
    states = random.integers(0, 10**12, (41, 3, 2))
    events = random.integers(0, 10**6, (41, 3, 2))
    arms = ("now", *(f"same_{n}" for n in range(6)))
    ledger = make_ledger(
        arms=arms,
        quarters=41,
        groups=("sex=female", "sex=male", "sex=other"),
        state_ticks=np.broadcast_to(states, (7, 41, 3, 2)),
        events=np.broadcast_to(events, (7, 41, 3, 2)),
    )
    valued = value_ledger(ledger, make_book(), utilities, make_analysis(RATE), {})
    for name in ("qalys", "life_years", "deaths"):
        assert np.unique(valued.effects(name, discounted=True)).size == 1, name
    assert np.unique(valued.line_costs(discounted=True), axis=0).shape[0] == 1


def test_a_line_of_some_arms_prices_nothing_in_the_others(
    make_ledger: Callable[..., Ledger],
    make_line: Callable[..., CostLine],
    make_book: Callable[..., PriceBook],
    make_analysis: Callable[..., Analysis],
    utilities: Utilities,
) -> None:
    """Events and states too: the arms of a line were once read for services only."""
    ledger = make_ledger(events=3, state_ticks=TICKS_PER_QUARTER)
    book = make_book(
        make_line(name="event", arms=("more",)), make_line(name="state", per="person_year", arms=("now",))
    )
    costs = value_ledger(ledger, book, utilities, make_analysis(), {}).line_costs(discounted=False)
    assert costs == pytest.approx(np.array([[0, 2], [12, 0]]))
