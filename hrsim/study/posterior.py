"""A study's posterior: `parameters: {posterior: calibration/british_columbia}` takes fitted rows jointly.

The folder lies in the study's folder, else among those shipped, whether a file names it or `--set`. A CSV file in the
study's folder, `parameters: {posterior: my_draws.csv}`, holds draws of the study's own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as FilePath

from hrsim.evidence.posterior import (
    MANIFEST_FILE,
    POSTERIOR_FILE,
    BadPosterior,
    OwnDraws,
    PosteriorDraws,
    read_posterior,
)
from hrsim.evidence.rows import EvidenceRow
from hrsim.study.data_files import SUFFIX, Cell, DataFile, Table, find_data_file, read_table
from hrsim.study.parents import leaves_folder, packaged_calibrations
from hrsim.study.schema import Study
from hrsim.study.tree import Entry, MapNode, Node, Problems, ScalarNode, describe, nearest_mark, nearest_or

PARAMETERS, KEY = "parameters", "posterior"
AT = (PARAMETERS, KEY)
CALIBRATION_FILE = "calibration.yaml"


@dataclass(frozen=True)
class StudyPosterior:
    """Hold a posterior, its folder, or file, and its name as the study writes it."""

    name: str
    folder: FilePath
    draws: PosteriorDraws

    def files(self) -> tuple[DataFile, ...]:
        """List the files that a copy needs, under their names as the study writes them."""
        if isinstance(self.draws, OwnDraws):
            return (DataFile(self.name, self.folder),)
        names = (POSTERIOR_FILE, MANIFEST_FILE)
        return tuple(DataFile(f"{self.name}/{name}", self.folder / name) for name in names)


def take_posterior(
    chain: Sequence[MapNode],
    overrides: Sequence[Node],
    home: FilePath,
    known: Mapping[str, EvidenceRow],
    problems: Problems,
) -> tuple[list[MapNode], StudyPosterior | None]:
    """Return a study's chain of files without the key, and the posterior that the last override, or file, names."""
    named = [node for tree in chain if (node := tree.mapping(PARAMETERS).get(KEY)) is not None]
    bare = [_without_key(tree) for tree in chain]
    named += overrides
    return bare, _read(named[-1], home, known, problems) if named else None


def _without_key(tree: MapNode) -> MapNode:
    given = tree.get(PARAMETERS)
    if not isinstance(given, MapNode) or KEY not in given.entries:
        return tree
    kept = {name: entry for name, entry in given.entries.items() if name != KEY}
    if not kept:
        return MapNode({key: entry for key, entry in tree.entries.items() if key != PARAMETERS}, tree.mark)
    entry = Entry(tree.entries[PARAMETERS].key_mark, replace(given, entries=kept))
    return replace(tree, entries={**tree.entries, PARAMETERS: entry})


def _read(
    node: Node, home: FilePath, known: Mapping[str, EvidenceRow], problems: Problems
) -> StudyPosterior | None:
    fix = "name a folder that 'hrsim calibrate' wrote, inside the study's folder or shipped with hrsim."
    if not isinstance(node, ScalarNode) or not isinstance(node.value, str) or leaves_folder(node.value):
        message = f"expected the folder of a posterior, got {describe(node)}"
        problems.add("POSTERIOR", message, fix, node.mark, AT)
        return None
    if node.value.lower().endswith(SUFFIX):
        return read_own_draws(node, home, known, problems)
    for place in (home, packaged_calibrations()):
        folder = place / node.value
        if _is_dir(folder):
            try:
                return StudyPosterior(node.value, folder, read_posterior(folder, known))
            except BadPosterior as error:
                message = f"expected a posterior in '{node.value}': {error}"
                problems.add("POSTERIOR", message, _not_fitted(folder, node.value) or fix, node.mark, AT)
                return None
    where = "which is neither in the study's folder nor shipped"
    message = f"expected the folder of a posterior, got '{node.value}', {where}"
    problems.add("POSTERIOR", message, fix, node.mark, AT)
    return None


def read_own_draws(
    node: Node, home: FilePath, known: Mapping[str, EvidenceRow], problems: Problems
) -> StudyPosterior | None:
    """Return the draws of a CSV file with a column for each row of the register that it draws, a line for each draw."""
    before = len(problems.found)
    file = find_data_file(node, home, problems, AT)
    table = read_table(file, (), problems, AT) if file is not None else None
    if file is None or table is None:
        return None
    for name in table.columns:
        if name not in known:
            message = f"expected ids of evidence rows as columns of {file.name}, got '{name}'"
            fix = nearest_or(name, known, "remove the column; hrsim evidence lists all ids.")
            problems.add("DATA", message, fix, table.header, AT)
    if not table.rows:
        problems.add(
            "DATA", f"expected a row for each draw in {file.name}, got none", "add rows.", table.header, AT
        )
    values = _values(table, known, problems)
    if len(problems.found) > before:
        return None
    digest = hashlib.sha256(file.path.read_bytes()).hexdigest()
    return StudyPosterior(file.name, file.path, OwnDraws(file.name, digest, (), (), values))


def _values(
    table: Table, known: Mapping[str, EvidenceRow], problems: Problems
) -> dict[str, tuple[float, ...]]:
    columns: dict[str, list[float]] = {name: [] for name in table.columns if name in known}
    for cells in table.rows:
        for name, column in columns.items():
            number = _number(cells[name], known[name], problems)
            if number is not None:
                column.append(number)
    return {name: tuple(column) for name, column in columns.items()}


def _number(cell: Cell, row: EvidenceRow, problems: Problems) -> float | None:
    number, bounds = cell.number(problems, AT), row.bounds
    if number is not None and not bounds.lowest <= number <= bounds.highest:
        rule = f"a {row.kind} between {bounds.lowest:g} and {bounds.highest:g}"
        cell.refuse(rule, cell.text, f"write it in the row's unit, {row.unit}.", problems, AT)
        return None
    return number


def check_own_draws(
    posterior: StudyPosterior | None, study: Study, tree: MapNode, problems: Problems
) -> None:
    """Note draws of the study's own that are fewer than it asks for, and rows that it replaces by a number besides."""
    if posterior is None or not isinstance(posterior.draws, OwnDraws):
        return
    analysis, values = study.analysis, posterior.draws.values
    given = len(next(iter(values.values())))
    if analysis.uncertainty == "draws" and analysis.draws > given:
        message = (
            f"expected at least {analysis.draws} rows in {posterior.name}, a row for each draw, got {given}"
        )
        fix = f"write 'draws: {given}' under 'analysis:' (--draws {given}), or add rows."
        problems.add("DATA", message, fix, nearest_mark(tree, ("analysis", "draws")), ("analysis", "draws"))
    for name in study.parameters:
        if name in values:
            path = (PARAMETERS, name)
            message = f"expected '{name}' in one place, got a number and a column of {posterior.name}"
            problems.add("UNUSED", message, "remove one of the two.", nearest_mark(tree, path), path)


def _is_dir(folder: FilePath) -> bool:
    try:
        return folder.is_dir()
    except OSError:  # a name that is too long is the name of no folder
        return False


def _not_fitted(folder: FilePath, name: str) -> str:
    """Return what to type where a folder holds a calibration that nobody has fitted; nothing where it holds none."""
    if (folder / POSTERIOR_FILE).exists() or not (folder / CALIBRATION_FILE).is_file():
        return ""
    return f"it is described there and not fitted yet: run 'hrsim calibrate {name}/{CALIBRATION_FILE}' first."
