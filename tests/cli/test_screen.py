"""A report on a terminal: every arm and headline, and no colour where none is wanted."""

import sys

import pytest

from hrsim.study.parents import packaged_scenarios

DEMO = str(packaged_scenarios() / "demo.yaml")


@pytest.mark.usefixtures("stand_in_engine")
def test_a_terminal_shows_the_comparison_without_colour_when_told(hrsim, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    shown = hrsim("run", DEMO, "--draws", "3", "--set", "horizon.years=2")
    assert shown.code == 0, shown.err
    assert "\x1b[3" not in shown.out  # no colour: bold and dim may stay
    assert shown.out.count("Naloxone x3") > 5
    assert "Overdose deaths" in shown.out
    assert "Cost-effectiveness, health sector perspective" in shown.out
    assert "UNCALIBRATED" in shown.out
