"""The studies shipped with the catalogue: each runs, and shows what it is about."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from hrsim.engine.ledger import Ledger
from hrsim.simulate import prepare, simulate
from hrsim.study.load import load_study
from hrsim.study.parents import packaged_scenarios

LUCKS = range(6)
STANDARD_ERRORS = 2.5
# Three times the overdoses, so that two years and six lucks show a curve of deaths.
MANY_OVERDOSES = "parameters.od.nf_rate_pwid_us_post2016=1.2"


@cache
def ledgers(study: str, lucks: int, *overrides: str) -> tuple[Ledger, ...]:
    """Run a shipped study at point values for two years."""
    path = packaged_scenarios() / f"{study}.yaml"
    ready = prepare(load_study(path, ("horizon.years=2", *overrides)))
    with ThreadPoolExecutor(2) as pool:
        return tuple(pool.map(lambda luck: simulate(ready, ready.central, luck), range(lucks)))


def events(one: Ledger, name: str, arm: str) -> int:
    return int(one.event_counts(name)[one.arms.index(arm)].sum())


def flow(one: Ledger, service: str, name: str, arm: str) -> int:
    return int(one.flow(service, name)[one.arms.index(arm)].sum())


def averted(arm: str) -> NDArray[np.float64]:
    """Return overdose deaths averted by an arm of the saturation study, by luck."""
    runs = ledgers("saturation", len(LUCKS), MANY_OVERDOSES)
    deaths = [
        events(one, "overdose_death", "status_quo") - events(one, "overdose_death", arm) for one in runs
    ]
    return np.array(deaths, float)


def in_errors(gap: NDArray[np.float64]) -> float:
    return float(gap.mean() / (gap.std(ddof=1) / np.sqrt(gap.size)))


@pytest.mark.slow
def test_deaths_averted_are_sub_additive_at_the_shipped_rates() -> None:
    """All 10,000 people for the ten years of the study, at its own figures; eight lucks, paired by luck."""
    ready = prepare(load_study(packaged_scenarios() / "saturation.yaml"))
    gaps = []
    for luck in range(8):
        one = simulate(ready, ready.central, luck)
        saved = {
            arm: events(one, "overdose_death", "status_quo") - events(one, "overdose_death", arm)
            for arm in one.arms
        }
        alone = [arm for arm in one.arms if arm.endswith("_three") and arm != "level_three"]
        gaps.append(saved["level_three"] - sum(saved[arm] for arm in alone))
    assert in_errors(np.array(gaps, float)) < -STANDARD_ERRORS


def test_each_level_saves_more_than_the_last_by_a_smaller_step() -> None:
    one, two, three = (averted(f"level_{level}") for level in ("one", "two", "three"))
    assert in_errors(one) > STANDARD_ERRORS
    assert in_errors(two - one) > STANDARD_ERRORS
    assert in_errors(three - two) > STANDARD_ERRORS
    assert in_errors((three - two) - one) < -STANDARD_ERRORS


def test_a_hub_loses_fewer_people_than_silos_and_sends_as_many() -> None:
    (one,) = ledgers("silo_or_hub", 1)
    for service in ("hcv_testing", "hcv_treatment", "oat_methadone"):
        made = [flow(one, service, "referrals_made", arm) for arm in ("silos", "hub")]
        completed = [flow(one, service, "referrals_completed", arm) for arm in ("silos", "hub")]
        assert min(made) > 30, service
        assert completed[1] / made[1] > 1.5 * completed[0] / made[0], service
    assert flow(one, "hcv_treatment", "starts", "hub") > flow(one, "hcv_treatment", "starts", "silos")


def test_homes_house_people_and_treatment_is_begun_in_the_house() -> None:
    (one,) = ledgers("housing_first_with_oat", 1)
    assert events(one, "housing_gain", "housing_first") > 1.05 * events(one, "housing_gain", "status_quo")
    assert flow(one, "oat_methadone", "referrals_made", "both_linked") > 0
    assert flow(one, "oat_methadone", "referrals_made", "both") == 0


def test_kits_and_treatment_reach_people_at_release() -> None:
    (one,) = ledgers("prison_release_naloxone", 1)
    releases = events(one, "custody_release", "kits_at_release")
    handed = flow(one, "naloxone_at_release", "items", "kits_at_release")
    assert 0.3 * releases < handed < 0.6 * releases
    starts = flow(one, "oat_buprenorphine_extended_release", "starts", "kits_and_treatment")
    assert starts > 0
    assert flow(one, "naloxone_at_release", "items", "status_quo") == 0


def test_the_more_carriers_risk_the_more_they_overdose_and_twice_as_much_erases_the_gain() -> None:
    (one,) = ledgers("risk_compensation", 1)
    rising = ("kits", "risk_1_05", "risk_1_10", "risk_1_25", "risk_1_50", "risk_2")
    overdoses = [events(one, "overdose_nonfatal", arm) for arm in rising]
    assert overdoses == sorted(overdoses)
    deaths = {arm: events(one, "overdose_death", arm) for arm in one.arms}
    assert deaths["kits"] < deaths["no_kits"] < deaths["risk_2"]
    assert deaths["kits"] < deaths["risk_1_25"]
    assert events(one, "injecting_start", "risk_1_10_all_ways") > events(one, "injecting_start", "risk_1_10")


@pytest.mark.parametrize("study", ["silo_or_hub", "housing_first_with_oat", "prison_release_naloxone"])
def test_arms_without_the_change_are_the_status_quo_of_the_setting(study: str) -> None:
    """Nothing of the other arms leaks: the status quo counts nobody in services that it lacks."""
    (one,) = ledgers(study, 1)
    setting = load_study(packaged_scenarios() / "settings" / "british_columbia.yaml").study.services
    a = one.arms.index("status_quo")
    others = [s for s, name in enumerate(one.service_names) if name not in setting]
    assert others
    assert not one.service_flow[a][:, others].any()
