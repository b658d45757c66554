"""One family of errors: each names the place, the value, the rule and the remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from hrsim.plain_words import visible

LONGEST_QUOTE = 120
LONGEST_TEXT = 1200


@dataclass(frozen=True)
class Location:
    """Point at a character of a file; lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Problem:
    """State one fault, or one warning of a valid study: a code to look up, what is wrong, what to write instead.

    `location` is None when the fault lies in no file (a missing file, for example). `path` is the dotted
    path of the value in the study, and `source_line` the text of the line at fault.
    """

    code: str
    message: str
    fix: str
    location: Location | None = None
    path: str = ""
    source_line: str | None = None
    severity: Literal["error", "warning"] = "error"

    def render(self) -> str:
        """Write the problem as a compiler would, with a caret under the place."""
        place = f"{self.location}: " if self.location else ""
        lines = [f"{place}{self.severity}[{self.code}] {_short(self.message)}"]
        if self.path:
            lines.append(f"    at  {_short(self.path)}")
        if self.location and self.source_line is not None:
            lines += self._quoted_line(self.location)
        lines.append(f"    fix: {_short(self.fix)}")
        return "\n".join(visible(line, kept="\t") for line in lines)

    def _quoted_line(self, location: Location) -> list[str]:
        text, column = _window((self.source_line or "").rstrip("\r\n"), location.column)
        text, column = visible(text, kept="\t"), len(visible(text[: column - 1], kept="\t")) + 1
        before = "".join("\t" if character == "\t" else " " for character in text[: column - 1])
        margin = max(6, len(str(location.line)) + 1)
        return [f"{location.line:>{margin}} | {text}", f"{'':>{margin}} | {before}^"]


def _short(text: str) -> str:
    """Cut the middle out of a very long text."""
    if len(text) <= LONGEST_TEXT:
        return text
    half = LONGEST_TEXT // 2
    return f"{text[:half]} ... {text[-half:]}"


def _window(text: str, column: int) -> tuple[str, int]:
    """Cut a very long line to the part around the column; return it and the column inside it."""
    if len(text) <= LONGEST_QUOTE:
        return text, column
    start = max(0, min(column - 1 - LONGEST_QUOTE // 2, len(text) - LONGEST_QUOTE))
    return text[start : start + LONGEST_QUOTE], column - start


class HrsimError(Exception):
    """Report a condition the user can act on; the command line exits with `exit_code`."""

    exit_code = 1


class NotInstalled(HrsimError):
    """Report an optional library that is not installed, with the line that installs it."""

    exit_code = 7


class StudyError(HrsimError):
    """Report every problem of a study at once, sorted by file, line and column."""

    exit_code = 3

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems), key=_position))
        super().__init__(self.render())

    def render(self) -> str:
        """Write all problems in the order of their places."""
        return "\n".join(problem.render() for problem in self.problems)


def _position(problem: Problem) -> tuple[str, int, int, str, str]:
    if problem.location is None:
        return ("", 0, 0, problem.code, problem.message)
    place = problem.location
    return (place.file, place.line, place.column, problem.code, problem.message)
