"""Give every fault that appears after a study was read its file and line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from hrsim.errors import HrsimError, NotInstalled, Problem, StudyError
from hrsim.study.merge import split_path
from hrsim.study.resolved import ResolvedStudy
from hrsim.study.tree import Mark, Node, Path, child


@contextmanager
def faults_placed(resolved: ResolvedStudy) -> Iterator[None]:
    """Raise what is raised inside with the file of the study, and problems without a place with their line."""
    try:
        yield
    except StudyError as error:
        raise StudyError([placed(problem, resolved) for problem in error.problems]) from error
    except NotInstalled:
        raise
    except HrsimError as error:
        file = resolved.tree.mark.source.display
        if not str(error).startswith(file):
            error.args = (f"{file}: {error}",)
        raise


def placed(problem: Problem, resolved: ResolvedStudy) -> Problem:
    """Return a problem at the line of its path, or of the part of the path that the study has."""
    if problem.location is not None:
        return problem
    path = split_path(problem.path) if problem.path else ()
    scopes = [(), *(("arms", name) for name in resolved.study.arms)]
    depth, mark = max(
        (_deepest(resolved.tree, (*scope, *path), len(scope)) for scope in scopes), key=lambda found: found[0]
    )
    if depth == 0:
        mark = resolved.tree.mark
    return replace(problem, location=mark.location, source_line=mark.source_line)


def _deepest(tree: Node, path: Path, scope: int) -> tuple[int, Mark]:
    """Return how many keys of a path below its scope a tree has, and the mark of the last of them."""
    node = tree
    for depth, key in enumerate(path):
        inner = child(node, key)
        if inner is None:
            return max(depth - scope, 0), node.mark
        node = inner
    return len(path) - scope, node.mark
