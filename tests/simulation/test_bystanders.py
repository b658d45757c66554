"""P3 and P6: what one arm does moves no other arm; a service without effects moves nobody at all."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest

from hrsim.engine.ledger import Ledger
from hrsim.simulate import simulate
from tests.simulation.studies import central, prepared, run, town, town_tree

LUCK = 20261
NEUTRAL_TARGETS = (
    "overdose", "overdose_fatality", "skin_infection", "stop_use", "custody_entry", "gain_housing",
    "emergency_visit", "start.oat_methadone", "leave.oat_methadone",
)  # fmt: skip
NEUTRAL = {
    "label": "A programme without effects",
    "reach": 0.8,
    "stay": {"mean": "9 months"},
    "effects": [{"on": target, "multiplier": 1.0, "scope": "direct"} for target in NEUTRAL_TARGETS],
}
NEW_SERVICE = {
    "label": "A service that no other arm has",
    "reach": 3.0,
    "capacity": {"places": 40},
    "stay": {"weibull": {"shape": 0.6, "rate": 0.2, "unit": "week"}},
    "effects": [
        {"on": "overdose", "multiplier": 0.2},
        {"on": "overdose", "multiplier": 5, "during": {"after": "8 weeks"}},
    ],
    "refers_to": [{"service": "oat_methadone", "probability": 0.5}],
}
MANY_MORE_OVERDOSES = {
    "parameters": {
        "od.nf_rate_pwid_us_post2016": {"value": 3.0},
        "exp.custody_entry_rate": {"value": 2.0},
        "exp.unprotected_sex_acts_year": {"value": 1000.0},
    },
    "supply": {"shocks": [{"from": date(2027, 1, 1), "to": date(2028, 1, 1), "multiplier": 20}]},
    "services": {"newcomer": NEW_SERVICE},
}


@cache
def as_it_stands() -> Ledger:
    return run(town(), LUCK)


def arm(ledger: Ledger, name: str, services: Iterable[str]) -> dict[str, Any]:
    """Return everything that an arm counted, by name of service."""
    a = ledger.arms.index(name)
    found: dict[str, Any] = {"events": ledger.events[a], "states": ledger.state_ticks[a]}
    for service in services:
        found[service] = ledger.service_flow[a, :, ledger.service_names.index(service)]
    return found


def assert_same_arm(one: Ledger, other: Ledger, name: str, other_name: str | None = None) -> None:
    services = set(one.service_names) & set(other.service_names)
    first = arm(one, name, services)
    second = arm(other, other_name or name, services)
    for what, array in first.items():
        assert np.array_equal(array, second[what]), f"{name}: {what} differs"


def study_with(arms: Mapping[str, Any]) -> Ledger:
    return run(prepared({**town_tree(), "arms": arms}), LUCK)


def test_fewer_arms_in_another_order_are_the_same_arms() -> None:
    arms = town_tree()["arms"]
    other = study_with({name: arms[name] for name in ("oat_expansion", "naloxone_x3", "status_quo")})
    assert other.arms[0] == "oat_expansion"
    for name in other.arms:
        assert_same_arm(as_it_stands(), other, name)


def test_an_arm_alone_is_the_same_arm() -> None:
    alone = study_with({"status_quo": {}})
    assert_same_arm(as_it_stands(), alone, "status_quo")


def test_a_renamed_arm_is_the_same_arm() -> None:
    arms = town_tree()["arms"]
    renamed = study_with({"status_quo": {}, "kits_for_all": arms["naloxone_x3"]})
    assert_same_arm(as_it_stands(), renamed, "naloxone_x3", "kits_for_all")


@pytest.mark.parametrize("place", ["first", "last"])
def test_an_arm_with_a_new_service_and_hazards_above_every_ceiling_moves_no_other(place: str) -> None:
    arms = town_tree()["arms"]
    storm = {"storm": MANY_MORE_OVERDOSES}
    more = study_with({**storm, **arms} if place == "first" else {**arms, **storm})
    deaths = more.events[more.arms.index("storm"), ..., more.event_names.index("overdose_death")].sum()
    usual = more.events[more.arms.index("status_quo"), ..., more.event_names.index("overdose_death")].sum()
    assert deaths > 3 * usual
    for name in as_it_stands().arms:
        assert_same_arm(as_it_stands(), more, name)


def test_people_who_enter_other_arms_only_move_nobody() -> None:
    """Entry grows fourfold, which needs slots that the setting lacks; an arm that nobody enters does not see them."""
    tree = town_tree()
    tree["population"]["entry_by_year"] = {2027: {"evidence": "exp.entry_rate", "times": 8000}}
    closed, opened = {"closed": {"processes": {"entry": False}}}, {"status_quo": {}}
    analysis = {**tree["analysis"], "comparator": "closed"}
    alone = run(prepared({**tree, "arms": closed, "analysis": analysis}), LUCK)
    beside = run(prepared({**tree, "arms": {**opened, **closed}}), LUCK)
    entered = beside.events[..., beside.event_names.index("entry")].sum(axis=(1, 2))
    assert entered[0] > 500 and entered[1] == 0
    assert_same_arm(alone, beside, "closed")


def test_processes_that_another_arm_switches_off_or_on_move_nobody() -> None:
    off = {"processes": {"hiv": False, "endocarditis": False, "skin_infection": False}}
    both = study_with({"status_quo": {}, "without": off})
    assert_same_arm(as_it_stands(), both, "status_quo")
    tree = town_tree()
    analysis = {**tree["analysis"], "comparator": "without"}
    assert_same_arm(
        run(prepared({**tree, "arms": {"without": off}, "analysis": analysis}), LUCK), both, "without"
    )


def test_clients_of_a_service_that_only_another_arm_has_are_nobody() -> None:
    """With or without that other arm: a condition that names an absent service is never met."""
    advice = {
        "label": "Advice for clients",
        "reach": 6.0,
        "stay": {"mean": "6 months"},
        "eligible": {"enrolled_in": ["counselling"]},
    }
    advised = {"advised": {"services": {"advice": advice}}}
    counselled = {"counselled": {"services": {"counselling": {"reach": 3.0, "stay": {"mean": "6 months"}}}}}
    alone = study_with({"status_quo": {}, **advised})
    beside = study_with({"status_quo": {}, **advised, **counselled})
    assert_same_arm(alone, beside, "advised")
    number = alone.service_names.index("advice")
    assert alone.service_flow[:, :, number].any(axis=(1, 2)).tolist() == [False, True]  # open, and empty
    assert not alone.service_flow[1, :, number, alone.flow_names.index("contacts")].any()


def test_a_service_without_effects_moves_nobody() -> None:
    with_it = study_with({"status_quo": {}, "neutral": {"services": {"neutral_programme": NEUTRAL}}})
    assert_same_arm(as_it_stands(), with_it, "status_quo")
    assert_same_arm(as_it_stands(), with_it, "status_quo", "neutral")
    number = with_it.service_names.index("neutral_programme")
    starts = with_it.service_flow[:, :, number, with_it.flow_names.index("starts")].sum(axis=1)
    assert starts[0] == 0 and starts[1] > 1000


def test_a_service_with_an_effect_does_move_people() -> None:
    """The comparison above can fail: one multiplier of 0.9 is seen."""
    acting = {**NEUTRAL, "effects": [{"on": "overdose", "multiplier": 0.9}]}
    with_it = study_with({"status_quo": {}, "acting": {"services": {"acting_programme": acting}}})
    with pytest.raises(AssertionError, match="events differs"):
        assert_same_arm(as_it_stands(), with_it, "status_quo", "acting")


def test_another_luck_is_another_history() -> None:
    other = simulate(town(), central(town()), LUCK + 1)
    assert not np.array_equal(other.events, as_it_stands().events)
