"""Spending on services by fiscal year on the screen, from the table that a run left on disk."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hrsim.report.cells import read_table
from hrsim.report.comparison import MILLION
from hrsim.report.numbers import with_interval
from hrsim.report.texts import plain_table

STATISTICS = ("mean", "low", "high", "mcse")
TABLE = "tables/spending_by_service.csv"


def service_names(run: Path) -> list[str]:
    """Return the services of a run that cost something."""
    return list(dict.fromkeys(_read(run)["service"]))


def spending_text(run: Path, name: str = "") -> str:
    """Write what each service, or one, cost by fiscal year in every arm, in millions, undiscounted."""
    table = _read(run)
    years = list(dict.fromkeys(table["fiscal_year"]))
    rows: list[tuple[str, ...]] = []
    for arm, of_arm in table[table["measure"] == "spending"].groupby("arm", sort=False):
        rows.append((str(arm), *("" for _ in years)))
        for service, lines in of_arm.groupby("service", sort=False):
            if name in ("", service) and (lines["mean"] != 0).any():
                rows.append((f"  {service}", *(_million(line) for _, line in lines.iterrows())))
    first = table.iloc[0]
    heads = ("", *(year.replace(" to ", "/") for year in years))
    title = f"Spending by fiscal year, million {first['currency']} of {first['price_year']}, undiscounted"
    return f"{title}\n{plain_table(heads, rows)}"


def _read(run: Path) -> pd.DataFrame:
    return read_table(run / TABLE)


def _million(line: pd.Series) -> str:
    return with_interval(*(float(line[name]) / MILLION for name in STATISTICS))
