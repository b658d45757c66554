"""The parameters of each draw: the evidence register, with the rows that the study sets itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import pandas as pd

from hrsim.errors import Problem, StudyError
from hrsim.evidence import EvidenceRow, Register, central_parameters, draw_parameters, stratified_draws
from hrsim.evidence.limits import broken_limit
from hrsim.evidence.register import load_register
from hrsim.experiment.plan import Plan
from hrsim.life_table import is_row, life_table_problems, neighbour
from hrsim.services.amounts import amount
from hrsim.study.check_numbers import Scoped, impossible_numbers, scoped_numbers
from hrsim.study.intervals import overridden, price_row
from hrsim.study.resolved import ResolvedStudy
from hrsim.study.schema import Study

Draws = Mapping[int, Mapping[str, float]]


def register_of(resolved: ResolvedStudy) -> Register:
    """Return the register with what a study fitted, replaces and adds: the posterior first, its own numbers over it."""
    register = load_register()
    if resolved.posterior is not None:
        register = register.with_overrides(resolved.posterior.draws.rows(register))
    return study_register(register, resolved.study, resolved.rows)


def study_register(register: Register, study: Study, rows: Iterable[EvidenceRow] = ()) -> Register:
    """Return the register with the study's replacements by id, its prices, and the rows of its own intervals.

    A price is in the money that the study states for it; one by the name of a cost line is a row of its own.
    """
    own = [overridden(_replaced_row(register, name), given) for name, given in study.parameters.items()]
    prices = [price_row(study, name, register.get(name)) for name in study.prices]
    return register.with_overrides([*own, *prices, *rows])


def _replaced_row(register: Register, name: str) -> EvidenceRow:
    """Return the row that a study replaces; for an age of the life table that only the study states, one like it."""
    if name in register or not is_row(name):
        return register[name]
    return replace(register[neighbour(name)], id=name, name=name)


def check_draws(study: Study, draws: Draws) -> None:
    """Raise StudyError for the first draw in which some number is one that the model cannot take."""
    scopes = scoped_numbers(study)
    for draw, parameters in draws.items():
        problems = [
            *_impossible(study, scopes, parameters, draw),
            *(list(_beyond_limits(parameters, draw)) or life_table_problems(parameters)),
        ]
        if problems:
            raise StudyError(problems)


def _impossible(
    study: Study, scopes: tuple[Scoped, ...], parameters: Mapping[str, float], draw: int
) -> Iterator[Problem]:
    for number, value in impossible_numbers(study, scopes, parameters):
        message = f"expected {number.meaning.words}, {number.meaning.range}, got {value:g} in draw {draw}"
        fix = "narrow the interval of its evidence row, or change the factor 'times'."
        yield Problem("RANGE", message, fix, path=".".join(number.path))
    use = study.population.use
    total = amount(use.injecting, parameters) + amount(use.other_route, parameters)
    if total > 1.0:
        message = f"expected 'injecting' and 'other_route' to add to at most 1, got {total:g} in draw {draw}"
        yield Problem("SHARES", message, "narrow their intervals, or lower one.", path="population.use")


def _beyond_limits(parameters: Mapping[str, float], draw: int) -> Iterator[Problem]:
    for row, value in parameters.items():
        limit = broken_limit(row, value)
        if limit:
            message = f"expected a number for the row '{row}', {limit}, got {value:g} in draw {draw}"
            fix = "narrow its interval, or choose another distribution."
            yield Problem("RANGE", message, fix, path=f"parameters.{row}")


def all_draws(resolved: ResolvedStudy, register: Register, plan: Plan) -> Draws:
    """Draw every row of a study's register for every draw of the plan; at central values, its point values.

    Rows that the study's posterior fits come from it, a joint draw each, unless the study replaces them itself.
    """
    drawn = independent_draws(register, plan)
    if resolved.posterior is None:
        return drawn
    posterior, replaced = resolved.posterior.draws, set(resolved.study.parameters)
    joint = {
        number: posterior.central() if plan.uncertainty == "central" else posterior.draw(plan.seed, number)
        for number in drawn
    }
    return {
        number: {**values, **{name: v for name, v in joint[number].items() if name not in replaced}}
        for number, values in drawn.items()
    }


def independent_draws(register: Register, plan: Plan) -> Draws:
    """Draw every row of a register by itself, without what a posterior says of rows together."""
    rows = tuple(register.values())
    if plan.uncertainty == "central":
        return {draw: central_parameters(rows) for draw in plan.draw_numbers()}
    if plan.sampling == "stratified":
        return stratified_draws(rows, plan.seed, plan.draws)
    return {draw: draw_parameters(rows, plan.seed, draw) for draw in plan.draw_numbers()}


def draws_table(draws: Draws) -> pd.DataFrame:
    """Lay the draws out as a table: a row for each draw, a column for each parameter."""
    table = pd.DataFrame.from_dict(dict(draws), orient="index")
    return table.rename_axis("draw").reset_index()
