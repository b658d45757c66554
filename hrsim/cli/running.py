"""Carry out one run: study in, run folder and report out; an interrupted run stays resumable."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from hrsim.cli.progress import progress, waiting
from hrsim.cli.reporting import report_of
from hrsim.errors import HrsimError
from hrsim.evidence.dating import evidence_version
from hrsim.experiment.design import Experiment, design
from hrsim.experiment.evaluate import RunResult
from hrsim.experiment.manifest import results_hash
from hrsim.experiment.run import run
from hrsim.experiment.run_folder import (
    MANIFEST_FORMAT,
    RunFolder,
    free_path,
    library_versions,
    open_run_folder,
    run_name,
    run_path,
    write_text,
)
from hrsim.report.citation import as_cff, citation_of
from hrsim.report.facts import Report
from hrsim.report.files import DEFAULT_LANGUAGES, write_csv, write_report
from hrsim.report.plain_words import plain_words
from hrsim.report.texts import RESUME_ADVICE, readme_text
from hrsim.simulate import Prepared, prepare
from hrsim.study.load import load_study
from hrsim.study.resolved import ResolvedStudy
from hrsim.study.show import resolved_yaml

SEED_SCHEME = (
    "parameters: BLAKE2b of seed, draw and evidence id or correlated group (stratified: SHAKE128 of seed, doubling and "
    "the same); "
    "luck: BLAKE2b of seed, draw and replicate, the same for every arm"
)


Existing = Literal["refuse", "resume", "replace", "beside"]


class Interrupted(HrsimError):
    """Report a run that the user stopped."""

    exit_code = 130


@dataclass(frozen=True)
class Request:
    """Say what to run and where; `existing` says what to do with a run folder that is there already.

    `threads` None means one for each processor; `existing` 'beside' takes the next free name.
    """

    file: Path
    overrides: tuple[str, ...]
    out: Path
    threads: int | None
    existing: Existing
    languages: tuple[str, ...] = DEFAULT_LANGUAGES


@dataclass(frozen=True)
class Finished:
    """Hold a finished run: its folder and its report."""

    path: Path
    report: Report


def run_request(request: Request) -> Finished:
    """Load, run and report one study; nothing is written before the whole study has been checked.

    Raise StudyError for an invalid study, RunFolderError when its folder cannot be used, Interrupted when the
    user stops it: the folder is then marked partial.
    """
    with waiting("Reading the study and compiling the engine"):
        experiment = design(load_study(request.file, request.overrides))
        prepared = prepare(experiment.resolved)
    folder = _open(request, experiment)
    _write_inputs(request, experiment, prepared, folder)
    threads = request.threads or os.cpu_count() or 1
    started, clock = datetime.now(UTC), time.monotonic()
    try:
        result = run(experiment, prepared, folder, threads, progress)
    except KeyboardInterrupt:
        missing = len(folder.missing(experiment.plan.tasks()))
        most = "at most " if experiment.resolved.study.analysis.until_mcse else ""
        raise Interrupted(
            f"stopped with {most}{missing} simulations missing; {folder.path} is marked partial. {RESUME_ADVICE}"
        ) from None
    with waiting("Writing the report"):
        report = _write_report(result, folder, request.languages)
    timing = {
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - clock, 1),
        "threads": threads,
    }
    found = {
        "notices": [notice.words() for notice in report.notices],
        "limits": list(report.banners),
        "timing": timing,
    }
    finish_folder(folder, _manifest(request.file.stem, result.experiment, prepared, "complete") | found)
    return Finished(folder.path, report)


def finish_folder(folder: RunFolder, manifest: dict[str, Any]) -> None:
    """Write how to cite the run and, last of all, the manifest that says that it is complete."""
    known = {**manifest, "results_hash": results_hash(manifest["content_hash"], folder.file_hashes())}
    write_text(folder.path / "CITATION.cff", as_cff(citation_of(known, dated=False)))
    folder.finish(manifest)


def _open(request: Request, experiment: Experiment) -> RunFolder:
    path = run_path(request.out, request.file.stem, experiment.content_hash)
    if request.existing == "beside":
        return open_run_folder(free_path(path), experiment.content_hash, "refuse")
    return open_run_folder(path, experiment.content_hash, request.existing)


def _write_inputs(request: Request, experiment: Experiment, prepared: Prepared, folder: RunFolder) -> None:
    """Write the inputs and a manifest that says partial: from here on the run can be resumed."""
    folder.write_manifest(_manifest(request.file.stem, experiment, prepared, "partial"))
    write_text(
        folder.path / "README.txt", readme_text(plain_words(experiment.resolved.study.title), "partial")
    )
    inputs = folder.path / "inputs"
    write_text(inputs / "study.yaml", request.file.read_text(encoding="utf-8"))
    write_text(inputs / "resolved.yaml", resolved_yaml(experiment.resolved))
    write_csv(experiment.provenance(), inputs / "provenance.csv")
    copy_files_beside(experiment.resolved, inputs)


def copy_files_beside(resolved: ResolvedStudy, inputs: Path) -> None:
    """Copy the files that a study names to the same names beside its resolved form, which can then be read."""
    for file in resolved.files_beside():
        (inputs / file.name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file.path, inputs / file.name)


def _write_report(result: RunResult, folder: RunFolder, languages: tuple[str, ...]) -> Report:
    report = report_of(result)
    write_report(report, folder.path, languages)
    return report


def _manifest(study_name: str, experiment: Experiment, prepared: Prepared, status: str) -> dict[str, Any]:
    plan, evidence = experiment.plan, evidence_version()
    return {
        "hrsim_run": MANIFEST_FORMAT,
        "status": status,
        "run": run_name(study_name, experiment.content_hash),
        "title": str(experiment.resolved.study.title),
        "authors": list(experiment.resolved.study.authors),
        "content_hash": experiment.content_hash,
        "plan": asdict(plan),
        "draws_asked": experiment.resolved.study.analysis.draws,
        "evidence": {"date": evidence.date, "digest": evidence.digest, "version": evidence.words()},
        "seed_scheme": SEED_SCHEME,
        "simulation_evidence": list(prepared.parameter_ids),
        "versions": library_versions(),
    }
