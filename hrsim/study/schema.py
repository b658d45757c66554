"""The schema of a whole study: the one source of checks, JSON Schema and reference."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import model_validator

from hrsim.study.analysis import Analysis
from hrsim.study.budgets import Budget
from hrsim.study.limits import FIRST_YEAR, LAST_YEAR, SHORTEST_HORIZON
from hrsim.study.own_events import OwnEvent
from hrsim.study.population import Population, Supply
from hrsim.study.prices import ReplacedPrice
from hrsim.study.services import Service
from hrsim.study.staff import StaffPool
from hrsim.study.texts import Text
from hrsim.study.values import Quantity, StudyModel, about, as_tuple, fault


class Horizon(StudyModel):
    """State the time simulated."""

    start: datetime.date = about("First day.")
    years: float = about("Length in years of 365.25 days.", "years", le=100)

    @model_validator(mode="after")
    def _in_the_calendar(self) -> Horizon:
        if not FIRST_YEAR <= self.start.year <= LAST_YEAR:
            message = f"expected a first day in the years {FIRST_YEAR} to {LAST_YEAR}, got {self.start}"
            raise fault("RANGE", message, "write a first day such as 2026-01-01.")
        if self.years < SHORTEST_HORIZON:
            message = f"expected a horizon of one day or more, got {self.years:g} years"
            raise fault("RANGE", message, "write 'years: 10', or 0.5 for half a year.")
        return self


class Processes(StudyModel):
    """Switch processes of the model on or off; all are on unless said otherwise."""

    entry: bool = about("People who enter.", default=True)
    background_mortality: bool = about("Deaths from other causes.", default=True)
    use: bool = about("Stopping, relapse, and changes of route.", default=True)
    overdose: bool = about("Overdoses and their outcomes.", default=True)
    custody: bool = about("Entry into and release from custody.", default=True)
    housing: bool = about("Losing and gaining a stable home.", default=True)
    supply: bool = about("The unregulated supply over time.", default=True)
    hiv: bool = about("HIV transmission and course.", default=True)
    hcv: bool = about("Hepatitis C transmission and course.", default=True)
    skin_infection: bool = about("Skin and soft-tissue infections.", default=True)
    endocarditis: bool = about("Endocarditis.", default=True)
    emergency_visits: bool = about("Emergency visits for other causes.", default=True)
    admissions: bool = about("Hospital admissions for other causes.", default=True)
    services: bool = about("All services.", default=True)
    distress: bool = about(
        "Distress (mental ill-health): raises overdose, relapse and drop-out. Off unless switched on.",
        default=False,
    )
    trust: bool = about(
        "Trust in services: moves how many they reach, and moves with what befalls people in them. Off unless "
        "switched on.",
        default=False,
    )
    custody_housing: bool = about("Homes lost through custody. Off unless switched on.", default=False)


class Parameter(Quantity):
    """Replace an evidence row: a number, with interval and source if wished."""

    @model_validator(mode="after")
    def _no_evidence(self) -> Parameter:
        if self.evidence is not None:
            message = f"expected a value for an evidence row, got the id '{self.evidence}'"
            raise fault("FORM", message, "write the number.")
        return self


class Arm(StudyModel):
    """Describe one arm completely: the study's base, its parent arms and its own keys merged."""

    label: Text | None = about(
        "Name in tables, a text or one for each language; omitted: the arm's name.", default=None
    )
    services: dict[str, Service] = about("Services of this arm.", default={})
    budgets: dict[str, Budget] = about("Budgets of this arm.", default={})
    staff_pools: dict[str, StaffPool] = about("Staff of this arm.", default={})
    hubs: dict[str, Annotated[tuple[str, ...], as_tuple]] = about(
        "Services under one roof, by the hub's name.", default={}
    )
    supply: Supply = about("Unregulated supply.", default=Supply())
    parameters: dict[str, Parameter] = about("Values that replace evidence rows, by id.", default={})
    processes: Processes = about("Processes switched on or off.", default=Processes())


class Study(StudyModel):
    """Describe a study: people, supply, services, arms and analysis."""

    hrsim: Literal[1] = about("Version of this schema.")
    title: Text = about(
        "Title, the question: a text, or one for each language of reports, as {en: ..., fr: ...}."
    )
    notes: Text | None = about("Remarks; likewise.", default=None)
    authors: Annotated[tuple[str, ...], as_tuple] = about(
        "Names of people or organisations who answer for the study; a citation of its runs names them.",
        default=(),
    )
    calibrated: bool = about(
        "True once the numbers were fitted to data of the place; until then every output of a run says so.",
        default=False,
    )
    setting: bool = about("True for a base that other files extend: it may lack arms.", default=False)
    resolved: bool = about(
        "True for a resolved study: arms are complete, the catalogue is not read.", default=False
    )
    horizon: Horizon = about("Time simulated.")
    population: Population = about("People.")
    supply: Supply = about("Unregulated supply.", default=Supply())
    services: dict[str, Service] = about("Services present in every arm.", default={})
    budgets: dict[str, Budget] = about("Budgets of every arm, by name.", default={})
    staff_pools: dict[str, StaffPool] = about("Staff of every arm, by name of the pool.", default={})
    hubs: dict[str, Annotated[tuple[str, ...], as_tuple]] = about(
        "Services under one roof in every arm, by the hub's name.", default={}
    )
    processes: Processes = about("Processes switched on or off.", default=Processes())
    parameters: dict[str, Parameter] = about("Values that replace evidence rows, by id.", default={})
    prices: dict[str, ReplacedPrice] = about(
        "Prices that replace others, by evidence row or by the name of a cost line as tables print it; a number is in "
        "the currency and price year of the analysis.",
        default={},
    )
    events: dict[str, OwnEvent] = about("Events that no process causes, by name; in every arm.", default={})
    arms: dict[str, Arm] = about("Arms to compare, by name.", default={})
    structural: dict[str, Annotated[tuple[str, ...], as_tuple]] = about(
        "Structural scenarios for 'hrsim analyse': texts 'path=value' as for --set, by name.", default={}
    )
    analysis: Analysis = about("How arms are compared.")
