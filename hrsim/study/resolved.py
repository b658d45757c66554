"""A study ready to compile, which knows who set each of its values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hrsim.errors import Location, Problem, StudyError
from hrsim.evidence.rows import EvidenceRow
from hrsim.study.data_files import DataFile
from hrsim.study.merge import find, split_path
from hrsim.study.posterior import StudyPosterior
from hrsim.study.relative import exact, in_words, is_number
from hrsim.study.schema import Study
from hrsim.study.tree import MapNode, Node, ScalarNode, leaves, nearest, plain


@dataclass(frozen=True)
class ResolvedStudy:
    """Hold a validated study whose arms are complete, its merged plain data, and who set each value.

    In `study` each number with an interval is the id of one of `rows`, which hold its own life table too; `raw` and
    `tree` are as written, but for the posterior, which stands apart. `files` are the tables beside the study.
    """

    study: Study
    raw: Mapping[str, Any]
    tree: MapNode = field(repr=False)
    rows: tuple[EvidenceRow, ...] = ()
    posterior: StudyPosterior | None = None
    files: tuple[DataFile, ...] = ()
    warnings: tuple[Problem, ...] = ()

    def files_beside(self) -> Iterator[DataFile]:
        """Yield the files that the study needs beside it, each under its name as written there."""
        yield from self.files
        if (posterior := self.posterior) is not None:
            yield from posterior.files()

    def provenance(self, dotted: str) -> Location:
        """Return the file, line and column that set a value; raises StudyError where there is no such path."""
        return self._node(dotted).mark.location

    def worked_out(self, dotted: str) -> str:
        """Say how a number came about, '2,880 = 7,200 x 0.4'; empty where it is as its file writes it.

        Raises:
            StudyError: the resolved study has no such path.
        """
        node = self._node(dotted)
        if isinstance(node, MapNode) and is_number(node.get("from")) and set(node.entries) == {"from"}:
            node = node.entries["from"].node
        if not isinstance(node, ScalarNode) or node.amount is None:
            return ""
        result = in_words(exact(node))
        return "" if result == node.amount.words else f"{result} = {node.amount.words}"

    def _node(self, dotted: str) -> Node:
        node = find(self.tree, split_path(dotted))
        if node is None:
            known = {".".join(path[: dotted.count(".") + 1]) for path, _ in leaves(self.tree)}
            message = f"expected a path of the resolved study, got '{dotted}'"
            raise StudyError([Problem("PATH", message, _nearest_path(dotted, known))])
        return node

    def provenance_rows(self) -> Iterator[tuple[str, str, str, int]]:
        """Yield path, value, file (without private folders) and line of every leaf, in order."""
        for path, node in leaves(self.tree):
            value = plain(node)
            yield ".".join(path), "" if value is None else str(value), node.mark.source.name, node.mark.line


def _nearest_path(dotted: str, known: set[str]) -> str:
    fix = nearest(dotted, known, "paths")
    return fix if fix.startswith("did you mean") else "hrsim show prints every path."
