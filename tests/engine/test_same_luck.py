"""P2, P3 and P6: arms share their luck, and no arm is a bystander's concern."""

import numpy as np
import pytest

from tests.engine.agreement import assert_agrees
from tests.engine.busy import ARMS, BASE, STREAMS, WILD, cohorts, digests, run_busy
from tests.engine.toy_survival import EXTINCTION, INFECTION, OTHER_DEATH, OVERDOSE, OVERDOSE_DEATH
from tests.engine.toys import events, person_years, regular_edges, run_toy, stream

PEOPLE = 1_500


@pytest.fixture(scope="module")
def alone() -> dict[str, str]:
    return dict(digests(run_busy(PEOPLE)))


def test_the_busy_study_is_busy(alone: dict[str, str]) -> None:
    """Equal bytes would prove little if arms were alike or nothing happened."""
    sim = run_busy(PEOPLE)
    assert digests(sim) == alone
    assert len(set(alone.values())) == len(ARMS)
    for event in (OVERDOSE, OVERDOSE_DEATH, OTHER_DEATH, INFECTION):
        assert events(sim, event).min() > 20
    assert (sim.band_open > 0).sum() > 500 and sim.logged[0] > 10_000
    assert (sim.state["status"][PEOPLE:] == 0).any() and (sim.state["status"][PEOPLE:] == 1).any()


@pytest.mark.parametrize("place", [0, 1, 3])
@pytest.mark.parametrize("figures", [WILD, {**BASE, "entry": 1.0, "stay": 0.1, "chain": 6.0}, {}])
def test_a_new_arm_moves_no_other(alone: dict[str, str], place: int, figures: dict[str, float]) -> None:
    """P3: also one with hazards above every ceiling, which opens upper bands for everybody."""
    names = list(ARMS)
    arms = {name: ARMS[name] for name in names[:place]} | {"new": figures}
    arms |= {name: ARMS[name] for name in names[place:]}
    together = dict(digests(run_busy(PEOPLE, arms=arms), arms))
    new = together.pop("new")
    assert together == alone
    assert new not in alone.values()


def test_arms_may_go_change_their_order_and_their_names(alone: dict[str, str]) -> None:
    for names in (
        ("calmer",),
        ("fewer_overdoses", "status_quo"),
        ("calmer", "fewer_overdoses", "status_quo"),
    ):
        arms = {name: ARMS[name] for name in names}
        assert digests(run_busy(PEOPLE, arms=arms), arms) == {name: alone[name] for name in names}
    renamed = {f"renamed_{name}": figures for name, figures in ARMS.items()}
    assert list(digests(run_busy(PEOPLE, arms=renamed), renamed).values()) == list(alone.values())


def test_a_new_stream_that_nobody_accepts_moves_nothing(alone: dict[str, str]) -> None:
    for name in ("aardvark", "zebra"):
        streams = [*STREAMS, stream("island_infection", 2.0, name=name, watched=False)]
        quiet = [kept for kept in streams if kept.process != "infection"]
        without = [kept for kept in STREAMS if kept.process != "infection"]
        arms = {arm: {**figures, "beta": 0.0} for arm, figures in ARMS.items()}
        with_it, plain = (
            run_busy(PEOPLE, arms=arms, streams=quiet),
            run_busy(PEOPLE, arms=arms, streams=without),
        )
        assert digests(with_it, arms) == digests(plain, arms)
    assert digests(run_busy(PEOPLE, streams=STREAMS[::-1])) == alone


def test_another_luck_is_another_story(alone: dict[str, str]) -> None:
    assert not set(digests(run_busy(PEOPLE, luck=43)).values()) & set(alone.values())


def test_an_arm_that_rejects_all_entries_is_a_study_without_them() -> None:
    """Rejected entries leave their slots unborn: events and person-time are those of the people at the start."""
    streams = [
        kept for kept in STREAMS if kept.process not in ("infection", "recovery")
    ]  # contacts count slots
    arms = {"closed": {**BASE, "entry": 0.0}, "open": {**BASE, "entry": 1.0}}
    both = run_toy(streams, cohorts(800), regular_edges(3.0), 44, arms)
    only = run_toy(streams, cohorts(800)[:1], regular_edges(3.0), 44, {"closed": arms["closed"]})
    assert both.event[0].tobytes() == only.event[0].tobytes() and both.event[0].any()
    assert both.ticks[0].tobytes() == only.ticks[0].tobytes()
    assert (both.state["status"][800:, 0] == 0).all() and (both.state["status"][800:, 1] > 0).all()


def test_a_service_without_effects_changes_only_its_own_counts() -> None:
    """P6: the difference is exactly 0."""
    arms = {"without": {**BASE, "admission": 0.0}, "with": BASE}
    plain = [
        kept for kept in STREAMS if "climbing" not in kept.name and kept.process != "overdose"
    ]  # keep `count`
    sim = run_toy(plain, cohorts(2_000), regular_edges(3.0), 45, arms)
    assert (sim.state["count"][:, 1] > 0).any() and not sim.state["count"][:, 0].any()
    np.testing.assert_array_equal(sim.event[0], sim.event[1])
    np.testing.assert_array_equal(sim.ticks[0], sim.ticks[1])
    assert sim.event[0].any()


@pytest.mark.parametrize("effect", [0.02, 0.05, 0.2, 0.4])
def test_a_thinned_count_is_coupled_as_well_as_can_be(effect: float) -> None:
    """P2: variance of a difference between arms of different luck over that of the same luck is (2 - p)/p."""
    people, rate = 1_000_000, 0.8
    arms = {"less": {"overdose": rate * (1.0 - effect)}, "more": {"overdose": rate}}
    streams = [stream("overdose", 1.0)]
    one, two = (run_toy(streams, people, regular_edges(1.0), luck, arms).state["count"] for luck in (46, 47))
    same = np.var(one[:, 1] - one[:, 0])
    different = np.var(one[:, 1] - two[:, 0])
    ratio = (2.0 - effect) / effect
    # A Poisson difference of mean m has a sample variance with variance (m + 2 m^2) / n, and so has the other.
    small, large = rate * effect, rate * (2.0 - effect)
    error = ratio * ((1.0 / small + 2.0 + 1.0 / large + 2.0) / people) ** 0.5
    assert_agrees(different / same, ratio, error, precision=0.01)
    assert (one[:, 1] >= one[:, 0]).all(), "an arm with a lower hazard accepts a subset"


def test_totals_over_lucks_are_coupled_too() -> None:
    """P2 again, over runs instead of people: nothing but the shared luck links the arms."""
    people, rate, effect, runs = 400, 0.8, 0.2, 400
    arms = {"less": {"overdose": rate * (1.0 - effect)}, "more": {"overdose": rate}}
    totals = np.array(
        [
            events(
                run_toy([stream("overdose", 1.0)], people, regular_edges(1.0, 1.0), 4_800 + luck, arms),
                OVERDOSE,
            )
            for luck in range(runs)
        ]
    )
    same = np.var(totals[:, 1] - totals[:, 0], ddof=1)
    different = np.var(totals[:, 1] - np.roll(totals[:, 0], 1), ddof=1)
    error = 9.0 * (4.0 / runs) ** 0.5
    assert_agrees(different / same, 9.0, error, precision=0.1)
    assert_agrees(totals[:, 1].mean(), people * rate, (people * rate / runs) ** 0.5)


def test_nothing_is_lost() -> None:
    """P5: people in = alive + dead + unborn; every tick of person-time in exactly one stage and group."""
    people = 2_000
    sim = run_busy(people)
    groups = sim.person["group"]
    entry = np.where(sim.person["cohort"] == 0, 0, sim.person["entry"])
    end = int(regular_edges(3.0)[-1])
    for a in range(len(ARMS)):
        status = sim.state["status"][:, a]
        deaths = events(sim, OVERDOSE_DEATH)[a] + events(sim, OTHER_DEATH)[a]
        assert (status == 2).sum() == deaths > 0
        assert set(np.unique(status)) == {0, 1, 2} and not (status[:people] == 0).any()
        for group in range(3):
            here = groups == group
            alive = here & (status == 1)
            survivors_time = int((end - entry[alive]).sum())
            dead_time = int(sim.ticks[a, :, group].sum()) - survivors_time
            longest = int((end - entry[here & (status == 2)]).sum())
            assert 0 < dead_time < longest
    assert events(sim, EXTINCTION).sum() == 0


def test_person_time_without_deaths_is_exact() -> None:
    """P5: every quarter of every group holds exactly the people there, to the tick."""
    streams = [kept for kept in STREAMS if kept.process not in ("overdose", "other")]
    arms = {"open": {**BASE, "entry": 1.0}}
    sim = run_toy(streams, cohorts(600), regular_edges(3.0), 49, arms, groups=2)
    edges = regular_edges(3.0)
    entry = np.where(sim.person["cohort"] == 0, 0, sim.person["entry"])
    for group in range(2):
        since = entry[sim.person["group"] == group][:, None]
        there = np.clip(edges[1:] - np.maximum(edges[:-1], since), 0, None).sum(axis=0)
        np.testing.assert_array_equal(sim.ticks[0, :, group].sum(axis=1), there)
    assert person_years(sim)[0].min(axis=0).max() > 0
