"""Count one run: events, flows and person-years of an arm in each quarter, cut by states and groups."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hrsim.economics import DiscountSchedule
from hrsim.economics.discounting import Convention
from hrsim.engine.group_names import dimension_of, margins
from hrsim.engine.ledger import DEATH_SUFFIX, Ledger
from hrsim.experiment.measures import OVERDOSES, QUARTERS_PER_YEAR, TICKS_SUFFIX
from hrsim.study.tree import nearest
from hrsim.units import TICKS_PER_YEAR
from hrsim.validate.expressions import Floats, FormulaError, Word, number_of


def find(name: str, known: tuple[str, ...], what: str) -> int:
    """Return the place of a name that a formula uses; FormulaError says what it may be."""
    if name not in known:
        raise FormulaError(f"a formula names '{name}': expected {what}: {nearest(name, known, what)}")
    return known.index(name)


def chosen_quarters(choices: Mapping[str, Word], count: int) -> slice:
    """Return the quarters that a formula asks for: a quarter, a study year, or all up to a year."""
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


def quarter_weights(choices: Mapping[str, Word], quarters: slice, first: Ledger) -> Floats:
    """Return a weight for each quarter: 1, or the discount factor by the rate and convention that a formula states."""
    rate, words = number_of(choices, "discount", 0.0), str(choices.get("convention", "start_of_year"))
    find(words, tuple(convention.value for convention in Convention), "a convention of discounting")
    schedule = DiscountSchedule.constant(rate, Convention(words))
    return schedule.mean_factors(first.quarter_years)[quarters]


def counted(
    ledger: Ledger,
    arm: int,
    function: str,
    words: tuple[Word, ...],
    choices: Mapping[str, Word],
    quarters: slice,
) -> Floats:
    """Return a function's count in each quarter of one run."""
    cells, states = _in_groups(ledger, choices)
    lived = function in ("person_years", "life_years")
    _check_call(function, words, {} if lived else states, _dimensions(ledger))
    if lived:
        return _person_years(ledger, arm, cells, states, quarters)
    if function == "flow":
        return _flow(ledger, arm, words, cells, quarters)
    names = [str(word) for word in words[1:]]
    if function == "deaths":
        names = [name for name in ledger.event_names if name.endswith(DEATH_SUFFIX)]
    elif function == "overdoses":
        names = list(OVERDOSES)
    places = [find(name, ledger.event_names, "an event") for name in names]
    counts = ledger.events[arm, quarters][:, cells]
    return np.asarray(counts[..., places].sum(axis=(1, 2)), np.float64)


def _check_call(
    function: str, words: tuple[Word, ...], states: Mapping[str, Word], groups: tuple[str, ...]
) -> None:
    """Refuse what a function would not look at."""
    if states:
        cut = f"; counts are cut by groups: {', '.join(groups)}" if groups else ""
        raise FormulaError(
            f"a formula says {next(iter(states))}= in '{function}': only time lived is counted by state{cut}"
        )
    wanted = {"flow": "flow(arm, service, contacts)", "events": "events(arm, event, ...)"}.get(function)
    if wanted is not None and (len(words) < 2 or (function == "flow" and len(words) != 3)):
        raise FormulaError(f"a formula asks for {function}: expected {wanted}")
    if wanted is None and len(words) != 1:
        raise FormulaError(f"a formula asks for {function}: expected one arm: {function}(arm)")


def _flow(
    ledger: Ledger, arm: int, words: tuple[Word, ...], cells: NDArray[np.int64], quarters: slice
) -> Floats:
    service = find(str(words[1]), ledger.service_names, "a service")
    if cells.size == len(ledger.groups) or ledger.group_flow is None:
        what = find(str(words[2]), ledger.flow_names, "a flow")
        counts = ledger.service_flow[arm, quarters, service, what]
    else:
        what = find(str(words[2]), ledger.group_flow_names, "a flow")
        counts = ledger.group_flow[arm, quarters, service][:, cells, what].sum(axis=1)
    return np.asarray(counts / (TICKS_PER_YEAR if str(words[2]).endswith(TICKS_SUFFIX) else 1.0))


def _dimensions(ledger: Ledger) -> tuple[str, ...]:
    return tuple(dict.fromkeys(dimension_of(label) for label in margins(ledger.groups)))


def _in_groups(ledger: Ledger, choices: Mapping[str, Word]) -> tuple[NDArray[np.int64], dict[str, Word]]:
    """Return the groups that have the labels chosen, and the choices that are not about groups."""
    labels, known = margins(ledger.groups), _dimensions(ledger)
    cells, rest = set(range(len(ledger.groups))), dict(choices)
    for dimension in [name for name in choices if name in known]:
        label = f"{dimension}={rest.pop(dimension)}"
        find(label, tuple(labels), "a group")
        cells &= set(labels[label])
    return np.array(sorted(cells), np.int64), rest


def _person_years(
    ledger: Ledger, arm: int, cells: NDArray[np.int64], choices: Mapping[str, Word], quarters: slice
) -> Floats:
    shape = [len(levels) for _, levels in ledger.state_dimensions]
    counts = ledger.state_ticks[arm, quarters][:, cells].sum(axis=1)
    ticks: NDArray[np.int64] = counts.reshape(len(counts), *shape)
    names = tuple(name for name, _ in ledger.state_dimensions)
    for name, level in choices.items():
        axis = find(name, names, "a state")
        kept = find(str(level), ledger.state_dimensions[axis][1], f"a level of '{name}'")
        ticks = ticks.take([kept], axis=axis + 1)
    return np.asarray(ticks.reshape(len(ticks), -1).sum(axis=1) / TICKS_PER_YEAR)
