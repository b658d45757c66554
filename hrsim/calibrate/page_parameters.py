"""Parameters on a calibration's page: before and after, what could be and was learnt, what is tied to what."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hrsim.calibrate.shown import Shown
from hrsim.evidence import EvidenceRow
from hrsim.evidence.draws import quantile
from hrsim.report.blocks import (
    Block,
    Cell,
    Column,
    Paragraph,
    Table,
    columns,
    row,
)
from hrsim.report.content.context import REGISTER_LANGUAGE
from hrsim.report.figures.drawn import Drawn, figure
from hrsim.report.figures.fit_charts import correlations as correlation_chart
from hrsim.report.figures.fit_charts import prior_and_posterior as parameter_chart
from hrsim.report.figures.fit_charts import shrinkage
from hrsim.report.numbers import number, to_three

BINS, PRIOR_POINTS = 18, 4000


def parameters(shown: Shown) -> list[Block]:
    """Build prior against posterior of every free parameter."""
    say = shown.say
    known = {one.id: one for one in shown.assignment.free}
    rows = tuple(
        row(
            line["evidence"], Cell(known[line["evidence"]].name, REGISTER_LANGUAGE),
            Cell(str(line["unit"]), REGISTER_LANGUAGE),
            shown.interval(line, "prior_median", "prior_low", "prior_high"),
            shown.interval(line, "posterior_median", "posterior_low", "posterior_high"),
            to_three(line["width_ratio"], say.form),
        )
        for line in shown.outcome.tables["prior_and_posterior"].to_dict("records")
    )  # fmt: skip
    texts, numbers = ("meaning", "unit"), ("prior", "posterior", "width_ratio")
    names = (
        Column(say("calibration.column.parameter")),
        *(Column(say(f"calibration.column.{word}")) for word in texts),
        *(Column(say(f"calibration.column.{word}"), numeric=True) for word in numbers),
    )
    data = pd.concat([_bins(one, shown.outcome.posterior[one.id]) for one in shown.assignment.free])
    drawn = Drawn(parameter_chart(data), data, names, rows)
    intro = Paragraph(say("calibration.parameters.intro"))
    return [intro, figure("prior_and_posterior", drawn, say), *_levels(shown)]


def _levels(shown: Shown) -> list[Block]:
    """Build the levels of series that were learnt beside the parameters; nothing where none was."""
    say, table = shown.say, shown.outcome.tables.get("levels")
    if table is None:
        return []
    rows = tuple(
        row(
            say.name("series", str(line["series"])),
            shown.interval(line, "prior_median", "prior_low", "prior_high"),
            shown.interval(line, "posterior_median", "posterior_low", "posterior_high"),
        )
        for line in table.to_dict("records")
    )
    names = columns(*(say(f"calibration.column.{word}") for word in ("series", "prior", "posterior")))
    return [
        Table(say("calibration.parameters.levels"), names, rows, say("calibration.parameters.levels_note"))
    ]


def _bins(prior: EvidenceRow, posterior: pd.Series[float]) -> pd.DataFrame:
    """Count prior and posterior in equal bins, as shares; the prior at evenly spaced probabilities."""
    before = np.array([quantile(prior, (place + 0.5) / PRIOR_POINTS) for place in range(PRIOR_POINTS)])
    inner = np.quantile(before, (0.005, 0.995))
    edges = np.linspace(min(inner[0], posterior.min()), max(inner[1], posterior.max()), BINS + 1)
    shares = {
        name: np.histogram(values, edges)[0] / len(values)
        for name, values in (("prior", before), ("posterior", posterior.to_numpy()))
    }
    return pd.DataFrame({"evidence": prior.id, "from": edges[:-1], "to": edges[1:], **shares})


def identifiability(shown: Shown) -> list[Block]:
    """Build how far each parameter was expected to narrow, and how far it did."""
    say = shown.say
    data = shown.reached()
    rows = tuple(
        row(
            line["evidence"], shown.share(line["expected"]), shown.share(line["reached"]),
            str(line["strongest_target"]).replace(".", " ").replace("_", " "),
            to_three(line["standard_errors_moved"], say.form),
            line["companion"], to_three(line["trade_off"], say.form),
        )
        for line in data.to_dict("records")
    )  # fmt: skip
    numbers = {"expected", "reached", "moved", "trade_off"}
    words = ("expected", "reached", "strongest", "moved", "companion", "trade_off")
    names = (
        Column(say("calibration.column.parameter")),
        *(Column(say(f"calibration.column.{word}"), numeric=word in numbers) for word in words),
    )
    drawn = Drawn(shrinkage(data, say), data, names, rows)
    return [Paragraph(say("calibration.identifiability.intro")), figure("shrinkage", drawn, say)]


def correlations(shown: Shown) -> list[Block]:
    """Build the rank correlation of every pair of parameters in the posterior; nothing for a single one."""
    say, posterior = shown.say, shown.outcome.posterior
    names = [one.id for one in shown.assignment.free]
    if len(names) < 2:
        return []
    ranks = posterior[names].rank().corr().to_numpy()
    found = [(one, other, float(ranks[i, j])) for i, one in enumerate(names) for j, other in enumerate(names)]
    data = pd.DataFrame(found, columns=["one", "other", "correlation"])
    pairs = [found[i * len(names) + j] for i in range(len(names)) for j in range(i + 1, len(names))]
    rows = tuple(
        row(one, other, number(value, 2, say.form))
        for one, other, value in sorted(pairs, key=lambda pair: -abs(pair[2]))
    )
    parameter = say("calibration.column.parameter")
    shown_columns = (
        Column(parameter),
        Column(say("calibration.column.companion")),
        Column(say("calibration.column.correlation"), numeric=True),
    )
    chance = number(2.0 / np.sqrt(len(posterior)), 2, say.form)
    drawn = Drawn(correlation_chart(data), data, shown_columns, rows)
    words = figure("correlations", drawn, say, draws=say.whole(len(posterior)), chance=chance)
    return [Paragraph(say("calibration.correlations.intro")), words]
