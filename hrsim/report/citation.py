"""How to cite a run, in words and in the formats of reference managers; what makes it unfit stands inside."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hrsim.plain_words import plain_words

SHOWN_DIGITS = 16
NO_AUTHOR = "anonymous"
DEVELOPERS = "The hrsim developers"
SOFTWARE = "hrsim: a discrete-event simulator of harm-reduction service mixes"
NOT_FIT = "Not fit to cite as a finding"
BIBTEX_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "%": r"\%",
    "#": r"\#",
    "$": r"\$",
    "&": r"\&",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    '"': r"\textquotedbl{}",
    "@": r"{\char64}",
}


@dataclass(frozen=True)
class Citation:
    """Hold what a citation of a run states; every text is one line of visible characters.

    `run` is its id, `evidence` the dated version of the register, `year` that in which the run was made
    (empty where it should not be stated), `limits` the short names of what limits its use.
    """

    title: str
    run: str
    authors: tuple[str, ...]
    version: str
    evidence: str
    content_hash: str
    results_hash: str
    year: str
    limits: tuple[str, ...]

    def note(self) -> str:
        """Say what a reader needs to find and check the very same run, and what limits its use."""
        return " ".join(
            [self.identity(), *([f"{NOT_FIT}: {', '.join(self.limits)}."] if self.limits else [])]
        )

    def identity(self) -> str:
        """Name the run, its evidence and its hashes."""
        return (
            f"Run {self.run}; hrsim {self.version}; evidence of {self.evidence}; content hash "
            f"{self.content_hash[:SHOWN_DIGITS]}; results hash {self.results_hash[:SHOWN_DIGITS]}."
        )


def citation_of(manifest: Mapping[str, Any], dated: bool = True) -> Citation:
    """Read the citation of a run from its manifest; without its year where the bytes must not depend on the day."""
    started = str(manifest.get("timing", {}).get("started", "")) if dated else ""
    return Citation(
        title=plain_words(manifest["title"]),
        run=plain_words(manifest["run"]),
        authors=tuple(plain_words(name) for name in manifest["authors"]),
        version=plain_words(manifest["versions"]["hrsim"]),
        evidence=plain_words(manifest["evidence"]["version"]),
        content_hash=plain_words(manifest["content_hash"]),
        results_hash=plain_words(manifest["results_hash"]),
        year=plain_words(started[:4]),
        limits=tuple(plain_words(banner.split(":")[0]).lower() for banner in manifest["limits"]),
    )


def as_text(citation: Citation) -> str:
    """Write a citation in words."""
    who = ", ".join(citation.authors)
    year = f"({citation.year}). " if citation.year else ""
    title = citation.title if citation.title[-1:] in (".", "?", "!") else f"{citation.title}."
    lead = f"{who} {year}{title}" if who else f"{title} {year}".strip()
    return f"{lead} [Simulated data; {DEVELOPERS}, hrsim]. {citation.note()}\n"


def as_bibtex(citation: Citation) -> str:
    """Write a citation as a BibTeX entry."""
    fields = {
        "title": citation.title,
        "author": " and ".join(f"{{{_bibtex(name)}}}" for name in citation.authors),
        "year": citation.year,
        "howpublished": f"Simulated data, hrsim {citation.version}",
        "note": citation.note(),
    }
    lines = [
        f"  {name} = {{{value if name == 'author' else _bibtex(value)}}},"
        for name, value in fields.items()
        if value
    ]
    key = "hrsim_" + "".join(c if c.isascii() and c.isalnum() else "_" for c in citation.run)
    return "\n".join([f"@misc{{{key},", *lines, "}"]) + "\n"


def as_ris(citation: Citation) -> str:
    """Write a citation in the RIS format; a value is one line, so no text of a study can open a tag."""
    fields = [
        ("TY", "DATA"),
        ("TI", citation.title),
        *(("AU", name) for name in citation.authors),
        ("PY", citation.year),
        ("PB", DEVELOPERS),
        ("ET", f"hrsim {citation.version}"),
        ("ID", citation.run),
        ("N1", citation.note()),
    ]
    lines = [f"{tag}  - {value}" for tag, value in fields if value]
    return "\n".join([*lines, "ER  - "]) + "\n"


def as_cff(citation: Citation) -> str:
    """Write a citation in the Citation File Format 1.2.0, which asks for an author: anonymous where none is named.

    Texts are written as JSON strings, which YAML reads as they are.
    """
    message = "To cite this run, use the metadata below, and cite hrsim too."
    if citation.limits:
        message = f"{NOT_FIT.upper()}: {', '.join(citation.limits)}. See README.txt."
    authors = [f"  - name: {_quoted(name)}" for name in citation.authors or (NO_AUTHOR,)]
    hashes = {"content hash": citation.content_hash, "results hash": citation.results_hash}
    identifiers = [
        line
        for what, value in hashes.items()
        for line in (
            "  - type: other",
            f"    value: {_quoted(f'sha256:{value}')}",
            f"    description: {_quoted(what)}",
        )
    ]
    lines = [
        "cff-version: 1.2.0",
        f"message: {_quoted(message)}",
        "type: dataset",
        f"title: {_quoted(citation.title)}",
        "authors:",
        *authors,
        f"version: {_quoted(citation.run)}",
        f"abstract: {_quoted(citation.note())}",
        "identifiers:",
        *identifiers,
        "references:",
        "  - type: software",
        f"    title: {_quoted(SOFTWARE)}",
        "    authors:",
        f"      - name: {_quoted(DEVELOPERS)}",
        f"    version: {_quoted(citation.version)}",
    ]
    return "\n".join(lines) + "\n"


FORMATS: Mapping[str, Callable[[Citation], str]] = {
    "text": as_text,
    "bibtex": as_bibtex,
    "ris": as_ris,
    "cff": as_cff,
}


def _bibtex(text: str) -> str:
    return "".join(BIBTEX_SPECIAL.get(character, character) for character in text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
