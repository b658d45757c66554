"""Read `--set path=value` as a small file that is laid over the study last."""

from __future__ import annotations

from collections.abc import Sequence

from hrsim.errors import StudyError
from hrsim.study.merge import split_path
from hrsim.study.reader import read_value
from hrsim.study.tree import Entry, MapNode, Mark, Node, Problems, Source, nearest

SOURCE_NAME = "<--set>"


def read_overrides(overrides: Sequence[str], tree: MapNode, problems: Problems) -> list[MapNode]:
    """Return one tree per override; the tree of the study tells which arms exist."""
    source = Source(SOURCE_NAME, SOURCE_NAME, tuple(overrides))
    patches = []
    for index, text in enumerate(overrides):
        patch = _read(text, Mark(source, index + 1, 1), tree, problems)
        if patch is not None:
            patches.append(patch)
    return patches


def _read(text: str, mark: Mark, tree: MapNode, problems: Problems) -> MapNode | None:
    dotted, equals, value = text.partition("=")
    path = split_path(dotted.strip())
    if not equals or not all(path):
        fix = "write --set analysis.draws=50."
        problems.add("OVERRIDE", f"expected 'path=value' with a dotted path, got '{text}'", fix, mark)
        return None
    if path[0] in ("extends", "remove", "setting") or path == ("arms",):
        problems.add(
            "OVERRIDE", f"expected the path of a value, got '{path[0]}'", "edit the study file.", mark
        )
        return None
    arms = tree.mapping("arms").entries
    if path[0] == "arms" and path[1] not in arms:
        message = f"expected an arm of the study, got '{path[1]}'"
        problems.add("ARM", message, nearest(path[1], arms, "arms"), mark, path)
        return None
    return _patch(path, value, Mark(mark.source, mark.line, len(dotted) + 2), problems)


def _patch(path: tuple[str, ...], value: str, mark: Mark, problems: Problems) -> MapNode | None:
    try:
        node: Node = read_value(value, mark, Problems(problems.found))
    except StudyError:
        return None
    for key in reversed(path):
        node = MapNode({key: Entry(mark, node)}, mark)
    assert isinstance(node, MapNode)
    return node
