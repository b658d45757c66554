"""The documents in docs/cohort.md are complete, and give what their sources give."""

import re
from pathlib import Path

import pytest

from hrsim.cohort.results import Comparison, compare_file

PAGE = Path(__file__).parents[2] / "docs" / "cohort.md"


def test_the_examples_run(tmp_path: Path) -> None:
    texts = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    found: list[Comparison] = []
    for text in texts:
        path = tmp_path / "example.yaml"
        path.write_text(text, encoding="utf-8")
        found.append(compare_file(path))
    cohort, results = found
    assert cohort.effects["combination"] > cohort.effects["monotherapy"]
    assert results.standings["b"].icer == pytest.approx(5000.0)
