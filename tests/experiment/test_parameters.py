"""Parameters: the study's numbers replace the register's, and nothing else moves."""

import pytest

from hrsim.errors import StudyError
from hrsim.evidence import load_register
from hrsim.experiment.design import design
from hrsim.experiment.parameters import draws_table, independent_draws
from hrsim.experiment.plan import Plan
from hrsim.study.intervals import overridden
from hrsim.study.load import load_study
from hrsim.study.parents import packaged_scenarios
from hrsim.study.values import Quantity

ROW = "od.witnessed"


def plan(draws, uncertainty="draws"):
    return Plan(draws=draws, replicates=1, seed=3, uncertainty=uncertainty)


def test_a_number_without_interval_is_fixed_and_moves_no_other_parameter():
    register = load_register()
    changed = register.with_overrides([overridden(register[ROW], Quantity(value=0.5))])
    before, after = independent_draws(register, plan(3)), independent_draws(changed, plan(3))
    for draw in range(3):
        assert after[draw][ROW] == 0.5
        moved = {name for name in register if before[draw][name] != after[draw][name]}
        assert moved == {ROW}


def test_a_number_with_interval_is_drawn_around_it():
    register = load_register()
    row = overridden(register[ROW], Quantity(value=0.5, low=0.4, high=0.6, dist="normal"))
    values = [draw[ROW] for draw in independent_draws(register.with_overrides([row]), plan(400)).values()]
    sd = 0.2 / (2 * 1.959964)
    assert sum(values) / 400 == pytest.approx(0.5, abs=4 * sd / 20)  # four standard errors
    assert sum(0.4 < value < 0.6 for value in values) / 400 == pytest.approx(0.95, abs=0.045)


def test_an_override_is_marked_as_the_studys_own():
    row = overridden(load_register()[ROW], Quantity(value=0.5, source="our survey"))
    assert (row.grade, row.citation, row.is_placeholder) == ("study", "our survey", False)


def test_central_values_are_the_registers_point_values():
    register = load_register()
    (draw,) = independent_draws(register, plan(9, "central")).values()
    assert draw == {row.id: row.value for row in register.values()}


def test_the_table_of_draws_has_a_row_for_each_draw():
    table = draws_table(independent_draws(load_register(), plan(4)))
    assert table["draw"].tolist() == [0, 1, 2, 3]
    assert table[ROW].nunique() == 4


REACH = "services.take_home_naloxone.reach"
INTERVAL = "{value: 0.5, low: 0.3, high: 0.8}"


def draws_of(*overrides):
    """Return the draws of the demonstration with these overrides."""
    return design(load_study(packaged_scenarios() / "demo.yaml", ["analysis.draws=5", *overrides]))


def test_an_interval_in_the_study_is_drawn_by_seed_draw_and_path_alone():
    """Such numbers stood at their value in every draw."""
    plain, one = draws_of().draws, draws_of(f"{REACH}={INTERVAL}").draws
    two = draws_of(f"{REACH}={INTERVAL}", f"population.custody={INTERVAL}").draws
    row = f"study.{REACH}"
    assert len({one[draw][row] for draw in one}) == len(one)
    for draw in plain:
        assert {name: one[draw][name] for name in plain[draw]} == plain[draw]
        assert {name: two[draw][name] for name in one[draw]} == one[draw]


def test_an_arm_that_changes_an_interval_moves_no_other():
    changed = f"arms.integrated.{REACH}={{value: 0.9, low: 0.6, high: 1.4}}"
    one, two = draws_of(f"{REACH}={INTERVAL}"), draws_of(f"{REACH}={INTERVAL}", changed)
    own = f"study.arms.integrated.{REACH}"
    assert {row.id for row in two.resolved.rows} == {f"study.{REACH}", own}
    for draw in one.draws:
        assert {name: two.draws[draw][name] for name in one.draws[draw]} == one.draws[draw]
        assert two.draws[draw][own] != two.draws[draw][f"study.{REACH}"]


def test_a_price_with_an_interval_is_drawn_in_its_own_money():
    price = f"{{per: kit, price: {INTERVAL}, currency: USD, price_year: 2020, payer: p, sector: health, category: c}}"
    experiment = draws_of(f"services.take_home_naloxone.costs=[{price}]")
    row = experiment.register["study.services.take_home_naloxone.costs.kit.price"]
    assert (row.currency, row.price_year, row.kind) == ("USD", 2020, "cost")
    assert len({draw[row.id] for draw in experiment.draws.values()}) == len(experiment.draws)


def test_the_tables_list_the_studys_own_rows():
    from hrsim.experiment.evidence_tables import evidence_tables

    experiment = draws_of(f"{REACH}={{value: 0.5, low: 0.3, high: 0.8, source: our survey}}")
    row = experiment.register[f"study.{REACH}"]
    tables = evidence_tables([row], experiment.draws)
    assert tables["sources"]["citation"].tolist() == ["our survey"]
    assert tables["assumptions"]["evidence_id"].tolist() == [row.id]
    assert tables["parameters"]["sd"].iloc[0] > 0


def test_a_draw_that_a_field_cannot_take_stops_the_run_before_it_starts():
    share = (
        "services.oat_methadone.at_start.enrolled={evidence: exp.initial_needle_programme_share, times: 1.3}"
    )
    with pytest.raises(StudyError, match="in draw"):
        draws_of(share, "analysis.draws=400")


def test_shares_of_use_that_pass_one_in_a_draw_stop_the_run():
    other = "population.use.other_route={value: 0.4, low: 0.2, high: 0.6, dist: uniform}"
    with pytest.raises(StudyError, match="in draw") as caught:
        draws_of(other, "analysis.draws=100")
    assert {problem.code for problem in caught.value.problems} == {"SHARES"}
