"""A study's posterior: `parameters: {posterior: calibration/british_columbia}` takes fitted rows jointly.

The folder lies in the study's folder, else among those shipped, whether a file names it or `--set`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as FilePath

from hrsim.evidence.posterior import (
    MANIFEST_FILE,
    POSTERIOR_FILE,
    BadPosterior,
    PosteriorDraws,
    read_posterior,
)
from hrsim.evidence.rows import EvidenceRow
from hrsim.study.parents import leaves_folder, packaged_calibrations
from hrsim.study.tree import Entry, MapNode, Node, Problems, ScalarNode, describe

PARAMETERS, KEY = "parameters", "posterior"
AT = (PARAMETERS, KEY)
CALIBRATION_FILE = "calibration.yaml"


@dataclass(frozen=True)
class StudyPosterior:
    """Hold a posterior, its folder, and its name as the study writes it."""

    name: str
    folder: FilePath
    draws: PosteriorDraws

    def files(self) -> tuple[FilePath, FilePath]:
        """List the files that a copy needs."""
        return self.folder / POSTERIOR_FILE, self.folder / MANIFEST_FILE


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
