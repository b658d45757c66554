"""Probabilities of moving in each cycle, from rows of probabilities, counts or rates."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hrsim.cohort.formulas import Floats
from hrsim.cohort.numbers import Numbers, Truths
from hrsim.cohort.schema import REST, Row
from hrsim.study.tree import Path

SUM = 1e-9
Moves = Mapping[tuple[int, int], Floats]
_Row = dict[str, Floats]


def probabilities(
    rows: Mapping[str, tuple[Row, Path]],
    states: tuple[str, ...],
    tunnels: tuple[int, ...],
    rates_become: str | None,
    numbers: Numbers,
    years: float,
) -> Moves:
    """Return the probabilities by (from, to), staying included, each (cycles, cycles told apart).

    `numbers` knows the clocks of the cycles. Without a row people stay.
    """
    whole = rates_become == "matrix_exponential"
    by_state: dict[str, _Row] = {}
    for state, tunnel in zip(states, tunnels, strict=True):
        shape = (len(numbers.clocks["cycle"]), tunnel)
        if state not in rows:
            by_state[state] = {} if whole else {state: np.ones(shape)}
            continue
        row, path = rows[state]
        inside = numbers.with_clocks({"cycles_in_state": np.arange(1.0, tunnel + 1)[None, :]})
        if whole and (row.rates is None or max(tunnels) > 1):
            message = "expected rates in every row, and no tunnel, for a matrix exponential"
            numbers.faults.note(
                path, "FORM", message, "write 'rates_become: competing', or rates in every row."
            )
        by_state[state] = _read(row, path, state, inside, shape)
        if row.rates is not None and not whole:
            by_state[state] = _alone(by_state[state], state, rates_become == "competing", years, path, inside)
    if whole:
        return _exponential(by_state, states, len(numbers.clocks["cycle"]), years)
    return {
        (states.index(state), states.index(to)): chance
        for state, row in by_state.items()
        for to, chance in row.items()
    }


def _read(row: Row, path: Path, state: str, numbers: Numbers, shape: tuple[int, int]) -> _Row:
    times = np.broadcast_to(numbers.at((*path, "times"), row.times, 0.0), shape)
    if row.probabilities is not None:
        return _given(row.probabilities, times, path, state, numbers, shape)
    form = "counts" if row.counts is not None else "rates"
    found = {
        to: np.broadcast_to(numbers.at((*path, form, to), number, 0.0), shape)
        for to, number in row.to.items()
    }
    if form == "rates":
        return {to: times * rate for to, rate in found.items()}
    total = np.sum(list(found.values()), axis=0)
    if (total <= 0.0).any():
        numbers.faults.note_sum(
            (*path, form), "expected counts with a sum of more than 0", "give the people seen."
        )
        return {state: np.ones(shape)}
    leaving = {to: times * count / total for to, count in found.items() if to != state}
    return _with_rest(leaving, state, path, numbers, shape)


def _given(
    row: Mapping[str, str | float],
    times: Floats,
    path: Path,
    state: str,
    numbers: Numbers,
    shape: tuple[int, int],
) -> _Row:
    chances = {
        to: np.broadcast_to(numbers.at((*path, "probabilities", to), chance, 0.0, 1.0), shape)
        for to, chance in row.items()
        if chance != REST
    }
    rest = next((to for to, chance in row.items() if chance == REST), None)
    if (times != 1.0).any() and (state in chances or rest not in (None, state)):
        message = "expected the share that stays to be what is left, beside 'times'"
        numbers.faults.note(
            (*path, "times"), "FORM", message, f"leave '{state}' out, or write 'rest' for it."
        )
    if rest is None and state in chances:
        total = np.sum(list(chances.values()), axis=0)
        _note_sum(total, np.abs(total - 1.0) > SUM, (*path, "probabilities"), numbers)
        return chances
    leaving = {to: chance * times if to != state else chance for to, chance in chances.items()}
    return _with_rest(leaving, rest or state, path, numbers, shape)


def _with_rest(row: _Row, rest: str, path: Path, numbers: Numbers, shape: tuple[int, int]) -> _Row:
    total = np.sum(list(row.values()), axis=0) if row else np.zeros(shape)
    _note_sum(total, total > 1.0 + SUM, path, numbers)
    left = 1.0 - total
    return {**row, rest: np.where(np.abs(left) < SUM, 0.0, left)}  # 1 - 1 in decimals


def _note_sum(total: Floats, wrong: Truths, path: Path, numbers: Numbers) -> None:
    if wrong.any():
        cycle = int(np.argwhere(wrong)[0, 0]) + 1
        message = f"expected probabilities that add up to 1, got {total[wrong][0]:.10g} in cycle {cycle}"
        numbers.faults.note_sum(path, message, "correct a probability, or write 'rest' for one.")


def _alone(rates: _Row, state: str, competing: bool, years: float, path: Path, numbers: Numbers) -> _Row:
    shape = next(iter(rates.values())).shape
    if not competing:
        return _with_rest(
            {to: -np.expm1(-rate * years) for to, rate in rates.items()}, state, path, numbers, shape
        )
    total = np.sum(list(rates.values()), axis=0)
    share = -np.expm1(-total * years) / np.where(total > 0.0, total, 1.0)
    return {**{to: rate * share for to, rate in rates.items()}, state: np.exp(-total * years)}


def _exponential(rates: Mapping[str, _Row], states: tuple[str, ...], cycles: int, years: float) -> Moves:
    from scipy.linalg import expm

    generator = np.zeros((cycles, len(states), len(states)))
    for place, state in enumerate(states):
        for to, rate in rates[state].items():
            generator[:, place, states.index(to)] += rate[:, 0]
        generator[:, place, place] -= generator[:, place].sum(axis=1)
    different, where = np.unique(generator, axis=0, return_inverse=True)
    matrices = np.stack([expm(matrix * years) for matrix in different])[where.ravel()]
    return {
        (i, j): matrices[:, i, j, None]
        for i in range(len(states))
        for j in range(len(states))
        if (matrices[:, i, j] > 0.0).any()
    }
