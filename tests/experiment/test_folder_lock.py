"""The lock of a folder: one at a time, whatever way the folder is named, and free again afterwards."""

import subprocess
import sys

import pytest

from hrsim.experiment.errors import RunFolderError
from hrsim.experiment.folder_lock import locked

HOLD = """
import sys
from pathlib import Path
from hrsim.experiment.folder_lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_another_process_is_refused_in_words_until_the_first_ends(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "run")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(RunFolderError, match="another hrsim is at work here"), locked(tmp_path / "run"):
            pass
        holder.kill()
    with locked(tmp_path / "run"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_two_names_of_one_folder_share_a_lock(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "run")
    with locked(tmp_path / "run"), pytest.raises(RunFolderError), locked(tmp_path / "link"):
        pass
    with locked(tmp_path / "other"), locked(tmp_path / "run"):
        pass
