"""Utilities cover every state once, order as the evidence does, and refuse what has no meaning."""

import itertools

import numpy as np
import pytest

from hrsim.economics import Utilities, load_price_book, load_utilities
from hrsim.economics.states import Levels, select_states, state_labels
from hrsim.errors import StudyError
from hrsim.evidence import load_register
from hrsim.evidence.draws import draw_parameters

DIMENSIONS = (
    ("use", ("injecting", "other_route", "not_using")),
    ("oat", ("none", "oat_methadone", "oat_buprenorphine", "oat_injectable")),
    ("housing", ("stable", "unstable")),
    ("custody", ("community", "custody")),
    ("hiv", ("none", "untreated", "treated")),
    ("hcv", ("none", "chronic", "cirrhosis", "decompensated", "cancer")),
    ("brain_injury", ("no", "yes")),
)
HEALTHY = {"housing": "stable", "custody": "community", "hiv": "none", "hcv": "none", "brain_injury": "no"}


def central() -> dict[str, float]:
    return {row.id: row.value for row in load_register().values()}


def utility(**levels: str) -> float:
    values = load_utilities().state_utilities(DIMENSIONS, central()).reshape([len(n) for _, n in DIMENSIONS])
    chosen = HEALTHY | levels
    return float(values[tuple(names.index(chosen[dimension]) for dimension, names in DIMENSIONS)])


def test_states_are_the_product_of_levels_in_c_order() -> None:
    dimensions = (("a", ("x", "y")), ("b", ("p", "q", "r")))
    assert state_labels(dimensions) == [f"{a}, {b}" for a, b in itertools.product("xy", "pqr")]
    chosen = {"a": Levels(include=("y",)), "b": Levels(exclude=("q",))}
    assert np.flatnonzero(select_states(dimensions, chosen)).tolist() == [3, 5]


def test_base_values_are_the_rows_of_the_register() -> None:
    rows = central()
    assert utility(use="other_route", oat="none") == rows["ut.out_can"]
    assert utility(use="injecting", oat="none") == rows["ut.out_can"] + rows["ut.dec_inject"]
    assert utility(use="other_route", oat="oat_methadone") == rows["ut.met_can"]
    gain = rows["ut.gain_not_using"]
    assert utility(use="not_using", oat="none") == rows["ut.out_can"] + gain
    assert utility(use="not_using", oat="oat_buprenorphine") == rows["ut.bup_can"] + gain
    assert utility(use="not_using", oat="oat_injectable") == rows["ut.met_can"] + gain


def test_hepatitis_c_is_that_of_the_meta_analysis_and_treated_hiv_is_apart() -> None:
    rows = central()
    base = utility(use="other_route", oat="none")
    chronic = utility(use="other_route", oat="none", hcv="chronic") / base
    assert chronic == pytest.approx(0.751 / 0.786)
    assert round(chronic, 3) == 0.955
    treated = utility(use="other_route", oat="none", hiv="treated") / base
    untreated = utility(use="other_route", oat="none", hiv="untreated") / base
    assert (treated, untreated) == pytest.approx((rows["ut.mult_hiv_treated"], rows["ut.mult_hiv"]))


# What is never worth more, within any draw: (the better level or levels, the worse).
ORDERS = [
    ("use", ("not_using", "other_route", "injecting")),
    ("hiv", ("none", "treated", "untreated")),
    ("hcv", ("none", "chronic", "cirrhosis")),
    ("hcv", ("chronic", "decompensated")),
    ("hcv", ("chronic", "cancer")),
    ("brain_injury", ("no", "yes")),
]


def test_within_every_draw_no_worse_state_is_worth_more() -> None:
    """Over all states that differ in one dimension, in 300 draws of the register."""
    rows = [load_register()[name] for name in sorted(evidence(load_utilities()))]
    shape = [len(names) for _, names in DIMENSIONS]
    order = [name for name, _ in DIMENSIONS]
    for draw in range(300):
        values = load_utilities().state_utilities(DIMENSIONS, draw_parameters(rows, 7, draw)).reshape(shape)
        for dimension, levels in ORDERS:
            axis = order.index(dimension)
            places = [dict(DIMENSIONS)[dimension].index(level) for level in levels]
            ranked = np.take(values, places, axis=axis)
            assert (np.diff(ranked, axis=axis) <= 1e-15).all(), (draw, levels)


def test_two_infections_are_no_better_than_the_worse_within_every_draw() -> None:
    rows = [load_register()[name] for name in sorted(evidence(load_utilities()))]
    shape = [len(names) for _, names in DIMENSIONS]
    for draw in range(300):
        values = load_utilities().state_utilities(DIMENSIONS, draw_parameters(rows, 7, draw)).reshape(shape)
        hiv, hcv = values[..., 1:, :1, :], values[..., :1, 1:, :]
        assert (values[..., 1:, 1:, :] <= np.minimum(hiv, hcv) + 1e-15).all()


def test_no_median_or_spread_of_individuals_stands_for_a_mean() -> None:
    """Rows that prices and utilities use are doubts about means."""
    used = evidence(load_utilities()) | {
        row for line in load_price_book().lines for row in line.price.evidence
    }
    wrong = [
        name
        for name in used
        if load_register()[name].interval_obtained in ("iqr", "individual_spread")
        or "median" in load_register()[name].name.lower()
    ]
    assert wrong == []


def evidence(utilities: Utilities) -> set[str]:
    return {row for figure in utilities.figures for row in figure.evidence}


def test_advanced_liver_disease_is_never_better_than_mild() -> None:
    stages = ("none", "chronic", "cirrhosis", "decompensated")
    values = [utility(use="injecting", oat="none", hcv=stage) for stage in stages]
    assert values == sorted(values, reverse=True)


def test_brain_injury_gives_its_own_value_out_of_treatment() -> None:
    injured = utility(use="other_route", oat="none", brain_injury="yes")
    assert injured == pytest.approx(central()["exp.ut_brain_injury"])


def test_an_overdose_costs_a_month_at_the_lower_value() -> None:
    rows = central()
    names = ("overdose_nonfatal", "skin_infection", "endocarditis_admission")
    overdose, skin, endocarditis = load_utilities().event_changes(names, rows)
    assert overdose == pytest.approx((rows["ut.od_month_can"] - rows["ut.out_can"]) / 12)
    assert skin == pytest.approx(rows["exp.ut_ssti"] * 2.5 * 7 / 365.25)
    assert endocarditis == pytest.approx(rows["exp.ut_ie_admission"] * rows["hsu.los_ie_mean_days"] / 365.25)


def rules(*levels: tuple[list[str], float]) -> list[dict[str, object]]:
    return [{"states": {"a": names}, "figure": {"value": value}} for names, value in levels]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"base": rules((["x"], 0.5))}, "no rule, or two, for the states .y."),
        ({"base": rules((["x", "y"], 0.5), (["y"], 0.6))}, "no rule, or two, for the states .y."),
        ({"base": rules((["x", "y"], 1.01))}, "a utility above 1"),
        ({"base": rules((["x", "z"], 0.5))}, "speaks of a 'z'"),
        (
            {"base": rules((["x", "y"], 1)), "factors": {"f": rules((["x"], 1), (["x"], 1))}},
            "gives two rules",
        ),
        ({"base": [{"states": {"b": ["x"]}, "figure": "ut.none"}]}, r"'ut.none'(.|\n)*dimension 'b'"),
    ],
)
def test_utilities_without_meaning_are_refused(given: dict[str, object], message: str) -> None:
    with pytest.raises(StudyError, match=message):
        Utilities.model_validate(given).state_utilities((("a", ("x", "y")),), {})
