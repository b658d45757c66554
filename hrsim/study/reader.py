"""Read one YAML file or text into a tree that knows the place of every key and value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

import yaml

from hrsim.errors import StudyError
from hrsim.study.scalars import Scalar, ScalarError, resolve_scalar
from hrsim.study.tree import Entry, ListNode, MapNode, Mark, Node, Problems, ScalarNode, Source

LARGEST_FILE_BYTES = 1_000_000
DEEPEST_LEVEL = 40
MOST_NODES = 100_000

_PARSER_TOO_DEEP = "maximum nesting depth"  # libyaml may give up before this reader does
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_file(
    path: FilePath, problems: Problems, display: str | None = None, name: str | None = None
) -> MapNode:
    """Read a YAML file whose document is one mapping.

    Faults that leave a usable tree (a duplicate key, a tag, a number that is not finite) go to `problems`.

    Raises:
        StudyError: the file cannot be read, or is not one YAML mapping.
    """
    shown = display or str(path)
    text = _read_text(path, shown)
    return read_text(text, problems, display=shown, name=name or path.name)


def read_text(text: str, problems: Problems, display: str, name: str | None = None) -> MapNode:
    """Read YAML text whose document is one mapping; see `read_file`."""
    source = Source(display, name or display, tuple(_LINE_BREAK.split(text)))
    start = Mark(source, 1, 1)
    node = _Builder(source, text, problems).document()
    if node is None:
        raise _stop(problems, "EMPTY", "expected a study, got an empty file", "start with 'hrsim: 1'.", start)
    if not isinstance(node, MapNode):
        kind = "a list" if isinstance(node, ListNode) else "one value"
        fix = "write 'key: value' lines, starting with 'hrsim: 1'."
        raise _stop(
            problems, "NOT_MAPPING", f"expected a mapping of keys to values, got {kind}", fix, node.mark
        )
    return node


def read_value(text: str, mark: Mark, problems: Problems) -> Node:
    """Read a YAML scalar or flow collection that stands at a mark, as in `--set path=value`.

    Raises:
        StudyError: the text is not one YAML value.
    """
    if not text.isprintable():
        raise _stop(
            problems, "ENCODING", "expected printable text on one line", "remove control characters.", mark
        )
    padded = "\n" * (mark.line - 1) + " " * (mark.column - 1) + text
    node = _Builder(mark.source, padded, problems).document()
    return node if node is not None else ScalarNode(None, "", True, mark)


def _read_text(path: FilePath, shown: str) -> str:
    problems = Problems()
    try:
        if not path.is_file():
            what = "a folder" if path.is_dir() else "no such file"
            named = path.with_name(f"{path.name}.yaml") if path.name else path
            fix = f"did you mean '{shown}.yaml'?" if named.is_file() else "check the path."
            raise _stop(problems, "FILE", f"{shown}: expected a readable file, got {what}", fix)
        with path.open("rb") as stream:
            data = stream.read(LARGEST_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        message = f"{shown}: expected a readable file, got '{reason}'"
        raise _stop(problems, "FILE", message, "check the path and the permissions.") from None
    if len(data) > LARGEST_FILE_BYTES:
        message = f"{shown}: expected at most {LARGEST_FILE_BYTES} bytes, got more"
        raise _stop(problems, "SIZE", message, "keep data out of the study; split it with 'extends'.")
    return _decode(data, shown)


def _decode(data: bytes, shown: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", errors="replace")
        lines = _LINE_BREAK.split(before)
        mark = Mark(Source(shown, shown, ()), len(lines), len(lines[-1]) + 1)
        message = f"expected UTF-8 text, got the byte 0x{data[error.start]:02x}"
        raise _stop(Problems(), "ENCODING", message, "save the file as UTF-8.", mark) from None


def _stop(problems: Problems, code: str, message: str, fix: str, mark: Mark | None = None) -> StudyError:
    problems.add(code, message, fix, mark)
    return StudyError(problems.found)


class _Builder:
    """Build the tree of one document from the parser's events."""

    def __init__(self, source: Source, text: str, problems: Problems) -> None:
        self.source = source
        self.text = text
        self.problems = problems
        self.anchors: dict[str, Node] = {}
        self.nodes = 0

    def document(self) -> Node | None:
        """Return the only document's tree, or None when there is none."""
        try:
            events = iter(yaml.parse(self.text, Loader=_Loader))
            return self._only_document(events)
        except yaml.MarkedYAMLError as error:
            raise self._syntax(error) from None
        except (yaml.YAMLError, UnicodeEncodeError) as error:
            reason = getattr(error, "reason", str(error))
            mark = self._mark_at(getattr(error, "position", 0) or 0)
            fix = "remove the control character."
            raise _stop(self.problems, "ENCODING", f"expected text, got {reason}", fix, mark) from None

    def _only_document(self, events: Iterator[yaml.Event]) -> Node | None:
        tree: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    fix = "put each study into a file of its own."
                    message = "expected one document, got a second one"
                    raise _stop(self.problems, "DOCUMENTS", message, fix, self._mark(event))
                tree = self._node(next(events), events, 1)
        empty = isinstance(tree, ScalarNode) and tree.plain and tree.text == ""
        return None if empty else tree

    def _node(self, event: Any, events: Iterator[yaml.Event], level: int) -> Node:
        mark = self._mark(event)
        if isinstance(event, yaml.AliasEvent):
            node = self._alias(event, mark)
        else:
            self._refuse_tag(event, mark)
            if level > DEEPEST_LEVEL:
                raise self._too_deep(mark)
            if isinstance(event, yaml.ScalarEvent):
                node = self._scalar(event, mark)
            elif isinstance(event, yaml.SequenceStartEvent):
                node = self._list(events, mark, level)
            else:
                node = self._map(events, mark, level)
            if event.anchor:
                self.anchors[event.anchor] = node
        if level + node.depth - 1 > DEEPEST_LEVEL:
            raise self._too_deep(mark)
        if self.nodes > MOST_NODES:
            message = f"expected at most {MOST_NODES} values with all aliases written out, got more"
            raise _stop(
                self.problems, "ALIAS", message, "write the values out instead of nesting aliases.", mark
            )
        return node

    def _too_deep(self, mark: Mark) -> StudyError:
        message = f"expected at most {DEEPEST_LEVEL} levels, got more"
        return _stop(self.problems, "DEPTH", message, "write the study flatter.", mark)

    def _alias(self, event: yaml.AliasEvent, mark: Mark) -> Node:
        node = self.anchors.get(event.anchor or "")
        if node is None:
            message = (
                f"expected the name of an anchor that is complete before this place, got '*{event.anchor}'"
            )
            raise _stop(
                self.problems, "ALIAS", message, f"define '&{event.anchor}' above, or write the value.", mark
            )
        self.nodes += node.size
        return node

    def _refuse_tag(self, event: Any, mark: Mark) -> None:
        if event.tag is not None:
            message = f"expected a value without a tag, got '{event.tag}'"
            self.problems.add("TAG", message, "remove the tag; quote the value if it is text.", mark)

    def _scalar(self, event: yaml.ScalarEvent, mark: Mark) -> ScalarNode:
        self.nodes += 1
        is_plain = bool(event.implicit[0])
        value: Scalar = event.value
        if is_plain:
            try:
                value = resolve_scalar(event.value)
            except ScalarError as error:
                self.problems.add(error.code, error.message, error.fix, mark)
        return ScalarNode(value, event.value, is_plain, mark)

    def _list(self, events: Iterator[yaml.Event], mark: Mark, level: int) -> ListNode:
        self.nodes += 1
        items: list[Node] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._node(event, events, level + 1))
        size, depth = _extent(items)
        return ListNode(tuple(items), mark, size, depth)

    def _map(self, events: Iterator[yaml.Event], mark: Mark, level: int) -> MapNode:
        self.nodes += 1
        entries: dict[str, Entry] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._node(event, events, level + 1)
            key_mark = self._mark(event)
            node = self._node(next(events), events, level + 1)
            if self._good_key(key, key_mark, entries):
                entries[key.text] = Entry(key_mark, node)  # type: ignore[union-attr]
        size, depth = _extent([entry.node for entry in entries.values()])
        return MapNode(entries, mark, size, depth)

    def _good_key(self, key: Node, mark: Mark, entries: dict[str, Entry]) -> bool:
        if not isinstance(key, ScalarNode) or not key.text:
            self.problems.add("KEY", "expected a key of plain text", "write 'name: value'.", mark)
            return False
        if key.text in entries:
            first = entries[key.text].key_mark.line
            message = f"expected each key once, got '{key.text}' again (first on line {first})"
            self.problems.add("DUPLICATE", message, "keep one of the two.", mark)
            return False
        return True

    def _syntax(self, error: yaml.MarkedYAMLError) -> StudyError:
        place = error.problem_mark or error.context_mark
        mark = Mark(self.source, place.line + 1, place.column + 1) if place else Mark(self.source, 1, 1)
        line = mark.source_line or ""
        indentation = line[: len(line) - len(line.lstrip())]
        if "\t" in indentation or line[mark.column - 1 : mark.column] == "\t":
            tab = Mark(self.source, mark.line, line.index("\t") + 1)
            return _stop(self.problems, "TAB", "expected spaces, got a tab", "indent with spaces.", tab)
        reason = error.problem or error.context or "text that is not YAML"
        if _PARSER_TOO_DEEP in reason:
            return self._too_deep(mark)
        fix = "check the indentation, quotes and brackets here and on the line above."
        if "mapping values are not allowed" in reason:
            fix = "put text that holds ': ' in quotes; else check the indentation here and on the line above."
        return _stop(self.problems, "SYNTAX", f"expected YAML, got a fault: {reason}", fix, mark)

    def _mark(self, event: yaml.Event) -> Mark:
        start: Any = event.start_mark
        return Mark(self.source, start.line + 1, start.column + 1)

    def _mark_at(self, position: int) -> Mark:
        lines = _LINE_BREAK.split(self.text[:position])
        return Mark(self.source, len(lines), len(lines[-1]) + 1)


def _extent(nodes: list[Node]) -> tuple[int, int]:
    size = 1 + sum(node.size for node in nodes)
    depth = 1 + max((node.depth for node in nodes), default=0)
    return size, depth
