"""Two figures of a run as SVG with fixed bytes, each with its data: changes, and cost against QALYs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from hrsim.report.comparison import HEADLINES, MILLION
from hrsim.report.decision import ON_FRONTIER
from hrsim.report.numbers import to_significant

SVG_SETTINGS: Any = {
    "svg.hashsalt": "hrsim",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
}
NO_DATE = {"Date": None, "Creator": "hrsim"}
BAR_COLOUR, ZERO_COLOUR = "#1f5a7a", "#888888"
ROW_HEIGHT, PANEL_WIDTH, MARGIN_HEIGHT = 0.28, 2.6, 1.1
MUTED_COLOUR = "#b0b0b0"
NO_FIGURES = (
    "No figures were drawn: the plotting library is not installed. Their data are in figures/*.csv; to draw "
    'them: pip install "hrsim[figures]", then run again with --force.'
)
PANELS_IN_ROW, TICKS, PLANE_MARGIN = 4, 4, 0.35
PLANE_SIZE = (6.4, 4.8)


@dataclass(frozen=True)
class ArmStyle:
    """Say how arms are marked on the plane, and where their names stand (in points from the mark)."""

    label: str
    fill: str
    edge: str
    offset: tuple[int, int]
    align: str


# Below the frontier there is never an arm, so that is where the names of its own arms stand.
FRONTIER_STYLE = ArmStyle("On the frontier", BAR_COLOUR, BAR_COLOUR, (8, -10), "left")
OFF_FRONTIER_STYLE = ArmStyle("Off the frontier", "white", MUTED_COLOUR, (0, 6), "center")

Draw = Callable[[pd.DataFrame, Mapping[str, str], Any], Any]


def figures_available() -> bool:
    """Tell whether the plotting library is installed."""
    return find_spec("matplotlib") is not None


def notices() -> tuple[str, ...]:
    """Say which figures a report lacks on this machine, and the remedy; nothing when it lacks none."""
    return () if figures_available() else (NO_FIGURES,)


def changes_data(differences: pd.DataFrame) -> pd.DataFrame:
    """Choose what the figure of changes shows: headline outcomes of all people that differ at all."""
    if differences.empty:
        return differences
    everyone = (differences["group"] == "all") & ~differences["discounted"].astype(bool)
    chosen = differences[everyone & differences["measure"].isin(list(HEADLINES))]
    moving = chosen.groupby("measure")["sd"].transform("max") > 0
    columns = ["arm", "comparator", "measure", "unit", "mean", "low", "high", "n_draws"]
    return pd.DataFrame(chosen.loc[moving, columns])


def plane_data(cost_effectiveness: pd.DataFrame) -> pd.DataFrame:
    """Choose what the plane shows: each arm's mean cost, QALYs and standing from the first perspective."""
    first = cost_effectiveness["perspective"] == cost_effectiveness["perspective"].iloc[0]
    columns = ["arm", "perspective", "currency", "price_year", "cost", "qalys", "status", "icer"]
    return pd.DataFrame(cost_effectiveness.loc[first, columns])


def write_figure(name: str, data: pd.DataFrame, draw: Draw, labels: Mapping[str, str], folder: Path) -> None:
    """Write one figure's data as CSV and, where the plotting library is installed, the figure as SVG."""
    data.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    if data.empty or not figures_available():
        return
    import matplotlib

    with matplotlib.rc_context(SVG_SETTINGS):
        from matplotlib.figure import Figure

        figure = Figure(layout="constrained")
        draw(data, labels, figure)
        figure.savefig(folder / f"{name}.svg", format="svg", metadata=NO_DATE)


def draw_changes(data: pd.DataFrame, labels: Mapping[str, str], figure: Any) -> None:
    """Draw the mean change and its 95 % interval for every arm, one panel for each outcome."""
    measures = list(dict.fromkeys(data["measure"]))
    arms = list(dict.fromkeys(data["arm"]))
    columns = min(PANELS_IN_ROW, len(measures))
    rows = math.ceil(len(measures) / columns)
    figure.set_size_inches(PANEL_WIDTH * columns, rows * (MARGIN_HEIGHT + ROW_HEIGHT * len(arms)))
    panels = figure.subplots(rows, columns, sharey=True, squeeze=False).flat
    for panel, measure in zip(panels, measures, strict=False):
        shown = data[data["measure"] == measure].set_index("arm").loc[arms]
        spread = [shown["mean"] - shown["low"], shown["high"] - shown["mean"]]
        panel.axvline(0, color=ZERO_COLOUR, linewidth=1)
        panel.errorbar(shown["mean"], range(len(arms)), xerr=spread, fmt="o", color=BAR_COLOUR, capsize=3)
        panel.set_title(HEADLINES[measure])
        panel.set_yticks(range(len(arms)), [labels[arm] for arm in arms])
        panel.locator_params(axis="x", nbins=TICKS)
    for unused in panels[len(measures) :]:
        unused.set_visible(False)
    panels[0].invert_yaxis()
    figure.supxlabel("Change from the comparator over the horizon: mean and 95 % interval")


def frontier_line(data: pd.DataFrame) -> pd.DataFrame:
    """Return the arms of the efficiency frontier, cheapest first; arms of equal cost and effect once."""
    line = data[data["status"].isin(list(ON_FRONTIER))].sort_values(["cost", "qalys"])
    return line.drop_duplicates(["cost", "qalys"])


def draw_plane(data: pd.DataFrame, labels: Mapping[str, str], figure: Any) -> None:
    """Draw each arm's mean cost against its mean QALYs, both discounted, and the efficiency frontier.

    Each segment of the frontier carries its ratio, cost per QALY gained; arms off it are hollow.
    """
    figure.set_size_inches(*PLANE_SIZE)
    panel = figure.subplots()
    line = frontier_line(data)
    panel.plot(line["qalys"], line["cost"] / MILLION, color=BAR_COLOUR, label="Efficiency frontier")
    on_it = data["status"].isin(list(ON_FRONTIER))
    _draw_arms(data[on_it], labels, panel, FRONTIER_STYLE)
    _draw_arms(data[~on_it], labels, panel, OFF_FRONTIER_STYLE)
    _write_ratios(line, panel)
    first = data.iloc[0]
    panel.set_xlabel("QALYs, discounted")
    panel.set_ylabel(f"Cost, million {first['currency']} of {first['price_year']}, discounted")
    panel.set_title(f"{first['perspective'].replace('_', ' ').capitalize()} perspective")
    panel.ticklabel_format(style="plain", useOffset=False)
    panel.margins(PLANE_MARGIN)
    figure.legend(loc="outside lower center", ncols=3, frameon=False)


def _draw_arms(data: pd.DataFrame, labels: Mapping[str, str], panel: Any, style: ArmStyle) -> None:
    if data.empty:
        return
    costs = data["cost"] / MILLION
    marks = {"mfc": style.fill, "mec": style.edge, "linestyle": "", "label": style.label}
    panel.plot(data["qalys"], costs, "o", **marks)
    where = {"xytext": style.offset, "textcoords": "offset points", "ha": style.align}
    for arm, qalys, cost in zip(data["arm"], data["qalys"], costs, strict=True):
        panel.annotate(labels[arm], (qalys, cost), **where)


def _write_ratios(line: pd.DataFrame, panel: Any) -> None:
    """Write the cost per QALY gained in the middle of each segment of the frontier."""
    points = list(zip(line["qalys"], line["cost"] / MILLION, line["icer"], strict=True))
    for (qalys, cost, _), (more_qalys, more_cost, ratio) in pairwise(points):
        middle = ((qalys + more_qalys) / 2, (cost + more_cost) / 2)
        words = f"{to_significant(ratio)} per QALY"
        panel.annotate(words, middle, xytext=(6, -10), textcoords="offset points", color=BAR_COLOUR)
