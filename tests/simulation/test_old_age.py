"""Nobody is left: a cohort simulated to its end lives as long as the life table says, and as carried on."""

import numpy as np
import pytest

from hrsim.economics import DiscountSchedule
from hrsim.economics.beyond import load_mortality, remaining_years
from hrsim.life_table import life_table
from tests.simulation.studies import bare, central, events, prepared, run

PEOPLE = 8000
FLAT = DiscountSchedule.constant(0.0)


@pytest.mark.parametrize("ratio", [1.0, 4.0])
def test_simulated_and_carried_on_years_agree_with_the_integral(ratio: float) -> None:
    """From 65 to the end: the mean over both sexes, within four standard errors of a time whose spread is its own."""
    old = {"mean": 65.01, "sd": 0.001, "minimum": 65.0, "maximum": 65.02}
    shape = {
        "on": ("background_mortality",), "age": old, "parameters": {"oat.nonod_mort_hr_out_vs_pop": ratio},
    }  # fmt: skip
    study = prepared(bare(PEOPLE, 65, {}, **shape))
    draw = central(study)
    ages = 65.01 + np.arange(0, 70, 0.01) + 0.005
    alive = np.exp(-np.cumsum(life_table(draw).rates(ages) * ratio, axis=1) * 0.01).mean(axis=0)
    expected = float(alive.sum() * 0.01)
    spread = np.sqrt(2.0 * (alive * (ages - 65.01)).sum() * 0.01 - expected**2)
    whole = run(study, 1)
    assert events(whole, "background_death")[0] == PEOPLE
    lived = float(whole.person_ticks().sum() / PEOPLE / (365.25 * 86400))
    assert lived == pytest.approx(expected, abs=4.0 * spread / np.sqrt(PEOPLE))
    start = run(
        prepared(bare(PEOPLE, 0.5, {}, **shape)), 1
    )  # at the middle of a year of age, as survivors are taken
    left = remaining_years(start, load_mortality(), draw, FLAT, FLAT)
    assert left is not None
    half = float(start.person_ticks().sum() / PEOPLE / (365.25 * 86400))
    carried = float((left.people * left.years).sum() / PEOPLE)
    assert half + carried == pytest.approx(expected, abs=0.12)
