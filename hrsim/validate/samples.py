"""What the runs of a case counted, and estimates with their Monte Carlo errors by the jackknife.

Every estimate is an array: first the value over all runs, then, study by study, the values with one run left out.
Arithmetic on such arrays gives the same for any formula, ratios included.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from hrsim.economics import Valuation
from hrsim.engine.ledger import Ledger
from hrsim.experiment.measures import QUARTERS_PER_YEAR
from hrsim.study.tree import nearest
from hrsim.validate.counts import chosen_quarters, counted, find, quarter_weights
from hrsim.validate.days import SiteDays
from hrsim.validate.decisions import DECISIONS, decide
from hrsim.validate.expressions import STUDY_FUNCTIONS, Floats, FormulaError, Word

_TIMES = ("year", "quarter", "until_year", "study", "discount", "convention", "times")


@dataclass(frozen=True)
class Estimate:
    """Hold a value and its Monte Carlo standard error."""

    value: float
    error: float


class Sample(Protocol):
    """Tell what came of one study or document of a case."""

    @property
    def arms(self) -> tuple[str, ...]:
        """Return the names of the arms."""

    @property
    def size(self) -> int:
        """Return how many runs can be left out; none where nothing is left to chance."""

    def estimates(
        self, function: str, words: tuple[Word, ...], choices: Mapping[str, Word]
    ) -> tuple[float, Floats]:
        """Return a function's value, and its values with one run left out, (size,)."""


@dataclass(frozen=True)
class StudySample:
    """Hold the ledgers of one study's runs, and their valuations where a measure asks for money or QALYs."""

    ledgers: tuple[Ledger, ...]
    valuations: tuple[Valuation, ...]
    sites: Mapping[tuple[str, str], SiteDays] = field(default_factory=dict)
    start_year: int = 0
    series: Mapping[str, Mapping[int, float]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Return how many runs there are; days of sites are counted in as many parts."""
        return len(self.ledgers)

    @property
    def arms(self) -> tuple[str, ...]:
        """Return the names of the arms."""
        return self.ledgers[0].arms

    def estimates(
        self, function: str, words: tuple[Word, ...], choices: Mapping[str, Word]
    ) -> tuple[float, Floats]:
        """Return a function's value over all runs, and with one run left out."""
        if function not in STUDY_FUNCTIONS:
            raise FormulaError(
                f"a formula asks a study for '{function}': {nearest(function, STUDY_FUNCTIONS, 'functions')}"
            )
        if function == "site":
            return self.site_measure(words)
        runs = self.runs("qalys" if function == "effect" else function, words, choices)
        return float(runs.mean()), (runs.sum() - runs) / (len(runs) - 1)

    def site_measure(self, words: tuple[Word, ...]) -> tuple[float, Floats]:
        """Return a measure of a site's working days over all days, and with one part of the days left out."""
        arm, service, name = (str(word) for word in words)
        if (service, arm) not in self.sites:
            raise FormulaError(
                f"a formula asks for the site of '{service}' in '{arm}': it has no 'operations'"
            )
        days = self.sites[service, arm]
        find(name, tuple(days.whole), "a measure of a site")
        return days.whole[name], np.array([part[name] for part in days.left_out])

    def runs(self, function: str, words: tuple[Word, ...], choices: Mapping[str, Word]) -> Floats:
        """Return a function's value in each run, shape (runs,)."""
        first = self.ledgers[0]
        arm = find(str(words[0]) if words else "", first.arms, "an arm")
        if function in ("cost", "qalys"):
            return np.array([_valued(value, arm, function, choices) for value in self.valuations])
        quarters = chosen_quarters(choices, len(first.quarter_edges) - 1)
        rest = {key: word for key, word in choices.items() if key not in _TIMES}
        weights = quarter_weights(choices, quarters, first) * self._times(choices, first)[quarters]
        return np.array(
            [counted(ledger, arm, function, words, rest, quarters) @ weights for ledger in self.ledgers]
        )

    def _times(self, choices: Mapping[str, Word], first: Ledger) -> Floats:
        """Return the factor on each quarter: 1, or the number that a series of the case has for its study year."""
        years = self.start_year + np.arange(len(first.quarter_edges) - 1) // QUARTERS_PER_YEAR
        if "times" not in choices:
            return np.ones(len(years))
        name = str(choices["times"])
        find(name, tuple(self.series), "a series of the case")
        series = self.series[name]
        missing = [int(year) for year in years if int(year) not in series]
        if missing:
            raise FormulaError(f"a formula multiplies by '{name}': the series has no number for {missing[0]}")
        return np.array([series[int(year)] for year in years])


@dataclass(frozen=True)
class CaseSample:
    """Hold the samples of a case's studies; formulas look their numbers up here."""

    studies: Mapping[str, Sample]

    def look_up(self, function: str, words: tuple[Word, ...], choices: Mapping[str, Word]) -> Floats:
        """Return the estimates of one function: over all runs, then with one run left out."""
        name = str(choices.get("study", next(iter(self.studies))))
        if name not in self.studies:
            raise FormulaError(f"study: {nearest(name, self.studies, 'studies of the case')}")
        if function in DECISIONS:
            return self._decision(name, function, words, choices)
        whole, left_out = self.studies[name].estimates(function, words, choices)
        parts = [np.array([whole])]
        for other, sample in self.studies.items():
            parts.append(left_out if other == name else np.full(sample.size, whole))
        return np.concatenate(parts)

    def _decision(
        self, study: str, function: str, words: tuple[Word, ...], choices: Mapping[str, Word]
    ) -> Floats:
        """Return the estimates of a function about the decision between all arms of a study."""
        arms = self.studies[study].arms
        asked = {name: word for name, word in choices.items() if name in DECISIONS[function]}
        rest = {name: word for name, word in choices.items() if name not in asked}
        arm = find(str(words[0]) if words else "", arms, "an arm")
        costs = np.array([self.look_up("cost", (name,), rest) for name in arms])
        effects = np.array([self.look_up("effect", (name,), rest) for name in arms])
        return decide(function, arms, arm, costs, effects, asked)

    def estimate(self, values: Floats) -> Estimate:
        """Return value and standard error from estimates of a formula."""
        if values.ndim == 0:
            return Estimate(float(values), 0.0)
        if not np.isfinite(values).all():  # a division by zero: no number, and none knows how sure
            return Estimate(float(values[0]), math.nan)
        variance, place = 0.0, 1
        for sample in self.studies.values():
            size = sample.size
            if size > 0:
                part = values[place : place + size] - values[place]  # of equal values no rounding is left
                variance += (size - 1) / size * float(((part - part.mean()) ** 2).sum())
            place += size
        return Estimate(float(values[0]), variance**0.5)


def _valued(valuation: Valuation, arm: int, function: str, choices: Mapping[str, Word]) -> float:
    if function == "qalys":
        extra = [name for name in choices if name != "study"]
        if extra:
            raise FormulaError(
                f"a formula says {extra[0]}= in 'qalys': they are counted whole, discounted as the study says"
            )
        return float(valuation.effects("qalys", discounted=True)[arm])
    costs = valuation.line_costs(discounted=True)[arm]
    keep = np.ones(len(valuation.lines), bool)
    for tag, word in choices.items():
        if tag in ("study",):
            continue
        keep &= np.array([str(getattr(line, tag, None)) == str(word) for line in valuation.lines])
    if not keep.any():
        raise FormulaError(f"a formula asks for costs with {dict(choices)}: no cost line has these tags")
    return float(costs[keep].sum())
