"""Keep computed tables in the user's cache folder, named by a hash of what they rest on.

A folder that cannot be written, or a file that is damaged, costs time and never changes a result: the table is
computed again.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Hashable
from functools import cache
from pathlib import Path

import numpy as np
import scipy
import simpy
from numpy.typing import NDArray
from platformdirs import user_cache_dir


def kept(key: Hashable, compute: Callable[[], NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the table kept under a key, or compute and keep it.

    The key is hashed by its text, with the text of this package and the versions of the libraries it uses.
    """
    digest = hashlib.blake2b(repr(key).encode() + _code(), digest_size=16).hexdigest()
    path = Path(user_cache_dir("hrsim")) / "operations" / f"{digest}.npy"
    try:
        return np.asarray(np.load(path, allow_pickle=False))
    except (OSError, ValueError, EOFError):
        table = compute()
        _keep(table, path)
        return table


@cache
def _code() -> bytes:
    digest = hashlib.blake2b()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    for version in (sys.version, np.__version__, scipy.__version__, simpy.__version__):
        digest.update(version.encode())
    return digest.digest()


def _keep(table: NDArray[np.float64], path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    except OSError:
        return
    with os.fdopen(handle, "wb") as stream:
        np.save(stream, table)
    Path(temporary).replace(path)
