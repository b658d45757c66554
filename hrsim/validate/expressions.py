"""Formulas of measures: counts of arms and arithmetic, read from text and worked out on samples.

events(none, overdose_death) - events(package, overdose_death)
person_years(none, use=injecting, hcv=chronic, quarter=40) / person_years(none, use=injecting, quarter=40)
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hrsim.errors import HrsimError
from hrsim.plain_words import LONGEST_SHOWN
from hrsim.study.limits import DEEPEST_FORMULA, LARGEST_NUMBER, LONGEST_FORMULA

Floats = NDArray[np.float64]
Word = str | float
STUDY_FUNCTIONS = (
    "events", "deaths", "overdoses", "person_years", "flow", "cost", "qalys", "life_years", "site", "effect",
)  # fmt: skip
DOCUMENT_FUNCTIONS = (
    "cost", "qalys", "life_years", "effect", "deaths", "occupancy", "person_years", "transitions",
)  # fmt: skip
DECISION_FUNCTIONS = (
    "icer", "net_benefit", "on_frontier", "cost_saving", "dominated", "extended_dominated",
)  # fmt: skip
FUNCTIONS = (*dict.fromkeys((*STUDY_FUNCTIONS, *DOCUMENT_FUNCTIONS, *DECISION_FUNCTIONS)),)
_OPERATIONS: Mapping[type[ast.operator], Callable[[Floats, Floats], Floats]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
}


class FormulaError(HrsimError):
    """Report a formula that names what its study does not count."""

    exit_code = 3


class Counted(Protocol):
    """Tell what a function of a formula came to, as an array of estimates."""

    def look_up(self, function: str, words: tuple[Word, ...], choices: Mapping[str, Word]) -> Floats:
        """Return the estimates of one function."""


def number_of(choices: Mapping[str, Word], name: str, otherwise: float) -> float:
    """Return the number that a choice of a formula states; `otherwise` where it is left out."""
    word = choices.get(name, otherwise)
    if isinstance(word, str):
        raise FormulaError(f"a formula says {name}={word}: expected a number")
    return float(word)


def parse_expression(text: str) -> ast.expr:
    """Return the tree of a formula; ValueError says what is not allowed."""
    if len(text) > LONGEST_FORMULA:
        raise ValueError(f"got {len(text)} characters, more than {LONGEST_FORMULA}")
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:  # the parser's ways to give up
        raise ValueError(f"got '{text}': {getattr(error, 'msg', None) or 'it cannot be read'}") from None
    if _depth(tree) > DEEPEST_FORMULA:
        raise ValueError(f"got more than {DEEPEST_FORMULA} levels of signs and brackets")
    _check(tree)
    return tree


def _depth(tree: ast.expr) -> int:
    """Count the levels of a formula without calling itself."""
    depth, level = 0, [tree]
    while level:
        depth += 1
        level = [part for node in level for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
    return depth


def functions_in(text: str) -> frozenset[str]:
    """Return the names of the functions that a formula uses."""
    calls = [node for node in ast.walk(parse_expression(text)) if isinstance(node, ast.Call)]
    return frozenset(call.func.id for call in calls if isinstance(call.func, ast.Name))


def work_out(text: str, counted: Counted) -> Floats:
    """Return the estimates of a formula; not finite where it divides by zero."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return _value(parse_expression(text), counted)


def _check(node: ast.expr) -> None:
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        _check(node.left)
        _check(node.right)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        _check(node.operand)
    elif isinstance(node, ast.Constant) and _is_number(node.value):
        return
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id not in FUNCTIONS:
            raise ValueError(f"got '{node.func.id}', which is none of {', '.join(FUNCTIONS)}")
        for given in (*node.args, *(keyword.value for keyword in node.keywords)):
            _word(given)
        if any(keyword.arg is None for keyword in node.keywords):
            raise ValueError("got '**'")
    else:
        raise ValueError(f"got '{ast.unparse(node)[:LONGEST_SHOWN]}'")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER


def _word(node: ast.expr) -> Word:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float | str):
        return node.value
    raise ValueError(f"got '{ast.unparse(node)}' where a name or number belongs")


def _value(node: ast.expr, counted: Counted) -> Floats:
    if isinstance(node, ast.BinOp):
        return _OPERATIONS[type(node.op)](_value(node.left, counted), _value(node.right, counted))
    if isinstance(node, ast.UnaryOp):
        return -_value(node.operand, counted)
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)  # checked when it was read
        choices = {keyword.arg: _word(keyword.value) for keyword in node.keywords if keyword.arg}
        return counted.look_up(node.func.id, tuple(_word(given) for given in node.args), choices)
    assert isinstance(node, ast.Constant) and isinstance(node.value, int | float)
    return np.asarray(float(node.value))
