"""The charts of the validation dossier: each measure on a relative scale, so that all units share an axis."""

from __future__ import annotations

import textwrap

import pandas as pd

from hrsim.report.figures.drawing import ACCENT, BASE, FRONTIER, INK, PAPER, QUIET
from hrsim.report.figures.grammar import (
    POINT,
    ROW_HEIGHT,
    STRONG,
    THIN,
    Chart,
    mark,
    numeric,
    panels_in_rows,
    plain_axis,
    rows_of,
    zero_line,
)

VERDICTS = ("inside", "undecided", "outside")
COLOURS, SHAPES = [ACCENT, BASE, FRONTIER], ["circle", "diamond", "cross"]
WIDTH, LABEL_LIMIT, LABEL_LENGTH, TALL_ROW, BAND_HEIGHT, BAND_OPACITY = 460, 360, 58, 32, 16, 0.2
LINES = "split(datum.label, '\\n')"
MARGIN = 1.2  # of the axis beyond the farthest point
RELATIVE = "Difference from the published value, % of it"
TICKS = [-100, -50, -20, -10, -5, -2, 0, 2, 5, 10, 20, 50, 100, 200, 500]
SIGNED = {"format": "+~r", "labelExpr": "datum.value == 0 ? '0' : datum.label"}
SAME_SCALES: Chart = {"scale": {"x": "shared", "color": "shared", "shape": "shared"}}
"""One axis for all panels, and one legend."""


def forest(data: pd.DataFrame) -> Chart:
    """Draw one case: per measure hrsim with its Monte Carlo error, the band of acceptance, the published interval.

    All in per cent of the published value, which stands at 0.
    """
    data = data.assign(measure=["\n".join(textwrap.wrap(name, LABEL_LENGTH)) for name in data["measure"]])
    y = {
        "field": "measure", "type": "nominal", "sort": list(data["measure"]),
        "axis": plain_axis(grid=False, labelLimit=0, ticks=False, domain=False, labelExpr=LINES),
    }  # fmt: skip
    x = numeric("hrsim", title=RELATIVE, axis={**SIGNED, "tickCount": 7})

    def between(part: Chart, low: str, high: str) -> Chart:
        return part | {"encoding": {"x": x | {"field": low}, "x2": {"field": high}, "y": y}}

    return {
        "width": WIDTH,
        "height": TALL_ROW * len(data),
        "data": rows_of(data),
        "layer": [
            between(mark("bar", color=ACCENT, opacity=BAND_OPACITY, height=BAND_HEIGHT), "band_low", "band_high"),
            zero_line("x", RELATIVE),
            between(mark("rule", color=QUIET, strokeWidth=THIN, strokeDash=[4, 2]), "low", "high"),
            between(mark("rule", color=INK, strokeWidth=STRONG), "error_low", "error_high"),
            _points() | {"encoding": {"x": x, "y": y, **_by_verdict()}},
        ],
    }  # fmt: skip


def overview(data: pd.DataFrame) -> Chart:
    """Draw all cases: a row for each, a point for each measure, a panel for each heading; stretched near 0."""
    panels = []
    limits = [MARGIN * min(-5.0, float(data["hrsim"].min())), MARGIN * max(5.0, float(data["hrsim"].max()))]
    for heading in dict.fromkeys(data["heading"]):
        shown = data[data["heading"] == heading]
        cases = list(dict.fromkeys(shown["case"]))
        y = {
            "field": "case", "type": "nominal", "sort": cases,
            "axis": plain_axis(grid=True, labelLimit=LABEL_LIMIT, ticks=False, domain=False),
        }  # fmt: skip
        x = numeric(
            "hrsim", title=RELATIVE, axis={**SIGNED, "values": TICKS},
            scale={"type": "symlog", "constant": 2, "domain": limits, "nice": False},
        )  # fmt: skip
        panels.append(
            {
                "title": heading,
                "width": WIDTH,
                "height": ROW_HEIGHT * len(cases),
                "data": rows_of(shown),
                "layer": [zero_line("x", RELATIVE), _points() | {"encoding": {"x": x, "y": y, **_by_verdict()}}],
            }
        )  # fmt: skip
    return {**panels_in_rows(panels, 1), "resolve": SAME_SCALES}


def _points() -> Chart:
    return mark("point", filled=True, size=POINT, opacity=0.9, stroke=PAPER, strokeWidth=0.8)


def _by_verdict() -> Chart:
    place = {
        "field": "verdict", "type": "nominal", "sort": list(VERDICTS),
        "legend": {"title": None, "symbolOpacity": 1},
    }  # fmt: skip
    return {
        "color": place | {"scale": {"domain": list(VERDICTS), "range": COLOURS}},
        "shape": place | {"scale": {"domain": list(VERDICTS), "range": SHAPES}},
    }
