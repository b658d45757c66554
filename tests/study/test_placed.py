"""Faults that appear only after a study was read have its file and a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from hrsim.errors import HrsimError, Problem, StudyError
from hrsim.experiment.design import design
from hrsim.simulate import arrange, prepare
from hrsim.study.load import load_study
from hrsim.study.placed import faults_placed
from hrsim.study.resolved import ResolvedStudy

STUDY = """\
hrsim: 1
title: A first study
extends: settings/blank.yaml
population: {size: 100}
arms:
  all: %s
analysis: {comparator: all, draws: 2}
"""


def study(folder: Path, arm: str = "{}", top: str = "") -> ResolvedStudy:
    path = folder / "first.yaml"
    path.write_text((STUDY % arm) + top, encoding="utf-8")
    return load_study(path)


def places(error: StudyError) -> set[tuple[str, int]]:
    return {(Path(p.location.file).name, p.location.line) for p in error.problems if p.location}


def test_a_fault_found_while_compiling_stands_at_its_line(tmp_path: Path) -> None:
    services = ", ".join(f"s{n}: {{label: S, reach: 1}}" for n in range(63))
    with pytest.raises(StudyError) as caught:
        prepare(study(tmp_path, f"{{services: {{{services}}}}}"))
    assert places(caught.value) == {("first.yaml", 6)}
    own = "events: {entry: {label: E, rate: 1}}\n"
    with pytest.raises(StudyError) as caught:
        prepare(study(tmp_path, top=own))
    assert places(caught.value) == {("first.yaml", 8)}


def test_a_fault_that_has_a_path_only_stands_at_its_line(tmp_path: Path) -> None:
    resolved = study(tmp_path)
    with pytest.raises(StudyError) as caught, faults_placed(resolved):
        raise StudyError([_nowhere("analysis.draws")])
    assert places(caught.value) == {("first.yaml", 7)}


def test_a_fault_within_an_arm_is_found_by_its_path_within_the_arm(tmp_path: Path) -> None:
    resolved = study(tmp_path, "{services: {mine: {label: M, reach: 1}}}")
    with pytest.raises(StudyError) as caught, faults_placed(resolved):
        raise StudyError([_nowhere("services.mine.costs")])
    assert places(caught.value) == {("first.yaml", 6)}


def test_any_other_fault_names_the_file_once(tmp_path: Path) -> None:
    resolved = study(tmp_path)
    match = r"first\.yaml: the run stopped"
    with pytest.raises(HrsimError, match=match) as caught, faults_placed(resolved), faults_placed(resolved):
        raise HrsimError("the run stopped")
    assert str(caught.value).count("first.yaml") == 1


def test_a_sound_study_raises_nothing(tmp_path: Path) -> None:
    resolved = study(tmp_path)
    with faults_placed(resolved):
        assert arrange(design(resolved).resolved).frame.arms == ("all",)


def _nowhere(path: str) -> Problem:
    return Problem("RANGE", "expected less", "write less.", path=path)
