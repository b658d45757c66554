"""The verb trace on a real, small run: what it says, and what it refuses."""

import pytest

from hrsim.cli.running import Request, run_request

STUDY = """
extends: demo.yaml
title: "A village\\e[31m"
horizon: {years: 1}
population: {size: 60, residents: 3582, entry_per_year: 20}
services:
  oat_methadone: {capacity: {places: 12}}
  oat_buprenorphine: {capacity: {places: 6}}
arms:
  status_quo: {label: Status quo}
remove: [arms.naloxone_x3, arms.oat_expansion, arms.integrated]
analysis: {draws: 2}
"""


@pytest.fixture(scope="module")
def village(tmp_path_factory):
    folder = tmp_path_factory.mktemp("village")
    (folder / "village.yaml").write_text(STUDY, encoding="utf-8")
    return run_request(Request(folder / "village.yaml", (), folder / "runs", 1, "refuse")).path


def test_a_life_is_told_in_every_arm(hrsim, village):
    shown = hrsim("trace", str(village), "--person", "17", "--draw", "1")
    assert shown.code == 0, shown.err
    assert shown.out.startswith("Person 17 (there at the start), draw 1, replicate 0: A village")
    assert "\x1b" not in shown.out
    assert "years old at the start" in shown.out
    assert "Status quo" in shown.out
    assert "2027-01-01" in shown.out
    assert max(map(len, shown.out.split("\n"))) <= 100
    assert hrsim("trace", str(village), "--person", "17", "--draw", "1").out == shown.out


def test_somebody_who_may_enter_later_is_told_from_then_on(hrsim, village):
    out = hrsim("trace", str(village), "--person", "65", "--arm", "status_quo", "--contacts").out
    assert "Person 65 (may enter on 2026-" in out
    assert "years old when entering" in out
    assert "enters the population" in out or "never entered" in out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--person", "100000"), "60 people are there at the start"),
        (("--person", "1", "--draw", "2"), "expected --draw between 0 and 1"),
        (("--person", "1", "--replicate", "1"), "--replicate between 0 and 0"),
        (("--person", "1", "--arm", "statusquo"), "status_quo"),
    ],
)
def test_what_is_not_there_is_said_clearly(hrsim, village, options, words):
    refused = hrsim("trace", str(village), *options)
    assert refused.code == 2
    assert words in refused.err
    assert refused.out == ""


def test_a_real_run_verifies_in_full(hrsim, village):
    shown = hrsim("verify", str(village), "--full", "--threads", "1")
    assert shown.code == 0, shown.out
    assert "2 of 2 simulated again" in shown.out


def test_a_stored_draw_that_was_changed_is_named_beside_the_life(hrsim, village, tmp_path):
    import shutil

    from hrsim.experiment.manifest import opened_log
    from hrsim.experiment.stored import open_stored_run

    copy = shutil.copytree(village, tmp_path / "copy")
    run = open_stored_run(copy)
    task, folder = run.experiment.plan.tasks()[0], run.folder
    ledger = folder.ledger(task)
    ledger.events.reshape(-1)[0] += 1
    folder.keep(task, ledger)
    folder.write_manifest(opened_log(folder.manifest(), folder.file_hashes()))  # as a careful forger would
    shown = hrsim("trace", str(copy), "--person", "3")
    assert shown.code == 5
    assert "is not the stored one (1 of" in shown.err
