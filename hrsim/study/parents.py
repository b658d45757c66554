"""Follow `extends` from a study to its parents, without leaving the study's and the packaged folder."""

from __future__ import annotations

from pathlib import Path as FilePath
from pathlib import PurePosixPath, PureWindowsPath

from hrsim.study.documents import refuse_other_kinds
from hrsim.study.reader import read_file
from hrsim.study.tree import Entry, MapNode, Problems, ScalarNode, describe, nearest_or

SETTINGS = "settings/"
_PACKAGE = FilePath(__file__).resolve().parents[1]


def packaged_scenarios() -> FilePath:
    """Return the folder of shipped studies: inside the wheel, or the checkout's `scenarios/`."""
    installed = _PACKAGE / "scenarios"
    return installed if installed.is_dir() else _PACKAGE.parent / "scenarios"


def packaged_calibrations() -> FilePath:
    """Return the folder above the shipped `calibration/`: the package itself, or the checkout."""
    return _PACKAGE if (_PACKAGE / "calibration").is_dir() else _PACKAGE.parent


def read_chain(path: FilePath, problems: Problems) -> tuple[list[MapNode], bool]:
    """Read a study and its parents; return the trees, eldest parent first, and whether all were found.

    Raises:
        StudyError: a file of the chain cannot be read as a mapping.
    """
    home = beside = path.parent
    tree = read_file(path, problems)
    refuse_other_kinds(tree, ("hrsim",), problems)
    chain = [tree]
    names = {path.resolve(): path.name}
    while (entry := tree.entries.get("extends")) is not None:
        found = _parent(entry, beside, home, problems)
        if found is None:
            return chain[::-1], False
        parent, name = found
        beside = parent.parent
        if parent.resolve() in names:
            _report_cycle(entry, list(names.values()), names[parent.resolve()], problems)
            return chain[::-1], False
        names[parent.resolve()] = name
        tree = read_file(parent, problems, display=_display(parent, home, name), name=name)
        chain.append(tree)
    return chain[::-1], True


def _display(parent: FilePath, home: FilePath, name: str) -> str:
    return str(home / name) if parent == home / name else str(parent)


def _report_cycle(entry: Entry, names: list[str], again: str, problems: Problems) -> None:
    circle = " -> ".join([*names[names.index(again) :], again])
    message = f"expected a parent that does not lead back, got the cycle {circle}"
    problems.add("CYCLE", message, "remove one 'extends' of the circle.", entry.node.mark, ("extends",))


def _parent(
    entry: Entry, beside: FilePath, home: FilePath, problems: Problems
) -> tuple[FilePath, str] | None:
    node = entry.node
    if not isinstance(node, ScalarNode) or not isinstance(node.value, str) or not node.value:
        message = f"expected the file name of one parent, got {describe(node)}"
        problems.add(
            "PARENT", message, "write 'extends: settings/british_columbia.yaml'.", node.mark, ("extends",)
        )
        return None
    name = node.value
    folders = (beside, home, packaged_scenarios())
    if leaves_folder(name):
        _refuse_outside(node, name, problems)
        return None
    for folder in folders:
        candidate = folder / name
        if _is_file(candidate):
            if not candidate.resolve().is_relative_to(folder.resolve()):
                _refuse_outside(node, name, problems)
                return None
            return candidate, name
    message = f"expected a parent in the study's folder or among the shipped studies, got '{name}'"
    fix = _nearest_parent(name, folders, FilePath(node.mark.source.display).name)
    problems.add("PARENT", message, fix, node.mark, ("extends",))
    return None


def _nearest_parent(name: str, folders: tuple[FilePath, ...], itself: str) -> str:
    """Write the remedy for an unknown parent: the files that it may mean, or the settings that are shipped."""
    known = {file.relative_to(folder).as_posix() for folder in folders for file in _yaml_files(folder)}
    if name in known:
        return "it is a link that leads to no file: put the file in its place."
    settings = {file for file in known if file.startswith(SETTINGS)}
    otherwise = f"settings known here: {', '.join(sorted(settings))}; or name a study of this folder."
    return nearest_or(name, settings, nearest_or(name, known - {itself}, otherwise))


def _is_file(candidate: FilePath) -> bool:
    try:
        return candidate.is_file()
    except OSError:
        return False


def _yaml_files(folder: FilePath) -> list[FilePath]:
    """List the YAML files of a folder and of its direct subfolders; never more, the folder may be a home."""
    return [*folder.glob("*.yaml"), *folder.glob("settings/*.yaml")]


def leaves_folder(name: str) -> bool:
    """Tell whether a relative name leads out of the folder that it is read from."""
    windows = PureWindowsPath(name)
    return (
        "://" in name
        or ".." in windows.parts
        or bool(windows.drive or windows.root)
        or PurePosixPath(name).is_absolute()
        or name.startswith("~")
    )


def file_beside(name: str, folder: FilePath) -> FilePath | None:
    """Return the file of a relative name in a folder; None where there is none, or where it lies outside."""
    file = folder / name
    if leaves_folder(name) or not _is_file(file) or not file.resolve().is_relative_to(folder.resolve()):
        return None
    return file


def _refuse_outside(node: ScalarNode, name: str, problems: Problems) -> None:
    message = f"expected a file inside the study's folder or among the shipped studies, got '{name}'"
    fix = "copy the parent into the study's folder and write its relative name."
    problems.add("OUTSIDE", message, fix, node.mark, ("extends",))
