"""Progress without a terminal: one line every ten seconds, with the time left."""

import pytest

from hrsim.cli.progress import LinePrinter, progress


def test_a_line_every_ten_seconds_and_no_more(capsys):
    now = [0.0]
    printer = LinePrinter("demo", 100, clock=lambda: now[0])
    for _ in range(30):
        now[0] += 1.0
        printer.advance()
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["demo: 10 of 100, 90 s left", "demo: 20 of 100, 80 s left", "demo: 30 of 100, 70 s left"]


def test_a_quick_run_prints_nothing(capsys):
    with progress("demo", 3) as advance:
        for _ in range(3):
            advance()
    assert capsys.readouterr().err == ""


def test_a_failure_inside_passes_through():
    with pytest.raises(ValueError, match="inside"), progress("demo", 1):
        raise ValueError("inside")
