"""Contacts pass through the working day of a clinic or mobile unit, by its curve at the demand of the moment."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hrsim.engine.ledger import Ledger
from hrsim.errors import StudyError
from hrsim.study.load import load_study
from tests.simulation.studies import bare, flow, prepared, run

PEOPLE, LUCK = 300, 5
CLINIC = {
    "kind": "clinic",
    "staff": 1,
    "hours": "09:00-17:00",
    "minutes_per_visit": 30,
    "arrivals": {"per_day": 10},
    "patience_minutes": 30,
}
BUS = {
    "kind": "mobile_unit",
    "staff": 1,
    "minutes_per_visit": 20,
    "arrivals": {"per_day": 10},
    "stops": [{"place": "a", "hours": "10:00-13:00"}, {"place": "b", "hours": "14:00-17:00"}],
    "travel_minutes": 30,
}
BOOKED = {**CLINIC, "appointments": {"slots_per_day": 8, "wanted_per_day": 10, "no_show": 0.3}}
FITS = {"clinic": 16.0, "bus": 18.0, "booked": 16.0 * (1.0 - 0.3 * 0.5)}  # contacts a day when nobody is idle
DAYS = {"clinic": CLINIC, "bus": BUS, "booked": BOOKED}
YEAR = 365.25


def days(arms: Mapping[str, Any], reach: Any = 20.0, years: float = 1.0, **service: Any) -> Any:
    """Compile a study in which one service, by arm with a working day or none, does nothing but meet people."""
    services = {"door": {"reach": reach, **service}}
    changed = {
        name: {"services": {"door": day if "operations" in day else {"operations": day}}} if day else {}
        for name, day in arms.items()
    }
    return prepared(bare(PEOPLE, years, services, arms={"none": {}, **changed}))


def share_met(ledger: Ledger, arm: int) -> float:
    return float(flow(ledger, "contacts", "door")[arm] / flow(ledger, "demand", "door")[arm])


@pytest.mark.parametrize("name", DAYS)
@pytest.mark.parametrize("reach", [8.0, 20.0, 60.0])
def test_contacts_are_the_share_of_the_curve_at_their_demand(name: str, reach: float) -> None:
    """Steady demand: within 4 standard errors, and 0.01 for the demand that is averaged, not known."""
    compiled = days({"day": DAYS[name]}, reach)
    ledger = run(compiled, LUCK)
    demand = flow(ledger, "demand", "door")[1]
    share = compiled.curves["day"]["door"].share(demand / YEAR / FITS[name])
    error = np.sqrt(share * (1.0 - share) / demand)
    assert abs(share_met(ledger, 1) - share) < 4.0 * error + 0.01
    assert flow(ledger, "turned_away", "door")[1] == demand - flow(ledger, "contacts", "door")[1]
    assert share_met(ledger, 0) == 1.0


def test_a_day_changes_nothing_in_another_arm_and_nothing_besides() -> None:
    """Contacts that do nothing may be turned away without a trace in anybody's life."""
    with_day, without = run(days({"day": CLINIC}), LUCK), run(days({"day": {}}), LUCK)
    assert np.array_equal(with_day.service_flow[0], without.service_flow[0])
    assert np.array_equal(without.service_flow[0], without.service_flow[1])
    assert not np.array_equal(with_day.service_flow[0], with_day.service_flow[1])
    assert np.array_equal(with_day.state_ticks[0], with_day.state_ticks[1])


def test_the_day_binds() -> None:
    """Nobody is seen beyond what fits, however many want it; another worker lets more through."""
    contacts, demand = [], []
    for reach in (20.0, 80.0, 160.0):
        ledger = run(days({"one": CLINIC, "two": {**CLINIC, "staff": 2}}, reach), LUCK)
        contacts.append(flow(ledger, "contacts", "door")[1:])
        demand.append(flow(ledger, "demand", "door")[1])
    assert demand[2] > 1.9 * demand[1] > 1.9 * 3.5 * demand[0]
    fits = (FITS["clinic"] + 1.0) * YEAR  # and one a day who is let in before closing and stays beyond it
    assert all(one < fits < two for one, two in contacts[1:])
    assert abs(contacts[2][0] - contacts[1][0]) < 4.0 * np.sqrt(contacts[1][0])
    assert all(one < two for one, two in contacts)


def test_demand_is_that_of_the_arm_at_the_time() -> None:
    """Where reach rises tenfold in the second year, more of it is turned away than in the first."""
    ramp = {"from": 5.0, "to": 50.0, "over": "1 day", "starts": date(2027, 1, 1)}
    ledger = run(days({"day": CLINIC, "still": {"operations": CLINIC, "reach": 5.0}}, ramp, years=2.0), LUCK)
    place = ledger.service_names.index("door")
    flows = ledger.service_flow[:, :, place]
    wanted, met = (flows[..., ledger.flow_names.index(name)] for name in ("demand", "contacts"))
    shares = met / wanted
    assert np.array_equal(flows[1, :3], flows[2, :3])
    assert shares[1, -1] < shares[1, 0] - 0.2
    assert abs(shares[2, -1] - shares[2, 0]) < 0.1


def test_a_cut_of_the_capacity_cuts_the_day() -> None:
    partial = {
        "operations": CLINIC,
        "partial": {"share": 0.5, "until": date(2026, 12, 31)},
        "opens": date(2026, 1, 1),
    }
    ledger = run(days({"whole": CLINIC, "half": partial}), LUCK)
    whole, half = flow(ledger, "contacts", "door")[1:]
    assert half < 0.8 * whole


def test_prompts_and_referrals_are_demand_too() -> None:
    """People sent by another service fill the day as those who come by themselves do."""
    services = {
        "door": {"reach": 10.0, "operations": CLINIC},
        "source": {"reach": 40.0, "refers_to": [{"service": "door", "probability": 1.0}]},
    }
    arms = {"alone": {"remove": ["services.source"]}, "sent": {}}
    ledger = run(prepared(bare(PEOPLE, 1.0, services, arms=arms)), LUCK)
    assert share_met(ledger, 1) < share_met(ledger, 0) - 0.2


FAULTS = {
    "two limits on contacts": ({"capacity": {"contacts_per_month": 9}}, "TWICE", "contacts_per_month"),
    "booths": (
        {"capacity": {"sites": 1, "booths": 2, "hours": "09:00-17:00", "minutes_per_visit": 20}},
        "UNUSED",
        "booths",
    ),
    "supervised use": (
        {
            "stay": {"mean": "1 year"},
            "delivers": {"supervised_use": {"visits_per_client_year": 9, "routes": ["injecting"]}},
        },
        "UNUSED",
        "supervised_consumption",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_a_working_day_excludes_is_refused(name: str, tmp_path: Path) -> None:
    changes, code, words = FAULTS[name]
    with pytest.raises(StudyError) as caught:
        days({"day": CLINIC}, **changes)
    (problem,) = caught.value.problems
    assert problem.code == code and words in problem.message and problem.fix


def test_staff_may_lack_at_a_working_day(tmp_path: Path) -> None:
    """A pool of staff cuts the day, so that no other capacity is needed."""
    text = (
        "hrsim: 1\ntitle: T\nextends: settings/british_columbia.yaml\narms: {now: {}}\n"
        "analysis: {comparator: now}\nstaff_pools: {team: {fte: 2, caseload_norm: 50, overload: 1.5, "
        "vacancy_time: 0.5, turnover: 0.3}}\n"
        "services: {door: {label: D, reach: 1, staffing: team, operations: {kind: clinic, staff: 1, "
        'hours: "09:00-17:00", minutes_per_visit: 30, arrivals: {per_day: 9}}}}\n'
    )
    (tmp_path / "study.yaml").write_text(text)
    assert load_study(tmp_path / "study.yaml").study.arms["now"].services["door"].staffing == "team"
