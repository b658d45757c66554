"""Run folders: nobody's work is overwritten, and the hash tells runs apart."""

import pytest

from hrsim.experiment.errors import IncompleteRunError, RunFolderError
from hrsim.experiment.run_folder import FOLDERS, MANIFEST_FORMAT, content_hash, free_path, open_run_folder

COMPLETE = {
    "hrsim_run": MANIFEST_FORMAT,
    "status": "complete",
    "run": "study-abc",
    "title": "Study",
    "content_hash": "abc",
    "authors": [],
    "limits": [],
    "plan": {
        "draws": 1,
        "replicates": 1,
        "seed": 1,
        "uncertainty": "draws",
        "sampling": "random",
    },
    "versions": {"hrsim": "0"},
    "evidence": {"date": "2026-01-02", "version": "2026-01-02", "digest": "abc"},
    "timing": {"seconds": 1.0},
}
BEGUN = {"status": "partial", "content_hash": "abc"}


@pytest.fixture
def partial(tmp_path):
    folder = open_run_folder(tmp_path / "run", BEGUN, "refuse")
    (folder.path / "tables" / "mine.csv").write_text("kept")
    return folder


def test_an_existing_run_is_refused_with_the_remedy(partial):
    with pytest.raises(RunFolderError, match="--resume"):
        open_run_folder(partial.path, BEGUN, "refuse")
    partial.write_manifest({"status": "complete", "content_hash": "abc"})
    with pytest.raises(RunFolderError, match="--force"):
        open_run_folder(partial.path, BEGUN, "refuse")
    assert (partial.path / "tables" / "mine.csv").read_text() == "kept"


def test_resume_keeps_and_force_replaces(partial):
    open_run_folder(partial.path, BEGUN, "resume")
    assert (partial.path / "tables" / "mine.csv").exists()
    open_run_folder(partial.path, BEGUN, "replace")
    assert not (partial.path / "tables" / "mine.csv").exists()


def test_another_run_is_never_resumed(partial):
    with pytest.raises(RunFolderError, match="another run"):
        open_run_folder(partial.path, {**BEGUN, "content_hash": "other"}, "resume")


@pytest.mark.parametrize("existing", ["refuse", "resume", "replace"])
@pytest.mark.parametrize("inner", [(), ("inputs",), FOLDERS])
def test_the_empty_folders_that_a_stop_leaves_are_free(tmp_path, existing, inner):
    for name in inner:
        (tmp_path / "run" / name).mkdir(parents=True)
    folder = open_run_folder(tmp_path / "run", BEGUN, existing)
    assert folder.manifest()["content_hash"] == "abc"
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_force_does_not_follow_a_link(partial, tmp_path):
    (tmp_path / "link").symlink_to(partial.path)
    with pytest.raises(RunFolderError, match="symbolic link"):
        open_run_folder(tmp_path / "link", BEGUN, "replace")
    assert (partial.path / "tables" / "mine.csv").read_text() == "kept"


@pytest.mark.parametrize("bytes_found", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"[]"])
def test_a_damaged_manifest_is_refused_with_the_remedy(partial, bytes_found):
    (partial.path / "manifest.json").write_bytes(bytes_found)
    with pytest.raises(RunFolderError, match="delete the folder"):
        partial.manifest()


def test_finishing_records_what_the_run_wrote_and_nothing_else(partial):
    (partial.path / "tables" / "note.csv").write_text("mine")
    (partial.path / "draws" / "draw_00000_0.parquet.unfinished").write_text("cut")
    partial.finish(COMPLETE, ["tables/mine.csv"])
    assert set(partial.manifest()["files"]) == {"tables/mine.csv", "ro-crate-metadata.json"}


@pytest.mark.parametrize("existing", ["refuse", "resume", "replace"])
def test_a_folder_that_is_no_run_is_never_touched(tmp_path, existing):
    (tmp_path / "thesis.txt").write_text("three years")
    with pytest.raises(RunFolderError, match="not a run folder"):
        open_run_folder(tmp_path, BEGUN, existing)
    assert (tmp_path / "thesis.txt").read_text() == "three years"


def test_a_partial_run_is_not_read_as_complete(partial):
    with pytest.raises(IncompleteRunError, match="partial"):
        partial.complete_manifest()


def test_free_path_counts_on(tmp_path):
    assert free_path(tmp_path / "run") == tmp_path / "run"
    (tmp_path / "run").mkdir()
    (tmp_path / "run-2").mkdir()
    assert free_path(tmp_path / "run") == tmp_path / "run-3"


def test_the_hash_tells_where_one_text_ends():
    assert content_hash("ab", "c") != content_hash("a", "bc")
    assert content_hash("ab", "c") == content_hash("ab", "c")


def test_file_hashes_leave_out_manifest_and_logs(partial):
    (partial.path / "logs" / "run.log").write_text("10:00")
    assert list(partial.file_hashes()) == ["tables/mine.csv"]


@pytest.fixture
def complete(partial):
    partial.finish(COMPLETE, ["tables/mine.csv"])
    return partial


def test_later_files_enter_the_manifest_with_the_verb_that_wrote_them(complete):
    """The results hash stays, whatever is added."""
    before = complete.manifest()
    added = complete.path / "figures" / "tornado.svg"
    added.write_text("<svg/>")
    for _ in range(2):
        complete.record_files("analyse", [added])
    after = complete.manifest()
    assert after["files"] == complete.file_hashes()
    assert [(line["verb"], line["files"]) for line in after["log"]] == [
        ("run", ["tables/mine.csv"]),
        ("analyse", ["figures/tornado.svg"]),
    ]
    assert after["results_hash"] == before["results_hash"]
    assert after["manifest_hash"] != before["manifest_hash"]


def test_a_verb_may_not_replace_what_the_run_wrote_nor_record_what_lies_elsewhere(complete, tmp_path):
    mine = complete.path / "tables" / "mine.csv"
    complete.record_files("report", [mine])
    mine.write_text("other numbers")
    with pytest.raises(ValueError, match=r"tables/mine\.csv"):
        complete.record_files("report", [mine])
    elsewhere = tmp_path / "elsewhere.csv"
    elsewhere.write_text("")
    with pytest.raises(ValueError, match="elsewhere"):
        complete.record_files("report", [elsewhere])


def test_a_partial_run_takes_no_more_files(partial):
    with pytest.raises(IncompleteRunError):
        partial.record_files("report", [partial.path / "tables" / "mine.csv"])
