"""The catalogue, the setting and the studies hang together with the register."""

from __future__ import annotations

from pathlib import Path

import pytest
from scipy import special

from hrsim.evidence import load_register
from hrsim.processes.full_model import SUBJECTS
from hrsim.study.catalogue import CATALOGUE_FOLDER
from hrsim.study.load import load_study
from hrsim.study.parents import packaged_scenarios

REGISTER = load_register()
SCENARIOS = packaged_scenarios()
STUDIES = sorted(SCENARIOS.glob("*.yaml"))
PROVINCE = REGISTER["pop.oud_bc_n"].value


def setting():
    return load_study(SCENARIOS / "settings" / "british_columbia.yaml").study


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_every_study_is_valid_and_compares_at_least_two_arms(path: Path):
    assert len(load_study(path).study.arms) >= 2


def test_the_demonstration_has_the_five_arms_of_the_main_question():
    study = load_study(SCENARIOS / "demo.yaml").study
    assert list(study.arms) == [
        "status_quo",
        "naloxone_x3",
        "consumption_site",
        "oat_expansion",
        "integrated",
    ]
    kits = [
        study.arms[name].services["take_home_naloxone"].capacity for name in ("status_quo", "naloxone_x3")
    ]
    assert kits[1].kits_per_year.last.value == 3 * kits[0].kits_per_year.first.value
    assert "supervised_consumption" not in study.arms["status_quo"].services
    assert "supervised_consumption" in study.arms["integrated"].services


def test_the_setting_is_the_province_scaled_to_its_population():
    study = setting()
    scale = study.population.size / PROVINCE
    services = study.services
    assert study.population.residents == pytest.approx(REGISTER["pop.residents_bc"].value * scale, rel=0.001)
    kits = services["take_home_naloxone"].capacity.kits_per_year.first.value
    assert kits == pytest.approx(REGISTER["thn.kits_per_year_bc"].value * scale, rel=0.01)
    methadone, buprenorphine = (
        services[name].capacity.places.first.value for name in ("oat_methadone", "oat_buprenorphine")
    )
    clients = REGISTER["pop.oat_clients_bc_2024"].value * scale
    assert methadone + buprenorphine == pytest.approx(clients, rel=0.001)
    share = REGISTER["exp.oat_buprenorphine_share"].value
    assert buprenorphine / (methadone + buprenorphine) == pytest.approx(share, abs=0.005)


def test_as_many_visits_fit_the_sites_as_the_province_sees():
    study = setting()
    sites = study.services["overdose_prevention_site"].capacity
    minutes = REGISTER[sites.minutes_per_visit.evidence].value
    per_day = sites.sites * sites.booths * sites.hours_open_per_day * 60 / minutes
    observed = REGISTER["scs.visits_per_year_bc"].value * study.population.size / PROVINCE / 365.25
    assert per_day == pytest.approx(observed, rel=0.03)


def test_requests_for_treatment_exceed_what_the_places_allow():
    """Starts that hold n places for ever are n over the mean stay, gamma(1 + 1/k) rate^(-1/k) weeks."""
    study = setting()
    eligible = study.population.size * 0.55
    shape = REGISTER["oat.weibull_shape_met_first"].value
    for name in ("oat_methadone", "oat_buprenorphine"):
        service = study.services[name]
        ratio = service.stay.hazard_ratio
        hazard = REGISTER["oat.weibull_rate_met_first"].value * (
            REGISTER[ratio.evidence].value if ratio else 1.0
        )
        years = special.gamma(1 + 1 / shape) * hazard ** (-1 / shape) * 7 / 365.25
        starts = service.capacity.places.first.value / years
        assert REGISTER[service.reach.first.evidence].value * eligible > starts


def test_the_exposure_series_has_no_gap_and_is_carried_to_the_start():
    exposure = setting().supply.exposure
    assert sorted(exposure) == [*range(2012, 2023), 2026]
    assert exposure[2026] == exposure[2022]


def test_housing_and_custody_flows_hold_the_shares_at_the_start():
    loss, gain = REGISTER["exp.housing_loss_rate"].value, REGISTER["exp.housing_gain_rate"].value
    assert loss / (loss + gain) == pytest.approx(REGISTER["exp.unstable_housing_share"].value, abs=0.005)
    entry, days = REGISTER["exp.custody_entry_rate"].value, REGISTER["exp.custody_stay_days"].value
    odds = entry * days / 365.25
    assert odds / (1 + odds) == pytest.approx(REGISTER["exp.custody_share"].value, abs=0.001)


def test_the_overdose_effect_of_treatment_is_split_without_remainder():
    hazard, fatality, death = (
        REGISTER[name].value
        for name in ("oat.od_ratio_in_vs_out", "oat.fatality_ratio_in_vs_out", "oat.od_death_ratio_in_vs_out")
    )
    assert hazard == pytest.approx(1 / REGISTER["od.mult_out_of_oat_nf"].value)
    assert hazard * fatality == pytest.approx(death)
    stop = REGISTER["oat.rr_first4wk_after_stop"].value / REGISTER["oat.rr_later_after_stop"].value
    assert REGISTER["oat.od_rr_first4wk_after_stop"].value == pytest.approx(stop)
    out = REGISTER["oat.nonod_mort_hr_vs_pop"].value / REGISTER["oat.nonod_mort_ratio_in_vs_out"].value
    assert REGISTER["oat.nonod_mort_hr_out_vs_pop"].value == pytest.approx(out)


def test_no_service_counts_an_effect_twice():
    mediators = {"stop_injecting", "start_injecting", "stop_use", "relapse"}
    for name, service in load_study(SCENARIOS / "demo.yaml").study.arms["integrated"].services.items():
        enrolled = [effect.on for effect in service.effects if effect.during.kind == "enrolled"]
        assert len(enrolled) == len(set(enrolled)), name
        assert not ("sharing" in enrolled and {"hiv_acquisition", "hcv_acquisition"} & set(enrolled)), name
        assert not ("overdose" in enrolled and mediators & set(enrolled)), name


@pytest.mark.parametrize(
    "row",
    [
        "nsp.rr_hcv_high_na",  # who comes to a programme, not what it does
        *(
            "scs.mort_500m_vancouver",
            "scs.mort_500m_toronto",
            "scs.ed_trend_ontario",
            "scs.hosp_trend_ontario",
        ),
        *("thn.rr_death_low_cov", "thn.rr_death_high_cov"),  # areas and towns: targets of validation
        *("thn.kits_per_death_averted_bc2016", "thn.kits_per_death_averted_us", "pss.popn_hosp_effect"),
    ],
)
def test_ratios_of_selection_and_of_areas_are_never_inputs(row):
    assert row in REGISTER
    for path in [*SCENARIOS.rglob("*.yaml"), *CATALOGUE_FOLDER.glob("*.yaml")]:
        assert row not in path.read_text(encoding="utf-8"), path
    assert all(row not in subject.evidence for subject in SUBJECTS)


def test_every_price_of_a_service_is_a_cost_row():
    services = load_study(SCENARIOS / "demo.yaml").study.arms["integrated"].services
    for name, service in services.items():
        for line in service.costs:
            assert REGISTER[line.price.evidence].kind == "cost", name
