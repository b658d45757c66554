"""Check a run folder: files against the manifest, inputs against the content hash, draws and tables made again."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hrsim.engine.ledger import Ledger
from hrsim.errors import HrsimError
from hrsim.evidence.dating import evidence_version
from hrsim.experiment.evidence_tables import evidence_tables
from hrsim.experiment.manifest import SEAL, lasting_files, results_hash, seal
from hrsim.experiment.parameters import Draws, all_draws
from hrsim.experiment.plan import Task
from hrsim.experiment.run_folder import NAME_HASH_LENGTH, RunFolder, library_versions
from hrsim.experiment.stored import StoredRun, open_stored_run
from hrsim.simulate import Prepared, prepare, simulate

INPUT = "inputs/resolved.yaml"

CsvText = Callable[[pd.DataFrame], str]


@dataclass(frozen=True)
class Check:
    """Hold one thing that was checked: what, how much of it, and each difference found, in words."""

    what: str
    extent: str
    differences: tuple[str, ...] = ()


def verify(
    folder: RunFolder,
    draws: int | None,
    threads: int,
    csv_text: CsvText,
    cited: str = "",
    sample: random.Random | None = None,
) -> Iterator[Check]:
    """Check a complete run step by step, the quick steps first.

    `draws` simulations are chosen by chance and done again, all of them where it is None. `cited` is a hash from a
    citation, or its first digits; `csv_text` writes a table as its file holds it. Every difference is reported, none
    raised. Raise RunFolderError for a folder of another format, IncompleteRunError for a partial run.
    """
    manifest = folder.readable_manifest()
    yield check_record(manifest, cited)
    yield check_files(folder, manifest)
    if "priced_from" in manifest:
        yield Check(
            "draws and tables", f"not checked: they rest on the draws of {manifest['priced_from']['run']}"
        )
        return
    stored: list[StoredRun] = []
    yield _guarded("inputs and parameters", "read again and drawn again", _inputs(folder, stored))
    for run in stored:
        tasks = run.experiment.plan.tasks()
        chosen = _chosen(tasks, draws, sample or random.SystemRandom())
        yield _guarded(
            "draws", f"{len(chosen)} of {len(tasks)} simulated again", _draws(run, chosen, threads)
        )
        extent = f"{len(_own_tables(run))} made again from the stored draws"
        yield _guarded("tables", extent, _tables(run, threads, csv_text))


def _chosen(tasks: Sequence[Task], draws: int | None, sample: random.Random) -> list[Task]:
    """Choose simulations by chance, in the order of the plan; all of them where `draws` is None."""
    return sorted(
        sample.sample(tasks, len(tasks) if draws is None else min(draws, len(tasks))), key=tasks.index
    )


def check_record(manifest: Mapping[str, Any], cited: str) -> Check:
    """Check the manifest's hash over itself, its results hash, and a hash that somebody cited."""
    found = []
    if manifest.get(SEAL) != seal(manifest):
        found.append("manifest.json was changed after it was written")
    if manifest["results_hash"] != results_hash(manifest["content_hash"], lasting_files(manifest)):
        found.append("manifest.json: the results hash is not that of its files")
    hashes = (manifest["results_hash"], manifest["content_hash"])
    if cited and not any(known.startswith(cited.lower()) for known in hashes):
        found.append(f"the hash cited, {cited}, is neither the results hash nor the content hash of this run")
    return Check("manifest", "its hashes, and the one cited" if cited else "its hashes", tuple(found))


def check_files(folder: RunFolder, manifest: Mapping[str, Any]) -> Check:
    """Check that every file is there, that no other is, and that none has changed."""
    recorded, present = manifest["files"], folder.file_hashes()
    found = [f"{name} is missing" for name in sorted(recorded.keys() - present.keys())]
    found += [
        f"{name} is not the run's: nothing recorded it" for name in sorted(present.keys() - recorded.keys())
    ]
    changed = (name for name in sorted(recorded.keys() & present.keys()) if recorded[name] != present[name])
    found += [f"{name} has changed" for name in changed]
    return Check("files", f"{len(recorded)} recorded, {len(present)} present", tuple(found))


def version_differences(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """List what differs between what made the run and what checks it: hrsim, the evidence, Python, libraries."""
    now, then = library_versions(), manifest["versions"]
    names = [name for name in now if now[name] != then.get(name)]
    found = [f"{name}: {then.get(name, 'unknown')} made the run, {now[name]} checks it" for name in names]
    evidence = evidence_version()
    if manifest["evidence"]["digest"] != evidence.digest:
        found.append(f"evidence: {manifest['evidence']['version']} then, {evidence.words()} now")
    return tuple(found)


def _guarded(what: str, extent: str, differences: Iterator[str]) -> Check:
    """Gather differences; where the folder is too damaged to look for them, that is the difference."""
    try:
        return Check(what, extent, tuple(differences))
    except (HrsimError, OSError) as error:
        return Check(what, extent, (f"cannot be checked: {error}",))


def _inputs(folder: RunFolder, stored: list[StoredRun]) -> Iterator[str]:
    """Compare the content hash and the parameters that the inputs give now with those of the run."""
    run = open_stored_run(folder.path, trusting=True)
    stored.append(run)
    found = run.experiment.content_hash
    if found != run.manifest["content_hash"]:
        yield f"{INPUT} gives the content hash {found[:NAME_HASH_LENGTH]} now, which is not that of the run"
    experiment = run.experiment
    drawn = all_draws(experiment.resolved, experiment.register, experiment.plan)
    yield from _parameters(experiment.draws, drawn)


def _parameters(stored: Draws, drawn: Draws) -> Iterator[str]:
    differing = sorted(
        {
            name
            for draw, values in drawn.items()
            for name, value in values.items()
            if stored[draw][name] != value
        }
    )
    if differing:
        some = ", ".join(differing[:5]) + (", ..." if len(differing) > 5 else "")
        yield f"draws/parameters.parquet: {len(differing)} parameters are drawn otherwise now ({some})"


def _draws(run: StoredRun, tasks: Sequence[Task], threads: int) -> Iterator[str]:
    """Simulate draws again from the stored parameters and compare every count."""
    if not tasks:
        return
    prepared = prepare(run.experiment.resolved)
    with ThreadPoolExecutor(max_workers=threads) as pool:
        for task, words in zip(
            tasks, pool.map(lambda task: _one_draw(run, prepared, task), tasks), strict=True
        ):
            if words:
                yield f"{run.folder.draw_file(task).name}: {words}"


def _one_draw(run: StoredRun, prepared: Prepared, task: Task) -> str:
    try:
        kept = run.folder.ledger(task)
    except HrsimError as error:
        return f"cannot be read: {error}"
    return ledger_difference(kept, simulate(prepared, run.experiment.draws[task.draw], task.luck))


def ledger_difference(kept: Ledger, again: Ledger) -> str:
    """Say in what two ledgers differ; nothing when every name and every count is the same."""
    for field in fields(Ledger):
        one, other = getattr(kept, field.name), getattr(again, field.name)
        if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
            if one.shape != other.shape:
                return f"{field.name} has the shape {one.shape} in the file, {other.shape} simulated again"
            if not np.array_equal(one, other):
                return f"{int((one != other).sum())} of {one.size} counts in {field.name} differ when simulated again"
        elif one is not other and one != other:
            return f"{field.name} is otherwise when simulated again"
    return ""


def _own_tables(run: StoredRun) -> list[str]:
    return [
        name
        for name in run.manifest["log"][0]["files"]
        if name.startswith("tables/") and name.endswith(".csv")
    ]


def _tables(run: StoredRun, threads: int, csv_text: CsvText) -> Iterator[str]:
    """Make the tables of the run again from its stored draws and compare their bytes."""
    result = run.result(threads)
    made = {**result.tables, **evidence_tables(result.evidence, run.experiment.draws)}
    again = {f"tables/{name}.csv": table for name, table in made.items()}
    recorded = set(_own_tables(run))
    for name in sorted(recorded - again.keys()):
        yield f"{name} does not come out of the stored draws"
    for name, table in again.items():
        words = _table_difference(run.folder.path / name, csv_text(table).encode())
        if words:
            yield f"{name} {words}"


def _table_difference(path: Path, now: bytes) -> str:
    if not path.exists():
        return "comes out of the stored draws and is missing"
    kept = path.read_bytes()
    if now == kept:
        return ""
    lines = [
        n
        for n, pair in enumerate(zip(now.split(b"\n"), kept.split(b"\n"), strict=False), 1)
        if pair[0] != pair[1]
    ]
    where = f"first in line {lines[0]}" if lines else "in its length"
    return f"comes out otherwise when made again ({where})"
