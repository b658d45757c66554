"""Progress without a terminal: a line each time the interval has passed, with the time left."""

import threading

import pytest

from hrsim.cli.progress import Tally, progress, repeating


def test_the_time_left_follows_the_pace_so_far():
    now = [0.0]
    tally = Tally("demo", 100, clock=lambda: now[0])
    assert tally.line() == "demo: 0 of 100"
    for _ in range(20):
        now[0] += 1.0
        tally.advance()
    assert tally.line() == "demo: 20 of 100, 80 s left"


def test_lines_come_while_nothing_advances_and_stop_at_the_end(capsys):
    said = threading.Semaphore(0)

    def line():
        said.release()
        return "still here"

    before = threading.active_count()
    with repeating(line, seconds=0.01):
        assert all(said.acquire(timeout=5) for _ in range(3))
    assert threading.active_count() == before
    assert set(capsys.readouterr().err.splitlines()) == {"still here"}


def test_a_quick_run_prints_nothing(capsys):
    with progress("demo", 3) as advance:
        for _ in range(3):
            advance()
    assert capsys.readouterr().err == ""


def test_a_failure_inside_passes_through():
    with pytest.raises(ValueError, match="inside"), progress("demo", 1):
        raise ValueError("inside")


def test_a_title_can_neither_act_on_the_terminal_nor_break_the_bar(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with progress("a title [/red] \x1b]0;owned\x07", 1) as advance:
        advance()
    assert "owned\x07" not in capsys.readouterr().err
