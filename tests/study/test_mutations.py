"""Whatever is done to a valid study, loading succeeds or reports: never any other error."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hrsim.errors import StudyError

ODD_VALUES = [
    None, True, -1, 0, 1e308, 10**18, 0.5, "", "60%", "+5", "NO", "2026-02-30", "status_quo", "18 months",
    [], [[]], [None], {}, {"": 1}, {"value": 1}, {"evidence": "oat.reach"}, {"evidence": []},
    {"from": {}, "to": []}, "oat",
    {"extends": ["cuts"]}, ["arms.cuts"], "settings/town.yaml", "x" * 3000, {"remove": ["services"]},
]  # fmt: skip
ODD_KEYS = [
    "extends",
    "remove",
    "services",
    "arms",
    "value",
    "from",
    "x-own",
    "oat",
    "",
    "resolved",
    "parameters",
    "1",
]
ODD_TEXT = [
    "\t",
    ":",
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a",
    "!t ",
    "'",
    '"',
    "\n",
    "- ",
    "#",
    "%",
    "\x00",
    "é",
    "? ",
    "+",
    "...",
]


def places(data: Any) -> list[tuple[Any, Any]]:
    """Return every container with each of its keys or indices."""
    found: list[tuple[Any, Any]] = []
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        found += [(data, key), *places(value)]
    return found


def mutate(data: Any, luck: random.Random) -> None:
    container, key = luck.choice(places(data))
    change = luck.randrange(4)
    if change == 0:
        del container[key]
    elif change == 1:
        container[key] = copy.deepcopy(luck.choice(ODD_VALUES))
    elif change == 2 and isinstance(container, dict):
        container[luck.choice(ODD_KEYS)] = copy.deepcopy(luck.choice(ODD_VALUES))
    else:
        other, other_key = luck.choice(places(data))
        container[key] = yaml.safe_load(yaml.safe_dump(other[other_key]))


def load_or_refuse(load: Any, path: Path) -> None:
    try:
        load(path)
    except StudyError as error:
        assert error.problems
        assert all(problem.fix and problem.message and problem.code for problem in error.problems)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, studies: Path) -> Path:
    folder = tmp_path_factory.mktemp("mutations")
    (folder / "settings").mkdir()
    (folder / "settings" / "town.yaml").write_text((studies / "settings" / "town.yaml").read_text())
    return folder


COMMON = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@given(
    seed=st.integers(0, 2**32),
    changes=st.integers(1, 4),
    name=st.sampled_from(["town.yaml", "settings/town.yaml"]),
)
@settings(COMMON, max_examples=400)
def test_mutated_structure(load, folder: Path, studies: Path, seed: int, changes: int, name: str) -> None:
    data = yaml.load((studies / name).read_text(), Loader=yaml.BaseLoader if seed % 2 else yaml.SafeLoader)
    luck = random.Random(seed)
    for _ in range(changes):
        if places(data):
            mutate(data, luck)
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    load_or_refuse(load, path)


@given(seed=st.integers(0, 2**32), name=st.sampled_from(["town.yaml", "settings/town.yaml"]))
@settings(COMMON, max_examples=400)
def test_garbled_text(load, folder: Path, studies: Path, seed: int, name: str) -> None:
    luck = random.Random(seed)
    text = (studies / name).read_text()
    for _ in range(luck.randrange(1, 4)):
        place = luck.randrange(len(text))
        text = text[:place] + luck.choice(["", *ODD_TEXT]) + text[place + luck.randrange(3) :]
    path = folder / "study.yaml"
    path.write_text(text)
    load_or_refuse(load, path)


@given(data=st.binary(max_size=200))
@settings(COMMON, max_examples=100)
def test_arbitrary_bytes(load, folder: Path, data: bytes) -> None:
    path = folder / "study.yaml"
    path.write_bytes(data)
    load_or_refuse(load, path)


@given(path=st.text(max_size=20), value=st.text(max_size=20))
@settings(COMMON, max_examples=100)
def test_arbitrary_overrides(load, studies: Path, path: str, value: str) -> None:
    try:
        load(studies / "town.yaml", (f"{path}={value}", f"services.oat.{path}={value}"))
    except StudyError as error:
        assert error.problems
