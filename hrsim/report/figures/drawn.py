"""A chart with the data it shows becomes a figure of a page: drawn, described in words, with its table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hrsim.report.blocks import Column, Figure, Row, Table
from hrsim.report.figures.drawing import svg
from hrsim.report.figures.grammar import titled
from hrsim.report.language import Language


@dataclass(frozen=True)
class Drawn:
    """Hold a chart, the data it shows, and the same as columns and rows of a table for readers."""

    chart: Mapping[str, Any]
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def figure(name: str, drawn: Drawn, say: Language, **words: object) -> Figure:
    """Draw a chart; its title, key and description are messages of the same name, before a colon.

    Title and key stand in the drawing too, so that it says by itself what it shows.
    """
    key = name.split(":")[0]
    title = say(f"figure.{key}.title", **words)
    signs = say.messages.get(f"figure.{key}.key")
    chart = titled(drawn.chart, title, str(signs) if signs else "")
    return Figure(
        name=name.replace(":", "_"),
        title=title,
        description=say(f"figure.{key}.description", **words),
        svg=svg(chart, say),
        table=Table(title, drawn.columns, drawn.rows, folded=True),
        frame=drawn.frame,
    )
