"""Cases are data: every study of the folder belongs to one, and faults are named with their place."""

from pathlib import Path

import pytest

from hrsim.errors import StudyError
from hrsim.validate.cases import UnknownCase, chosen_cases, read_case, shipped_cases

GOOD = """
hrsim_case: 1
title: t
heading: internal
tier: A
citation: c
obtained_from: o
acceptance: a
studies: {one: {file: one.yaml, replicates: 4, quick: 2}}
measures:
  - {name: n, of: "events(none, overdose_death)", published: 3, obtained: seen, accept: {within: 0.1}}
"""


def problems(tmp_path: Path, text: str) -> str:
    path = tmp_path / "x.expected.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as error:
        read_case(path)
    return str(error.value)


def test_every_study_of_the_folder_belongs_to_a_case() -> None:
    folder = next(iter(shipped_cases().values())).parent
    named = {run.file for path in shipped_cases().values() for run in read_case(path).studies.values()}
    present = {path.name for path in folder.glob("*.yaml") if not path.name.endswith(".expected.yaml")}
    assert present == named


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("obtained: seen", "obtained: guessed", "'guessed'"),
        ("accept: {within: 0.1}", "accept: {}", "expected a rule"),
        ("accept: {within: 0.1}", "accept: {low: 3, high: 2}", "low <= high"),
        ("published: 3, ", "", "beside a rule that is about the distance"),
        ("events(none, overdose_death)", "import os", "formula"),
        ("events(none, overdose_death)", "eval(none)", "none of events"),
        ("events(none, overdose_death)", "events(none)[0]", "formula"),
        ("replicates: 4", "replicates: 1", "2 or more"),
        ("replicates: 4, quick: 2", "replicates: 4", "'replicates' and 'quick' together"),
        ("accept: {within: 0.1}", "accept: {within: 0.1}, known_gap: true", "because"),
        ("citation: c\n", "", "citation"),
    ],
)
def test_a_fault_is_named_with_its_place(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in GOOD
    shown = problems(tmp_path, GOOD.replace(old, new))
    assert words in shown
    assert "x.expected.yaml:" in shown


def test_a_cohort_document_is_no_case(tmp_path: Path) -> None:
    assert "'hrsim cohort'" in problems(tmp_path, "hrsim_cohort: 1\ntitle: t\n")


def test_an_unknown_case_is_a_fault_of_the_command() -> None:
    with pytest.raises(UnknownCase, match="act_hr_cba"):
        chosen_cases(["act_hr_cb"])
