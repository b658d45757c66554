"""Texts of a study that would drive a terminal or turn a line around: nowhere raw, on no screen and in no file."""

import io
import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

import hrsim as package
from hrsim.cli.echo import use_nearest_characters
from hrsim.errors import Location, Problem, StudyError
from hrsim.plain_words import UNSEEN, visible
from hrsim.study.load import load_study
from hrsim.study.show import resolved_yaml

NASTY = "\x1b]0;owned\x07\x1b[31m\x00\x9b2J\u202eClinic\u2066 \ufeff[/red] \U000e0041"
QUOTED = f'"{visible(NASTY)}"'
STUDY = f"""\
hrsim: 1
title: {QUOTED}
notes: {QUOTED}
authors: [{QUOTED}]
extends: settings/blank.yaml
horizon: {{start: 2026-01-01, years: 2}}
population: {{size: 50}}
processes: {{overdose: true}}
x-mine: {QUOTED}
services:
  own_clinic:
    label: {QUOTED}
    reach: {{value: 0.5, low: 0.4, high: 0.6, kind: rate, source: {QUOTED}}}
    stay: {{mean: {{value: 1, because: {QUOTED}}}}}
    operations:
      kind: clinic
      staff: 1
      hours: "09:00-17:00"
      minutes_per_visit: 20
      arrivals: {{per_day: {{value: 10, because: {QUOTED}}}, because: {QUOTED}}}
arms: {{a: {{label: {QUOTED}}}, b: {{}}}}
analysis: {{comparator: a, draws: 3}}
"""


def unseen(text):
    return {hex(ord(c)) for c in text if unicodedata.category(c) in UNSEEN and c not in "\n\t"}


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "nasty.yaml"
    path.write_text(STUDY, encoding="utf-8")
    return path


@pytest.mark.usefixtures("stand_in_engine", "written_pages")
def test_no_verb_and_no_file_of_a_run_holds_what_cannot_be_seen(hrsim, tmp_path, study):
    other = tmp_path / "other.yaml"
    other.write_text(STUDY.replace("b: {}", f"c: {{label: {QUOTED}}}"), encoding="utf-8")
    shown = [hrsim("run", str(study), "--lang", "en,fr", "--threads", "1")]
    (run,) = (tmp_path / "runs").iterdir()
    shown += [hrsim(verb, str(run)) for verb in ("analyse", "report", "verify", "cite", "compare")]
    shown += [hrsim(verb, str(study)) for verb in ("check", "show", "operations")]
    shown += [hrsim("operations", str(study), "--json"), hrsim("diff", str(study), str(other))]
    assert [done.code for done in shown] == [0] * len(shown), [done.err for done in shown if done.code]
    assert not any(unseen(done.out + done.err) for done in shown)
    for path in sorted(run.rglob("*")):
        if path.is_file() and path.suffix not in (".parquet", ".xlsx", ".docx"):
            assert not unseen(path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("terminal", [False, True])
def test_every_line_of_a_fault_can_be_seen(hrsim, tmp_path, monkeypatch, terminal):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    bad = STUDY.replace("comparator: a", f"comparator: {QUOTED}, {QUOTED}: 1")
    (tmp_path / "bad.yaml").write_text(bad, encoding="utf-8")
    refused = hrsim("check", "bad.yaml")
    assert refused.code == 3
    assert "owned" in refused.err
    assert not unseen(refused.out + refused.err)


def test_the_caret_stands_under_the_place_although_characters_are_written_out():
    line = "\u202ea: b"
    shown = Problem("TYPE", "m\nn", "f", Location("x\x1b.yaml", 1, 5), "p", line).render().splitlines()
    quoted, caret = shown[2], shown[3]
    assert quoted[caret.index("^")] == "b"
    assert not unseen("".join(shown))
    assert len(shown) == 5  # a line break in a message cannot pass for a line of hrsim's own


def test_a_very_long_text_is_cut_in_a_fault():
    assert len(StudyError([Problem("TYPE", "m" * 10**5, "f" * 10**5, path="p" * 10**5)]).render()) < 5000


def test_a_resolved_study_reads_back_to_the_same_texts(tmp_path, study):
    before = load_study(study)
    text = resolved_yaml(before)
    assert not unseen(text)
    (tmp_path / "again.yaml").write_text(text, encoding="utf-8")
    again = load_study(tmp_path / "again.yaml")
    assert again.study.title == before.study.title == NASTY
    assert {k: v for k, v in again.raw.items() if k != "resolved"} == {**before.raw}


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1"])
def test_a_minus_stays_a_minus_where_the_encoding_lacks_it(monkeypatch, encoding):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    use_nearest_characters()
    print("\u22125 \u2265 3 \u4e2d", end="", file=stream)
    stream.flush()
    assert stream.buffer.getvalue() == b"-5 >= 3 ?"


def test_the_command_line_prints_in_an_old_encoding():
    told = subprocess.run(
        [sys.executable, "-m", "hrsim", "evidence", "hsu.hcv_chronic"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        check=False,
    )
    assert b"UnicodeEncodeError" not in told.stderr


def test_visible_text_comes_back_as_it_is():
    assert visible("Zoë 中 a\nb\tc ✓") == "Zoë 中 a\nb\tc ✓"
    assert json.loads(f'"{visible(chr(27) + chr(0x9B) + chr(0x202E))}"') == "\x1b\x9b\u202e"


def test_a_stop_during_the_first_imports_is_words(monkeypatch, capsys):
    import hrsim.cli

    def stop():
        raise KeyboardInterrupt

    monkeypatch.setattr("hrsim.cli.app.main", stop)
    with pytest.raises(SystemExit) as ended:
        hrsim.cli.main()
    assert ended.value.code == 130
    assert "stopped" in capsys.readouterr().err


def test_there_is_one_way_to_the_terminal() -> None:
    sources = Path(package.__file__).parent
    others = [
        path.name for path in sources.rglob("*.py") if "typer.echo(" in path.read_text(encoding="utf-8")
    ]
    assert others == ["echo.py"]
