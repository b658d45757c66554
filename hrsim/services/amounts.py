"""What a number of a study is in one draw."""

from __future__ import annotations

from collections.abc import Mapping

from hrsim.study.values import Quantity

Draw = Mapping[str, float]


def amount(quantity: Quantity | None, draw: Draw, otherwise: float = 0.0) -> float:
    """Return a quantity's number in one draw."""
    if quantity is None:
        return otherwise
    if quantity.value is not None:
        return quantity.value
    assert quantity.evidence is not None  # the schema demands one of the two
    return quantity.times * draw[quantity.evidence]
