"""The published series load typed, and the ones for the face check are there."""

from __future__ import annotations

import pytest

from hrsim.evidence.tables import RegisterError
from hrsim.evidence.targets import TARGET_COLUMNS, load_targets, parse_targets, series

HEADER = ",".join(TARGET_COLUMNS) + "\n"


def test_every_shipped_target_has_its_own_id_and_a_source():
    targets = load_targets()
    assert len({target.id for target in targets}) == len(targets)
    assert all(target.citation for target in targets)


@pytest.mark.parametrize(
    ("setting", "quantity", "periods"),
    [
        ("Canada - British Columbia (OUD population, OPTIMA)", "Fatal overdoses per person with OUD", 3),
        ("Canada - British Columbia (OUD population, OPTIMA)", "Non-fatal overdoses per person with OUD", 3),
        ("Canada - British Columbia", "Illicit/unregulated drug toxicity deaths (BC Coroners)", 12),
        ("Canada - British Columbia", "EMS responses for suspected opioid overdose", 8),
    ],
)
def test_series_for_the_face_check(setting, quantity, periods):
    found = series(setting, quantity)
    assert len(found) == periods
    assert [target.period for target in found] == sorted(target.period for target in found)


def test_a_series_that_is_not_held_is_empty():
    assert series("Canada - British Columbia", "Sunshine hours") == ()


def test_all_faults_are_reported_at_once():
    outside = "a,x,2020,q,5,1,2,n,s,seen,published,\n"
    twice_without_source = "a,x,2020,q,1,,,n,,seen,none,\n"
    words = "b,x,2020,q,many,,,n,s,seen,none,\n"
    with pytest.raises(RegisterError) as caught:
        parse_targets(HEADER + outside + twice_without_source + words)
    assert sorted(problem.code for problem in caught.value.problems) == [
        "EVIDENCE_DUPLICATE",
        "EVIDENCE_NUMBER",
        "EVIDENCE_RANGE",
        "EVIDENCE_SOURCE",
    ]
