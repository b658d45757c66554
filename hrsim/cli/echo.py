"""The one way to the terminal: what is printed can be seen, whatever a study holds and whatever the terminal reads."""

from __future__ import annotations

import codecs
import io
import sys
import unicodedata
from typing import TYPE_CHECKING, Any

import typer

from hrsim.plain_words import visible

if TYPE_CHECKING:
    from rich.console import Console

REPLACED = {
    "\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"',
    "\u2026": "...", "\u00d7": "x", "\u2265": ">=", "\u2264": "<=", "\u2192": "->", "\u00b1": "+-",
}  # fmt: skip
"""What stands for signs of a report that an old encoding lacks; a minus must not become a question mark."""
HANDLER = "hrsim_nearest"


def echo(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print text; characters that cannot be seen are written out."""
    typer.echo(visible(text), err=err, nl=nl)


def terminal(**options: Any) -> Console:
    """Return a console of rich that shows texts as they are: made visible, nothing in them taken for markup."""
    from rich.console import Console
    from rich.text import Text

    class Seen(Console):
        def render_str(self, text: str, **given: Any) -> Text:
            return super().render_str(visible(text), **given)

    return Seen(highlight=False, markup=False, **options)


def use_nearest_characters() -> None:
    """Let both outputs print the nearest character where their encoding lacks one, instead of failing."""
    codecs.register_error(HANDLER, _nearest)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=HANDLER)


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    found = "".join(_one(character, error.encoding) for character in error.object[error.start : error.end])
    return found, error.end


def _one(character: str, encoding: str) -> str:
    candidates = (REPLACED.get(character, ""), unicodedata.normalize("NFKD", character))
    for candidate in candidates:
        found = candidate.encode(encoding, errors="ignore").decode(encoding)
        if found:
            return found
    return "?"
