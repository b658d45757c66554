"""Relapse as part of the course: cycles, lengths of abstinence, retention in treatment, homes lost through custody."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from hrsim.engine.simulation import Simulation
from hrsim.processes.custody import homes_lost
from hrsim.processes.events import (
    ABSTINENCE_RELAPSE,
    ABSTINENCE_UNTIL_RELAPSE_TICKS,
    CUSTODY_RELEASE,
    FIRST_ABSTINENCE,
    HOUSING_LOSS,
    HOUSING_LOSS_CUSTODY,
    NEXT_ABSTINENCE,
    RELAPSE,
    UNTIL_FIRST_ABSTINENCE_TICKS,
    UNTIL_NEXT_ABSTINENCE_TICKS,
    USE_STOP,
)
from hrsim.processes.state import NOT_USING, UNSTABLE
from hrsim.units import TICKS_PER_YEAR
from tests.full_model.studies import assert_same, by_arm
from tests.processes.small_world import CENTRAL, PLAIN_BASELINE, assert_share, counts, run_life, years_in
from tests.simulation.studies import bare, events, prepared, run, town_tree

PEOPLE = 4000
YEARS = 3.0
CYCLES = {
    "stop_injecting_use": 1.0,
    "stop_other_use": 1.0,
    "prone_after_injecting": 1.0,
    "prone_after_other": 1.0,
    "relapse": 2.0,
    "relapse_to_injecting": 1.0,
}
OAT = {
    "exclusive": "opioid_agonist_treatment",
    "reach": 3.0,
    "stay": {"mean": "1 year"},
}


def cycling() -> Simulation:
    return run_life([CYCLES], PEOPLE, YEARS, 1)


def test_time_to_first_abstinence_follows_the_exponential_law() -> None:
    """Until T: N (1 - e^-T) people, who took N (1 - (1 + T) e^-T) years in all."""
    sim = cycling()
    first = counts(sim, FIRST_ABSTINENCE)[0]
    assert_share(first, PEOPLE, 1 - np.exp(-YEARS))
    years = counts(sim, UNTIL_FIRST_ABSTINENCE_TICKS)[0] / TICKS_PER_YEAR / PEOPLE
    assert years == pytest.approx(1 - (1 + YEARS) * np.exp(-YEARS), abs=4 / PEOPLE**0.5)


def test_every_cycle_is_counted_and_every_second_of_it() -> None:
    """Stops are first or next ones; the time of ended episodes and of those under way is all the time there is."""
    sim = cycling()
    assert counts(sim, USE_STOP)[0] == counts(sim, FIRST_ABSTINENCE)[0] + counts(sim, NEXT_ABSTINENCE)[0]
    assert counts(sim, RELAPSE)[0] == counts(sim, ABSTINENCE_RELAPSE)[0] > PEOPLE
    since = np.maximum(sim.state["turned"], 0)[:, 0]
    open_ticks = round(YEARS * TICKS_PER_YEAR) - since
    out = sim.state["use"][:, 0] == NOT_USING
    abstinent = counts(sim, ABSTINENCE_UNTIL_RELAPSE_TICKS)[0] + open_ticks[out].sum()
    assert abstinent / TICKS_PER_YEAR == pytest.approx(years_in(sim, "use", NOT_USING)[0], rel=1e-12)
    ended = counts(sim, UNTIL_FIRST_ABSTINENCE_TICKS)[0] + counts(sim, UNTIL_NEXT_ABSTINENCE_TICKS)[0]
    assert ended + abstinent + open_ticks[~out].sum() == PEOPLE * round(YEARS * TICKS_PER_YEAR)


def test_an_abstinence_from_before_the_start_has_no_length() -> None:
    def stopped(sim: Simulation) -> None:
        sim.state["use"], sim.state["relapse_prone"] = NOT_USING, 1

    sim = run_life([{"relapse": 2.0}], 500, 1.0, 2, stopped)
    assert counts(sim, RELAPSE)[0] > 0
    assert counts(sim, ABSTINENCE_RELAPSE)[0] == counts(sim, ABSTINENCE_UNTIL_RELAPSE_TICKS)[0] == 0


def test_retention_in_treatment_follows_the_stay_and_its_share_is_exact() -> None:
    """Exponential stays of a year: e^-0.5, e^-1, e^-2. Followed are the starts of the quarters that are old enough."""
    ledger = run(prepared(bare(3000, 4, {"treatment": OAT})), 3)
    starts = ledger.flow("treatment", "starts")[0]
    for months, quarters in ((6, 2), (12, 4), (24, 8)):
        followed, retained = (
            ledger.event_counts(f"oat_{what}_{months}_months")[0].sum(axis=1)
            for what in ("followed", "retained")
        )
        assert followed[:-quarters].tolist() == starts[:-quarters].tolist()
        assert not followed[-quarters:].any()
        assert (retained <= followed).all()
        assert_share(retained.sum(), followed.sum(), np.exp(-months / 12))


def test_people_who_die_are_not_retained() -> None:
    deadly = {"od.nf_rate_pwid_us_post2016": 3.0, "od.p_death_untreated": 0.9}
    tree = bare(1500, 2, {"treatment": {**OAT, "stay": {"mean": "1000 years"}}}, ("overdose",))
    tree["parameters"] = {name: {"value": value} for name, value in deadly.items()}
    ledger = run(prepared(tree), 4)
    followed, retained = (events(ledger, f"oat_{w}_12_months")[0] for w in ("followed", "retained"))
    assert events(ledger, "overdose_death")[0] > 700
    assert 0 < retained < 0.6 * followed


def test_custody_costs_homes_with_its_chance() -> None:
    figures = {"custody_entry": 0.8, "custody_stay": TICKS_PER_YEAR / 20, "custody_housing_loss": 0.3}
    sim = run_life([figures, {**figures, "custody_housing_loss": 0.0}], PEOPLE, 1.0, 5)
    lost, releases = counts(sim, HOUSING_LOSS_CUSTODY), counts(sim, CUSTODY_RELEASE)
    assert lost[0] == counts(sim, HOUSING_LOSS)[0] == (sim.state["housing"][:, 0] == UNSTABLE).sum()
    assert lost[1] == counts(sim, HOUSING_LOSS)[1] == 0
    assert releases[0] == releases[1]
    # k releases of a person leave the home with chance 0.7^k; k is all but Poisson with the mean of releases.
    assert_share(lost[0], PEOPLE, 1 - np.exp(-0.3 * releases[0] / PEOPLE))


def test_homes_lost_through_custody_are_among_the_published_losses() -> None:
    rows = {"exp.housing_loss_rate": 0.2, "exp.custody_entry_rate": 0.5}
    users = PLAIN_BASELINE.injecting + PLAIN_BASELINE.other_route
    for chance, most in ((0.1, False), (1.0, True)):
        draw = {**CENTRAL, **rows, "exp.custody_housing_loss": chance}
        at_liberty, at_release = homes_lost(draw, PLAIN_BASELINE)
        assert at_liberty + at_release * 0.5 * users == pytest.approx(0.2, rel=1e-12)
        assert (at_liberty == 0.0) == most
    for off in ("custody_housing", "custody", "housing"):
        assert homes_lost(draw, replace(PLAIN_BASELINE, off=frozenset({off}))) == (0.2, 0.0)


def test_at_the_published_chance_the_losses_of_the_mix_stay_and_at_0_everything_does() -> None:
    """All use and are stably housed: losses at liberty and through custody together come at the published rate."""
    arms: dict[str, Any] = {"off": {}, "on": {"processes": {"custody_housing": True}}}
    found = {"exp.custody_entry_rate": 0.4, "exp.custody_stay_days": 3.0, "exp.housing_gain_rate": 0.0}
    tree = bare(6000, 0.5, {}, ("custody", "housing"), arms, parameters=found)
    ledger = run(prepared(tree), 6)
    lost, through = events(ledger, "housing_loss"), events(ledger, "housing_loss_custody")
    assert through[0] == 0 < through[1] < lost[1]
    # Half a year at 0.15 for 6,000 people: equal within 4 errors of the difference, taken as independent.
    assert abs(lost[1] - lost[0]) < 4 * (lost[0] + lost[1]) ** 0.5
    town = town_tree()
    town |= {"horizon": {**town["horizon"], "years": 1}}
    none = {"exp.custody_housing_loss": {"value": 0.0}}
    town["arms"] = {"status_quo": {}, "none": {"processes": {"custody_housing": True}, "parameters": none}}
    same = by_arm(run(prepared(town), 7))
    assert_same(same["status_quo"], same["none"])
