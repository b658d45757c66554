"""Cohorts against closed forms: decay, competing exits, annuities, stays of a known law, trees, and continuous time."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hrsim.cohort.results import Comparison, compare_file, total
from hrsim.cohort.run import Outcome, point_weights
from tests.cohort.conftest import Compare

IMMORTAL = ("rate_death: 0.1", "rate_death: 0")
PROBABILITIES = "{probabilities: {dead: 1 - exp(-rate_death)}}"


def only(comparison: Comparison) -> Outcome:
    (outcome,) = comparison.outcomes.values()
    return outcome


@pytest.mark.parametrize("form", ["matrix_exponential", "competing", "each_alone"])
def test_a_constant_rate_leaves_an_exponential(compare: Compare, form: str) -> None:
    rates = ("transitions:\n", f"rates_become: {form}\ntransitions:\n")
    outcome = only(
        compare((PROBABILITIES, "{rates: {dead: rate_death}}"), rates, ("years: 1", "years: 1 / 12"))
    )
    assert outcome.occupancy[:, 0] == pytest.approx(np.exp(-0.1 * np.arange(31) / 12), rel=1e-13)


@pytest.mark.parametrize("form", ["matrix_exponential", "competing"])
def test_competing_rates_share_the_exits_and_alone_they_take_more(compare: Compare, form: str) -> None:
    def leaving(form: str) -> Outcome:
        return only(
            compare(
                ("  dead: {dead: true}", "  dead: {dead: true}\n  gone: {utility: 1}"),
                (PROBABILITIES, "{rates: {dead: rate_death, gone: 3 * rate_death}}"),
                ("transitions:\n", f"rates_become: {form}\ntransitions:\n"),
            )
        )

    after = leaving(form).occupancy[1]
    assert after == pytest.approx([np.exp(-0.4), 0.25 * -np.expm1(-0.4), 0.75 * -np.expm1(-0.4)], rel=1e-13)
    alone = leaving("each_alone").occupancy[1]
    assert alone[1:] == pytest.approx(-np.expm1([-0.1, -0.3]), rel=1e-13)


@pytest.mark.parametrize(
    ("at", "value"),
    [("end_of_cycle", 19.600441), ("start_of_cycle", 20.188455), ("middle_of_cycle", 19.892275)],
)
def test_annuities_have_their_textbook_values(compare: Compare, at: str, value: float) -> None:
    """D1: 1 a year for 30 years at 3 %."""
    found = compare(
        IMMORTAL,
        ("price: 100", "price: 1"),
        ("costs: 0,", "costs: 0.03,"),
        ("at: start_of_cycle", f"at: {at}"),
    )
    assert found.costs["one"] == pytest.approx(value, abs=5e-7)
    assert only(found).costs["states"].undiscounted == 30.0


def test_rates_that_step_down_and_years_of_monthly_cycles(compare: Compare) -> None:
    """D7: 3.5 % for 30 years, then 3 %; paid by the month it is the same where years are discounted as one."""
    changes = [IMMORTAL, ("price: 100", "price: 1"), ("costs: 0,", "costs: {0: 0.035, 30: 0.03},")]
    yearly = compare(*changes, ("number: 30", "number: 50"), ("at: start_of_cycle", "at: end_of_cycle"))
    assert yearly.costs["one"] == pytest.approx(23.692569, abs=5e-7)
    monthly = compare(
        *changes,
        ("number: 30, years: 1", "number: 600, years: 1 / 12"),
        ("at: start_of_cycle", "at: end_of_year"),
    )
    assert monthly.costs["one"] == pytest.approx(yearly.costs["one"], rel=1e-12)


def test_counting_conventions_stand_in_their_order_and_two_corrections_agree(compare: Compare) -> None:
    def years(counted: str) -> float:
        return only(compare(("counted: start_of_cycle", f"counted: {counted}"))).life_years.undiscounted

    alive = np.exp(-0.1 * np.arange(31))
    assert years("start_of_cycle") == pytest.approx(alive[:-1].sum(), rel=1e-13)
    assert years("end_of_cycle") == pytest.approx(alive[1:].sum(), rel=1e-13)
    assert years("all_points") == pytest.approx(alive.sum(), rel=1e-13)
    assert years("mean_of_cycle") == pytest.approx(years("trapezoid"), rel=1e-13)
    exact = (1 - alive[-1]) / 0.1
    assert years("simpson") == pytest.approx(exact, rel=1e-6)


def test_simpson_is_exact_for_a_cubic_and_the_tutorials_weights_are_not() -> None:
    points = np.arange(5.0)
    assert point_weights("simpson", 4) @ points**3 == pytest.approx(64.0)
    assert point_weights("simpson_as_darth", 4) @ points**3 != pytest.approx(64.0, rel=0.01)
    assert point_weights("simpson_as_darth", 4).tolist() == pytest.approx([1 / 3, 2 / 3, 4 / 3, 2 / 3, 1 / 3])


def test_a_tunnel_keeps_people_for_a_fixed_stay_and_follows_a_law_of_the_stay(compare: Compare) -> None:
    tunnel = ("well: {utility: 1,", "well: {tunnel: 40, utility: 1,")
    fixed = only(compare(tunnel, (PROBABILITIES, "{probabilities: {dead: cycles_in_state >= 3}}")))
    assert fixed.occupancy[:4, 0].tolist() == [1.0, 1.0, 1.0, 0.0]
    weibull = (
        "{probabilities: {dead: 1 - exp(0.2 * ((cycles_in_state - 1) ** 0.5 - cycles_in_state ** 0.5))}}"
    )
    law = only(compare(tunnel, (PROBABILITIES, weibull)))
    assert law.occupancy[:, 0] == pytest.approx(np.exp(-0.2 * np.sqrt(np.arange(31))), rel=1e-13)


def test_who_comes_back_to_a_tunnel_begins_anew(compare: Compare) -> None:
    outcome = only(
        compare(
            ("well: {utility: 1,", "well: {tunnel: 2, utility: 1,"),
            ("  dead: {dead: true}", "  dead: {utility: 1}"),
            (
                PROBABILITIES,
                "{probabilities: {dead: cycles_in_state == 2}}\n  dead: {probabilities: {well: 1}}",
            ),
        )
    )
    assert outcome.occupancy[:7, 0].tolist() == [1, 1, 0, 1, 1, 0, 1]


def test_the_last_cycle_that_is_told_apart_holds_all_later_ones(compare: Compare) -> None:
    tunnel = ("well: {utility: 1,", "well: {tunnel: 2, utility: 1,")
    outcome = only(
        compare(tunnel, (PROBABILITIES, "{probabilities: {dead: 0.5 if cycles_in_state == 1 else 0}}"))
    )
    assert outcome.occupancy[1:, 0].tolist() == [0.5] * 30


def test_values_by_age_and_by_cycle_hold_until_the_next(compare: Compare) -> None:
    outcome = only(
        compare(
            ("rate_death: 0.1", "rate_death: {by_age: {0: 0.1, 42: 0.2, 45: 0}}"),
            ("price: 100", "price: {by_cycle: {1: 10, 3: 0}}"),
        )
    )
    rates = np.array([0.1, 0.1, 0.2, 0.2, 0.2, *[0.0] * 25])
    assert outcome.occupancy[1:, 0] == pytest.approx(np.exp(-np.cumsum(rates)), rel=1e-13)
    assert outcome.costs["states"].undiscounted == pytest.approx(10 * (1 + np.exp(-0.1)), rel=1e-13)


def test_counts_are_shares_of_their_sum_and_times_multiplies_leaving(compare: Compare) -> None:
    few = only(compare((PROBABILITIES, "{counts: {well: 30, dead: 10}}")))
    many = only(compare((PROBABILITIES, "{counts: {well: 300, dead: 100}, times: 0.5}")))
    assert few.occupancy[1, 1] == 0.25
    assert many.occupancy[1, 1] == 0.125


def test_each_death_has_its_price_and_what_it_takes(compare: Compare) -> None:
    changes = [
        ("price: 100", "price: 0"),
        ("transitions:\n", "moves: [{to: dead, cost: 7, qalys: -0.5}]\ntransitions:\n"),
        ("{age: 40,", "{age: 40, people: 200, cost: 3,"),
    ]
    outcome = only(compare(*changes))
    deaths = outcome.occupancy[-1, 1]
    assert deaths == pytest.approx(200 * -np.expm1(-3.0), rel=1e-13)
    assert {part: amount.undiscounted for part, amount in outcome.costs.items()} == pytest.approx(
        {"start": 600, "tree": 0, "states": 0, "moves": 7 * deaths}
    )
    assert total(outcome.qalys).undiscounted == pytest.approx(outcome.life_years.undiscounted - 0.5 * deaths)
    points = [("counted: start_of_cycle", "counted: trapezoid")]
    assert only(compare(*changes, *points)).costs["moves"].undiscounted == pytest.approx(7 * deaths)
    weighted = only(
        compare(*changes, ("counted: start_of_cycle", "counted: trapezoid, moves_counted: as_states"))
    )
    last = outcome.occupancy[-1, 1] - outcome.occupancy[-2, 1]
    assert weighted.costs["moves"].undiscounted == pytest.approx(7 * (deaths - last / 2))


TREE = """\
hrsim_cohort: 1
title: t
source: s
money: USD
effect: qalys
parameters: {p: 0.3}
tree:
  first:
    seen: {probability: p, cost: 10, to: second}
    unseen: {probability: rest, to: third, qalys: 2}
  third:
    found: {probability: 1, cost: 4, to: second}
  second:
    lives: {probability: 0.9, qalys: 1, to: well}
    dies: {probability: 0.1, cost: 5, to: dead}
states: {well: {}, dead: {dead: true}}
arms:
  one: {}
  two: {parameters: {p: 0.8}, start: {cost: 1}}
  three: {tree: {second: {lives: {probability: 1, to: well}}}}
comparator: one
"""


def test_a_tree_alone_adds_up_what_its_branches_cost_and_bring(tmp_path: Path) -> None:
    path = tmp_path / "tree.cohort.yaml"
    path.write_text(TREE, encoding="utf-8")
    found = compare_file(path)
    assert found.costs == pytest.approx({"one": 6.3, "two": 10.3, "three": 5.8})
    assert found.effects == pytest.approx({"one": 2.3, "two": 1.3, "three": 1.4})
    assert found.outcomes["one"].occupancy.tolist() == [pytest.approx([0.9, 0.1])]


CONTINUOUS = """\
hrsim_cohort: 1
title: t
source: s
money: USD
effect: qalys
parameters: {treatment: 0, utility: 0.75, slower: 1}
start: {shares: {healthy: 1}}
cycles: {number: 3900, years: 1 / 52, counted: simpson}
discount: {costs: 0.03, effects: 0.03, at: start_of_cycle}
states:
  healthy: {utility: 1, cost_per_year: 2000}
  sick: {utility: utility, cost_per_year: 4000 + treatment}
  sicker: {utility: 0.5, cost_per_year: 15000 + treatment}
  dead: {dead: true}
rates_become: matrix_exponential
transitions:
  healthy: {rates: {sick: 0.15, dead: 0.002}}
  sick: {rates: {healthy: 0.5, sicker: 0.105 * slower, dead: 0.006}}
  sicker: {rates: {dead: 0.02}}
arms:
  standard: {}
  ab: {parameters: {treatment: 25000, utility: 0.95, slower: 0.6}}
comparator: standard
"""


def test_weekly_cycles_by_matrix_exponential_reach_continuous_time(tmp_path: Path) -> None:
    """B2, continuous time: 147,742.63 and 21.3448; 355,058.97 and 23.7491."""
    path = tmp_path / "weekly.cohort.yaml"
    path.write_text(CONTINUOUS, encoding="utf-8")
    found = compare_file(path)
    assert found.costs == pytest.approx({"standard": 147742.63, "ab": 355058.97}, abs=0.006)
    assert found.effects == pytest.approx({"standard": 21.3448, "ab": 23.7491}, abs=5.1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_nobody_is_lost_and_flows_are_the_differences(compare: Compare, seed: int) -> None:
    chances = np.random.default_rng(seed).dirichlet([1.0, 1.0, 1.0], 3).tolist()
    rows = "\n".join(
        f"  {state}: {{probabilities: {named(row)}}}" for state, row in zip("abc", chances, strict=True)
    )
    outcome = only(
        compare(
            (
                "  well: {utility: 1, cost_per_year: price}\n  dead: {dead: true}",
                "\n".join(f"  {s}: {{utility: 1}}" for s in "abc"),
            ),
            (f"  well: {PROBABILITIES}", rows),
            ("shares: {well: 1}", "shares: {a: 0.5, b: 0.25, c: 0.25}"),
        )
    )
    assert outcome.occupancy.sum(axis=1) == pytest.approx(np.ones(31), rel=1e-12)
    entered = outcome.flows[1, 0] + outcome.flows[2, 0] - outcome.flows[0, 1] - outcome.flows[0, 2]
    assert np.diff(outcome.occupancy[:, 0]) == pytest.approx(entered, abs=1e-14)
    matrix = np.array(chances)
    expected = np.array([0.5, 0.25, 0.25]) @ np.linalg.matrix_power(matrix, 30)
    assert outcome.occupancy[30] == pytest.approx(expected, rel=1e-9)


def named(row: Sequence[Any]) -> str:
    first, second, _ = row
    return f"{{a: {first!r}, b: {second!r}, c: rest}}"
