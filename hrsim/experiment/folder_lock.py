"""The lock of a folder: one hrsim at a time writes into it; the system lets go of it however the program ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hrsim.experiment.errors import RunFolderError


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, which need not exist yet; raise RunFolderError when another hrsim holds it.

    The lock is a file beside the folder, `.NAME.lock`, which goes when the lock does.
    """
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = folder.with_name(f".{folder.name}.lock")
    handle = _taken(lock)
    if handle is None:
        raise RunFolderError(
            f"{folder}: another hrsim is at work here: wait until it has ended, or choose another --out"
        )
    try:
        yield
    finally:
        try:
            with suppress(OSError):  # Windows keeps a file that is open; it is empty and does no harm
                lock.unlink()
        finally:
            os.close(handle)


def _taken(lock: Path) -> int | None:
    """Open and lock a file; None where another process has it."""
    while True:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
        if not _locked(handle):
            os.close(handle)
            return None
        with suppress(OSError):
            if os.path.samestat(os.fstat(handle), lock.stat()):
                return handle
        os.close(handle)  # whoever had it removed it meanwhile


def _locked(handle: int) -> bool:
    """Lock an open file without waiting; tell whether that succeeded."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
