"""Files are written whole or not at all, and a fault names the file that was meant."""

import errno

import pytest

from hrsim.files import names_in, staged, whole, write_text


def test_a_fault_leaves_the_former_file_and_names_it(tmp_path):
    path = tmp_path / "table.csv"
    write_text(path, "before\n")
    with pytest.raises(OSError, match="No space left") as fault, whole(path) as unfinished:
        unfinished.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert fault.value.filename == str(path)
    assert path.read_text() == "before\n"
    assert [found.name for found in tmp_path.iterdir()] == ["table.csv"]


def test_a_folder_takes_all_files_or_none(tmp_path):
    folder = tmp_path / "run"
    (folder / "tables").mkdir(parents=True)
    (folder / "tables" / "a.csv").write_text("old")
    (folder / "note.txt").write_text("mine")
    with pytest.raises(ValueError, match="stop"), staged(folder) as beside:
        (beside / "b.csv").write_text("new")
        raise ValueError("stop")
    assert names_in(folder) == ["note.txt", "tables/a.csv"]
    with staged(folder) as beside:
        (beside / "tables").mkdir()
        (beside / "tables" / "a.csv").write_text("new")
    assert (folder / "tables" / "a.csv").read_text() == "new"
    assert names_in(folder) == ["note.txt", "tables/a.csv"]
    assert [found.name for found in tmp_path.iterdir()] == ["run"]


def test_a_new_folder_comes_into_being_whole(tmp_path):
    with staged(tmp_path / "new") as beside:
        (beside / "a.txt").write_text("a")
        assert not (tmp_path / "new").exists()
    assert names_in(tmp_path / "new") == ["a.txt"]
