"""Every service of the catalogue with a limit, all at once in one full study: queues, places, stock and money.

Three arms: tight limits, the same limits with every reach doubled, and the tight arm on a budget. Identities are exact.
"""

from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from hrsim.budgets import CENTS, GRANTED, SPENT
from hrsim.compile import Prepared
from hrsim.engine.ledger import Ledger
from hrsim.engine.simulation import Simulation
from hrsim.services.layout import OAT_POOL
from hrsim.simulate import ledger_of, run_draw
from hrsim.study.load import load_study
from hrsim.study.parents import packaged_scenarios
from hrsim.units import MONTHS_PER_YEAR, TICKS_PER_YEAR
from tests.catalogue.studies import CATALOGUE, LIVELY, PEOPLE_WHO, PROCESSES_ON
from tests.simulation.studies import bare, central, prepared

PEOPLE, YEARS, LUCK = 600, 2.0, 17
PEOPLE_OF_THE_STUDY = 10_000
TIGHT = 0.2  # of the limits of level 1 of the saturation study, so that they bind
MONEY = 6_000  # a fiscal year, for counselling: pays one client
PRICED = "counselling"
TIGHT_ARM, DOUBLED, ON_A_BUDGET = range(3)


@cache
def limits() -> dict[str, dict[str, Any]]:
    """Return the limit of each service at level 1 of the saturation study, for our few people."""
    study = load_study(packaged_scenarios() / "saturation.yaml").study
    found: dict[str, dict[str, Any]] = {}
    for name, service in study.arms["level_one"].services.items():
        for kind in ("places", "contacts_per_month", "kits_per_year"):
            ramp = getattr(service.capacity, kind, None)
            if ramp is not None:
                whole = ramp.first.value * PEOPLE / PEOPLE_OF_THE_STUDY * TIGHT
                found[name] = {kind: max(2, round(whole))}
        if service.capacity is not None and service.capacity.sites is not None:
            found[name] = {"sites": 1, "booths": 1, "hours": "10:00-14:00", "minutes_per_visit": 30}
    return found


def reaches(times: float) -> dict[str, Any]:
    """Return the reach of each service in the catalogue, raised so that few people fill the places, times a factor."""
    found = {}
    for name in limits():
        reach = CATALOGUE[name].get("reach")
        if reach is not None:
            found[name] = {"reach": {"evidence": reach["evidence"], "times": 4.0 * times}}
    return found


def tree(order: int = 1) -> dict[str, Any]:
    services = {name: {"capacity": capacity} for name, capacity in list(limits().items())[::order]}
    line = {"per": "client_year", "price": 5000.25, "currency": "CAD", "price_year": 2024}
    services[PRICED] |= {"costs": [{**line, "payer": "p", "sector": "health", "category": "programme"}]}
    budget = {"per_fiscal_year": MONEY, "fiscal_year_starts": "01-01", "services": [PRICED]}
    arms = {
        "tight": {"services": reaches(1.0)},
        "doubled": {"services": reaches(2.0)},
        "on_a_budget": {"services": reaches(1.0), "budgets": {"money": budget}},
    }
    arms = dict(list(arms.items())[::order])
    made = bare(
        PEOPLE, YEARS, {}, PROCESSES_ON, arms, parameters=LIVELY, groups={"sex": "derived"}, **PEOPLE_WHO
    )
    made["analysis"] = {**made["analysis"], "comparator": "tight"}
    return {**made, "services": services}


@cache
def study() -> Prepared:
    return prepared(tree())


@cache
def finished() -> Simulation:
    return run_draw(study(), central(study()), LUCK)


@cache
def ledger() -> Ledger:
    return ledger_of(study(), finished())


def flow(service: str, name: str, arm: int) -> NDArray[np.int64]:
    """Return a flow by quarter."""
    return np.asarray(ledger().flow(service, name)[arm])


def by_people(service: str, name: str, arm: int) -> NDArray[np.int64]:
    """Return a flow by quarter, counted person by person."""
    one = ledger()
    assert one.group_flow is not None
    place = (one.service_names.index(service), one.group_flow_names.index(name))
    return np.asarray(one.group_flow[arm, :, place[0], :, place[1]].sum(axis=1))


def limited(kind: str) -> list[str]:
    return sorted(name for name, capacity in limits().items() if kind in capacity)


def test_the_study_holds_every_limit_of_the_catalogue() -> None:
    assert len(limited("places")) >= 14 and len(limited("contacts_per_month")) >= 5
    assert len(limited("kits_per_year")) >= 3 and len(limited("sites")) == 2


@pytest.mark.parametrize("service", limited("places"))
@pytest.mark.parametrize("arm", [TIGHT_ARM, DOUBLED, ON_A_BUDGET])
def test_littles_law(service: str, arm: int) -> None:
    """The integral of the queue's length is the sum of everybody's own waits: L T = N W; likewise of clients.

    The first is counted when the queue changes, the second when a person comes to it or leaves it.
    """
    for ticks in ("waiting_ticks", "client_ticks"):
        assert np.array_equal(flow(service, ticks, arm), by_people(service, ticks, arm))


@pytest.mark.parametrize("service", limited("places"))
@pytest.mark.parametrize("arm", [TIGHT_ARM, DOUBLED, ON_A_BUDGET])
def test_who_asks_starts_leaves_or_still_waits(service: str, arm: int) -> None:
    record = finished().service[arm, study().layout.number(service)]
    left, starts = flow(service, "left_waiting", arm).sum(), flow(service, "starts", arm).sum()
    assert flow(service, "contacts", arm).sum() == starts + left + record["waiting"]
    assert starts - flow(service, "stops", arm).sum() == record["occupied"] - enrolled_at_start(service)
    assert flow(service, "waiting_ticks", arm).sum() > 0 or left + record["waiting"] == 0


def enrolled_at_start(service: str) -> int:
    """Nobody is, unless the catalogue says so: none of the services with places does."""
    assert "enrolled" not in CATALOGUE[service].get("at_start", {})
    return 0


@pytest.mark.parametrize("service", limited("places"))
@pytest.mark.parametrize("arm", [TIGHT_ARM, DOUBLED, ON_A_BUDGET])
def test_places_are_never_exceeded(service: str, arm: int) -> None:
    clients, places = flow(service, "client_ticks", arm), flow(service, "place_ticks", arm)
    assert np.all(clients <= places)
    assert places.sum() == limits()[service]["places"] * YEARS * TICKS_PER_YEAR


@pytest.mark.parametrize("service", limited("places"))
def test_places_bind(service: str) -> None:
    """Where they are full, twice the demand brings more people to wait and hardly more clients than places allow."""
    share = [
        flow(service, "client_ticks", arm)[4:].sum() / flow(service, "place_ticks", arm)[4:].sum()
        for arm in (0, 1)
    ]
    asked = [flow(service, "demand", arm).sum() for arm in (TIGHT_ARM, DOUBLED)]
    assert asked[1] > asked[0]
    if share[0] > 0.99:
        assert share[1] > 0.99
        assert flow(service, "waiting_ticks", 1).sum() > flow(service, "waiting_ticks", 0).sum()


def test_most_places_are_full() -> None:
    """So that the test above says something."""
    assert sum(full_share(name, TIGHT_ARM) > 0.99 for name in limited("places")) >= 8


def full_share(service: str, arm: int) -> float:
    """Return the share of places taken in the second year."""
    return float(flow(service, "client_ticks", arm)[4:].sum() / flow(service, "place_ticks", arm)[4:].sum())


@pytest.mark.parametrize("service", limited("contacts_per_month") + limited("kits_per_year"))
@pytest.mark.parametrize("arm", [TIGHT_ARM, DOUBLED])
def test_contacts_and_kits_are_never_more_than_flow_in(service: str, arm: int) -> None:
    """A month's worth at first, and what refills; what is asked for and not to be had is turned away."""
    capacity = limits()[service]
    kits = "kits_per_year" in capacity
    per_year = capacity["kits_per_year"] if kits else capacity["contacts_per_month"] * MONTHS_PER_YEAR
    used = flow(service, "items" if kits else "contacts", arm).sum()
    assert used <= per_year * (YEARS + 1.0 / MONTHS_PER_YEAR)
    demand, met, away = (flow(service, name, arm) for name in ("demand", "contacts", "turned_away"))
    assert np.array_equal(demand, met + away)
    twice = flow(service, "items" if kits else "contacts", DOUBLED).sum()
    if flow(service, "turned_away", TIGHT_ARM).sum() > used:  # scarce at single demand
        assert abs(twice - used) <= per_year / MONTHS_PER_YEAR + 1


@pytest.mark.parametrize("service", limited("sites"))
@pytest.mark.parametrize("arm", [TIGHT_ARM, DOUBLED])
def test_visits_are_never_more_than_fit(service: str, arm: int) -> None:
    fit = 4 * 2 * 365.25 / 4  # one booth, four hours, half an hour a visit, a quarter of a year
    assert np.all(flow(service, "visits", arm) <= fit + 1)
    assert flow(service, "visits", DOUBLED).sum() >= flow(service, "visits", TIGHT_ARM).sum()


@pytest.mark.parametrize("arm", [TIGHT_ARM, DOUBLED, ON_A_BUDGET])
def test_nobody_holds_two_places_in_treatment(arm: int) -> None:
    """Time as a client over all services of the pool is time of people in treatment, to the tick; no bits overlap."""
    one, layout = ledger(), study().layout
    members = [name for name in layout.services if CATALOGUE[name].get("exclusive") == OAT_POOL]
    assert len(members) == 4
    clients = sum(int(flow(name, "client_ticks", arm).sum()) for name in members)
    cube = one.state_ticks[arm].sum(axis=(0, 1)).reshape([len(levels) for _, levels in one.state_dimensions])
    assert one.state_dimensions[0][0] == "oat"
    assert clients == int(cube[1:].sum()) > 0
    enrolled = np.asarray(finished().state["enrolled"][:, arm])
    held = sum((enrolled >> layout.number(name)) & 1 for name in members)
    assert held.max() == 1


def test_the_budget_binds_and_balances() -> None:
    book = ledger().budget_book[ON_A_BUDGET]
    assert np.all(book[..., SPENT] <= book[..., GRANTED])
    cents = round(5000.25 * CENTS)
    assert int(book[..., SPENT].sum()) == int(flow(PRICED, "client_ticks", ON_A_BUDGET).sum()) * cents
    assert book[..., SPENT].sum() > 0.8 * book[..., GRANTED].sum()
    assert flow(PRICED, "client_ticks", ON_A_BUDGET).sum() < flow(PRICED, "client_ticks", TIGHT_ARM).sum()


def test_the_order_of_arms_and_services_in_the_file_changes_no_byte() -> None:
    turned = prepared(tree(order=-1))
    again = ledger_of(turned, run_draw(turned, central(turned), LUCK))
    assert again.service_names == ledger().service_names
    assert again.arms == tuple(reversed(ledger().arms))
    for name in ("events", "state_ticks", "service_flow", "group_flow"):
        assert getattr(again, name)[::-1].tobytes() == getattr(ledger(), name).tobytes(), name
