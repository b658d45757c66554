"""Utilities cover every state once, order as the evidence does, and refuse what has no meaning."""

import itertools

import numpy as np
import pytest

from hrsim.economics import Utilities, load_utilities
from hrsim.economics.states import Levels, select_states, state_labels
from hrsim.errors import StudyError
from hrsim.evidence import load_register

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
    assert utility(use="not_using", oat="oat_buprenorphine") == rows["ut.bup_can"]
    assert utility(use="not_using", oat="oat_injectable") == rows["ut.met_can"]


def test_infections_together_replace_the_product_of_the_two() -> None:
    rows = central()
    base = utility(use="other_route", oat="none")
    assert utility(use="other_route", oat="none", hiv="treated") == pytest.approx(base * rows["ut.mult_hiv"])
    both = utility(use="other_route", oat="none", hiv="treated", hcv="chronic")
    assert both == pytest.approx(base * rows["ut.mult_coinf"])


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
    assert endocarditis == pytest.approx(rows["exp.ut_ie_admission"] * rows["hsu.los_ie_days"] / 365.25)


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
