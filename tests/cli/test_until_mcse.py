"""`--until-mcse`: the same draws and bytes whatever the threads or interruptions; the folder tells where it stopped."""

import json

import pytest

from hrsim.experiment.stored import open_stored_run
from hrsim.study.parents import packaged_scenarios

DEMO = str(packaged_scenarios() / "demo.yaml")
TYPED = ("run", DEMO, "--draws", "45", "--set", "horizon.years=2", "--until-mcse", "overdose_death=13")

pytestmark = pytest.mark.usefixtures("stand_in_engine")


def only_folder(out):
    (path,) = out.iterdir()
    return path


def content(folder):
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {
        name: path.read_bytes()
        for name, path in files.items()
        if name != "manifest.json" and "logs/" not in name
    }


def test_a_run_stops_at_the_first_batch_that_meets_its_target(hrsim, tmp_path):
    done = hrsim(*TYPED)
    assert done.code == 0
    folder = only_folder(tmp_path / "runs")
    manifest = json.loads((folder / "manifest.json").read_text())
    stopped = manifest["plan"]["draws"]
    assert stopped in (20, 40) and manifest["draws_asked"] == 45
    assert len(list((folder / "draws").glob("draw_*"))) == stopped
    assert f"are met after {stopped} of at most 45 draws" in " ".join(done.out.split())
    assert hrsim("verify", str(folder)).code == 0
    targets = open_stored_run(folder).result().tables["monte_carlo_targets"]
    assert targets["met"].all() and (targets["n_draws"] == stopped).all()


def test_threads_and_interruptions_change_nothing(hrsim, tmp_path, monkeypatch, interrupting_engine):
    assert hrsim(*TYPED, "--threads", "1").code == 0
    whole = only_folder(tmp_path / "runs")
    with monkeypatch.context() as stopped:
        stopped.setattr("hrsim.experiment.run.simulate", interrupting_engine(7))
        assert hrsim(*TYPED, "--out", "other", "--threads", "2").code == 130
    from tests.cli.conftest import simulate_stand_in

    monkeypatch.setattr("hrsim.experiment.run.simulate", simulate_stand_in)
    assert hrsim(*TYPED, "--out", "other", "--threads", "2", "--resume").code == 0
    other = only_folder(tmp_path / "other")
    assert content(whole) == content(other)
    assert whole.name == other.name


def test_a_target_out_of_reach_ends_at_the_ceiling_and_says_so(hrsim, tmp_path):
    done = hrsim(*TYPED[:-1], "0.0001", "--draws", "22")
    assert done.code == 0
    assert "larger than asked after all 22 draws" in " ".join(done.out.split())
    assert len(list(only_folder(tmp_path / "runs").glob("draws/draw_*"))) == 22


def test_the_target_belongs_to_the_run(hrsim, tmp_path):
    assert hrsim(*TYPED[:-2], "--draws", "20").code == 0
    assert hrsim(*TYPED, "--draws", "20").code == 0
    assert len(list((tmp_path / "runs").iterdir())) == 2


@pytest.mark.parametrize("target", ["0", "-1", "many", "deaths=3"])
def test_targets_without_meaning_are_refused(hrsim, target):
    assert hrsim("run", DEMO, "--until-mcse", target).code == 3


def test_parameters_at_their_point_values_have_one_draw(hrsim):
    done = hrsim(*TYPED, "--set", "analysis.uncertainty=central")
    assert done.code == 3 and "which has one draw" in done.err
