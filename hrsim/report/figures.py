"""Two figures of a run as SVG with fixed bytes, each with its data: changes, and cost against QALYs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd

from hrsim.report.comparison import HEADLINES

SVG_SETTINGS = {"svg.hashsalt": "hrsim", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9}
NO_DATE = {"Date": None, "Creator": "hrsim"}
BAR_COLOUR, ZERO_COLOUR = "#1f5a7a", "#888888"
ROW_HEIGHT, PANEL_WIDTH, MARGIN_HEIGHT = 0.28, 2.6, 1.1

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
    return chosen.loc[moving, ["arm", "comparator", "measure", "unit", "mean", "low", "high", "n_draws"]]


def plane_data(cost_effectiveness: pd.DataFrame) -> pd.DataFrame:
    """Choose what the plane shows: each arm's mean cost and QALYs from the first perspective."""
    first = cost_effectiveness["perspective"] == cost_effectiveness["perspective"].iloc[0]
    return cost_effectiveness.loc[
        first, ["arm", "perspective", "currency", "price_year", "cost", "qalys", "status"]
    ]


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
    figure.set_size_inches(PANEL_WIDTH * len(measures), MARGIN_HEIGHT + ROW_HEIGHT * len(arms))
    panels = figure.subplots(1, len(measures), sharey=True, squeeze=False)[0]
    for panel, measure in zip(panels, measures, strict=True):
        shown = data[data["measure"] == measure].set_index("arm").loc[arms]
        spread = [shown["mean"] - shown["low"], shown["high"] - shown["mean"]]
        panel.axvline(0, color=ZERO_COLOUR, linewidth=1)
        panel.errorbar(shown["mean"], range(len(arms)), xerr=spread, fmt="o", color=BAR_COLOUR, capsize=3)
        panel.set_title(HEADLINES[measure])
        panel.set_yticks(range(len(arms)), [labels[arm] for arm in arms])
    panels[0].invert_yaxis()
    figure.supxlabel("Change from the comparator over the horizon: mean and 95 % interval")


def draw_plane(data: pd.DataFrame, labels: Mapping[str, str], figure: Any) -> None:
    """Draw each arm's mean cost against its mean QALYs, both discounted."""
    panel = figure.subplots()
    for arm, qalys, cost in zip(data["arm"], data["qalys"], data["cost"], strict=True):
        panel.plot([qalys], [cost], "o", color=BAR_COLOUR)
        panel.annotate(labels[arm], (qalys, cost), xytext=(5, 5), textcoords="offset points")
    panel.set_xlabel("QALYs, discounted")
    panel.set_ylabel("Cost, discounted")
    panel.ticklabel_format(style="plain", useOffset=False)
    panel.margins(0.2)
