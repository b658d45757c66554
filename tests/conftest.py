"""What every test shares: property tests that repeat exactly, and ledgers made by hand."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from hrsim.engine.ledger import Ledger
from hrsim.units import TICKS_PER_QUARTER

settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("repeatable")

DIMENSIONS = (("use", ("injecting", "not_using")), ("custody", ("community", "custody")))
EVENTS = ("overdose_nonfatal", "overdose_death", "other_death")
SERVICES = ("take_home_naloxone", "oat_methadone")
FLOWS = ("contacts", "client_ticks")


@pytest.fixture
def make_ledger() -> Callable[..., Ledger]:
    """Give a function that makes a ledger with every name present, its numbers from a seed."""

    def make(seed: int = 1, quarters: int = 5, groups: tuple[str, ...] = ("all_people",)) -> Ledger:
        rng = np.random.default_rng(seed)
        lead = (2, quarters, len(groups))
        return Ledger(
            arms=("status_quo", "more"),
            quarter_edges=np.arange(quarters + 1) * TICKS_PER_QUARTER,
            groups=groups,
            event_names=EVENTS,
            events=rng.poisson(2.0, (*lead, len(EVENTS))),
            state_dimensions=DIMENSIONS,
            state_ticks=rng.integers(0, 3, (*lead, 4)) * TICKS_PER_QUARTER,
            service_names=SERVICES,
            flow_names=FLOWS,
            service_flow=rng.poisson(3.0, (2, quarters, len(SERVICES), len(FLOWS))),
        )

    return make
