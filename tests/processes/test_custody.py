"""Custody: the two-state law, keyed stays, what entry ends and release prompts."""

from types import SimpleNamespace

import numpy as np
from scipy import stats

from hrsim.engine.simulation import CLOCK_SIZE, NOW, Simulation
from hrsim.processes.custody import figures, release_window
from hrsim.processes.effects import NO_WINDOW
from hrsim.processes.events import CONTACTS, CUSTODY_ENTRY, CUSTODY_RELEASE
from hrsim.processes.state import COMMUNITY, CUSTODY
from hrsim.units import TICKS_PER_WEEK, TICKS_PER_YEAR
from tests.processes.small_world import (
    CENTRAL,
    KITS,
    PLAIN_BASELINE,
    PROGRAMME,
    assert_pools_add_up,
    assert_share,
    counts,
    enrol_everybody,
    plain,
    run_life,
    years_in,
)

PEOPLE = 6000
CUSTODY_FIGURES = figures(CENTRAL, PLAIN_BASELINE)


def inside(sim: Simulation) -> None:
    """Put everybody in custody."""
    sim.state["custody"] = CUSTODY


def test_the_share_in_custody_follows_the_chain() -> None:
    """From liberty, P(custody at t) = entry / (entry + out) x (1 - e^{-(entry + out) t})."""
    entry, out, years = 0.5, 2.0, 1.5
    sim = run_life([{"custody_entry": entry, "custody_stay": TICKS_PER_YEAR / out}], PEOPLE, years, 1)
    held = (sim.state["custody"] == CUSTODY).sum()
    assert_share(held, PEOPLE, entry / (entry + out) * (1.0 - np.exp(-(entry + out) * years)))
    assert counts(sim, CUSTODY_ENTRY)[0] - counts(sim, CUSTODY_RELEASE)[0] == held
    total = years_in(sim, "custody", CUSTODY)[0] + years_in(sim, "custody", COMMUNITY)[0]
    assert total == PEOPLE * years
    assert_pools_add_up(sim)


def test_stays_are_exponential_and_the_same_in_every_arm() -> None:
    mean = CUSTODY_FIGURES["custody_stay"]
    sim = run_life(
        [{"custody_stay": mean}, {"custody_stay": mean}, {"custody_stay": 2.0 * mean}], 3000, 2, 2, inside
    )
    lengths = sim.state["custody_change"].astype(float)
    assert np.array_equal(lengths[:, 0], lengths[:, 1])
    assert np.all(np.abs(lengths[:, 2] - 2.0 * lengths[:, 0]) <= 2.0)
    assert stats.kstest(lengths[:, 0] / mean, "expon").pvalue > 1e-4


def test_who_is_taken_in_again_gets_a_new_stay() -> None:
    """Stays differ by ordinal: in an arm where people are taken in later, the first stay keeps its length."""
    often = {"custody_entry": 4.0, "custody_stay": TICKS_PER_YEAR / 20.0}
    sim = run_life([often], 500, 2, 3)
    assert counts(sim, CUSTODY_ENTRY)[0] == sim.state["custody_count"].sum()
    assert sim.state["custody_count"].max() > 3
    held = years_in(sim, "custody", CUSTODY)[0] * TICKS_PER_YEAR / often["custody_stay"]
    entries = counts(sim, CUSTODY_ENTRY)[0]
    assert abs(held / entries - 1.0) <= 4.0 / np.sqrt(entries) + 0.02  # stays under way at the end: under 2 %


def test_entry_ends_the_programme_and_gives_its_place_back() -> None:
    sim = run_life([{"custody_entry": 0.5, "custody_stay": TICKS_PER_YEAR / 4.0}], 800, 1, 4, enrol_everybody)
    enrolled = (sim.state["enrolled"][:, 0] >> PROGRAMME) & 1
    assert np.array_equal(enrolled == 1, sim.state["custody_count"][:, 0] == 0)
    assert sim.service["occupied"][0, PROGRAMME] == enrolled.sum()


def test_a_programme_that_reaches_into_custody_goes_on_there() -> None:
    def for_life(sim: Simulation) -> None:
        enrol_everybody(sim)
        sim.service["ends_in_custody"] = 0

    sim = run_life([{"custody_entry": 0.5, "custody_stay": TICKS_PER_YEAR / 4.0}], 200, 1, 4, for_life)
    assert counts(sim, CUSTODY_ENTRY)[0] > 0
    assert np.all(sim.state["enrolled"] == 1 << PROGRAMME)
    assert sim.service["occupied"][0, PROGRAMME] == 200


def test_release_prompts_contacts_by_their_chance() -> None:
    sim = run_life([{"custody_stay": TICKS_PER_YEAR / 50.0}], 4000, 1, 5, inside, kits_at_release=0.3)
    released = counts(sim, CUSTODY_RELEASE)[0]
    assert released == 4000
    contacts = sim.flow[0, :, KITS, CONTACTS].sum()
    assert_share(contacts, released, 0.3)
    assert sim.state["kits"].sum() == sim.world["kits"][0] == contacts
    assert_pools_add_up(sim)


def test_the_release_windows_are_half_open_and_close_in_custody() -> None:
    fields = ("release_early_end", "release_late_end", "release_early", "release_late")
    parameter = np.zeros(1, [(name, "f8") for name in fields]).view(np.recarray)
    for name in fields:
        parameter[name] = CUSTODY_FIGURES[name]
    state = np.zeros((1, 1), [("custody_change", "i8"), ("custody", "i2")]).view(np.recarray)
    clock = np.zeros(CLOCK_SIZE, np.int64)
    sim = SimpleNamespace(clock=clock, state=state, parameter=parameter)
    answers = []
    for now in (0, 2 * TICKS_PER_WEEK - 1, 2 * TICKS_PER_WEEK, 4 * TICKS_PER_WEEK - 1, 4 * TICKS_PER_WEEK):
        clock[NOW] = now
        answers.append(plain(release_window)(sim, 0, 0))
    early, late = CENTRAL["od.release_rr_2wk_us_wa"], CENTRAL["od.release_rr_wk3_4"]
    assert answers == [early, early, late, late, NO_WINDOW]
    clock[NOW], state["custody"] = 0, CUSTODY
    assert plain(release_window)(sim, 0, 0) == NO_WINDOW
