"""Faults of the schema and those of a valid study appear in one pass, without faults that follow from others."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hrsim.errors import StudyError
from hrsim.experiment.design import load_checked

FOLDER = Path(__file__).parents[1] / "bad_studies"
OF_THE_SCHEMA = [
    "TYPE",
    "RANGE",
    "UNKNOWN_KEY",
    "MISSING",
    "KIND",
    "UNIT",
    "CHOICE",
    "FORM",
    "SHARES",
    "DURATION",
    "HOURS",
    "PROCESS",
    "PROMPT",
    "ORDER",
    "RAMP",
    "INTERVAL",
    "CAPACITY",
]
HEAD = "hrsim: 1\ntitle: Two faults\nextends: base.yaml\narms: {status_quo: {}}\n"
OF_A_VALID_STUDY = {
    "GROUP": (FOLDER / "GROUP.yaml").read_text(encoding="utf-8"),
    "GOVERNANCE": (FOLDER / "GOVERNANCE.yaml").read_text(encoding="utf-8"),
    "UNUSED": HEAD
    + "services: {van: {label: Van, reach: 1, costs: [{per: kit, price: 5, currency: CAD, price_year: 2024, "
    "payer: health_sector, sector: health, category: services}]}}\n",
    "INTERVAL": HEAD
    + "services: {van: {label: Van, reach: {value: 1, low: 0.999, high: 9, dist: normal, source: a survey}}}\n",
}
SHIPPED = """hrsim: 1
title: Two faults
extends: settings/british_columbia.yaml
arms: {status_quo: {}}
population: {size: 100}
analysis: {comparator: status_quo, draws: 8, perspectives: [healthcare]}
"""


def codes(caught: pytest.ExceptionInfo[StudyError]) -> set[str]:
    return {problem.code for problem in caught.value.problems}


@pytest.mark.parametrize("late", OF_A_VALID_STUDY)
@pytest.mark.parametrize("early", OF_THE_SCHEMA)
def test_a_fault_of_the_schema_hides_no_other(early: str, late: str, load, tmp_path: Path) -> None:
    for name in ("base", early):
        shutil.copy(FOLDER / f"{name}.yaml", tmp_path)
    text = OF_A_VALID_STUDY[late].replace("extends: base.yaml", f"extends: {early}.yaml")
    (tmp_path / "two.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        load(tmp_path / "two.yaml")
    assert codes(caught) == {early, late}
    assert len({(one.code, one.location) for one in caught.value.problems}) == 2


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("horizon: {yaers: 5}", "UNKNOWN_KEY"),
        ("population: {size: 100, share_male: 60%}", "TYPE"),
        ("services: {oat_methadone: {capacity: {places: -5}}}", "RANGE"),
        ("processes: {hvi: false}", "PROCESS"),
        ("parameters: {oat.raech: 0.5}", "EVIDENCE"),
        ("parameters: {oat.od_ratio_in_vs_out: {value: 0.5, low: 0.1, high: 0.2}}", "INTERVAL"),
    ],
)
def test_faults_of_money_come_with_any_other(fault: str, code: str, tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    kept = [line for line in SHIPPED.splitlines() if line.split(":")[0] != fault.split(":")[0]]
    path.write_text("\n".join([*kept, fault]), encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        load_checked(path)
    assert codes(caught) == {code, "PRICE"}


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ("population: {groups: {zone: {north: much, south: rest}}}\n"
         "services: {naloxone: {access: {zone: {north: 0.4}}}}", "TYPE"),
        ("population: {gruops: {zone: {north: 0.3, south: rest}}}\n"
         "services: {naloxone: {access: {zone: {north: 0.4}}}}", "UNKNOWN_KEY"),
        ("groups: {zone: {north: 0.3, south: rest}}\n"
         "services: {naloxone: {access: {zone: {north: 0.4}}}}", "UNKNOWN_KEY"),
        ("services: {van: {label: Van, reach: 1, delivers: {naloxone_kits: two}, costs: [{per: kit, price: 5, "
         "currency: CAD, price_year: 2024, payer: health_sector, sector: health, category: services}]}}", "TYPE"),
    ],
)  # fmt: skip
def test_what_follows_from_a_faulty_part_is_not_shown(parts: str, code: str, load, tmp_path: Path) -> None:
    shutil.copy(FOLDER / "base.yaml", tmp_path)
    (tmp_path / "one.yaml").write_text(HEAD + parts, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        load(tmp_path / "one.yaml")
    assert codes(caught) == {code}


def test_a_place_in_a_list_stays_that_of_the_file(load, tmp_path: Path) -> None:
    shutil.copy(FOLDER / "base.yaml", tmp_path)
    price = "currency: CAD, price_year: 2024, payer: health_sector, sector: health, category: services"
    van = f"{{per: contact, price: much, {price}}}, {{per: kit, price: 5, {price}}}"
    text = f"{HEAD}services: {{van: {{label: Van, reach: 1, costs: [{van}]}}}}\n"
    (tmp_path / "list.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        load(tmp_path / "list.yaml")
    assert codes(caught) >= {"TYPE"}
    shown = {problem.code: problem.path for problem in caught.value.problems}
    assert "costs.0" in shown["TYPE"]
    assert shown["UNUSED"].endswith("costs.1.per")
