"""B2 in continuous time: people through the real event engine, priced by the real economics layer."""

from typing import Any

import numpy as np
import pytest

from hrsim.economics import Analysis, CostLine, DiscountSchedule, PriceBook, Utilities, value_ledger
from hrsim.economics.currency import load_conversions
from hrsim.engine.ledger import Ledger
from tests.engine.agreement import assert_mean
from tests.engine.toys import TOYS, regular_edges, run_toy, stream

PEOPLE, BATCHES, YEARS = 60_000, 60, 75.0
TREATMENTS = {"SoC": (False, False), "A": (True, False), "B": (False, True), "AB": (True, True)}
RATES = {"onset": 0.15, "remission": 0.5, "die_healthy": 0.002, "die_sick": 0.006, "die_sicker": 0.02}
PUBLISHED = {"SoC": (147_742.63, 21.3448), "A": (272_906.16, 22.0574), "B": (244_672.54, 22.8887),
             "AB": (355_058.97, 23.7491)}  # fmt: skip
DISCOUNT = DiscountSchedule.constant(0.03)
ANALYSIS = Analysis("SoC", 2026, "USD", 2020, DISCOUNT, DISCOUNT, ("societal",), (100_000.0,))


def ledger() -> Ledger:
    """Give 60 batches of 1,000 people, all arms with the same luck."""
    arms = {arm: {**RATES, "progression": 0.105 * (0.6 if b else 1.0)} for arm, (_, b) in TREATMENTS.items()}
    streams = [
        stream("sick_onset", 0.15, argument=1),
        stream("sick_remission", 0.5, argument=0),
        stream("sick_progression", 0.105, argument=2),
        stream("sick_death", 0.02),
    ]
    edges = regular_edges(YEARS, 0.25)
    sim = run_toy(streams, PEOPLE, edges, 211, arms, groups=BATCHES)
    return Ledger(
        arms=tuple(arms),
        quarter_edges=edges,
        groups=tuple(f"batch_{number}" for number in range(BATCHES)),
        event_names=TOYS.events,
        events=np.asarray(sim.event),
        state_dimensions=TOYS.state_dimensions,
        state_ticks=np.asarray(sim.ticks),
        service_names=(),
        flow_names=(),
        service_flow=np.zeros((len(arms), len(edges) - 1, 0, 0), np.int64),
    )


def book() -> PriceBook:
    lines = []
    for arm, (a, b) in TREATMENTS.items():
        added = 12_000.0 * a + 13_000.0 * b
        for number, price in enumerate((2000.0, 4000.0 + added, 15_000.0 + added)):
            lines.append(
                CostLine(
                    name=f"{arm} {number}",
                    per="person_year",
                    states={"stage": [f"stage_{number}"]},
                    price={"value": price},
                    currency="USD",
                    price_year=2020,
                    payer="payer",
                    sector="health",
                    category="care",
                    arms=(arm,),
                )
            )
    return PriceBook(lines=lines, perspectives={"societal": {}}, conversions=load_conversions())


def utilities(sick: float) -> Utilities:
    values = {"stage_0": 1.0, "stage_1": sick, "stage_2": 0.5, "stage_3": 0.0, "stage_4": 0.0}
    rules = [{"states": {"stage": [stage]}, "figure": {"value": value}} for stage, value in values.items()]
    return Utilities.model_validate({"base": rules})


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """Give costs (arms, batches) and QALYs by treatment of being sick, for each person."""
    lived, people = ledger(), PEOPLE / BATCHES
    values = {
        a: value_ledger(lived, book(), utilities(0.95 if a else 0.75), ANALYSIS, {}) for a in (False, True)
    }
    qalys = {a: value.effects_by_group("qalys", discounted=True) / people for a, value in values.items()}
    costs = np.einsum("aqgl,q->ag", values[False].person_costs, values[False].cost_factors) / people
    return {"costs": costs, "qalys": qalys}


@pytest.mark.parametrize("arm", TREATMENTS)
def test_costs_and_qalys_are_those_of_the_rates_matrix(found: dict[str, Any], arm: str) -> None:
    place, (sick_treated, _) = list(TREATMENTS).index(arm), TREATMENTS[arm]
    cost, qalys = PUBLISHED[arm]
    assert_mean(found["costs"][place], cost)
    assert_mean(found["qalys"][sick_treated][place], qalys)


def test_the_ratio_of_b_in_continuous_time(found: dict[str, Any]) -> None:
    """62,785 for a QALY, against 72,988 by the tutorial's cycles: net benefit at that ratio is 0."""
    costs, qalys = (values[2] - values[0] for values in (found["costs"], found["qalys"][False]))
    ratio = (PUBLISHED["B"][0] - PUBLISHED["SoC"][0]) / (PUBLISHED["B"][1] - PUBLISHED["SoC"][1])
    assert ratio == pytest.approx(62_785, abs=3)
    gap = ratio * qalys - costs
    assert abs(gap.mean()) < 5 * gap.std(ddof=1) / BATCHES**0.5
    assert gap.std(ddof=1) / BATCHES**0.5 < 0.02 * costs.mean()
    cycles = 72_988 * qalys - costs
    assert cycles.mean() > 5 * cycles.std(ddof=1) / BATCHES**0.5
