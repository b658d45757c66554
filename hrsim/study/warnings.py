"""Warn of what is valid but probably a mistake: arms alike, levels that do not fit, sizes left behind, long runs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence

from hrsim.study.arms import PARENTS
from hrsim.study.as_written import amounts
from hrsim.study.merge import find
from hrsim.study.numbers import Number, numbers
from hrsim.study.relative import edit_of
from hrsim.study.scaling import Basis, size_after
from hrsim.study.schema import Arm, Study
from hrsim.study.times import Ramp
from hrsim.study.tree import ListNode, MapNode, Path, Problems, ScalarNode, nearest_mark
from hrsim.study.values import Quantity

PERSON_YEARS_PER_SECOND = 251_000  # of all arms and one processor: docs/benchmarks.md
LONG_RUN_SECONDS = 30 * 60
SECONDS_PER_MINUTE = 60
TENFOLD = 10
_CAPACITIES = ("places", "contacts_per_month", "kits_per_year")
_SHOWN = 3


def warn_of_study(study: Study, tree: MapNode, problems: Problems) -> None:
    """Warn of what a whole study shows: its arms, their levels, and how long it will take."""
    _warn_of_same_arms(study, tree, problems)
    base = {number.path: number.quantity for number in numbers(study)}
    of_arms = {name: tuple(numbers(arm)) for name, arm in study.arms.items()}
    steady = [{n.path: n.quantity for n in found if not _moves(n)} for found in of_arms.values()]
    for name, found in of_arms.items():
        parents = [{n.path: n.quantity for n in of_arms[parent]} for parent in _ancestors(tree, name)]
        for number in found:
            path = ("arms", name, *number.path)
            _warn_of_ramp(number, path, (base, *parents, *steady), tree, problems)
            _warn_of_capacity(number, path, base, study.population.size, tree, problems)
    _warn_of_length(study, tree, problems)


def _moves(number: Number) -> bool:
    return isinstance(number.owner, Ramp) and number.owner.moves


def _ancestors(tree: MapNode, arm: str) -> list[str]:
    named = tree.mapping("arms").mapping(arm).get(PARENTS)
    items = named.items if isinstance(named, ListNode) else ()
    parents = [item.text for item in items if isinstance(item, ScalarNode)]
    return [name for parent in parents for name in (parent, *_ancestors(tree, parent))]


def _warn_of_same_arms(study: Study, tree: MapNode, problems: Problems) -> None:
    comparator = study.analysis.comparator
    if comparator is None or comparator not in study.arms:
        return
    for name, arm in study.arms.items():
        if name != comparator and _unnamed(arm) == _unnamed(study.arms[comparator]):
            message = (
                f"the arm '{name}' is the same as the comparator '{comparator}': it cannot differ from it"
            )
            mark = tree.mapping("arms").entries[name].key_mark
            problems.warn(
                "SAME_ARM", message, "change something in it, or leave it out.", mark, ("arms", name)
            )


def _unnamed(arm: Arm) -> Arm:
    return arm.model_copy(update={"label": None})


def _warn_of_ramp(
    number: Number,
    path: Path,
    inherited: Sequence[Mapping[Path, Quantity]],
    tree: MapNode,
    problems: Problems,
) -> None:
    """Warn of a ramp that begins at a level that neither the base, nor a parent, nor another arm has there."""
    if not _moves(number) or path[-1] != "from":
        return
    known = [given for levels in inherited for given in _around(levels, number.path)]
    if not known or any(_alike(given, number.quantity) for given in known):
        return
    before, now = _words(known[0]), _words(number.quantity)
    message = f"the level begins at {now}, where it is {before} without this change: a step on the first day"
    fix = f"leave 'from' out to begin at what is inherited, or write 'from: {before}'."
    problems.warn("RAMP_FROM", message, fix, nearest_mark(tree, path), path)


def _around(levels: Mapping[Path, Quantity], path: Path) -> Iterator[Quantity]:
    for end in ("from", "to"):
        if (found := levels.get((*path[:-1], end))) is not None:
            yield found


def _alike(first: Quantity, second: Quantity) -> bool:
    return (first.value, first.evidence, first.times) == (second.value, second.evidence, second.times)


def _words(given: Quantity) -> str:
    if given.value is not None:
        return f"{given.value:.10g}"
    return f"{given.times:.10g} x {given.evidence}"


def _warn_of_capacity(
    number: Number, path: Path, base: Mapping[Path, Quantity], people: int, tree: MapNode, problems: Problems
) -> None:
    """Warn of places that come to none or are more than people, and of a capacity tenfold or a tenth of the usual."""
    field, value = path[-2], number.quantity.value
    if "capacity" not in path or field not in _CAPACITIES or value is None:
        return
    usual = base.get(number.path)
    fix = 'check the number: is it for as many people as the study has? "*2" doubles what is inherited.'
    mark = nearest_mark(tree, path)
    if field == "places" and value and not round(value):
        message = f"{value:.3g} places come to none, since places are whole: nobody is ever admitted"
        problems.warn("ROUNDED", message, "write a whole number of places.", mark, path)
    elif field == "places" and value > people:
        message = f"{value:.10g} places are more than the {people:,} people of the study"
        problems.warn("OUT_OF_PROPORTION", message, fix, mark, path)
    elif usual is not None and usual.value and value and not 1 / TENFOLD < value / usual.value < TENFOLD:
        message = f"{value:.10g} is {value / usual.value:.3g} times the inherited {usual.value:.10g}"
        problems.warn("OUT_OF_PROPORTION", message, fix, mark, path)


def _warn_of_length(study: Study, tree: MapNode, problems: Problems) -> None:
    plan = study.analysis
    draws = plan.draws if plan.uncertainty == "draws" else 1
    work = study.population.size * study.horizon.years * len(study.arms) * draws * plan.replicates
    threads = os.cpu_count() or 1
    seconds = work / PERSON_YEARS_PER_SECOND / threads
    if seconds < LONG_RUN_SECONDS:
        return
    minutes = seconds / SECONDS_PER_MINUTE
    time = (
        f"{minutes:.0f} minutes"
        if minutes < 2 * SECONDS_PER_MINUTE
        else f"{minutes / SECONDS_PER_MINUTE:.0f} hours"
    )
    message = f"a run will take about {time} with {threads} threads: {work / 1e6:,.0f} million person-years"
    fix = (
        "try it first with --draws 8 or --set population.size=1000; --until-mcse stops when enough is known."
    )
    problems.warn("LONG_RUN", message, fix, nearest_mark(tree, ("analysis", "draws")), ("analysis", "draws"))


def warn_of_sizes(
    chain: Sequence[MapNode], basis_of: Sequence[Basis | None], overrides: Sequence[str], problems: Problems
) -> None:
    """Warn of amounts that a file writes for another number of people than the study has."""
    size, scale = size_after(chain, overrides)
    for n, (file, basis) in enumerate(zip(chain, basis_of, strict=True)):
        then, _ = size_after(chain[: n + 1], ())
        if basis is not None or not scale or None in (then, size) or then == size:
            continue
        younger = chain[n + 1 :]
        written = [
            (path, node)
            for path, node in amounts(file)
            if _absolute(node) and not any(find(other, path) for other in younger)
        ]
        if not written:
            continue
        path, node = written[0]
        names = ", ".join(".".join(path) for path, _ in written[:_SHOWN])
        more = f" and {len(written) - _SHOWN} more" if len(written) > _SHOWN else ""
        message = f"amounts written for {then:,} people stay as they are while the study has {size:,}: {names}{more}"
        fix = (
            f"add 'population: {{for_people: {then}}}' to that file to scale them, or write them for {size}."
        )
        problems.warn("LEFT_BEHIND", message, fix, node.mark, path)


def _absolute(node: ScalarNode) -> bool:
    edit = edit_of(node)
    return node.value != 0 if edit is None else edit.plus.fixed != 0
