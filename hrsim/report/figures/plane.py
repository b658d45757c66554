"""The cost-effectiveness plane: arms with their clouds of draws, the frontier, and the line of the threshold."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from hrsim.report.comparison import MILLION
from hrsim.report.figures.data import frontier_line
from hrsim.report.figures.drawing import INK, PALETTE, QUIET
from hrsim.report.figures.grammar import (
    INDEPENDENT,
    NUMBER,
    POINT,
    SHAPES,
    STRONG,
    THIN,
    Chart,
    by_name,
    colours_of,
    mark,
    numeric,
    rows_of,
    zero_line,
)
from hrsim.report.language import Language
from hrsim.report.numbers import number, to_significant

Labels = Mapping[str, str]
WIDTH, HEIGHT, ROOM_FOR_WORDS = 720, 400, 0.15
CLOUD_SIZE, CLOUD_OPACITY = 14, 0.35
DASHED = [5, 3]


def plane(
    data: pd.DataFrame, labels: Labels, say: Language, cloud: pd.DataFrame, threshold: float | None = None
) -> Chart:
    """Draw each arm's cost against its QALYs, both less the comparator's, over its draws, with the frontier.

    `cloud` holds the draws; where it is empty each arm has thin lines for its intervals. `threshold` is the money per
    QALY of the dashed line: below it an arm is worth its cost.
    """
    columns = ["name", "status", "icer", "qalys", "qalys_low", "qalys_high", "cost", "cost_low", "cost_high"]
    scaled = {name: data[name] / MILLION for name in ("cost", "cost_low", "cost_high")}
    shown = _named(data.assign(**scaled), labels)[columns]
    shown = shown.assign(colour=colours_of(list(shown["name"])))
    names = list(shown["name"])
    money = say("money.of", currency=data["currency"].iloc[0], year=data["price_year"].iloc[0])
    right, upward = say("figure.plane.x"), say("figure.plane.y", money=money)
    place = {
        "x": numeric("qalys", title=right, axis={"format": NUMBER, "tickCount": 8}),
        "y": numeric("cost", title=upward, axis={"format": NUMBER, "tickCount": 6}),
    }
    points = mark("point", filled=True, size=POINT * 1.6, opacity=1, stroke="white", strokeWidth=1) | {
        "encoding": {**place, "color": by_name(names, list(PALETTE)), "shape": by_name(names, SHAPES)}
    }
    draws = _named(cloud.assign(cost=cloud["cost"].astype(float) / MILLION), labels)
    behind = _intervals(place) if cloud.empty else [_cloud(draws, shown, place)]
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "data": rows_of(shown),
        "resolve": INDEPENDENT,
        "layer": [
            zero_line("x", right), zero_line("y", upward), *behind, *_threshold(shown, draws, place, say, threshold),
            *_frontier(shown, say, place), points,
        ],
    }  # fmt: skip


def _intervals(place: Chart) -> list[Chart]:
    rule = mark("rule", strokeWidth=THIN, opacity=0.7)
    own = {"color": {"field": "colour", "type": "nominal", "scale": None}}
    across = {**place, "x": place["x"] | {"field": "qalys_low"}, "x2": {"field": "qalys_high"}, **own}
    up = {**place, "y": place["y"] | {"field": "cost_low"}, "y2": {"field": "cost_high"}, **own}
    return [rule | {"encoding": across}, rule | {"encoding": up}]


def _cloud(draws: pd.DataFrame, shown: pd.DataFrame, place: Chart) -> Chart:
    colours = shown.set_index("name")["colour"]
    rows = draws.assign(colour=[colours[name] for name in draws["name"]])[["qalys", "cost", "colour"]]
    own = {"color": {"field": "colour", "type": "nominal", "scale": None}}
    dots = mark("point", filled=True, size=CLOUD_SIZE, opacity=CLOUD_OPACITY)
    return dots | {"data": rows_of(rows), "encoding": place | own}


def _threshold(
    shown: pd.DataFrame, draws: pd.DataFrame, place: Chart, say: Language, threshold: float | None
) -> list[Chart]:
    """Draw the line through the comparator on which health costs just the threshold, as far as what is shown."""
    if not threshold:
        return []
    both = pd.concat([shown[["qalys", "cost"]], draws[["qalys", "cost"]]])
    slope = threshold / MILLION
    right = min(max(both["qalys"].max(), 0.0), max(both["cost"].max(), 0.0) / slope)
    left = max(min(both["qalys"].min(), 0.0), min(both["cost"].min(), 0.0) / slope)
    line = pd.DataFrame({"qalys": [left, right], "cost": [slope * left, slope * right]})
    words = say("figure.plane.threshold", threshold=number(threshold, 0, say.form))
    end = line.iloc[[1 if right > -left else 0]].assign(words=words)
    return [
        mark("line", color=INK, strokeWidth=THIN, strokeDash=DASHED)
        | {"data": rows_of(line), "encoding": place},
        mark("text", align="right", dx=-8, dy=-6, color=INK)
        | {"data": rows_of(end), "encoding": place | {"text": {"field": "words"}}},
    ]


def _frontier(shown: pd.DataFrame, say: Language, place: Chart) -> list[Chart]:
    """Draw the line along the frontier, and at the middle of each segment that has room for it its ratio."""
    line = frontier_line(shown)
    length = line[["qalys", "cost"]].diff().abs() / (
        line[["qalys", "cost"]].max() - line[["qalys", "cost"]].min()
    )
    middle = line[["qalys", "cost"]].rolling(2).mean()
    words = [say("figure.plane.ratio", ratio=to_significant(icer, say.form)) for icer in line["icer"]]
    ratios = middle.assign(words=words)[line["icer"].notna() & (length.max(axis=1) > ROOM_FOR_WORDS)]
    return [
        mark("line", color=QUIET, strokeWidth=STRONG)
        | {"data": rows_of(line), "encoding": place | {"order": {"field": "cost"}}},
        mark("text", align="left", dx=10, dy=12, color=INK)
        | {"data": rows_of(ratios), "encoding": place | {"text": {"field": "words"}}},
    ]


def _named(data: pd.DataFrame, labels: Labels) -> pd.DataFrame:
    return data.assign(name=[labels[arm] for arm in data["arm"]])
