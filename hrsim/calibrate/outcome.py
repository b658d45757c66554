"""A finished calibration read back from its folder: what a page of it needs, unchanged since the fit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from hrsim.calibrate.folder import MANIFEST, POSTERIOR, TABLES
from hrsim.errors import HrsimError
from hrsim.evidence.posterior import read_posterior
from hrsim.experiment.run_folder import file_hash
from hrsim.report.cells import read_table

TABLE_NAMES = ("fit", "identifiability", "prior_and_posterior", "waves")
OPTIONAL = ("levels",)
NEEDED = {
    "fit": ("median", "low_50", "high_50", "published_low", "published_high"),
    "waves": ("share_of_prior",),
}
"""Columns that earlier versions did not write."""


class NotFitted(HrsimError):
    """Report a folder that holds no finished calibration, or one that was changed after its fit."""

    exit_code = 2


@dataclass(frozen=True)
class Outcome:
    """Hold what a finished calibration found: its posterior, its tables, and what its manifest says of them."""

    folder: Path
    manifest: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    posterior: pd.DataFrame

    @property
    def title(self) -> str:
        """Give the title."""
        return str(self.manifest["title"])

    @property
    def faults(self) -> tuple[str, ...]:
        """List what speaks against using the posterior."""
        return tuple(str(fault) for fault in self.manifest["faults"])

    @property
    def fit(self) -> pd.DataFrame:
        """Give the published numbers beside what the posterior predicts."""
        return self.tables["fit"]


def read_outcome(folder: Path) -> Outcome:
    """Read a calibration's folder; raise NotFitted where no fit is, or one changed or of an earlier form."""
    if not (folder / MANIFEST).is_file():
        raise NotFitted(f"{folder} holds no finished calibration: run 'hrsim calibrate' on its file first")
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if not isinstance(manifest, dict):
            raise ValueError(f"its {MANIFEST} is no mapping")
        draws = read_posterior(folder, manifest["free"]).values
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotFitted(f"{folder} holds no calibration that can be shown: {error}") from error
    names = [*TABLE_NAMES, *(name for name in OPTIONAL if f"{TABLES}/{name}.csv" in manifest["files"])]
    tables = {name: _table(folder, name, manifest["files"]) for name in names}
    return Outcome(folder, manifest, tables, pd.DataFrame(draws))


def _table(folder: Path, name: str, hashes: Mapping[str, str]) -> pd.DataFrame:
    path = folder / TABLES / f"{name}.csv"
    if not path.is_file() or file_hash(path) != hashes.get(f"{TABLES}/{name}.csv"):
        raise NotFitted(f"{path} was changed or removed after the fit: fit again with --force")
    table = read_table(path)
    missing = [column for column in NEEDED.get(name, ()) if column not in table]
    if missing:
        raise NotFitted(
            f"{path} has no column '{missing[0]}': an earlier version of hrsim wrote it; fit again with --force"
        )
    return table


def fitted_folders(parent: Path) -> list[Path]:
    """List the folders inside `parent` that hold a finished calibration."""
    return sorted(path.parent for path in parent.glob(f"*/{POSTERIOR}") if (path.parent / MANIFEST).is_file())
