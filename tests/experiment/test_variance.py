"""Luck and doubt about parameters told apart: an analysis of variance by hand, and a known mixture."""

import numpy as np
import pytest

from hrsim.experiment.plan import Plan
from hrsim.experiment.responses import Response
from hrsim.experiment.variance import components, variance_table

ARMS = ("now", "more")


def response(values):
    return Response("overdose_death", "events", "", np.nan, np.asarray(values, dtype=float))


def test_components_by_hand():
    found = components(np.array([[1.0, 3.0], [7.0, 9.0], [4.0, 6.0]]))  # means 2, 8, 5; within 2 each
    assert found["within_draws"] == 2.0
    assert found["between_draws"] == pytest.approx(9.0 - 2.0 / 2)
    assert found["luck_share"] == pytest.approx(2.0 / 10.0)
    assert found["mcse"] == pytest.approx(np.sqrt(9.0 / 3))
    assert found["replicates_needed"] == 5  # 2/R at most 5 % of 8 + 2/R: R at least 19 x 2 / 8 = 4.75


def test_a_known_mixture_is_found_and_its_replicates_suffice():
    random = np.random.default_rng(4)
    values = 3.0 * random.standard_normal((20_000, 1)) + 6.0 * random.standard_normal((20_000, 4))
    found = components(values)
    assert found["between_draws"] == pytest.approx(9.0, rel=0.05)
    assert found["within_draws"] == pytest.approx(36.0, rel=0.02)
    needed = found["replicates_needed"]
    assert 36 / needed / (9 + 36 / needed) == pytest.approx(0.05, rel=0.05)


def test_only_luck_needs_no_number_of_replicates():
    found = components(np.array([[1.0, -1.0], [1.0, -1.0]]))
    assert found["luck_share"] == 1.0 and np.isnan(found["replicates_needed"])
    assert found["between_draws"] == -1.0
    assert np.isnan(components(np.ones((3, 2)))["luck_share"])


def test_shared_luck_cancels_in_differences():
    plan = Plan(draws=40, replicates=2, seed=1, uncertainty="draws")
    luck = np.random.default_rng(1).standard_normal(80)
    gain = np.repeat(np.arange(40.0), 2)
    table = variance_table(plan, ARMS, "now", [response(np.stack([luck, luck + gain], axis=1))])
    assert table is not None
    value, difference = (
        table[(table["arm"] == "more") & (table["of"] == of)].iloc[0] for of in ("value", "difference")
    )
    assert difference["within_draws"] == pytest.approx(0.0, abs=1e-20)
    assert value["within_draws"] > 0.5
    assert len(table) == 3 and (table[table["of"] == "difference"]["comparator"] == "now").all()


@pytest.mark.parametrize(
    ("draws", "replicates", "uncertainty"), [(5, 1, "draws"), (1, 5, "draws"), (5, 5, "central")]
)
def test_without_replicates_of_several_draws_nothing_can_be_separated(draws, replicates, uncertainty):
    plan = Plan(draws, replicates, 1, uncertainty)
    assert variance_table(plan, ARMS, "now", [response(np.zeros((draws * replicates, 2)))]) is None
