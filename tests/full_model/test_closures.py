"""Closures by date and by chance, delays and partial opening: they bite, add up, and by default do nothing."""

import datetime
from functools import cache
from typing import Any

import numpy as np
import pytest

from hrsim.engine.ledger import Ledger
from hrsim.errors import StudyError
from hrsim.study.opening import ClosureHazard
from hrsim.units import TICKS_PER_DAY, TICKS_PER_YEAR
from hrsim.world.closures import random_spells
from tests.simulation.studies import bare, flow, prepared, run

LUCK = 5
YEARS = 2.0
CLINIC = {"reach": 3.0, "stay": {"mean": "6 months"}, "capacity": {"places": 30}}
HAZARD = {"per_year": 3.0, "lasts": "1 month"}


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def arm(**changes: Any) -> dict[str, Any]:
    return {"services": {"clinic": changes}}


@cache
def clinics() -> Ledger:
    arms = {
        "open": {},
        "closed": arm(closures=[{"from": day("2026-03-01"), "to": day("2026-06-01")}]),
        "overlapping": arm(
            closures=[
                {"from": day("2026-03-01"), "to": day("2026-05-01")},
                {"from": day("2026-04-01"), "to": day("2026-06-01")},
            ]
        ),
        "late": arm(opens=day("2026-03-01"), delay="6 months"),
        "never": arm(opens=day("2026-03-01"), closes=day("2026-04-01"), delay="6 months"),
        "part": arm(partial={"share": 0.5, "until": day("2026-07-01")}),
        "parts": arm(partial={"share": {"from": 0.5, "by_year": {2027: 0.8}}, "until": day("2027-07-01")}),
        "shocks": arm(closure_hazard=HAZARD),
        "shocks_too": arm(closure_hazard=HAZARD, closures=[]),
        "no_shocks": arm(
            closure_hazard={**HAZARD, "per_year": 0.0}, partial={"share": 1.0, "until": day("2026-07-01")}
        ),
    }
    return run(prepared(bare(200, YEARS, {"clinic": CLINIC}, arms=arms)), LUCK)


def of(name: str, arm_name: str) -> Any:
    return flow(clinics(), name, "clinic")[clinics().arms.index(arm_name)]


def test_a_dated_closure_takes_its_days_and_sends_everybody_away() -> None:
    assert of("open_ticks", "open") == pytest.approx(YEARS)
    assert of("open_ticks", "closed") == pytest.approx(YEARS - 92 / 365.25)
    assert of("stops", "closed") > 0.9 * 30
    assert of("open_ticks", "overlapping") == of("open_ticks", "closed")
    assert of("contacts", "overlapping") == of("contacts", "closed")


def test_a_delay_moves_the_opening_and_may_pass_the_closing() -> None:
    assert of("open_ticks", "late") == pytest.approx(YEARS - 59 / 365.25 - 0.5)
    assert of("open_ticks", "never") == of("contacts", "never") == 0


def test_partial_opening_holds_half_the_places_until_its_date() -> None:
    half = 181 * TICKS_PER_DAY / TICKS_PER_YEAR
    assert of("place_ticks", "part") == pytest.approx(30 * YEARS - 15 * half)
    assert of("client_ticks", "part") <= of("place_ticks", "part")


def test_a_part_may_move_from_year_to_year_and_all_is_there_from_its_date_on() -> None:
    first, half = 365 * TICKS_PER_DAY / TICKS_PER_YEAR, 181 * TICKS_PER_DAY / TICKS_PER_YEAR
    lost = 0.5 * first + 0.2 * half
    assert of("place_ticks", "parts") == pytest.approx(30 * (YEARS - lost))


def test_closures_by_chance_are_the_same_in_every_arm_and_none_at_rate_0() -> None:
    ledger = clinics()
    one, other, none = (ledger.arms.index(name) for name in ("shocks", "shocks_too", "no_shocks"))
    base = ledger.arms.index("open")
    for array in (ledger.events, ledger.state_ticks, ledger.service_flow):
        assert np.array_equal(array[one], array[other])
        assert np.array_equal(array[base], array[none])
    assert of("open_ticks", "shocks") < of("open_ticks", "open")


def test_closures_by_chance_come_at_their_rate_and_a_higher_rate_keeps_them() -> None:
    """Poisson with mean rate x years (each week counts one at most): checked within 4 standard errors."""
    horizon = 400 * TICKS_PER_YEAR
    low, high = (
        random_spells(
            ClosureHazard.model_validate({"per_year": rate, "lasts": "2 days"}), {}, 1, "clinic", horizon
        )
        for rate in (1.0, 2.0)
    )
    weeks = 400 * 365.25 / 7
    for rate, spells in ((1.0, low), (2.0, high)):
        expected = weeks * (1 - np.exp(-rate * 7 / 365.25))
        assert abs(len(spells) - expected) < 4 * np.sqrt(expected)
    week = 7 * TICKS_PER_DAY
    assert {begins // week for begins, _ in low} <= {begins // week for begins, _ in high}
    assert all(ends - begins == 2 * TICKS_PER_DAY for begins, ends in low)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"delay": "1 month"}, "UNUSED"),
        ({"closures": [{"from": day("2026-06-01"), "to": day("2026-03-01")}]}, "ORDER"),
        ({"closures": [{"from": day("2030-06-01"), "to": day("2031-03-01")}]}, "HORIZON"),
        ({"partial": {"share": 0.0, "until": day("2026-07-01")}}, "RANGE"),
        ({"closure_hazard": {"per_year": -1.0, "lasts": "1 week"}}, "RANGE"),
        ({"staffing": "nobody"}, "STAFF"),
    ],
)
def test_bad_closures_are_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(StudyError) as caught:
        prepared(bare(10, YEARS, {"clinic": CLINIC}, arms={"only": {}, "bad": arm(**changes)}))
    assert {problem.code for problem in caught.value.problems} == {code}
