"""Explain an error code: its meaning, a bad example and a good one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hrsim.errors import HrsimError
from hrsim.study.reader import read_file
from hrsim.study.tree import Problems, nearest, plain

CODES_FILE = Path(__file__).with_name("codes.yaml")


class UnknownCode(HrsimError):
    """Report a code that no error has."""

    exit_code = 2


@cache
def _pages() -> dict[str, dict[str, str]]:
    pages: dict[str, dict[str, str]] = plain(read_file(CODES_FILE, Problems()))
    return pages


def codes() -> tuple[str, ...]:
    """Return every error code, in the order in which a study is read."""
    return tuple(_pages())


def titles() -> str:
    """Return every error code with the first sentence of what it means, one a line."""
    width = max(map(len, codes()))
    return "".join(
        f"{code:{width}}  {' '.join(page['meaning'].split()).partition('. ')[0].rstrip('.')}.\n"
        for code, page in _pages().items()
    )


def explain(code: str) -> str:
    """Return the page of an error code.

    Raises:
        UnknownCode: no error has this code.
    """
    page = _pages().get(code.upper())
    if page is None:
        raise UnknownCode(f"expected an error code, got '{code}': {nearest(code.upper(), codes(), 'codes')}")
    parts = [f"{code.upper()}: {page['meaning']}"]
    for name in ("bad", "good"):
        parts.append(f"{name}:\n" + "\n".join(f"    {line}" for line in page[name].splitlines()))
    return "\n\n".join(parts) + "\n"
