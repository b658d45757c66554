"""Maps merge, lists and values replace, `+n` adds, `remove` deletes."""

from __future__ import annotations

from typing import Any

import pytest

from hrsim.study.merge import merge, remove, split_path
from hrsim.study.reader import read_text
from hrsim.study.tree import MapNode, Problems, plain


def tree(text: str) -> MapNode:
    return read_text(text, Problems(), display="a.yaml")


def merged(base: str, patch: str) -> tuple[Any, list[str]]:
    problems = Problems()
    result = merge(tree(base), tree(patch), (), problems)
    return plain(result), [problem.code for problem in problems.found]


@pytest.mark.parametrize(
    ("base", "patch", "result"),
    [
        ("{a: {x: 1}}", "{a: {y: 2}}", {"a": {"x": 1, "y": 2}}),
        ("{a: [1, 2]}", "{a: [3]}", {"a": [3]}),
        ("{a: 1}", "{a: {b: 2}}", {"a": {"b": 2}}),
        ("{a: {b: 2}}", "{a: 1}", {"a": 1}),
        ("{a: 1000}", "{a: +400}", {"a": 1400}),
        ("{a: 0.5}", "{a: +.25}", {"a": 0.75}),
        ("{a: {evidence: e}}", "{a: {value: 2}}", {"a": {"value": 2}}),
        ("{a: {value: 2, low: 1, high: 3}}", "{a: {value: 9}}", {"a": {"value": 9}}),
        ("{a: {evidence: e}}", "{a: {times: 2}}", {"a": {"evidence": "e", "times": 2}}),
        ("{a: {from: 1, to: 2, over: 1 year}}", "{a: {evidence: e}}", {"a": {"evidence": "e"}}),
        ("{a: 7200}", "{a: '+400'}", {"a": 7600}),
        ("{a: 7200}", "{a: '-400'}", {"a": 6800}),
        ("{a: 7200}", "{a: '*2.5'}", {"a": 18000}),
        ("{a: 1860}", "{a: -10%}", {"a": 1674}),
        ("{a: 1860}", "{a: '+10 %'}", {"a": 2046}),
        (
            "{a: {value: 5, low: 2, high: 9, source: s}}",
            "{a: '*2'}",
            {"a": {"value": 10, "low": 4, "high": 18, "source": "s"}},
        ),
        ("{a: {evidence: e}}", "{a: '*2'}", {"a": {"evidence": "e", "times": 2}}),
        ("{a: {evidence: e, times: 3}}", "{a: -50%}", {"a": {"evidence": "e", "times": 1.5}}),
        ("{a: {from: 1, to: 2, over: 1 year}}", "{a: '*2'}", {"a": {"from": 2, "to": 4, "over": "1 year"}}),
        ("{a: {from: 1}}", "{a: +1}", {"a": {"from": 2}}),
        (
            "{a: {from: 1, to: 2, over: 1 year}}",
            "{a: {to: '*2'}}",
            {"a": {"from": 1, "to": 4, "over": "1 year"}},
        ),
        ("{a: 7200}", "{a: {to: '*3', over: 1 year}}", {"a": {"from": 7200, "to": 21600, "over": "1 year"}}),
        ("{a: 7200}", "{a: {from: 1, to: 2, over: 1 year}}", {"a": {"from": 1, "to": 2, "over": "1 year"}}),
        ("{a: {from: 1, by_year: {2027: 3}}}", "{a: '*2'}", {"a": {"from": 2, "by_year": {"2027": 6}}}),
        ("{a: 5}", "{a: {by_year: {2027: '*2'}}}", {"a": {"from": 5, "by_year": {"2027": 10}}}),
        (
            "{a: {evidence: e}}",
            "{a: {to: '*2', over: 1 year}}",
            {"a": {"from": {"evidence": "e"}, "to": {"evidence": "e", "times": 2}, "over": "1 year"}},
        ),
    ],
)
def test_merging(base: str, patch: str, result: Any) -> None:
    assert merged(base, patch) == (result, [])


def test_merging_nothing_changes_nothing_and_merging_twice_is_merging_once() -> None:
    base, patch = "{a: {x: 1, l: [1]}, b: 2}", "{a: {x: 5, l: [2, 3]}, c: {d: 1}}"
    once, _ = merged(base, patch)
    assert merged(base, "{}")[0] == plain(tree(base))
    assert plain(merge(merge(tree(base), tree(patch), (), Problems()), tree(patch), (), Problems())) == once


@pytest.mark.parametrize(
    "base",
    ["{}", "{a: text}", "{a: true}", "{a: [1]}", "{a: {evidence: e}}", "{a: {channels: {}}}", "{a: {b: 1}}"],
)
def test_a_plus_without_an_inherited_number_is_an_error(base: str) -> None:
    assert merged(base, "{a: +1}")[1] == ["ADD"]


@pytest.mark.parametrize(
    "path", ["{a: {b: PATCH}}", "{population: {b: PATCH}}", "{services: {oat: {b: PATCH}}}", "{b: PATCH}"]
)
@pytest.mark.parametrize("inherited", ["{2027: 5}", "{value: 1}", "{from: 1, to: 2}", "{north: {x: 1}}"])
def test_an_empty_mapping_over_an_inherited_one_is_refused(path: str, inherited: str) -> None:
    assert merged(path.replace("PATCH", inherited), path.replace("PATCH", "{}"))[1] == ["EMPTY_MAPPING"]
    assert merged(path.replace("PATCH", "{}"), path.replace("PATCH", "{}"))[1] == []


@pytest.mark.parametrize("section", ["arms", "services", "budgets", "staff_pools", "events"])
def test_an_empty_mapping_takes_what_has_a_name_as_it_is_inherited(section: str) -> None:
    base = f"{{{section}: {{one: {{label: One}}}}}}"
    assert merged(base, f"{{{section}: {{one: {{}}}}}}") == ({section: {"one": {"label": "One"}}}, [])
    assert merged(base, f"{{{section}: {{}}}}")[1] == ["EMPTY_MAPPING"]


def test_a_quoted_change_is_text_where_text_or_nothing_is_inherited() -> None:
    assert merged("{a: one}", "{a: '+1'}") == ({"a": "+1"}, [])
    assert merged("{}", "{a: '*2'}") == ({"a": "*2"}, [])


def test_pluses_for_an_arm_wait_for_the_arms_base_and_add_up() -> None:
    assert merged("{}", "{arms: {a: {n: +1}}}") == ({"arms": {"a": {"n": 1}}}, [])
    problems = Problems()
    both = merge(tree("{arms: {a: {n: +1}}}"), tree("{arms: {a: {n: +2}}}"), (), problems)
    arm = both.mapping("arms").mapping("a")
    assert plain(merge(tree("{n: 10}"), arm, (), problems)) == {"n": 13}
    doubled = merge(both, tree("{arms: {a: {n: '*2'}}}"), (), problems).mapping("arms").mapping("a")
    assert plain(merge(tree("{n: 10}"), doubled, (), problems)) == {"n": 26}
    assert not problems.found


def removed(base: str, paths: str) -> tuple[Any, list[str]]:
    problems = Problems()
    result = remove(tree(base), tree(f"{{remove: {paths}}}"), problems)
    return plain(result), [problem.code for problem in problems.found]


@pytest.mark.parametrize(
    ("paths", "result", "codes"),
    [
        ("[a.x]", {"a": {"y": 2}, "parameters": {"od.rate": 1}}, []),
        ("[a, parameters.od.rate]", {"parameters": {}}, []),
        ("[a.z]", {"a": {"x": 1, "y": 2}, "parameters": {"od.rate": 1}}, ["REMOVE"]),
        ("[a.x.deeper]", {"a": {"x": 1, "y": 2}, "parameters": {"od.rate": 1}}, ["REMOVE"]),
        ("a.x", {"a": {"x": 1, "y": 2}, "parameters": {"od.rate": 1}}, ["TYPE"]),
        ("[[a]]", {"a": {"x": 1, "y": 2}, "parameters": {"od.rate": 1}}, ["TYPE"]),
    ],
)
def test_removing(paths: str, result: Any, codes: list[str]) -> None:
    assert removed("{a: {x: 1, y: 2}, parameters: {od.rate: 1}}", paths) == (result, codes)


def test_an_evidence_id_is_one_key_of_a_path() -> None:
    assert split_path("parameters.od.rate") == ("parameters", "od.rate")
    assert split_path("arms.more.prices.kit.cost") == ("arms", "more", "prices", "kit.cost")
    assert split_path("services.oat.capacity") == ("services", "oat", "capacity")
