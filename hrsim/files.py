"""Files written whole or not at all: beside their place first, then renamed; a fault names the file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

UNFINISHED = ".unfinished"
"""Ending of files, and name of folders, that a stop leaves behind; the next write takes their place."""


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text as it is, whole or not at all."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file, whole or not at all; an OSError names the file."""
    with whole(path) as unfinished:
        unfinished.write_bytes(data)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give the name under which to write a file; it takes its place when the block ends, and goes on a fault."""
    unfinished = path.with_name(path.name + UNFINISHED)
    try:
        yield unfinished
        unfinished.replace(path)
    except OSError as error:
        if error.filename is None or str(error.filename) == str(unfinished):
            error.filename, error.filename2 = str(path), None
        raise
    finally:
        with suppress(OSError):
            unfinished.unlink()


@contextmanager
def staged(folder: Path, last: str = "", replace: bool = False) -> Iterator[Path]:
    """Give an empty folder to write into; its files take their places in `folder` when the block ends.

    A `folder` that does not exist, or is to be replaced, comes into being whole. In one that stays, files that are not
    written stay too, each file is replaced whole, and the one named `last` after all others. A fault leaves `folder`
    as it was.
    """
    folder = folder.resolve()
    beside = folder.with_name(f".{folder.name}{UNFINISHED}")
    remove(beside)
    beside.mkdir(parents=True)
    try:
        yield beside
        if replace:
            remove(folder)
        if folder.exists():
            for name in sorted(names_in(beside), key=lambda name: (name == last, name)):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (beside / name).replace(folder / name)
        else:
            beside.rename(folder)
    finally:
        remove(beside)


def names_in(folder: Path) -> list[str]:
    """Name the files of a folder by their place inside it, in order; unfinished ones are left out."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in found if not name.endswith(UNFINISHED))


def remove(folder: Path) -> None:
    """Remove a folder, if it is there, by a name that no reader knows: a stop never leaves half of it in its place."""
    if folder.is_symlink() or not folder.is_dir():
        return
    doomed = folder.with_name(f".{folder.name.lstrip('.')}.removed-{os.getpid()}")
    folder.rename(doomed)
    shutil.rmtree(doomed, ignore_errors=True)
