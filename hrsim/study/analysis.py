"""What is computed from the arms: comparator, draws, discounting, perspectives, thresholds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from hrsim.study.values import Price, StudyModel, Whole, about, as_tuple, fault

Perspective = Literal["health_sector", "societal"]
Threshold = Annotated[float, Field(gt=0)]


class Discount(StudyModel):
    """State the yearly discount rates."""

    costs: float = about("Rate for costs.", "per year", ge=0, lt=1)
    effects: float = about("Rate for health effects.", "per year", ge=0, lt=1)


class ValueOfInformation(StudyModel):
    """State whom better information would serve: decisions like the study's, each about a population of its size."""

    decisions_per_year: float = about("Such decisions made in a year.", "per year", gt=0)
    years: Whole = about("Years in which they are made.", "years", ge=1, le=100)
    discount: float = about("Rate at which later decisions count less.", "per year", ge=0, lt=1)


class MonteCarloTarget(StudyModel):
    """State the Monte Carlo error at which a run stops: relative to the mean difference, or in a measure's own unit."""

    relative: float | None = about("Share of the mean difference.", "proportion", default=None, gt=0)
    overdose_death: float | None = about("Error of the difference in deaths.", "deaths", default=None, gt=0)
    net_monetary_benefit: float | None = about(
        "Error of the difference in net benefit.", "money", default=None, gt=0
    )

    @model_validator(mode="after")
    def _asks_something(self) -> MonteCarloTarget:
        if self.relative is self.overdose_death is self.net_monetary_benefit is None:
            message = (
                "expected at least one of 'relative', 'overdose_death', 'net_monetary_benefit', got none"
            )
            raise fault("FORM", message, "write for example 'until_mcse: {relative: 0.05}'.")
        return self


class Analysis(StudyModel):
    """State how arms are compared and how sure the comparison must be."""

    comparator: str | None = about("Name of the arm that the others are compared with.", default=None)
    draws: Whole = about("Draws of the uncertain parameters.", "draws", default=200, ge=1)
    replicates: Whole = about("Repetitions with other luck per draw.", "replicates", default=1, ge=1)
    seed: Whole = about("Seed of all random numbers.", default=1, ge=0)
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
        "Year whose prices the results are stated in.", "calendar year", ge=1900, le=2200
    )
    perspectives: Annotated[tuple[Perspective, ...], as_tuple] = about("Whose costs count.", min_length=1)
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

    @model_validator(mode="after")
    def _draws_until(self) -> Analysis:
        if self.until_mcse is not None and self.uncertainty == "central":
            message = "expected 'until_mcse' with 'uncertainty: draws', got 'central', which has one draw"
            raise fault("FORM", message, "remove 'until_mcse', or let the parameters vary.")
        return self
