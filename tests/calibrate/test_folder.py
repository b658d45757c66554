"""The folder of a calibration: a plan may be followed by a fit, and nothing is lost by accident."""

import pytest

from hrsim.calibrate.folder import CalibrationExists, CalibrationFolder


@pytest.fixture
def folder(tmp_path):
    return CalibrationFolder(tmp_path, "0123456789abcdef")


def test_a_fit_may_follow_its_plan(folder):
    (folder.work / "wave_1").mkdir(parents=True)
    folder.open(resume=False, force=False)
    assert (folder.work / "wave_1").exists()


def test_a_fit_under_way_is_taken_up_or_removed_only_when_told(folder):
    (folder.work / "wave_2").mkdir(parents=True)
    with pytest.raises(CalibrationExists, match="--resume"):
        folder.open(resume=False, force=False)
    folder.open(resume=True, force=False)
    assert (folder.work / "wave_2").exists()
    folder.open(resume=False, force=True)
    assert not folder.work.exists()


def test_a_posterior_is_replaced_only_when_told(folder):
    (folder.path / "posterior.parquet").touch()
    with pytest.raises(CalibrationExists, match="--force"):
        folder.open(resume=True, force=False)
    folder.open(resume=False, force=True)
