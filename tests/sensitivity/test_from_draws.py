"""What draws tell: correlations, values of learning and shares of the variance of a study made by hand."""

from dataclasses import replace

import numpy as np
import pytest

from hrsim.economics.value_of_information import evpi, evpi_without_luck
from hrsim.evidence import load_register
from hrsim.experiment.plan import Plan
from hrsim.experiment.responses import Response
from hrsim.sensitivity.draws import DrawnResults, strongest
from hrsim.sensitivity.from_draws import UnknownParameter, rank_correlation_table, sobol_table
from hrsim.sensitivity.learning import evppi_table
from hrsim.sensitivity.possible import Possible

DRAWS = 100
ROWS = tuple(list(load_register().values())[:3])
A, B, C = (row.id for row in ROWS)


@pytest.fixture
def drawn():
    """Give two arms whose net benefits differ by 3 a - b + a b in draws of three parameters, one of them idle."""
    parameters = np.random.default_rng(6).standard_normal((DRAWS, 3))
    a, b, _ = parameters.T
    gain = np.stack([np.full(DRAWS, 5e6), 5e6 + 3 * a - b + a * b], axis=1)
    return DrawnResults(
        plan=Plan(DRAWS, 1, 1, "draws"),
        arms=("now", "more"),
        comparator="now",
        rows=ROWS,
        parameters=parameters,
        responses=(
            Response("overdose_death", "events", "", np.nan, np.stack([0 * a, np.exp(a)], axis=1)),
            Response("net_monetary_benefit", "CAD", "societal", 50_000.0, gain),
        ),
        tables={},
    )


def test_ranks_of_a_rising_function_correlate_fully(drawn):
    table = rank_correlation_table(drawn).set_index(["measure", "evidence"])["rank_correlation"]
    assert table["overdose_death", A] == pytest.approx(1.0)
    assert table["net_monetary_benefit", A] > 0.7 and table["net_monetary_benefit", B] < 0
    assert abs(table["net_monetary_benefit", C]) < 3 / np.sqrt(DRAWS - 1)
    assert strongest(rank_correlation_table(drawn), 2)[0] == A


def test_arms_that_differ_by_rounding_alone_correlate_with_nothing(drawn):
    random = np.random.default_rng(1)
    same = np.stack([np.full(DRAWS, 1e7), 1e7 * (1 + 1e-15 * random.integers(-3, 4, DRAWS))], axis=1)
    twins = replace(drawn, responses=(Response("cost", "CAD", "societal", np.nan, same),))
    assert rank_correlation_table(twins).empty


def test_learning_parameters_is_worth_what_they_decide(drawn):
    table = evppi_table(drawn, {"both": [A, B]}).set_index("parameters")
    whole = evpi(drawn.responses[1].values).value
    assert table.loc["both", "method"] == "gaussian_process"
    assert table.loc["both", "evppi"] == pytest.approx(whole, rel=0.1)
    assert table.loc[C, "evppi"] <= table.loc[C, "noise"] < table.loc[A, "evppi"]
    assert table.loc[C, "evppi"] < table.loc[A, "evppi"] <= whole
    assert table["clear"].tolist() == (table["evppi"] > table["standard_error"]).tolist()
    assert table["evppi"].is_monotonic_decreasing


@pytest.mark.parametrize("seed", range(6))
def test_no_value_is_above_that_of_everything_and_no_group_below_its_member(drawn, seed):
    """In small noisy samples a spline may follow noise beyond the EVPI, and a process may not follow it."""
    random = np.random.default_rng(seed)
    parameters = random.standard_normal((DRAWS, 3))
    gain = 0.05 * parameters[:, 0] + random.standard_normal(DRAWS)
    benefits = np.stack([np.zeros(DRAWS), gain], axis=1)
    response = Response("net_monetary_benefit", "CAD", "societal", 50_000.0, benefits)
    made = replace(drawn, parameters=parameters, responses=(response,))
    table = evppi_table(made, {"pair": [A, B], "all": [A, B, C]}).set_index("parameters")["evppi"]
    assert table.max() <= evpi(benefits).value
    assert table["pair"] >= max(table[A], table[B])
    assert table["all"] >= max(table[A], table[B], table[C])


def test_what_luck_alone_does_is_worth_nothing_to_learn(drawn):
    """With replicates the cap is the EVPI without luck, which the run states."""
    random = np.random.default_rng(2)
    benefits = np.stack([np.zeros(2 * DRAWS), random.standard_normal(2 * DRAWS)], axis=1)
    response = Response("net_monetary_benefit", "CAD", "societal", 50_000.0, benefits)
    made = replace(drawn, plan=Plan(DRAWS, 2, 1, "draws"), responses=(response,))
    most = evpi_without_luck(response.differences(0).reshape(DRAWS, 2, 2)).value
    assert evppi_table(made, {})["evppi"].max() <= most


def test_pairs_that_cannot_be_are_not_ranked(drawn):
    """A is a price, B acts in an arm that is not compared, C is simulated."""
    possible = Possible(frozenset({B, C}), frozenset({A}), frozenset(), {B: frozenset({"site"})})
    made = replace(drawn, possible=possible)
    ranked = rank_correlation_table(made)
    assert set(ranked[ranked["measure"] == "overdose_death"]["evidence"]) == {C}
    assert set(ranked[ranked["measure"] == "net_monetary_benefit"]["evidence"]) == {A, C}
    assert set(evppi_table(made, {})["parameters"]) == {A, C}


def test_shares_of_the_variance_follow_the_formula(drawn):
    table = sobol_table(drawn, [A, B, C]).set_index(["measure", "evidence"])
    shares = table.loc["net_monetary_benefit"]
    # Of 3 a - b + a b with standard normal a and b the variance is 9 + 1 + 1.
    assert shares["first_order"].tolist() == pytest.approx([9 / 11, 1 / 11, 0], abs=0.06)
    assert shares["total_order"].tolist() == pytest.approx([10 / 11, 2 / 11, 0], abs=0.06)
    assert shares.loc[C, "total_order"] < 0.02
    assert shares.loc[A, "explained"] > 0.8
    assert (shares["total_order"] >= shares["first_order"] - 0.02).all()


def test_a_parameter_that_did_not_vary_is_named(drawn):
    with pytest.raises(UnknownParameter, match=r"no\.such"):
        evppi_table(drawn, {"pair": [A, "no.such"]})


def test_parameters_without_influence_pass_the_noise_five_times_in_a_hundred(drawn):
    many = 60
    idle = np.random.default_rng(9).standard_normal((DRAWS, many))
    rows = tuple(list(load_register().values())[:many])
    table = evppi_table(replace(drawn, rows=rows, parameters=idle), {})
    assert (table["evppi"] > table["noise"]).sum() <= 9  # of 60 about 3, 3.6 standard errors at most
