"""The kernel on the oracle's model: the study as the kernel runs it, and the same numbers as the oracle takes them.

`agreement.yaml` is the one source. Numbers go to the oracle by the formulas of the specification, so an error in how
the kernel compiles, scales or applies any of them shows as a disagreement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hrsim.engine.simulation import ALIVE
from hrsim.evidence.draws import central_parameters
from hrsim.evidence.register import load_register
from hrsim.experiment.parameters import study_register
from hrsim.simulate import Prepared, ledger_of, prepare, run_draw
from hrsim.study.load import load_study
from hrsim.study.resolved import ResolvedStudy
from hrsim.study.services import Service
from hrsim.study.values import Quantity
from hrsim.units import DAYS_PER_YEAR, MONTHS_PER_YEAR, TICKS_PER_WEEK, TICKS_PER_YEAR

from .parameters import OracleParameters

STUDY = Path(__file__).with_name("agreement.yaml")
TREATMENT = "treatment"
BACKGROUND_MORTALITY = 0.012  # per person-year at every age, invented
WEEKS_PER_YEAR = TICKS_PER_YEAR / TICKS_PER_WEEK

Draw = Mapping[str, float]


def agreement_study(*overrides: str) -> ResolvedStudy:
    """Return the study, with `path=value` replacements."""
    return load_study(STUDY, overrides)


def agreement_draw(study: ResolvedStudy) -> dict[str, float]:
    """Return the study's figures, with a life table that is the same at all ages and not raised."""
    draw = dict(central_parameters(list(study_register(load_register(), study.study, study.rows).values())))
    yearly = 1.0 - np.exp(-BACKGROUND_MORTALITY)
    draw |= {row: float(yearly) for row in draw if row.startswith("lt.can_")}
    return draw | {"oat.nonod_mort_hr_out_vs_pop": 1.0, "exp.ie_incidence": 0.0}


def oracle_parameters(resolved: ResolvedStudy, draw: Draw) -> OracleParameters:
    """Return the same model in the oracle's terms: per year, and chances for each answer of the tree."""
    study = resolved.study
    people, years = study.population, study.horizon.years
    return OracleParameters(
        people=people.size,
        years=years,
        background_mortality=-log(1.0 - draw["lt.can_f_19"]) * draw["oat.nonod_mort_hr_out_vs_pop"],
        unstable_housing_at_start=number(people.unstable_housing),
        housing_loss_rate=draw["exp.housing_loss_rate"],
        housing_gain_rate=draw["exp.housing_gain_rate"],
        frailty_shape=number(people.frailty_shape),
        custody_at_start=number(people.custody),
        custody_entry_rate=draw["exp.custody_entry_rate"],
        custody_stay_years=draw["exp.custody_stay_days"] / DAYS_PER_YEAR,
        hiv_prevalence_at_start=number(people.hiv.prevalence),
        hcv_prevalence_at_start=number(people.hcv.prevalence),
        **_overdose(draw, number(people.unstable_housing)),
        **_infections(draw),
        **_use(draw),
        **_skin(draw, number(people.unstable_housing)),
        **_treatment(study.arms["alone"].services[TREATMENT]),
    )


def number(quantity: Quantity | None) -> float:
    """Return a quantity that the study gives as a number."""
    assert quantity is not None and quantity.value is not None
    return quantity.value


def _overdose(draw: Draw, unstable: float) -> dict[str, float]:
    """Return the hazard of a stably housed person out of treatment, the release windows and the tree."""
    housing = draw["od.aor_unstable_housing"]
    everybody = draw["od.nf_rate_pwid_us_post2016"] / (1.0 - draw["od.case_fatality_pwid_us"])
    private = 1.0 - draw["od.public_share"]
    untreated = draw["od.p_death_untreated"]
    return {
        "overdose_rate": everybody / (1.0 - unstable + unstable * housing),
        "unstable_housing_overdose_multiplier": housing,
        "release_first_multiplier": draw["od.release_rr_2wk_us_wa"],
        "release_first_years": draw["od.release_window_early_weeks"] / WEEKS_PER_YEAR,
        "release_second_multiplier": draw["od.release_rr_wk3_4"],
        "release_second_years": draw["od.release_window_late_weeks"] / WEEKS_PER_YEAR,
        "witnessed_chance": draw["od.witnessed"],
        "naloxone_chance": draw["exp.nx_given_if_present"],
        "ambulance_chance": draw["od.ems_call_public"]
        * (draw["od.public_share"] + private * draw["od.rr_ems_private"]),
        "death_chance_untreated": untreated,
        "death_chance_naloxone": draw["od.p_death_naloxone"],
        "death_chance_ambulance": untreated * draw["od.rr_death_ems"],
        "brain_injury_chance": draw["exp.brain_injury_per_overdose"],
    }


def _use(draw: Draw) -> dict[str, float]:
    return {
        "stop_injecting_use_rate": log(2.0) / draw["pop.cess_median_years"],
        "stop_other_use_rate": draw["exp.stop_other_route_rate"],
        "prone_after_injecting": draw["pop.relapse_share"],
        "prone_after_other": draw["exp.relapse_share_other_route"],
        "relapse_rate": log(2.0) / draw["pop.relapse_median_years"],
        "relapse_to_injecting_chance": draw["exp.relapse_injecting_share"],
        "start_injecting_rate": draw["pop.init_montreal"],
        "stop_injecting_rate": draw["exp.switch_inject_to_other_rate"],
        "other_route_overdose_multiplier": 1.0 / draw["od.mult_inject"],
        "relapse_overdose_multiplier": draw["od.mult_relapse"],
        "relapse_window_years": draw["od.relapse_window_months"] / MONTHS_PER_YEAR,
        "stop_after_overdose_chance": draw["od.cease_after_od"],
    }


def _skin(draw: Draw, unstable: float) -> dict[str, float]:
    """Return the hazard of a stably housed person out of treatment, and what follows an infection."""
    housing = draw["inf.irid_aor_homeless"]
    return {
        "skin_infection_rate": draw["inf.ssti_acute_rate_us"] / (1.0 - unstable + unstable * housing),
        "unstable_housing_skin_multiplier": housing,
        "skin_admitted_chance": draw["exp.ssti_admitted_given_acute"],
        "skin_days": draw["hsu.los_irid_mean_days"],
    }


def _infections(draw: Draw) -> dict[str, float]:
    untreated = sum(draw[f"inf.hiv_years_{stage}"] for stage in ("gt500", "350", "200"))
    return {
        "shares_per_year": draw["exp.sharing_acts_year"],
        "lasting_partner_share": draw["exp.lasting_partner_share"],
        "hiv_per_share": draw["inf.hiv_per_share"],
        "hiv_acute_multiplier": draw["inf.hiv_acute_mult"],
        "hiv_acute_years": draw["exp.hiv_acute_months"] / MONTHS_PER_YEAR,
        "hiv_late_rate": 1.0 / untreated,
        "hiv_late_mortality": draw["inf.hiv_mort_cd4lt200_pwid"],
        "hcv_per_share": draw["inf.hcv_per_share_infected_source"],
        "hcv_acute_years": draw["exp.hcv_acute_months"] / MONTHS_PER_YEAR,
        "hcv_clearance_chance": draw["inf.hcv_clear"],
    }


def _treatment(service: Service) -> dict[str, float]:
    assert service.reach and service.capacity and service.capacity.places
    assert service.waiting and service.stay and service.stay.weibull
    found = {
        "oat_request_rate": number(service.reach.first),
        "oat_places": number(service.capacity.places.first),
        "oat_patience_years": number(service.waiting.patience),
        "oat_stay_shape": number(service.stay.weibull.shape),
        "oat_stay_rate": number(service.stay.weibull.rate),
    }
    for effect in service.effects:
        name = effect.on if effect.during.kind == "enrolled" else effect.during.kind
        found[f"oat_{name}_multiplier"] = number(effect.multiplier)
        if effect.during.length is not None:
            found[f"oat_{name}_years"] = effect.during.length.years
    return found


def replicate_kernel(prepared: Prepared, draw: Draw, lucks: Iterable[int]) -> pd.DataFrame:
    """Return one row per luck (the index), with what both models count."""
    rows = {luck: run_kernel(prepared, draw, luck) for luck in lucks}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("luck")


def run_kernel(prepared: Prepared, draw: Draw, luck: int) -> dict[str, float]:
    """Run the kernel once and return its first arm's counts and person-years under the oracle's names."""
    sim = run_draw(prepared, draw, luck)
    ledger = ledger_of(prepared, sim)
    events = {name: float(ledger.event_counts(name)[0].sum()) for name in ledger.event_names}
    flows = {name: float(ledger.flow(TREATMENT, name)[0].sum()) for name in ledger.flow_names}

    def years(dimension: str, level: int) -> float:
        return float(ledger.dimension_ticks(dimension)[0, ..., level].sum()) / TICKS_PER_YEAR

    infected = years("hiv", 1) + years("hiv", 2)
    return {
        "overdoses": events["overdose_nonfatal"] + events["overdose_death"],
        "overdose_deaths": events["overdose_death"],
        "people_ever_overdosed": float(sim.state["overdosed"][:, 0].sum()),
        "witnessed": events["overdose_witnessed"],
        "use_stops": events["use_stop"],
        "relapses": events["relapse"],
        "injecting_starts": events["injecting_start"],
        "injecting_stops": events["injecting_stop"],
        "skin_infections": events["skin_infection"],
        "skin_admissions": events["skin_infection_admission"],
        "bed_days": events["bed_days"],
        "not_using_years": years("use", 2),
        "other_route_years": years("use", 1),
        "naloxone": events["overdose_reversed"],
        "ambulance": events["ambulance"],
        "brain_injuries": events["brain_injury"],
        "background_deaths": events["background_death"],
        "hiv_deaths": events["hiv_death"],
        "oat_requests": flows["demand"],
        "oat_starts": flows["starts"],
        "left_list": flows["left_waiting"],
        "custody_entries": events["custody_entry"],
        "custody_releases": events["custody_release"],
        "hiv_infections": events["hiv_infection"],
        "hcv_infections": events["hcv_infection"],
        "alive_years": float(ledger.person_ticks()[0].sum()) / TICKS_PER_YEAR,
        "oat_years": flows["client_ticks"] / TICKS_PER_YEAR,
        "waiting_years": flows["waiting_ticks"] / TICKS_PER_YEAR,
        "custody_years": years("custody", 1),
        "unstable_housing_years": years("housing", 1),
        "hiv_years": infected,
        "hcv_years": years("hcv", 1),
        **_at_the_end(sim),
    }


def _at_the_end(sim: Any) -> dict[str, float]:
    state = sim.state[:, 0]
    alive = state["status"] == ALIVE
    return {
        "final_alive": float(alive.sum()),
        "final_custody": float((alive & (state["custody"] > 0)).sum()),
        "final_hiv": float((alive & (state["hiv"] > 0)).sum()),
        "final_hcv": float((alive & (state["viraemic"] > 0)).sum()),
    }


def prepare_agreement(*overrides: str) -> tuple[Prepared, dict[str, float], OracleParameters]:
    """Return the compiled study, its figures, and the oracle's parameters."""
    study = agreement_study(*overrides)
    draw = agreement_draw(study)
    return prepare(study), draw, oracle_parameters(study, draw)
