"""Numbers that a study sets become rows that are checked and drawn like any other."""

from __future__ import annotations

import pytest

from hrsim.evidence import draw_parameters, load_register
from hrsim.evidence.checking import row_problems
from hrsim.evidence.draws import quantile
from hrsim.evidence.study_rows import override, study_row

REGISTER = load_register()


def test_a_bare_number_is_fixed_in_the_unit_and_currency_of_the_row():
    row = override(REGISTER["cost.met_month_can"], 700.0)
    assert (row.unit, row.currency, row.price_year, row.status) == ("CAD per month", "CAD", 2020, "study")
    assert row_problems(row) == []
    assert draw_parameters([row], 1, 0) == {"cost.met_month_can": 700.0}


def test_an_interval_on_a_fixed_row_takes_the_usual_distribution_of_the_kind():
    row = override(REGISTER["exp.od_causal_repeat"], 1.3, 1.0, 1.95)
    assert (row.distribution, row_problems(row)) == ("lognormal", [])


def test_an_interval_keeps_the_family_of_the_row_and_leaves_the_group():
    row = override(REGISTER["ut.bup_can"], 0.7, 0.6, 0.8, because="local survey")
    assert (row.distribution, row.group, row.note) == ("beta", "", "local survey")
    assert row_problems(row) == []
    assert quantile(row, 0.025) == pytest.approx(0.6, abs=0.01)


def test_a_number_that_is_impossible_for_the_kind_is_a_problem():
    faulty = override(REGISTER["od.witnessed"], 1.4)
    assert {problem.code for problem in row_problems(faulty)} == {"EVIDENCE_RANGE", "EVIDENCE_SUPPORT"}


def test_an_interval_that_no_distribution_has_is_refused():
    with pytest.raises(ValueError, match="log-normal"):
        override(REGISTER["od.mult_inject"], 1.0, 0.0, 2.0)


def test_an_inline_number_is_drawn_under_its_path():
    row = study_row("population.custody", "share", "proportion", 0.02, 0.01, 0.03)
    assert row_problems(row) == []
    assert 0.0 < draw_parameters([row], 1, 0)["population.custody"] < 1.0
    assert row.citation == "the study file"
