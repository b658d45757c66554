"""Verifying a run: silent on what is whole, and loud on one changed byte, wherever it is and whoever covered it up."""

import hashlib
import json

import pytest

from hrsim.experiment.manifest import SEAL, opened_log, seal, sealed
from hrsim.experiment.run_folder import RunFolder
from hrsim.experiment.stored import open_stored_run

pytestmark = pytest.mark.usefixtures("stand_in_engine")


@pytest.fixture
def manifest(stored):
    return json.loads((stored / "manifest.json").read_text())


def cover_up(folder):
    """Write a manifest that agrees with the files as they are, as a careful forger would."""
    manifest = folder.manifest()
    forged = opened_log({**manifest}, folder.file_hashes())
    folder.write_manifest(forged)


def change_a_byte(path):
    data = bytearray(path.read_bytes())
    place = len(data) // 2
    data[place] = ord("7") if data[place] != ord("7") else ord("8")
    path.write_bytes(bytes(data))


def change_a_count(folder):
    """Add one event to the second draw; the file stays a sound ledger."""
    run = open_stored_run(folder)
    task = run.experiment.plan.tasks()[1]
    ledger = run.folder.ledger(task)
    ledger.events.reshape(-1)[0] += 1
    run.folder.keep(task, ledger)


def test_a_run_as_it_was_written_verifies(hrsim, stored):
    shown = hrsim("verify", str(stored), "--full")
    assert shown.code == 0, shown.out
    assert "3 of 3 simulated again" in shown.out
    assert "verified: everything checked is as hostile-" in shown.out
    assert "\x1b" not in shown.out
    assert hrsim("verify", str(stored), "--draws", "1").out.count("1 of 3 simulated again") == 1


@pytest.mark.parametrize("covered", [False, True])
def test_one_changed_byte_in_any_table_is_found_even_if_the_manifest_is_made_to_agree(
    hrsim, stored, covered, monkeypatch
):
    monkeypatch.setattr("hrsim.cli.verifying.MOST_SHOWN", 100)
    tables = sorted((stored / "tables").glob("*.csv"))
    assert len(tables) >= 12
    for table in tables:
        change_a_byte(table)
    if covered:
        cover_up(RunFolder(stored))
    found = hrsim("verify", str(stored), "--draws", "0")
    assert found.code == 5
    for table in tables:
        assert ("tables: " in found.out) and f"tables/{table.name} comes out otherwise" in found.out
        assert covered or f"tables/{table.name} has changed" in found.out


@pytest.mark.parametrize("covered", [False, True])
def test_a_changed_draw_is_found(hrsim, stored, covered):
    change_a_count(stored)
    if covered:
        cover_up(RunFolder(stored))
    found = hrsim("verify", str(stored), "--full")
    assert found.code == 5
    assert "draw_00001_0.parquet: 1 of" in found.out
    assert "counts in events differ when simulated again" in found.out
    assert ("draws/draw_00001_0.parquet has changed" in found.out) != covered


@pytest.mark.parametrize("covered", [False, True])
def test_a_changed_input_is_found(hrsim, stored, covered):
    path = stored / "inputs" / "resolved.yaml"
    text = path.read_text()
    assert "share_male" in text
    path.write_text(text.replace("minimum: 18", "minimum: 19", 1))
    if covered:
        cover_up(RunFolder(stored))
    found = hrsim("verify", str(stored), "--draws", "0")
    assert found.code == 5
    assert "inputs/resolved.yaml gives the content hash" in found.out
    assert ("inputs/resolved.yaml has changed" in found.out) != covered


def test_an_input_that_is_no_study_any_more_is_a_difference_and_no_failure(hrsim, stored):
    (stored / "inputs" / "resolved.yaml").write_text("hrsim: [")
    found = hrsim("verify", str(stored))
    assert found.code == 5
    assert "cannot be checked" in found.out


def test_parameters_that_are_not_those_of_the_seed_are_found(hrsim, stored, manifest):
    import duckdb

    path = stored / "draws" / "parameters.parquet"
    other = stored.parent / "other.parquet"
    duckdb.connect().execute(
        f'COPY (SELECT * REPLACE ("od.witnessed" * 1.5 AS "od.witnessed") FROM read_parquet(\'{path}\')) '
        f"TO '{other}' (FORMAT parquet)"
    )
    other.replace(path)
    cover_up(RunFolder(stored))
    found = hrsim("verify", str(stored), "--draws", "0")
    assert found.code == 5
    assert "1 parameters are drawn otherwise now (od.witnessed)" in found.out


def test_missing_and_extra_files_are_found(hrsim, stored):
    (stored / "summary.txt").unlink()
    (stored / "tables" / "mine.csv").write_text("a,b\n")
    found = hrsim("verify", str(stored), "--draws", "0")
    assert found.code == 5
    assert "summary.txt is missing" in found.out
    assert "tables/mine.csv is not the run's" in found.out


def test_a_file_that_a_later_verb_recorded_is_no_difference(hrsim, stored):
    added = stored / "figures" / "tornado.svg"
    added.write_text("<svg/>")
    RunFolder(stored).record_files("analyse --tornado", [added])
    shown = hrsim("verify", str(stored), "--draws", "0")
    assert shown.code == 0, shown.out
    assert "analyse --tornado: 1 files" in shown.out
    change_a_byte(added)
    assert hrsim("verify", str(stored), "--draws", "0").code == 5


def test_a_cited_hash_catches_what_a_forger_made_consistent(hrsim, stored, manifest):
    """Whoever forges everything cannot forge the hash that is already in print."""
    in_print = manifest["results_hash"][:16]
    assert hrsim("verify", str(stored), "--draws", "0", "--cited", in_print).code == 0
    assert hrsim("verify", str(stored), "--draws", "0", "--cited", manifest["content_hash"]).code == 0
    change_a_count(stored)
    cover_up(RunFolder(stored))
    found = hrsim("verify", str(stored), "--draws", "0", "--cited", in_print)
    assert found.code == 5
    assert "is neither the results hash nor the content hash" in found.out
    assert hrsim("verify", str(stored), "--cited", "12").code == 2
    assert hrsim("verify", str(stored), "--cited", "not-a-hash").code == 2


def test_an_edited_manifest_is_found(hrsim, stored, manifest):
    (stored / "manifest.json").write_text(json.dumps({**manifest, "title": "Better news"}))
    found = hrsim("verify", str(stored), "--draws", "0")
    assert found.code == 5
    assert "manifest.json was changed after it was written" in found.out


def test_other_versions_are_named_and_what_they_mean(hrsim, stored, manifest):
    versions = {**manifest["versions"], "numpy": "1.0"}
    folder = RunFolder(stored)
    folder.write_manifest({**manifest, "versions": versions})
    shown = hrsim("verify", str(stored), "--draws", "0")
    assert shown.code == 0
    assert "numpy: 1.0 made the run" in shown.out
    assert "NOT VERIFIED" not in shown.out
    change_a_count(stored)
    differing = hrsim("verify", str(stored), "--full")
    assert differing.code == 5
    assert "may differ although nobody changed the run" in " ".join(differing.out.split())


def test_what_cannot_be_verified_is_refused(hrsim, stored, manifest, tmp_path):
    assert hrsim("verify", str(tmp_path)).code == 2
    (stored / "manifest.json").write_text(json.dumps({**manifest, "status": "partial"}))
    assert hrsim("verify", str(stored)).code == 8
    (stored / "manifest.json").write_text(json.dumps({**manifest, "hrsim_run": 99}))
    assert hrsim("verify", str(stored)).code == 2
    lacking = {name: value for name, value in manifest.items() if name != "log"}
    (stored / "manifest.json").write_text(json.dumps(lacking))
    refused = hrsim("verify", str(stored))
    assert refused.code == 2
    assert "it lacks log" in refused.err


@pytest.mark.parametrize(
    ("key", "value", "place"),
    [
        ("plan", None, "plan"),
        ("plan", {"draws": "x", "replicates": 1, "seed": 1, "uncertainty": "draws", "sampling": "random"},
         "plan.draws"),
        ("files", 3, "files"),
        ("log", [], "log"),
        ("content_hash", None, "content_hash"),
        ("authors", 3, "authors"),
    ],
)  # fmt: skip
def test_a_manifest_of_another_form_is_refused_by_every_verb(hrsim, stored, manifest, key, value, place):
    (stored / "manifest.json").write_text(json.dumps({**manifest, key: value}))
    for words in (["compare"], ["report"], ["analyse"], ["cite"], ["verify"], ["trace", "--person", "1"]):
        refused = hrsim(words[0], str(stored), *words[1:])
        assert refused.code == 2
        assert f"manifest.json is damaged: {place}: " in refused.err


@pytest.mark.parametrize("name", ["summary.json", "tables/outcomes.csv"])
def test_compare_refuses_what_was_changed_or_lost(hrsim, stored, name):
    (stored / name).write_text("foo")
    refused = hrsim("compare", str(stored))
    assert refused.code == 2 and name in refused.err and "hrsim report" in refused.err
    (stored / name).unlink()
    assert hrsim("compare", str(stored)).code == 2


@pytest.mark.parametrize("threshold", ["nan", "-5", "0", "inf"])
def test_compare_refuses_a_threshold_that_is_no_price(hrsim, stored, threshold):
    refused = hrsim("compare", str(stored), "--threshold", threshold)
    assert refused.code == 2 and "--threshold above 0" in refused.err


def test_an_empty_hash_verifies_nothing(hrsim, stored):
    assert hrsim("verify", str(stored), "--cited", "").code == 2


def test_verifying_changes_nothing(hrsim, stored):
    def state():
        return {p: hashlib.sha256(p.read_bytes()).hexdigest() for p in stored.rglob("*") if p.is_file()}

    before = state()
    hrsim("verify", str(stored), "--full")
    assert state() == before


def test_the_seal_leaves_out_itself_and_the_timing_only(manifest):
    assert seal(manifest) == manifest[SEAL]
    assert sealed({**manifest, "timing": {"seconds": 9.9}})[SEAL] == manifest[SEAL]
    for key in set(manifest) - {SEAL, "timing"}:
        assert seal({**manifest, key: "other"}) != manifest[SEAL], key


@pytest.mark.parametrize("damage", ["cut short", "removed"])
def test_a_damaged_draw_file_is_a_difference_and_no_failure(hrsim, stored, damage):
    path = stored / "draws" / "draw_00001_0.parquet"
    if damage == "removed":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:100])
    found = hrsim("verify", str(stored), "--full")
    assert found.code == 5, found.err
    assert "draw_00001_0.parquet: cannot be read" in found.out
    assert "DIFFERS  tables: " in found.out
    assert "cannot be checked" in found.out
