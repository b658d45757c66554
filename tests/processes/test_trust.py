"""Trust against closed forms; each thing that moves it, and what it moves; exactly nothing where it does nothing."""

import datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from hrsim.processes.events import LOW_TRUST_TICKS
from hrsim.processes.trust import chance_of_coming
from hrsim.units import TICKS_PER_YEAR
from tests.full_model.studies import assert_same, by_arm
from tests.processes.small_world import assert_share, plain, run_life
from tests.simulation.studies import bare, events, flow, prepared, run, town_tree, years_in

PEOPLE = 8000
LOSS, GAIN = 0.3, 0.9
NEVER_DRIFTS = 1e6
CHANCES = ("lost_turned_away", "lost_left_waiting", "lost_closure", "lost_custody", "gained_contact")
NEUTRAL = {"exp.stigma_delay_mult": 1.0, "exp.trust_coming_odds_ratio": 1.0}
ONE_OFF = {"reach": 2.0}


def with_trust(tree: dict[str, Any], share: float, **values: float) -> dict[str, Any]:
    """Switch trust on: nothing moves it, and it moves nothing, but for what `values` say."""
    tree["processes"]["trust"] = True
    figures = {
        "exp.trust_low_share": share,
        "exp.trust_drift_years": values.pop("drift_years", NEVER_DRIFTS),
        "exp.stigma_delay_mult": values.pop("reach", 1.0),
        "exp.trust_coming_odds_ratio": values.pop("odds", 1.0),
        **{f"exp.trust_{name}": values.pop(name, 0.0) for name in CHANCES},
    }
    assert not values
    tree["parameters"] |= {name: {"value": value} for name, value in figures.items()}
    return tree


def low_share(ledger: Any, quarter: int = -1) -> float:
    """Return the share of a quarter's person-time with low trust."""
    low = ledger.events[0, quarter, :, ledger.event_names.index("low_trust_ticks")].sum()
    return float(low / ledger.person_ticks()[0, quarter].sum())


def test_share_and_time_of_low_trust_follow_the_chain() -> None:
    """From nobody: share pi (1 - exp(-(loss + gain) t)); the time is its integral."""
    years, pace = 2.0, LOSS + GAIN
    drift = {f"trust_{m}{u}": r for m, r in (("loss", LOSS), ("gain", GAIN)) for u in ("", "_usual")}
    sim = run_life([drift], PEOPLE, years, luck=1)
    balance = LOSS / pace
    assert_share(sim.state["trust"][:, 0].sum(), PEOPLE, balance * (1 - np.exp(-pace * years)))
    last = (round(years * TICKS_PER_YEAR) - sim.wellbeing["told"]) * sim.state["trust"]  # not yet told
    lived = (sim.event[0, ..., LOW_TRUST_TICKS].sum() + last.sum()) / TICKS_PER_YEAR / PEOPLE
    expected = balance * (years - (1 - np.exp(-pace * years)) / pace)
    assert lived == pytest.approx(expected, abs=4 / PEOPLE**0.5)  # a person's time has a deviation below 1


def test_without_events_the_share_stays() -> None:
    ledger = run(prepared(with_trust(bare(4000, 3, {}), 0.4, drift_years=0.5)), 1)
    assert events(ledger, "trust_lost")[0] > 4000
    for quarter in (0, 5, 11):
        assert low_share(ledger, quarter) == pytest.approx(0.4, abs=4 * (0.4 * 0.6 / 4000) ** 0.5)


def test_low_trust_halves_reach_and_the_mix_keeps_the_published_rate() -> None:
    """Not reached by t: (1 - s) exp(-h t / average) + s exp(-h t / (2 average)), average 1 - s / 2."""
    share, rate = 0.4, 2.0
    average = 1 - share / 2
    stays = {**ONE_OFF, "stay": {"mean": "1000 years"}}
    tree = bare(PEOPLE, 0.5, {"contact": ONE_OFF, "stay": stays})
    ledger = run(prepared(with_trust(tree, share, reach=0.5)), 2)
    contacts, expected = flow(ledger, "contacts", "contact")[0], PEOPLE * 0.5 * rate
    assert abs(contacts - expected) < 4 * (1.1 * expected) ** 0.5  # a mixture of Poisson numbers
    missed = (1 - share) * np.exp(-rate * 0.5 / average) + share * np.exp(-rate * 0.25 / average)
    assert_share(PEOPLE - flow(ledger, "starts", "stay")[0], PEOPLE, missed)


@pytest.mark.parametrize("ratio", [0.3, 0.9999, 2.5])
@pytest.mark.parametrize("share", [0.0, 0.4, 0.9])
@pytest.mark.parametrize("chance", [0.0, 1e-9, 0.37, 0.87, 1.0])
def test_odds_of_coming_keep_their_ratio_and_their_mean(chance: float, share: float, ratio: float) -> None:
    parameter = SimpleNamespace(trust_odds=ratio, trust_low_share=share)
    state = {(0, 0): SimpleNamespace(trust=0), (1, 0): SimpleNamespace(trust=1)}
    sim: Any = SimpleNamespace(parameter=[parameter], state=state)
    others, low = (plain(chance_of_coming)(sim, i, 0, chance) for i in (0, 1))
    assert (1 - share) * others + share * low == pytest.approx(chance, rel=1e-12)
    assert low * (1 - others) == pytest.approx(ratio * others * (1 - low), abs=1e-15, rel=1e-9)
    assert 0.0 <= low <= 1.0 + 1e-15


def test_people_with_low_trust_complete_fewer_referrals_and_answer_fewer_prompts() -> None:
    """All sent once or twice; who arrives keeps the published mean, and nobody of low trust at odds of near 0."""
    door = {"reach": 4.0, "refers_to": [{"service": "clinic", "probability": 1.0}]}
    clinic = {"referral_completion": {"elsewhere": 0.5}, "stay": {"mean": "1000 years"}}
    tree = bare(4000, 3, {"door": door, "clinic": clinic})
    ledger = run(prepared(with_trust(tree, 0.4, odds=1e-9)), 3)
    # Each of the others arrives with chance 0.5 / 0.6 a time: in three years nearly all of them, and they alone.
    assert_share(flow(ledger, "starts", "clinic")[0], 4000, 0.6)
    first = bare(4000, 0.1, {"door": door, "clinic": {"referral_completion": {"elsewhere": 0.5}}})
    ledger = run(prepared(with_trust(first, 0.4, odds=0.2)), 3)
    made, completed = (flow(ledger, f"referrals_{what}", "clinic")[0] for what in ("made", "completed"))
    assert_share(completed, made, 0.5)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


FULL = {"stay": {"mean": "1000 years"}, "capacity": {"places": 0}, "waiting": {"patience": "1 month"}}
MOVERS: dict[str, tuple[dict[str, Any], dict[str, Any], float]] = {
    # What happens to everybody in the first month, the service it happens in, and the share at the start.
    "lost_turned_away": ({"reach": 100, "capacity": {"contacts_per_month": 0}}, {}, 0.0),
    "lost_left_waiting": ({**FULL, "reach": 100}, {}, 0.0),
    "lost_closure": (
        {"stay": {"mean": "1000 years"}, "at_start": {"enrolled": 1.0}, "closes": day("2026-01-20")},
        {},
        0.0,
    ),
    "lost_custody": ({}, {"exp.custody_entry_rate": 100.0}, 0.0),
    "gained_contact": ({"reach": 100}, {}, 1.0),
}


@pytest.mark.parametrize("mover", MOVERS)
def test_each_event_moves_trust_and_only_with_its_chance(mover: str) -> None:
    service, parameters, start = MOVERS[mover]
    on = ("custody",) if mover == "lost_custody" else ()
    # A tick-wide share of 0 or 1 is refused: nearly nobody, nearly everybody.
    share = min(max(start, 1e-12), 1 - 1e-12)
    for chance in (0.0, 1.0):
        tree = bare(500, 0.75, {"service": service}, on, parameters=dict(parameters))
        ledger = run(prepared(with_trust(tree, share, **{mover: chance})), 4)
        moved = start if chance == 0.0 else 1.0 - start
        assert low_share(ledger) == pytest.approx(moved, abs=0.02), chance
        if chance == 0.0:
            assert events(ledger, "trust_lost")[0] == events(ledger, "trust_gained")[0] == 0


def test_a_closure_costs_the_uptake_of_everything_else() -> None:
    clinic = {"stay": {"mean": "1000 years"}, "at_start": {"enrolled": 1.0}}
    closed = {"services": {"clinic": {"closes": day("2026-03-01")}}}
    arms = {"open": {}, "closed": closed}
    tree = bare(2000, 1, {"clinic": clinic, "needles": ONE_OFF}, arms=arms)
    ledger = run(prepared(with_trust(tree, 0.2, reach=0.5, lost_closure=0.6)), 5)
    contacts = flow(ledger, "contacts", "needles", 1)
    # Trust falls from 0.8 to 0.32: reach from 1 to (0.32 + 0.68 / 2) / 0.9.
    assert contacts[1] / contacts[0] == pytest.approx(0.66 / 0.9, abs=0.06)
    assert years_in(ledger)[0] == years_in(ledger)[1]


def test_scarce_staff_cost_trust_through_the_list() -> None:
    """Fewer staff, fewer places, longer lists, more who give up waiting, less trust, fewer contacts elsewhere."""
    clinic = {
        **FULL,
        "reach": 3.0,
        "stay": {"mean": "6 months"},
        "capacity": {"places": 300},
        "staffing": "clinicians",
    }
    pool = {"fte": 40, "caseload_norm": 20, "turnover": 0.33, "overload": 6.0, "vacancy_time": "3 months"}
    arms = {"enough": {}, "scarce": {"staff_pools": {"clinicians": {"fte": 8}}}}
    tree = bare(1000, 4, {"clinic": clinic, "needles": ONE_OFF}, arms=arms)
    tree = with_trust(tree, 0.2, reach=0.5, lost_left_waiting=0.2, drift_years=2.0)
    ledger = run(prepared({**tree, "staff_pools": {"clinicians": pool}}), 8)
    waits = flow(ledger, "left_waiting", "clinic")
    low = events(ledger, "low_trust_ticks") / TICKS_PER_YEAR
    contacts = flow(ledger, "contacts", "needles")
    assert waits[1] > 1.2 * waits[0]
    assert low[1] > 1.05 * low[0]
    assert contacts[1] < contacts[0]


def test_with_neutral_figures_trust_changes_nothing_else() -> None:
    """The town with and without trust, ratios 1: every other count equal to the tick."""
    tree = town_tree()
    tree |= {"horizon": {**tree["horizon"], "years": 2}}
    ones = {name: {"value": value} for name, value in NEUTRAL.items()}
    tree["arms"] = {"status_quo": {}, "trust": {"processes": {"trust": True}, "parameters": ones}}
    found = by_arm(run(prepared(tree), 5))
    assert found["trust"][0]["trust_lost"].sum() > 0
    for arm in found.values():
        for name in ("trust_lost", "trust_gained", "low_trust_ticks"):
            arm[0].pop(name)
    assert_same(found["status_quo"], found["trust"])


def test_off_nobody_has_low_trust() -> None:
    ledger = run(prepared(bare(500, 1, {"door": ONE_OFF}, on=("custody",))), 6)
    assert all(events(ledger, name)[0] == 0 for name in ("trust_lost", "trust_gained", "low_trust_ticks"))


def test_a_service_that_builds_trust_raises_the_reach_of_others() -> None:
    """Share of low trust falls from 0.5 to 1 / 11 at pace 0.5 (1 + 10); the reach is 1 - p / 2 over 0.75."""
    peers = {
        "stay": {"mean": "1000 years"},
        "at_start": {"enrolled": 1.0},
        "effects": [{"on": "trust_gain", "multiplier": 10.0}],
    }
    tree = bare(4000, 2, {"needles": ONE_OFF}, arms={"alone": {}, "peers": {"services": {"peers": peers}}})
    tree["arms"]["peers"]["services"]["peers"]["label"] = "Peers"
    ledger = run(prepared(with_trust(tree, 0.5, drift_years=1.0, reach=0.5)), 7)
    pace, balance, years = 0.5 + 5.0, 0.5 / 5.5, 2.0
    mean = balance + (0.5 - balance) * (1 - np.exp(-pace * years)) / (pace * years)
    contacts = flow(ledger, "contacts", "needles")
    expected = (1 - mean / 2) / 0.75
    error = 1.5 * (1 / contacts[0] + 1 / contacts[1]) ** 0.5  # people differ: more than Poisson
    assert contacts[1] / contacts[0] == pytest.approx(expected, abs=4 * error)
