"""A tiny place in which every process acts and services have every shape, for checks with the compiler off."""

from typing import Any

from hrsim.study.schema import Processes
from tests.simulation.studies import bare

PEOPLE, YEARS = 60, 1
DIRECT = {"scope": "direct"}
SERVICES: dict[str, dict[str, Any]] = {
    "bus": {
        "reach": {"from": 4.0, "channels": {"walk": {"rate": 1.0, "access": {"zone": {"north": 0.5}}}}},
        "delivers": {"naloxone_kits": 2, "hiv_test": 0.9, "hcv_test": 0.9},
        "at_start": {"kits_per_person": 0.5},
        "refers_to": [
            {"service": "clinic", "probability": 0.6},
            {"service": "methadone", "probability": 0.5},
        ],
        "referral_completion": {"elsewhere": 0.7},
        "effects": [{"on": "start_injecting", "multiplier": 0.9, "during": "carrying"}],
    },
    "clinic": {
        "reach": 2.0,
        "access": {"zone": {"south": 0.7}},
        "delivers": {"hiv_test": 0.5},
        "operations": {
            "kind": "clinic",
            "staff": 1,
            "hours": "09:00-17:00",
            "minutes_per_visit": 30,
            "arrivals": {"per_day": 10},
            "patience_minutes": 30,
        },
        "refers_to": [{"service": "bus", "probability": 0.6}, {"service": "methadone", "probability": 0.5}],
        "prompted_by": {
            "overdose_survived": 0.6,
            "emergency_visit": 0.5,
            "overdose_emergency_department": 0.5,
        },
        "effects": [{"on": "overdose", "multiplier": 0.8, "during": {"contact": "4 weeks"}, "share": 0.5}],
    },
    "methadone": {
        "exclusive": "opioid_agonist_treatment",
        "reach": 1.0,
        "capacity": {"places": 8},
        "waiting": {"patience": 0.2},
        "stay": {"weibull": {"shape": 0.6, "rate": 0.3, "unit": "week"}},
        "prompted_by": {"custody_release": 0.5},
        "ends_on": ["custody_entry", "overdose_survived"],
        "at_start": {"enrolled": 0.1},
        "effects": [
            {"on": "overdose", "multiplier": 0.5},
            {"on": "overdose", "multiplier": 3, "during": {"after": "8 weeks"}},
        ],
    },
    "detox": {
        "exclusive": "opioid_agonist_treatment",
        "takes_over": ["methadone"],
        "reach": 2.0,
        "stay": {"fixed": "2 weeks", "leads_to": [{"service": "methadone", "probability": 0.6}]},
        "effects": [{"on": "overdose", "multiplier": 4, "during": {"after": "4 weeks"}}],
    },
    "antivirals": {
        "reach": 1.0,
        "eligible": {"hcv": ["diagnosed"]},
        "prompted_by": {"diagnosis_hcv": 0.7},
        "stay": {"fixed": "8 weeks"},
        "delivers": {"hcv_cure": 0.9},
    },
    "hiv_care": {
        "reach": 1.0,
        "eligible": {"hiv": ["diagnosed"]},
        "prompted_by": {"diagnosis_hiv": 0.7},
        "stay": {"mean": "1 year"},
        "delivers": {"hiv_treatment": 0.8},
    },
    "site": {
        "reach": 2.0,
        "stay": {"mean": "6 months"},
        "capacity": {"sites": 1, "booths": 2, "hours": "08:00-20:00", "minutes_per_visit": 30},
        "delivers": {"supervised_use": {"visits_per_client_year": 400, "routes": ["injecting"]}},
    },
    "outreach": {
        "reach": 2.0,
        "capacity": {"contacts_per_month": 2},
        "stay": {"mean": "2 months"},
        "effects": [{"on": "leave.methadone", "multiplier": 0.5}],
    },
    "safer_supply": {
        "coverage": 0.3,
        "eligible": {"use": ["injecting"]},
        "delivers": {"naloxone_at_hand": 0.5},
        "effects": [{"on": "overdose", "multiplier": 0.7}],
    },
}
FIGURES = {
    "od.nf_rate_pwid_us_post2016": 3.0,
    "od.cease_after_od": 0.3,
    "od.p_death_untreated": 0.03,
    "exp.brain_injury_per_overdose": 0.3,
    "exp.custody_entry_rate": 1.0,
    "exp.custody_stay_days": 40.0,
    "exp.housing_loss_rate": 1.0,
    "exp.housing_gain_rate": 1.0,
    "exp.sharing_acts_year": 300.0,
    "exp.unprotected_sex_acts_year": 3000.0,
    "inf.hcv_per_share_infected_source": 0.05,
    "inf.hiv_per_share": 0.05,
    "inf.hiv_years_gt500": 0.2,
    "inf.hiv_years_350": 0.1,
    "inf.hiv_years_200": 0.1,
    "inf.hcv_f01_month": 0.3,
    "inf.hcv_f12_month": 0.3,
    "inf.hcv_f23_month": 0.3,
    "inf.hcv_f34_month": 0.3,
    "exp.hcv_f4_share_start": 0.5,
    "inf.hcv_dc_death_later": 0.7,
    "inf.hcv_hcc_death": 0.7,
    "inf.hcv_f4_dc": 0.8,
    "inf.hcv_f4_hcc": 0.5,
    "inf.ssti_acute_rate_us": 2.0,
    "inf.ie_adm_rate_us2017": 1.0,
    "pop.cess_median_years": 1.0,
    "exp.stop_other_route_rate": 1.0,
    "pop.relapse_median_years": 0.3,
    "pop.init_montreal": 2.0,
    "exp.switch_inject_to_other_rate": 1.0,
    "hsu.ed_rate_pwid_melb": 9.0,
    "hsu.adm_rate_heroin_london": 9.0,
    "oat.nonod_mort_hr_out_vs_pop": 60.0,
    "exp.distress_episode_years": 0.5,
    "exp.trust_drift_years": 0.5,
}
HARMFUL = {"harm": {"label": "Harm", "rate": 2.0, "death": 0.02}}
EVERY_PROCESS = tuple(Processes.model_fields)


def everything(people: int = PEOPLE, years: float = YEARS) -> dict[str, Any]:
    """Return the study, in two arms: as it is, and with fewer services and higher rates."""
    changed = {
        "services": {
            "safer_supply": {"coverage": 0.6},
            "bus": {"reach": {"from": 8.0}},
        },
        "remove": ["services.detox"],
        "parameters": {"inf.ssti_acute_rate_us": 3.0},
    }
    tree = bare(
        people,
        years,
        SERVICES,
        on=EVERY_PROCESS,
        arms={"usual": {}, "other": changed},
        parameters=FIGURES,
        use={"injecting": 0.7, "other_route": 0.3},
        unstable_housing=0.4,
        custody=0.1,
        entry_per_year=people / 2,
        moving_away=0.1,
        hiv={"prevalence": 0.3, "diagnosed": 0.3, "treated": 0.3},
        hcv={"prevalence": 0.5, "diagnosed": 0.3, "ever_treated": 0.3},
        frailty_shape=1.0,
        groups={"zone": {"shares": {"north": 0.4, "south": 0.6}, "mixing": 0.5}, "sex": "derived"},
    )
    return {**tree, "processes": dict.fromkeys(EVERY_PROCESS, True), "events": HARMFUL}
