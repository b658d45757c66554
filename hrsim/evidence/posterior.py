"""A posterior fitted by `hrsim calibrate`: draws of several rows of the register that belong together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np

from hrsim.evidence.rows import EvidenceRow

POSTERIOR_FILE = "posterior.parquet"
MANIFEST_FILE = "manifest.json"
LOW, HIGH = 0.025, 0.975
CALIBRATED, STATED = "calibrated", "study"
"""How the interval of a fitted row was obtained."""


class BadPosterior(ValueError):
    """Say why a folder holds no posterior that can be used."""


@dataclass(frozen=True)
class PosteriorDraws:
    """Hold equally weighted joint draws: for each row of the register its values, in the row's unit.

    `faults` says what the calibration itself found against its use, `warnings` what its users must know.
    """

    title: str
    digest: str
    faults: tuple[str, ...]
    warnings: tuple[str, ...]
    values: Mapping[str, tuple[float, ...]]

    def draw(self, seed: int, number: int) -> dict[str, float]:
        """Return one joint draw: a function of seed and draw number, so that more draws change no earlier one."""
        size = len(next(iter(self.values.values())))
        word = hashlib.blake2b(f"{seed}/{number}/posterior/{self.digest}".encode(), digest_size=8).digest()
        place = int.from_bytes(word, "big") % size
        return {name: column[place] for name, column in self.values.items()}

    def central(self) -> dict[str, float]:
        """Return the median of each row."""
        return {name: float(np.median(column)) for name, column in self.values.items()}

    def rows(self, register: Mapping[str, EvidenceRow]) -> list[EvidenceRow]:
        """Return the fitted rows with posterior median and 95 % interval, and a word on where they come from."""
        fitted = []
        for name, column in self.values.items():
            row = register[name]
            low, middle, high = (float(x) for x in np.quantile(column, (LOW, 0.5, HIGH)))
            note = f"Fitted: {self.title}. Prior: {row.value:g} ({row.low:g} to {row.high:g}), {row.citation}"
            fitted.append(
                replace(row, value=middle, low=low, high=high, interval_obtained=CALIBRATED, note=note)
            )
        return fitted


@dataclass(frozen=True)
class OwnDraws(PosteriorDraws):
    """Hold joint draws of a study's own, used in their order: the first for draw 0, and so on."""

    def draw(self, seed: int, number: int) -> dict[str, float]:
        """Return the joint draw of a number; the seed moves nothing. IndexError beyond the last."""
        return {name: column[number] for name, column in self.values.items()}

    def rows(self, register: Mapping[str, EvidenceRow]) -> list[EvidenceRow]:
        """Return the rows with median and 95 % interval of the draws, and a word on where they come from."""
        return [
            replace(
                row,
                interval_obtained=STATED,
                note=f"Drawn as in the study's file {self.title}. {register[row.id].citation}",
                citation=f"the study's draws, {self.title}",
            )
            for row in super().rows(register)
        ]


def read_posterior(folder: Path, known: Iterable[str]) -> PosteriorDraws:
    """Read a posterior; raise BadPosterior when there is none, it was changed, or it fits evidence not `known`."""
    try:
        manifest = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
        data = (folder / POSTERIOR_FILE).read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        stated, title = manifest["files"][POSTERIOR_FILE], str(manifest["title"])
        faults, warnings = _words(manifest["faults"]), _words(manifest["warnings"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadPosterior(f"it has no readable {MANIFEST_FILE} and {POSTERIOR_FILE}") from error
    if digest != stated:
        raise BadPosterior(
            f"{POSTERIOR_FILE} was changed after the fit: its hash is not that of {MANIFEST_FILE}"
        )
    values = _columns(folder / POSTERIOR_FILE)
    unknown = sorted(set(values) - set(known))
    if unknown or not values:
        raise BadPosterior(f"it fits rows that the register does not have: {', '.join(unknown) or 'none'}")
    return PosteriorDraws(title, digest, faults, warnings, values)


def _words(given: Iterable[object]) -> tuple[str, ...]:
    return tuple(str(word) for word in given)


def _columns(path: Path) -> dict[str, tuple[float, ...]]:
    try:
        with duckdb.connect(config={"threads": 1}) as connection:
            table = connection.execute(
                "SELECT * FROM read_parquet(?) ORDER BY draw", [str(path)]
            ).fetchnumpy()
    except Exception as error:  # a damaged file can fail anywhere in the library that reads it
        raise BadPosterior(f"{path.name} cannot be read") from error
    columns = {name: column for name, column in table.items() if name != "draw"}
    for name, column in columns.items():
        sound = isinstance(column, np.ndarray) and np.issubdtype(column.dtype, np.number)
        if not sound or np.ma.is_masked(column) or not np.isfinite(column).all():
            raise BadPosterior(f"its column '{name}' does not hold a number for each draw")
        if not len(column):
            raise BadPosterior("it holds no draws")
    return {name: tuple(float(x) for x in column) for name, column in columns.items()}
