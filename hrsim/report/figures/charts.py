"""The charts of a report as Vega-Lite specifications: one small function each, from tidy data and labels."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from hrsim.report.comparison import MILLION
from hrsim.report.figures.drawing import ACCENT, FRONTIER, INK, PALETTE
from hrsim.report.figures.grammar import (
    INDEPENDENT,
    NUMBER,
    PANEL_HEIGHT,
    PANEL_WIDTH,
    PANELS_IN_ROW,
    ROW_HEIGHT,
    STRONG,
    Chart,
    by_name,
    colours_of,
    dot,
    first_only,
    mark,
    numeric,
    panel_title,
    panels_in_rows,
    plain_axis,
    rows_of,
    zero_line,
)
from hrsim.report.language import Language

Labels = Mapping[str, str]
WIDTH, HEIGHT = 720, 400
BAND_OPACITY, YEARS_LABELLED = 0.22, 5
DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [10, 3]]
MONEY_COLUMNS = ("mean", "low", "high")


def changes(data: pd.DataFrame, labels: Labels, say: Language) -> Chart:
    """Draw the mean change and its 95 % interval for every arm, one panel for each outcome."""
    panels = []
    for place, measure in enumerate(dict.fromkeys(data["measure"])):
        shown = _named(data[data["measure"] == measure], labels)
        names = list(dict.fromkeys(shown["name"]))
        axis = plain_axis(grid=False, domain=False, ticks=False, labels=place % PANELS_IN_ROW == 0)
        y = {"field": "name", "type": "nominal", "sort": names, "axis": axis}
        x_axis = plain_axis(tickCount=3, format=NUMBER)
        interval = mark("rule", color=ACCENT, strokeWidth=STRONG) | {
            "encoding": {
                "y": y,
                "x": numeric("low", axis=x_axis, scale={"padding": 8}),
                "x2": {"field": "high"},
            }
        }
        mean = dot(ACCENT) | {"encoding": {"y": y, "x": numeric("mean")}}
        panels.append(
            {
                "title": panel_title(say.name("short_measure", measure)),
                "width": PANEL_WIDTH - 10,
                "height": ROW_HEIGHT * len(names),
                "data": rows_of(shown[["name", "mean", "low", "high"]]),
                "layer": [zero_line("x"), interval, mean],
            }
        )
    return panels_in_rows(panels)


def over_time(data: pd.DataFrame, labels: Labels) -> Chart:
    """Draw by how much each arm changes one outcome in each year: a panel for each arm, the upright axis shared."""
    known = data[["mean", "low", "high"]]
    domain = [min(float(known.min().min()), 0.0), max(float(known.max().max()), 0.0)]
    panels = []
    for place, arm in enumerate(dict.fromkeys(data["arm"])):
        panels.append(
            {
                "title": panel_title(labels[arm]),
                "width": PANEL_WIDTH,
                "height": PANEL_HEIGHT,
                "layer": [zero_line("y"), *_band(data[data["arm"] == arm], domain, place)],
            }
        )
    return panels_in_rows(panels)


def _band(data: pd.DataFrame, domain: list[float], place: int) -> list[Chart]:
    values = rows_of(data[["year", "mean", "low", "high"]].dropna(subset=["mean"]))
    years = plain_axis(format="d", values=_some_years(data["year"]), grid=False, labelFlush=False)
    x = numeric("year", axis=years, scale={"zero": False, "nice": False})
    y = numeric("mean", scale={"domain": domain, "nice": True}, axis=first_only(place))
    area = {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"}}
    return [
        mark("area", color=ACCENT, opacity=BAND_OPACITY) | {"data": values, "encoding": area},
        mark("line", color=ACCENT, strokeWidth=STRONG) | {"data": values, "encoding": {"x": x, "y": y}},
        mark("point", color=ACCENT, filled=True, size=24, opacity=1)
        | {"data": values, "encoding": {"x": x, "y": y}},
    ]


def _some_years(years: pd.Series[int]) -> list[int]:
    """Choose at most five years to label, evenly spaced from the first on."""
    found = sorted({int(year) for year in years})
    return found[:: max(1, math.ceil(len(found) / YEARS_LABELLED))]


def acceptability(data: pd.DataFrame, labels: Labels, say: Language) -> Chart:
    """Draw the probability of being cost-effective by threshold, and the frontier over it in bold."""
    shown = _named(data, labels)[["name", "threshold", "probability_cost_effective", "on_frontier"]]
    names = list(dict.fromkeys(shown["name"]))
    x = numeric("threshold", title=say("figure.acceptability.x"), axis={"format": ",d", "tickCount": 6})
    y = numeric(
        "probability_cost_effective", title=say("figure.acceptability.y"), scale={"domain": [0, 1]},
        axis={"format": ".0%", "tickCount": 5},
    )  # fmt: skip
    colour = by_name(names, list(PALETTE))
    lines = mark("line", strokeWidth=1.8) | {
        "encoding": {"x": x, "y": y, "color": colour, "strokeDash": by_name(names, DASHES)}
    }
    colours = dict(zip(names, colours_of(names), strict=True))
    best_arms = shown[shown["on_frontier"].astype(bool)]
    best_arms = best_arms.assign(colour=[colours[name] for name in best_arms["name"]])
    best = mark("line", strokeWidth=7, opacity=0.35) | {
        "data": rows_of(best_arms),
        "encoding": {"x": x, "y": y, "color": {"field": "colour", "type": "nominal", "scale": None}},
    }
    return {
        "width": WIDTH,
        "height": 320,
        "data": rows_of(shown),
        "resolve": INDEPENDENT,
        "layer": [best, lines],
    }


def tornado(data: pd.DataFrame, say: Language, result: str) -> Chart:
    """Draw how far each input alone moves the result between its low and its high value."""
    ends = [(say("figure.tornado.low"), "result_at_low"), (say("figure.tornado.high"), "result_at_high")]
    narrow = data.iloc[-1]
    halfway = (narrow["result_at_low"] + narrow["result_at_high"]) / 2
    middle = float(narrow.get("result_at_base", halfway))
    bars = pd.concat(
        [
            data.assign(end=word, result=data[column], base=middle)[["label", "end", "result", "base"]]
            for word, column in ends
        ]
    )
    order = list(dict.fromkeys(data["label"]))
    colour = {
        "field": "end", "type": "nominal", "title": None, "sort": [word for word, _ in ends],
        "scale": {"domain": [word for word, _ in ends], "range": [ACCENT, FRONTIER]},
    }  # fmt: skip
    y_axis = plain_axis(grid=False, labelLimit=320)
    y = {"field": "label", "type": "nominal", "sort": order, "axis": y_axis}
    x = numeric("result", title=result, scale={"zero": False}, axis={"format": ".4~s", "tickCount": 4})
    return mark("bar", height=15) | {
        "width": 420,
        "height": ROW_HEIGHT * len(order),
        "data": rows_of(bars),
        "encoding": {"y": y, "x": x, "x2": {"field": "base"}, "color": colour},
    }


def budget(data: pd.DataFrame, labels: Labels) -> Chart:
    """Draw the change of a payer's spending by year: a panel of bars with intervals for each arm."""
    scaled = data.assign(**{name: data[name] / MILLION for name in MONEY_COLUMNS})
    known = scaled[list(MONEY_COLUMNS)]
    scale = {"domain": [min(float(known.min().min()), 0), max(float(known.max().max()), 0)], "nice": True}
    panels = []
    for place, arm in enumerate(dict.fromkeys(data["arm"])):
        of_arm = scaled[scaled["arm"] == arm]
        x = {
            "field": "year", "type": "ordinal",
            "axis": plain_axis(labelAngle=0, labelOverlap=True, grid=False),
        }  # fmt: skip
        y = numeric("mean", scale=scale, axis=first_only(place))
        ends = {"x": x, "y": numeric("low", scale=scale), "y2": {"field": "high"}}
        panels.append(
            {
                "title": panel_title(labels[arm]),
                "width": PANEL_WIDTH,
                "height": PANEL_HEIGHT,
                "data": rows_of(of_arm[["year", *MONEY_COLUMNS]]),
                "layer": [
                    mark("bar", color=ACCENT, opacity=0.7) | {"encoding": {"x": x, "y": y}},
                    mark("rule", strokeWidth=1.4, color=INK) | {"encoding": ends},
                    zero_line("y"),
                ],
            }
        )
    return panels_in_rows(panels)


def _named(data: pd.DataFrame, labels: Labels) -> pd.DataFrame:
    return data.assign(name=[labels[arm] for arm in data["arm"]])
