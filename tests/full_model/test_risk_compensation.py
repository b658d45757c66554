"""Risk compensation and effects of carrying a kit: a factor bites as stated, 1 or nothing stated changes nothing."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from hrsim.engine.ledger import Ledger
from hrsim.errors import StudyError
from tests.full_model.studies import assert_same, by_arm
from tests.simulation.studies import bare, events, prepared, run, years_in

PEOPLE, YEARS, LUCK = 4000, 1.0, 3
FOR_GOOD = {"stay": {"mean": "1000 years"}, "at_start": {"enrolled": 1.0}}
KITS = {"delivers": {"naloxone_kits": 1}, "at_start": {"kits_per_person": 1.0}}
CARRIERS = 1 - np.exp(-1.0)  # Poisson kits of mean 1
# Nobody dies, nobody sees an overdose, kits last: hazards stay as they are at the start.
STILL = {
    "od.witnessed": 0.0,
    "od.p_death_untreated": 0.0,
    "od.kit_life_months": 1e6,
    "od.cease_after_od": 0.0,
    "exp.stop_other_route_rate": 0.5,
    "exp.relapse_share_other_route": 0.0,
    "pop.relapse_share": 0.0,
    "pop.init_montreal": 0.5,
    "exp.switch_inject_to_other_rate": 0.0,
}


def risking(service: str, **factors: Any) -> dict[str, Any]:
    return {"services": {service: {"risk_compensation": factors}}}


def study(services: dict[str, Any], arms: dict[str, Any], **changes: Any) -> Ledger:
    tree = bare(PEOPLE, YEARS, services, ("overdose", "use"), arms, parameters=STILL, **changes)
    return run(prepared(tree), LUCK)


@cache
def compensated() -> Ledger:
    arms = {
        "none": {},
        "neutral": risking("place", overdose=1.0, start_injecting=1.0, stop_use=1.0),
        "overdose": risking("place", overdose=2.0),
        "start": risking("place", start_injecting=2.0),
        "stop": risking("place", stop_use=0.5),
        "by_hand": {"services": {"place": {"effects": [{"on": "overdose", "multiplier": 2.0, "scope": "direct"}]}}},
        "kits_none": risking("kits", during="carrying", overdose=1.0, start_injecting=1.0, stop_use=1.0),
        "kits": risking("kits", during="carrying", overdose=3.0),
        "kits_by_hand": {
            "services": {"kits": {"effects": [{"on": "overdose", "multiplier": 3.0, "during": "carrying"}]}}
        },
        "kits_stop": risking("kits", during="carrying", stop_use=0.0),
    }  # fmt: skip
    use = {"injecting": 0.0, "other_route": 1.0}
    return study({"place": FOR_GOOD, "kits": KITS}, arms, use=use)


def total(name: str, arm: str) -> int:
    return int(events(compensated(), name)[compensated().arms.index(arm)])


def using(arm: str) -> float:
    ledger = compensated()
    years = years_in(ledger, use="other_route") + years_in(ledger, use="injecting")
    return float(years[ledger.arms.index(arm)])


@pytest.mark.parametrize("arm", ["neutral", "kits_none"])
def test_factors_of_1_are_none_at_all(arm: str) -> None:
    arms = by_arm(compensated())
    assert_same(arms["none"], arms[arm])


@pytest.mark.parametrize(("one", "other"), [("overdose", "by_hand"), ("kits", "kits_by_hand")])
def test_it_is_an_effect_like_others(one: str, other: str) -> None:
    arms = by_arm(compensated())
    assert_same(arms[one], arms[other])


def test_each_factor_multiplies_its_hazard() -> None:
    """Everybody is enrolled: overdoses double; of those not injecting yet, each year e^-(start + stop) are left."""
    before, after = total("overdose_nonfatal", "none"), total("overdose_nonfatal", "overdose")
    assert after / before == pytest.approx(2.0, abs=4 * 2 * (1 / before + 1 / after) ** 0.5)
    for arm, start, stop in (("none", 0.5, 0.5), ("start", 1.0, 0.5)):
        begun = PEOPLE * start / (start + stop) * (1 - np.exp(-(start + stop)))
        assert total("injecting_start", arm) == pytest.approx(begun, abs=4 * begun**0.5)
    assert total("use_stop", "stop") < 0.6 * total("use_stop", "none")
    assert using("stop") > using("none")


def test_a_factor_of_carrying_acts_on_carriers_alone() -> None:
    """Kits are Poisson with mean 1: a share 1 - 1/e carries, for good; three times the hazard for them."""
    before, after = total("overdose_nonfatal", "none"), total("overdose_nonfatal", "kits")
    expected = 1 + 2 * CARRIERS
    assert after / before == pytest.approx(expected, abs=4 * expected * (1 / before + 1 / after) ** 0.5)
    stopped, of_others = total("use_stop", "none"), total("use_stop", "kits_stop")
    expected = 1 - CARRIERS
    assert of_others / stopped == pytest.approx(expected, abs=4 * (expected / stopped) ** 0.5)


def test_a_kit_handed_over_in_the_run_raises_even_a_hazard_above_every_ceiling() -> None:
    """Everybody gets a kit within days; 40 times the hazard needs upper bands, which open at that moment."""
    arms = {"none": {}, "risky": risking("kits", during="carrying", overdose=40.0)}
    ledger = study({"kits": {"delivers": {"naloxone_kits": 1}, "reach": 200.0}}, arms)
    before, after = events(ledger, "overdose_nonfatal")
    assert after / before == pytest.approx(40.0, rel=4 / before**0.5 + 0.02)


def test_a_factor_of_a_one_off_service_acts_in_its_window() -> None:
    """Contacts at 26 a year, each with a window of a week in which hazards double: in it e^-0.5 of the time not."""
    week = {"on": "emergency_visit", "multiplier": 1.0, "during": {"contact": "7 days"}}
    checking = {"reach": 26.0, "effects": [week]}
    arms = {"none": {}, "risky": risking("checking", overdose=2.0)}
    ledger = study({"checking": checking}, arms)
    before, after = events(ledger, "overdose_nonfatal")
    covered = 1 - np.exp(-26.0 * 7 / 365.25)
    expected = 1 + covered
    assert after / before == pytest.approx(expected, abs=4 * expected * (1 / before + 1 / after) ** 0.5)


@pytest.mark.parametrize(
    ("services", "code", "words"),
    [
        ({"a": {"risk_compensation": {"overdose": 1.1}}}, "UNUSED", "expected 'stay'"),
        ({"a": {**FOR_GOOD, "risk_compensation": {"overdose": 1.1, "during": "carrying"}}}, "UNUSED", "kits"),
        ({"a": {**FOR_GOOD, "risk_compensation": {"overdose": -1.0}}}, "RANGE", "between 0 and"),
        ({"a": {**FOR_GOOD, "risk_compensation": {"relapse": 1.1}}}, "UNKNOWN_KEY", "relapse"),
        (
            {name: {**KITS, "risk_compensation": {"overdose": 1.1, "during": "carrying"}} for name in "ab"},
            "TWICE",
            "'a' and 'b'",
        ),
        (
            {
                "a": {**KITS, "risk_compensation": {"overdose": 1.1, "during": "carrying"}},
                "b": {**KITS, "effects": [{"on": "overdose", "multiplier": 1.1, "during": "carrying"}]},
            },
            "TWICE",
            "whoever gave it",
        ),
        (
            {
                "a": {**KITS, "effects": [{"on": "leave.b", "multiplier": 1.1, "during": "carrying"}]},
                "b": FOR_GOOD,
            },
            "UNUSED",
            "carrying",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_words(services: dict[str, Any], code: str, words: str) -> None:
    with pytest.raises(StudyError) as refused:
        prepared(bare(10, 1.0, services))
    found = [problem for problem in refused.value.problems if problem.code == code]
    assert found, refused.value.problems
    assert any(words in f"{problem.message} {problem.fix}" for problem in found), found
