"""Make the tables and texts of a stored run anew: in place, or beside it under other prices."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hrsim.cli.progress import waiting
from hrsim.cli.reporting import report_of
from hrsim.cli.repriced import repriced
from hrsim.cli.running import Finished, copy_files_beside, finish_folder
from hrsim.experiment.errors import RunFolderError
from hrsim.experiment.folder_lock import locked
from hrsim.experiment.ledger_file import write_parquet
from hrsim.experiment.manifest import lasting_files
from hrsim.experiment.parameters import draws_table
from hrsim.experiment.run_folder import FOLDERS, MANIFEST, NAME_HASH_LENGTH, PARAMETERS, RunFolder
from hrsim.experiment.stored import StoredRun, open_stored_run
from hrsim.files import names_in, staged, write_text
from hrsim.report.facts import Report
from hrsim.report.files import analyses_in, csv_text, languages_in, write_csv, write_report
from hrsim.study.show import resolved_yaml

OF_THE_RUN_ITSELF = ("files", "log", "limits", "manifest_hash", "notices", "results_hash", "timing")
PRICED = "\nThis is the run {run} under other prices; its draws are there, draws/ here holds the parameters only.\n"


def rebuild(path: Path, threads: int | None, languages: Sequence[str] = ()) -> Finished:
    """Write the tables, pages and texts of a run again, from its stored draws and what was analysed since.

    Without `languages` the pages stay in those that they are in.
    """
    with waiting("Reading the stored draws"):
        stored = open_stored_run(path)
        report = report_of(stored.result(threads or os.cpu_count() or 1))
        otherwise = _made_otherwise(stored, report)
    if otherwise:
        by = stored.manifest["versions"]["hrsim"]
        raise RunFolderError(
            f"{path} was written by hrsim {by}; this one makes others ({', '.join(otherwise)}): nothing was changed. "
            "Run its study again, or use the hrsim that wrote it"
        )
    with locked(path):
        names = write_report(report, path, languages or languages_in(path), analyses_in(path))
        known = stored.manifest["files"]
        changed = [name for name, value in stored.folder.hashes(names).items() if known.get(name) != value]
        if changed:
            stored.folder.record_files("report", [path / name for name in changed])
    return Finished(path, report)


def _made_otherwise(stored: StoredRun, report: Report) -> list[str]:
    """List the tables of a run that would be others now."""
    own = lasting_files(stored.manifest)
    return [
        f"tables/{name}.csv"
        for name, table in report.tables.items()
        if own.get(f"tables/{name}.csv")
        not in (None, hashlib.sha256(csv_text(table).encode("utf-8")).hexdigest())
    ]


def price_again(
    path: Path, overrides: Sequence[str], out: Path | None, threads: int | None, languages: Sequence[str] = ()
) -> Finished:
    """Write the report of a run under other prices to a folder of its own; nothing is written before all is known."""
    with waiting("Pricing the stored draws"):
        stored = open_stored_run(path, overrides)
        report = report_of(stored.result(threads or os.cpu_count() or 1))
        changed = repriced(path, stored.experiment.resolved, overrides, report.tables)
        report = replace(report, repriced=changed)
    target = priced_path(stored, out)
    found = {"notices": [notice.words() for notice in report.notices], "limits": list(report.banners)}
    with locked(target):
        _check_target(target, stored.experiment.content_hash)
        with staged(target, last=MANIFEST) as stage:
            folder = RunFolder(stage)
            _write_inputs(stored, folder)
            write_report(report, stage, languages or languages_in(path))
            readme = stage / "README.txt"
            write_text(readme, readme.read_text(encoding="utf-8") + PRICED.format(run=path.resolve().name))
            finish_folder(folder, _manifest(stored, overrides) | found, names_in(stage))
    return Finished(target, report)


def _check_target(target: Path, content_hash: str) -> None:
    """Raise RunFolderError where something else lies in the place of a repriced run."""
    if target.exists() and any(target.iterdir()) and RunFolder(target).content_hash != content_hash:
        raise RunFolderError(f"{target} holds another run: choose another --out")


def priced_path(stored: StoredRun, out: Path | None = None) -> Path:
    """Name the folder of a repriced run: after the run, and the first digits of its own content hash."""
    digits = stored.experiment.content_hash[:NAME_HASH_LENGTH]
    run = stored.folder.path.resolve()
    return (stored.folder.path.parent if out is None else out) / f"{run.name}-priced-{digits}"


def _write_inputs(stored: StoredRun, folder: RunFolder) -> None:
    for name in FOLDERS:
        (folder.path / name).mkdir()
    inputs = folder.path / "inputs"
    write_text(
        inputs / "study.yaml", (stored.folder.path / "inputs" / "study.yaml").read_text(encoding="utf-8")
    )
    write_text(inputs / "resolved.yaml", resolved_yaml(stored.experiment.resolved))
    write_csv(stored.experiment.provenance(), inputs / "provenance.csv")
    copy_files_beside(stored.experiment.resolved, inputs)
    write_parquet(draws_table(stored.experiment.draws), folder.path / PARAMETERS)


def _manifest(stored: StoredRun, overrides: Sequence[str]) -> dict[str, Any]:
    kept = {name: value for name, value in stored.manifest.items() if name not in OF_THE_RUN_ITSELF}
    return {
        **kept,
        "run": priced_path(stored).name,
        "content_hash": stored.experiment.content_hash,
        "priced_from": {
            "run": stored.folder.path.resolve().name,
            "content_hash": stored.manifest["content_hash"],
            "set": list(overrides),
        },
    }
