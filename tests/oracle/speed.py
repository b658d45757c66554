"""Print the oracle's SimPy events and person-years per CPU second: `python -m tests.oracle.speed`."""

from dataclasses import replace
from statistics import median
from time import process_time

from .parameters import OracleParameters, weibull_rate_per_year
from .simulation import simulate

BENCHMARK = OracleParameters(
    people=10_000,
    years=10.0,
    background_mortality=0.012,
    unstable_housing_at_start=0.3,
    housing_loss_rate=0.15,
    housing_gain_rate=0.35,
    overdose_rate=0.25,
    frailty_shape=0.7,
    unstable_housing_overdose_multiplier=1.5,
    release_first_multiplier=8.0,
    release_first_years=2 / 52,
    release_second_multiplier=3.0,
    release_second_years=4 / 52,
    witnessed_chance=0.7,
    naloxone_chance=0.5,
    ambulance_chance=0.5,
    death_chance_untreated=0.08,
    death_chance_naloxone=0.01,
    death_chance_ambulance=0.03,
    brain_injury_chance=0.01,
    custody_at_start=0.05,
    custody_entry_rate=0.3,
    custody_stay_years=0.2,
    oat_request_rate=0.5,
    oat_places=3_000,
    oat_patience_years=0.5,
    oat_stay_shape=0.5,
    oat_stay_rate=weibull_rate_per_year(0.19, 0.5, 52),
    oat_overdose_multiplier=0.4,
    oat_first_multiplier=2.0,
    oat_first_years=2 / 52,
    oat_after_multiplier=3.0,
    oat_after_years=4 / 52,
    shares_per_year=50.0,
    lasting_partner_share=0.3,
    hiv_prevalence_at_start=0.1,
    hiv_per_share=0.002,
    hiv_acute_multiplier=10.0,
    hiv_acute_years=0.25,
    hiv_late_rate=0.1,
    hiv_late_mortality=0.2,
    hcv_prevalence_at_start=0.4,
    hcv_per_share=0.01,
    hcv_acute_years=0.5,
    hcv_clearance_chance=0.26,
    hcv_cure_rate=0.05,
)
"""Invented values of the usual size, in no way evidence: everything is switched on."""


def measure(parameters: OracleParameters, seed: int) -> tuple[float, float, float]:
    """Return SimPy events, person-years and CPU seconds of one run, set-up included."""
    began = process_time()
    result = simulate(parameters, seed)
    return result.simpy_events, result.person_years["alive"], process_time() - began


def main() -> None:
    """Print the median of five runs of the benchmark cohort."""
    simulate(replace(BENCHMARK, people=200), seed=0)  # warm up
    runs = [measure(BENCHMARK, seed) for seed in range(1, 6)]
    events_per_second = median(events / seconds for events, _, seconds in runs)
    years_per_second = median(years / seconds for _, years, seconds in runs)
    events_per_year = median(events / years for events, years, _ in runs)
    print(f"{events_per_second:,.0f} SimPy events per CPU second")  # noqa: T201
    print(f"{years_per_second:,.0f} person-years per CPU second")  # noqa: T201
    print(f"{events_per_year:.2f} SimPy events per person-year")  # noqa: T201


if __name__ == "__main__":
    main()
