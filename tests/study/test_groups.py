"""Groups in a study: forms that are read, and faults that are told at their line."""

import pytest

from hrsim.errors import StudyError
from hrsim.study.reference import yaml_reference

GROUPS = "population.groups"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{zone: {north: 0.3, south: 0.6}}", "SHARES"),
        ("{zone: {north: 0.7, south: 0.6}}", "SHARES"),
        ("{zone: {north: 0.7, south: 0.6, west: rest}}", "SHARES"),
        ("{zone: {north: rest, south: rest}}", "SHARES"),
        ("{zone: {north: {value: 0.3, low: 0.2, high: 0.4}, south: 0.7}}", "SHARES"),
        ("{zone: {north: -0.1, south: rest}}", "RANGE"),
        ("{zone: {north: 1}}", "GROUP"),
        ("{zone: derived}", "GROUP"),
        ("{zone: 3}", "TYPE"),
        ("{zone: {North: 0.5, south: 0.5}}", "NAME"),
        ("{sex: {female: 0.5, male: 0.5}}", "GROUP"),
        ("{age_band: derived}", "GROUP"),
        ("{age_band: {edges: [45, 30]}}", "ORDER"),
        ("{ethnicity: {one: 0.5, other: 0.5}}", "GOVERNANCE"),
        ("{race: {shares: {one: 0.5, other: 0.5}, governance: ' '}}", "GOVERNANCE"),
        (
            "{age_band: {edges: [20, 25, 30, 35, 40, 45, 50]}, zone: {a: 0.2, b: 0.2, c: 0.2, d: 0.2, e: rest}, "
            "sex: derived}",
            "GROUP",
        ),
    ],
)
def test_faults(studies, load, text: str, code: str) -> None:
    with pytest.raises(StudyError) as caught:
        load(studies / "town.yaml", (f"{GROUPS}={text}",))
    assert {problem.code for problem in caught.value.problems} == {code}
    assert all(problem.location and problem.fix for problem in caught.value.problems)


@pytest.mark.parametrize(
    "text",
    [
        "{zone: {north: 0.1, mid: 0.2, south: 0.7}}",
        "{zone: {north: {value: 0.3, low: 0.2, high: 0.4}, south: rest}, sex: derived, housing_at_start: derived}",
        "{age_band: {edges: [30]}, ethnicity: {shares: {one: 0.5, other: rest}, governance: agreed with the council}}",
    ],
)
def test_forms(studies, load, text: str) -> None:
    assert load(studies / "town.yaml", (f"{GROUPS}={text}",)).study.population.groups


def test_an_interval_of_a_share_is_drawn(studies, load) -> None:
    text = "{zone: {north: {value: 0.3, low: 0.2, high: 0.4}, south: rest}}"
    resolved = load(studies / "town.yaml", (f"{GROUPS}={text}",))
    assert "study.population.groups.zone.shares.north" in {row.id for row in resolved.rows}


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("access", "{zone: {east: 0.4}}", "GROUP"),
        ("access", "{region: {north: 0.4}}", "GROUP"),
        ("access", "{zone: {north: 1.4}}", "RANGE"),
        ("reach", "{channels: {mobile: {rate: 1, access: {zone: {east: 2}}}}}", "GROUP"),
        ("reach", "{channels: {mobile: {access: {}}}}", "MISSING"),
        ("reach", "{channels: {mobile: {rate: -1}}}", "RANGE"),
        ("reach", "{channels: {mobile: 2}}", "TYPE"),
    ],
)
def test_faults_of_access(studies, load, path: str, text: str, code: str) -> None:
    groups = f"{GROUPS}={{zone: {{north: 0.3, south: rest}}}}"
    with pytest.raises(StudyError) as caught:
        load(studies / "town.yaml", (groups, f"services.naloxone.{path}={text}"))
    assert {problem.code for problem in caught.value.problems} == {code}


def test_the_reference_tells_of_channels() -> None:
    assert "## Channel" in yaml_reference() and "`channels`" in yaml_reference()


def test_channels_replace_a_level_and_join_channels(studies, load) -> None:
    level = "arms.status_quo.services.naloxone.reach={value: 0.4}"
    mobile = "arms.status_quo.services.naloxone.reach={channels: {mobile: {rate: 1}}}"
    peers = "arms.status_quo.services.naloxone.reach={channels: {peers: {rate: 2}}}"
    reach = (
        load(studies / "town.yaml", (level, mobile, peers))
        .study.arms["status_quo"]
        .services["naloxone"]
        .reach
    )
    assert reach.first.value == 0.0
    assert {name: channel.rate.first.value for name, channel in reach.channels.items()} == {
        "mobile": 1,
        "peers": 2,
    }
