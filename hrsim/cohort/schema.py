"""What a cohort document says: states, transitions by cycle, values, arms; and results given as they stand."""

from __future__ import annotations

import keyword
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from hrsim.cohort.formulas import FUNCTIONS, Formula
from hrsim.study.values import StudyModel, Whole, about, as_tuple, fault

CLOCKS = ("cycle", "time", "age", "cycle_years", "cycles_in_state")
REST = "rest"
Counting = Literal[
    "start_of_cycle",
    "end_of_cycle",
    "mean_of_cycle",
    "trapezoid",
    "simpson",
    "simpson_as_darth",
    "all_points",
]
Moment = Literal["start_of_cycle", "middle_of_cycle", "end_of_cycle", "start_of_year", "end_of_year"]


def _name(name: str) -> str:
    if not name.isidentifier() or keyword.iskeyword(name):
        fix = "write letters, digits and _, and no word of formulas such as 'if', 'in' or 'or'."
        raise fault("COHORT_NAME", f"expected a name that formulas can use, got '{name}'", fix)
    return name


def _parameter_name(name: str) -> str:
    if name in CLOCKS or name in FUNCTIONS:
        raise fault(
            "COHORT_NAME", f"expected a name of your own, got '{name}', which formulas know", "rename it."
        )
    return _name(name)


Name = Annotated[str, AfterValidator(_name)]
ParameterName = Annotated[str, AfterValidator(_parameter_name)]


def _rising(steps: dict[str, Any]) -> dict[str, Any]:
    try:
        numbers = [float(key) for key in steps]
    except ValueError:
        raise fault("TYPE", "expected numbers before the colons", "write {1: 0.5, 3: 1}.") from None
    if not numbers or sorted(set(numbers)) != numbers:
        raise fault(
            "COHORT_STEPS", f"expected steps that rise, got {numbers}", "put them in order, each once."
        )
    return steps


def _from_the_start(data: Any) -> Any:
    return {"0": data} if isinstance(data, int | float | str) else data


Steps = Annotated[dict[str, Formula], AfterValidator(_rising)]
"""Values in force from a number (of a cycle, an age, a year) on until the next."""
Rates = Annotated[dict[str, Formula], BeforeValidator(_from_the_start), AfterValidator(_rising)]
"""One rate, or rates by the first year of each."""


class Parameter(StudyModel):
    """Name one number: a value or formula, or steps by cycle or by age."""

    value: Formula | None = about("A number, or a formula of other parameters and clocks.", default=None)
    by_cycle: Steps | None = about("Values by the first cycle in which each holds.", default=None)
    by_age: Steps | None = about(
        "Values by the first age at which each holds: a life table, say.", default=None
    )
    source: str = about("Where the number comes from.", default="")
    because: str = about("Why this number.", default="")

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: Any) -> Any:
        return {"value": data} if isinstance(data, int | float | str) else data

    @model_validator(mode="after")
    def _one_form(self) -> Parameter:
        _exactly_one(self, ("value", "by_cycle", "by_age"))
        return self


class State(StudyModel):
    """Describe one state and what a year in it is worth."""

    label: str = about("Name for readers.", default="")
    dead: bool = about("True: people here are dead, and no years are counted.", default=False)
    utility: Formula | None = about("Quality of life: QALYs for each year here.", default=None)
    cost_per_year: Formula | None = about("Cost of a year here.", default=None)
    cost_per_cycle: Formula | None = about("Cost of a cycle here.", default=None)
    tunnel: Whole = about(
        "So many cycles since entry are told apart (the last holds all later ones): `cycles_in_state`.",
        default=1,
        ge=1,
        le=2000,
    )

    @model_validator(mode="after")
    def _one_cost(self) -> State:
        if self.cost_per_year is not None and self.cost_per_cycle is not None:
            raise fault("FORM", "expected a cost per year or per cycle, got both", "keep one of the two.")
        if self.dead and self.utility is not None:
            raise fault("FORM", "expected no 'utility' where people are dead", "remove it.")
        return self


class Row(StudyModel):
    """Say where people in one state are after a cycle, as exactly one of probabilities, counts, rates.

    People whom no probability or rate moves stay.
    """

    probabilities: dict[str, Formula] | None = about(
        "Probability by state in a cycle; one may be 'rest'.", default=None, min_length=1
    )
    counts: dict[str, Formula] | None = about(
        "People seen to move, those who stayed included: divided by their sum.", default=None, min_length=1
    )
    rates: dict[str, Formula] | None = about("Rate by state, per person-year.", default=None, min_length=1)
    times: Formula = about("Factor on every probability or rate of leaving.", default=1.0)

    @model_validator(mode="after")
    def _one_form(self) -> Row:
        _exactly_one(self, ("probabilities", "counts", "rates"))
        return self

    @property
    def to(self) -> dict[str, str | float]:
        """Return the numbers by the state that people move to."""
        return self.probabilities or self.counts or self.rates or {}


class MoveValue(StudyModel):
    """Give what one move costs, and the QALYs that it brings (below 0: takes)."""

    origin: str | None = about("State that people leave; none: any.", default=None, alias="from")
    to: str = about("State that people enter.")
    cost: Formula = about("Cost of each move.", default=0.0)
    qalys: Formula = about("QALYs of each move.", default=0.0)


class Branch(StudyModel):
    """Describe one branch of a chance node."""

    probability: Formula = about("Probability; one branch of a node may have 'rest'.")
    to: str = about("The next node, or the state in which people leave the tree.")
    label: str = about("Name for readers.", default="")
    cost: Formula = about("Cost for everybody who goes this way.", default=0.0)
    qalys: Formula = about("QALYs for everybody who goes this way.", default=0.0)


Tree = dict[Name, dict[str, Branch]]


class Start(StudyModel):
    """Say who is where before the first cycle, and what that costs once."""

    age: float | None = about("Age at the start, in years.", default=None, ge=0)
    people: Formula = about("People who begin; all totals are theirs.", default=1.0)
    shares: dict[str, Formula] | None = about(
        "Share by state; none: the tree leads into states.", default=None
    )
    cost: Formula = about("Cost of each person once, undiscounted.", default=0.0)
    qalys: Formula = about("QALYs of each person once, undiscounted.", default=0.0)


class Cycles(StudyModel):
    """Say how time is cut, and which moment stands for a cycle."""

    number: Whole = about("Number of cycles.", ge=1, le=20_000)
    years: Formula = about("Length of a cycle in years: a number or arithmetic such as 1 / 52.")
    counted: Counting = about("Which people stand for a cycle.")
    moves_counted: Literal["whole", "as_states"] = about(
        "Whether values of moves count whole or with the weight of the point at which they end.",
        default="whole",
    )

    @model_validator(mode="after")
    def _even_for_simpson(self) -> Cycles:
        if self.counted == "simpson" and self.number % 2:
            message = f"expected an even number of cycles for Simpson's rule, got {self.number}"
            raise fault("FORM", message, "take one more cycle, or 'counted: trapezoid'.")
        return self


class Discount(StudyModel):
    """Hold yearly rates, and the moment of a cycle at which its flows are discounted."""

    costs: Rates = about("Rate a year, or rates by the first year of each.", unit="per year")
    effects: Rates = about("Rate a year, or rates by the first year of each.", unit="per year")
    at: Moment = about("Moment at which what belongs to a cycle is discounted.")


class Arm(StudyModel):
    """Describe one strategy by what differs from the document; named parts replace those of the same name."""

    label: str = about("Name for readers.", default="")
    parameters: dict[ParameterName, Parameter] = about("Parameters that differ.", default={})
    states: dict[str, State] = about("Values of states that differ, key by key.", default={})
    transitions: dict[str, Row] = about("Rows that differ.", default={})
    tree: dict[str, dict[str, Branch]] = about("Nodes that differ.", default={})
    start: Start | None = about("Another start.", default=None)


class Cohort(StudyModel):
    """Describe a decision tree, a state-transition cohort model, or one after the other."""

    hrsim_cohort: Literal[1] = about("Version of this form.")
    title: str = about("Title.")
    source: str = about("Where the model and its numbers come from.")
    notes: str = about("What a reader should know.", default="")
    money: str = about("Currency and price year.")
    effect: Literal["qalys", "life_years"] = about("What decisions are about.")
    parameters: dict[ParameterName, Parameter] = about("Numbers by name.", default={})
    start: Start = about("Where the cohort begins.", default=Start())
    tree: Tree = about("Chance nodes by name; people begin at the first.", default={})
    states: dict[Name, State] = about("States by name.", min_length=1)
    cycles: Cycles | None = about("How time is cut; none: a tree alone.", default=None)
    transitions: dict[str, Row] = about(
        "Rows by the state that people are in; without one they stay.", default={}
    )
    rates_become: Literal["matrix_exponential", "competing", "each_alone"] | None = about(
        "How rates become probabilities: exp(Q t); 1 - exp(-sum t), shared out by rate; 1 - exp(-r t) each.",
        default=None,
    )
    moves: Annotated[tuple[MoveValue, ...], as_tuple] = about("Values of moves.", default=())
    discount: Discount | None = about("Discounting; goes with cycles.", default=None)
    arms: dict[Name, Arm] = about("Strategies by name.", min_length=1)
    comparator: str = about("Strategy that the others are compared with.")
    thresholds: Annotated[tuple[Annotated[float, Field(gt=0)], ...], as_tuple] = about(
        "Willingness to pay for one unit of effect.", default=()
    )

    @model_validator(mode="after")
    def _together(self) -> Cohort:
        for name in ("transitions", "discount"):
            if bool(getattr(self, name)) != (self.cycles is not None):
                raise fault(
                    "FORM", f"expected 'cycles' and '{name}' together, got one of them", "add the other."
                )
        return self


class GivenArm(StudyModel):
    """Give what one strategy costs and does."""

    label: str = about("Name for readers.", default="")
    cost: Formula = about("Cost.")
    effect: Formula = about("Effect.")


class Results(StudyModel):
    """Hold results as somebody gave them: only the decision between arms is worked out."""

    hrsim_results: Literal[1] = about("Version of this form.")
    title: str = about("Title.")
    source: str = about("Where the results come from.")
    notes: str = about("What a reader should know.", default="")
    money: str = about("Currency and price year.")
    effect_unit: str = about("Unit of the effect.")
    arms: dict[Name, GivenArm] = about("Strategies by name.", min_length=1)
    comparator: str | None = about("Strategy that the others are compared with.", default=None)
    thresholds: Annotated[tuple[Annotated[float, Field(gt=0)], ...], as_tuple] = about(
        "Willingness to pay for one unit of effect.", default=()
    )


def _exactly_one(model: StudyModel, names: tuple[str, ...]) -> None:
    given = [name for name in names if getattr(model, name) is not None]
    if len(given) != 1:
        got = " and ".join(given) if given else "none"
        raise fault("FORM", f"expected exactly one of {', '.join(names)}, got {got}", "keep one of them.")
