"""Parameters: the study's numbers replace the register's, and nothing else moves."""

import pytest

from hrsim.evidence import load_register
from hrsim.experiment.parameters import PriceNeedsNumber, all_draws, draws_table, overridden, study_register
from hrsim.experiment.plan import Plan
from hrsim.study.load import load_study
from hrsim.study.parents import packaged_scenarios
from hrsim.study.values import Quantity

ROW = "od.witnessed"


def plan(draws, uncertainty="draws"):
    return Plan(draws=draws, replicates=1, seed=3, uncertainty=uncertainty)


def test_a_number_without_interval_is_fixed_and_moves_no_other_parameter():
    register = load_register()
    changed = register.with_overrides([overridden(register[ROW], Quantity(value=0.5))])
    before, after = all_draws(register, plan(3)), all_draws(changed, plan(3))
    for draw in range(3):
        assert after[draw][ROW] == 0.5
        moved = {name for name in register if before[draw][name] != after[draw][name]}
        assert moved == {ROW}


def test_a_number_with_interval_is_drawn_around_it():
    register = load_register()
    row = overridden(register[ROW], Quantity(value=0.5, low=0.4, high=0.6, dist="normal"))
    values = [draw[ROW] for draw in all_draws(register.with_overrides([row]), plan(400)).values()]
    sd = 0.2 / (2 * 1.959964)
    assert sum(values) / 400 == pytest.approx(0.5, abs=4 * sd / 20)  # four standard errors
    assert sum(0.4 < value < 0.6 for value in values) / 400 == pytest.approx(0.95, abs=0.045)


def test_an_override_is_marked_as_the_studys_own():
    row = overridden(load_register()[ROW], Quantity(value=0.5, source="our survey"))
    assert (row.grade, row.citation, row.is_placeholder) == ("study", "our survey", False)


def test_central_values_are_the_registers_point_values():
    register = load_register()
    (draw,) = all_draws(register, plan(9, "central")).values()
    assert draw == {row.id: row.value for row in register.values()}


def test_the_table_of_draws_has_a_row_for_each_draw():
    table = draws_table(all_draws(load_register(), plan(4)))
    assert table["draw"].tolist() == [0, 1, 2, 3]
    assert table[ROW].nunique() == 4


def test_a_price_of_the_study_replaces_the_row_in_the_rows_own_money():
    study = load_study(packaged_scenarios() / "demo.yaml", ["prices.cost.amb_can=1234"]).study
    row = study_register(load_register(), study)["cost.amb_can"]
    before = load_register()["cost.amb_can"]
    assert (row.value, row.currency, row.price_year) == (1234, before.currency, before.price_year)


def test_a_price_cannot_be_another_row_in_other_money():
    with pytest.raises(PriceNeedsNumber, match=r"CAD of 2020.*cost\.ed_od_ri"):
        overridden(load_register()["cost.amb_can"], Quantity(evidence="cost.ed_od_ri"))
