"""Cash apart from room on the first page: what an arm's change of cost is made of, in words and as columns."""

from __future__ import annotations

from hrsim.report.comparison import MILLION
from hrsim.report.content.context import Context, records

SHOWN = ("cash", "capacity")


def cash_sentence(context: Context, arm: str, perspective: str) -> str:
    """Say how much of an arm's change of cost is paid or saved in cash, and how much is room made or taken."""
    found = _changes(context, perspective)
    parts = [_part(context, found, arm, releases) for releases in SHOWN if (arm, releases) in found]
    said = [part for part in parts if part]
    return context.say("cash.sentence", parts=context.say.listed(said)) if said else ""


def cash_columns(context: Context, perspective: str) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Give the heads and, by arm, the cells of cash and of room; none where the run does not tell them apart."""
    found = _changes(context, perspective)
    if not found:
        return (), {}
    place = context.changes_place(found.values(), MILLION)
    heads = tuple(context.say(f"cash.column.{releases}") for releases in SHOWN)
    cells = {
        arm: tuple(context.interval(found[arm, releases], MILLION, decimals=place) for releases in SHOWN)
        for arm in context.others
    }
    return heads, cells


def _changes(context: Context, perspective: str) -> dict[tuple[str, str], dict[str, object]]:
    table = context.table("cash_and_capacity")
    if table is None:
        return {}
    chosen = table[(table["perspective"] == perspective) & table["releases"].isin(SHOWN)]
    chosen = chosen[chosen["arm"] != context.report.comparator]
    return {(str(row["arm"]), str(row["releases"])): row for row in records(chosen)}


def _part(context: Context, found: dict[tuple[str, str], dict[str, object]], arm: str, releases: str) -> str:
    row = found[arm, releases]
    mean, low, high = (float(str(row[name])) for name in ("mean", "low", "high"))
    if mean == 0:
        return ""
    key, turned = ("more", row) if mean > 0 else ("less", {**row, "mean": -mean, "low": -high, "high": -low})
    place = context.changes_place(found.values(), MILLION)
    size = context.interval(turned, MILLION, decimals=place)
    return context.say(f"cash.{releases}.{key}", change=size, money=context.money)
