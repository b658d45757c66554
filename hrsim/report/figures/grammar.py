"""The parts that charts of hrsim are made of: marks, axes, panels and data as pieces of Vega-Lite specifications."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from hrsim.report.figures.drawing import INK, PALETTE, QUIET

Chart = dict[str, Any]
PANELS_IN_ROW, PANEL_WIDTH, PANEL_HEIGHT, ROW_HEIGHT = 4, 180, 150, 26
TITLE_SIZE, TITLE_WIDTH, KEY_WIDTH, PANEL_TITLE_WIDTH = 14, 88, 110, 27
STRONG, THIN, POINT = 2.2, 1.2, 70
NUMBER = ",~r"
INDEPENDENT: Chart = {"scale": dict.fromkeys(("color", "shape", "strokeDash"), "independent")}
SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"]
ZERO: Chart = {"values": [{"zero": 0}]}


def panels_in_rows(panels: Sequence[Chart], in_row: int = PANELS_IN_ROW) -> Chart:
    """Set panels side by side, a few in a row."""
    return {"columns": in_row, "spacing": 22, "concat": list(panels)}


def titled(chart: Mapping[str, Any], title: str, key: str) -> Chart:
    """Head a chart with its title and, smaller, the key to its signs; long ones run over several lines."""
    look = {
        "anchor": "start",
        "fontSize": TITLE_SIZE,
        "subtitleFontSize": 12,
        "subtitleColor": INK,
        "offset": 14,
    }
    below = {"subtitle": wrapped(key, KEY_WIDTH)} if key else {}
    return {**chart, "title": {"text": wrapped(title, TITLE_WIDTH), "limit": 0, **below, **look}}


def wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines of at most so many letters."""
    return textwrap.wrap(text, width) or [""]


def panel_title(text: str) -> Chart:
    """Head a panel; a long name runs over two lines and more."""
    return {"text": wrapped(text, PANEL_TITLE_WIDTH), "limit": 0}


def zero_line(channel: str, title: str | None = None) -> Chart:
    """Draw the line of no difference; its title is that of the axis."""
    return mark("rule", color=QUIET) | {"data": ZERO, "encoding": {channel: numeric("zero", title=title)}}


def mark(kind: str, **look: Any) -> Chart:
    """Name a mark and its look."""
    return {"mark": {"type": kind, **look}}


def dot(colour: str) -> Chart:
    """Draw a filled point."""
    return mark("point", color=colour, filled=True, size=POINT, opacity=1)


def numeric(field: str, **more: Any) -> Chart:
    """Encode a field of numbers; without a title unless one is given."""
    return {"field": field, "type": "quantitative", "title": None, **more}


def plain_axis(**more: Any) -> Chart:
    """Describe an axis without a title."""
    return {"title": None, **more}


def first_only(place: int) -> Chart:
    """Label the upright axis in the first panel of a row; all panels of the row share its scale."""
    first = place % PANELS_IN_ROW == 0
    return plain_axis(labels=first, ticks=first, domain=first, tickCount=4, format=NUMBER, labelFlush=True)


def rows_of(data: pd.DataFrame) -> Chart:
    """Give rows as Vega-Lite data; what is not known is null."""
    rows = data.astype(object).where(data.notna(), None)
    return {"values": rows.to_dict("records")}


def colours_of(names: Sequence[str]) -> list[str]:
    """Give each name its colour, in order."""
    return [PALETTE[place % len(PALETTE)] for place in range(len(names))]


def by_name(names: list[str], values: list[Any]) -> Chart:
    """Give each name its own colour, shape or dash, in the order of the names."""
    domain = {"domain": names, "range": [values[place % len(values)] for place in range(len(names))]}
    return {"field": "name", "type": "nominal", "sort": names, "title": None, "scale": domain}
