"""Cost per QALY: within the horizon beside for life, with and without the care that added years use anyway."""

from collections.abc import Callable

import numpy as np
import pytest

from hrsim.economics import Analysis, CostLine, PriceBook, Utilities, summarise, value_ledger
from hrsim.engine.ledger import AGES, Ledger
from hrsim.evidence import central_parameters, load_register
from hrsim.units import TICKS_PER_QUARTER

POINT = central_parameters(load_register().values())
DIMENSIONS = (("use", ("injecting", "not_using")), ("oat", ("none", "oat_methadone")))


@pytest.fixture
def ledger(make_ledger: Callable[..., Ledger]) -> Ledger:
    """Ten people alive for a year in the first arm, twelve in the second; two and three of them at the end, aged 40."""
    shape = (2, 1, 2, AGES, 4)
    cells = [np.ravel_multi_index((arm, 0, 1, 40, 3), shape) for arm in (0, 1)]
    ticks = np.zeros((2, 4, 1, 4), dtype=np.int64)
    ticks[0, :, 0, 3], ticks[1, :, 0, 3] = 10 * TICKS_PER_QUARTER, 12 * TICKS_PER_QUARTER
    events = np.zeros((2, 4, 1, 2), dtype=np.int64)
    events[0, :, 0, 0], events[1, :, 0, 0] = 10, 9
    return make_ledger(
        state_dimensions=DIMENSIONS, survivors=np.array([[cells[0], 2], [cells[1], 3]]), state_ticks=ticks,
        events=events,
    )  # fmt: skip


@pytest.fixture
def book(make_line: Callable[..., CostLine], make_book: Callable[..., PriceBook]) -> PriceBook:
    """Visits of every cause at 7 each, four a year and person in the first arm, and 100 a year in treatment."""
    return make_book(
        make_line(name="visit", price={"value": 7.0}, unrelated_care=True),
        make_line(name="treatment", per="person_year", price={"value": 100.0}),
    )


@pytest.mark.parametrize("beyond", [False, True])
def test_the_care_of_added_years_is_a_years_care_of_the_comparator(
    beyond: bool,
    ledger: Ledger,
    book: PriceBook,
    utilities: Utilities,
    make_analysis: Callable[..., Analysis],
) -> None:
    """Four visits at 7 for each of two years added within the horizon; what the arm saves in visits stays."""
    analysis = make_analysis(0.03, beyond_horizon=beyond)
    value = value_ledger(ledger, book, utilities, analysis, POINT)
    table = summarise([value], book, analysis)["cost_per_qaly"].query("perspective == 'societal'")
    keyed = table.set_index(["part", "care"])
    within = keyed.loc["within_horizon"]["cost"]
    factor = value.cost_factors[0] if len(set(value.cost_factors)) == 1 else value.cost_factors.mean()
    assert within["with"] - within["without"] == pytest.approx(2 * 4 * 7 * factor)
    assert within["with"] == pytest.approx((2 * 100 - 4 * 7) * factor)
    for part in ("within_horizon", "total"):
        years = value.years_of_cost(discounted=True, part=part)
        visits = value.line_costs(discounted=True, part=part)[0, 0]
        steps = keyed.loc[part]["cost"]
        assert steps["with"] - steps["without"] == pytest.approx((years[1] - years[0]) * visits / years[0])
    assert table.query("decisions")[["part", "care"]].to_numpy().tolist() == [[analysis.part, "with"]]


def test_ratios_divide_the_means_and_the_share_beyond_is_that_of_the_parts(
    ledger: Ledger, book: PriceBook, utilities: Utilities, make_analysis: Callable[..., Analysis]
) -> None:
    analysis = make_analysis(0.03, beyond_horizon=True)
    value = value_ledger(ledger, book, utilities, analysis, POINT)
    tables = summarise([value], book, analysis)
    table = tables["cost_per_qaly"]
    assert table["ratio"].to_numpy() == pytest.approx((table["cost"] / table["qalys"]).to_numpy())
    gains = [
        np.diff(value.effects("qalys", discounted=True, part=part))[0] for part in ("beyond_horizon", "total")
    ]
    assert table["share_beyond"].to_numpy() == pytest.approx(gains[0] / gains[1])


def test_words_stand_where_there_is_no_ratio(
    make_ledger: Callable[..., Ledger],
    book: PriceBook,
    utilities: Utilities,
    make_analysis: Callable[..., Analysis],
) -> None:
    ledger = make_ledger(state_dimensions=DIMENSIONS, state_ticks=TICKS_PER_QUARTER)
    analysis = make_analysis()
    table = summarise([value_ledger(ledger, book, utilities, analysis, {})], book, analysis)["cost_per_qaly"]
    assert table["ratio"].isna().all()
    assert set(table["words"]) == {"costs the same, gains nothing"}
    assert set(table["part"]) == {"within_horizon"}
    assert table["share_beyond"].isna().all()
