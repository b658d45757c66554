"""One service in any two shapes, in either order of arms: each arm is the arm that it is alone."""

from collections.abc import Mapping
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from hrsim.engine.ledger import Ledger
from tests.simulation.studies import bare, events, flow, prepared, run

PEOPLE, YEARS, LUCK = 120, 0.75, 7
LESS_HARM = {"on": "event.harm", "multiplier": 0.1}
MANY = {"reach": 6.0, "effects": [LESS_HARM]}
MONTHS = {"mean": "4 months"}
DAILY = {
    "kind": "clinic",
    "staff": 1,
    "hours": "09:00-17:00",
    "minutes_per_visit": 30,
    "arrivals": {"per_day": 10},
    "patience_minutes": 30,
}
PRICE = {
    "per": "client_year",
    "price": 100,
    "currency": "CAD",
    "price_year": 2024,
    "category": "services",
    "sector": "health",
    "payer": "province",
}
SHAPES: dict[str, dict[str, Any]] = {
    "stays": {**MANY, "stay": MONTHS},
    "coverage": {"coverage": 0.5, "effects": [LESS_HARM]},
    "covers_who_lack_it": {
        "coverage": 0.6,
        "eligible": {"not_enrolled_in": ["held"]},
        "effects": [LESS_HARM],
    },
    "places": {**MANY, "stay": MONTHS, "capacity": {"places": 10}, "waiting": {"patience": 0.2}},
    "pool": {**MANY, "stay": MONTHS, "exclusive": "opioid_agonist_treatment"},
    "other_pool": {
        **MANY,
        "stay": {"weibull": {"shape": 0.6, "rate": 0.2, "unit": "week"}},
        "exclusive": "w",
    },
    "short_window": {
        "reach": 6.0,
        "stay": MONTHS,
        "effects": [{"on": "event.harm", "multiplier": 0.1, "during": {"first": "3 weeks"}}],
    },
    "long_windows": {
        "reach": 6.0,
        "stay": MONTHS,
        "effects": [
            {"on": "event.harm", "multiplier": 4, "during": {"first": "9 weeks"}},
            {"on": "event.harm", "multiplier": 0.2, "during": {"after": "9 weeks"}},
        ],
    },
    "contacts": {"reach": 6.0, "effects": [{**LESS_HARM, "during": {"contact": "4 weeks"}, "share": 0.5}]},
    "kits": {"reach": 6.0, "delivers": {"naloxone_kits": 2}, "at_start": {"kits_per_person": 1.0}},
    "at_start": {"stay": MONTHS, "at_start": {"enrolled": 0.5}, "effects": [LESS_HARM]},
    "site": {
        "reach": 6.0,
        "stay": MONTHS,
        "capacity": {"sites": 1, "booths": 1, "hours": "08:00-10:00", "minutes_per_visit": 30},
        "delivers": {"supervised_use": {"visits_per_client_year": 400, "routes": ["injecting"]}},
    },
    "day": {**MANY, "stay": MONTHS, "operations": DAILY},
    "channels": {"reach": {"channels": {"bus": {"rate": 4.0}}}, "stay": MONTHS, "effects": [LESS_HARM]},
    "ramp": {
        "reach": {"from": 2.0, "to": 9.0, "over": "6 months"},
        "stay": MONTHS,
        "effects": [{**LESS_HARM, "by_year": {2026: 0.3}}],
    },
    "course": {
        **MANY,
        "stay": {"fixed": "6 weeks"},
        "delivers": {"hcv_cure": 0.9, "hiv_treatment": 0.9},
        "ends_on": ["custody_entry"],
    },
    "referral": {"stay": MONTHS, "effects": [LESS_HARM]},
    "prompted": {"stay": MONTHS, "prompted_by": {"custody_release": 0.8}, "effects": [LESS_HARM]},
    "onward": {
        **MANY,
        "stay": {"fixed": "3 weeks", "leads_to": [{"service": "held", "probability": 0.5}]},
    },
    "paid": {**MANY, "stay": MONTHS, "costs": [PRICE]},
}
OTHERS = {
    "door": {"reach": 3.0, "refers_to": [{"service": "held", "probability": 0.5}]},
    "held": {"stay": MONTHS, "effects": [{"on": "custody_entry", "multiplier": 0.5}]},
    "wide": {"coverage": 0.4, "effects": [LESS_HARM]},
}
FIGURES = {"exp.custody_entry_rate": 1.0, "exp.custody_stay_days": 30.0}


def arm(shape: str) -> dict[str, Any]:
    """Return an arm with the service in a shape, and what the shape needs of the arm beside."""
    services = {"v": {"label": "V", **SHAPES[shape]}}
    found: dict[str, Any] = {"services": services}
    if shape == "referral":
        services["door"] = {"refers_to": [{"service": "v", "probability": 0.7}]}
    if shape == "paid":
        money = {"per_fiscal_year": 3000, "fiscal_year_starts": "04-01", "services": ["v"]}
        found["budgets"] = {"purse": money}
    return found


@cache
def study(*shapes: str) -> Ledger:
    arms = {"none": {}, **{shape: arm(shape) for shape in shapes}}
    tree = bare(PEOPLE, YEARS, OTHERS, on=("custody", "overdose"), arms=arms, parameters=FIGURES)
    return run(prepared({**tree, "events": {"harm": {"label": "Harm", "rate": 1.0}}}), LUCK)


def counted(ledger: Ledger, name: str) -> Mapping[str, Any]:
    """Return everything that an arm counted, by names of services and of treatments that it has."""
    a = ledger.arms.index(name)
    (_, treatments), *rest = ledger.state_dimensions
    sizes = [len(levels) for _, levels in rest]
    states = ledger.state_ticks[a].reshape(*ledger.state_ticks.shape[1:3], len(treatments), *sizes)
    found: dict[str, Any] = {"events": ledger.events[a]}
    found |= {f"treatment {name}": states[:, :, n] for n, name in enumerate(treatments)}
    found |= {f"flow {name}": ledger.service_flow[a, :, s] for s, name in enumerate(ledger.service_names)}
    return {what: array for what, array in found.items() if array.any()}


def assert_same(one: Ledger, other: Ledger, name: str) -> None:
    first, second = counted(one, name), counted(other, name)
    assert first.keys() == second.keys(), name
    for what, array in first.items():
        assert np.array_equal(array, second[what]), f"{name}: {what} differs"


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_acts(shape: str) -> None:
    """The comparisons below can fail: no shape leaves the service empty."""
    ledger = study(shape)
    busy = [flow(ledger, name, "v")[1] for name in ("contacts", "client_ticks")]
    assert max(busy) > 5 and flow(ledger, "client_ticks", "v")[0] == 0
    assert events(ledger, "custody_release").min() > 20


@pytest.mark.parametrize("last", SHAPES)
def test_an_arm_is_the_same_among_all_shapes_whichever_comes_last(last: str) -> None:
    """All shapes in one study, each in turn the last; a first one by the reversed order."""
    rest = [shape for shape in SHAPES if shape != last]
    for order in ((*rest, last), (last, *reversed(rest))):
        ledger = study(*order)
        for shape in order:
            assert_same(study(shape), ledger, shape)


@pytest.mark.slow
@pytest.mark.parametrize(("one", "other"), list(combinations(SHAPES, 2)))
def test_two_shapes_in_either_order_are_each_what_they_are_alone(one: str, other: str) -> None:
    for order in ((one, other), (other, one)):
        ledger = study(*order)
        for shape in order:
            assert_same(study(shape), ledger, shape)
        assert_same(study(one), ledger, "none")
