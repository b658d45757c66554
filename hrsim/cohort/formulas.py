"""Numbers written as formulas of named parameters: `1 - exp(-rate * 3)`, `0.509 if cycle <= 2 else 1`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import PlainValidator

from hrsim.study.limits import LONGEST_FORMULA
from hrsim.study.tree import describe, nearest
from hrsim.study.values import fault

Floats = NDArray[np.float64]
LONGEST = LONGEST_FORMULA


def _probability(rate: Floats, years: Floats) -> Floats:
    return np.asarray(-np.expm1(-rate * years))


def _rate(probability: Floats, years: Floats) -> Floats:
    return np.asarray(-np.log1p(-probability) / years)


FUNCTIONS: Mapping[str, tuple[Callable[..., Any], int]] = {
    "exp": (np.exp, 1),
    "log": (np.log, 1),
    "sqrt": (np.sqrt, 1),
    "abs": (np.abs, 1),
    "min": (np.minimum, 2),
    "max": (np.maximum, 2),
    "probability": (_probability, 2),
    "rate": (_rate, 2),
}
_ARITHMETIC: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
    ast.USub: np.negative,
    ast.UAdd: np.positive,
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
    ast.And: np.logical_and,
    ast.Or: np.logical_or,
}


def _formula(given: Any) -> str | float:
    if isinstance(given, int | float) and not isinstance(given, bool):
        return float(given)
    if isinstance(given, str):
        try:
            parse(given)
        except ValueError as error:
            fix = f"write a number, or arithmetic of parameters and {', '.join(FUNCTIONS)}."
            raise fault("COHORT_FORMULA", f"expected a number or a formula, {error}", fix) from None
        return given
    raise fault("TYPE", f"expected a number or a formula, got {describe(given)}", "write 0.2 or 1 - exp(-r).")


Formula = Annotated[str | float, PlainValidator(_formula)]
"""A number, or the text of a formula."""


@cache
def parse(text: str) -> ast.expr:
    """Return the tree of a formula; ValueError says what is not allowed."""
    if len(text) > LONGEST:
        raise ValueError(f"got {len(text)} characters, more than {LONGEST}")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        _check(tree)
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(f"got '{text}': {getattr(error, 'msg', 'too deep')}") from None
    return tree


def names_in(formula: str | float) -> frozenset[str]:
    """Return the names of parameters and clocks that a formula reads."""
    if isinstance(formula, float):
        return frozenset()
    tree = parse(formula)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return frozenset(
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called
    )


def work_out(formula: str | float, value_of: Callable[[str], Floats]) -> Floats:
    """Return what a formula comes to; `value_of` gives each name's value, an array or a single number."""
    if isinstance(formula, float):
        return np.asarray(formula)
    with np.errstate(all="ignore"):  # what is not finite is a fault of whoever asked
        return np.asarray(_value(parse(formula), value_of), np.float64)


def _check(node: ast.expr) -> None:
    for part in _parts(node):
        _check(part)


def _parts(node: ast.expr) -> list[ast.expr]:
    """Return what a node is made of; ValueError when it is no arithmetic."""
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return []
        case ast.Name():
            return []
        case ast.BinOp(left=left, op=operation, right=right) if type(operation) in _ARITHMETIC:
            return [left, right]
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            return [operand]
        case ast.Compare(left=left, ops=[comparison], comparators=[right]) if type(comparison) in _ARITHMETIC:
            return [left, right]
        case ast.BoolOp(values=values):
            return values
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return [test, body, orelse]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return _arguments(name, args)
    raise ValueError(f"got '{ast.unparse(node)}'")


def _arguments(name: str, args: list[ast.expr]) -> list[ast.expr]:
    if name not in FUNCTIONS:
        raise ValueError(f"got the function '{name}': {nearest(name, FUNCTIONS, 'functions')}")
    count = FUNCTIONS[name][1]
    if len(args) != count:
        raise ValueError(f"got {len(args)} values in '{name}(...)', which takes {count}")
    return args


def _value(node: ast.expr, value_of: Callable[[str], Floats]) -> Any:
    parts = [_value(part, value_of) for part in _parts(node)]
    match node:
        case ast.Constant(value=number):
            return np.float64(number)  # type: ignore[arg-type]  # checked to be a number
        case ast.Name(id=name):
            return value_of(name)
        case ast.Compare(ops=[operation]) | ast.BinOp(op=operation) | ast.UnaryOp(op=operation):
            return _ARITHMETIC[type(operation)](*parts)
        case ast.BoolOp(op=operation):
            whole = parts[0]
            for part in parts[1:]:
                whole = _ARITHMETIC[type(operation)](whole, part)
            return whole
        case ast.IfExp():
            return np.where(*parts)
        case ast.Call(func=ast.Name(id=name)):
            return FUNCTIONS[name][0](*parts)
    raise AssertionError(ast.unparse(node))  # checked when it was read
