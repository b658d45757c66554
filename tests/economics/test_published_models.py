"""Published cohort models, valued by this layer: Chancellor 1997, Sick-Sicker, a naloxone tree (B1 to B3).

The cohorts are matrix powers; all money, quality of life, discounting and decisions are the layer's own, by the yearly
convention of each model. A ledger's interval is a year, and its person-time what the model's weights make of a cycle.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hrsim.economics import (
    Analysis,
    Convention,
    CostLine,
    DiscountSchedule,
    PriceBook,
    Utilities,
    summarise,
    value_ledger,
)
from hrsim.engine.ledger import Ledger
from hrsim.units import TICKS_PER_YEAR

PEOPLE = 1_000_000
"""One person of a model is a million of the ledger: its counts are whole numbers."""

Decide = Callable[..., pd.DataFrame]


@pytest.fixture
def decide(
    make_ledger: Callable[..., Ledger],
    make_line: Callable[..., CostLine],
    make_book: Callable[..., PriceBook],
    make_analysis: Callable[..., Analysis],
) -> Decide:
    """Give a function from person-years and events by arm, prices and utilities to the decision table of one person."""

    def run(
        years: Mapping[str, Any],
        levels: tuple[str, ...],
        utilities: Mapping[str, float],
        lines: list[dict[str, Any]],
        discounts: tuple[DiscountSchedule, DiscountSchedule],
        events: Mapping[str, Mapping[str, float]] | None = None,
    ) -> pd.DataFrame:
        arms, lived = tuple(years), np.stack([np.asarray(each) for each in years.values()])
        names = tuple(next(iter(events.values()))) if events else ("overdose_nonfatal",)
        counts = np.zeros((*lived.shape[:2], 1, len(names)))
        for a, arm in enumerate(arms if events else ()):
            counts[a, 0, 0] = [events[arm][name] for name in names]
        ledger = make_ledger(
            arms=arms,
            quarter_edges=np.arange(lived.shape[1] + 1) * TICKS_PER_YEAR,
            state_dimensions=(("stage", levels),),
            state_ticks=np.rint(lived[:, :, None] * PEOPLE * TICKS_PER_YEAR),
            event_names=names,
            events=np.rint(counts * PEOPLE),
        )
        book = make_book(*(make_line(name=f"line {n}", **line) for n, line in enumerate(lines)))
        rules = [
            {"states": {"stage": [stage]}, "figure": {"value": value}} for stage, value in utilities.items()
        ]
        analysis = make_analysis(
            comparator=arms[0],
            cost_discount=discounts[0],
            effect_discount=discounts[1],
            perspectives=("societal",),
        )
        value = value_ledger(ledger, book, Utilities.model_validate({"base": rules}), analysis, {})
        table = summarise([value], book, analysis)["cost_effectiveness"].set_index("arm")
        table[["cost", "qalys"]] /= PEOPLE
        return table

    return run


def by_state(prices: Mapping[str, float]) -> list[dict[str, Any]]:
    return [
        {"per": "person_year", "states": {"stage": {"include": [stage]}}, "price": {"value": price}}
        for stage, price in prices.items()
    ]


def chancellor(combined: bool, half_cycle: bool) -> np.ndarray:
    """Return person-years by year in A, B, C and, while lamivudine is taken, in A+, B+, C+."""
    moves = np.array([[1251, 350, 116, 17], [0, 731, 512, 15], [0, 0, 1312, 437], [0, 0, 0, 1]]) / np.array(
        [[1734], [1258], [1749], [1]]
    )
    state, years = np.array([1.0, 0, 0, 0]), np.zeros((20, 6))
    for year in range(20):
        on = combined and year < 2
        step = np.where(np.eye(4) > 0, 0.0, moves * (0.509 if on else 1.0))
        step += np.diag(1 - step.sum(axis=1))
        after = state @ step
        lived = (state + after) / 2 if half_cycle else after
        years[year, 3 * on : 3 * on + 3] = lived[:3]
        state = after
    return years


@pytest.mark.parametrize(
    ("half_cycle", "life_years", "costs", "ratio"),
    [
        (False, (7.991207, 8.937389), (44_663.45, 50_601.65), 6_275.96),
        (True, (8.475325, 9.416785), (45_724.36, 51_600.84), 6_241.89),
    ],
)
def test_b1_chancellor(decide: Decide, half_cycle: bool, life_years: Any, costs: Any, ratio: float) -> None:
    """Zidovudine alone or with lamivudine for two years; costs at 6 % from the end of year 1, effects at none."""
    care = np.array([2756, 3052, 9007]) + 2278
    stages = ("A", "B", "C", "A+", "B+", "C+")
    prices = dict(zip(stages, [*care, *(care + 2086.5)], strict=True))
    years = {"alone": chancellor(False, half_cycle), "combined": chancellor(True, half_cycle)}
    discounts = (DiscountSchedule.constant(0.06, Convention.END_OF_YEAR), DiscountSchedule.constant(0.0))
    found = decide(years, stages, dict.fromkeys(stages, 1.0), by_state(prices), discounts)
    assert found["qalys"].tolist() == pytest.approx(life_years, abs=5e-7)
    assert found["cost"].tolist() == pytest.approx(costs, abs=5e-3)
    assert found["icer"]["combined"] == pytest.approx(ratio, abs=5e-3)


SICK_ARMS = {"SoC": (False, False), "A": (True, False), "B": (False, True), "AB": (True, True)}
SICK_PRICES = {
    "H": 2000.0,
    **{f"{stage}{arm}": care + 12_000 * a + 13_000 * b
       for stage, care in (("S1", 4000.0), ("S2", 15_000.0)) for arm, (a, b) in SICK_ARMS.items()},
}  # fmt: skip
SICK_UTILITIES = {
    "H": 1.0,
    **{f"S1{arm}": 0.95 if a else 0.75 for arm, (a, _) in SICK_ARMS.items()},
    **{f"S2{arm}": 0.5 for arm in SICK_ARMS},
}


def sick_sicker(arm: str, weights: np.ndarray) -> np.ndarray:
    """Return weighted occupancy of H, and of S1 and S2 under the arm's treatment, at times 0 to 75."""

    def chance(rate: float) -> float:
        return -np.expm1(-rate)

    die = [chance(rate) for rate in (0.002, 0.006, 0.02)]
    sick, well, sicker = chance(0.15), chance(0.5), chance(0.105 * (0.6 if SICK_ARMS[arm][1] else 1.0))
    alive = np.array([[1 - sick, sick, 0], [well, 1 - well - sicker, sicker], [0, 0, 1]])
    step = alive * (1 - np.array(die))[:, None]
    stages = list(SICK_PRICES)
    years, state = np.zeros((76, len(stages))), np.array([1.0, 0, 0])
    for cycle in range(76):
        for stage, share in zip(("H", f"S1{arm}", f"S2{arm}"), state, strict=True):
            years[cycle, stages.index(stage)] = share * weights[cycle]
        state = state @ step
    return years


def tutorial_weights() -> np.ndarray:
    """Return Simpson's weights as the tutorial lays them on 76 points, an even number."""
    weights = np.where(np.arange(76) % 2 == 1, 2 / 3, 4 / 3)
    weights[[0, -1]] = 1 / 3
    return weights


def half_cycle_weights() -> np.ndarray:
    weights = np.ones(76)
    weights[[0, -1]] = 0.5
    return weights


TUTORIAL = {"SoC": (151_579.87, 20.7113), "A": (284_804.51, 21.4987), "B": (259_100.41, 22.1845),
            "AB": (378_875.20, 23.1368)}  # fmt: skip
HALF_CYCLE = {"SoC": (152_262.29, 21.0382), "A": (285_676.92, 21.8288), "B": (259_991.52, 22.5112),
              "AB": (379_955.45, 23.4668)}  # fmt: skip


@pytest.mark.parametrize(
    ("weights", "published"), [(tutorial_weights(), TUTORIAL), (half_cycle_weights(), HALF_CYCLE)]
)
def test_b2_sick_sicker_by_yearly_conventions(decide: Decide, weights: np.ndarray, published: Any) -> None:
    years = {arm: sick_sicker(arm, weights) for arm in SICK_ARMS}
    discount = DiscountSchedule.constant(0.03, Convention.START_OF_YEAR)
    found = decide(years, tuple(SICK_PRICES), SICK_UTILITIES, by_state(SICK_PRICES), (discount, discount))
    for arm, (cost, qalys) in published.items():
        assert found["cost"][arm] == pytest.approx(cost, abs=5e-3)
        assert found["qalys"][arm] == pytest.approx(qalys, abs=5e-5)
    assert found["status"].to_dict() == {
        "SoC": "frontier",
        "A": "dominated",
        "B": "frontier",
        "AB": "frontier",
    }
    if published is TUTORIAL:
        assert found["icer"]["B"] == pytest.approx(72_988, abs=0.5)
        assert found["icer"]["AB"] == pytest.approx(125_764, abs=0.5)


def alive_after(naloxone: float) -> float:
    """Return the chance of living through an overdose, by the tree of bystander, naloxone and ambulance."""
    ambulance = 0.6 * 0.979 + 0.4 * 0.899
    with_naloxone = naloxone * (0.85 * (0.8 * 0.979 + 0.2 * ambulance) + 0.15 * 0.979)
    return with_naloxone + (1 - naloxone) * (0.85 * ambulance + 0.15 * 0.899)


def life_after(naloxone: float) -> np.ndarray:
    """Return occupancy of the nine living states at the start of each of 100 years, the tree beside them at first."""
    step = np.zeros((10, 10))
    step[0, [0, 1, 2, 9]] = [0.755, 0.06, 0.09, 0.095]
    step[1, [0, 1]] = step[4, [3, 4]] = step[7, [6, 7]] = [0.07, 0.93]
    step[2, [1, 3, 9]] = [0.062, 0.878, 0.06]
    step[3, [3, 4, 5, 9]] = [0.625, 0.06, 0.22, 0.095]
    step[5, [6, 7, 9]] = step[8, [6, 7, 9]] = [0.864, 0.062, 0.074]
    step[6, [6, 7, 8, 9]] = [0.505, 0.06, 0.34, 0.095]
    step[9, 9] = 1
    years, state = np.zeros((100, 10)), np.zeros(10)
    state[0] = alive_after(naloxone)
    for year in range(100):
        years[year, :9] = state[:9]
        state = state @ step
    years[0, 9] = alive_after(naloxone)
    return years


def test_b3_naloxone_tree(decide: Decide) -> None:
    """Academic detailing raises naloxone from 20 to 80 %: 3,008 for a QALY."""
    states = [f"{kind}{number}" for number in (1, 2, 3) for kind in ("using", "stopped", "overdose")]
    utilities = {state: {"u": 0.8, "s": 0.856, "o": 0.0}[state[0]] for state in states} | {"tree": 0.7}
    prices = {state: {"s": 0.0, "o": 17_000.0}.get(state[0], 988.0) for state in states} | {"using1": 1486.0}
    once = {"detailing": 80.0, "naloxone": 25.0, "ambulance": 3478.0}
    lines = [*by_state(prices), *({"event": name, "price": {"value": price}} for name, price in once.items())]
    chances = {"without": (0.0, 0.2), "detailing": (1.0, 0.8)}
    events = {
        arm: {"detailing": detailing, "naloxone": naloxone, "ambulance": 0.6 * 0.85}
        for arm, (detailing, naloxone) in chances.items()
    }
    years = {arm: life_after(naloxone) for arm, (_, naloxone) in chances.items()}
    discount = DiscountSchedule.constant(0.03, Convention.START_OF_YEAR)
    found = decide(years, (*states, "tree"), utilities, lines, (discount, discount), events)
    assert found["qalys"].tolist() == pytest.approx([9.131795, 9.327213], abs=5e-7)
    assert found["cost"].tolist() == pytest.approx([24_808.94, 25_396.78], abs=5e-3)
    assert found["icer"]["detailing"] == pytest.approx(3_008.11, abs=5e-3)
