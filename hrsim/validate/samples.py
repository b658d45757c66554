"""What the runs of a case counted, and estimates with their Monte Carlo errors by the jackknife.

Every estimate is an array: first the value over all runs, then, study by study, the values with one run left out.
Arithmetic on such arrays gives the same for any formula, ratios included.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hrsim.economics import DiscountSchedule, Valuation
from hrsim.economics.discounting import Convention
from hrsim.engine.ledger import DEATH_SUFFIX, Ledger
from hrsim.operations.floor import Run
from hrsim.operations.measures import LONG_WAIT, day_parts, waits_of_met
from hrsim.operations.site import Site
from hrsim.study.tree import nearest
from hrsim.units import TICKS_PER_QUARTER, TICKS_PER_YEAR
from hrsim.validate.decisions import DECISIONS, decide
from hrsim.validate.expressions import STUDY_FUNCTIONS, Floats, FormulaError, Word, number_of

QUARTERS_PER_YEAR = TICKS_PER_YEAR // TICKS_PER_QUARTER
_TIMES = ("year", "quarter", "until_year", "study", "discount", "convention", "times")


@dataclass(frozen=True)
class Estimate:
    """Hold a value and its Monte Carlo standard error."""

    value: float
    error: float


@dataclass(frozen=True)
class SiteDays:
    """Hold what the working days of one site came to: over all days, then with one part of the days left out."""

    whole: Mapping[str, float]
    left_out: tuple[Mapping[str, float], ...]


def site_days(site: Site, runs: Sequence[Run], parts: int) -> SiteDays:
    """Measure the days of a site, over all and with each of `parts` parts left out."""
    by_run = [day_parts(site, run) for run in runs]
    part = np.arange(len(runs)) % parts
    whole, left_out = _long_waits(runs, part)
    for name in by_run[0]:
        above, below = np.array([each[name] for each in by_run], np.float64).T
        whole[name] = _ratio(above.sum(), below.sum())
        for k, found in enumerate(left_out):
            found[name] = _ratio(above[part != k].sum(), below[part != k].sum())
    return SiteDays(whole, tuple(left_out))


def _ratio(above: float, below: float) -> float:
    return above / below if below else math.nan


def _long_waits(
    runs: Sequence[Run], part: NDArray[np.int64]
) -> tuple[dict[str, float], list[dict[str, float]]]:
    """Return the wait that one person in ten exceeds, over all and with each part left out."""
    waits = [waits_of_met(run) for run in runs]
    kept = [range(len(runs)), *(np.flatnonzero(part != k) for k in range(part.max() + 1))]
    found = []
    for days in kept:
        some = np.concatenate([waits[day] for day in days])
        found.append({"wait_p90": float(np.quantile(some, LONG_WAIT)) if some.size else math.nan})
    return found[0], found[1:]


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
        _place(name, tuple(days.whole), "a measure of a site")
        return days.whole[name], np.array([part[name] for part in days.left_out])

    def runs(self, function: str, words: tuple[Word, ...], choices: Mapping[str, Word]) -> Floats:
        """Return a function's value in each run, shape (runs,)."""
        first = self.ledgers[0]
        arm = _place(str(words[0]) if words else "", first.arms, "an arm")
        if function in ("cost", "qalys"):
            return np.array([_valued(value, arm, function, choices) for value in self.valuations])
        quarters = _quarters(choices, len(first.quarter_edges) - 1)
        rest = {key: word for key, word in choices.items() if key not in _TIMES}
        _check_call(function, words, rest)
        weights = _weights(choices, quarters, first) * self._times(choices, first)[quarters]
        return np.array(
            [_counted(ledger, arm, function, words, rest, quarters) @ weights for ledger in self.ledgers]
        )

    def _times(self, choices: Mapping[str, Word], first: Ledger) -> Floats:
        """Return the factor on each quarter: 1, or the number that a series of the case has for its study year."""
        years = self.start_year + np.arange(len(first.quarter_edges) - 1) // QUARTERS_PER_YEAR
        if "times" not in choices:
            return np.ones(len(years))
        name = str(choices["times"])
        _place(name, tuple(self.series), "a series of the case")
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
        arm = _place(str(words[0]) if words else "", arms, "an arm")
        costs = np.array([self.look_up("cost", (name,), rest) for name in arms])
        effects = np.array([self.look_up("effect", (name,), rest) for name in arms])
        return decide(function, arms, arm, costs, effects, asked)

    def estimate(self, values: Floats) -> Estimate:
        """Return value and standard error from estimates of a formula."""
        if values.ndim == 0:
            return Estimate(float(values), 0.0)
        variance, place = 0.0, 1
        for sample in self.studies.values():
            size = sample.size
            if size > 0:
                part = values[place : place + size] - values[place]  # of equal values no rounding is left
                variance += (size - 1) / size * float(((part - part.mean()) ** 2).sum())
            place += size
        return Estimate(float(values[0]), variance**0.5)


def _place(name: str, known: tuple[str, ...], what: str) -> int:
    if name not in known:
        raise FormulaError(f"a formula names '{name}': expected {what}: {nearest(name, known, what)}")
    return known.index(name)


def _quarters(choices: Mapping[str, Word], count: int) -> slice:
    years = -(-count // QUARTERS_PER_YEAR)
    if "quarter" in choices:
        number = _one_of(choices, "quarter", count)
        return slice(number - 1, number)
    if "year" in choices:
        number = _one_of(choices, "year", years)
        return slice((number - 1) * QUARTERS_PER_YEAR, number * QUARTERS_PER_YEAR)
    if "until_year" in choices:
        return slice(0, _one_of(choices, "until_year", years) * QUARTERS_PER_YEAR)
    return slice(0, count)


def _one_of(choices: Mapping[str, Word], name: str, last: int) -> int:
    number = number_of(choices, name, 1)
    if number not in range(1, last + 1):
        raise FormulaError(
            f"a formula says {name}={number:g}: expected 1 to {last}, as far as the study runs"
        )
    return int(number)


def _weights(choices: Mapping[str, Word], quarters: slice, first: Ledger) -> Floats:
    """Return a weight for each quarter: 1, or the discount factor by the rate and convention that a formula states."""
    rate, words = number_of(choices, "discount", 0.0), str(choices.get("convention", "start_of_year"))
    _place(words, tuple(convention.value for convention in Convention), "a convention of discounting")
    schedule = DiscountSchedule.constant(rate, Convention(words))
    return schedule.mean_factors(first.quarter_years)[quarters]


def _check_call(function: str, words: tuple[Word, ...], states: Mapping[str, Word]) -> None:
    """Refuse what a function would not look at."""
    if states and function not in ("person_years", "life_years"):
        raise FormulaError(
            f"a formula says {next(iter(states))}= in '{function}': only time lived is counted by state"
        )
    wanted = {"flow": "flow(arm, service, contacts)", "events": "events(arm, event, ...)"}.get(function)
    if wanted is not None and (len(words) < 2 or (function == "flow" and len(words) != 3)):
        raise FormulaError(f"a formula asks for {function}: expected {wanted}")
    if wanted is None and len(words) != 1:
        raise FormulaError(f"a formula asks for {function}: expected one arm: {function}(arm)")


def _counted(
    ledger: Ledger,
    arm: int,
    function: str,
    words: tuple[Word, ...],
    choices: Mapping[str, Word],
    quarters: slice,
) -> Floats:
    """Return a function's count in each quarter of one run."""
    if function in ("person_years", "life_years"):
        return _person_years(ledger, arm, choices, quarters)
    if function == "flow":
        service = _place(str(words[1]), ledger.service_names, "a service")
        what = _place(str(words[2]), ledger.flow_names, "a flow")
        counts = ledger.service_flow[arm, quarters, service, what]
        return np.asarray(counts / (TICKS_PER_YEAR if str(words[2]).endswith("_ticks") else 1.0))
    names = [str(word) for word in words[1:]]
    if function == "deaths":
        names = [name for name in ledger.event_names if name.endswith(DEATH_SUFFIX)]
    elif function == "overdoses":
        names = ["overdose_nonfatal", "overdose_death"]
    places = [_place(name, ledger.event_names, "an event") for name in names]
    return np.asarray(ledger.events[arm, quarters][..., places].sum(axis=(1, 2)), np.float64)


def _person_years(ledger: Ledger, arm: int, choices: Mapping[str, Word], quarters: slice) -> Floats:
    shape = [len(levels) for _, levels in ledger.state_dimensions]
    counts = ledger.state_ticks[arm, quarters].sum(axis=1)
    ticks: NDArray[np.int64] = counts.reshape(len(counts), *shape)
    names = tuple(name for name, _ in ledger.state_dimensions)
    for name, level in choices.items():
        axis = _place(name, names, "a state")
        kept = _place(str(level), ledger.state_dimensions[axis][1], f"a level of '{name}'")
        ticks = ticks.take([kept], axis=axis + 1)
    return np.asarray(ticks.reshape(len(ticks), -1).sum(axis=1) / TICKS_PER_YEAR)


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
