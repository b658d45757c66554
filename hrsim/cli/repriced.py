"""What a repriced run changed: each value that was set, before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from hrsim.economics.currency import CurrencyYear, load_conversions
from hrsim.evidence import EvidenceRow, Register
from hrsim.experiment.parameters import register_of
from hrsim.report.cells import read_table
from hrsim.report.facts import Repriced
from hrsim.study.load import load_study
from hrsim.study.merge import find, split_path
from hrsim.study.prices import row_of
from hrsim.study.resolved import ResolvedStudy
from hrsim.study.show import in_words
from hrsim.study.tree import plain

NOTHING = "-"
_REPLACED = ("prices", "parameters")
_LONGEST = 60


def repriced(
    run: Path, now: ResolvedStudy, overrides: Sequence[str], tables: Mapping[str, pd.DataFrame]
) -> Repriced:
    """Return the run that was priced again, and before and after of every value that was set."""
    then = load_study(run / "inputs" / "resolved.yaml")
    registers = (register_of(then), register_of(now))
    prices = (read_table(run / "tables" / "prices.csv"), tables["prices"])
    money = CurrencyYear(now.study.analysis.currency, now.study.analysis.price_year)
    changes = []
    for override in overrides:
        path = override.partition("=")[0].strip()
        before, after = (_value(path, money, *of) for of in zip((then, now), registers, prices, strict=True))
        changes.append((path, before, after))
    return Repriced(run.resolve().name, tuple(changes))


def _value(
    path: str, money: CurrencyYear, study: ResolvedStudy, register: Register, prices: pd.DataFrame
) -> str:
    """Write what stands at a path: a price or parameter as it is used, anything else as the study states it.

    An amount in other money than `money` is written in both.
    """
    keys = split_path(path)
    node = find(study.tree, keys)
    if keys[0] in _REPLACED and len(keys) == 2:
        row = next((name for name in (row_of(keys[1]), keys[1]) if name in register), None)
        if row is not None:
            return _row(register, row, money)
        line = prices[prices["line"] == keys[1]]
        if node is None and len(line):
            return ", ".join(
                _row(register, name.strip(), money) for name in str(line["evidence"].iloc[0]).split(",")
            )
    text = NOTHING if node is None else in_words(plain(node))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def _row(register: Register, name: str, money: CurrencyYear) -> str:
    if name not in register:
        return name or NOTHING
    row = register[name]
    return f"{row.value:g} {row.unit}{_in_money(row, money)}"


def _in_money(row: EvidenceRow, money: CurrencyYear) -> str:
    """Write the money of a row's amount, and what it comes to in other money; nothing for what is no money."""
    if not row.currency or row.price_year is None:
        return ""
    own, conversions = CurrencyYear(row.currency, row.price_year), load_conversions()
    words = f"{own.currency} of {own.year}"
    if own != money and not conversions.missing(own, money):
        words += f"; {row.value * conversions.factor(own, money):.2f} {money.currency} of {money.year}"
    return f" ({words})"
