"""Against counting twice, on the full model: overlapping windows, the reference groups, frailty and repeats."""

from typing import Any

import numpy as np
import pytest

from hrsim.engine.simulation import Simulation
from hrsim.people import frailty
from hrsim.processes.effects import IDLE
from hrsim.processes.events import EVENTS
from hrsim.units import TICKS_PER_DAY, TICKS_PER_WEEK, TICKS_PER_YEAR
from tests.simulation.studies import bare, central, events, prepared, run, steps

ERRORS = 4.0  # standard errors allowed
RELEASE, TREATMENT_END, RELAPSE = 1, 2, 4
WEEK = TICKS_PER_WEEK / TICKS_PER_YEAR
ROOM = {  # all-cause rates above the rates that tests raise
    "oat.nonod_mort_hr_out_vs_pop": 100.0,
    "hsu.ed_rate_pwid_melb": 100.0,
    "hsu.adm_rate_heroin_london": 100.0,
}
NOBODY_DIES = {"od.p_death_untreated": 0.0, "od.p_death_naloxone": 0.0, "od.cease_after_od": 0.0}
FOR_EVER = {"mean": "1000000 years"}


def assert_share(number: float, of: float, expected: float) -> None:
    """Refuse a share more than four binomial standard errors from its chance."""
    error = np.sqrt(expected * (1.0 - expected) / of)
    assert abs(number / of - expected) <= ERRORS * error, (number / of, expected, error)


def test_of_overlapping_windows_the_largest_counts() -> None:
    """Everybody left custody, treatment or abstinence at tick 0, or several of them: eight groups by person's number.

    P(overdose in t) = 1 - exp(-base x largest open window x t), in weeks 1 and 2, 3 and 4, and 6 and 7.
    """
    people, rate = 32_000, 1.3
    treatment = {
        "exclusive": "opioid_agonist_treatment",
        "stay": FOR_EVER,
        "effects": [
            {"on": "overdose", "multiplier": {"evidence": "oat.od_ratio_in_vs_out"}},
            {
                "on": "overdose",
                "multiplier": {"evidence": "oat.od_rr_first4wk_after_stop"},
                "during": {"after": "4 weeks"},
            },
        ],
    }
    rates = {"od.nf_rate_pwid_us_post2016": rate, "od.case_fatality_pwid_us": 0.0, **NOBODY_DIES}
    study = prepared(bare(people, 8 * WEEK, {"treatment": treatment}, on=("overdose",), parameters=rates))
    groups = np.arange(people) % 8

    def at_once(sim: Simulation) -> None:
        sim.state["custody_change"][(groups & RELEASE) > 0] = 0
        sim.state["turned"][(groups & RELAPSE) > 0] = 0
        left = sim.stay[(groups & TREATMENT_END) > 0]
        left["service"], left["ordinal"], left["phase"], left["end"] = 0, 1, IDLE, 0
        sim.stay[(groups & TREATMENT_END) > 0] = left
        sim.left[(groups & TREATMENT_END) > 0] = 0

    draw = central(study)
    after, relapse = draw["oat.od_rr_first4wk_after_stop"], draw["od.mult_relapse"]
    windows = {
        2: {RELEASE: draw["od.release_rr_2wk_us_wa"], TREATMENT_END: after, RELAPSE: relapse},
        4: {RELEASE: draw["od.release_rr_wk3_4"], TREATMENT_END: after, RELAPSE: relapse},
        7: {},
    }
    for now, sim in steps(study, 1, TICKS_PER_WEEK, at_once):
        if now // TICKS_PER_WEEK in windows:
            for group in range(8):
                opened = [size for bit, size in windows[now // TICKS_PER_WEEK].items() if group & bit]
                chance = 1.0 - np.exp(-rate * max(opened, default=1.0) * 2 * WEEK)
                overdosed = sim.state["overdosed"][groups == group, 0]
                assert_share(overdosed.sum(), overdosed.size, chance)
        if now // TICKS_PER_WEEK in (2, 5):
            sim.state["overdosed"] = 0


def test_a_lone_window_below_one_protects_and_gives_way_to_a_larger_one() -> None:
    """Release doubles the risk for a month, the first month in a service halves it; those released have just begun."""
    people, years = 40_000, 28 * TICKS_PER_DAY / TICKS_PER_YEAR
    service = {
        "stay": FOR_EVER,
        "at_start": {"enrolled": 1.0},
        "effects": [{"on": "overdose", "multiplier": 0.5, "during": {"first": "1 months"}}],
    }
    rates = {
        "od.nf_rate_pwid_us_post2016": 4.0,
        "od.case_fatality_pwid_us": 0.0,
        "od.release_rr_2wk_us_wa": 2.0,
        "od.release_window_early_weeks": 4.0,
        **NOBODY_DIES,
        **ROOM,
    }
    study = prepared(bare(people, years, {"service": service}, on=("overdose",), parameters=rates))
    released = np.arange(people) % 2 == 1

    def new(sim: Simulation) -> None:
        sim.state["custody_change"][released] = 0
        sim.stay["changed"] = 0

    (*_, (_, sim)) = steps(study, 1, TICKS_PER_WEEK, new)
    for group, factor in ((~released, 0.5), (released, 2.0)):
        overdosed = sim.state["overdosed"][group, 0]
        assert_share(overdosed.sum(), overdosed.size, 1.0 - np.exp(-4.0 * factor * years))


INFECTIONS = {
    "exp.sharing_acts_year": 100.0,
    "exp.unprotected_sex_acts_year": 0.0,
    "inf.hcv_per_share_infected_source": 0.005,
    "inf.hiv_per_share": 0.005,
    "inf.hiv_acute_mult": 1.0,
}
INFECTED = {
    "hiv": {"prevalence": 0.3, "diagnosed": 0.0, "treated": 0.0},
    "hcv": {"prevalence": 0.5, "diagnosed": 0.0, "ever_treated": 0.0},
}
RATES = {  # process, event, rate per person-year of the average person who injects
    "overdose": ("overdose_nonfatal", lambda draw: 0.41 / (1.0 - draw["od.case_fatality_pwid_us"])),
    "skin_infection": ("skin_infection", lambda draw: 0.5),
    "endocarditis": ("endocarditis_admission", lambda draw: 0.5),
    "hcv": ("hcv_infection", lambda draw: 100.0 * 0.005 * 0.5 * 0.5),
    "hiv": ("hiv_infection", lambda draw: 100.0 * 0.005 * 0.3 * 0.7),
}
RATIOS = (
    "od.aor_unstable_housing",
    "inf.irid_aor_homeless",
    "inf.rr_hcv_homeless_adj",
    "inf.rr_hiv_homeless_adj",
)


@pytest.mark.parametrize("unstable", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("process", RATES)
def test_base_rates_hold_at_the_baseline_mix_whatever_it_is(process: str, unstable: float) -> None:
    """Housing (four times the risk), treatment and frailty move risk between people and keep the published average."""
    people, shape = 20_000, 0.7
    years = 0.1 if process in ("hcv", "hiv") else 0.5  # short, so that prevalence stays as it is
    treatment = {
        "exclusive": "opioid_agonist_treatment",
        "stay": FOR_EVER,
        "at_start": {"enrolled": 0.3},
        "effects": [
            {"on": "overdose", "multiplier": {"evidence": "oat.od_ratio_in_vs_out"}},
            {"on": "skin_infection", "multiplier": {"evidence": "inf.rr_irid_oat_nsw"}},
            {"on": "endocarditis", "multiplier": {"evidence": "inf.rr_irid_oat_nsw"}},
        ],
    }
    parameters = {
        **NOBODY_DIES,
        **INFECTIONS,
        **dict.fromkeys(RATIOS, 4.0),
        "od.nf_rate_pwid_us_post2016": 0.41,
        "inf.ssti_acute_rate_us": 0.5,
        "inf.ie_adm_rate_us2017": 0.5,
        "inf.ie_mort_inhosp_us": 0.0,
        "inf.rr_irid_oat_nsw": 0.5,
        **ROOM,
    }
    study = prepared(
        bare(
            people, years, {"treatment": treatment}, on=(process,), parameters=parameters,
            unstable_housing=unstable, frailty_shape=shape, **INFECTED,
        )
    )  # fmt: skip
    event, rate = RATES[process]
    expected = people * years * rate(central(study))
    spread = (
        expected + people * (expected / people) ** 2 / shape
    )  # Poisson, and the sampled mix of the people
    assert abs(events(run(study, 1), event)[0] - expected) <= ERRORS * np.sqrt(spread)


@pytest.mark.parametrize("shape", [0.44, 0.7, 2.5])
def test_frailty_averages_one_and_has_the_given_spread(shape: float) -> None:
    size = 200_000
    study = prepared(bare(10, 1.0, {}, frailty_shape=shape))
    drawn = frailty(study.study.population, central(study), 1, "start", size)
    assert abs(drawn.mean() - 1.0) <= ERRORS * np.sqrt(1.0 / shape / size)
    fourth = 3.0 / shape**2 + 6.0 / shape**3  # central moment of a gamma of mean 1
    assert abs(drawn.var() - 1.0 / shape) <= ERRORS * np.sqrt((fourth - shape**-2) / size)


def repeats(people: int, rate: float, **parameters: float) -> tuple[Any, Any]:
    """Return who overdosed in the first year and who did in the second."""
    rows = {
        "od.nf_rate_pwid_us_post2016": rate,
        "od.case_fatality_pwid_us": 0.0,
        **NOBODY_DIES,
        **parameters,
    }
    shape = {"evidence": "od.frailty_shape"}
    study = prepared(bare(people, 2.0, {}, on=("overdose",), parameters=rows, frailty_shape=shape))
    seen = []
    for now, sim in steps(study, 3, TICKS_PER_YEAR):
        if now % TICKS_PER_YEAR == 0:
            seen.append(sim.state["overdosed"][:, 0] > 0)
            sim.state["overdosed"] = 0
    return seen[0], seen[1]


def test_repeats_come_from_frailty_alone() -> None:
    """Gamma frailty of shape k, mean m a year: P(none in year 2 | none in year 1) = ((k + m) / (k + 2 m)) ** k."""
    people, m = 30_000, 0.3
    first, second = repeats(people, m)
    k = central(prepared(bare(10, 1.0, {})))["od.frailty_shape"]
    none, none_twice = (k / (k + m)) ** k, (k / (k + 2.0 * m)) ** k
    assert_share(first.sum(), people, 1.0 - none)
    assert_share(second[~first].sum(), (~first).sum(), 1.0 - none_twice / none)
    assert_share(second[first].sum(), first.sum(), 1.0 - (none - none_twice) / (1.0 - none))


def test_overdoses_do_not_raise_the_rate_of_later_ones() -> None:
    """With frailty alone, and nobody leaving, every year brings the same number of overdoses."""
    people, m = 20_000, 0.3
    rows = {"od.nf_rate_pwid_us_post2016": m, "od.case_fatality_pwid_us": 0.0, **NOBODY_DIES}
    shape = {"evidence": "od.frailty_shape"}
    study = prepared(bare(people, 4.0, {}, on=("overdose",), parameters=rows, frailty_shape=shape))
    ledger = run(study, 2)
    by_quarter = ledger.events[0, :, 0, ledger.event_names.index("overdose_nonfatal")]
    spread = people * (m + m**2 / central(study)["od.frailty_shape"])
    assert np.all(np.abs(by_quarter.reshape(4, 4).sum(axis=1) - people * m) <= ERRORS * np.sqrt(spread))


def test_the_published_repeat_ratio_is_what_frailty_gives() -> None:
    """For rare overdoses the hazard after one, against everybody's, is 1 + 1 / shape: 1.95, and nothing is left."""
    draw = central(prepared(bare(10, 1.0, {})))
    assert 1.0 + 1.0 / draw["od.frailty_shape"] == pytest.approx(1.95, abs=5e-4)
    assert draw["exp.od_causal_repeat"] == 1.0


@pytest.mark.parametrize("before", [0, 1])
def test_a_causal_repeat_is_a_scenario_that_acts_after_the_first_overdose(before: int) -> None:
    people, years, rate = 20_000, 0.01, 5.0
    rows = {
        "od.nf_rate_pwid_us_post2016": rate,
        "od.case_fatality_pwid_us": 0.0,
        "exp.od_causal_repeat": 3.0,
        **NOBODY_DIES,
        **ROOM,
    }
    study = prepared(bare(people, years, {}, on=("overdose",), parameters=rows))

    def history(sim: Simulation) -> None:
        sim.state["overdosed"] = before

    (*_, (_, sim)) = steps(study, 1, TICKS_PER_WEEK, history)
    first, later = rate * years, 3.0 * rate * years
    # Without an earlier one, the first comes at the base rate and any further at thrice that.
    chain = (1.0 - np.exp(-first)) + later - 3.0 * (1.0 - np.exp(-first))
    expected = people * (later if before else chain)
    seen = sim.event[..., study.model.events.index("overdose_nonfatal")].sum()
    assert abs(seen - expected) <= ERRORS * np.sqrt(3.0 * expected)


def test_supply_at_the_reference_exposure_changes_nobody() -> None:
    def exposed(share: Any) -> dict[str, Any]:
        return {"processes": {"supply": True}, "supply": {"exposure": {2026: share}}}

    reference = {"evidence": "exp.od_reference_exposure"}
    arms = {"off": {}, "reference": exposed(reference), "all_fentanyl": exposed(1.0), "none": exposed(0.0)}
    tree = bare(3000, 2.0, {}, on=("overdose",), arms=arms, use={"injecting": 0.6, "other_route": 0.4})
    ledger = run(prepared(tree), 1)
    assert np.array_equal(ledger.events[0], ledger.events[1])
    assert np.array_equal(ledger.state_ticks[0], ledger.state_ticks[1])
    overdoses = events(ledger, "overdose_nonfatal")
    assert overdoses[3] < overdoses[0] < overdoses[2]


def test_treatment_lowers_overdoses_and_deaths_by_the_published_ratios() -> None:
    """The ratio of overdoses, and that of deaths given one, together make the published ratio of overdose deaths."""
    treatment = {
        "label": "treatment",
        "exclusive": "opioid_agonist_treatment",
        "stay": FOR_EVER,
        "at_start": {"enrolled": 1.0},
        "effects": [
            {"on": "overdose", "multiplier": {"evidence": "oat.od_ratio_in_vs_out"}},
            {"on": "overdose_fatality", "multiplier": {"evidence": "oat.fatality_ratio_in_vs_out"}},
        ],
    }
    arms = {"out": {}, "treated": {"services": {"treatment": treatment}}}
    rows = {"od.p_death_untreated": 0.5, "od.witnessed": 0.0, "od.cease_after_od": 0.0}
    study = prepared(bare(40_000, 0.25, {}, on=("overdose",), arms=arms, parameters=rows))
    ledger, draw = run(study, 1), central(study)
    deaths = events(ledger, "overdose_death")
    overdoses = deaths + events(ledger, "overdose_nonfatal")
    for counted, row in ((overdoses, "oat.od_ratio_in_vs_out"), (deaths, "oat.od_death_ratio_in_vs_out")):
        error = np.sqrt((1.0 / counted).sum())
        # The untreated arm loses people to overdose: half of those who had one, at most 3 in 100.
        assert abs(np.log(counted[1] / counted[0] / draw[row])) <= ERRORS * error + 0.03


def test_a_window_that_protects_closes_without_notice() -> None:
    """Upper bands stay open for the hazard to come, so afterwards both arms have the same overdoses."""
    start = {"on": "overdose", "multiplier": 0.01, "during": {"first": "60 weeks"}}
    treatment = {"label": "treatment", "reach": 20.0, "stay": FOR_EVER, "effects": [start]}
    rates = {
        "od.nf_rate_pwid_us_post2016": 0.6,
        "od.case_fatality_pwid_us": 0.0,
        "exp.od_causal_repeat": 5.0,
        **NOBODY_DIES,
    }
    arms = {"without": {}, "protected": {"services": {"treatment": treatment}}}
    study = prepared(bare(200, 4.0, {}, on=("overdose",), arms=arms, parameters=rates))

    def had_one(sim: Simulation) -> None:
        sim.state["overdosed"] = 1

    for _, sim in steps(study, 1, TICKS_PER_YEAR, had_one):
        last = sim
    counts = last.event[..., EVENTS.index("overdose_nonfatal")].sum(axis=2)
    assert counts[1, :4].sum() < 0.2 * counts[0, :4].sum()
    assert np.array_equal(counts[0, 8:], counts[1, 8:]) and counts[0, 8:].sum() > 800
