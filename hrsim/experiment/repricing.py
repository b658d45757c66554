"""What may change between a simulation and its tables: prices, and the choices of the analysis; nothing else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from hrsim.errors import Problem
from hrsim.study.arms import PARENTS
from hrsim.study.load import ResolvedStudy
from hrsim.study.merge import DOTTED_KEYS, split_path
from hrsim.study.posterior import AT as POSTERIOR_AT
from hrsim.study.schema import Study
from hrsim.study.tree import Path as Keys
from hrsim.study.tree import leaves, nearest_mark, plain

VALUED_ANALYSIS = frozenset(
    {
        *("comparator", "thresholds", "discount", "currency", "price_year", "perspectives", "smallest_cell"),
        *("value_of_statistical_life", "beyond_horizon", "fiscal_year_starts", "budget_years", "releases"),
        *("reference_case", "distributional", "value_of_information"),
    }
)
"""Keys of `analysis` that are read only after the simulation."""
SPENT_ANALYSIS = frozenset({"comparator", "currency", "price_year"})
"""Of these, the keys that also say what a budget can buy, and so what is simulated where there are budgets."""
FIRST_DAY = "fiscal_year_starts"
"""The key that says when budgets begin that do not say so themselves."""
PRICED_KEYS = (("costs",), ("cost",), ("utility",))
"""Keys of a service or a declared event that are read only after the simulation."""
SIMULATED = "this changes the simulation: run the study again with --set {path}=..."
_ABSENT = object()
HEIRS = "the arm {arm} extends it: write --set arms.{arm}.{rest}=... too, with the value it should have"
ARM_BY_ARM = "a stored study states this arm by arm: write --set arms.{arm}.{path}=... for each arm concerned"


def simulation_changes(
    before: ResolvedStudy,
    after: ResolvedStudy,
    overrides: Sequence[str],
    simulation_evidence: Collection[str],
) -> Iterator[Problem]:
    """State each override that the ledgers of the first study could not show, once, by a difference that it makes.

    `overrides` made the second study of the first; a change of an arm that others extend must say what becomes of
    those. Where no override names a difference itself, every difference is stated.
    """
    found = list(_differing(before, after, overrides, simulation_evidence))
    set_paths = [split_path(text.partition("=")[0].strip()) for text in overrides]
    named = (
        next((problem for problem in found if _one_holds_other(path, split_path(problem.path))), None)
        for path in dict.fromkeys(set_paths)
    )
    yield from dict.fromkeys(problem for problem in named if problem is not None) or found


def _one_holds_other(path: Keys, other: Keys) -> bool:
    return all(key == same for key, same in zip(path, other, strict=False))


def _differing(
    before: ResolvedStudy,
    after: ResolvedStudy,
    overrides: Sequence[str],
    simulation_evidence: Collection[str],
) -> Iterator[Problem]:
    """State every difference of two resolved studies that the ledgers of the first could not show."""
    bought, spent = bought_with_budgets(before.study), _spent_analysis(before.study)
    set_paths = [split_path(text.partition("=")[0].strip()) for text in overrides]
    seen: set[str] = set()
    if _posterior(before) != _posterior(after):
        at = ".".join(POSTERIOR_AT)
        message = f"expected a change that leaves the simulation as it was, got '{at}'"
        yield Problem("SIMULATED", message, SIMULATED.format(path=at), None, at)
    for changed in _differences(before, after):
        why = _why_not(changed, simulation_evidence, bought, spent)
        path = ".".join(changed[: 2 if changed[0] in DOTTED_KEYS else None])
        heirs = [] if why else _heirs_unsaid(after, changed, set_paths)
        if heirs:
            why = HEIRS.format(arm=heirs[0], rest=".".join(changed[2:]))
        if why and path not in seen:
            seen.add(path)
            mark = nearest_mark(after.tree, changed)
            message = f"expected a change that leaves the simulation as it was, got '{path}'"
            fix = why.format(path=path, arm=next(iter(after.study.arms)))
            yield Problem("SIMULATED", message, fix, mark.location, path, mark.source_line)


def _posterior(resolved: ResolvedStudy) -> str | None:
    return None if resolved.posterior is None else resolved.posterior.draws.digest


def _differences(before: ResolvedStudy, after: ResolvedStudy) -> list[Keys]:
    old, new = _values(before), _values(after)
    keys = [key for key in {**old, **new} if old.get(key, _ABSENT) != new.get(key, _ABSENT)]
    return [key for key in keys if not _filled(key, old, new) and not _filled(key, new, old)]


def _heirs_unsaid(after: ResolvedStudy, changed: Keys, set_paths: Sequence[Keys]) -> list[str]:
    """List the arms that extend the changed one and for which no override says the same path."""
    if changed[0] != "arms" or changed[2:3] == ("label",):
        return []
    parents = {name: arm.get(PARENTS, []) for name, arm in after.raw["arms"].items()}
    heirs, grown = {changed[1]}, True
    while grown:
        more = {name for name, given in parents.items() if heirs & set(given)} - heirs
        heirs, grown = heirs | more, bool(more)
    return [
        arm
        for arm in sorted(heirs - {changed[1]})
        if not any(("arms", arm, *changed[2:])[: len(path)] == path for path in set_paths)
    ]


def _filled(key: Keys, empty: Mapping[Keys, Any], other: Mapping[Keys, Any]) -> bool:
    """Tell whether a collection is empty in one study and holds keys, listed for themselves, in the other."""
    return empty.get(key, _ABSENT) in ({}, []) and any(
        path[: len(key)] == key for path in other if path != key
    )


def _values(resolved: ResolvedStudy) -> Mapping[Keys, Any]:
    return {path: plain(node) for path, node in leaves(resolved.tree)}


def _why_not(
    path: Keys, simulated: Collection[str], bought: frozenset[str] | None, spent: frozenset[str]
) -> str:
    """Say why a path may not change without a new simulation; empty where it may."""
    first = path[0]
    if first in ("services", "hubs", "budgets", "staff_pools", "supply", "processes"):
        return ARM_BY_ARM
    rule: Callable[[Keys], bool] = {
        "title": lambda _: True,
        "notes": lambda _: True,
        "structural": lambda _: True,
        "analysis": lambda keys: keys[1] in VALUED_ANALYSIS - spent,
        "prices": lambda keys: keys[1] not in simulated and (bought is None or keys[1] not in bought),
        "parameters": lambda keys: keys[1] not in simulated and (bought is None or keys[1] not in bought),
        "events": lambda keys: keys[2:3] in PRICED_KEYS,
        "arms": lambda keys: _only_priced(keys) and (bought is None or keys[2] == "label"),
    }.get(first, lambda keys: first.startswith("x-"))
    return "" if rule(path) else SIMULATED


def _only_priced(path: Keys) -> bool:
    """Tell whether a path of an arm is its label, or a cost line or the utility of one of its services."""
    return path[2:3] == ("label",) or (path[2:3] == ("services",) and path[4:5] in PRICED_KEYS)


def _spent_analysis(study: Study) -> frozenset[str]:
    """List the keys of `analysis` that say what budgets can buy; none where no arm has a budget."""
    budgets = [budget for arm in study.arms.values() for budget in arm.budgets.values()]
    if not budgets:
        return frozenset()
    follows = any(budget.fiscal_year_starts is None for budget in budgets)
    return SPENT_ANALYSIS | {FIRST_DAY} if follows else SPENT_ANALYSIS


def bought_with_budgets(study: Study) -> frozenset[str] | None:
    """List the evidence of all prices of services where a budget pays for some; None where no arm has a budget."""
    if not any(arm.budgets for arm in study.arms.values()):
        return None
    return frozenset(
        cost.price.evidence
        for arm in study.arms.values()
        for service in arm.services.values()
        for cost in service.costs
        if cost.price.evidence
    )
