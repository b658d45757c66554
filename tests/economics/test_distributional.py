"""Distributional analysis: gains less what is displaced, by hand; equivalents by their closed forms."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from hrsim.economics import Analysis, CostLine, PriceBook, Utilities, summarise, value_ledger
from hrsim.economics.analysis import Distribution
from hrsim.economics.distributional import atkinson_equivalent, kolm_equivalent
from hrsim.engine.ledger import Ledger
from hrsim.units import TICKS_PER_QUARTER

GROUPS = ("zone=north", "zone=south")
HALF = np.array([0.5, 0.5])


def test_equivalents_of_two_equal_groups_by_their_formulas() -> None:
    health = np.array([4.0, 9.0])
    assert atkinson_equivalent(health, HALF, 0.0) == pytest.approx(6.5)
    assert atkinson_equivalent(health, HALF, 0.5) == pytest.approx(6.25)  # the square of the mean root
    assert atkinson_equivalent(health, HALF, 1.0) == pytest.approx(6.0)  # the geometric mean
    assert atkinson_equivalent(health, HALF, 2.0) == pytest.approx(72 / 13)  # the harmonic mean
    assert kolm_equivalent(health, HALF, 0.0) == pytest.approx(6.5)
    assert kolm_equivalent(health, HALF, np.log(2)) == pytest.approx(-np.log2((2**-4 + 2**-9) / 2))


@pytest.mark.parametrize("aversion", [0.3, 1.0, 7.0])
def test_what_an_equivalent_must_obey(aversion: float) -> None:
    """Equal health is its own equivalent; scale goes through Atkinson, a shift through Kolm; the worst off bound."""
    health, weights = np.array([3.0, 5.0, 11.0]), np.array([0.2, 0.3, 0.5])
    for equivalent in (atkinson_equivalent, kolm_equivalent):
        assert equivalent(np.full(3, 7.0), weights, aversion) == pytest.approx(7.0)
        assert 3.0 < equivalent(health, weights, aversion) < weights @ health
        assert equivalent(health, weights, 400.0) == pytest.approx(3.0, abs=0.05)
    assert atkinson_equivalent(10 * health, weights, aversion) == pytest.approx(
        10 * atkinson_equivalent(health, weights, aversion)
    )
    assert kolm_equivalent(10 + health, weights, aversion) == pytest.approx(
        10 + kolm_equivalent(health, weights, aversion)
    )


def test_nobody_without_health_has_a_relative_equivalent_and_empty_groups_do_not_count() -> None:
    assert np.isnan(atkinson_equivalent(np.array([-1.0, 4.0]), HALF, 0.5))
    assert atkinson_equivalent(np.array([-1.0, 4.0]), np.array([0.0, 1.0]), 2.0) == pytest.approx(4.0)
    assert kolm_equivalent(np.array([-900.0, 4.0]), np.array([0.0, 1.0]), 2.0) == pytest.approx(4.0)


@pytest.fixture
def table(
    make_ledger: Callable[..., Ledger],
    make_line: Callable[..., CostLine],
    make_book: Callable[..., PriceBook],
    make_analysis: Callable[..., Analysis],
    utilities: Utilities,
) -> Callable[..., pd.DataFrame]:
    """Ten people in the north, thirty in the south; the second arm gives the north two person-years at 60 a year."""
    ticks = np.zeros((2, 4, 2, 2), dtype=np.int64)
    ticks[:, :, 0, 0], ticks[:, :, 1, 0] = 10 * TICKS_PER_QUARTER, 30 * TICKS_PER_QUARTER
    ticks[1, :, 0, 0] += 2 * TICKS_PER_QUARTER
    ledger = make_ledger(groups=GROUPS, state_ticks=ticks)
    book = make_book(make_line(name="care", per="person_year", price={"value": 60.0}))

    def make(**displaced: float) -> pd.DataFrame:
        shares = {f"zone={zone}": share for zone, share in displaced.items()}
        choices = Distribution(100.0, shares, (0.0, 1.0), (0.0,))
        analysis = make_analysis(distribution=choices, perspectives=("health_sector",))
        value = value_ledger(ledger, book, utilities, analysis, {})
        return summarise([value], book, analysis)["distributional"].query("arm == 'more'")

    return make


def by_group(table: pd.DataFrame, measure: str) -> list[float]:
    chosen = table[table["measure"] == measure].set_index("group")["mean"]
    return [chosen["all"], chosen["zone=north"], chosen["zone=south"]]


def test_gains_less_health_displaced_by_people(table: Callable[..., pd.DataFrame]) -> None:
    found = table()
    gain, lost = 2 * 0.72, 2 * 60 / 100
    assert by_group(found, "gain") == pytest.approx([gain, gain, 0])
    assert by_group(found, "health_displaced") == pytest.approx([lost, lost / 4, lost * 3 / 4])
    assert by_group(found, "net_health_benefit") == pytest.approx(
        [gain - lost, gain - lost / 4, -lost * 3 / 4]
    )
    assert by_group(found, "cost_by_use") == pytest.approx([120, 120, 0])


def test_gains_less_health_displaced_as_declared_and_its_equivalent(
    table: Callable[..., pd.DataFrame],
) -> None:
    found = table(north=1.0, south=0.0)
    gain, lost = 2 * 0.72, 1.2
    assert by_group(found, "net_health_benefit") == pytest.approx([gain - lost, gain - lost, 0])
    north, south = 0.72 + (gain - lost) / 10, 0.72
    ede = found[found["measure"] == "ede_atkinson"].set_index("aversion")
    assert ede["mean"][0.0] == pytest.approx(0.25 * north + 0.75 * south)
    assert ede["mean"][1.0] == pytest.approx(north**0.25 * south**0.75)
    assert ede["change"][0.0] == pytest.approx((gain - lost) / 40)
