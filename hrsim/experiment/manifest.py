"""What a run's manifest says of its files: their hashes, which verb wrote them, and the hashes over all of that.

Three hashes, each over more: the content hash (study, evidence drawn, version of hrsim) is known before the first
simulation; the results hash covers the inputs, draws and tables that the run wrote and never changes; the manifest hash
covers the manifest itself and changes with every verb that adds a file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hrsim import __version__

RUN_VERB = "run"
LASTING_FOLDERS = ("inputs", "draws", "tables")
LATER = "later_verbs"
SEAL, TIMING = "manifest_hash", "timing"

Manifest = Mapping[str, Any]


class _Part(BaseModel):
    """Describe what readers of a manifest rely on; nothing is converted, other keys are left alone."""

    model_config = ConfigDict(strict=True)


class _Plan(_Part):
    draws: Annotated[int, Field(ge=1)]
    replicates: Annotated[int, Field(ge=1)]
    seed: Annotated[int, Field(ge=0)]
    uncertainty: Literal["draws", "central"]
    sampling: Literal["random", "stratified"]


class _LogLine(_Part):
    verb: str
    files: list[str]


class _Evidence(_Part):
    date: str
    digest: str
    version: str


class _Complete(_Part):
    run: str
    title: str
    authors: list[str]
    limits: list[str]
    content_hash: str
    results_hash: str
    files: dict[str, str]
    log: Annotated[list[_LogLine], Field(min_length=1)]
    plan: _Plan
    versions: dict[str, str]
    evidence: _Evidence


def damage(manifest: Manifest) -> list[str]:
    """Say what keeps the manifest of a complete run from being read, each fault with its place; empty: nothing."""
    try:
        _Complete.model_validate(manifest)
    except ValidationError as error:
        return [_fault(found["type"], found["loc"], found["msg"]) for found in error.errors()]
    return []


def _fault(kind: str, place: tuple[int | str, ...], words: str) -> str:
    path = ".".join(map(str, place))
    return f"it lacks {path}" if kind == "missing" else f"{path}: {words[:1].lower()}{words[1:]}"


def opened_log(manifest: Manifest, hashes: Mapping[str, str]) -> dict[str, Any]:
    """Return the manifest of a complete run with the hashes of its files and the first line of its log.

    Lines and files that later verbs added before the run was done again, under `LATER`, come after.
    """
    first = {"verb": RUN_VERB, "hrsim": __version__, "files": sorted(hashes)}
    found = results_hash(manifest["content_hash"], hashes)
    later = manifest.get(LATER, {"log": [], "files": {}})
    kept = {name: value for name, value in manifest.items() if name != LATER}
    files = {**later["files"], **hashes}
    return {**kept, "files": files, "log": [first, *later["log"]], "results_hash": found}


def later_verbs(manifest: Manifest) -> dict[str, Any]:
    """Return what a run that is done again keeps of the verbs that followed it: lines of the log and hashes of files.

    The manifest is that of a run which was complete, or of one that keeps this already under `LATER`.
    """
    if LATER in manifest:
        return {LATER: manifest[LATER]}
    lines = manifest.get("log", [])[1:]
    own = {name for line in manifest.get("log", [])[:1] for name in line["files"]}
    names = {name for line in lines for name in line["files"]} - own
    return (
        {LATER: {"log": lines, "files": {name: manifest["files"][name] for name in names}}} if lines else {}
    )


def added(manifest: Manifest, verb: str, hashes: Mapping[str, str]) -> dict[str, Any]:
    """Return the manifest with more files and a line of the log for them; ValueError if the run's own would change."""
    lasting = lasting_files(manifest)
    changed = sorted(name for name in hashes if name in lasting and hashes[name] != lasting[name])
    if changed:
        raise ValueError(f"{verb} may not change what the run wrote: {', '.join(changed)}")
    line = {"verb": verb, "hrsim": __version__, "files": sorted(hashes)}
    log = [*(old for old in manifest["log"] if old != line), line]
    return {**manifest, "files": {**manifest["files"], **hashes}, "log": log}


def lasting_files(manifest: Manifest) -> dict[str, str]:
    """Return the hashes of the inputs, draws and tables that the run itself wrote."""
    files: Mapping[str, str] = manifest["files"]
    return {name: files[name] for name in manifest["log"][0]["files"] if name in files and _lasts(name)}


def _lasts(name: str) -> bool:
    """Tell whether a file is one of the inputs, draws and tables: notes beside them are not."""
    return name.split("/")[0] in LASTING_FOLDERS and not name.endswith(".txt")


def results_hash(content_hash: str, hashes: Mapping[str, str]) -> str:
    """Hash the content hash and, of the given files, the inputs, draws and tables."""
    lines = [content_hash, *(f"{name} {hashes[name]}" for name in sorted(hashes) if _lasts(name))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def sealed(manifest: Manifest) -> dict[str, Any]:
    """Return the manifest with the hash over itself, without its timing."""
    return {**manifest, SEAL: seal(manifest)}


def seal(manifest: Manifest) -> str:
    """Hash a manifest but for its timing and this hash itself."""
    covered = {name: value for name, value in manifest.items() if name not in (SEAL, TIMING)}
    return hashlib.sha256(json.dumps(covered, sort_keys=True).encode()).hexdigest()
