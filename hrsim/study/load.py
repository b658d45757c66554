"""Load a study: read, merge, validate, check; report every fault at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from hrsim.errors import Location, Problem, StudyError
from hrsim.study.arms import Catalogue, complete_arms, lay_over, merge_files
from hrsim.study.catalogue import evidence_kinds, read_catalogue
from hrsim.study.check import check_study
from hrsim.study.merge import find, split_path
from hrsim.study.overrides import read_overrides
from hrsim.study.parents import read_chain
from hrsim.study.schema import Study
from hrsim.study.tree import MapNode, Problems, leaves, nearest, plain
from hrsim.study.validate import validate_study

_FOLLOW_FROM_A_MISSING_PARENT = frozenset(
    {"MISSING", "REMOVE", "ADD", "SERVICE", "ARM", "NO_ARMS", "COMPARATOR", "REFERS"}
)


@dataclass(frozen=True)
class ResolvedStudy:
    """Hold a validated study whose arms are complete, its merged plain data, and who set each value."""

    study: Study
    raw: Mapping[str, Any]
    tree: MapNode

    def provenance(self, dotted: str) -> Location:
        """Return the file, line and column that set a value.

        Raises:
            StudyError: the resolved study has no such path.
        """
        node = find(self.tree, split_path(dotted))
        if node is None:
            known = {".".join(path[: dotted.count(".") + 1]) for path, _ in leaves(self.tree)}
            message = f"expected a path of the resolved study, got '{dotted}'"
            raise StudyError([Problem("PATH", message, _nearest_path(dotted, known))])
        return node.mark.location

    def provenance_rows(self) -> Iterator[tuple[str, str, str, int]]:
        """Yield path, value, file (without private folders) and line of every leaf, in order."""
        for path, node in leaves(self.tree):
            value = plain(node)
            yield ".".join(path), "" if value is None else str(value), node.mark.source.name, node.mark.line


def load_study(
    path: str | FilePath,
    overrides: Sequence[str] = (),
    catalogue: Catalogue | None = None,
    kinds: Mapping[str, str] | None = None,
) -> ResolvedStudy:
    """Return a study ready to compile.

    `overrides` are texts `path=value`, applied last. `catalogue` maps service names to trees and `kinds`
    evidence ids to kinds of number; the shipped ones are read when they are not given.

    Raises:
        StudyError: the study is invalid; it holds every problem found.
    """
    problems = Problems()
    chain, complete = read_chain(FilePath(path), problems)
    services = read_catalogue() if catalogue is None else catalogue
    known = evidence_kinds() if kinds is None else kinds
    tree = merge_study(chain, overrides, services, problems)
    unplaced = len(problems.found)
    study = validate_study(tree, known, problems)
    check_study(tree, services, known, problems)
    found = _without_echoes(problems.found, unplaced, complete)
    if found or study is None:
        raise StudyError(found)
    return ResolvedStudy(study, plain(tree), tree)


def merge_study(
    chain: list[MapNode], overrides: Sequence[str], catalogue: Catalogue, problems: Problems
) -> MapNode:
    """Return one tree from files, overrides and catalogue, with every arm complete."""
    resolved = chain[-1].get("resolved")
    services = {} if resolved is not None and plain(resolved) is True else catalogue
    tree = merge_files(chain, services, problems)
    for patch in read_overrides(overrides, tree, problems):
        tree = lay_over(tree, patch, services, problems)
    return complete_arms(tree, services, problems)


def _without_echoes(found: list[Problem], first_schema_problem: int, complete: bool) -> list[Problem]:
    """Leave out repetitions of one fault in several arms, and faults that follow from another."""
    reported = {problem.location for problem in found[:first_schema_problem] if problem.location}
    unlabelled = {f"{problem.path}.label" for problem in found if problem.code == "SERVICE"}
    seen: set[tuple[str, str, Location | None]] = set()
    kept = []
    for index, problem in enumerate(found):
        key = (problem.code, problem.message, problem.location)
        echo = index >= first_schema_problem and problem.location in reported
        follows = not complete and problem.code in _FOLLOW_FROM_A_MISSING_PARENT
        follows = follows or (problem.code == "MISSING" and problem.path in unlabelled)
        if key not in seen and not echo and not follows:
            kept.append(problem)
        seen.add(key)
    return kept


def _nearest_path(dotted: str, known: set[str]) -> str:
    fix = nearest(dotted, known, "paths")
    return fix if fix.startswith("did you mean") else "hrsim show prints every path."
