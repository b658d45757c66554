"""Make the tables and texts of a stored run anew: in place, or beside it under other prices."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hrsim.cli.progress import waiting
from hrsim.cli.reporting import report_of
from hrsim.cli.running import Finished, finish
from hrsim.experiment.errors import RunFolderError
from hrsim.experiment.ledger_file import write_parquet
from hrsim.experiment.manifest import lasting_files
from hrsim.experiment.parameters import draws_table
from hrsim.experiment.run_folder import FOLDERS, NAME_HASH_LENGTH, RunFolder, open_run_folder, write_text
from hrsim.experiment.stored import StoredRun, open_stored_run
from hrsim.report.files import write_csv, write_report
from hrsim.report.texts import Report
from hrsim.study.show import resolved_yaml

PRICED = "\nThis is the run {run} under other prices; its draws are there, draws/ here holds the parameters only.\n"


def rebuild(path: Path, threads: int | None) -> Finished:
    """Write the tables, figures and texts of a run again, from its stored draws.

    Raise RunFolderError, nothing written, when this hrsim would make other files than the run's own.
    """
    with waiting("Reading the stored draws"):
        stored = open_stored_run(path)
        report = report_of(stored.result(threads or os.cpu_count() or 1))
        changed = _changed(stored, report)
    if changed:
        by = stored.manifest["versions"]["hrsim"]
        raise RunFolderError(
            f"{path} was written by hrsim {by}; this one makes others ({', '.join(changed)}): nothing was changed. "
            "Run its study again, or use the hrsim that wrote it"
        )
    write_report(report, path)
    return Finished(path, report)


def _changed(stored: StoredRun, report: Report) -> list[str]:
    """List the files of a run that its report would make differently now."""
    own = lasting_files(stored.manifest)
    with TemporaryDirectory() as scratch:
        for name in FOLDERS:
            (Path(scratch) / name).mkdir()
        write_report(report, Path(scratch))
        made = RunFolder(Path(scratch)).file_hashes()
    return sorted(name for name, found in made.items() if own.get(name, found) != found)


def price_again(path: Path, overrides: Sequence[str], out: Path | None, threads: int | None) -> Finished:
    """Write the report of a run under other prices to a folder of its own; nothing is written before all is known."""
    with waiting("Pricing the stored draws"):
        stored = open_stored_run(path, overrides)
        report = report_of(stored.result(threads or os.cpu_count() or 1))
    folder = open_run_folder(priced_path(stored, out), stored.experiment.content_hash, "resume")
    _write_inputs(stored, folder)
    write_report(report, folder.path)
    readme = folder.path / "README.txt"
    write_text(
        readme, readme.read_text(encoding="utf-8") + PRICED.format(run=stored.folder.path.resolve().name)
    )
    finish(folder, {**_manifest(stored, overrides), "run": folder.path.name, **_found(report)})
    return Finished(folder.path, report)


def _found(report: Report) -> dict[str, Any]:
    return {"notices": list(report.notices), "limits": list(report.banners)}


def priced_path(stored: StoredRun, out: Path | None = None) -> Path:
    """Name the folder of a repriced run: after the run, and the first digits of its own content hash."""
    digits = stored.experiment.content_hash[:NAME_HASH_LENGTH]
    run = stored.folder.path.resolve()
    return (stored.folder.path.parent if out is None else out) / f"{run.name}-priced-{digits}"


def _write_inputs(stored: StoredRun, folder: RunFolder) -> None:
    folder.write_manifest({**_manifest(stored, ()), "status": "partial"})
    inputs = folder.path / "inputs"
    write_text(
        inputs / "study.yaml", (stored.folder.path / "inputs" / "study.yaml").read_text(encoding="utf-8")
    )
    write_text(inputs / "resolved.yaml", resolved_yaml(stored.experiment.resolved))
    write_csv(stored.experiment.provenance(), inputs / "provenance.csv")
    write_parquet(draws_table(stored.experiment.draws), folder.path / "draws" / "parameters.parquet")


def _manifest(stored: StoredRun, overrides: Sequence[str]) -> dict[str, Any]:
    kept = {
        name: value
        for name, value in stored.manifest.items()
        if name not in ("files", "results_hash", "log", "manifest_hash", "timing")
    }
    return {
        **kept,
        "content_hash": stored.experiment.content_hash,
        "priced_from": {
            "run": stored.folder.path.resolve().name,
            "content_hash": stored.manifest["content_hash"],
            "set": list(overrides),
        },
    }
