"""The models are the one source of the JSON Schema, the reference and the pages of the error codes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import hrsim
from hrsim.errors import HrsimError
from hrsim.study.explain import codes, explain
from hrsim.study.reference import json_schema, json_schema_text, yaml_reference
from hrsim.study.schema import Study
from hrsim.study.starter import starter_study


def test_every_key_of_a_study_is_in_the_json_schema() -> None:
    schema = json_schema()
    assert set(schema["properties"]) == {*Study.model_fields, "extends", "remove"}
    assert {"from", "to", "over", "starts", "by_year"} == set(
        schema["$defs"]["Ramp"]["anyOf"][1]["properties"]
    )
    assert json_schema_text() == json_schema_text()


def test_a_posterior_is_named_beside_the_parameters_of_a_study_and_not_of_an_arm() -> None:
    schema = json_schema()
    assert schema["properties"]["parameters"]["properties"]["posterior"]["type"] == "string"
    assert schema["properties"]["parameters"]["additionalProperties"]
    assert "properties" not in schema["$defs"]["Arm"]["properties"]["parameters"]
    assert "`parameters.posterior`" in yaml_reference()


def test_every_object_of_the_json_schema_refuses_unknown_keys_but_your_own() -> None:
    schema = json_schema()
    for model in [schema, *schema["$defs"].values()]:
        if "properties" in model:
            assert model["additionalProperties"] is False
            assert "^x-" in model["patternProperties"]
            assert "required" not in model


def test_every_field_is_described_in_the_reference() -> None:
    text = yaml_reference()
    for key in ("kits_per_year", "prompted_by", "hazard_ratio", "value_of_statistical_life", "frailty_shape"):
        assert f"| `{key}` |" in text
    for line in text.splitlines():
        if line.startswith("| `"):
            assert line.rstrip(" |").endswith("."), f"no description: {line}"


CODE = re.compile(r"[A-Z]{2,}(_[A-Z]+)*")
RAISING = {"Problem", "add", "fault"}


def codes_in(tree: ast.AST) -> Iterator[str]:
    """Yield the first argument of every call that states a problem, and the code of every bare triple of texts."""
    for node in ast.walk(tree):
        first: ast.expr | None = None
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            first = node.args[0] if name in RAISING else None
        elif isinstance(node, ast.Tuple) and len(node.elts) == 3 and isinstance(node.ctx, ast.Load):
            first = node.elts[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str) and CODE.fullmatch(first.value):
            yield first.value


def test_every_code_raised_in_the_source_has_a_page_and_every_page_a_code() -> None:
    raised: set[str] = set()
    words: set[str] = set()
    for path in Path(hrsim.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text())
        raised |= set(codes_in(tree))
        words |= {str(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert raised - set(codes()) == set()
    assert set(codes()) - words == set()
    assert {"CURRENCY", "EVIDENCE", "LEDGER", "PRICE", "UTILITY", "EVIDENCE_MONEY", "RANGE"} <= raised


@pytest.mark.parametrize("code", codes())
def test_a_page_has_meaning_and_two_different_examples(code: str) -> None:
    page = explain(code.lower())
    meaning, bad, good = page.split("\n\n", 2)
    assert meaning.startswith(f"{code}: ")
    assert bad.removeprefix("bad:") != good.removeprefix("good:")


def test_an_unknown_code_is_told_the_nearest() -> None:
    with pytest.raises(HrsimError, match="did you mean 'TYPE'") as caught:
        explain("TYPO")
    assert caught.value.exit_code == 2


def test_the_starter_is_a_valid_study_of_the_shipped_setting(load_shipped, tmp_path: Path) -> None:
    path = tmp_path / "no.yaml"
    path.write_text(starter_study("no"))
    assert load_shipped(path).study.title == "No"
    assert path.read_text().startswith("# yaml-language-server: $schema=")


@pytest.mark.parametrize("name", ["", "../x", "a b", "1x", "a{b}", "é"])
def test_a_name_that_is_no_file_name_is_refused(name: str) -> None:
    with pytest.raises(HrsimError):
        starter_study(name)
