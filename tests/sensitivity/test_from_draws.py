"""What draws tell: correlations, values of learning and shares of the variance of a study made by hand."""

from dataclasses import replace

import numpy as np
import pytest

from hrsim.economics.value_of_information import evpi
from hrsim.evidence import load_register
from hrsim.experiment.plan import Plan
from hrsim.experiment.responses import Response
from hrsim.sensitivity.draws import DrawnResults, strongest
from hrsim.sensitivity.from_draws import (
    UnknownParameter,
    evppi_table,
    rank_correlation_table,
    sobol_table,
)

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
    assert table.loc[C, "evppi"] < table.loc[A, "evppi"] <= whole + 2 * table.loc[A, "standard_error"]
    assert table["evppi"].is_monotonic_decreasing


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
