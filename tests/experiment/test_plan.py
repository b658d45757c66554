"""The plan: every draw and replicate once, each with luck of its own that never changes."""

from hypothesis import given
from hypothesis import strategies as st

from hrsim.experiment.plan import LUCK_BITS, Plan, luck_number


def test_every_draw_and_replicate_appears_once_with_its_own_luck():
    tasks = Plan(draws=40, replicates=3, seed=7, uncertainty="draws").tasks()
    assert [(task.draw, task.replicate) for task in tasks] == [(d, r) for d in range(40) for r in range(3)]
    assert len({task.luck for task in tasks}) == 120


def test_more_draws_never_change_earlier_ones():
    few = Plan(draws=3, replicates=2, seed=7, uncertainty="draws").tasks()
    many = Plan(draws=9, replicates=2, seed=7, uncertainty="draws").tasks()
    assert many[: len(few)] == few


def test_at_central_values_only_luck_varies_and_each_replicate_is_a_sample():
    plan = Plan(draws=50, replicates=4, seed=1, uncertainty="central")
    assert {task.draw for task in plan.tasks()} == {0}
    assert plan.samples() == 4
    assert [plan.sample_of(task) for task in plan.tasks()] == [0, 1, 2, 3]


@given(st.integers(0, 2**64), st.integers(0, 10**6), st.integers(0, 10**4))
def test_luck_fits_63_bits(seed, draw, replicate):
    assert 0 <= luck_number(seed, draw, replicate) < 2**LUCK_BITS


def test_luck_bits_are_fair():
    lucks = [luck_number(1, draw, 0) for draw in range(4000)]
    for bit in range(LUCK_BITS):
        ones = sum(luck >> bit & 1 for luck in lucks)
        assert abs(ones - 2000) < 5 * (4000 * 0.25) ** 0.5  # five standard errors
