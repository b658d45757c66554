"""Questions and purposes of random numbers are named in one way only, so that two of them cannot be one by accident."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from hrsim.engine.random import name_key, purpose, questions

PACKAGE = Path(__file__).parents[2] / "hrsim"
RANDOM = "hrsim.engine.random"


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Yield the modules that take something from the generator's."""
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        taken = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == RANDOM]
        if taken:
            yield str(path.relative_to(PACKAGE)), tree


def calls(tree: ast.AST, name: str) -> list[ast.Call]:
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in found if isinstance(call.func, ast.Name) and call.func.id == name]


def named(tree: ast.Module) -> list[str]:
    """Return the names that a module gives to its questions."""
    found: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.Assign) and calls(node.value, "questions"):
            (target,) = node.targets
            assert isinstance(target, ast.Tuple)
            found += [element.id for element in target.elts if isinstance(element, ast.Name)]
    return found


def test_a_question_is_asked_by_the_name_that_its_module_gave_it_in_one_call() -> None:
    asked = 0
    for path, tree in modules():
        names = named(tree)
        assert len(calls(tree, "questions")) == (1 if names else 0), path
        for call in calls(tree, "uniform"):
            question = call.args[1]
            assert isinstance(question, ast.Name) and question.id in names, f"{path}:{call.lineno}"
            asked += 1
    assert asked > 20


def test_words_are_read_only_where_a_purpose_changes_the_key() -> None:
    readers = {path for path, tree in modules() if calls(tree, "philox")}
    assert readers == {
        "engine/bands.py",
        "engine/candidates.py",
        "engine/contacts.py",
        "processes/stay_clock.py",
    }
    for path, tree in modules():
        constants = [
            node for node in tree.body if isinstance(node, ast.Assign) and calls(node.value, "purpose")
        ]
        assert path not in readers or constants, path


def test_a_purpose_declared_twice_is_a_fault() -> None:
    first = purpose("a test's own purpose")
    assert first == name_key("purpose", "a test's own purpose")
    with pytest.raises(ValueError, match=r"a test's own purpose.* twice"):
        purpose("a test's own purpose")
    assert purpose("another purpose of the test") != first


def test_there_is_no_question_nought() -> None:
    assert questions(3) == (1, 2, 3)
    with pytest.raises(ValueError, match="unpack"):
        _one, _two = questions(3)
