"""Simulated numbers against the ledger's own time: shares of people in a state, rates among some people."""

import numpy as np
import pytest

from hrsim.calibrate.numbers import target_numbers
from hrsim.calibrate.reading import read_assignment
from hrsim.errors import StudyError
from hrsim.evidence import central_parameters
from hrsim.experiment.parameters import register_of
from hrsim.simulate import prepare, simulate

STUDY = """hrsim: 1
title: A small place
extends: settings/blank.yaml
horizon: {start: 2020-01-01, years: 2}
population:
  size: 200
  use: {injecting: 0.6, other_route: 0.4}
  hiv: {prevalence: 0.2, diagnosed: 0.5, treated: 0.5}
  hcv: {prevalence: 0.5, diagnosed: 0, ever_treated: 0}
processes: {overdose: true, use: true, background_mortality: true, hcv: true}
arms: {other: {}, only: {}}
analysis: {comparator: only}
"""
HEAD = "hrsim_calibration: 1\ntitle: Test\nstudy: study.yaml\narm: only\nfree: [od.witnessed]\nseries:\n"
CHRONIC = "prevalence: {hcv: [chronic, cirrhosis, decompensated, cancer]}"
INJECTING = "among: {use: [injecting]}"
PER_YEAR = "per_person_year: true"
BETA = "{family: beta_binomial, trials: 90, precision: 50}"
NORMAL = "{family: normal, error: 0.05}"


def series(name, form, likelihood=NORMAL, value=0.4):
    values = f"{{'2020': {{value: {value}, source: test}}, '2021': {{value: {value}, source: test}}}}"
    return (
        f"  {name}:\n    {form}\n    values: {values}\n    fitted: [2020, 2021]\n"
        f"    likelihood: {likelihood}\n    discrepancy: 0.1\n"
    )


@pytest.fixture
def read(tmp_path):
    (tmp_path / "study.yaml").write_text(STUDY)

    def reads(text):
        (tmp_path / "calibration.yaml").write_text(HEAD + text)
        return read_assignment(tmp_path / "calibration.yaml")

    return reads


def lived(ledger, quarters, **states):
    """Sum an arm's ticks over quarters and over people in states, dimension by dimension."""
    names = [name for name, _ in ledger.state_dimensions]
    ticks = ledger.state_ticks[1, quarters].sum(axis=(0, 1)).reshape(ledger.state_shape)
    for name, chosen in states.items():
        levels = dict(ledger.state_dimensions)[name]
        ticks = ticks.take([levels.index(level) for level in chosen], axis=names.index(name))
    return int(ticks.sum())


def test_shares_and_rates_are_those_of_the_ledger(read):
    task = read(
        series("hcv_of_injecting", f"{CHRONIC}\n    {INJECTING}")
        + series("hcv_at_the_end", f"{CHRONIC}\n    {INJECTING}\n    over: last_quarter\n    scale: 100", value=40)
        + series("hiv_of_all", "prevalence: {hiv: [untreated, treated]}", BETA)
        + series("hcv_rate", f"measure: hcv_infection\n    {PER_YEAR}\n    among: {{use: [injecting], hcv: [none]}}")
        + series("deaths", "measure: overdose_death", "{family: poisson}", 3)
    )  # fmt: skip
    ledger = simulate(prepare(task.resolved), central_parameters(register_of(task.resolved).values()), 5)
    found = dict(zip((target.name for target in task.targets), target_numbers(task, ledger), strict=True))
    hcv, hiv = ("chronic", "cirrhosis", "decompensated", "cancer"), ("untreated", "treated")
    for year, quarters in ((2020, slice(0, 4)), (2021, slice(4, 8))):
        last = slice(quarters.stop - 1, quarters.stop)
        injecting = lived(ledger, quarters, use=("injecting",))
        share = lived(ledger, quarters, use=("injecting",), hcv=hcv) / injecting
        assert 0.2 < share < 0.8 and found[f"hcv_of_injecting.{year}"] == pytest.approx(share)
        share = lived(ledger, last, use=("injecting",), hcv=hcv) / lived(ledger, last, use=("injecting",))
        assert found[f"hcv_at_the_end.{year}"] == pytest.approx(100 * share)
        share = lived(ledger, quarters, hiv=hiv) / lived(ledger, quarters)
        assert 0.05 < share < 0.3 and found[f"hiv_of_all.{year}"] == pytest.approx(share)
        infections = ledger.event_counts("hcv_infection")[1, quarters].sum()
        years = lived(ledger, quarters, use=("injecting",), hcv=("none",)) / (365.25 * 86_400)
        assert infections > 0 and found[f"hcv_rate.{year}"] == pytest.approx(infections / years)
        assert found[f"deaths.{year}"] == ledger.event_counts("overdose_death")[1, quarters].sum()


@pytest.mark.parametrize(
    ("form", "likelihood", "value", "code", "words"),
    [
        (f"{CHRONIC}\n    measure: overdose_death", NORMAL, 0.4, "FORM", "got both"),
        ("scale: 1", NORMAL, 0.4, "FORM", "got neither"),
        (f"{CHRONIC}\n    per_person_year: true", NORMAL, 0.4, "FORM", "a share already"),
        (f"measure: overdose_death\n    {INJECTING}", NORMAL, 4, "FORM", "nothing divides"),
        ("measure: overdose_death\n    over: last_quarter", NORMAL, 4, "FORM", "counted over its year"),
        ("prevalence: {use: [injecting]}\n    among: {use: [not_using]}", NORMAL, 0.4, "FORM", "share a level"),
        ("prevalence: {hcv: [cronic]}", NORMAL, 0.4, "STATE", "'cronic'"),
        ("prevalence: {hepatitis: [chronic]}", NORMAL, 0.4, "STATE", "'hepatitis'"),
        (f"{CHRONIC}\n    among: {{oat: [methadone]}}", NORMAL, 0.4, "STATE", "'methadone'"),
        (CHRONIC, NORMAL, 40, "LIKELIHOOD", "at most 1"),
        (CHRONIC, "{family: poisson}", 0.4, "LIKELIHOOD", "whole number"),
        ("measure: overdose_death", "{family: beta_binomial, trials: 9, precision: 5}", 0.4, "LIKELIHOOD", "count"),
    ],
)  # fmt: skip
def test_what_no_share_can_be_is_refused(read, form, likelihood, value, code, words):
    with pytest.raises(StudyError) as caught:
        read(series("one", form, likelihood, value))
    assert {problem.code for problem in caught.value.problems} == {code}
    assert all(
        words in problem.message and problem.fix and problem.location.line > 6
        for problem in caught.value.problems
    )


@pytest.mark.parametrize("form", ["prevalence: {}", "prevalence: {hcv: []}"])
def test_levels_must_be_named(read, form):
    with pytest.raises(StudyError):
        read(series("one", form))


def test_shares_around_everybody_can_be_drawn():
    from hrsim.calibrate.likelihoods import sample
    from hrsim.calibrate.schema import Likelihood

    likelihood = Likelihood(family="beta_binomial", trials=50, precision=20.0)
    drawn = sample(likelihood, None, np.array([0.9, 1.0, 1.3]), np.random.default_rng(1))
    assert (drawn <= 1.0).all() and drawn[2] == 1.0
