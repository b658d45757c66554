"""Load a study: read, merge, validate, check; report every fault at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath

from hrsim.errors import Location, Problem, StudyError
from hrsim.evidence.register import load_register
from hrsim.evidence.rows import EvidenceRow
from hrsim.study.arms import ARM_BASE_KEYS, Catalogue, complete_arms, lay_over, merge_files
from hrsim.study.as_written import stated_for_its_people
from hrsim.study.catalogue import read_catalogue
from hrsim.study.check import check_study
from hrsim.study.check_costs import check_costs
from hrsim.study.check_groups import check_groups
from hrsim.study.check_numbers import check_numbers
from hrsim.study.intervals import check_replacements, name_intervals
from hrsim.study.life_tables import take_life_table, with_own_ages
from hrsim.study.overrides import posterior_overrides, read_overrides
from hrsim.study.parents import read_chain
from hrsim.study.posterior import check_own_draws, take_posterior
from hrsim.study.reference_cases import is_resolved
from hrsim.study.resolved import ResolvedStudy
from hrsim.study.scaling import bases, scaled_chain
from hrsim.study.tree import MapNode, Problems, plain
from hrsim.study.validate import validate_study
from hrsim.study.values import EvidenceFacts
from hrsim.study.warnings import warn_of_sizes, warn_of_study

__all__ = ["ResolvedStudy", "load_study", "read_study"]

_FOLLOW_FROM_A_MISSING_PARENT = frozenset(
    {"MISSING", "REMOVE", "ADD", "SERVICE", "ARM", "NO_ARMS", "COMPARATOR", "REFERS", "BUDGET", "STAFF"}
)


def load_study(
    path: str | FilePath,
    overrides: Sequence[str] = (),
    catalogue: Catalogue | None = None,
    evidence: Mapping[str, EvidenceFacts] | None = None,
) -> ResolvedStudy:
    """Return a study ready to compile; `read_study` says what the arguments are.

    Raises:
        StudyError: the study is invalid; it holds every problem found.
    """
    study, found = read_study(path, overrides, catalogue, evidence)
    if found or study is None:
        raise StudyError(found)
    return study


def read_study(
    path: str | FilePath,
    overrides: Sequence[str] = (),
    catalogue: Catalogue | None = None,
    evidence: Mapping[str, EvidenceFacts] | None = None,
) -> tuple[ResolvedStudy | None, list[Problem]]:
    """Return a study, None where it does not have the form of one, and every problem found in it.

    `overrides` are texts `path=value`, applied last. `catalogue` maps service names to trees and `evidence`
    evidence ids to kind and unit; the shipped ones are read when they are not given.

    Raises:
        StudyError: a file cannot be read as a mapping at all.
    """
    problems = Problems()
    chain, complete = read_chain(FilePath(path), problems)
    given = posterior_overrides(overrides, problems)
    chain, posterior = take_posterior(chain, given, FilePath(path).parent, load_register(), problems)
    services = read_catalogue() if catalogue is None else catalogue
    known = load_register() if evidence is None else evidence
    tree = merge_study(chain, overrides, services, problems)
    known = with_own_ages(known, tree)
    table, file = take_life_table(tree, FilePath(path).parent, problems)
    unplaced = len(problems.found)
    study = validate_study(tree, known, problems)
    check_study(tree, services, known, problems)
    rows: tuple[EvidenceRow, ...] = ()
    if study is not None:
        check_groups(study, tree, problems)
        check_costs(study, tree, problems)
        check_own_draws(posterior, study, tree, problems)
        check_replacements(study, tree, known, problems)
        faulty = {problem.location for problem in problems.found}
        if not any(
            "parameters" in problem.path for problem in problems.found
        ):  # numbers would follow from them
            in_numbers = Problems()
            check_numbers(study, tree, known, in_numbers)
            problems.found += [one for one in in_numbers.found if one.location not in faulty]
        if not problems.found:
            warn_of_study(study, tree, problems)
        study, rows = name_intervals(study, tree, problems)
    found = _without_echoes(problems.found, unplaced, complete)
    if study is None:
        return None, found
    files = () if file is None else (file,)
    warned = _once(problems.warned)
    return ResolvedStudy(study, plain(tree), tree, (*rows, *table), posterior, files, warned), found


def merge_study(
    chain: list[MapNode], overrides: Sequence[str], catalogue: Catalogue, problems: Problems
) -> MapNode:
    """Return one tree from files, overrides and catalogue, with every arm complete.

    The arms of a resolved study are complete as they stand: they take nothing from base or catalogue.
    """
    resolved = is_resolved(chain[-1])
    services = {} if resolved else catalogue
    basis = bases(chain, overrides)
    warn_of_sizes(chain, basis, overrides, problems)
    tree = merge_files(scaled_chain(chain, basis, problems), services, problems)
    for patch in read_overrides(overrides, tree, problems):
        tree = lay_over(tree, patch, services, problems)
    tree = complete_arms(tree, services, problems, () if resolved else ARM_BASE_KEYS)
    return stated_for_its_people(tree, basis[0].size) if basis[0] is not None else tree


def _once(warned: Sequence[Problem]) -> tuple[Problem, ...]:
    """Leave out repetitions of one warning in arms that inherit its place."""
    return tuple({(one.code, one.message, one.location): one for one in reversed(warned)}.values())[::-1]


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
