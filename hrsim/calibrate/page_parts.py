"""What stands in the sections of a calibration's page: figures with their tables, scores, and how it was searched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hrsim.calibrate.fit import IDENTIFIED
from hrsim.calibrate.outcome import Outcome
from hrsim.calibrate.reading import Assignment
from hrsim.calibrate.schema import Series
from hrsim.evidence import EvidenceRow
from hrsim.evidence.draws import quantile
from hrsim.report.blocks import (
    Block,
    Bullets,
    Cell,
    Column,
    Figure,
    KeyValues,
    Paragraph,
    Row,
    Table,
    columns,
    heading_row,
    row,
)
from hrsim.report.content.context import REGISTER_LANGUAGE
from hrsim.report.figures.drawn import Drawn, figure
from hrsim.report.figures.fit_charts import correlations as correlation_chart
from hrsim.report.figures.fit_charts import fit_by_year, shrinkage
from hrsim.report.figures.fit_charts import prior_and_posterior as parameter_chart
from hrsim.report.language import Language
from hrsim.report.numbers import exact, number, to_three

BINS, PRIOR_POINTS = 18, 4000
CODE_LENGTH = 12
WIDTH_ERROR = 0.964
"""Relative standard error of the width of a 95 % interval of a normal sample, times the root of its size:
sqrt(2 x 0.975 x 0.025) / (density at 1.96 x width of 3.92)."""


@dataclass(frozen=True)
class Shown:
    """Hold a finished calibration, what it was asked, the language of its page, and whether its inputs `changed`."""

    outcome: Outcome
    assignment: Assignment
    say: Language
    changed: bool = False

    def interval(self, line: Any, middle: str, low: str, high: str) -> str:
        """Write a middle value and its interval."""
        texts = {"mean": line[middle], "low": line[low], "high": line[high]}
        return self.say.form.interval.format(
            **{name: to_three(float(value), self.say.form) for name, value in texts.items()}
        )

    def share(self, value: float) -> str:
        """Write a share in whole per cent."""
        return self.say.form.per_cent.format(number=number(100.0 * value, 0, self.say.form))

    def name(self, line: Any) -> str:
        """Name a published number: its series and year."""
        return f"{self.say.name('series', str(line['series']))} {line['year']}"

    def use(self, use: str) -> pd.DataFrame:
        """Give the numbers of one use, fitted or held out."""
        fit = self.outcome.fit
        return pd.DataFrame(fit[fit["use"] == use])

    def reached(self) -> pd.DataFrame:
        """Give each parameter's expected shrinkage and the one reached: 1 less posterior over prior width."""
        plan = self.outcome.tables["identifiability"]
        ratio = self.outcome.tables["prior_and_posterior"].set_index("evidence")["width_ratio"]
        found = plan.assign(expected=plan["shrinkage"], reached=1.0 - ratio.loc[plan["evidence"]].to_numpy())
        return found.sort_values("reached", ascending=False, kind="stable")

    def least_learnt(self) -> float:
        """Return the shrinkage from which on a parameter counts as learnt: a tenth, more where chance gives more."""
        return max(IDENTIFIED, 2.0 * WIDTH_ERROR / float(np.sqrt(len(self.outcome.posterior))))

    def learnt(self) -> list[str]:
        """List the parameters that the numbers made narrower."""
        found = self.reached()
        return [str(name) for name in found.loc[found["reached"] >= self.least_learnt(), "evidence"]]


def fit_figure(shown: Shown) -> Figure:
    """Draw the fit of every series by year, with its table."""
    return fit_drawn(shown.outcome.fit, shown.say)


def fit_drawn(fit: pd.DataFrame, say: Language) -> Figure:
    """Draw published numbers beside predictions; the table holds the same."""
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


def search(shown: Shown) -> list[Block]:
    """Build how the posterior was found: waves, the emulator's check, effective sample size, versions."""
    say, outcome = shown.say, shown.outcome
    asked, wanted = shown.assignment.calibration.search, shown.assignment.calibration.result
    waves = outcome.tables["waves"]
    effective = say(
        "calibration.search.effective_value",
        size=say.whole(round(outcome.manifest["effective_sample_size"])),
        wanted=say.whole(round(wanted.effective_sample)),
    )
    pairs = (
        ("method", str(outcome.manifest["method"])),
        ("effective", effective),
        ("share", say.rate(float(outcome.manifest["plausible_share_of_prior"]))),
        ("points", say("calibration.search.points_value", points=say.whole(int(waves["points"].sum())),
                       replicates=say.whole(asked.replicates))),
        ("draws", say.whole(len(outcome.posterior))),
        ("seed", str(asked.seed)),
        ("inputs", str(outcome.manifest["inputs_hash"])[:CODE_LENGTH]),
        ("versions", ", ".join(f"{name} {text}" for name, text in outcome.manifest["versions"].items())),
    )  # fmt: skip
    return [
        Paragraph(say("calibration.search.intro")),
        _wave_table(waves, shown),
        KeyValues(tuple((say(f"calibration.search.{key}"), value) for key, value in pairs)),
    ]


def _wave_table(waves: pd.DataFrame, shown: Shown) -> Table:
    say = shown.say
    rows = tuple(
        row(
            str(line["wave"]), say.whole(line["points"]), shown.share(line["share_of_prior"]),
            say.whole(line["checked"]), say.whole(line["most_outside"]),
            say("calibration.passed" if line["sound"] else "calibration.failed"),
        )
        for line in waves.to_dict("records")
    )  # fmt: skip
    words = ("points", "share_of_prior", "checked", "most_outside")
    names = columns(say("calibration.column.wave"), *(say(f"calibration.column.{word}") for word in words))
    check = Column(say("calibration.column.check"))
    return Table(say("calibration.search.waves"), (*names, check), rows, say("calibration.search.note"))


def limits(shown: Shown) -> list[Block]:
    """Build what a good fit does not say."""
    say = shown.say
    items = ("other_fits", "prior_kept", "discrepancy", "jointly", "structure")
    return [Bullets(tuple(say(f"calibration.limits.{item}") for item in items))]
