"""Published numbers on a calibration's page: fit by year, what was fitted to what, coverage, scores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hrsim.calibrate.schema import Series
from hrsim.calibrate.shown import Shown
from hrsim.report.blocks import (
    Block,
    Cell,
    Column,
    Figure,
    Paragraph,
    Row,
    Table,
    columns,
    heading_row,
    row,
)
from hrsim.report.content.context import REGISTER_LANGUAGE
from hrsim.report.figures.drawn import Drawn, figure
from hrsim.report.figures.fit_charts import fit_by_year
from hrsim.report.language import Language
from hrsim.report.numbers import exact, to_three


def fit_figure(shown: Shown) -> Figure:
    """Draw the fit of every series by year: published numbers beside predictions; the table holds the same."""
    fit, say = shown.outcome.fit, shown.say
    form = say.form

    def span(line: Any, low: str, high: str) -> str:
        return say("number.range", low=to_three(line[low], form), high=to_three(line[high], form))

    rows: list[Row] = []
    for series in dict.fromkeys(fit["series"]):
        rows.append(heading_row(say.name("series", str(series)), 8))
        rows += [
            row(
                str(line["year"]), say(f"calibration.use.{line['use']}"), exact(line["published"], form),
                span(line, "published_low", "published_high"), to_three(line["median"], form),
                span(line, "low_50", "high_50"), span(line, "low", "high"),
                say("calibration.inside" if line["inside"] else "calibration.outside"),
            )
            for line in fit[fit["series"] == series].to_dict("records")
        ]  # fmt: skip
    words = ("use", "published", "error", "median", "middle", "wide", "verdict_of_number")
    names = (Column(say("word.year")), *(_column(say, word) for word in words))
    return figure("fit", Drawn(fit_by_year(fit, say), fit, names, tuple(rows)), say)


def _column(say: Language, word: str) -> Column:
    return Column(say(f"calibration.column.{word}"), numeric=word not in ("use", "verdict_of_number"))


def _outcome(series: Series, say: Language) -> Cell | str:
    """Return the outcome that stands for a series, or the states that a prevalence counts."""
    if series.measure is not None:
        return say.name("measure", series.measure)
    states = (f"{dimension}: {', '.join(levels)}" for dimension, levels in (series.prevalence or {}).items())
    return Cell("; ".join(states), REGISTER_LANGUAGE)


def what(shown: Shown) -> list[Block]:
    """Build what was fitted to what: series with likelihood and declared error, free parameters with their priors."""
    say, form = shown.say, shown.say.form
    series = tuple(
        row(
            say.name("series", name), _outcome(one, say),
            ", ".join(map(str, one.fitted)), ", ".join(map(str, one.held_out)) or say("calibration.none"),
            Cell(one.likelihood.family.replace("_", " "), REGISTER_LANGUAGE), exact(one.discrepancy, form),
            exact(one.level_discrepancy, form),
        )
        for name, one in shown.assignment.calibration.series.items()
    )  # fmt: skip
    words = ("outcome", "fitted_years", "held_out_years", "likelihood", "discrepancy", "level_discrepancy")
    names = (
        Column(say("calibration.column.series")),
        *(Column(say(f"calibration.column.{w}")) for w in words),
    )
    sources = tuple(
        row(shown.name(line), Cell(str(line["source"]), REGISTER_LANGUAGE))
        for line in shown.outcome.fit.to_dict("records")
    )
    of = (Column(say("calibration.column.number")), Column(say("word.source")))
    reasons = tuple(
        row(say.name("series", name), Cell(one.because, REGISTER_LANGUAGE))
        for name, one in shown.assignment.calibration.series.items()
        if one.because
    )
    why = (names[0], Column(say("calibration.column.because")))
    return [
        Paragraph(say("calibration.what.intro")),
        Table(say("calibration.what.series"), names, series, say("calibration.what.note")),
        *([Table(say("calibration.what.reasons"), why, reasons)] if reasons else []),
        Table(say("calibration.what.sources"), of, sources, folded=True),
    ]


def held_out(shown: Shown) -> list[Block]:
    """Build coverage of fitted and held-out numbers, and the scores of those held out."""
    say = shown.say
    rows = tuple(_coverage_row(shown, use) for use in ("fitted", "held_out") if not shown.use(use).empty)
    names = columns(say("calibration.column.use"), *(say(f"calibration.column.{w}") for w in (
        "numbers", "inside_50", "inside_95")))  # fmt: skip
    blocks: list[Block] = [Table(say("calibration.held_out.coverage"), names, rows)]
    if shown.use("held_out").empty:
        return [Paragraph(say("calibration.held_out.none")), *blocks]
    return [Paragraph(say("calibration.held_out.intro")), *blocks, score_table(shown.outcome.fit, say)]


def _coverage_row(shown: Shown, use: str) -> Row:
    numbers = shown.use(use)
    middle = (numbers["low_50"] <= numbers["published"]) & (numbers["published"] <= numbers["high_50"])
    counts = (str(len(numbers)), *(f"{int(inside.sum())}" for inside in (middle, numbers["inside"])))
    return row(shown.say(f"calibration.use.{use}"), *counts)


def score_table(fit: pd.DataFrame, say: Language) -> Table:
    """Build the scores of held-out numbers, beside the error of repeating the last fitted year of the same series."""
    form = say.form
    rows = []
    for line in fit[fit["use"] == "held_out"].to_dict("records"):
        before = fit[
            (fit["series"] == line["series"]) & (fit["use"] == "fitted") & (fit["year"] < line["year"])
        ]
        naive = (
            abs(before.sort_values("year")["published"].iloc[-1] - line["published"])
            if len(before)
            else np.nan
        )
        rows.append(
            row(
                f"{say.name('series', str(line['series']))} {line['year']}", exact(line["published"], form),
                form.interval.format(**{name: to_three(line[column], form) for name, column in (
                    ("mean", "median"), ("low", "low"), ("high", "high"))}),
                say("calibration.inside" if line["inside"] else "calibration.outside"),
                to_three(line["crps"], form), exact(naive, form),
            )
        )  # fmt: skip
    words = ("published", "predicted", "verdict_of_number", "score", "naive")
    names = (Column(say("calibration.column.number")), *(_column(say, word) for word in words))
    return Table(say("calibration.held_out.scores"), names, tuple(rows), say("calibration.held_out.note"))
