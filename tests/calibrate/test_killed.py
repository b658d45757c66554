"""A calibration that is killed, not stopped, and taken up again ends with the very bits of one left alone."""

import subprocess
import sys
import time

import duckdb
import pandas as pd
import pytest

from hrsim.calibrate.fit import Workshop, fit
from hrsim.calibrate.reading import read_assignment
from hrsim.calibrate.simulator import study_outputs
from tests.calibrate.toy import silent

STUDY = """hrsim: 1
title: A small place
extends: settings/blank.yaml
horizon: {start: 2020-01-01, years: 2}
population: {size: 300}
processes: {overdose: true}
arms: {only: {}}
analysis: {comparator: only}
"""
CALIBRATION = """hrsim_calibration: 1
title: A small place
study: study.yaml
free: [od.nf_rate_pwid_us_post2016]
series:
  overdoses:
    measure: overdose_nonfatal
    values: {'2020': {value: 120, source: test}, '2021': {value: 110, source: test}}
    fitted: [2020, 2021]
    likelihood: {family: poisson}
    discrepancy: 0.05
search: {waves: 2, points: 30, replicates: 2, seed: 3}
result: {draws: 20}
"""
LONGEST = 120.0  # seconds until the first points are there


@pytest.fixture
def begin(tmp_path):
    """Give a function that begins the calibration in a folder of that name; finished it leaves posterior.parquet."""

    def begins(name, *options):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        (folder / "study.yaml").write_text(STUDY)
        (folder / "calibration.yaml").write_text(CALIBRATION)
        words = [
            sys.executable,
            "-m",
            "hrsim",
            "calibrate",
            str(folder / "calibration.yaml"),
            "--threads",
            "1",
        ]
        return folder, subprocess.Popen([*words, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    return begins


def finished(started):
    folder, process = started
    output, _ = process.communicate(timeout=LONGEST)
    assert process.returncode == 0, output.decode()
    return duckdb.connect().read_parquet(str(folder / "posterior.parquet")).df()


def never_stopped(folder):
    """Fit in this process, with another number of threads, and return the posterior."""
    folder.mkdir()
    (folder / "study.yaml").write_text(STUDY)
    (folder / "calibration.yaml").write_text(CALIBRATION)
    task = read_assignment(folder / "calibration.yaml")
    return fit(Workshop(task, study_outputs(task), folder / "work", 2, silent)).posterior


def kill_once_there(started, pattern):
    """Kill the process as soon as a file is there; nothing of it survives but what it wrote."""
    folder, process = started
    last = time.monotonic() + LONGEST
    while not any(folder.glob(pattern)):
        assert process.poll() is None and time.monotonic() < last, process.communicate()[0].decode()
        time.sleep(0.001)
    process.kill()
    process.communicate()
    assert process.returncode != 0
    assert not (folder / "posterior.parquet").exists()
    return folder


def test_killed_and_resumed_it_ends_with_the_same_bits(begin, tmp_path):
    folder = kill_once_there(begin("killed"), "work/*/wave_2/point_00001.json")
    done = {path: path.stat().st_mtime_ns for path in folder.glob("work/*/wave_*/point_*.json")}
    resumed = finished(begin("killed", "--resume"))
    pd.testing.assert_frame_equal(resumed, never_stopped(tmp_path / "whole"), check_exact=True)
    assert all(path.stat().st_mtime_ns == then for path, then in done.items())  # simulated once
