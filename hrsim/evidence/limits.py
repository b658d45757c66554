"""Rows whose numbers the model divides by, or turns from probabilities into hazards: stricter than their kind."""

from __future__ import annotations

POSITIVE = frozenset(
    {
        "exp.distress_episode_years",
        "exp.distress_leave_ratio",
        "exp.trust_coming_odds_ratio",
        "exp.trust_drift_years",
        "exp.use_episodes_per_day",
        "inf.hcv_hcc_death",
        "oat.nonod_mort_hr_out_vs_pop",
        "od.kit_life_months",
        "od.mult_inject",
        "od.nf_rate_pwid_us_post2016",
        "pop.age_sd_bc",
        "pop.cess_median_years",
        "pop.relapse_median_years",
        "ut.hcv_mild",
        "ut.hcv_svr",
        "ut.out_can",
    }
)
"""Rows that must be above 0."""

BELOW_ONE = frozenset(
    {
        "exp.distress_share",
        "exp.trust_low_share",
        "inf.hcv_dc_death_later",
        "inf.hcv_dc_hcc",
        "inf.hcv_f01_month",
        "inf.hcv_f12_month",
        "inf.hcv_f23_month",
        "inf.hcv_f34_month",
        "inf.hcv_f4_dc",
        "inf.hcv_f4_hcc",
        "inf.hcv_hcc_death",
        "inf.hcv_svr_dc",
        "inf.hcv_svr_hcc",
        "od.case_fatality_pwid_us",
    }
)
"""Probabilities and shares that must be below 1; those of the life table too."""

LIFE_TABLE = "lt."
"""How the ids of the life table begin."""


def broken_limit(row: str, number: float) -> str | None:
    """Return the limit of a row that a number breaks, in words; None when it breaks none."""
    if row in POSITIVE and number <= 0.0:
        return "more than 0"
    if (row in BELOW_ONE or row.startswith(LIFE_TABLE)) and number >= 1.0:
        return "less than 1"
    return None
