"""Lay a reference case beneath the analysis that names it: what the same or a later file states goes first."""

from __future__ import annotations

from hrsim.evidence.reference_cases import load_reference_cases
from hrsim.evidence.register import load_register
from hrsim.study.scalars import Scalar
from hrsim.study.tree import Entry, ListNode, MapNode, Mark, Node, ScalarNode, plain


def is_resolved(tree: MapNode) -> bool:
    """Tell whether a file is a resolved study, complete as it stands."""
    flag = tree.get("resolved")
    return flag is not None and plain(flag) is True


def reference_case_of(patch: MapNode) -> MapNode | None:
    """Return the analysis that a patch's `analysis.reference_case` stands for, every value at its mark.

    None where the patch names no reference case, or one that does not exist: validation tells of that. None for a
    resolved study: it holds the case's values, at the place where its own study put them.
    """
    if is_resolved(patch):
        return None
    name = patch.mapping("analysis").get("reference_case")
    case = load_reference_cases().get(str(name.value)) if isinstance(name, ScalarNode) else None
    if case is None or name is None:
        return None
    register, mark = load_register(), name.mark
    analysis: dict[str, Node] = {
        "discount": _mapping(
            {key: _scalar(register[row].value, mark) for key, row in case.discount.items()}, mark
        ),
        "perspectives": ListNode(tuple(_scalar(item, mark) for item in case.perspectives), mark),
    }
    if case.thresholds:
        rows = (register[row].value for row in case.thresholds)
        analysis["thresholds"] = ListNode(tuple(_scalar(value, mark) for value in rows), mark)
    return _mapping({"analysis": _mapping(analysis, mark)}, mark)


def _scalar(value: Scalar, mark: Mark) -> ScalarNode:
    return ScalarNode(value, str(value), isinstance(value, float), mark)


def _mapping(nodes: dict[str, Node], mark: Mark) -> MapNode:
    return MapNode({key: Entry(mark, node) for key, node in nodes.items()}, mark)
