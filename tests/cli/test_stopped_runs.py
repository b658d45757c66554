"""Runs that are stopped, resumed, damaged or out of space: nothing is lost, and the end is the same bytes."""

import json
import resource
import shutil
import signal
from pathlib import Path

import pytest

from hrsim.experiment.folder_lock import locked
from hrsim.study.parents import packaged_scenarios

DEMO = str(packaged_scenarios() / "demo.yaml")
SMALL = ("--draws", "3", "--set", "horizon.years=2", "--threads", "1")
TOUCHING = {Path: ("replace", "rename", "unlink", "rmdir", "write_bytes", "mkdir"), shutil: ("rmtree",)}

pytestmark = pytest.mark.usefixtures("stand_in_engine")


class Killed(BaseException):
    """Stand in for SIGKILL: from the moment it is raised nothing more reaches the disk."""


def kill_at(monkeypatch, count):
    """Let the process die at a rename: every later change of the disk fails too, so no clean-up happens."""
    renames = []

    def dying(original, counted):
        def touch(*args, **kwargs):
            if counted:
                renames.append(1)
            if len(renames) > count:
                raise Killed
            return original(*args, **kwargs)

        return touch

    for owner, names in TOUCHING.items():
        for name in names:
            monkeypatch.setattr(owner, name, dying(getattr(owner, name), name in ("replace", "rename")))
    return renames


def contents(folder):
    found = {
        path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
    manifest = json.loads(found.pop(Path("manifest.json")))
    del manifest["timing"]
    return found, manifest


def only(folder):
    (found,) = (path for path in folder.iterdir() if not path.name.startswith("."))
    return found


@pytest.fixture
def whole(hrsim, tmp_path):
    assert hrsim("run", DEMO, *SMALL, "--out", "whole").code == 0
    return only(tmp_path / "whole")


def test_killed_at_any_rename_it_goes_on_to_the_same_bytes(hrsim, tmp_path, monkeypatch, whole):
    with monkeypatch.context() as patch:
        renames = kill_at(patch, 10**6)
        assert hrsim("run", DEMO, *SMALL, "--out", "count").code == 0
        total = len(renames)
    for count in (0, 1, 3, 7, total // 2, total - 1):
        out = f"killed_{count}"
        with monkeypatch.context() as patch:
            kill_at(patch, count)
            with pytest.raises(Killed):
                hrsim("run", DEMO, *SMALL, "--out", out)
        assert (
            not any((tmp_path / out / whole.name / name).exists() for name in ("draws",))
            or (tmp_path / out / whole.name / "manifest.json").exists()
        ), "a folder without a manifest"
        done = hrsim("run", DEMO, *SMALL, "--out", out, "--resume")
        assert done.code == 0, (count, done.err)
        assert contents(only(tmp_path / out)) == contents(whole), count


def test_resuming_a_complete_run_writes_nothing(hrsim, whole):
    assert hrsim("analyse", str(whole)).code == 0
    before = {path: path.read_bytes() for path in whole.rglob("*") if path.is_file()}
    shown = hrsim("run", DEMO, *SMALL, "--out", "whole", "--resume")
    assert shown.code == 0
    assert "nothing is missing" in shown.out
    assert {path: path.read_bytes() for path in whole.rglob("*") if path.is_file()} == before
    assert hrsim("verify", str(whole)).code == 0


@pytest.mark.parametrize(
    ("verb", "damage"),
    [("analyse", "copied"), ("report", "flipped"), ("report", "missing"), ("analyse", "parameters")],
)
def test_a_damaged_draw_is_never_believed_and_resume_mends_it(hrsim, whole, verb, damage):
    assert hrsim("analyse", str(whole)).code == 0
    before = contents(whole)
    draws = sorted((whole / "draws").glob("draw_*.parquet"))
    if damage == "copied":
        shutil.copy(draws[2], draws[1])
    elif damage == "missing":
        draws[1].unlink()
    else:
        path = draws[1] if damage == "flipped" else whole / "draws" / "parameters.parquet"
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(bytes(data))
    refused = hrsim(verb, str(whole))
    assert refused.code == 8
    assert "--resume" in refused.err
    assert hrsim("run", DEMO, *SMALL, "--out", "whole", "--resume").code == 0
    assert contents(whole) == before
    assert hrsim("verify", str(whole)).code == 0


def test_damaged_draws_of_a_partial_run_are_computed_again(
    hrsim, tmp_path, monkeypatch, whole, interrupting_engine
):
    with monkeypatch.context() as patch:
        patch.setattr("hrsim.experiment.run.simulate", interrupting_engine(2))
        assert hrsim("run", DEMO, *SMALL).code == 130
    folder = only(tmp_path / "runs")
    shutil.copy(folder / "draws" / "draw_00000_0.parquet", folder / "draws" / "draw_00001_0.parquet")
    (folder / "draws" / "mine.txt").write_text("a note")
    (folder / "tables" / "mine.csv").write_text("a note")
    resumed = hrsim("run", DEMO, *SMALL, "--resume")
    assert resumed.code == 0
    assert "draw_00001_0.parquet was damaged: computed again" in resumed.err
    assert (
        json.loads((folder / "manifest.json").read_text())["results_hash"]
        == contents(whole)[1]["results_hash"]
    )


@pytest.mark.parametrize("place", ["hrsim.cli.running.write_report", "hrsim.cli.running.finish_folder"])
def test_a_stop_while_the_report_is_written_names_the_way_on(hrsim, monkeypatch, place):
    def stop(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(place, stop)
    stopped = hrsim("run", DEMO, *SMALL)
    assert stopped.code == 130
    assert "--resume" in stopped.err


def test_a_full_disk_is_no_bug_and_loses_nothing(hrsim, tmp_path, whole):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    former = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    for limit in (3_000, 20_000):
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
            full = hrsim("run", DEMO, *SMALL, "--resume")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert full.code == 2, full.err
        assert "cannot read or write" in full.err
        assert "runs/demo-" in full.err
        assert "free space" in full.err
    signal.signal(signal.SIGXFSZ, former)
    assert hrsim("run", DEMO, *SMALL, "--resume").code == 0
    assert contents(only(tmp_path / "runs")) == contents(whole)


def test_a_bug_report_that_cannot_be_written_goes_to_the_screen(hrsim, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    def bug(*_args, **_kwargs):
        raise ValueError("the bug")

    monkeypatch.setattr("hrsim.cli.running.plan_request", bug)
    monkeypatch.setattr(Path, "write_text", full)
    failed = hrsim("run", DEMO)
    assert failed.code == 1
    assert "ValueError: the bug" in failed.err


@pytest.mark.parametrize(
    "verb", [("run", DEMO, *SMALL, "--out", "whole", "--resume"), ("analyse",), ("report",)]
)
def test_a_second_hrsim_on_a_folder_is_refused_in_words(hrsim, whole, verb):
    words = verb if len(verb) > 1 else (*verb, str(whole))
    with locked(whole):
        second = hrsim(*words)
    assert second.code == 2
    assert "another hrsim is at work here" in second.err


@pytest.mark.parametrize("verb", ["analyse", "report"])
def test_a_stop_while_a_verb_writes_leaves_no_half_file(hrsim, monkeypatch, whole, verb):
    before, manifest = contents(whole)
    with monkeypatch.context() as patch:
        kill_at(patch, 2)
        with pytest.raises(Killed):
            hrsim(verb, str(whole))
    after = contents(whole)
    assert {name: after[0].get(name) for name in before} == before
    assert after[1] == manifest
    assert hrsim(verb, str(whole)).code == 0
    assert hrsim("verify", str(whole)).code == 0
