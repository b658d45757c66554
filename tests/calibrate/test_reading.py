"""Calibration files: every fault at its line, all at once; nothing is simulated."""

import shutil

import pytest

from hrsim.calibrate.folder import folder_of
from hrsim.calibrate.reading import read_assignment
from hrsim.errors import StudyError
from hrsim.study.parents import packaged_calibrations

SHIPPED = packaged_calibrations() / "calibration" / "british_columbia"
HEAD = "hrsim_calibration: 1\ntitle: Test\nstudy: study.yaml\n"
DEATHS = "bc.apparent_opioid_toxicity_deaths"
POISSON = "{family: poisson}"


def series(likelihood=POISSON, observed=DEATHS, fitted="[2019]", more=""):
    return (
        f"series:\n  deaths:\n    measure: overdose_death\n    observed: {observed}\n    fitted: {fitted}\n"
        f"    likelihood: {likelihood}\n    discrepancy: 0.1\n{more}"
    )


@pytest.fixture
def faults(tmp_path):
    """Give a function that reads a calibration file beside the shipped study and returns each fault: code, line."""
    shutil.copy(SHIPPED / "study.yaml", tmp_path)

    def read(text):
        path = tmp_path / "calibration.yaml"
        path.write_text(text)
        with pytest.raises(StudyError) as caught:
            read_assignment(path)
        assert all(problem.fix for problem in caught.value.problems)
        return [(problem.code, problem.location.line) for problem in caught.value.problems]

    return read


def test_the_shipped_calibration_is_sound():
    task = read_assignment(SHIPPED / "calibration.yaml")
    assert {target.year for target in task.targets if target.held_out} == {2023, 2024}
    assert {target.year for target in task.fitted} == set(range(2017, 2023))
    assert all(target.source for target in task.targets)


@pytest.mark.parametrize("folder", sorted(SHIPPED.parent.glob("*/")), ids=lambda folder: folder.name)
def test_every_shipped_calibration_holds_numbers_out(folder):
    task = read_assignment(folder / "calibration.yaml")
    assert task.fitted and any(target.held_out for target in task.targets)
    assert all(target.source for target in task.targets)
    assert all(series.discrepancy > 0 for series in task.calibration.series.values())


def test_every_fault_is_named_at_its_line(faults):
    text = HEAD + "free: [od.witnesed, pop.residents_bc]\n" + series(fitted="[2019, 1999]")
    assert faults(text) == [("EVIDENCE", 4), ("FIXED", 4), ("YEARS", 9)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"observed": "bc.no_such_series"}, "TARGET"),
        ({"fitted": "[2019]", "more": "    held_out: [2019]\n"}, "YEARS"),
        ({"likelihood": "{family: negative_binomial}"}, "LIKELIHOOD"),
        ({"likelihood": "{family: beta_binomial, trials: 100, precision: 20}"}, "LIKELIHOOD"),
        ({"likelihood": "{family: poison}"}, "CHOICE"),
        ({"observed": "bc.share_of_deaths_with_fentanyl_detected"}, "LIKELIHOOD"),
    ],
)
def test_faults_of_series(faults, changes, code):
    assert [found for found, _ in faults(HEAD + "free: [od.witnessed]\n" + series(**changes))] == [code]


@pytest.mark.parametrize(
    "likelihood",
    ["{family: poisson}", "{family: negative_binomial, size: 5}", "{family: normal, error: 2}"],
)
def test_a_year_without_any_is_data(tmp_path, likelihood):
    shutil.copy(SHIPPED / "study.yaml", tmp_path)
    path = tmp_path / "calibration.yaml"
    values = "    values: {'2019': {value: 0, source: test}}\n"
    text = series(likelihood=likelihood).replace(f"    observed: {DEATHS}\n", values)
    path.write_text(HEAD + "free: [od.witnessed]\n" + text)
    (target,) = read_assignment(path).targets
    assert target.value == 0.0


def test_a_zero_that_no_lognormal_gives_is_refused_and_never_left_out(faults, tmp_path):
    values = "    values: {'2019': {value: 0, source: test}}\n"
    text = series(likelihood="{family: lognormal, error: 0.1}").replace(f"    observed: {DEATHS}\n", values)
    assert faults(HEAD + "free: [od.witnessed]\n" + text) == [("LIKELIHOOD", 9)]
    with pytest.raises(StudyError) as caught:
        read_assignment(tmp_path / "calibration.yaml")
    assert "keep the year" in str(caught.value) and "leave" not in str(caught.value)


def test_a_study_elsewhere_is_refused(faults):
    text = HEAD.replace("study.yaml", "../study.yaml") + "free: [od.witnessed]\n" + series()
    assert faults(text) == [("PARENT", 3)]


@pytest.mark.parametrize("interval", ["low: 30, high: 10", "low: 13, high: 20", "low: 4", "high: 4"])
def test_an_interval_must_hold_its_number(faults, interval):
    values = f"    values: {{'2019': {{value: 12, {interval}, source: test}}}}\n"
    text = HEAD + "free: [od.witnessed]\n" + series().replace(f"    observed: {DEATHS}\n", values)
    assert faults(text) == [("INTERVAL", 8)]


def test_points_are_kept_apart_by_what_their_numbers_depend_on(tmp_path):
    """Another outcome, scale or denominator is another number: points simulated for one never serve the other."""
    shutil.copy(SHIPPED / "study.yaml", tmp_path)
    path = tmp_path / "calibration.yaml"

    def work(text):
        path.write_text(HEAD + "free: [od.witnessed]\n" + text)
        return folder_of(read_assignment(path)).work

    base = series()
    others = [
        base.replace("overdose_death", "ambulance"),
        series(more="    scale: 2\n"),
        series(more="    per_person_year: true\n"),
    ]
    assert len({work(text) for text in [base, *others]}) == 4
    assert work(series(likelihood="{family: negative_binomial, size: 5}")) == work(base)
