"""Read a cohort document or a document of results; every fault at once, at its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath

from hrsim.cohort.build import ArmModel, build_arm
from hrsim.cohort.numbers import Faults, Numbers
from hrsim.cohort.references import check_references
from hrsim.cohort.schema import Cohort, Results
from hrsim.errors import StudyError
from hrsim.study.arms import lay_over
from hrsim.study.documents import refuse_other_kinds
from hrsim.study.overrides import read_overrides
from hrsim.study.reader import read_file
from hrsim.study.tree import MapNode, Problems
from hrsim.study.validate import validate

KINDS = ("hrsim_cohort", "hrsim_results")


@dataclass(frozen=True)
class CohortDocument:
    """Hold a cohort document and the numbers of each of its arms."""

    said: Cohort
    arms: dict[str, ArmModel]


@dataclass(frozen=True)
class ResultsDocument:
    """Hold results as given: cost and effect by arm."""

    said: Results
    costs: dict[str, float]
    effects: dict[str, float]


def read_document(path: FilePath, overrides: Sequence[str] = ()) -> CohortDocument | ResultsDocument:
    """Return the document of a file, its numbers worked out; `overrides` are texts `path=value`, applied last.

    Raises:
        StudyError: the document has faults; it holds every one.
    """
    problems = Problems()
    tree = read_file(path, problems)
    for patch in read_overrides(overrides, tree, problems):
        tree = lay_over(tree, patch, {}, problems)
    refuse_other_kinds(tree, KINDS, problems)
    found = _results(tree, problems) if "hrsim_results" in tree.entries else _cohort(tree, problems)
    if problems.found or found is None:
        raise StudyError(problems.found)
    return found


def _cohort(tree: MapNode, problems: Problems) -> CohortDocument | None:
    said = validate(Cohort, tree, {}, problems)
    if said is None:
        return None
    faults = Faults(tree, problems)
    check_references(said, faults)
    if problems.found:
        return None
    return CohortDocument(said, {name: build_arm(said, name, faults) for name in said.arms})


def _results(tree: MapNode, problems: Problems) -> ResultsDocument | None:
    said = validate(Results, tree, {}, problems)
    if said is None:
        return None
    faults = Faults(tree, problems)
    if said.comparator is not None and said.comparator not in said.arms:
        faults.unknown(("comparator",), said.comparator, said.arms, "an arm")
    numbers = Numbers({}, {}, faults)
    costs = {arm: numbers.one(("arms", arm, "cost"), given.cost) for arm, given in said.arms.items()}
    effects = {arm: numbers.one(("arms", arm, "effect"), given.effect) for arm, given in said.arms.items()}
    return ResultsDocument(said, costs, effects)
