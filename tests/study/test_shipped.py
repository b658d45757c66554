"""What is shipped is valid: every catalogue service by itself, every scenario as a study."""

from __future__ import annotations

from pathlib import Path

import pytest

from hrsim.evidence.register import load_register
from hrsim.study.catalogue import read_catalogue
from hrsim.study.load import load_study
from hrsim.study.parents import packaged_scenarios
from hrsim.study.services import Service
from hrsim.study.show import resolved_yaml
from hrsim.study.tree import Problems
from hrsim.study.validate import validate

OTHER_DOCUMENTS = (".expected.yaml", ".cohort.yaml", ".results.yaml")  # tests/validate/test_running.py
SCENARIOS = sorted(
    path for path in packaged_scenarios().rglob("*.yaml") if not path.name.endswith(OTHER_DOCUMENTS)
)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_shipped_scenario_is_valid_and_its_resolved_form_is_the_same_study(
    path: Path, tmp_path: Path
) -> None:
    study = load_study(path)
    resolved = tmp_path / "resolved.yaml"
    resolved.write_text(resolved_yaml(study))
    again = load_study(resolved, catalogue={})
    assert again.study.arms == study.study.arms
    assert resolved_yaml(again) == resolved_yaml(study)


def test_scenarios_are_shipped() -> None:
    assert len(SCENARIOS) >= 5


@pytest.mark.parametrize("name", sorted(read_catalogue()))
def test_a_catalogue_service_is_valid_by_itself(name: str) -> None:
    problems = Problems()
    assert validate(Service, read_catalogue()[name], load_register(), problems) is not None, problems.found
