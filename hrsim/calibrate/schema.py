"""The one schema of a calibration file: what is free, what it is fitted to, how it is searched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from hrsim.study.limits import (
    LARGEST_DISCREPANCY,
    LARGEST_NUMBER,
    MOST_DRAWS,
    MOST_POINTS,
    MOST_REPLICATES,
    MOST_WAVES,
    SMALLEST_NUMBER,
)
from hrsim.study.values import Seed, StudyModel, Whole, about, as_tuple, fault

States = dict[str, Annotated[tuple[str, ...], as_tuple, Field(min_length=1)]]
Family = Literal["poisson", "negative_binomial", "beta_binomial", "normal", "lognormal"]
_NEEDS = {"negative_binomial": "size", "beta_binomial": "trials"}


class Likelihood(StudyModel):
    """Say how an observed number scatters around the true one.

    `normal` and `lognormal` take their error from the published interval of each number unless `error` states it.
    """

    family: Family = about("Family.")
    size: float | None = about(
        "Negative binomial: size k, variance mean + mean^2 / k.",
        default=None,
        gt=SMALLEST_NUMBER,
        le=LARGEST_NUMBER,
    )
    trials: Whole | None = about("Beta-binomial: number observed.", default=None, ge=1)
    precision: float | None = about(
        "Beta-binomial: alpha + beta.", default=None, gt=SMALLEST_NUMBER, le=LARGEST_NUMBER
    )
    error: float | None = about(
        "Normal: standard error in the unit of the number; lognormal: of its logarithm.",
        default=None,
        gt=SMALLEST_NUMBER,
        le=LARGEST_NUMBER,
    )

    @model_validator(mode="after")
    def _complete(self) -> Likelihood:
        needed = _NEEDS.get(self.family)
        if needed and getattr(self, needed) is None:
            raise fault("LIKELIHOOD", f"expected '{needed}' for {self.family}, got none", f"add '{needed}:'.")
        if self.family == "beta_binomial" and self.precision is None:
            raise fault("LIKELIHOOD", "expected 'precision' for beta_binomial, got none", "add 'precision:'.")
        return self


class Observation(StudyModel):
    """Give one published number that the register does not hold."""

    value: float = about("The number.", ge=0, le=LARGEST_NUMBER)
    low: float | None = about("Lower end of its 95 % interval.", default=None, le=LARGEST_NUMBER)
    high: float | None = about("Upper end.", default=None, le=LARGEST_NUMBER)
    source: str = about("Where it comes from.", min_length=1)

    @model_validator(mode="after")
    def _inside(self) -> Observation:
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        if (self.low is None) != (self.high is None) or not low <= self.value <= high:
            message = f"expected 'low' and 'high' around {self.value:g}, got {self.low} and {self.high}"
            raise fault("INTERVAL", message, "write both ends of the 95 % interval, low first, or none.")
        return self


class Series(StudyModel):
    """Describe one published series, the outcome that stands for it, and its likelihood."""

    measure: str | None = about(
        "Outcome of tables/outcomes_by_year.csv, such as overdose_death.", default=None
    )
    prevalence: States | None = about(
        "In place of an outcome: share of people's time spent in these states, such as {hiv: [untreated, treated]}.",
        default=None,
        min_length=1,
    )
    per_person_year: bool = about("Divide the outcome by the life-years of the year.", default=False)
    among: States = about(
        "People who are counted below the line of a prevalence or a rate, such as {use: [injecting]}; omitted: all.",
        default={},
    )
    over: Literal["year", "last_quarter"] = about(
        "Time of each year that a prevalence is the mean of; the last quarter stands for the end of the year.",
        default="year",
    )
    scale: float = about(
        "Published number for each simulated one.", default=1.0, gt=SMALLEST_NUMBER, le=LARGEST_NUMBER
    )
    observed: str | None = about(
        "Ids of the targets without their year, 'bc.deaths' for bc.deaths.2019; or a CSV file beside this one, with "
        "columns period (the year) and value, if wished low, high, citation, and quantity (the series' name) where it "
        "holds several.",
        default=None,
    )
    values: dict[str, Observation] = about("Numbers written here, by year.", default={})
    fitted: Annotated[tuple[Whole, ...], as_tuple] = about("Years that are fitted.", min_length=1)
    held_out: Annotated[tuple[Whole, ...], as_tuple] = about("Years kept back to judge the fit.", default=())
    likelihood: Likelihood = about("Scatter of the observed number.")
    discrepancy: float = about(
        "What the model is allowed to be wrong by in each year apart: standard deviation of the logarithm, 0 for none.",
        ge=0,
        le=LARGEST_DISCREPANCY,
    )
    level_discrepancy: float = about(
        "What its level may be wrong by in all years alike: standard deviation of the logarithm; learnt in the fit.",
        default=0.0,
        ge=0,
        le=LARGEST_DISCREPANCY,
    )
    because: str | None = about("Why this error and this discrepancy.", default=None)

    @model_validator(mode="after")
    def _one_outcome(self) -> Series:
        for wrong, code, message, fix in self._rules():
            if wrong:
                raise fault(code, f"expected {message}", fix)
        return self

    def _rules(self) -> Iterator[tuple[bool, str, str, str]]:
        """List what an outcome must not be: whether it is, the code, what was expected, the remedy."""
        share, count = self.prevalence is not None, self.prevalence is None and not self.per_person_year
        yield (
            (self.measure is not None) == share,
            "FORM",
            f"either 'measure' or 'prevalence', got {'both' if share else 'neither'}",
            "write one of the two.",
        )
        yield (
            share and self.per_person_year,
            "FORM",
            "no 'per_person_year' beside 'prevalence', which is a share already",
            "remove 'per_person_year'.",
        )
        yield (
            count and bool(self.among),
            "FORM",
            "'among' beside a 'prevalence' or a rate, got a count, which nothing divides",
            "add 'per_person_year: true', or remove 'among'.",
        )
        yield (
            self.over != "year" and not share,
            "FORM",
            "'over' beside a 'prevalence', got an outcome, which is counted over its year",
            "remove 'over'.",
        )
        apart = [name for name, levels in (self.prevalence or {}).items() if self._excluded(name, levels)]
        yield (
            bool(apart),
            "FORM",
            f"'prevalence' and 'among' to share a level of '{', '.join(apart)}', got none",
            "nobody would be counted: change one of the two.",
        )
        yield (
            count and self.likelihood.family == "beta_binomial",
            "LIKELIHOOD",
            "a share for beta_binomial, got a count of events",
            "write 'prevalence:' or 'per_person_year: true', or use poisson.",
        )

    def _excluded(self, name: str, levels: tuple[str, ...]) -> bool:
        return name in self.among and not set(levels) & set(self.among[name])

    @model_validator(mode="after")
    def _one_source(self) -> Series:
        if (self.observed is None) == (not self.values):
            got = "both" if self.values else "neither"
            raise fault("FORM", f"expected either 'observed' or 'values', got {got}", "write one of the two.")
        years = [*self.fitted, *self.held_out]
        twice = [year for place, year in enumerate(years) if year in years[:place]]
        if twice:
            message = f"expected each year once, either fitted or held out, got {twice[0]} twice"
            raise fault("YEARS", message, "keep it in one place of one list.")
        return self


class Search(StudyModel):
    """Say how hard to search."""

    waves: Whole = about("Waves of history matching.", default=3, ge=1, le=MOST_WAVES)
    points: Whole = about("Parameter points simulated in each wave.", default=100, ge=20, le=MOST_POINTS)
    replicates: Whole = about(
        "Lucks for each point, the same for all points.", default=2, ge=2, le=MOST_REPLICATES
    )
    cutoff: float = about(
        "Implausibility beyond which a point is ruled out.", default=3.0, gt=0, le=LARGEST_NUMBER
    )
    seed: Seed = about("Seed.", default=1, ge=0)


class Result(StudyModel):
    """Say what is kept, and when a fit is good enough to use."""

    draws: Whole = about("Draws of the posterior, equally weighted.", default=200, ge=20, le=MOST_DRAWS)
    coverage: float = about(
        "Least share of fitted numbers inside the 95 % predictive interval.", default=0.8, ge=0, le=1
    )
    effective_sample: float = about(
        "Least effective sample size before resampling.", default=100.0, gt=0, le=MOST_DRAWS
    )


class Calibration(StudyModel):
    """Describe one calibration."""

    hrsim_calibration: Literal[1] = about("Version of this schema.")
    title: str = about("Title.")
    notes: str | None = about("Remarks.", default=None)
    study: str = about("Study that is fitted, relative to this file.")
    arm: str | None = about("Arm that stands for what happened; omitted: the only one.", default=None)
    free: Annotated[tuple[str, ...], as_tuple] = about(
        "Evidence ids that are fitted; their priors are their distributions.", min_length=1
    )
    series: dict[str, Series] = about("What is fitted, by name.", min_length=1)
    search: Search = about("How hard to search.", default=Search())
    result: Result = about("What is kept.", default=Result())
