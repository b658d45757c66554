"""The folder of a run on disk: opening it without losing anyone's work, its manifest, its draws."""

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
from hrsim.experiment.plan import Task

MANIFEST = "manifest.json"
MANIFEST_FORMAT = 2
FOLDERS = ("inputs", "draws", "tables", "figures", "logs")
LIBRARIES = ("numpy", "numba", "scipy", "simpy", "pandas", "duckdb")
UNHASHED_FOLDERS = ("logs",)
NAME_HASH_LENGTH = 8

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
            manifest: dict[str, Any] = json.loads((self.path / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise RunFolderError(f"{self.path} is not a run folder: it has no readable {MANIFEST}") from error
        return manifest

    def complete_manifest(self) -> dict[str, Any]:
        """Read the manifest of a run that is complete; raise IncompleteRunError when draws are missing."""
        manifest = self.manifest()
        if manifest["status"] != "complete":
            raise IncompleteRunError(
                f"{self.path} is partial: run its study again with the same options and --resume"
            )
        return manifest

    def write_manifest(self, manifest: dict[str, Any]) -> None:
        """Replace the manifest, whole or not at all."""
        write_text(self.path / MANIFEST, json.dumps(manifest, indent=2, sort_keys=True) + "\n")

    def file_hashes(self) -> dict[str, str]:
        """Give the SHA-256 of every file but the manifest and the logs, by path inside the folder."""
        files = sorted(path for path in self.path.rglob("*") if path.is_file())
        names = {path.relative_to(self.path).as_posix(): path for path in files}
        return {
            name: hashlib.sha256(path.read_bytes()).hexdigest()
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
        if existing == "refuse":
            remedy = "--resume to finish it" if found["status"] == "partial" else "--force to replace it"
            raise RunFolderError(
                f"{path} exists and is {found['status']}: add {remedy}, or choose another --out"
            )
        if existing == "replace":
            shutil.rmtree(path)
        elif found["content_hash"] != content_hash:
            raise RunFolderError(
                f"{path} holds another run (content hash {found['content_hash'][:NAME_HASH_LENGTH]})"
            )
    for name in FOLDERS:
        (path / name).mkdir(parents=True, exist_ok=True)
    return folder


def run_path(out: Path, study_name: str, content_hash: str) -> Path:
    """Name the folder of a run after its study and the first digits of its content hash."""
    return out / f"{study_name}-{content_hash[:NAME_HASH_LENGTH]}"


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
