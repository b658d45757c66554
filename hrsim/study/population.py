"""Who lives in the modelled place at the start and who enters, and the drug supply they meet."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import model_validator

from hrsim.evidence.kinds import HIGHEST_AGE
from hrsim.study.groups import Dimension
from hrsim.study.limits import MOST_PEOPLE
from hrsim.study.times import CalendarYear
from hrsim.study.values import (
    Age,
    PerYear,
    Probability,
    Quantity,
    Rate,
    Ratio,
    Shape,
    StudyModel,
    Whole,
    about,
    as_tuple,
    fault,
)


class AgeDistribution(StudyModel):
    """Describe ages as a normal distribution cut at both ends."""

    mean: Age = about("Mean before cutting.", "years")
    sd: Age = about("Standard deviation before cutting.", "years")
    minimum: float = about("Youngest age.", "years", ge=0, le=HIGHEST_AGE)
    maximum: float = about("Oldest age.", "years", ge=0, le=HIGHEST_AGE)

    @model_validator(mode="after")
    def _in_order(self) -> AgeDistribution:
        if self.minimum >= self.maximum:
            message = f"expected minimum < maximum, got {self.minimum:g} and {self.maximum:g}"
            raise fault("ORDER", message, "put the two ages in order.")
        return self


class UseShares(StudyModel):
    """Split people by how they use opioids at the start; the rest is not using."""

    injecting: Probability = about("Share who inject.", "proportion")
    other_route: Probability = about("Share who smoke, swallow or sniff only.", "proportion")

    @model_validator(mode="after")
    def _at_most_one(self) -> UseShares:
        refuse_sum_above_one(self.injecting, self.other_route, "'injecting' and 'other_route'")
        return self


class HivAtStart(StudyModel):
    """Describe HIV at the start, as a cascade of conditional shares."""

    prevalence: Probability = about("Share with HIV among people who inject.", "proportion")
    diagnosed: Probability = about("Share diagnosed among people with HIV.", "proportion")
    treated: Probability = about("Share on treatment among people diagnosed.", "proportion")


class HcvAtStart(StudyModel):
    """Describe hepatitis C at the start."""

    prevalence: Probability = about("Share with chronic hepatitis C among people who inject.", "proportion")
    diagnosed: Probability = about("Share diagnosed among people infected.", "proportion")
    ever_treated: Probability = about("Share ever treated among people diagnosed.", "proportion")


class HivAtEntry(StudyModel):
    """Describe HIV among people who enter, as a cascade of conditional shares."""

    prevalence: Probability = about("Share with HIV among entrants who inject.", "proportion")
    diagnosed: Probability = about("Share diagnosed among entrants with HIV.", "proportion")
    treated: Probability = about(
        "Share on treatment among entrants diagnosed: they go on in the services that treat HIV.",
        "proportion",
    )


class HcvAtEntry(StudyModel):
    """Describe hepatitis C among people who enter."""

    prevalence: Probability = about("Share with chronic hepatitis C among entrants who inject.", "proportion")
    diagnosed: Probability = about("Share diagnosed among entrants infected.", "proportion")


class AtEntry(StudyModel):
    """Describe what people who enter bring along."""

    hiv: HivAtEntry | None = about("HIV; omitted: nobody has it.", default=None)
    hcv: HcvAtEntry | None = about("Hepatitis C; omitted: nobody has it.", default=None)


class Population(StudyModel):
    """Describe the people at the start and the people who enter later."""

    size: Whole = about("People at the start.", "people", ge=1, le=MOST_PEOPLE, scales=False)
    for_people: Whole | None = about(
        "People whom the amounts of this file are for: capacities, inflow, budgets and residents that another file "
        "inherits from it are multiplied by size / for_people. Omitted: amounts are taken as written.",
        "people",
        default=None,
        ge=1,
        scales=False,
    )
    scale: bool = about("False: inherited amounts are taken as written, whatever the size.", default=True)
    as_written: dict[str, float] = about(
        "In a resolved study, written by hrsim: by path, the part of an amount that does not scale.",
        default={},
        scales=False,
    )
    residents: Whole | None = about(
        "All residents of the place, for rates per head.", "people", default=None, ge=1, scales=True
    )
    age: AgeDistribution = about("Ages at the start.", "years")
    entry_age: AgeDistribution = about("Ages of people who enter.", "years")
    share_male: Probability = about("Share of men.", "proportion")
    life_table: str | None = about(
        "CSV file beside the study with annual probabilities of death: columns sex (female, male, all), age, "
        "probability; omitted: Canada's.",
        default=None,
    )
    entry_per_year: PerYear = about("People who enter each year.", "people per year", scales=True)
    entry_by_year: dict[CalendarYear, PerYear] = about(
        "People who enter each year from 1 January of a calendar year on; the last is carried forward.",
        "people per year",
        default={},
        scales=True,
    )
    entry: AtEntry = about("Infections of people who enter.", default=AtEntry())
    moving_away: Rate | None = about(
        "Rate at which people at liberty move away for good; they are counted apart from the dead and followed no "
        "further. Omitted: nobody does.",
        "per person-year",
        default=None,
    )
    deaths: Literal["leave", "replaced"] = about(
        "Whether a person who dies leaves, or is counted and replaced at once by somebody alike.",
        default="leave",
    )
    use: UseShares = about("Use at the start.")
    unstable_housing: Probability = about("Share without a stable home at the start.", "proportion")
    custody: Probability = about("Share in custody at the start.", "proportion")
    hiv: HivAtStart = about("HIV at the start.")
    hcv: HcvAtStart = about("Hepatitis C at the start.")
    frailty_shape: Shape = about("Shape of the gamma frailty with mean 1; larger is more alike.", "shape")
    groups: dict[str, Dimension] = about(
        "Dimensions that results are cut by; omitted: all people are one group.", default={}
    )


class Shock(StudyModel):
    """Multiply the overdose hazard between two dates."""

    start: datetime.date = about("First day.", alias="from")
    end: datetime.date = about("First day after the shock.", alias="to")
    multiplier: Ratio = about("Factor on the overdose hazard.", "ratio")
    label: str | None = about("Name of the shock in tables.", default=None)

    @model_validator(mode="after")
    def _in_order(self) -> Shock:
        if self.start >= self.end:
            message = f"expected 'from' before 'to', got {self.start} and {self.end}"
            raise fault("ORDER", message, "put the two dates in order.")
        return self


class Supply(StudyModel):
    """Describe the unregulated supply over time."""

    exposure: dict[CalendarYear, Probability] | None = about(
        "Share of unregulated opioids that contain fentanyl by calendar year; the last is carried forward.",
        "proportion",
        default=None,
    )
    shocks: Annotated[tuple[Shock, ...], as_tuple] = about(
        "Temporary changes of the overdose hazard.", default=()
    )


def refuse_sum_above_one(first: Quantity, second: Quantity, names: str) -> None:
    """Raise a fault when two given shares of one whole add to more than one."""
    if first.value is not None and second.value is not None and first.value + second.value > 1:
        total = first.value + second.value
        raise fault(
            "SHARES", f"expected {names} to add to at most 1, got {total:g}", "lower one of the shares."
        )
