"""Read `--set path=value` as a small file that is laid over the study last."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from hrsim.errors import StudyError
from hrsim.study.merge import split_path
from hrsim.study.posterior import AT as POSTERIOR_AT
from hrsim.study.reader import read_value
from hrsim.study.tree import Entry, MapNode, Mark, Node, Problems, Source, nearest

SOURCE_NAME = "<--set>"


def read_overrides(overrides: Sequence[str], tree: MapNode, problems: Problems) -> list[MapNode]:
    """Return one tree per override but for those of a posterior; the tree of the study tells which arms exist."""
    source = Source(SOURCE_NAME, SOURCE_NAME, tuple(overrides))
    patches = []
    for index, text in enumerate(overrides):
        if "=" in text and _path_of(text) == POSTERIOR_AT:
            continue
        patch = _read(text, Mark(source, index + 1, 1), tree, problems)
        if patch is not None:
            patches.append(patch)
    return patches


def posterior_overrides(overrides: Sequence[str], problems: Problems) -> list[Node]:
    """Return what overrides set `parameters.posterior` to, in their order."""
    source = Source(SOURCE_NAME, SOURCE_NAME, tuple(overrides))
    found = []
    for index, text in enumerate(overrides):
        dotted, equals, value = text.partition("=")
        if equals and _path_of(text) == POSTERIOR_AT:
            mark = Mark(source, index + 1, len(dotted) + 2)
            with suppress(StudyError):
                found.append(read_value(value, mark, Problems(problems.found)))
    return found


def _path_of(text: str) -> tuple[str, ...]:
    return split_path(text.partition("=")[0].strip())


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
