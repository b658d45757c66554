"""Carry out one run: study in, run folder and report out; an interrupted run stays resumable."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from hrsim.cli.echo import echo
from hrsim.cli.progress import progress, waiting
from hrsim.cli.reporting import report_of
from hrsim.cli.study_verbs import show_warnings
from hrsim.errors import HrsimError, Problem, StudyError
from hrsim.evidence.dating import evidence_version
from hrsim.examine import examine
from hrsim.experiment.design import Experiment, design, load_checked
from hrsim.experiment.folder_lock import locked
from hrsim.experiment.manifest import LASTING_FOLDERS, later_verbs, results_hash
from hrsim.experiment.run import run
from hrsim.experiment.run_folder import (
    MANIFEST,
    MANIFEST_FORMAT,
    PARAMETERS,
    RunFolder,
    free_path,
    library_versions,
    open_run_folder,
    run_name,
    run_path,
)
from hrsim.experiment.stored import open_stored_run
from hrsim.files import write_bytes, write_text
from hrsim.plain_words import plain_words
from hrsim.report.citation import as_cff, citation_of
from hrsim.report.facts import Report
from hrsim.report.files import DEFAULT_LANGUAGES, write_csv, write_report
from hrsim.report.texts import RESUME_ADVICE, readme_text
from hrsim.simulate import Prepared, prepare
from hrsim.study.placed import placed
from hrsim.study.resolved import ResolvedStudy
from hrsim.study.show import resolved_yaml

CITATION = "CITATION.cff"
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
    """Hold a finished run: its folder, its report, whether it was complete before, and the warnings."""

    path: Path
    report: Report
    was_complete: bool = False
    warnings: tuple[Problem, ...] = ()


def plan_request(request: Request, examined: bool = False) -> Experiment:
    """Load and check the study of a request; nothing is simulated or written.

    Where it is not the first to run it is `examined`, so that no fault of it waits for the others.
    """
    resolved = load_checked(request.file, request.overrides)
    if not resolved.study.arms:
        message = "expected a study with arms to run, got a setting, which has none"
        fix = f"write a study that extends it: 'extends: {request.file.name}', with 'arms:' and 'analysis.comparator'."
        raise StudyError([placed(Problem("NO_ARMS", message, fix, path="setting"), resolved)])
    planned = design(resolved)
    if examined:
        examine(planned.resolved)
    return planned


def run_request(request: Request, planned: Experiment | None = None) -> Finished:
    """Load, run and report one study; nothing is written before the whole study has been checked.

    A complete run that is to be resumed is read and nothing of it is written. Raise StudyError for an invalid study,
    RunFolderError when its folder cannot be used, Interrupted when the user stops it: the folder is then marked
    partial.
    """
    with waiting("Reading the study and compiling the engine"):
        experiment = planned or plan_request(request)
        show_warnings(experiment.resolved.warnings)
        prepared = prepare(experiment.resolved)
    path = run_path(request.out, request.file.stem, experiment.content_hash)
    if request.existing == "beside":
        path = free_path(path)
    with locked(path):
        complete = _complete(request, path)
        if complete is not None:
            return complete
        folder = _begin(request, experiment, prepared, path)
        try:
            return _carry_out(request, experiment, prepared, folder)
        except KeyboardInterrupt:
            missing = len(folder.missing(experiment.plan.tasks()))
            most = "at most " if experiment.resolved.study.analysis.until_mcse else ""
            raise Interrupted(
                f"stopped with {most}{missing} simulations missing; {path} is marked partial. {RESUME_ADVICE}"
            ) from None


def _complete(request: Request, path: Path) -> Finished | None:
    """Read the run that is to be resumed where nothing of it is missing, else return None."""
    folder = RunFolder(path)
    if request.existing != "resume" or not (path / MANIFEST).exists():
        return None
    found = folder.manifest()
    if (found.get("status"), found.get("hrsim_run")) != ("complete", MANIFEST_FORMAT):
        return None
    if folder.changed(*LASTING_FOLDERS):
        return None
    with waiting("Reading the run, which is complete"):
        report = report_of(open_stored_run(path).result(request.threads or os.cpu_count() or 1))
    return Finished(path, report, was_complete=True)


def _begin(request: Request, experiment: Experiment, prepared: Prepared, path: Path) -> RunFolder:
    """Open the run folder with a manifest that says partial: from here on the run can be resumed."""
    manifest = _manifest(request.file.stem, experiment, prepared, "partial")
    existing = "refuse" if request.existing == "beside" else request.existing
    folder = open_run_folder(path, manifest, existing)
    write_text(path / "README.txt", readme_text(plain_words(experiment.resolved.study.title), "partial"))
    return folder


def _carry_out(request: Request, experiment: Experiment, prepared: Prepared, folder: RunFolder) -> Finished:
    """Do what is missing, write the report, and last of all the manifest that says complete."""
    written = _write_inputs(request, experiment, folder)
    threads = request.threads or os.cpu_count() or 1
    started, clock = datetime.now(UTC), time.monotonic()
    result = run(experiment, prepared, folder, threads, progress, lambda words: echo(words, err=True))
    with waiting("Writing the report"):
        report = report_of(result)
        written += write_report(report, folder.path, request.languages)
    written += [PARAMETERS, *(folder.name(folder.draw_file(t)) for t in result.experiment.plan.tasks())]
    timing = {
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - clock, 1),
        "threads": threads,
    }
    found = {
        "notices": [notice.words() for notice in report.notices],
        "limits": list(report.banners),
        "warnings": [f"{one.code} {one.path}: {one.message}" for one in experiment.resolved.warnings],
        "timing": timing,
    }
    later = later_verbs(folder.manifest())
    manifest = _manifest(request.file.stem, result.experiment, prepared, "complete") | found
    finish_folder(folder, {**manifest, **later}, written)
    return Finished(folder.path, report, warnings=experiment.resolved.warnings)


def finish_folder(folder: RunFolder, manifest: dict[str, Any], names: Iterable[str]) -> None:
    """Write how to cite the run and, last of all, the manifest that says that it is complete and names its files."""
    known = {**manifest, "results_hash": results_hash(manifest["content_hash"], folder.hashes(names))}
    write_text(folder.path / CITATION, as_cff(citation_of(known, dated=False)))
    folder.finish(manifest, [*names, CITATION])


def _write_inputs(request: Request, experiment: Experiment, folder: RunFolder) -> list[str]:
    """Write the inputs and name their files."""
    inputs = folder.path / "inputs"
    write_text(inputs / "study.yaml", request.file.read_text(encoding="utf-8"))
    write_text(inputs / "resolved.yaml", resolved_yaml(experiment.resolved))
    write_csv(experiment.provenance(), inputs / "provenance.csv")
    names = ["study.yaml", "resolved.yaml", "provenance.csv", *copy_files_beside(experiment.resolved, inputs)]
    return [f"inputs/{name}" for name in names]


def copy_files_beside(resolved: ResolvedStudy, inputs: Path) -> list[str]:
    """Copy the files that a study names to the same names beside its resolved form, and name the copies."""
    for file in resolved.files_beside():
        (inputs / file.name).parent.mkdir(parents=True, exist_ok=True)
        write_bytes(inputs / file.name, file.path.read_bytes())
    return [file.name for file in resolved.files_beside()]


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
