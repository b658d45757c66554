"""A tiny catalogue and register, so that these tests depend on no shipped data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from hrsim.study.catalogue import read_catalogue
from hrsim.study.load import ResolvedStudy, load_study
from hrsim.study.tree import MapNode

HERE = Path(__file__).parent


class Row(NamedTuple):
    kind: str
    unit: str


EVIDENCE = {
    "oat.reach": Row("rate", "per person-year"),
    "oat.leave": Row("rate", "per week^shape"),
    "oat.overdose": Row("ratio", "rate ratio"),
    "oat.cost": Row("cost", "CAD per year"),
    "oat.patience_days": Row("duration", "days"),
}

Load = Callable[..., ResolvedStudy]


@pytest.fixture(scope="session")
def catalogue() -> dict[str, MapNode]:
    return read_catalogue(HERE / "catalogue")


@pytest.fixture(scope="session")
def evidence() -> dict[str, Row]:
    return EVIDENCE


@pytest.fixture(scope="session")
def load_shipped() -> Load:
    return load_study


@pytest.fixture(scope="session")
def load(catalogue: dict[str, MapNode]) -> Load:
    def load_with_test_catalogue(path: Path, overrides: tuple[str, ...] = ()) -> ResolvedStudy:
        return load_study(path, overrides, catalogue=catalogue, evidence=EVIDENCE)

    return load_with_test_catalogue


@pytest.fixture(scope="session")
def studies() -> Path:
    return HERE / "studies"


@pytest.fixture(scope="session")
def bad_studies() -> Path:
    return HERE.parent / "bad_studies"


@pytest.fixture
def write(tmp_path: Path, studies: Path) -> Callable[[str], Path]:
    """Write a study beside a copy of the test setting; return its path."""

    def write_study(text: str, name: str = "study.yaml") -> Path:
        (tmp_path / "settings").mkdir(exist_ok=True)
        (tmp_path / "settings" / "town.yaml").write_text((studies / "settings" / "town.yaml").read_text())
        path = tmp_path / name
        path.write_text(text)
        return path

    return write_study
