"""Verbs that simulate nothing: what they print, and how they refuse."""

import json
import shutil
from pathlib import Path

import pytest

from hrsim.study.explain import codes
from hrsim.study.parents import packaged_scenarios

DEMO = str(packaged_scenarios() / "demo.yaml")
VERBS = ("demo", "new", "check", "explain", "show", "diff", "run", "compare", "evidence", "schema")


def test_help_lists_every_verb(hrsim):
    shown = hrsim("--help")
    assert shown.code == 0
    assert all(f"\n  {verb} " in shown.out for verb in VERBS)


@pytest.mark.parametrize("words", [["fly"], ["check", "--wings"], ["show"]])
def test_a_wrong_command_line_is_2(hrsim, words):
    refused = hrsim(*words)
    assert refused.code == 2
    assert "Traceback" not in refused.err


def test_a_new_study_is_valid_and_never_overwrites(hrsim, tmp_path):
    assert hrsim("new", "my_city").code == 0
    assert hrsim("check", "my_city.yaml").code == 0
    (tmp_path / "my_city.yaml").write_text("edited")
    refused = hrsim("new", "my_city")
    assert (refused.code, (tmp_path / "my_city.yaml").read_text()) == (2, "edited")


@pytest.mark.parametrize("name", ["", ".", ".yaml", "a b", "no/../$(id)"])
def test_a_name_that_is_no_file_name_is_2_and_writes_nothing(hrsim, tmp_path, name):
    refused = hrsim("new", name)
    assert refused.code == 2 and "write 'hrsim new my_study'" in refused.err
    assert list(tmp_path.iterdir()) == []


def test_too_little_memory_is_no_bug(hrsim, tmp_path, monkeypatch):
    def too_large(name):
        raise MemoryError("Unable to allocate 745. GiB")

    monkeypatch.setattr("hrsim.study.starter.starter_study", too_large)
    refused = hrsim("new", "x")
    assert refused.code == 2 and "lower population.size" in refused.err and "745. GiB" in refused.err
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_outside_a_run_is_130_and_says_what_to_do(hrsim, monkeypatch):
    def stop(name):
        raise KeyboardInterrupt

    monkeypatch.setattr("hrsim.study.starter.starter_study", stop)
    stopped = hrsim("new", "x")
    assert stopped.code == 130 and "type the same command again" in stopped.err


def test_more_draws_than_files_can_be_numbered_are_refused(hrsim, tmp_path):
    hrsim("new", "x")
    refused = hrsim("run", "x.yaml", "--draws", "99999999999999")
    assert refused.code == 3 and "100000 or less" in refused.err
    assert [path.name for path in tmp_path.iterdir()] == ["x.yaml"]


def test_every_shipped_study_is_valid(hrsim):
    studies = sorted(str(path) for path in packaged_scenarios().glob("*.yaml"))
    checked = hrsim("check", *studies)
    assert checked.code == 0, checked.err
    assert checked.out.count(": valid, ") == len(studies) >= 5


def test_check_shows_the_faults_of_all_files_at_once(hrsim, tmp_path):
    for name, key in (("a", "tittle"), ("b", "armz")):
        (tmp_path / f"{name}.yaml").write_text(
            f"hrsim: 1\n{key}: x\nextends: settings/british_columbia.yaml\n"
        )
    refused = hrsim("check", "a.yaml", "b.yaml", DEMO)
    assert refused.code == 3
    assert "'tittle'" in refused.err
    assert "'armz'" in refused.err
    assert "Traceback" not in refused.err
    assert "valid" in refused.out


def test_debug_shows_the_traceback_wherever_it_stands(hrsim):
    for words in (["--debug", "check", "none.yaml"], ["check", "none.yaml", "--debug"]):
        refused = hrsim(*words)
        assert (refused.code, "Traceback" in refused.err) == (3, True)


def test_a_shown_study_shows_itself_again(hrsim, tmp_path):
    first = hrsim("show", DEMO)
    assert first.code == 0
    (tmp_path / "again.yaml").write_text(first.out, encoding="utf-8")
    assert hrsim("show", "again.yaml").out == first.out


def test_why_names_file_and_line(hrsim):
    lines = Path(DEMO).read_text(encoding="utf-8").splitlines()
    line = 1 + next(number for number, text in enumerate(lines) if text.startswith("title:"))
    assert f"demo.yaml:{line}:" in hrsim("show", DEMO, "--why", "title").out
    assert hrsim("show", DEMO, "--why", "tytle").code == 3


def test_diff_says_what_an_override_changed(hrsim, tmp_path):
    shutil.copy(DEMO, tmp_path / "mine.yaml")
    assert "same" in hrsim("diff", DEMO, "mine.yaml").out
    text = (tmp_path / "mine.yaml").read_text(encoding="utf-8").replace("years: 10", "years: 3")
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    assert hrsim("diff", DEMO, "mine.yaml").out == "horizon.years: 10 becomes 3\n"


def test_schema_is_json_and_the_reference_is_not(hrsim):
    assert json.loads(hrsim("schema").out)["type"] == "object"
    assert "horizon" in hrsim("schema", "--reference").out


def test_explain_knows_codes_and_refuses_others(hrsim):
    assert "bad:" in hrsim("explain", "TYPE").out
    assert hrsim("explain", "NONSENSE").code == 2
    listed = hrsim("explain")
    assert [line.split()[0] for line in listed.out.splitlines()] == list(codes())


def test_evidence_shows_one_row_lists_all_and_refuses_unknown(hrsim):
    assert "source" in hrsim("evidence", "od.witnessed").out
    assert hrsim("evidence").out.count("\n") > 100
    assert hrsim("evidence", "od.witnesed").code == 3


def test_a_bug_is_1_with_a_report_and_no_traceback(hrsim, tmp_path, monkeypatch):
    monkeypatch.setattr("hrsim.study.starter.starter_study", lambda name: 1 / 0)
    failed = hrsim("new", "x")
    assert failed.code == 1
    assert "Traceback" not in failed.err
    (report,) = tmp_path.glob("hrsim-bug-*.txt")
    assert report.name in failed.err
    assert "ZeroDivisionError" in report.read_text()


def test_a_folder_that_cannot_be_written_is_no_bug(hrsim, tmp_path):
    refused = hrsim("new", "missing_folder/x")
    assert refused.code == 2
    assert "missing_folder" in refused.err
    assert list(tmp_path.iterdir()) == []
