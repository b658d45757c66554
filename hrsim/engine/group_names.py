"""Names of the ledger's groups: cells of several dimensions, and the labels that they add up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

EVERYBODY = "all_people"
_JOIN, _IS = "/", "="


def cell_name(labels: Mapping[str, str]) -> str:
    """Name a cell after its label in each dimension: `sex=female/zone=north`."""
    return _JOIN.join(f"{dimension}{_IS}{label}" for dimension, label in labels.items())


def margins(groups: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Give the cells of each label, `zone=north`, in the order of the cells; groups without dimensions are their own.

    The labels of one dimension add up to the whole.
    """
    found: dict[str, list[int]] = {}
    for number, group in enumerate(groups):
        for label in group.split(_JOIN):
            found.setdefault(label, []).append(number)
    dimensions = dict.fromkeys(dimension_of(label) for label in found)
    ordered = (label for dimension in dimensions for label in found if dimension_of(label) == dimension)
    return {label: tuple(found[label]) for label in ordered}


def dimension_of(label: str) -> str:
    """Give the dimension of a label, `zone` of `zone=north`; nothing for a group without dimensions."""
    return label.split(_IS)[0] if _IS in label else ""


def shown(label: str) -> str:
    """Write a label for a reader: `north` of `zone=north`."""
    return label.split(_IS, 1)[-1].replace("_", " ")
