"""What is computed from the arms: comparator, draws, discounting, perspectives, thresholds."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from hrsim.evidence.kinds import MOST_MONEY
from hrsim.evidence.reference_cases import load_reference_cases
from hrsim.evidence.register import load_register
from hrsim.study.budgets import known_day
from hrsim.study.discount import Discount
from hrsim.study.limits import (
    FIRST_YEAR,
    LARGEST_NUMBER,
    LAST_YEAR,
    MOST_AVERSION,
    MOST_DRAWS,
    MOST_REPLICATES,
    SMALLEST_NUMBER,
)
from hrsim.study.tree import nearest
from hrsim.study.values import Price, Seed, StudyModel, Whole, about, as_tuple, fault

Releases = Literal["cash", "capacity", "none"]
Aversion = Annotated[float, Field(ge=0, le=MOST_AVERSION)]
Share = Annotated[float, Field(ge=0, le=1)]
Threshold = Annotated[float, Field(gt=0, le=MOST_MONEY)]


def _known_case(name: str) -> str:
    if name not in load_reference_cases():
        message = f"expected a reference case, got '{name}'"
        raise fault("CHOICE", message, nearest(name, load_reference_cases(), "reference cases"))
    return name


class ValueOfInformation(StudyModel):
    """State whom better information would serve: decisions like the study's, each about a population of its size."""

    decisions_per_year: float = about("Such decisions made in a year.", "per year", gt=0, le=LARGEST_NUMBER)
    years: Whole = about("Years in which they are made.", "years", ge=1, le=100)
    discount: float = about("Rate at which later decisions count less.", "per year", ge=0, lt=1)


class MonteCarloTarget(StudyModel):
    """State the Monte Carlo error at which a run stops: relative to the mean difference, or in a measure's own unit."""

    relative: float | None = about(
        "Share of the mean difference.", "proportion", default=None, gt=SMALLEST_NUMBER, le=LARGEST_NUMBER
    )
    overdose_death: float | None = about(
        "Error of the difference in deaths.", "deaths", default=None, gt=SMALLEST_NUMBER, le=LARGEST_NUMBER
    )
    net_monetary_benefit: float | None = about(
        "Error of the difference in net benefit.",
        "money",
        default=None,
        gt=SMALLEST_NUMBER,
        le=LARGEST_NUMBER,
    )

    @model_validator(mode="after")
    def _asks_something(self) -> MonteCarloTarget:
        if self.relative is self.overdose_death is self.net_monetary_benefit is None:
            message = (
                "expected at least one of 'relative', 'overdose_death', 'net_monetary_benefit', got none"
            )
            raise fault("FORM", message, "write for example 'until_mcse: {relative: 0.05}'.")
        return self


class Distributional(StudyModel):
    """State how gains and costs are weighed between the groups of `population.groups`."""

    threshold: Threshold = about("Money that displaces a QALY elsewhere.", "money per QALY")
    displaced: dict[str, Share] = about(
        "Who loses the health displaced: shares of all labels of one dimension, as 'zone=north: 0.4'. Omitted: by "
        "people.",
        default={},
    )
    atkinson: Annotated[tuple[Aversion, ...], as_tuple] = about(
        "Aversions to relative inequality, a sweep and not evidence; 0 is none.",
        default=(0.0, 0.5, 1.0, 2.0, 5.0, 10.0),
    )
    kolm: Annotated[tuple[Aversion, ...], as_tuple] = about(
        "Aversions to absolute inequality, per QALY, likewise.", default=(0.0, 0.1, 0.5, 1.0)
    )


class Analysis(StudyModel):
    """State how arms are compared and how sure the comparison must be."""

    comparator: str | None = about("Name of the arm that the others are compared with.", default=None)
    draws: Whole = about("Draws of the uncertain parameters.", "draws", default=200, ge=1, le=MOST_DRAWS)
    replicates: Whole = about(
        "Repetitions with other luck per draw.", "replicates", default=1, ge=1, le=MOST_REPLICATES
    )
    seed: Seed = about("Seed of all random numbers.", default=1, ge=0)
    uncertainty: Literal["draws", "central"] = about(
        "'draws' varies the parameters; 'central' keeps them at their point values.", default="draws"
    )
    sampling: Literal["random", "stratified"] = about(
        "How draws cover each distribution: 'stratified' spreads them evenly.", default="random"
    )
    thresholds: Annotated[tuple[Threshold, ...], as_tuple] = about(
        "Willingness to pay for a QALY.", "money per QALY"
    )
    discount: Discount = about("Discount rates.")
    currency: Literal["CAD", "USD", "AUD", "GBP", "EUR"] = about("Currency of all results.")
    price_year: Whole = about(
        "Year whose prices the results are stated in.", "calendar year", ge=FIRST_YEAR, le=LAST_YEAR
    )
    perspectives: Annotated[tuple[str, ...], as_tuple] = about(
        "Whose costs count: health_payer, health_sector, societal, societal_human_capital (earnings and consumption of "
        "people who die or live as well), or the name of any payer of a cost line.",
        min_length=1,
    )
    reference_case: Annotated[str, AfterValidator(_known_case)] | None = about(
        "Body whose discount rates, thresholds and perspectives hold, unless this file or one that extends it states "
        "them: canada_2017, nice_2022, nice_2026, second_panel_2016, circular_a4_2003, circular_a4_2023.",
        default=None,
    )
    beyond_horizon: bool = about(
        "True: decisions also count the years that people alive at the end still live, by closed form with their "
        "states frozen; false: only what was simulated. Either way the tables horizon and cost_per_qaly show both.",
        default=True,
    )
    fiscal_year_starts: Annotated[str, AfterValidator(known_day)] = about(
        'First day of the fiscal year in the budget impact: "04-01".', default="04-01"
    )
    budget_years: Whole = about(
        "Fiscal years that the budget impact shows, beside one that the start cuts.",
        "years",
        default=5,
        ge=1,
        le=5,
    )
    releases: dict[str, Releases] = about(
        "What less of a line of the price book gives back, by the line's name: cash, capacity (room that others "
        "fill) or none. A service's own cost lines say so themselves.",
        default={},
    )
    distributional: Distributional | None = about(
        "Distributional analysis, for a study whose population has groups.", default=None
    )
    smallest_cell: Whole = about(
        "Fewest events or person-years of a group that tables show; 5 is a usual convention of statistical "
        "agencies, not evidence. 0 shows all.",
        default=5,
        ge=0,
    )
    value_of_statistical_life: Price | None = about("Value of a statistical life.", "money", default=None)
    value_of_information: ValueOfInformation | None = about(
        "Whom better information would serve; left out: no population value is stated.", default=None
    )
    until_mcse: MonteCarloTarget | None = about(
        "Monte Carlo error at which the run stops before 'draws'; looked at every 20 draws.", default=None
    )

    @field_validator("perspectives", "thresholds")
    @classmethod
    def _each_once(cls, given: tuple[Any, ...]) -> tuple[Any, ...]:
        twice = [value for place, value in enumerate(given) if value in given[:place]]
        if twice:
            raise fault("TWICE", f"expected each of the list once, got '{twice[0]}' again", "write it once.")
        return given

    @model_validator(mode="after")
    def _draws_until(self) -> Analysis:
        if self.until_mcse is not None and self.uncertainty == "central":
            message = "expected 'until_mcse' with 'uncertainty: draws', got 'central', which has one draw"
            raise fault("FORM", message, "remove 'until_mcse', or let the parameters vary.")
        return self

    @model_validator(mode="after")
    def _thresholds_in_its_money(self) -> Analysis:
        case = load_reference_cases().get(self.reference_case or "")
        if case is None or not case.thresholds or case.currency == self.currency:
            return self
        if self.thresholds == tuple(load_register()[row].value for row in case.thresholds):
            raise fault(
                "CURRENCY",
                f"expected thresholds in {self.currency}, the study's money; those of {self.reference_case} are in "
                f"{case.currency}",
                f"state 'thresholds' in {self.currency}: a threshold is not converted.",
            )
        return self
