"""Nothing is counted twice: total effects beside their paths, one published ratio in two services."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hrsim.errors import Problem, StudyError
from hrsim.study.effects import MEDIATORS, TARGETS

Load = Callable[..., object]
Write = Callable[..., Path]

HEAD = """hrsim: 1
title: T
extends: settings/town.yaml
analysis: {comparator: base}
remove: [services]
"""
SHARED = "{on: overdose, multiplier: {evidence: oat.overdose}}"


def problems(load: Load, path: Path) -> list[Problem]:
    try:
        load(path)
    except StudyError as error:
        return error.problems
    return []


def one_service(*effects: str) -> str:
    listed = "".join(f"      - {{{effect}}}\n" for effect in effects)
    hub = f"  hub:\n    label: Hub\n    stay: {{mean: 1 years}}\n    effects:\n{listed}"
    return f"{HEAD}services:\n{hub}arms: {{base: {{}}}}\n"


def two_services(first: str = "", second: str = "", effect: str = SHARED) -> str:
    return (
        f"{HEAD}services:\n"
        f"  day: {{label: Day, stay: {{mean: 1 years}}, effects: [{effect}]{first}}}\n"
        f"  night: {{label: Night, stay: {{mean: 1 years}}, effects: [{effect}]{second}}}\n"
        "arms: {base: {}}\n"
    )


@pytest.mark.parametrize(
    ("total", "path"), [(total, path) for total in MEDIATORS for path in MEDIATORS[total]]
)
def test_a_total_effect_beside_its_path_is_refused(total: str, path: str, load: Load, write: Write) -> None:
    found = problems(
        load, write(one_service(f"on: {total}, multiplier: 0.5", f"on: {path}, multiplier: 0.9"))
    )
    assert [problem.code for problem in found] == ["TWICE"]
    assert found[0].path == "services.hub.effects.1.on"
    assert f"on: {path}," in str(found[0].source_line)
    assert total in found[0].message
    assert path in found[0].message


@pytest.mark.parametrize("infection", ["hiv_acquisition", "hcv_acquisition"])
@pytest.mark.parametrize("order", [1, -1])
def test_ratio_mode_and_sharing_mode_exclude_each_other(
    infection: str, order: int, load: Load, write: Write
) -> None:
    effects = [f"on: {infection}, multiplier: 0.5", "on: sharing, multiplier: 0.5"]
    assert [problem.code for problem in problems(load, write(one_service(*effects[::order])))] == ["TWICE"]


@pytest.mark.parametrize(
    "effects",
    [
        ("on: overdose, multiplier: 0.5, scope: direct", "on: stop_use, multiplier: 2"),
        ("on: hiv_acquisition, multiplier: 0.5, scope: direct", "on: sharing, multiplier: 0.5"),
        ("on: overdose, multiplier: 3, during: {first: 4 weeks}", "on: stop_use, multiplier: 2"),
        ("on: overdose, multiplier: 3, during: {after: 4 weeks}", "on: gain_housing, multiplier: 2"),
        ("on: overdose, multiplier: 0.5", "on: overdose_fatality, multiplier: 0.5"),
        ("on: overdose, multiplier: 0.5", "on: hcv_acquisition, multiplier: 0.5"),
        ("on: stop_use, multiplier: 2", "on: gain_housing, multiplier: 2"),
    ],
)
def test_different_effects_stand_side_by_side(effects: tuple[str, str], load: Load, write: Write) -> None:
    assert problems(load, write(one_service(*effects))) == []


def test_a_direct_effect_excuses_itself_only(load: Load, write: Write) -> None:
    found = problems(
        load,
        write(
            one_service(
                "on: overdose, multiplier: 0.5, scope: direct",
                "on: skin_infection, multiplier: 0.5",
                "on: stop_use, multiplier: 2",
            )
        ),
    )
    assert len(found) == 1
    assert "'skin_infection'" in found[0].message


def test_a_total_effect_after_a_contact_is_one_too(load: Load, write: Write) -> None:
    text = one_service(
        "on: overdose, multiplier: 0.5, during: {contact: 4 weeks}",
        "on: stop_use, multiplier: 2, during: {contact: 4 weeks}",
    ).replace("    stay: {mean: 1 years}\n", "")
    assert [problem.code for problem in problems(load, write(text))] == ["TWICE"]


@pytest.mark.parametrize("second", ["", ", eligible: {not_enrolled_in: [day]}", ", exclusive: beds"])
def test_one_published_ratio_in_two_services_of_one_person_is_refused(
    second: str, load: Load, write: Write
) -> None:
    found = problems(load, write(two_services(second=second)))
    assert [problem.code for problem in found] == ["TWICE"]
    assert "'day' and 'night'" in found[0].message


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (", exclusive: beds", ", exclusive: beds"),
        (", eligible: {not_enrolled_in: [night]}", ", eligible: {not_enrolled_in: [day]}"),
    ],
    ids=["one pool", "each refuses the other's clients"],
)
def test_services_that_nobody_is_in_at_once_may_share_a_ratio(
    first: str, second: str, load: Load, write: Write
) -> None:
    assert problems(load, write(two_services(first, second))) == []


def test_windows_may_share_a_ratio_since_the_largest_counts(load: Load, write: Write) -> None:
    after = SHARED.replace("}}", "}, during: {after: 4 weeks}}")
    assert problems(load, write(two_services(effect=after))) == []


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [
        ("", "", True),
        (", scope: direct", "", True),
        ("", ", scope: direct", True),
        (", scope: direct", ", scope: direct", False),
        ("", ", during: {first: 4 weeks}", False),
    ],
)
def test_a_total_effect_is_the_only_lasting_one_on_its_target(
    first: str, second: str, refused: bool, load: Load, write: Write
) -> None:
    text = one_service("on: overdose, multiplier: 0.5" + first, "on: overdose, multiplier: 0.8" + second)
    assert [problem.code for problem in problems(load, write(text))] == ["TWICE"] * refused


def test_one_ratio_twice_in_one_service_is_refused_once(load: Load, write: Write) -> None:
    effect = SHARED.strip("{}") + "}"
    assert [problem.code for problem in problems(load, write(one_service(effect, effect)))] == ["TWICE"]


def test_ways_of_different_services_multiply(load: Load, write: Write) -> None:
    """One service's ratio of infection and another's on sharing are two causes."""
    text = two_services().replace(SHARED, "{on: hcv_acquisition, multiplier: 0.5}", 1)
    assert problems(load, write(text.replace(SHARED, "{on: sharing, multiplier: 0.5}"))) == []


def test_an_arm_of_its_own_is_checked_and_other_arms_do_not_count(load: Load, write: Write) -> None:
    service = f"{{label: L, stay: {{mean: 1 years}}, effects: [{SHARED}]}}"
    arms = f"arms:\n  base: {{services: {{day: {service}}}}}\n  more: {{services: {{night: {service}}}}}\n"
    assert problems(load, write(HEAD + arms)) == []
    both = arms + "  both: {extends: [base, more]}\n"
    assert [problem.path for problem in problems(load, write(HEAD + both))] == [
        "arms.both.services.night.effects.0.on"
    ]


def test_paths_are_targets() -> None:
    assert {*MEDIATORS, *(path for paths in MEDIATORS.values() for path in paths)} <= set(TARGETS)
