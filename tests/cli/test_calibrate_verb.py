"""What the verb refuses before it reads or simulates anything, and what it needs."""

import importlib.util

import pytest

from hrsim.cli.calibrate_verb import calibrate
from hrsim.cli.run_verbs import UsageProblem
from hrsim.errors import NotInstalled
from hrsim.study.parents import packaged_calibrations

FILE = packaged_calibrations() / "calibration" / "british_columbia" / "calibration.yaml"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"resume": True, "force": True}, "--resume keeps"),
        ({"page": True, "plan": True}, "tasks of their own"),
        ({"quick": True, "force": True}, "tasks of their own"),
        ({"plan": True, "resume": True}, "tasks of their own"),
        ({"trials": 5}, "give it with --quick"),
    ],
)
def test_options_that_ask_for_two_things_are_refused(given, words):
    with pytest.raises(UsageProblem, match=words):
        calibrate(FILE, **given)


@pytest.mark.parametrize(
    ("given", "missing", "words"),
    [
        ({"quick": True}, "optuna", r"needs optuna: .*hrsim\[calibration\]"),
        ({}, "emcee", r"needs emcee: .*hrsim\[calibration\]"),
        ({"page": True}, "vl_convert", r"--page needs .*hrsim\[report\]"),
    ],
)
def test_a_library_that_is_not_there_is_named_with_what_installs_it(monkeypatch, given, missing, words):
    found = importlib.util.find_spec
    without = lambda name, *more: None if name == missing else found(name, *more)  # noqa: E731
    monkeypatch.setattr(importlib.util, "find_spec", without)
    monkeypatch.setattr("hrsim.report.figures.drawing.find_spec", without)
    with pytest.raises(NotInstalled, match=words):
        calibrate(FILE, **given)
