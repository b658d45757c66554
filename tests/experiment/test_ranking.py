"""Which inputs the ranking rests on: those that change the best arm are found, and chance is not taken for one."""

from types import SimpleNamespace

import numpy as np
import pytest

from hrsim.economics.frontier import shortfalls, tied_arms
from hrsim.experiment.ranking import ranking_table


def rows(count):
    return [SimpleNamespace(id=f"x.{n}", name=f"Input {n}", unit="share", grade="A") for n in range(count)]


def drawn(draws, inputs, seed=1):
    random = np.random.default_rng(seed)
    return random.normal(size=(draws, inputs)), random


@pytest.mark.parametrize("draws", [40, 400])
def test_the_input_that_changes_the_best_arm_is_found_with_the_value_at_which_it_does(draws):
    """B beats A by 1 - x of input 3: A is best where x is above 1, which 16 % of draws are."""
    values, random = drawn(draws, 60)
    gain = 1.0 - values[:, 3] + 0.2 * random.normal(size=draws)
    table = ranking_table(("a", "b"), np.stack([np.zeros(draws), gain], axis=1), rows(60), values)
    (line,) = table.to_dict("records")
    assert (line["evidence"], line["best_arm"], line["other_arm"], line["above"]) == ("x.3", "b", "a", True)
    assert line["changes_at"] == pytest.approx(1.0, abs=0.35)


def test_an_input_that_moves_the_result_but_not_the_choice_is_left_out():
    values, _ = drawn(200, 10)
    gain = 5.0 + values[:, 3]
    assert ranking_table(("a", "b"), np.stack([0 * gain, gain], axis=1), rows(10), values).empty


def test_inputs_without_influence_are_hardly_ever_named():
    """Of 200 runs in which nothing matters, about one in twenty names an input: the declared false alarm."""
    alarms = 0
    for seed in range(200):
        values, random = drawn(40, 50, seed)
        net = np.stack([np.zeros(40), random.normal(size=40)], axis=1)
        alarms += not ranking_table(("a", "b"), net, rows(50), values).empty
    assert alarms <= 20  # binomial(200, 0.05): above 20 with probability 0.1 %


def test_too_few_draws_name_nothing():
    values, _ = drawn(29, 5)
    assert ranking_table(
        ("a", "b"), np.stack([0 * values[:, 0], values[:, 0]], axis=1), rows(5), values
    ).empty


def test_arms_are_tied_by_their_paired_difference_not_by_their_own_spread():
    """Both arms vary by 100 and differ by 1 in every draw: no tie. With noise of 100 between them: a tie."""
    random = np.random.default_rng(5)
    shared = 100 * random.normal(size=50)
    sure = np.stack([shared, shared + 1.0], axis=1)
    assert tied_arms(shortfalls(sure)).tolist() == [False, True]
    unsure = np.stack([shared, 1.0 + 100 * random.normal(size=50)], axis=1)
    assert tied_arms(shortfalls(unsure)).tolist() == [True, True]
    assert tied_arms(shortfalls(sure[:1])).tolist() == [False, True]
    assert tied_arms(shortfalls(np.ones((1, 2)))).tolist() == [True, True]
