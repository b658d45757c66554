"""Numbers written in a study with an interval become evidence rows, so that they are drawn like any other.

A row is named after the path of its number, `study.services.oat.reach`, so its draws depend on seed, draw and
path alone. Arms that inherit a number share its row. A number that an arm changes gets a row of its own,
`study.arms.more.services.oat.reach`; arms with the same changed number share that of the first by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from hrsim.evidence.checking import number_problems
from hrsim.evidence.rows import EvidenceRow
from hrsim.evidence.study_rows import override, study_row
from hrsim.study.analysis import Analysis
from hrsim.study.costs import Cost
from hrsim.study.numbers import Number, change_numbers
from hrsim.study.prices import in_other_money, row_of
from hrsim.study.schema import Study
from hrsim.study.tree import MapNode, Path, Problems, nearest_mark
from hrsim.study.values import EvidenceFacts, Quantity

PREFIX = "study"


def name_intervals(study: Study, tree: MapNode, problems: Problems) -> tuple[Study, tuple[EvidenceRow, ...]]:
    """Return the study with each interval replaced by the id of a new row, and these rows.

    Notes a problem for each interval that no distribution of its family has.
    """
    rows: dict[str, EvidenceRow] = {}
    names: dict[tuple[object, ...], str] = {}

    def namer(scope: Path) -> Callable[[Number], Quantity]:
        def name(number: Number) -> Quantity:
            given = number.quantity
            if given.value is None or given.low is None:
                return given
            row_id = names.setdefault(_identity(number), ".".join((PREFIX, *scope, number.name)))
            if row_id not in rows:
                path = (*scope, *number.path)
                row = _checked(lambda: _row(row_id, number), path, tree, problems)
                if row is None:
                    return given
                rows[row_id] = row
            return Quantity(evidence=row_id, source=given.source, because=given.because)

        return name

    base = change_numbers(study, namer(()))
    arms = dict(study.arms)
    for arm in sorted(arms):
        arms[arm] = change_numbers(arms[arm], namer(("arms", arm)))
    return (base.model_copy(update={"arms": arms}) if rows else study), tuple(rows.values())


def check_replacements(
    study: Study, tree: MapNode, known: Mapping[str, EvidenceFacts], problems: Problems
) -> None:
    """Note each interval under `parameters` and `prices` that the distribution of its row cannot have."""
    for name, quantity in study.parameters.items():
        row = known.get(name)
        if isinstance(row, EvidenceRow) and quantity.value is not None:
            _checked(lambda r=row, q=quantity: overridden(r, q), ("parameters", name), tree, problems)  # type: ignore[misc]
    for name in study.prices:
        row = known.get(name)
        if row is None or isinstance(row, EvidenceRow):
            _checked(lambda r=row, n=name: price_row(study, n, r), ("prices", name), tree, problems)  # type: ignore[misc]


def price_money(study: Study, name: str) -> tuple[str, int]:
    """Return the currency and price year of a price that a study states: its own, or those of the analysis."""
    stated = study.prices[name]
    return stated.currency or study.analysis.currency, stated.price_year or study.analysis.price_year


def price_row(study: Study, name: str, row: EvidenceRow | None) -> EvidenceRow:
    """Return the row of a price that a study states, in its money; `row` is that which it replaces, None for a line."""
    given, (currency, year) = study.prices[name], price_money(study, name)
    assert given.value is not None  # the schema sees to it
    if row is not None:
        return in_other_money(overridden(row, given), currency, year)
    made = study_row(
        row_of(name), "cost", currency, given.value, given.low, given.high, given.dist, given.source, given.because
    )  # fmt: skip
    return in_other_money(made, currency, year)


def overridden(row: EvidenceRow, quantity: Quantity) -> EvidenceRow:
    """Return a row with the study's number in place of its own; ValueError as in `override`."""
    assert quantity.value is not None  # numbers only; the schema and the caller see to it
    return override(
        row, quantity.value, quantity.low, quantity.high, quantity.dist, quantity.source, quantity.because
    )


def _identity(number: Number) -> tuple[object, ...]:
    given, owner = number.quantity, number.owner
    money = (owner.currency, owner.price_year) if isinstance(owner, Cost | Analysis) else ()
    return (number.name, given.value, given.low, given.high, given.dist, given.kind, *money)


def _row(row_id: str, number: Number) -> EvidenceRow:
    given, kinds, owner = number.quantity, number.meaning.kinds or ("count",), number.owner
    share = "share" in kinds and number.unit == "proportion"
    assert given.value is not None  # only numbers with an interval come here
    row = study_row(
        row_id, given.kind or ("share" if share else kinds[0]), given.unit or number.unit,
        given.value, given.low, given.high, given.dist, given.source, given.because,
    )  # fmt: skip
    if isinstance(owner, Cost | Analysis):
        return replace(
            row, currency=owner.currency or "", price_year=owner.price_year, unit=owner.currency or row.unit
        )
    return row


def _checked(
    make: Callable[[], EvidenceRow], path: Path, tree: MapNode, problems: Problems
) -> EvidenceRow | None:
    """Return a row, or None after noting why its numbers have no distribution."""
    try:
        row = make()
        faults = [fault.message for fault in number_problems(row)]
    except ValueError as error:
        faults = [str(error)]
    for fault in faults:
        message = f"expected an interval that its distribution can have: {fault}"
        fix = "correct the numbers, or choose a distribution that has them: 'dist: uniform'."
        problems.add("INTERVAL", message, fix, nearest_mark(tree, path), path)
    return None if faults else row
