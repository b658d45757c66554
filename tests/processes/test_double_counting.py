"""Rules against counting twice that can be read off the figures themselves."""

import math

import pytest

from hrsim.evidence.draws import central_parameters
from hrsim.evidence.register import load_register
from hrsim.processes import overdose
from hrsim.processes.rates import Baseline
from hrsim.processes.supply import supply_multipliers

DRAW = central_parameters(load_register().values())


def mix(**changes: float) -> Baseline:
    shares = {
        "injecting": 0.5,
        "other_route": 0.4,
        "unstable_housing": 0.4,
        "custody": 0.02,
        "oat_coverage": 0.3,
        "male": 0.6,
        "mean_age": 39.0,
        "hiv_prevalence": 0.1,
        "hiv_treated": 0.5,
        "hcv_viraemic": 0.3,
        "hcv_advanced": 0.0,
        "exposure": 0.85,
    }
    return Baseline(size=10_000, **(shares | changes))


@pytest.mark.parametrize("exposure", [0.0, 0.3, 0.85, 1.0])
def test_supply_is_one_at_the_reference_exposure(exposure: float) -> None:
    assert supply_multipliers(DRAW, exposure, exposure) == (1.0, 1.0)


def test_more_fentanyl_raises_both_routes_and_injecting_more() -> None:
    injecting, other = supply_multipliers(DRAW, 0.9, 0.5)
    assert injecting > other > 1.0


@pytest.mark.parametrize(("unstable", "coverage"), [(0.0, 0.0), (0.4, 0.3), (1.0, 0.9)])
def test_base_rate_gives_the_published_rate_at_the_baseline_mix(unstable: float, coverage: float) -> None:
    """People who inject at the baseline mix have the published non-fatal rate, whatever the mix."""
    figures = overdose.figures(DRAW, mix(unstable_housing=unstable, oat_coverage=coverage))
    housing = unstable * figures["overdose_unstable"] + 1.0 - unstable
    treatment = coverage * DRAW["oat.od_ratio_in_vs_out"] + 1.0 - coverage
    nonfatal = figures["overdose_base"] * housing * treatment * (1.0 - DRAW["od.case_fatality_pwid_us"])
    assert nonfatal == pytest.approx(DRAW["od.nf_rate_pwid_us_post2016"], rel=1e-12)


@pytest.mark.parametrize(("kits", "chance"), [(1_000, 0.05824), (5_000, 0.25918), (20_000, 0.69881)])
def test_kits_at_hand_return_the_saturation_formula(kits: int, chance: float) -> None:
    """S6: 1 - exp(-kits r / overdoses), r = .3, 5,000 overdoses, when kits are spread evenly and simply age out."""
    figures = overdose.figures({**DRAW, "exp.kit_reach": 0.3}, mix())
    all_overdoses = DRAW["od.nf_rate_pwid_us_post2016"] / (1.0 - DRAW["od.case_fatality_pwid_us"])
    people = 5_000 / all_overdoses
    carried = kits * DRAW["od.kit_life_months"] / 12 / people
    assert 1.0 - math.exp(-figures["kit_encounters"] * carried) == pytest.approx(chance, abs=5e-6)


def test_treatment_splits_its_effect_on_overdose_deaths() -> None:
    product = DRAW["oat.od_ratio_in_vs_out"] * DRAW["oat.fatality_ratio_in_vs_out"]
    assert product == pytest.approx(DRAW["oat.od_death_ratio_in_vs_out"], rel=1e-3)


def test_an_earlier_overdose_causes_nothing_by_default() -> None:
    assert overdose.figures(DRAW, mix())["overdose_repeat"] == 1.0
