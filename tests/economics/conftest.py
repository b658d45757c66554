"""Small ledgers and price books, built from the project's own parts."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from hrsim.economics import Analysis, CostLine, DiscountSchedule, PriceBook, Utilities
from hrsim.economics.currency import load_conversions
from hrsim.engine.ledger import Ledger
from hrsim.units import TICKS_PER_QUARTER

FLOWS = ("contacts", "starts", "client_ticks", "items", "place_ticks", "site_ticks", "open_ticks")


@pytest.fixture
def make_ledger() -> Callable[..., Ledger]:
    """Build a ledger of people in states ("low", "high") of one dimension; absent arrays are zero."""

    def build(**given: Any) -> Ledger:
        quarters = given.pop("quarters", 4)
        fields: dict[str, Any] = {
            "arms": ("now", "more"),
            "quarter_edges": np.arange(quarters + 1) * TICKS_PER_QUARTER,
            "groups": ("all_people",),
            "event_names": ("overdose_nonfatal", "overdose_death"),
            "state_dimensions": (("level", ("low", "high")),),
            "service_names": ("site",),
            "flow_names": FLOWS,
        } | given
        lead = (len(fields["arms"]), len(fields["quarter_edges"]) - 1)
        states = int(np.prod([len(levels) for _, levels in fields["state_dimensions"]]))
        shapes = {
            "events": (*lead, len(fields["groups"]), len(fields["event_names"])),
            "state_ticks": (*lead, len(fields["groups"]), states),
            "service_flow": (*lead, len(fields["service_names"]), len(fields["flow_names"])),
        }
        for name, shape in shapes.items():
            fields[name] = np.broadcast_to(np.asarray(fields.get(name, 0), dtype=np.int64), shape).copy()
        return Ledger(**fields)

    return build


@pytest.fixture
def make_analysis() -> Callable[..., Analysis]:
    """Build an analysis in 2024 CAD, undiscounted unless a rate is given."""

    def build(rate: float = 0.0, **given: Any) -> Analysis:
        fields: dict[str, Any] = {
            "comparator": "now",
            "first_year": 2026,
            "currency": "CAD",
            "price_year": 2024,
            "cost_discount": DiscountSchedule.constant(rate),
            "effect_discount": DiscountSchedule.constant(rate),
            "perspectives": ("health_sector", "societal"),
            "thresholds": (50_000.0,),
        } | given
        return Analysis(**fields)

    return build


@pytest.fixture
def make_line() -> Callable[..., CostLine]:
    """Build a cost line of 1 CAD of 2024 per overdose survived, paid by the health sector."""

    def build(**given: Any) -> CostLine:
        fields: dict[str, Any] = {
            "name": "line", "per": "event", "price": {"value": 1.0}, "currency": "CAD", "price_year": 2024,
            "payer": "ministry", "sector": "health", "category": "emergency_care",
        } | given  # fmt: skip
        if fields["per"] == "event":
            fields.setdefault("event", "overdose_nonfatal")
        return CostLine(**fields)

    return build


@pytest.fixture
def make_book() -> Callable[..., PriceBook]:
    """Build a price book of the given lines, with the packaged conversion table."""

    def build(*lines: CostLine, **given: Any) -> PriceBook:
        fields: dict[str, Any] = {
            "perspectives": {"health_sector": {"sectors": ["health"]}, "societal": {}},
            "health_values": {
                "life": {"price": {"value": 1_000_000.0}, "currency": "CAD", "price_year": 2024},
                "life_year": {"price": {"value": 40_000.0}, "currency": "CAD", "price_year": 2024},
            },
            "conversions": load_conversions(),
        } | given
        return PriceBook(lines=lines, **fields)

    return build


@pytest.fixture
def utilities() -> Utilities:
    """Give everyone the utility 0.72."""
    return Utilities.model_validate({"base": [{"states": {}, "figure": {"value": 0.72}}]})
