"""Check that a cohort document names only states, nodes and arms that it has, and that its tree ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hrsim.cohort.numbers import Faults
from hrsim.cohort.schema import REST, Branch, Cohort, Row
from hrsim.study.tree import Path

LARGEST = 2_000_000  # cycles times the cycles that a state tells apart: what fits in memory


def check_references(said: Cohort, faults: Faults) -> None:
    """Note every name that the document does not know, and what cannot go together."""
    if said.comparator not in said.arms:
        faults.unknown(("comparator",), said.comparator, said.arms, "an arm")
    if (said.start.shares is None) == (not said.tree):
        got = "neither" if said.start.shares is None else "both"
        fix = "write 'shares' under 'start', or a 'tree' that leads into states."
        faults.note(("start",), "FORM", f"expected either 'shares' or a 'tree', got {got}", fix)
    _known(("start", "shares"), said.start.shares or (), said.states, "a state", faults)
    _states(said, faults)
    _rows(said, (), said.transitions, faults)
    _tree(said, (), said.tree, faults)
    _moves(said, faults)
    for arm in said.arms:
        _arm(said, arm, faults)


def _states(said: Cohort, faults: Faults) -> None:
    for name in sorted(set(said.tree) & set(said.states)):
        message = f"expected different names of nodes and states, got '{name}' for both"
        faults.note(("tree", name), "COHORT_NAME", message, "rename one.")
    for name, state in said.states.items():
        if said.cycles is not None and state.tunnel * said.cycles.number > LARGEST:
            message = (
                f"expected at most {LARGEST} cycles times tunnel, got {state.tunnel * said.cycles.number}"
            )
            faults.note(("states", name, "tunnel"), "RANGE", message, "tell fewer cycles apart.")


def _moves(said: Cohort, faults: Faults) -> None:
    for number, move in enumerate(said.moves):
        for key, state in (("from", move.origin), ("to", move.to)):
            if state is not None and state not in said.states:
                faults.unknown(("moves", str(number), key), state, said.states, "a state")


def _arm(said: Cohort, arm: str, faults: Faults) -> None:
    above: Path = ("arms", arm)
    differs = said.arms[arm]
    _known((*above, "states"), differs.states, said.states, "a state", faults)
    _known((*above, "parameters"), differs.parameters, said.parameters, "a parameter", faults)
    _known((*above, "tree"), differs.tree, said.tree, "a node", faults)
    for name, state in differs.states.items():
        for key in {"dead", "tunnel"} & state.model_fields_set:
            fix = "write it under 'states' of the document."
            faults.note((*above, "states", name, key), "FORM", f"expected values only, got '{key}'", fix)
    _rows(said, above, differs.transitions, faults)
    _tree(said, above, differs.tree, faults)
    shares = differs.start.shares if differs.start is not None else None
    if shares is not None and said.tree:
        fix = "change the tree instead."
        faults.note((*above, "start", "shares"), "FORM", "expected no 'shares' beside a 'tree'", fix)
    _known((*above, "start", "shares"), shares or (), said.states, "a state", faults)
    _ends({**said.tree, **differs.tree}, faults)


def _known(path: Path, names: Iterable[str], known: Iterable[str], what: str, faults: Faults) -> None:
    for name in names:
        if name not in known:
            faults.unknown((*path, name), name, known, what)


def _rows(said: Cohort, above: Path, rows: Mapping[str, Row], faults: Faults) -> None:
    _known((*above, "transitions"), rows, said.states, "a state", faults)
    for state, row in rows.items():
        path = (*above, "transitions", state)
        form = next(form for form in ("probabilities", "counts", "rates") if getattr(row, form) is not None)
        _known((*path, form), row.to, said.states, "a state", faults)
        _one_rest(path, (row.probabilities or {}).values(), faults)
        if row.rates is not None and state in row.rates:
            fix = "remove it: staying is what no rate moves."
            faults.note((*path, "rates", state), "FORM", "expected rates of leaving only", fix)
        if row.rates is not None and said.rates_become is None:
            fix = "write 'rates_become: matrix_exponential', 'competing' or 'each_alone', as the source did."
            faults.note((*path, "rates"), "MISSING", "expected 'rates_become' beside rates", fix)


def _one_rest(path: Path, numbers: Iterable[str | float], faults: Faults) -> None:
    if sum(number == REST for number in numbers) > 1:
        faults.note(path, "FORM", "expected 'rest' once, got it again", "keep one 'rest'.")


def _tree(said: Cohort, above: Path, tree: Mapping[str, Mapping[str, Branch]], faults: Faults) -> None:
    for node, branches in tree.items():
        path = (*above, "tree", node)
        _one_rest(path, [branch.probability for branch in branches.values()], faults)
        for name, branch in branches.items():
            if branch.to not in said.tree and branch.to not in said.states:
                faults.unknown((*path, name, "to"), branch.to, (*said.tree, *said.states), "a node or state")


def _ends(tree: Mapping[str, Mapping[str, Branch]], faults: Faults) -> None:
    """Note a circle of nodes, and a node that nobody reaches."""
    finished: set[str] = set()

    def visit(node: str, above: tuple[str, ...]) -> None:
        if node in above:
            circle = " -> ".join([*above[above.index(node) :], node])
            message = f"expected a tree that ends, got the circle {circle}"
            faults.note(("tree", node), "COHORT_TREE", message, "lead into a state.")
        elif node in tree and node not in finished:
            for branch in tree[node].values():
                visit(branch.to, (*above, node))
            finished.add(node)

    if tree:
        visit(next(iter(tree)), ())
    for node in sorted(set(tree) - finished):
        message = f"expected a way to every node, got none to '{node}'"
        faults.note(("tree", node), "COHORT_TREE", message, "lead to it or remove it.")
