"""The folder of a run on disk: opening it without losing anyone's work, its draws, the record of its files."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from hrsim import __version__
from hrsim.engine.ledger import Ledger
from hrsim.experiment.errors import IncompleteRunError, RunFolderError
from hrsim.experiment.ledger_file import Stamp, read_ledger, write_ledger
from hrsim.experiment.manifest import added, damage, lasting_files, later_verbs, opened_log, sealed
from hrsim.experiment.plan import Task
from hrsim.experiment.ro_crate import RO_CRATE, ro_crate
from hrsim.files import UNFINISHED, names_in, staged, write_text

MANIFEST = "manifest.json"
MANIFEST_FORMAT = 4
PARAMETERS = "draws/parameters.parquet"
FOLDERS = ("inputs", "draws", "tables", "figures", "logs")
LIBRARIES = ("numpy", "numba", "scipy", "simpy", "pandas", "duckdb")
UNHASHED_FOLDERS = ("logs",)
NAME_HASH_LENGTH = 8
RUN_AGAIN = "Nothing was changed; run its study again (inputs/study.yaml)."

Existing = Literal["refuse", "resume", "replace"]


@dataclass(frozen=True)
class RunFolder:
    """Point at the folder of one run."""

    path: Path

    def draw_file(self, task: Task) -> Path:
        """Name the file that holds the ledger of one draw and replicate."""
        return self.path / "draws" / f"draw_{task.draw:05d}_{task.replicate}.parquet"

    @cached_property
    def content_hash(self) -> str:
        """Give the content hash of the run, which never changes."""
        return str(self.manifest().get("content_hash", "unknown"))

    def stamp(self, task: Task) -> Stamp:
        """Say which simulation a draw file of this run holds."""
        return Stamp(task.draw, task.replicate, task.luck, self.content_hash)

    def keep(self, task: Task, ledger: Ledger) -> None:
        """Write the ledger of one draw and replicate."""
        write_ledger(ledger, self.draw_file(task), self.stamp(task))

    def ledger(self, task: Task) -> Ledger:
        """Read the ledger of one draw and replicate; raise IncompleteRunError when it is damaged or another's."""
        return read_ledger(self.draw_file(task), self.stamp(task))

    def missing(self, tasks: Iterable[Task]) -> list[Task]:
        """List the tasks whose draw file is not there."""
        return [task for task in tasks if not self.draw_file(task).exists()]

    def manifest(self) -> dict[str, Any]:
        """Read the manifest; raise RunFolderError when the folder is no run folder."""
        try:
            manifest = json.loads((self.path / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            manifest = None
        if not isinstance(manifest, dict):
            raise RunFolderError(
                f"{self.path} is not a run folder: it has no readable {MANIFEST}. If it was a run, delete the folder "
                "and run its study again"
            )
        return manifest

    def complete_manifest(self) -> dict[str, Any]:
        """Read the manifest of a run that is complete; raise IncompleteRunError when draws are missing."""
        manifest = self.manifest()
        if manifest.get("status") != "complete":
            raise IncompleteRunError(
                f"{self.path} is partial: run its study again with the same options and --resume"
            )
        return manifest

    def readable_manifest(self) -> dict[str, Any]:
        """Read the manifest of a complete run of this format; raise RunFolderError for one of another format."""
        manifest = self.complete_manifest()
        found = manifest.get("hrsim_run")
        if found != MANIFEST_FORMAT:
            by = manifest.get("versions", {}).get("hrsim", "unknown")
            raise RunFolderError(
                f"{self.path} has run format {found} (hrsim {by}), this hrsim reads {MANIFEST_FORMAT}: nothing was "
                "changed; run its study again (inputs/resolved.yaml), or use the hrsim that wrote it"
            )
        faults = damage(manifest)
        if faults:
            raise RunFolderError(f"{self.path}: {MANIFEST} is damaged: {'; '.join(faults)}. {RUN_AGAIN}")
        return manifest

    def check_files(self, names: Iterable[str]) -> None:
        """Raise RunFolderError for files, named by their place inside the folder, that are no longer as written."""
        recorded = self.readable_manifest()["files"]
        changed = [
            name
            for name in names
            if not (self.path / name).is_file() or file_hash(self.path / name) != recorded.get(name)
        ]
        if changed:
            raise RunFolderError(
                f"{self.path}: {', '.join(changed)} missing or changed after the run wrote it: "
                f"'hrsim report {self.path}' writes it again from the stored draws"
            )

    def changed(self, *folders: str) -> list[str]:
        """List the lasting files of these folders that are gone or no longer as the run wrote them."""
        lasting = lasting_files(self.readable_manifest())
        return [
            name
            for name in lasting
            if name.split("/")[0] in folders
            and not ((self.path / name).is_file() and file_hash(self.path / name) == lasting[name])
        ]

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Replace the manifest, whole or not at all."""
        text = json.dumps(sealed(manifest), indent=2, sort_keys=True)
        write_text(self.path / MANIFEST, text + "\n")

    def finish(self, manifest: Mapping[str, Any], names: Iterable[str]) -> None:
        """Write the manifest of a complete run: the hash of each file it wrote, and a log that begins with the run.

        `names` are the files by their place in the folder; whatever else lies there is not the run's. `manifest` must
        hold what `hrsim.experiment.ro_crate` describes; its metadata file is written too.
        """
        self._write_with_crate(opened_log(manifest, self.hashes(names)))

    def record_files(self, verb: str, paths: Iterable[Path]) -> None:
        """Enter files that a later verb wrote into the manifest: their hashes, and a line of its log.

        `verb` is the command in words, for example `report --lang en,fr`: no path of this machine. Call it once the
        files are whole; the same call again changes nothing. Raise IncompleteRunError for a partial run, and ValueError
        for a path outside the folder or one of the run's own inputs, draws and tables that changed.
        """
        hashes = {self.name(path): file_hash(path) for path in paths}
        self._write_with_crate(added(self.readable_manifest(), verb, hashes))

    def _write_with_crate(self, manifest: dict[str, Any]) -> None:
        """Write the description of all files for archives, then the manifest with its hash."""
        path = self.path / RO_CRATE
        write_text(path, ro_crate(manifest))
        self.write_manifest({**manifest, "files": {**manifest["files"], RO_CRATE: file_hash(path)}})

    def name(self, path: Path) -> str:
        """Name a file by its place inside the folder; raise ValueError when it lies outside."""
        return path.resolve().relative_to(self.path.resolve()).as_posix()

    def hashes(self, names: Iterable[str]) -> dict[str, str]:
        """Give the SHA-256 of files named by their place inside the folder, in order."""
        return {name: file_hash(self.path / name) for name in sorted(set(names))}

    def file_hashes(self) -> dict[str, str]:
        """Give the SHA-256 of every file but the manifest and the logs, by path inside the folder."""
        names = names_in(self.path)
        return self.hashes(
            name for name in names if name != MANIFEST and name.split("/")[0] not in UNHASHED_FOLDERS
        )


def open_run_folder(path: Path, manifest: Mapping[str, Any], existing: Existing) -> RunFolder:
    """Make a run folder that holds the manifest of a run begun, or take up or replace the one that is there.

    The folder comes into being whole, by a rename. Raise RunFolderError when there is a run and `existing` is
    'refuse', when it is another run than that of the manifest, or when it is not a run folder and so not hrsim's to
    replace.
    """
    folder = RunFolder(path)
    if _is_empty(path):
        for inner in (*path.glob("*"), path):
            inner.rmdir()
    if path.exists() or path.is_symlink():
        _check_existing(folder, manifest, existing)
        if existing == "resume":
            for left in list(path.rglob(f"*{UNFINISHED}")):
                left.unlink()
            folder.write_manifest({**manifest, **later_verbs(folder.manifest())})
            return folder
    with staged(path, replace=existing == "replace") as beside:
        for name in FOLDERS:
            (beside / name).mkdir()
        RunFolder(beside).write_manifest(manifest)
    return folder


def _is_empty(path: Path) -> bool:
    """Tell whether a folder holds nothing but the empty folders of a run, as a stop could leave it."""
    if path.is_symlink() or not path.is_dir():
        return False
    return all(
        inner.is_dir() and inner.name in FOLDERS and not any(inner.iterdir()) for inner in path.iterdir()
    )


def _check_existing(folder: RunFolder, manifest: Mapping[str, Any], existing: Existing) -> None:
    """Raise RunFolderError where a folder that is there cannot be taken up or replaced, as `existing` says."""
    path, found = folder.path, folder.manifest()
    status, other = str(found.get("status", "damaged")), folder.content_hash
    if existing == "refuse":
        remedy = "--resume to finish it" if status == "partial" else "--force to replace it"
        raise RunFolderError(f"{path} exists and is {status}: add {remedy}, or choose another --out")
    if existing == "replace":
        if path.is_symlink():
            raise RunFolderError(
                f"{path} is a symbolic link, which --force does not follow: delete it or choose another --out"
            )
    elif other != manifest["content_hash"]:
        raise RunFolderError(f"{path} holds another run (content hash {other[:NAME_HASH_LENGTH]})")
    elif found.get("hrsim_run", MANIFEST_FORMAT) != MANIFEST_FORMAT:
        raise RunFolderError(f"{path} was begun by another version of hrsim: add --force to begin again")


def run_path(out: Path, study_name: str, content_hash: str) -> Path:
    """Name the folder of a run after its study and the first digits of its content hash."""
    return out / run_name(study_name, content_hash)


def run_name(study_name: str, content_hash: str) -> str:
    """Give the id of a run, which stays its name wherever its folder is moved."""
    return f"{study_name}-{content_hash[:NAME_HASH_LENGTH]}"


def free_path(path: Path) -> Path:
    """Give the path itself, or the first of path-2, path-3, ... that does not exist."""
    number, candidate = 1, path
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.name}-{number}")
    return candidate


def content_hash(*texts: str) -> str:
    """Hash what determines a run's results: the given texts and the version of hrsim."""
    digest = hashlib.sha256()
    for text in (__version__, *texts):
        digest.update(hashlib.sha256(text.encode()).digest())
    return digest.hexdigest()


def file_hash(path: Path) -> str:
    """Give the SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def library_versions() -> dict[str, str]:
    """Give the versions of Python and of the libraries that results depend on."""
    return {
        "hrsim": __version__,
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }
