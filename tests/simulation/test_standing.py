"""A service at 0 does not stand: it costs nothing to keep open, and whoever gives it more pays for setting it up."""

from typing import Any

import numpy as np
import pytest

from hrsim.economics import DiscountSchedule, PriceBook, ServiceCost, Utilities, value_ledger
from hrsim.economics.analysis import Analysis
from hrsim.economics.currency import load_conversions
from hrsim.economics.valuation import Valuation
from tests.simulation.studies import bare, central, prepared, run

SITE = {"booths": 3, "hours": "08:00-16:00", "minutes_per_visit": 30}
COURSE: dict[str, Any] = {"reach": 3.0, "stay": {"mean": "1 years"}}
SHAPES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "coverage": ({"coverage": 0.0}, {"coverage": 0.5}),
    "reach": ({"reach": 0.0}, {"reach": 2.0}),
    "channels": (
        {"reach": {"from": 0.0, "channels": {"street": {"rate": 0.0}}}},
        {"reach": {"from": 0.0, "channels": {"street": {"rate": 2.0}}}},
    ),
    "places": ({**COURSE, "capacity": {"places": 0}}, {**COURSE, "capacity": {"places": 9}}),
    "contacts": ({"reach": 2.0, "capacity": {"contacts_per_month": 0}},
                 {"reach": 2.0, "capacity": {"contacts_per_month": 9}}),
    "kits": ({"reach": 2.0, "delivers": {"naloxone_kits": 1}, "capacity": {"kits_per_year": 0}},
             {"reach": 2.0, "delivers": {"naloxone_kits": 1}, "capacity": {"kits_per_year": 99}}),
    "sites": ({"reach": 2.0, "capacity": {"sites": 0, **SITE}}, {"reach": 2.0, "capacity": {"sites": 1, **SITE}}),
}  # fmt: skip
STANDING: dict[str, dict[str, Any]] = {
    "prompted": {"reach": 0.0, "prompted_by": {"custody_release": 0.5}},
    "at_start": {"reach": 0.0, "stay": {"mean": "9 years"}, "at_start": {"enrolled": 0.5}},
}
LATER = {"coverage": {"from": 0.0, "by_year": {2027: 0.5}}}
UTILITIES = Utilities.model_validate({"base": [{"states": {}, "figure": {"value": 1.0}}]})


@pytest.fixture(scope="module")
def valued() -> Valuation:
    """Two years of three arms: everything at 0, everything given something, everything from 2027 on."""
    base = {
        **{name: zero for name, (zero, _) in SHAPES.items()}, **STANDING, "later": LATER,
        "labelled": {"coverage": 0.0},
    }  # fmt: skip
    arms = {
        "nothing": {"services": {"later": {"coverage": 0.0}}},
        "something": {"services": {name: some for name, (_, some) in SHAPES.items()}},
        "in_2027": {"services": {"labelled": LATER}},
    }
    study = prepared(bare(50, 2, base, arms=arms))
    costs = [
        ServiceCost(name, per, 1.0, "CAD", 2024, "payer", "health", "programme")
        for name in base
        for per in ("set_up", "open_year")
    ]
    flat = DiscountSchedule.constant(0.0)
    analysis = Analysis("nothing", 2026, "CAD", 2024, flat, flat, ("all",), (1.0,))
    book = PriceBook.model_validate(
        {"lines": (), "perspectives": {"all": {}}, "conversions": load_conversions()}
    )
    return value_ledger(run(study, 1), book, UTILITIES, analysis, central(study), costs)


def paid(value: Valuation, name: str, per: str) -> list[float]:
    return value.line_costs(discounted=False)[
        :, [line.name for line in value.lines].index(f"{name}.{per}")
    ].tolist()


@pytest.mark.parametrize("shape", SHAPES)
def test_a_service_at_0_in_the_comparator_is_set_up_by_the_arm_that_gives_it_something(
    valued: Valuation, shape: str
) -> None:
    assert paid(valued, shape, "set_up") == [0.0, 1.0, 0.0]
    assert paid(valued, shape, "open_year") == pytest.approx([0.0, 2.0, 0.0])


@pytest.mark.parametrize("name", STANDING)
def test_a_service_that_people_come_to_without_reach_stands(valued: Valuation, name: str) -> None:
    assert paid(valued, name, "set_up") == [0.0, 0.0, 0.0]
    assert paid(valued, name, "open_year") == pytest.approx([2.0, 2.0, 2.0])


def test_a_coverage_that_rises_from_0_stands_from_that_day_on(valued: Valuation) -> None:
    """365 days of 2026, so one day of a quarter of 91.3125 days is left to the fourth quarter."""
    names = [line.name for line in valued.lines]
    assert paid(valued, "labelled", "set_up") == [0.0, 0.0, 1.0]
    assert paid(valued, "labelled", "open_year") == pytest.approx([0.0, 0.0, 2.0 - 365 / 365.25])
    quarter = valued.costs[2, :, names.index("labelled.set_up")]
    assert np.flatnonzero(quarter).tolist() == [3]
