"""The charts of a calibration: fit by year, prior against posterior, what was learnt, what is tied to what."""

from __future__ import annotations

import pandas as pd

from hrsim.report.figures.drawing import ACCENT, BASE, FRONTIER, INK, PAPER, QUIET
from hrsim.report.figures.grammar import (
    NUMBER,
    PANEL_HEIGHT,
    PANEL_WIDTH,
    POINT,
    ROW_HEIGHT,
    STRONG,
    Chart,
    mark,
    numeric,
    panels_in_rows,
    plain_axis,
    rows_of,
    zero_line,
)
from hrsim.report.language import Language

USES = ("fitted", "held_out")
SERIES_IN_ROW, SERIES_WIDTH, SERIES_HEIGHT = 2, 330, 220
BAR, WIDE_OPACITY, MIDDLE_OPACITY, PRIOR_DASH = 15, 0.22, 0.5, [5, 3]
CELL = 46
ONE_LEGEND: Chart = {"scale": dict.fromkeys(("color", "shape"), "shared")}
DARK_CELL = 0.6  # correlation from which on its cell is dark, so that its number is written in white


def fit_by_year(data: pd.DataFrame, say: Language) -> Chart:
    """Draw each series: what was published with its error, and the predictive median, middle half and 95 %.

    Fitted and held-out years differ in shape and in colour.
    """
    named = data.assign(name=[say(f"calibration.use.{use}") for use in data["use"]])
    panels = []
    for series in dict.fromkeys(named["series"]):
        shown = named[named["series"] == series].drop(columns="source")
        panels.append(
            {
                "title": say.name("series", str(series)),
                "width": SERIES_WIDTH,
                "height": SERIES_HEIGHT,
                "data": rows_of(shown),
                "layer": _fit_layers(sorted(set(shown["year"])), say),
            }
        )
    return {**panels_in_rows(panels, SERIES_IN_ROW), "resolve": ONE_LEGEND}


def _fit_layers(years: list[int], say: Language) -> list[Chart]:
    names = [say(f"calibration.use.{use}") for use in USES]
    x = numeric(
        "year",
        axis=plain_axis(format="d", values=years, grid=False, labelOverlap=True),
        scale={"zero": False, "nice": False, "padding": BAR},
    )
    y = numeric("low", axis=plain_axis(tickCount=5, format=NUMBER), scale={"zero": True})
    place = {"field": "name", "type": "nominal", "sort": names, "legend": {"title": None, "symbolOpacity": 1}}
    colour = place | {"scale": {"domain": names, "range": [ACCENT, FRONTIER]}}
    shape = place | {"scale": {"domain": names, "range": ["circle", "diamond"]}}

    def bar(low: str, high: str, opacity: float) -> Chart:
        return mark("bar", size=BAR, opacity=opacity) | {
            "encoding": {"x": x, "y": y | {"field": low}, "y2": {"field": high}, "color": colour}
        }

    middle = mark("tick", orient="horizontal", size=BAR + 3, thickness=STRONG, opacity=1)
    error = mark("rule", color=INK, strokeWidth=1.4)
    point = mark("point", filled=True, size=POINT * 1.2, opacity=1, stroke=PAPER, strokeWidth=1)
    return [
        bar("low", "high", WIDE_OPACITY),
        bar("low_50", "high_50", MIDDLE_OPACITY),
        middle | {"encoding": {"x": x, "y": y | {"field": "median"}, "color": colour}},
        error | {"encoding": {"x": x, "y": y | {"field": "published_low"}, "y2": {"field": "published_high"}}},
        point | {"encoding": {"x": x, "y": y | {"field": "published"}, "color": colour, "shape": shape}},
    ]  # fmt: skip


def prior_and_posterior(data: pd.DataFrame) -> Chart:
    """Draw each parameter's posterior as bars and its prior as a dashed outline: share of draws in equal bins."""
    panels = []
    for evidence in dict.fromkeys(data["evidence"]):
        shown = pd.DataFrame(data[data["evidence"] == evidence])
        x = numeric("from", axis=plain_axis(tickCount=3, format=NUMBER, grid=False), scale={"zero": False})
        y = numeric("posterior", axis=plain_axis(labels=False, ticks=False, domain=False, grid=False))
        last = shown.iloc[-1]
        outline = pd.concat(
            [shown[["from", "prior"]], pd.DataFrame([{"from": last["to"], "prior": last["prior"]}])]
        )
        panels.append(
            {
                "title": evidence,
                "width": PANEL_WIDTH,
                "height": PANEL_HEIGHT - 30,
                "layer": [
                    mark("bar", color=ACCENT, opacity=0.65, stroke=PAPER, strokeWidth=0.5)
                    | {"data": rows_of(shown), "encoding": {"x": x, "x2": {"field": "to"}, "y": y, "y2": {"datum": 0}}},
                    mark("line", color=BASE, strokeWidth=STRONG, strokeDash=PRIOR_DASH, interpolate="step-after")
                    | {"data": rows_of(outline), "encoding": {"x": x, "y": y | {"field": "prior"}}},
                ],
            }
        )  # fmt: skip
    return panels_in_rows(panels)


def shrinkage(data: pd.DataFrame, say: Language) -> Chart:
    """Draw for each parameter how much narrower than its prior the fit was expected to be, and is."""
    names = [say(f"figure.shrinkage.{column}") for column in ("expected", "reached")]
    order = list(data["evidence"])
    y = {
        "field": "evidence",
        "type": "nominal",
        "sort": order,
        "axis": plain_axis(grid=False, labelLimit=320),
    }
    x = numeric(
        "expected", title=say("figure.shrinkage.x"), axis={"format": ".0%", "tickCount": 6},
        scale={"domain": [min(0.0, float(data["reached"].min())), 1.0]},
    )  # fmt: skip
    ends = pd.concat(
        [
            data[["evidence"]].assign(name=name, value=data[column])
            for name, column in zip(names, ("expected", "reached"), strict=True)
        ]
    )
    place = {"field": "name", "type": "nominal", "title": None, "sort": names}
    points = mark("point", filled=True, size=POINT * 1.6, opacity=1) | {
        "data": rows_of(ends),
        "encoding": {
            "x": x | {"field": "value"},
            "y": y,
            "color": place | {"scale": {"domain": names, "range": [FRONTIER, ACCENT]}},
            "shape": place | {"scale": {"domain": names, "range": ["triangle-up", "circle"]}},
        },
    }
    between = mark("rule", color=QUIET, strokeWidth=STRONG) | {
        "data": rows_of(data[["evidence", "expected", "reached"]]),
        "encoding": {"x": x, "x2": {"field": "reached"}, "y": y},
    }
    title = say("figure.shrinkage.x")
    return {
        "width": 420,
        "height": ROW_HEIGHT * len(order),
        "layer": [zero_line("x", title), between, points],
    }


def correlations(data: pd.DataFrame) -> Chart:
    """Draw the rank correlation of each pair of parameters as a cell with its number."""
    order = list(dict.fromkeys(data["one"]))
    axis = plain_axis(grid=False, labelLimit=320, domain=False, ticks=False)
    x = {"field": "one", "type": "nominal", "sort": order, "axis": axis | {"labelAngle": -45}}
    y = {"field": "other", "type": "nominal", "sort": order, "axis": axis}
    colour = numeric(
        "correlation",
        legend=None,
        scale={"domain": [-1, 0, 1], "range": [FRONTIER, PAPER, ACCENT], "interpolate": "rgb"},
    )
    words = {
        "condition": {"test": f"abs(datum.correlation) > {DARK_CELL}", "value": PAPER},
        "value": INK,
    }
    return {
        "width": CELL * len(order),
        "height": CELL * len(order),
        "data": rows_of(data),
        "encoding": {"x": x, "y": y},
        "layer": [
            mark("rect", stroke=PAPER) | {"encoding": {"color": colour}},
            mark("text")
            | {"encoding": {"text": {"field": "correlation", "format": ".2f"}, "color": words}},
        ],
    }  # fmt: skip
