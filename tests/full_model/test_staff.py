"""Staff: the steady state of posts, the spiral of load, turnover and vacancies, and neutrality by default."""

import math
from functools import cache
from typing import Any

import numpy as np
import pytest

from hrsim.engine.ledger import Ledger
from hrsim.study.staff import StaffPool
from hrsim.units import MONTHS_PER_YEAR
from hrsim.world.staff import Posts
from tests.simulation.studies import bare, flow, prepared, run

LUCK = 3
YEARS = 6.0
TURNOVER, VACANCY_YEARS = 0.33, 0.25
POOL = {"fte": 10, "caseload_norm": 20, "turnover": TURNOVER, "overload": 6.0, "vacancy_time": "3 months"}
CLINIC = {"reach": 3.0, "stay": {"mean": "6 months"}, "capacity": {"places": 150}, "staffing": "clinicians"}


def pool(**changes: Any) -> StaffPool:
    return StaffPool.model_validate({**POOL, **changes})


def posts(**changes: Any) -> Posts:
    return Posts(pool(**changes), 10.0, {})


@cache
def clinics() -> Ledger:
    arms = {
        "without": {"services": {"clinic": {"staffing": None}}},
        "enough": {"staff_pools": {"clinicians": {"fte": 40}}},
        "scarce": {"staff_pools": {"clinicians": {"fte": 4}}},
        "repaired": {"staff_pools": {"clinicians": {"fte": {"from": 4, "to": 40, "over": "1 year"}}}},
        "hardened": {"staff_pools": {"clinicians": {"fte": 4, "overload": 1.0}}},
    }
    tree = bare(400, YEARS, {"clinic": CLINIC}, arms=arms)
    return run(prepared({**tree, "staff_pools": {"clinicians": POOL}}), LUCK)


def of(name: str, arm: str, first_quarter: int = 0) -> Any:
    return flow(clinics(), name, "clinic", first_quarter)[clinics().arms.index(arm)]


def test_posts_settle_where_leaving_equals_filling() -> None:
    """In work = posts / (1 + turnover hazard x vacancy time), at the norm and at four times the norm."""
    hazard = -math.log(1 - TURNOVER)
    at_norm = posts()
    assert at_norm.filled == pytest.approx(10 / (1 + hazard * VACANCY_YEARS))
    for _ in range(600):
        at_norm.advance(10.0, 20 * at_norm.filled, 1 / MONTHS_PER_YEAR)
    assert at_norm.part() == pytest.approx(1.0)
    loaded = posts()
    for _ in range(600):
        loaded.advance(10.0, 4 * 20 * loaded.filled, 1 / MONTHS_PER_YEAR)
    assert loaded.filled == pytest.approx(10 / (1 + 36 * hazard * VACANCY_YEARS))  # 6 ** log2(4) = 36


def test_a_light_load_and_a_neutral_factor_leave_turnover_as_it_is() -> None:
    light, neutral = posts(), posts(overload=1.0)
    light.advance(10.0, 5, 1.0)
    neutral.advance(10.0, 10000, 1.0)
    assert light.part() == neutral.part() == pytest.approx(1.0)


def test_a_pool_that_everybody_leaves_has_nobody_at_work_until_its_clients_are_gone() -> None:
    """A spiral without bound ends at nobody, not in a number too large; without clients posts fill as usual."""
    left = posts()
    for _ in range(24):
        left.advance(10.0, 40 * 20 * 10, 1 / MONTHS_PER_YEAR)
    assert left.filled == left.part() == 0.0
    assert left.advance(10.0, 1, 1 / MONTHS_PER_YEAR) == pytest.approx(10.0)
    for _ in range(600):
        left.advance(10.0, 0, 1 / MONTHS_PER_YEAR)
    assert left.part() == pytest.approx(1.0)


def test_enough_staff_changes_nothing_but_its_own_vacancies() -> None:
    ledger = clinics()
    a, b = ledger.arms.index("without"), ledger.arms.index("enough")
    column = ledger.flow_names.index("vacancy_ticks")
    flows = np.delete(ledger.service_flow, column, axis=-1)
    assert np.array_equal(flows[a], flows[b])
    assert np.array_equal(ledger.events[a], ledger.events[b])
    hazard = -math.log(1 - TURNOVER)
    vacant = 40 * (1 - 1 / (1 + hazard * VACANCY_YEARS))
    assert of("vacancy_ticks", "without") == 0
    assert of("vacancy_ticks", "enough") == pytest.approx(vacant * (YEARS - 1 / MONTHS_PER_YEAR), rel=1e-6)


def test_overload_cuts_places_and_lengthens_waits_and_hiring_repairs_it() -> None:
    late = 12  # the last three years
    assert of("place_ticks", "scarce", late) < 0.75 * of("place_ticks", "without", late)
    assert of("waiting_ticks", "scarce", late) > of("waiting_ticks", "without", late)
    assert of("starts", "scarce", late) < of("starts", "without", late)
    assert of("place_ticks", "repaired", late) == pytest.approx(of("place_ticks", "without", late), rel=0.01)
    assert of("place_ticks", "hardened", late) == of("place_ticks", "without", late)


def test_places_are_never_exceeded_by_new_starts() -> None:
    """Clients stay when places go; on average over a quarter there are never more clients than at the first places."""
    assert np.all(of("client_ticks", "scarce") <= 150 * YEARS)
