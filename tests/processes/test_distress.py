"""Distress against closed forms of a two-state chain; what it does to others; exactly nothing where it does nothing."""

from typing import Any

import numpy as np
import pytest

from hrsim.engine.simulation import Simulation
from hrsim.processes.events import DISTRESS_TICKS, USE_STOP
from hrsim.processes.state import DISTRESSED, NOT_USING
from hrsim.units import TICKS_PER_YEAR
from tests.full_model.studies import assert_same, by_arm
from tests.processes.small_world import CENTRAL, assert_share, counts, run_life
from tests.simulation.studies import bare, events, flow, prepared, run, town_tree, years_in

PEOPLE = 8000
ONSET, RECOVERY = 0.4, 0.8
CHAIN = {
    f"distress_{move}{usual}": rate
    for move, rate in (("onset", ONSET), ("recovery", RECOVERY))
    for usual in ("", "_usual")
}
RATIOS = ("overdose", "stop_use", "relapse", "leave")
FREE = {"stay": {"mean": "1 year"}}
CLOCKED = {"stay": {"mean": "1 year"}, "exclusive": "pool"}


def with_distress(tree: dict[str, Any], share: float, episode: float, **ratios: float) -> dict[str, Any]:
    """Switch distress on in a study, every ratio 1 unless given."""
    tree["processes"]["distress"] = True
    values = {"share": share, "episode_years": episode, **{f"{r}_ratio": ratios.get(r, 1.0) for r in RATIOS}}
    tree["parameters"] |= {f"exp.distress_{name}": {"value": value} for name, value in values.items()}
    return tree


def in_distress(sim: Simulation) -> None:
    sim.state["distress"] = DISTRESSED


def test_share_and_time_in_distress_follow_the_chain() -> None:
    """From nobody: share pi (1 - exp(-(on + off) t)); the time is its integral."""
    years, pace = 2.0, ONSET + RECOVERY
    sim = run_life([CHAIN], PEOPLE, years, luck=1)
    balance = ONSET / pace
    assert_share(sim.state["distress"][:, 0].sum(), PEOPLE, balance * (1 - np.exp(-pace * years)))
    last = (round(years * TICKS_PER_YEAR) - sim.wellbeing["told"]) * sim.state["distress"]  # not yet told
    lived = (sim.event[0, ..., DISTRESS_TICKS].sum() + last.sum()) / TICKS_PER_YEAR / PEOPLE
    expected = balance * (years - (1 - np.exp(-pace * years)) / pace)
    # A person's time in distress lies between 0 and 2 years: its standard deviation is below 1.
    assert lived == pytest.approx(expected, abs=4 / PEOPLE**0.5)


def test_in_balance_the_share_stays() -> None:
    tree = with_distress(bare(4000, 3, {}), 0.3, 0.5)
    ledger = run(prepared(tree), 1)
    lived = ledger.events[..., ledger.event_names.index("distress_ticks")].sum(axis=2)[0]
    share = lived / ledger.person_ticks().sum(axis=2)[0]
    assert share == pytest.approx(0.3, abs=4 * (0.3 * 0.7 / 4000) ** 0.5)


def test_half_as_many_still_use_where_distress_doubles_stopping() -> None:
    stop = {"stop_injecting_use": np.log(2.0), "distress_stop_use": 2.0}
    sim = run_life([stop], PEOPLE, 1.0, 2, in_distress)
    assert_share((sim.state["use"] != NOT_USING).sum(), PEOPLE, 0.25)
    assert counts(sim, USE_STOP)[0] == (sim.state["use"] == NOT_USING).sum()


def test_distress_doubles_relapse() -> None:
    def stopped(sim: Simulation) -> None:
        in_distress(sim)
        sim.state["use"], sim.state["relapse_prone"] = NOT_USING, 1

    relapse = {"relapse": np.log(2.0), "distress_relapse": 2.0}
    sim = run_life([relapse], PEOPLE, 1.0, 3, stopped)
    assert_share((sim.state["use"] == NOT_USING).sum(), PEOPLE, 0.25)


@pytest.mark.parametrize("stay", [FREE, CLOCKED], ids=["free", "clocked"])
def test_people_in_distress_leave_sooner(stay: dict[str, Any]) -> None:
    """Half in distress for good, ratio 3: rates 0.5 and 1.5 a year, 1 on average at the start."""
    service = {**stay, "at_start": {"enrolled": 1.0}}
    tree = with_distress(bare(PEOPLE, 1, {"programme": service}), 0.5, 1e6, leave=3.0)
    left = flow(run(prepared(tree), 2), "stops", "programme")[0]
    assert_share(PEOPLE - left, PEOPLE, (np.exp(-0.5) + np.exp(-1.5)) / 2)


@pytest.mark.parametrize("stay", [FREE, CLOCKED], ids=["free", "clocked"])
def test_a_stay_follows_distress_as_it_comes_and_goes(stay: dict[str, Any]) -> None:
    """Episodes of half a week: everybody leaves at the average rate, 1 a year."""
    service = {**stay, "at_start": {"enrolled": 1.0}}
    tree = with_distress(bare(1000, 1, {"programme": service}), 0.5, 0.01, leave=3.0)
    left = flow(run(prepared(tree), 3), "stops", "programme")[0]
    assert_share(1000 - left, 1000, np.exp(-1.0))


def test_a_service_that_speeds_recovery_lowers_overdoses() -> None:
    """Share in distress p(t) falls from 0.5 to 1 / 11; overdoses follow 1 + 4 p(t), base 1 + 4 x 0.5."""
    support = {
        "label": "Support",
        "stay": {"mean": "1000 years"},
        "at_start": {"enrolled": 1.0},
        "effects": [{"on": "distress_recovery", "multiplier": 10.0}],
    }
    arms = {"alone": {}, "supported": {"services": {"support": support}}}
    years = 2.0
    tree = bare(PEOPLE, years, {}, on=("overdose",), arms=arms)
    ledger = run(prepared(with_distress(tree, 0.5, 1.0, overdose=5.0)), 4)
    overdoses = events(ledger, "overdose_nonfatal") + events(ledger, "overdose_death")
    rate = overdoses / years_in(ledger)
    pace, balance = 1.0 + 10.0, 1.0 / 11.0
    mean = balance + (0.5 - balance) * (1 - np.exp(-pace * years)) / (pace * years)
    expected = (1 + 4 * mean) / 3.0
    error = expected * (1 / overdoses[0] + 1 / overdoses[1]) ** 0.5
    # Deaths fall on people in distress, which bends the law by less than 1 %.
    assert rate[1] / rate[0] == pytest.approx(expected, abs=4 * error + 0.01)
    published = CENTRAL["od.nf_rate_pwid_us_post2016"] / (1 - CENTRAL["od.case_fatality_pwid_us"])
    assert rate[0] == pytest.approx(published, rel=0.1)


def test_with_ratios_of_one_distress_changes_nothing_else() -> None:
    """The town with and without distress: every other count equal to the tick."""
    tree = town_tree()
    ones = {f"exp.distress_{ratio}_ratio": {"value": 1.0} for ratio in RATIOS}
    tree |= {"horizon": {**tree["horizon"], "years": 2}}
    tree["arms"] = {"status_quo": {}, "distress": {"processes": {"distress": True}, "parameters": ones}}
    found = by_arm(run(prepared(tree), 5))
    assert found["distress"][0]["distress_onset"].sum() > 0
    for arm in found.values():
        for name in ("distress_onset", "distress_recovery", "distress_ticks"):
            arm[0].pop(name)
    assert_same(found["status_quo"], found["distress"])


def test_off_nobody_is_in_distress() -> None:
    ledger = run(prepared(bare(500, 1, {}, on=("overdose", "use"))), 6)
    assert all(events(ledger, f"distress_{what}")[0] == 0 for what in ("onset", "recovery", "ticks"))


def test_a_service_for_people_in_distress_reaches_them_alone() -> None:
    """Everybody eligible is reached: as many starts as people in distress."""
    service = {"eligible": {"distress": ["present"]}, "reach": 200, "stay": {"mean": "1000 years"}}
    tree = with_distress(bare(PEOPLE, 0.25, {"support": service}), 0.3, 1e6)
    assert_share(flow(run(prepared(tree), 7), "starts", "support")[0], PEOPLE, 0.3)
