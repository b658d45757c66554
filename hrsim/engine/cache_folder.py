"""Where compiled kernels are kept: in folders that nobody else can write, because what lies there is run as code."""

import atexit
import os
import shutil
import stat
import tempfile
from pathlib import Path

from platformdirs import user_cache_dir

_ENTER = stat.S_IXGRP | stat.S_IXOTH


def private_folder(name: str) -> Path:
    """Return a folder of that name for this user alone: kept in the user's cache, else for this process only."""
    for base in _bases():
        folder = base / name
        try:
            base.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK) and is_private(folder):
            return folder
    folder = Path(tempfile.mkdtemp(prefix="hrsim-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def is_private(folder: Path) -> bool:
    """Return whether nobody but this user and the system can change a folder, what it holds, or the way to it.

    What a folder holds that others cannot enter may have any mode. On Windows a user's own folders are private by
    their access lists, which are left alone.
    """
    me = _user()
    if me is None:
        return True
    try:
        whole = folder.resolve(strict=True)
        found = whole.stat()
        entered = bool(found.st_mode & _ENTER)
        inside = (path.lstat() for path in whole.rglob("*"))
        return (
            _mine(found, me)
            and not _others_write(found, me)
            and all(_mine(one, me) and not (entered and _others_write(one, me)) for one in inside)
            and all(_safe_way(path.stat(), me) for path in whole.parents)
        )
    except OSError:
        return False


def _bases() -> tuple[Path, ...]:
    cache = Path(user_cache_dir("hrsim"))
    me = _user()
    return (cache,) if me is None else (cache, Path(tempfile.gettempdir()) / f"hrsim-{me}")


def _user() -> int | None:
    """Return this user's number, None on systems that have none."""
    ask = getattr(os, "geteuid", None)
    return None if ask is None else int(ask())


def _mine(found: os.stat_result, me: int) -> bool:
    return found.st_uid == me and not stat.S_ISLNK(found.st_mode)


def _safe_way(found: os.stat_result, me: int) -> bool:
    """Return whether others cannot put another folder in the place of one below: a sticky folder lets only owners."""
    if found.st_uid not in (me, 0):
        return False
    return not _others_write(found, me) or bool(found.st_mode & stat.S_ISVTX)


def _others_write(found: os.stat_result, me: int) -> bool:
    if found.st_mode & stat.S_IWOTH:
        return True
    return bool(found.st_mode & stat.S_IWGRP) and not _own_group(found.st_gid, me)


def _own_group(group: int, me: int) -> bool:
    """Return whether a group is a user's alone, as many systems make one of the user's own name for each."""
    try:
        import grp  # not on Windows
        import pwd

        name, found = pwd.getpwuid(me).pw_name, grp.getgrgid(group)
    except (ImportError, KeyError):
        return False
    return found.gr_name == name and set(found.gr_mem) <= {name}
