"""Each error code is raised alone by its bad file, at the line marked `# here`."""

from __future__ import annotations

from pathlib import Path

import pytest

from hrsim.errors import StudyError
from hrsim.study.explain import codes

FOLDER = Path(__file__).parents[1] / "bad_studies"
WITHOUT_FILE = {"FILE", "SIZE", "OVERRIDE", "PATH"}
NOT_OF_STUDIES = {
    "PRICE",
    "CURRENCY",
    "UTILITY",
    "LEDGER",
    "SIMULATED",
    "COUNTED_TWICE",
}  # raised beside prices, not in a study's file
OF_CALIBRATIONS = {"TARGET", "YEARS", "LIKELIHOOD", "FIXED", "STATE"}  # tests/calibrate/test_reading.py
OF_CASES = {"FORMULA"}  # tests/validate/test_running.py
OF_THE_REGISTER = "EVIDENCE_"
OF_COHORTS = "COHORT_"  # tests/cohort/test_faults.py
WARNINGS = {path.stem for path in (FOLDER.parent / "warned_studies").glob("*.yaml") if path.stem != "base"}
CODES = sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != "base")


def marked_line(path: Path) -> int:
    lines = path.read_bytes().decode("latin-1").splitlines()
    marked = [number for number, line in enumerate(lines, start=1) if "# here" in line]
    return marked[0] if marked else len(lines)


@pytest.mark.parametrize("code", CODES)
def test_bad_file_raises_its_code_at_its_line(code: str, load) -> None:
    path = FOLDER / f"{code}.yaml"
    with pytest.raises(StudyError) as caught:
        load(path)
    problems = caught.value.problems
    assert {problem.code for problem in problems} == {code}
    assert all(problem.location.line == marked_line(path) for problem in problems)
    assert all(problem.fix and problem.message for problem in problems)
    assert caught.value.exit_code == 3


def test_every_code_has_a_page_and_a_bad_file() -> None:
    of_studies = {code for code in codes() if not code.startswith((OF_THE_REGISTER, OF_COHORTS))}
    of_others = WITHOUT_FILE | NOT_OF_STUDIES | OF_CALIBRATIONS | OF_CASES
    assert set(CODES) | WARNINGS | of_others == of_studies
