"""Check the groups of a study: their names, their forms, who governs them, and the access that services state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from math import prod

from hrsim.study.groups import Dimension
from hrsim.study.population import Population
from hrsim.study.schema import Study
from hrsim.study.services import Service
from hrsim.study.tree import MapNode, Path, Problems, child, nearest, nearest_mark

DERIVED_LABELS: Mapping[str, tuple[str, ...]] = {
    "sex": ("female", "male"),
    "housing_at_start": ("stable", "unstable"),
}
AGE_BAND = "age_band"
IDENTITY_WORDS = frozenset(
    {
        "aboriginal", "ancestry", "caste", "citizenship", "ethnic", "ethnicity", "first_nations", "gender_identity",
        "immigrant", "immigration", "indigeneity", "indigenous", "inuit", "metis", "migrant", "migration",
        "nationality", "native", "orientation", "race", "racial", "religion", "tribe", "two_spirit",
    }
)  # fmt: skip
MOST_CELLS = 64
"""Cells of all dimensions together: each holds a whole ledger of person-time, so memory grows with their number."""


def check_groups(study: Study, tree: MapNode, problems: Problems) -> None:
    """Note every fault of the groups of a validated study."""
    given = study.population.groups
    for name, dimension in given.items():
        _check_dimension(name, dimension, tree, problems)
    cells = prod(len(labels_of(name, dimension)) for name, dimension in given.items())
    if cells > MOST_CELLS:
        message = f"expected at most {MOST_CELLS} groups, got {cells}: every label of each dimension with every other"
        whole = ("population", "groups")
        problems.add(
            "GROUP", message, "leave a dimension out, or join labels.", nearest_mark(tree, whole), whole
        )
    _check_mixing(given, tree, problems)
    for path, service in _services(study):
        for where, access in _accesses(service):
            _check_access((*path, *where), access, study.population, tree, problems)


def labels_of(name: str, dimension: Dimension) -> tuple[str, ...]:
    """Return the labels of a dimension: declared ones by name, derived ones in their own order."""
    if dimension.labels:
        return dimension.labels
    return _age_bands(dimension.edges) if dimension.edges else DERIVED_LABELS.get(name, ())


def _age_bands(edges: tuple[int, ...]) -> tuple[str, ...]:
    between = (f"{low}_to_{high - 1}" for low, high in pairwise(edges))
    return (f"under_{edges[0]}", *between, f"{edges[-1]}_and_over")


def _check_dimension(name: str, dimension: Dimension, tree: MapNode, problems: Problems) -> None:
    path = ("population", "groups", name)

    def note(message: str, fix: str) -> None:
        problems.add("GROUP", message, fix, nearest_mark(tree, path), path)

    if name == AGE_BAND:
        if not dimension.edges or dimension.labels:
            note("expected 'edges' for 'age_band' and nothing else", "write age_band: {edges: [30, 45]}.")
    elif name in DERIVED_LABELS:
        if dimension.labels or dimension.edges:
            note(
                f"expected '{name}' as it follows from the people, got labels of its own",
                f"write {name}: derived.",
            )
    elif dimension.edges or len(dimension.labels) < 2:
        known = ", ".join((*DERIVED_LABELS, AGE_BAND))
        note(f"expected two labels or more with shares for '{name}'", f"write shares; derived are {known}.")
    for label in (name, *dimension.labels):
        _check_word(label, path, tree, problems)
    if _is_identity(name) and not (dimension.governance or "").strip():
        message = f"expected 'governance' beside '{name}', which people may hold as their identity, got none"
        fix = "say who governs the use of these labels and agreed to it, or leave the dimension out."
        problems.add("GOVERNANCE", message, fix, nearest_mark(tree, path), path)


def _check_mixing(given: Mapping[str, Dimension], tree: MapNode, problems: Problems) -> None:
    """Refuse mixing by sex, which sexual partners cut across, and by more than one dimension."""
    mixing = [name for name, dimension in given.items() if dimension.mixing is not None]
    for place, name in enumerate(mixing):
        path = ("population", "groups", name, "mixing")
        if name == "sex":
            message = "expected no 'mixing' for 'sex': partners in sex are of the other sex"
            problems.add("GROUP", message, "remove it.", nearest_mark(tree, path), path)
        elif place > 0:
            message = f"expected 'mixing' for one dimension, got it for '{mixing[0]}' and for '{name}'"
            problems.add("GROUP", message, "keep one of them.", nearest_mark(tree, path), path)


def _check_word(word: str, path: Path, tree: MapNode, problems: Problems) -> None:
    if not word.replace("_", "").isalnum() or word != word.lower():
        message = f"expected a name of small letters, digits and '_', got '{word}'"
        problems.add("NAME", message, "write a name such as north_shore.", nearest_mark(tree, path), path)


def _is_identity(name: str) -> bool:
    return any(f"_{word}_" in f"_{name}_" for word in IDENTITY_WORDS)


def _services(study: Study) -> Iterator[tuple[Path, Service]]:
    for name, service in study.services.items():
        yield ("services", name), service
    for arm, described in study.arms.items():
        for name, service in described.services.items():
            yield ("arms", arm, "services", name), service


def _accesses(service: Service) -> Iterator[tuple[Path, Mapping[str, Mapping[str, object]]]]:
    yield ("access",), service.access
    for name, channel in service.reach.channels.items() if service.reach is not None else ():
        yield ("reach", "channels", name, "access"), channel.access


def _check_access(
    path: Path,
    access: Mapping[str, Mapping[str, object]],
    population: Population,
    tree: MapNode,
    problems: Problems,
) -> None:
    groups = population.groups
    for dimension, labels in access.items():
        if dimension not in groups:
            message = f"expected a dimension of population.groups, got '{dimension}'"
            _note_key((*path, dimension), message, nearest(dimension, groups, "dimensions"), tree, problems)
            continue
        known = labels_of(dimension, groups[dimension])
        for label in labels:
            if label not in known:
                message = f"expected a label of '{dimension}', got '{label}'"
                _note_key((*path, dimension, label), message, nearest(label, known, "labels"), tree, problems)


def _note_key(path: Path, message: str, fix: str, tree: MapNode, problems: Problems) -> None:
    """Note a problem at the key itself."""
    node = tree
    for key in path[:-1]:
        inner = child(node, key)
        assert isinstance(inner, MapNode)  # the study is valid
        node = inner
    problems.add("GROUP", message, fix, node.entries[path[-1]].key_mark, path)
