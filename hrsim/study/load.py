"""Load a study: read, merge, validate, check; report every fault at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
from hrsim.study.posterior import StudyPosterior, check_own_draws, take_posterior
from hrsim.study.reference_cases import is_resolved
from hrsim.study.resolved import ResolvedStudy
from hrsim.study.scaling import bases, scaled_chain
from hrsim.study.sound_part import LEAVES_ITS_PART_SOUND, SoundPart, sound_part
from hrsim.study.tree import MapNode, Problems, plain
from hrsim.study.validate import validate_study
from hrsim.study.values import EvidenceFacts
from hrsim.study.warnings import warn_of_sizes, warn_of_study

__all__ = ["ResolvedStudy", "load_study", "read_study"]

_FOLLOW_FROM_A_MISSING_PARENT = frozenset(
    {"MISSING", "REMOVE", "ADD", "SERVICE", "ARM", "NO_ARMS", "COMPARATOR", "REFERS", "BUDGET", "STAFF"}
)

_NOTHING_INHERITED_BELOW = frozenset({"UNKNOWN_KEY", "SERVICE"})
"""Codes of faults of a name: what stands below it has nothing to inherit from until the name is right."""


@dataclass(frozen=True)
class Reading:
    """Hold a study as read: of one with problems, `resolved` is the sound part, None where nothing is sound."""

    resolved: ResolvedStudy | None
    sound: SoundPart | None
    found: list[Problem]


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
    read = read_study(path, overrides, catalogue, evidence)
    if read.found or read.resolved is None:
        raise StudyError(read.found)
    return read.resolved


def read_study(
    path: str | FilePath,
    overrides: Sequence[str] = (),
    catalogue: Catalogue | None = None,
    evidence: Mapping[str, EvidenceFacts] | None = None,
) -> Reading:
    """Return a study, or what is sound of it, and every problem found in it.

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
    if study is not None:
        sound: SoundPart | None = SoundPart(study, tree, tree)
    else:
        sound = sound_part(tree, known) if complete else None
    rows: tuple[EvidenceRow, ...] = ()
    if sound is not None:
        _check_sound(sound, posterior, known, problems)
        if not problems.found:
            warn_of_study(sound.study, tree, problems)
        sound, rows = _name_rows(sound, problems)
    if problems.found:
        sound = sound_part(tree, known, _paths_to_leave_out(problems.found)) if complete else None
        sound, rows = _name_rows(sound, Problems()) if sound is not None else (None, ())
    found = _without_echoes(problems.found, unplaced, complete)
    if sound is None:
        return Reading(None, None, found)
    files = () if file is None else (file,)
    warned = _once(problems.warned)
    tree = sound.tree
    resolved = ResolvedStudy(sound.study, plain(tree), tree, (*rows, *table), posterior, files, warned)
    return Reading(resolved, sound, found)


def _check_sound(
    sound: SoundPart,
    posterior: StudyPosterior | None,
    known: Mapping[str, EvidenceFacts],
    problems: Problems,
) -> None:
    """Note the faults of a study's sound part that do not follow from what it lacks."""
    study, tree, found = sound.study, sound.tree, Problems()
    check_groups(study, tree, found)
    check_costs(study, tree, found)
    check_own_draws(posterior, study, tree, found)
    check_replacements(study, tree, known, found)
    problems.found += sound.own(found.found)
    faulty = {problem.location for problem in problems.found}
    if not any("parameters" in problem.path for problem in problems.found):  # numbers would follow from them
        in_numbers = Problems()
        check_numbers(study, tree, known, in_numbers)
        problems.found += [one for one in sound.own(in_numbers.found) if one.location not in faulty]


def _name_rows(sound: SoundPart, problems: Problems) -> tuple[SoundPart, tuple[EvidenceRow, ...]]:
    """Return a sound part with its intervals named, and their rows."""
    found = Problems()
    study, rows = name_intervals(sound.study, sound.tree, found)
    problems.found += sound.own(found.found)
    return replace(sound, study=study), rows


def _paths_to_leave_out(found: Sequence[Problem]) -> list[str]:
    """List the paths of faults whose part says nothing of a study's money; faults of the schema are found again."""
    return [problem.path for problem in found if problem.code not in LEAVES_ITS_PART_SOUND]


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
    misplaced = tuple(f"{problem.path}." for problem in found if problem.code in _NOTHING_INHERITED_BELOW)
    seen: set[tuple[str, str, Location | None]] = set()
    kept = []
    for index, problem in enumerate(found):
        key = (problem.code, problem.message, problem.location)
        echo = index >= first_schema_problem and problem.location in reported
        follows = not complete and problem.code in _FOLLOW_FROM_A_MISSING_PARENT
        follows = follows or (problem.code == "MISSING" and problem.path in unlabelled)
        follows = follows or (problem.code == "ADD" and f"{problem.path}.".startswith(misplaced))
        if key not in seen and not echo and not follows:
            kept.append(problem)
        seen.add(key)
    return kept
