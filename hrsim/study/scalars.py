"""Turn plain YAML scalars into values by the YAML 1.2 core schema, and dates besides."""

from __future__ import annotations

import datetime
import math
import re

Scalar = None | bool | int | float | str | datetime.date

LARGEST_INTEGER = 2**63 - 1
MOST_DIGITS = len(str(LARGEST_INTEGER))

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class ScalarError(ValueError):
    """Refuse a scalar that looks like a number or a date but is none; carries code, message and fix."""

    def __init__(self, code: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix


def resolve_scalar(text: str) -> Scalar:
    """Return the value of a plain scalar; `NO` and `1:30` are text, `1e6` and `0o17` are numbers.

    Raises:
        ScalarError: a number that is not finite or too large, or a date that does not exist.

    Source: YAML 1.2.2, section 10.3.2 (core schema); dates as in ISO 8601.
    """
    if text in _NULL:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if _DATE.fullmatch(text):
        return _date(text)
    return _number_or_text(text)


def _number_or_text(text: str) -> int | float | str:
    if _DECIMAL.fullmatch(text):
        return _integer(text, 10)
    if _OCTAL.fullmatch(text):
        return _integer(text[2:], 8)
    if _HEXADECIMAL.fullmatch(text):
        return _integer(text[2:], 16)
    if _FLOAT.fullmatch(text) or _NOT_FINITE.fullmatch(text):
        return _finite(text)
    return text


def _integer(digits: str, base: int) -> int:
    significant = digits.lstrip("+-").lstrip("0")
    if (base == 10 and len(significant) > MOST_DIGITS) or len(significant) > 2 * MOST_DIGITS:
        raise _too_large(digits)
    value = int(digits, base)
    if abs(value) > LARGEST_INTEGER:
        raise _too_large(digits)
    return value


def _too_large(digits: str) -> ScalarError:
    shown = digits if len(digits) <= MOST_DIGITS else digits[:MOST_DIGITS] + "…"
    return ScalarError(
        "NUMBER", f"expected a number up to {LARGEST_INTEGER}, got {shown}", "write a smaller number."
    )


def _finite(text: str) -> float:
    value = math.nan if _NOT_FINITE.fullmatch(text) else float(text)
    if not math.isfinite(value):
        raise ScalarError(
            "NUMBER",
            f"expected a finite number, got {text}",
            "write a finite number; leave the key out for 'no limit'.",
        )
    return value


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        message = f"expected a date of the calendar, got {text}"
        raise ScalarError(
            "DATE", message, "write a date that exists as year-month-day: 2026-01-31."
        ) from None
