"""The RO-Crate 1.1 description of a run: what each file is, for archives; a function of the manifest alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

RO_CRATE = "ro-crate-metadata.json"
CONTEXT = "https://w3id.org/ro/crate/1.1/context"
CONFORMS_TO = "https://w3id.org/ro/crate/1.1"
SOFTWARE_ID, EVIDENCE_ID, ACTION_ID = "#hrsim", "#evidence", "#run"
MEDIA_TYPES = {
    "csv": "text/csv",
    "txt": "text/plain",
    "json": "application/json",
    "yaml": "application/yaml",
    "cff": "application/yaml",
    "svg": "image/svg+xml",
    "html": "text/html",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
FOLDERS = {
    "inputs": "The study as written and as resolved, and who set each value",
    "draws": "The parameters drawn, and a ledger of each draw and replicate",
    "tables": "Long tidy tables at full precision",
    "figures": "Figures, each with its data",
}

Manifest = Mapping[str, Any]


def ro_crate(manifest: Manifest) -> str:
    """Write the metadata of a complete run; the same manifest gives the same bytes, whatever the day.

    `datePublished`, which the standard requires, is the date of the evidence: its inputs define a run, not the day on
    which somebody repeated it.
    """
    graph = [_descriptor(), _root(manifest), *_people(manifest), *_about(manifest), *_files(manifest)]
    document = {"@context": CONTEXT, "@graph": graph}
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def _descriptor() -> dict[str, Any]:
    return {
        "@id": RO_CRATE,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": CONFORMS_TO},
    }


def _root(manifest: Manifest) -> dict[str, Any]:
    limits = "".join(f" Limit: {banner}" for banner in manifest["limits"])
    folders = [f"{name}/" for name in FOLDERS if _in_folder(manifest, name)]
    inside = [name for name in _listed(manifest) if name.split("/")[0] not in FOLDERS]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": manifest["title"],
        "description": f"A run of hrsim, simulated data.{limits}",
        "identifier": [manifest["run"], f"sha256:{manifest['results_hash']}"],
        "datePublished": manifest["evidence"]["date"],
        "license": "The study and its results belong to their authors, who state their terms; hrsim itself is MIT.",
        "hasPart": _refer(*folders, *inside),
        "mentions": _refer(ACTION_ID, EVIDENCE_ID),
    }
    return {**root, **({"author": _refer(*_author_ids(manifest))} if manifest["authors"] else {})}


def _people(manifest: Manifest) -> Iterator[dict[str, Any]]:
    for name, identifier in zip(manifest["authors"], _author_ids(manifest), strict=True):
        yield {"@id": identifier, "@type": "Person", "name": name}


def _about(manifest: Manifest) -> Iterator[dict[str, Any]]:
    """Say what made the run, out of what."""
    versions, plan = manifest["versions"], manifest["plan"]
    described = ", ".join(f"{name} {plan[name]}" for name in sorted(plan))
    yield {
        "@id": SOFTWARE_ID,
        "@type": "SoftwareApplication",
        "name": "hrsim",
        "softwareVersion": versions["hrsim"],
        "softwareRequirements": ", ".join(f"{name} {versions[name]}" for name in sorted(versions)),
    }
    yield {
        "@id": EVIDENCE_ID,
        "@type": "CreativeWork",
        "name": "hrsim evidence register",
        "version": manifest["evidence"]["version"],
    }
    yield {
        "@id": ACTION_ID,
        "@type": "CreateAction",
        "name": f"hrsim run: {described}",
        "instrument": {"@id": SOFTWARE_ID},
        "object": _refer(*(name for name in _in_folder(manifest, "inputs")), EVIDENCE_ID),
        "result": _refer(*_in_folder(manifest, "draws"), *_in_folder(manifest, "tables")),
    }


def _files(manifest: Manifest) -> Iterator[dict[str, Any]]:
    for folder, words in FOLDERS.items():
        inside = _in_folder(manifest, folder)
        if inside:
            described = {"@id": f"{folder}/", "@type": "Dataset", "name": folder, "description": words}
            yield {**described, "hasPart": _refer(*inside)}
    for name in _listed(manifest):
        kind = MEDIA_TYPES.get(name.rsplit(".", 1)[-1], "application/octet-stream")
        digest = manifest["files"][name]
        yield {"@id": name, "@type": "File", "name": name, "encodingFormat": kind, "sha256": digest}


def _listed(manifest: Manifest) -> list[str]:
    return [name for name in sorted(manifest["files"]) if name != RO_CRATE]


def _in_folder(manifest: Manifest, folder: str) -> list[str]:
    return [name for name in _listed(manifest) if name.startswith(f"{folder}/")]


def _author_ids(manifest: Manifest) -> list[str]:
    return [f"#author-{number}" for number, _ in enumerate(manifest["authors"], start=1)]


def _refer(*identifiers: str) -> list[dict[str, str]]:
    return [{"@id": identifier} for identifier in identifiers]
