"""An interval written in a study is a row of its own: named by its path, shared by arms that inherit it."""

from __future__ import annotations

import pytest

from hrsim.errors import StudyError
from hrsim.study.numbers import numbers

STUDY = """hrsim: 1
title: Intervals
extends: settings/town.yaml
services:
  oat: {reach: {value: 0.5, low: 0.3, high: 0.8, kind: rate, source: our survey}}
arms:
  status_quo: {}
  more: {services: {oat: {capacity: {places: 99}}}}
  sooner: {services: {oat: {reach: {value: 0.9, low: 0.6, high: 1.4}}}}
  again: {extends: [sooner]}
analysis: {comparator: status_quo}
"""
REACH = "study.services.oat.reach"
INHERITED = "study.population.unstable_housing"  # of the setting
OWN = "study.arms.again.services.oat.reach"


@pytest.fixture
def resolved(load, write):
    return load(write(STUDY))


def reach(resolved, arm):
    return resolved.study.arms[arm].services["oat"].reach.first.evidence


def test_arms_share_the_row_of_a_number_they_inherit_and_a_changed_number_has_its_own(resolved) -> None:
    assert resolved.study.services["oat"].reach.first.evidence == REACH
    named = {arm: reach(resolved, arm) for arm in resolved.study.arms}
    assert named == {"status_quo": REACH, "more": REACH, "sooner": OWN, "again": OWN}


def test_the_row_says_what_the_study_said(resolved) -> None:
    rows = {row.id: row for row in resolved.rows}
    assert set(rows) == {REACH, OWN, INHERITED}
    row = rows[REACH]
    assert (row.value, row.low, row.high, row.citation, row.grade) == (0.5, 0.3, 0.8, "our survey", "study")
    assert (row.kind, row.distribution, rows[OWN].citation) == ("rate", "lognormal", "the study file")


def test_an_item_of_a_list_keeps_its_name_when_another_is_put_before_it(load, write) -> None:
    def names(effects: str) -> set[str]:
        study = STUDY.replace("oat: {reach", f"oat: {{effects: [{effects}], reach", 1)
        return {row.id for row in load(write(study)).rows}

    overdose = "{on: overdose, multiplier: {value: 0.5, low: 0.3, high: 0.8}}"
    alone = names(overdose)
    assert "study.services.oat.effects.overdose.multiplier" in alone
    assert alone <= names(f"{{on: admission, multiplier: 0.5}}, {overdose}")


def test_a_resolved_study_draws_the_same_rows(load, write) -> None:
    from hrsim.study.show import resolved_yaml

    first = load(write(STUDY))
    again = load(write(resolved_yaml(first), "resolved.yaml"))
    assert {row.id: row.value for row in again.rows} == {row.id: row.value for row in first.rows}
    assert [reach(again, arm) for arm in again.study.arms] == [reach(first, arm) for arm in first.study.arms]


def test_the_order_of_arms_renames_nothing(load, write) -> None:
    head, arms, tail = STUDY.partition(
        "  sooner: {services: {oat: {reach: {value: 0.9, low: 0.6, high: 1.4}}}}\n"
    )
    swapped = head.replace("arms:\n", f"arms:\n{arms}") + tail
    assert {row.id for row in load(write(swapped)).rows} == {REACH, OWN, INHERITED}


@pytest.mark.parametrize(
    "number",
    [
        "{value: 0.5, low: 0, high: 0.8, dist: lognormal}",
        "{value: 0, low: 0, high: 0.8}",
        "{value: 5, low: 1, high: 9, dist: beta}",
    ],
)
def test_an_interval_that_no_distribution_has_is_refused_at_its_line(load, write, number: str) -> None:
    study = STUDY.replace("{value: 0.5, low: 0.3, high: 0.8, kind: rate, source: our survey}", number)
    with pytest.raises(StudyError) as caught:
        load(write(study))
    assert {(problem.code, problem.location.line) for problem in caught.value.problems} == {("INTERVAL", 5)}


def test_an_interval_of_no_width_is_a_number(load, write) -> None:
    study = STUDY.replace("low: 0.3, high: 0.8", "low: 0.5, high: 0.5")
    row = next(row for row in load(write(study)).rows if row.id == REACH)
    assert row.distribution == "fixed"


def test_a_replacement_with_an_interval_on_a_fixed_row_is_drawn(load_shipped, tmp_path) -> None:
    """It stayed at its value in every draw, because the row it replaces is fixed."""
    from hrsim.evidence import load_register
    from hrsim.experiment.parameters import study_register
    from hrsim.study.parents import packaged_scenarios

    row = "parameters.exp.od_causal_repeat={value: 1.3, low: 1.0, high: 1.95}"
    study = load_shipped(packaged_scenarios() / "demo.yaml", [row]).study
    assert load_register()["exp.od_causal_repeat"].distribution == "fixed"
    assert study_register(load_register(), study)["exp.od_causal_repeat"].distribution == "lognormal"


def test_a_replacement_that_no_distribution_has_is_refused(load_shipped) -> None:
    from hrsim.study.parents import packaged_scenarios

    with pytest.raises(StudyError, match="log-normal") as caught:
        load_shipped(
            packaged_scenarios() / "demo.yaml", ["parameters.od.mult_inject={value: 1, low: 0, high: 2}"]
        )
    assert {problem.code for problem in caught.value.problems} == {"INTERVAL"}


def test_every_number_of_a_shipped_study_knows_what_it_means(load_shipped) -> None:
    from hrsim.study.parents import packaged_scenarios

    study = load_shipped(packaged_scenarios() / "demo.yaml").study
    found = [*numbers(study), *(number for arm in study.arms.values() for number in numbers(arm))]
    assert len(found) > 100
    assert all(number.meaning.kinds for number in found)
    names = [number.name for number in numbers(study)]
    assert len(set(names)) == len(names)
