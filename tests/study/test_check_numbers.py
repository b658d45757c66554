"""Numbers are refused by what they come to, and where an arm cannot have its own."""

from __future__ import annotations

import pytest

from hrsim.errors import StudyError
from hrsim.study.parents import packaged_scenarios

DEMO = packaged_scenarios() / "demo.yaml"


def codes(load_shipped, *overrides: str) -> list[str]:
    try:
        load_shipped(DEMO, list(overrides))
    except StudyError as error:
        return sorted({problem.code for problem in error.problems})
    return []


def sets(path: str, value: str) -> str:
    return f"services.{path}={value}"


@pytest.mark.parametrize(
    "override",
    [
        sets("take_home_naloxone.reach", "-1"),
        sets("take_home_naloxone.reach", "{evidence: exp.thn_reach_rate, times: -1}"),
        sets("take_home_naloxone.reach", "{from: 1, to: {evidence: exp.thn_reach_rate, times: -2}, over: 1 year}"),
        sets("oat_methadone.at_start.enrolled", "{evidence: inf.art_cov_can, times: 2}"),
        sets("oat_methadone.stay.hazard_ratio", "0"),
        sets("hiv_treatment.stay.mean", "{evidence: exp.art_stay_years, times: 0}"),
        sets("hiv_treatment.stay.mean", "0"),
        sets("oat_methadone.waiting.patience", "0"),
        sets("overdose_prevention_site.capacity.minutes_per_visit", "0"),
        sets("oat_methadone.effects", "[{on: leave.hiv_treatment, multiplier: {evidence: oat.rr_hiv, times: 0}}]"),
        sets("hiv_treatment.effects", "[{on: hiv_transmission, multiplier: 1.5}]"),
        sets("hiv_treatment.effects", "[{on: hiv_transmission, multiplier: {value: 0.9, low: 0.7, high: 1.2}}]"),
        sets("hiv_treatment.effects", "[{on: hiv_transmission, multiplier: {evidence: inf.hiv_acute_mult}}]"),
        "population.frailty_shape=0",
        "population.age.sd=0",
        "population.entry_per_year={evidence: exp.entry_rate, times: -5}",
        "parameters.inf.hcv_hcc_death=0",
        "parameters.inf.hcv_hcc_death=1",
        "parameters.lt.can_m_39=1",
        "parameters.exp.art_stay_years=0",
        "arms.naloxone_x3.parameters.od.mult_inject=0",
        "arms.naloxone_x3.parameters.exp.art_stay_years=0",
    ],
)  # fmt: skip
def test_a_number_that_the_model_cannot_take_is_refused(load_shipped, override: str) -> None:
    assert codes(load_shipped, override) == ["RANGE"]


@pytest.mark.parametrize(
    "override",
    [
        sets("hiv_treatment.effects", "[{on: hiv_transmission, multiplier: 1}]"),
        sets("take_home_naloxone.reach", "0"),
        sets("take_home_naloxone.reach", "{value: 0.5, low: 0, high: 1, dist: uniform}"),
        "parameters.inf.hcv_hcc_death=0.0001",
        "arms.naloxone_x3.parameters.od.mult_inject=2",
    ],
)
def test_the_edge_of_a_range_is_taken(load_shipped, override: str) -> None:
    assert codes(load_shipped, override) == []


@pytest.mark.parametrize("during", ["{first: 2 weeks}", "{after: 2 weeks}"])
@pytest.mark.parametrize("target", ["hiv_transmission", "leave.oat_methadone"])
def test_a_window_that_would_do_nothing_is_refused(load_shipped, target: str, during: str) -> None:
    effect = f"[{{on: {target}, multiplier: 0.5, during: {during}}}]"
    assert codes(load_shipped, sets("hiv_treatment.effects", effect)) == ["UNUSED"]


@pytest.mark.parametrize(
    "row",
    ["lt.can_m_39", "pop.age_mean_bc", "od.frailty_shape", "exp.entry_rate", "exp.entry_injecting_share"],
)
def test_an_arm_cannot_change_what_all_arms_share(load_shipped, row: str) -> None:
    """The arm's ratios changed and the shared table or people did not: neither the old model nor the new."""
    assert codes(load_shipped, f"arms.naloxone_x3.parameters.{row}=0.5") == ["UNUSED"]
    assert codes(load_shipped, f"parameters.{row}=0.5") == []


def test_an_arms_own_interval_is_refused_at_check(load_shipped) -> None:
    interval = "arms.naloxone_x3.parameters.od.witnessed={value: 0.5, low: 0.4, high: 0.6}"
    assert codes(load_shipped, interval) == ["FORM"]


def test_the_place_of_a_refused_factor_is_told(load_shipped) -> None:
    with pytest.raises(StudyError) as caught:
        load_shipped(DEMO, [sets("take_home_naloxone.reach", "{evidence: exp.thn_reach_rate, times: -1}")])
    problems = caught.value.problems
    assert problems[0].path.endswith("services.take_home_naloxone.reach.from")
    assert all(
        problem.location and "'exp.thn_reach_rate' times -1" in problem.message for problem in problems
    )
