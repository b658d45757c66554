"""What to write instead of a number, a time of day or a date that hrsim cannot read: what is meant, if clear."""

from __future__ import annotations

import math
import re
from typing import Any

MONEY = "money"
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_PER_CENT = re.compile(rf"({_NUMBER}) ?(?:%|per ?cent|percent)")
_TIMES = re.compile(rf"[x\u00d7] ?({_NUMBER})|({_NUMBER}) ?[x\u00d7]", re.IGNORECASE)
_THOUSANDS = re.compile(r"([0-9]{1,3}(?:[,' _\u00a0\u202f][0-9]{3})+)(\.[0-9]+)?")
_DECIMAL_COMMA = re.compile(r"([0-9]+),([0-9]+)")
_SHORT = re.compile(rf"({_NUMBER}) ?(k|m|million|thousand)", re.IGNORECASE)
_MONEY = re.compile(rf"[A-Z]{{0,3}} ?[$£€] ?({_NUMBER})|({_NUMBER}) ?(?:[$£€]|[A-Z]{{3}})")
_WITH_WORDS = re.compile(rf"({_NUMBER}) ?([A-Za-z][A-Za-z ./-]*)")
_TIME = re.compile(r"([0-9]{1,2})(?:[:.h]([0-9]{2}))?h? ?(am|pm)?", re.IGNORECASE)
_ALL_DAY = frozenset({"24/7", "24", "24h", "24 h", "24 hours", "all day", "always", "00:00-00:00"})
_FACTOR = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}
_MINUTES = 60
_HOURS = 24


def number_remedy(data: Any, words: str = "", unit: str = "") -> str:
    """Write the remedy for what is no number: the number that is meant, where that is clear.

    `words` say what the field takes (`a rate per person-year`), and `unit` its unit.
    """
    text = data.strip() if isinstance(data, str) else ""
    factor = _TIMES.fullmatch(text)
    if factor:
        return f'write "*{factor[1] or factor[2]}" in quotes to multiply what is inherited, or the number itself.'
    share = _PER_CENT.fullmatch(text)
    if share:
        return _share(text, float(share[1]) / 100, words, unit)
    meant = _number_in(text)
    if meant is None:
        return "write a number without quotes or unit, or {evidence: id}, or {value: number, ...}."
    return f"write {meant}" + (
        f": the unit is {unit}." if unit not in ("", MONEY) else ", nothing beside it."
    )


def _share(text: str, share: float, words: str, unit: str) -> str:
    if "share" in words or "ratio" in words or not words:
        return f"write a proportion: {share:g} means {text}."
    if "rate" in words and share < 1:
        rate = -math.log1p(-share)
        return (
            f"it takes a rate ({unit or 'per year'}), which is no share: {rate:.2g} reaches {text} of people "
            "within a year."
        )
    return (
        f"it takes {words}{f' ({unit})' if unit else ''}, not a share: write the number itself, or +{100 * share:g}% "
        "to add that share of what is inherited."
    )


def whole_remedy(data: Any, unit: str = "") -> str:
    """Write the remedy for what is no whole number: the one that is meant, where that is clear."""
    value = data.get("value") if isinstance(data, dict) else data
    if isinstance(value, int) and not isinstance(value, bool):
        return f"write {value}: a whole number stands alone here."
    if isinstance(value, float) and math.isfinite(value):
        return f"write a whole number, such as {math.floor(value)} or {math.ceil(value)}."
    meant = _number_in(value.strip()) if isinstance(value, str) else None
    if meant is not None and meant.isdecimal():
        return number_remedy(value, unit=unit)
    return "write a whole number without quotes or unit."


def _number_in(text: str) -> str | None:
    """Return the number that a text holds, written as hrsim reads it; None where it is not clear."""
    if re.fullmatch(_NUMBER, text):
        return text
    thousands = _THOUSANDS.fullmatch(text)
    if thousands:
        return re.sub(r"[^0-9]", "", thousands[1]) + (thousands[2] or "")
    comma = _DECIMAL_COMMA.fullmatch(text)
    if comma:
        return f"{comma[1]}.{comma[2]}"
    short = _SHORT.fullmatch(text)
    if short:
        return f"{float(short[1]) * _FACTOR[short[2].lower()]:.15g}"
    money = _MONEY.fullmatch(text)
    if money:
        return money[1] or money[2]
    with_words = _WITH_WORDS.fullmatch(text)
    return with_words[1] if with_words else None


def hours_remedy(text: str) -> str:
    """Write the remedy for opening hours that hrsim cannot read: the hours that are meant, where that is clear."""
    if text.strip().lower() in _ALL_DAY:
        return 'write "00:00-24:00" for all day.'
    ends = [_clock(part.strip()) for part in re.split(r"\s*(?:-|\u2013|\u2014| to )\s*", text.strip())]
    if len(ends) == 2 and all(ends) and ends[0] != ends[1] and ends[0] != "24:00":
        return f'write "{ends[0]}-{ends[1]}", in quotes.'
    return 'write 24-hour times such as "08:00-24:00", in quotes.'


def _clock(text: str) -> str | None:
    """Return a time of day as hrsim writes it; None where it is none."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
    if half and not 1 <= hour <= _HOURS // 2:
        return None
    if half:
        hour = hour % (_HOURS // 2) + (_HOURS // 2 if half == "pm" else 0)
    if minute >= _MINUTES or hour * _MINUTES + minute > _HOURS * _MINUTES:
        return None
    return f"{hour:02}:{minute:02}"


def date_remedy(data: Any) -> str:
    """Write the remedy for what is no date: the date that is meant, where that is clear."""
    text = str(data).strip()
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return f"write {text} without quotes."
    if re.fullmatch(r"[0-9]{4}", text):
        return f"write {text}-01-01 for the first day of {text}: year-month-day, without quotes."
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
        return f"write {text}-01 for the first day of that month: year-month-day, without quotes."
    return "write year-month-day without quotes: 2026-01-31."
