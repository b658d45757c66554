"""The tree of a YAML document: every key and value remembers the file, line and column that set it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hrsim.errors import Location, Problem
from hrsim.study.scalars import Scalar
from hrsim.study.suggestions import MOST_LISTED, likely

if TYPE_CHECKING:
    from hrsim.study.relative import Edit


@dataclass(frozen=True, eq=False)
class Source:
    """Hold the text of one file; `display` is its name as typed, `name` its name without private folders."""

    display: str
    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Mark:
    """Point at a place in a source; lines and columns count from 1."""

    source: Source
    line: int
    column: int

    @property
    def location(self) -> Location:
        """Return the place for an error message."""
        return Location(self.source.display, self.line, self.column)

    @property
    def source_line(self) -> str | None:
        """Return the text of the line, or None beyond the end of the file."""
        inside = 0 < self.line <= len(self.source.lines)
        return self.source.lines[self.line - 1] if inside else None


@dataclass(frozen=True)
class Amount:
    """Say how a number was worked out: the part that scales with the population, the part that does not, in words."""

    scaled: Fraction
    fixed: Fraction
    words: str


@dataclass(frozen=True, eq=False)
class ScalarNode:
    """Hold one scalar, its text as written and whether it was written plain (without quotes).

    `amount` says how a number was worked out where it is not what the file says; None: taken as written. `edit` is
    a change of an inherited number that is not known yet.
    """

    value: Scalar
    text: str
    plain: bool
    mark: Mark
    amount: Amount | None = None
    edit: Edit | None = None
    size: int = 1
    depth: int = 1


@dataclass(frozen=True, eq=False)
class ListNode:
    """Hold a sequence."""

    items: tuple[Node, ...]
    mark: Mark
    size: int = 1
    depth: int = 1


@dataclass(frozen=True, eq=False)
class Entry:
    """Hold one key of a mapping: where the key stands, and its value."""

    key_mark: Mark
    node: Node


@dataclass(frozen=True, eq=False)
class MapNode:
    """Hold a mapping from text keys to entries."""

    entries: Mapping[str, Entry]
    mark: Mark
    size: int = 1
    depth: int = 1

    def get(self, key: str) -> Node | None:
        """Return the value of a key, or None when the key is absent."""
        entry = self.entries.get(key)
        return entry.node if entry else None

    def mapping(self, key: str) -> MapNode:
        """Return the mapping under a key; an empty one when there is none."""
        node = self.get(key)
        return node if isinstance(node, MapNode) else MapNode({}, self.mark)


Node = ScalarNode | ListNode | MapNode
Path = tuple[str, ...]


@dataclass
class Problems:
    """Collect problems so that all are reported at once; paths are given below `prefix`."""

    found: list[Problem] = field(default_factory=list)
    prefix: Path = ()
    warned: list[Problem] = field(default_factory=list)

    def under(self, *prefix: str) -> Problems:
        """Return a collector into the same lists for paths below a prefix."""
        return Problems(self.found, (*self.prefix, *prefix), self.warned)

    def add(self, code: str, message: str, fix: str, mark: Mark | None = None, path: Path = ()) -> None:
        """Note one problem at a mark and a path of the study."""
        self.found.append(self._problem(code, message, fix, mark, path))

    def warn(self, code: str, message: str, fix: str, mark: Mark | None = None, path: Path = ()) -> None:
        """Note what is valid but probably a mistake."""
        self.warned.append(replace(self._problem(code, message, fix, mark, path), severity="warning"))

    def _problem(self, code: str, message: str, fix: str, mark: Mark | None, path: Path) -> Problem:
        location = mark.location if mark else None
        line = mark.source_line if mark else None
        return Problem(code, message, fix, location, ".".join((*self.prefix, *path)), line)


def plain(node: Node) -> Any:
    """Return the bare data of a tree: dicts, lists and scalars."""
    if isinstance(node, MapNode):
        return {key: plain(entry.node) for key, entry in node.entries.items()}
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return node.value


def child(node: Node, key: str) -> Node | None:
    """Return the value under a key of a mapping or at an index of a list, or None."""
    if isinstance(node, MapNode):
        return node.get(key)
    if isinstance(node, ListNode) and key.isdecimal() and int(key) < len(node.items):
        return node.items[int(key)]
    return None


def nearest_mark(tree: Node, path: Path) -> Mark:
    """Return the mark of the deepest node of a path that exists."""
    node = tree
    for key in path:
        inner = child(node, key)
        if inner is None:
            break
        node = inner
    return node.mark


def leaves(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Yield the path and node of every scalar and every empty collection, in order."""
    if isinstance(node, MapNode) and node.entries:
        for key, entry in node.entries.items():
            yield from leaves(entry.node, (*path, key))
    elif isinstance(node, ListNode) and node.items:
        for index, item in enumerate(node.items):
            yield from leaves(item, (*path, str(index)))
    else:
        yield path, node


def describe(value: Any) -> str:
    """Say what a value is in the words of a message: its text, or 'a mapping', 'a list', 'nothing'."""
    if isinstance(value, ScalarNode):
        return describe(value.value)
    if value is None:
        return "nothing"
    if isinstance(value, dict | MapNode):
        return "a mapping"
    if isinstance(value, list | tuple | ListNode):
        return "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.date):
        return value.isoformat()
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "..." + shown[-1]


def nearest(
    word: str, known: Iterable[str], what: str, also: Mapping[str, Sequence[str]] | None = None
) -> str:
    """Write the remedy for an unknown word: the known ones that it may mean, or the list of all.

    `also` gives other words for a known one.
    """
    names = sorted(known)
    close = [f"'{name}'" for name in likely(word, names, also)]
    if close:
        return f"did you mean {' or '.join([', '.join(close[:-1]), close[-1]] if close[:-1] else close)}?"
    if len(names) > MOST_LISTED:
        return f"{what} known here: {', '.join(names[:MOST_LISTED])} and {len(names) - MOST_LISTED} more."
    return f"{what} known here: {', '.join(names) if names else 'none'}."


def nearest_or(word: str, known: Iterable[str], otherwise: str) -> str:
    """Write the remedy for an unknown word, or another remedy when no known word is near."""
    fix = nearest(word, known, "")
    return fix if fix.startswith("did you mean") else otherwise


def is_own(path: Path) -> bool:
    """Tell whether a path lies below a key of the analyst's own (`x-...`)."""
    return any(key.startswith("x-") for key in path)


def scopes(tree: MapNode) -> Iterator[tuple[Path, MapNode]]:
    """Yield the base of all arms and each complete arm."""
    yield (), tree
    for name, entry in tree.mapping("arms").entries.items():
        if isinstance(entry.node, MapNode):
            yield ("arms", name), entry.node
