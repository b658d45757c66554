"""Two figures of a run as SVG with fixed bytes, each with its data: changes, and cost against QALYs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd

from hrsim.report.comparison import HEADLINES, MILLION

SVG_SETTINGS: Any = {
    "svg.hashsalt": "hrsim",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
}
NO_DATE = {"Date": None, "Creator": "hrsim"}
BAR_COLOUR, ZERO_COLOUR = "#1f5a7a", "#888888"
ROW_HEIGHT, PANEL_WIDTH, MARGIN_HEIGHT = 0.28, 2.6, 1.1
PANELS_IN_ROW, TICKS, PLANE_MARGIN = 4, 4, 0.25

Draw = Callable[[pd.DataFrame, Mapping[str, str], Any], Any]


def figures_available() -> bool:
    """Tell whether the plotting library is installed."""
    return find_spec("matplotlib") is not None


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
    """Choose what the plane shows: each arm's mean cost and QALYs from the first perspective."""
    first = cost_effectiveness["perspective"] == cost_effectiveness["perspective"].iloc[0]
    columns = ["arm", "perspective", "currency", "price_year", "cost", "qalys", "status"]
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


def draw_plane(data: pd.DataFrame, labels: Mapping[str, str], figure: Any) -> None:
    """Draw each arm's mean cost against its mean QALYs, both discounted."""
    panel = figure.subplots()
    for arm, qalys, cost in zip(data["arm"], data["qalys"], data["cost"] / MILLION, strict=True):
        panel.plot([qalys], [cost], "o", color=BAR_COLOUR)
        panel.annotate(labels[arm], (qalys, cost), xytext=(0, 6), textcoords="offset points", ha="center")
    first = data.iloc[0]
    panel.set_xlabel("QALYs, discounted")
    panel.set_ylabel(f"Cost, million {first['currency']} of {first['price_year']}, discounted")
    panel.set_title(f"{first['perspective'].replace('_', ' ').capitalize()} perspective")
    panel.ticklabel_format(style="plain", useOffset=False)
    panel.margins(PLANE_MARGIN)
