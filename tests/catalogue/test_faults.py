"""Referrals and hubs that cannot be: clear errors at the line."""

from pathlib import Path

import pytest

from hrsim.errors import StudyError
from hrsim.study.load import load_study

STUDY = """hrsim: 1
title: Faults
extends: settings/british_columbia.yaml
services:
  door: {{label: Door, reach: 1, refers_to: [{referral}]}}
{hubs}
arms:
  only: {{}}
analysis: {{comparator: only}}
"""


def faults(path: Path, referral: str = "", hubs: str = "") -> list[tuple[str, int, str]]:
    """Return code, line and message of every fault."""
    setting = Path(__file__).parents[2] / "scenarios" / "settings" / "british_columbia.yaml"
    (path / "settings").mkdir()
    (path / "settings" / setting.name).write_text(setting.read_text())
    (path / "study.yaml").write_text(STUDY.format(referral=referral, hubs=hubs))
    with pytest.raises(StudyError) as caught:
        load_study(path / "study.yaml")
    assert caught.value.exit_code == 3
    return [(fault.code, fault.location.line, fault.message) for fault in caught.value.problems]


@pytest.mark.parametrize(
    ("referral", "words"),
    [
        ("{service: door, probability: 0.1}", "itself"),
        ("{service: door, probability: 0.1, if_offered: true}", "itself"),
        ("{service: prep, probability: 0.1}", "'prep', which this arm lacks"),
        ("{service: hiv_testing, probability: 0.1}, {service: hiv_testing, probability: 0.2}", "twice"),
    ],
)
def test_referrals_that_cannot_be(referral: str, words: str, tmp_path: Path) -> None:
    found = faults(tmp_path, referral)
    assert {(code, line) for code, line, _ in found} == {("REFERS", 5)}
    assert all(words in message for _, _, message in found)


@pytest.mark.parametrize(
    ("hubs", "words"),
    [
        ("hubs: {station: [door, prep]}", "'prep'"),
        ("hubs: {station: [door], harbour: [door]}", "'station' and 'harbour'"),
        ("  hiv_testing: {site: harbour}\nhubs: {station: [hiv_testing]}", "'harbour' and the hub 'station'"),
    ],
)
def test_hubs_that_cannot_be(hubs: str, words: str, tmp_path: Path) -> None:
    found = faults(tmp_path, hubs=hubs)
    assert {code for code, _, _ in found} == {"HUB"}
    assert all(words in message for _, _, message in found)
