"""The folder of a run on disk: opening it without losing anyone's work, its draws, the record of its files."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from hrsim import __version__
from hrsim.experiment.errors import IncompleteRunError, RunFolderError
from hrsim.experiment.manifest import added, damage, opened_log, sealed
from hrsim.experiment.plan import Task
from hrsim.experiment.ro_crate import RO_CRATE, ro_crate

MANIFEST = "manifest.json"
MANIFEST_FORMAT = 3
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

    def missing(self, tasks: Iterable[Task]) -> list[Task]:
        """List the tasks whose draw file is not there."""
        return [task for task in tasks if not self.draw_file(task).exists()]

    def manifest(self) -> dict[str, Any]:
        """Read the manifest; raise RunFolderError when the folder is no run folder."""
        try:
            manifest = json.loads((self.path / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            manifest = None
        if not isinstance(manifest, dict):
            raise RunFolderError(f"{self.path} is not a run folder: it has no readable {MANIFEST}")
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

    def write_manifest(self, manifest: dict[str, Any]) -> None:
        """Replace the manifest, whole or not at all."""
        text = json.dumps(sealed(manifest), indent=2, sort_keys=True)
        write_text(self.path / MANIFEST, text + "\n")

    def finish(self, manifest: dict[str, Any]) -> None:
        """Write the manifest of a complete run: the hash of every file, and a log that begins with the run.

        `manifest` must hold what `hrsim.experiment.ro_crate` describes; its metadata file is written too.
        """
        self._write_with_crate(opened_log(manifest, self.file_hashes()))

    def record_files(self, verb: str, paths: Iterable[Path]) -> None:
        """Enter files that a later verb wrote into the manifest: their hashes, and a line of its log.

        `verb` is the command in words, for example `report --lang en,fr`: no path of this machine. Call it once the
        files are whole; the same call again changes nothing. Raise IncompleteRunError for a partial run, and ValueError
        for a path outside the folder or one of the run's own inputs, draws and tables that changed.
        """
        hashes = {self._name(path): file_hash(path) for path in paths}
        self._write_with_crate(added(self.readable_manifest(), verb, hashes))

    def _write_with_crate(self, manifest: dict[str, Any]) -> None:
        """Write the description of all files for archives, then the manifest with its hash."""
        path = self.path / RO_CRATE
        write_text(path, ro_crate(manifest))
        self.write_manifest({**manifest, "files": {**manifest["files"], RO_CRATE: file_hash(path)}})

    def _name(self, path: Path) -> str:
        """Name a file by its place inside the folder; raise ValueError when it lies outside."""
        return path.resolve().relative_to(self.path.resolve()).as_posix()

    def file_hashes(self) -> dict[str, str]:
        """Give the SHA-256 of every file but the manifest and the logs, by path inside the folder."""
        files = sorted(path for path in self.path.rglob("*") if path.is_file())
        names = {path.relative_to(self.path).as_posix(): path for path in files}
        return {
            name: file_hash(path)
            for name, path in names.items()
            if name != MANIFEST and name.split("/")[0] not in UNHASHED_FOLDERS
        }


def open_run_folder(path: Path, content_hash: str, existing: Existing) -> RunFolder:
    """Make a run folder, or take up or replace the one that is there, as `existing` says.

    Raise RunFolderError when the folder exists and `existing` is 'refuse', when it holds another run, or
    when it is not a run folder and so not hrsim's to replace.
    """
    folder = RunFolder(path)
    if path.exists() and any(path.iterdir()):
        found = folder.manifest()
        status, other = str(found.get("status", "damaged")), str(found.get("content_hash", "unknown"))
        if existing == "refuse":
            remedy = "--resume to finish it" if status == "partial" else "--force to replace it"
            raise RunFolderError(f"{path} exists and is {status}: add {remedy}, or choose another --out")
        if existing == "replace":
            shutil.rmtree(path)
        elif other != content_hash:
            raise RunFolderError(f"{path} holds another run (content hash {other[:NAME_HASH_LENGTH]})")
        elif found.get("hrsim_run", MANIFEST_FORMAT) != MANIFEST_FORMAT:
            raise RunFolderError(f"{path} was begun by another version of hrsim: add --force to begin again")
    for name in FOLDERS:
        (path / name).mkdir(parents=True, exist_ok=True)
    return folder


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


def write_text(path: Path, text: str) -> None:
    """Write a text file with Unix line ends, whole or not at all."""
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.write_text(text, encoding="utf-8", newline="\n")
    unfinished.replace(path)
