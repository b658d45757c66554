"""A chart with the data it shows becomes a figure of a page: drawn, described in words, with its table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hrsim.report.blocks import Column, Figure, Row, Table
from hrsim.report.figures.drawing import svg
from hrsim.report.language import Language


@dataclass(frozen=True)
class Drawn:
    """Hold a chart, the data it shows, and the same as columns and rows of a table for readers."""

    chart: Mapping[str, Any]
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def figure(name: str, drawn: Drawn, say: Language, **words: object) -> Figure:
    """Draw a chart; its title and description are messages of the same name, before a colon."""
    key = name.split(":")[0]
    title = say(f"figure.{key}.title", **words)
    return Figure(
        name=name.replace(":", "_"),
        title=title,
        description=say(f"figure.{key}.description", **words),
        svg=svg(drawn.chart, say),
        table=Table(title, drawn.columns, drawn.rows, folded=True),
        frame=drawn.frame,
    )
