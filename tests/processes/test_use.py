"""Careers of use against closed forms of two-state chains."""

from types import SimpleNamespace

import numpy as np

from hrsim.engine.simulation import CLOCK_SIZE, NOW, Simulation
from hrsim.processes.effects import NO_WINDOW, ON_STOP_USE, lasting
from hrsim.processes.events import INJECTING_START, INJECTING_STOP, RELAPSE, USE_STOP
from hrsim.processes.state import CUSTODY, INJECTING, NOT_USING, OTHER_ROUTE
from hrsim.processes.use import figures, relapse_window
from hrsim.units import TICKS_PER_YEAR
from tests.processes.small_world import (
    CENTRAL,
    PLAIN_BASELINE,
    assert_pools_add_up,
    assert_share,
    counts,
    enrol_everybody,
    plain,
    run_life,
)

PEOPLE = 8000
USE = figures(CENTRAL, PLAIN_BASELINE)


def stopped_before(sim: Simulation) -> None:
    """Make everybody prone to relapse after injecting."""
    sim.state["use"], sim.state["route"], sim.state["relapse_prone"] = NOT_USING, INJECTING, 1


def test_half_have_stopped_at_the_published_median() -> None:
    """Without relapse, half of the people who inject stop within `pop.cess_median_years`."""
    stop = {"stop_injecting_use": USE["stop_injecting_use"], "prone_after_injecting": 0.75}
    years = CENTRAL["pop.cess_median_years"]
    sim = run_life([stop], PEOPLE, years, luck=1)
    stopped = sim.state["use"][:, 0] == NOT_USING
    assert_share(stopped.sum(), PEOPLE, 0.5)
    assert counts(sim, USE_STOP)[0] == stopped.sum()
    assert_share(sim.state["relapse_prone"][stopped, 0].sum(), stopped.sum(), 0.75)
    assert np.all(sim.state["route"][stopped, 0] == INJECTING)
    assert_pools_add_up(sim)


def test_a_multiplier_of_two_squares_the_share_still_using() -> None:
    stop = {"stop_injecting_use": USE["stop_injecting_use"]}
    sim = run_life([stop], PEOPLE, CENTRAL["pop.cess_median_years"], 2, enrol_everybody, {ON_STOP_USE: 2.0})
    assert_share((sim.state["use"] == INJECTING).sum(), PEOPLE, 0.25)


def test_half_of_those_prone_relapse_within_the_median_and_the_share_returns_to_injecting() -> None:
    relapse = {"relapse": USE["relapse"], "relapse_to_injecting": USE["relapse_to_injecting"]}
    sim = run_life([relapse], PEOPLE, CENTRAL["pop.relapse_median_years"], 3, stopped_before)
    relapses = counts(sim, RELAPSE)[0]
    assert_share(relapses, PEOPLE, 0.5)
    assert_share((sim.state["use"] == INJECTING).sum(), relapses, CENTRAL["exp.relapse_injecting_share"])
    assert np.all((sim.state["turned"] >= 0) == (sim.state["use"] != NOT_USING))
    assert_pools_add_up(sim)


def test_who_is_not_prone_never_relapses() -> None:
    def never(sim: Simulation) -> None:
        stopped_before(sim)
        sim.state["relapse_prone"] = 0

    assert counts(run_life([{"relapse": 1.0}], 200, 3, 4, never), RELAPSE)[0] == 0


def test_returns_after_another_route_are_to_another_route() -> None:
    def smoked(sim: Simulation) -> None:
        stopped_before(sim)
        sim.state["route"] = OTHER_ROUTE

    sim = run_life([{"relapse": 1.0, "relapse_to_injecting": 1.0}], 300, 2, 5, smoked)
    assert counts(sim, RELAPSE)[0] > 0
    assert not np.any(sim.state["use"] == INJECTING)


def test_moves_between_routes_reach_the_chain_s_law() -> None:
    """From injecting, P(injecting at t) = (up + down e^{-(up + down) t}) / (up + down)."""
    up, down, years = 0.3, 0.5, 2.0
    sim = run_life([{"start_injecting": up, "stop_injecting": down}], PEOPLE, years, 6)
    injecting = (sim.state["use"] == INJECTING).sum()
    expected = (up + down * np.exp(-(up + down) * years)) / (up + down)
    assert_share(injecting, PEOPLE, expected)
    assert PEOPLE - counts(sim, INJECTING_STOP)[0] + counts(sim, INJECTING_START)[0] == injecting
    assert_pools_add_up(sim)


def test_nothing_moves_in_custody() -> None:
    def inside(sim: Simulation) -> None:
        sim.state["custody"] = CUSTODY
        sim.state["use"][:100] = NOT_USING
        sim.state["relapse_prone"] = 1

    every = {"stop_injecting_use": 1.0, "relapse": 1.0, "start_injecting": 1.0, "stop_injecting": 1.0}
    sim = run_life([{**every, "custody_stay": 1000.0 * TICKS_PER_YEAR}], 200, 1, 7, inside)
    assert sum(counts(sim, event)[0] for event in (USE_STOP, RELAPSE, INJECTING_START, INJECTING_STOP)) == 0


def test_the_relapse_window_is_half_open(monkeypatch) -> None:
    monkeypatch.setattr("hrsim.processes.use.lasting", plain(lasting))
    length = USE["relapse_window"]
    assert length == TICKS_PER_YEAR / 12
    clock = np.zeros(CLOCK_SIZE, np.int64)
    state = np.zeros((1, 1), [("turned", "i8")]).view(np.recarray)
    parameter = np.array([(4.3, length)], [("relapse_overdose", "f8"), ("relapse_window", "f8")]).view(
        np.recarray
    )
    sim = SimpleNamespace(clock=clock, state=state, parameter=parameter)
    answers = []
    for now in (0, int(length) - 1, int(length)):
        clock[NOW] = now
        answers.append(plain(relapse_window)(sim, 0, 0))
    assert answers == [4.3, 4.3, NO_WINDOW]
