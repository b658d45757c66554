"""A run read back from its folder: the same tables without simulating; only what is replaced is drawn anew."""

import json

import duckdb
import pytest

from hrsim.experiment.errors import IncompleteRunError, RunFolderError
from hrsim.experiment.manifest import opened_log
from hrsim.experiment.run_folder import RunFolder
from hrsim.experiment.stored import open_stored_run
from hrsim.study.parents import packaged_scenarios

DEMO = str(packaged_scenarios() / "demo.yaml")

pytestmark = pytest.mark.usefixtures("stand_in_engine")


@pytest.fixture
def folder(hrsim, tmp_path):
    assert hrsim("run", DEMO, "--draws", "3", "--set", "horizon.years=2").code == 0
    (path,) = (tmp_path / "runs").iterdir()
    return path


def agree_with_the_files(path):
    """Write a manifest whose hashes are those of the files as they are."""
    folder = RunFolder(path)
    folder.write_manifest(opened_log(folder.manifest(), folder.file_hashes()))


def test_the_tables_of_a_stored_run_are_those_in_its_folder(folder):
    for name, table in open_stored_run(folder).result(threads=2).tables.items():
        text = table.to_csv(index=False, lineterminator="\n")
        assert text == (folder / "tables" / f"{name}.csv").read_text(), name


def test_stored_draws_are_kept_but_for_the_rows_replaced(folder):
    before = open_stored_run(folder).experiment.draws
    after = open_stored_run(folder, ["prices.cost.amb_can=500"]).experiment.draws
    changed = {name for name in before[0] if any(before[n][name] != after[n][name] for n in before)}
    assert changed == {"cost.amb_can"}
    assert {after[number]["cost.amb_can"] for number in after} == {500.0}


def test_a_folder_of_another_format_or_without_draws_is_refused(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "draws" / "parameters.parquet").write_bytes(b"no parquet")
    with pytest.raises(IncompleteRunError, match="damaged"):
        open_stored_run(folder)
    (folder / "manifest.json").write_text(json.dumps(manifest | {"hrsim_run": 1}))
    with pytest.raises(RunFolderError, match="format 1"):
        open_stored_run(folder)


def test_a_run_made_with_other_evidence_is_refused_with_the_rows_it_lacks(folder):
    """A register that has grown since would fill the new rows with draws that the run never saw."""
    path = folder / "draws" / "parameters.parquet"
    less = folder / "less.parquet"
    duckdb.connect().execute(
        f"COPY (SELECT * EXCLUDE (\"od.witnessed\") FROM read_parquet('{path}')) TO '{less}' (FORMAT parquet)"
    )
    less.replace(path)
    agree_with_the_files(folder)
    with pytest.raises(RunFolderError, match=r"lacks evidence rows \(od\.witnessed"):
        open_stored_run(folder)
    duckdb.connect().execute(f"COPY (SELECT 7 AS draw) TO '{path}' (FORMAT parquet)")
    agree_with_the_files(folder)
    with pytest.raises(RunFolderError, match="lacks"):
        open_stored_run(folder)
