"""The dated version of the evidence register: a date for each state of its files, told apart by a hash.

`python -m hrsim.evidence.dating` dates the register as it is today, if it has no date yet; versions.csv keeps them all.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

DATED_FILES = ("register.csv", "groups.csv")
VERSIONS = "versions.csv"
SHOWN_DIGITS = 8


@dataclass(frozen=True)
class EvidenceVersion:
    """Name a state of the register: its hash, and its date, or the last date before it where it has none itself."""

    date: str
    digest: str
    dated: bool

    def words(self) -> str:
        """Write the version as it stands in a citation."""
        date = self.date if self.dated else f"changed since {self.date}, undated"
        return f"{date} (register {self.digest[:SHOWN_DIGITS]})"


@cache
def evidence_version() -> EvidenceVersion:
    """Return the version of the register that hrsim uses."""
    folder = files("hrsim.evidence")
    digest = register_digest([(folder / name).read_bytes() for name in DATED_FILES])
    return version_of(digest, (folder / VERSIONS).read_text(encoding="utf-8"))


def register_digest(contents: list[bytes]) -> str:
    """Hash the contents of the register's files, in the order of DATED_FILES."""
    return hashlib.sha256(b"".join(hashlib.sha256(content).digest() for content in contents)).hexdigest()


def version_of(digest: str, versions: str) -> EvidenceVersion:
    """Find a state of the register among the dated ones, given as the text of versions.csv."""
    rows = list(csv.DictReader(versions.splitlines()))
    dates = {row["digest"]: row["date"] for row in rows}
    return EvidenceVersion(dates.get(digest, rows[-1]["date"]), digest, digest in dates)


def main() -> None:
    """Add today's date for the register as it is, unless it has one."""
    version = evidence_version()
    if not version.dated:
        with (Path(__file__).parent / VERSIONS).open("a", encoding="utf-8", newline="\n") as file:
            file.write(f"{datetime.datetime.now(datetime.UTC).date()},{version.digest}\n")


if __name__ == "__main__":
    main()
