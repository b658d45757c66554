"""Compiled kernels are loaded only from folders that nobody else can write."""

import os
import stat
from pathlib import Path

import numba
import pytest

from hrsim.engine import cache_folder
from hrsim.engine.build import build_kernel
from hrsim.engine.cache_folder import is_private, private_folder
from tests.engine.toys import TOYS

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="owners and modes are those of POSIX")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the user a cache folder, and a temporary folder beside it."""
    beside = tmp_path / "temporary"
    beside.mkdir()
    monkeypatch.setattr(cache_folder, "user_cache_dir", lambda _: str(tmp_path / "cache"))
    monkeypatch.setattr("tempfile.tempdir", str(beside))
    return tmp_path / "cache"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_folder_is_made_private_whatever_the_mask_and_kept(cache: Path) -> None:
    old = os.umask(0)
    try:
        folder = private_folder("kernel")
    finally:
        os.umask(old)
    assert folder == cache / "kernel"
    assert mode(cache) == mode(folder) == 0o700
    (folder / "kept.py").write_text("")
    assert private_folder("kernel") == folder and (folder / "kept.py").exists()


@pytest.mark.parametrize("writable", [0o777, 0o757, 0o1777])
@pytest.mark.parametrize("where", [".", "kernel", "kernel/__pycache__", "kernel/module.py"])
def test_what_others_can_write_is_not_used(cache: Path, where: str, writable: int) -> None:
    """The cache folder itself, the kernel's, what Numba keeps in it, a file: a sticky bit saves only the way there."""
    inside = cache / "kernel" / "__pycache__"
    inside.mkdir(parents=True)
    (cache / "kernel" / "module.py").write_text("")
    (cache / where).chmod(writable)
    used = private_folder("kernel")
    harmless = where == "." and writable == 0o1777
    assert (used == cache / "kernel") == harmless
    assert is_private(used) and mode(used) & 0o077 in (0, 0o055)


def test_a_group_counts_as_others_unless_it_is_the_user_s_own(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = private_folder("kernel")
    folder.chmod(0o770)
    monkeypatch.setattr(cache_folder, "_own_group", lambda *_: False)
    assert not is_private(folder)
    monkeypatch.setattr(cache_folder, "_own_group", lambda *_: True)
    assert is_private(folder)


def test_behind_a_closed_door_modes_do_not_matter(cache: Path) -> None:
    """A generous mask lets Numba make its folder writable for the group: nobody reaches it."""
    inside = private_folder("kernel") / "__pycache__"
    inside.mkdir()
    inside.chmod(0o777)
    assert private_folder("kernel") == inside.parent


def test_a_folder_of_somebody_else_and_a_link_are_not_used(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = private_folder("kernel")
    (folder / "link.py").symlink_to(tmp_path / "elsewhere.py")
    assert not is_private(folder)
    (folder / "link.py").unlink()
    assert is_private(folder)
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    assert not is_private(folder)


def test_where_every_folder_is_open_to_others_a_new_one_serves_this_process(cache: Path) -> None:
    cache.mkdir(mode=0o777)
    cache.chmod(0o777)
    beside = cache.parent / "temporary" / f"hrsim-{os.geteuid()}"
    beside.mkdir()
    beside.chmod(0o777)
    folder = private_folder("kernel")
    assert folder.parent == cache.parent / "temporary"
    assert mode(folder) == 0o700 and not any(folder.iterdir())


def test_a_kernel_that_somebody_planted_is_not_run(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hrsim.engine.build._cache_folder", lambda *_: private_folder("kernel"))
    planted = cache / "kernel" / f"kernel_{TOYS.name}.py"
    planted.parent.mkdir(parents=True)
    planted.write_text("raise SystemExit('planted')")
    planted.parent.chmod(0o777)
    module = build_kernel.__wrapped__(TOYS)
    assert Path(module.__file__ or "").parent != planted.parent
    assert module.run is not None


@pytest.mark.parametrize(("writable", "kept"), [(0o700, True), (0o777, False)])
def test_a_folder_that_numba_was_told_to_use_is_left_alone_where_others_can_write(
    cache: Path, monkeypatch: pytest.MonkeyPatch, writable: int, kept: bool
) -> None:
    told = cache.parent / "told"
    told.mkdir()
    told.chmod(writable)
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(told))
    build_kernel.__wrapped__(TOYS)
    assert (str(told) == numba.config.CACHE_DIR) == kept  # type: ignore[attr-defined]


def test_without_users_in_numbers_the_cache_folder_serves(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows has no `os.getuid`."""
    for name in ("getuid", "geteuid"):
        monkeypatch.delattr(os, name)
    monkeypatch.setattr("hrsim.engine.build._cache_folder", lambda *_: private_folder("kernel"))
    module = build_kernel.__wrapped__(TOYS)
    assert Path(module.__file__ or "").parent == cache / "kernel"
