"""The block `operations:` of a service: each wrong day is refused at its line, a right one becomes a site."""

from __future__ import annotations

from pathlib import Path

import pytest

from hrsim.errors import StudyError
from hrsim.evidence import central_parameters, load_register
from hrsim.operations.site import Appointments, Attendance, Law, Site, SiteError, even_arrivals
from hrsim.services.sites import PlannedSite, planned_site
from hrsim.study.load import load_study
from hrsim.study.reference import json_schema, yaml_reference

HEAD = "hrsim: 1\ntitle: T\nextends: settings/british_columbia.yaml\narms: {now: {}}\nanalysis: {comparator: now}\n"
SITE = "supervised_consumption: {operations: {kind: supervised_consumption, %s}}"
WHOLE = 'booths: 5, hours: "10:00-20:00", minutes_per_visit: 20, arrivals: {per_day: 9}'
CLINIC = "c: {label: C, operations: {kind: clinic, staff: 2, minutes_per_visit: 20, %s}}"
MOBILE = "m: {label: M, operations: {kind: mobile_unit, staff: 2, minutes_per_visit: 9, arrivals: {per_day: 9}, %s}}"
BOOKED = "appointments: {slots_per_day: 9, wanted_per_day: 9, no_show: 0.1}"
DRAW = central_parameters(load_register().values())


def load(folder: Path, service: str):
    path = folder / "study.yaml"
    path.write_text(f"{HEAD}services:\n  {service}\n")
    return load_study(path).study


def planned(folder: Path, service: str) -> PlannedSite:
    study = load(folder, service)
    return planned_site(study.arms["now"].services[service.split(":")[0]], study.population, DRAW)


BAD = {
    "hours beyond the clock": (SITE % WHOLE.replace("10:00-20:00", "10:00-25:00"), "HOURS", "10:00-25:00"),
    "hours that are no times": (SITE % WHOLE.replace("10:00-20:00", "8-20"), "HOURS", "8-20"),
    "no booths": (SITE % WHOLE.replace("booths: 5", "booths: 0"), "RANGE", "1 or more"),
    "booths missing": (SITE % WHOLE.replace("booths: 5, ", ""), "MISSING", "booths"),
    "negative staff": (SITE % f"{WHOLE}, staff: -1", "RANGE", "1 or more"),
    "staff with nothing to do": (SITE % f"{WHOLE}, staff: 3", "UNUSED", "staff"),
    "work without staff": (SITE % f"{WHOLE}, staff_minutes_per_visit: 5", "MISSING", "staff"),
    "more staff at an overdose than on duty": (
        SITE % f"{WHOLE}, staff: 1, overdose: {{per_visit: 0.01, staff: 2, minutes: 9}}",
        "RANGE",
        "1 staff on duty",
    ),
    "a chance above one": (
        SITE % f"{WHOLE}, staff: 2, overdose: {{per_visit: 1.5, staff: 2, minutes: 9}}",
        "RANGE",
        "1.5",
    ),
    "unknown kind": (
        SITE.replace("kind: supervised_consumption", "kind: hospital") % WHOLE,
        "CHOICE",
        "hospital",
    ),
    "unknown key": (SITE % f"{WHOLE}, boots: 3", "UNKNOWN_KEY", "boots"),
    "a key of another kind": (SITE % f"{WHOLE}, travel_minutes: 3", "UNUSED", "travel_minutes"),
    "hours by half a day": (SITE % WHOLE.replace("per_day: 9", "per_day: 9, by_hour: [1, 2]"), "FORM", "24"),
    "an hour with fewer than no people": (
        SITE % WHOLE.replace("per_day: 9", f"per_day: 9, by_hour: [{', '.join(['1'] * 23)}, -1]"),
        "RANGE",
        "-1",
    ),
    "patience of another unit": (
        SITE % f"{WHOLE}, patience_minutes: {{value: 3, unit: days, kind: duration}}",
        "UNIT",
        "days",
    ),
    "unknown evidence": (
        SITE % f"{WHOLE}, patience_minutes: {{evidence: scs.patience}}",
        "EVIDENCE",
        "scs.patience",
    ),
    "a clinic day that ends before it begins": (
        CLINIC % f'hours: "17:00-09:00", {BOOKED}',
        "HOURS",
        "17:00-09:00",
    ),
    "a clinic that nobody asks for": (CLINIC % 'hours: "09:00-17:00"', "MISSING", "per day"),
    "a clinic without hours": (CLINIC % BOOKED, "MISSING", "hours"),
    "stops that overlap": (
        MOBILE
        % 'stops: [{place: a, hours: "14:00-16:00"}, {place: b, hours: "15:00-17:00"}], travel_minutes: 5',
        "HOURS",
        "'a'",
    ),
    "a stop that ends before it begins": (
        MOBILE
        % 'stops: [{place: a, hours: "14:00-12:00"}, {place: b, hours: "15:00-17:00"}], travel_minutes: 5',
        "HOURS",
        "'a'",
    ),
    "a route without travel": (
        MOBILE % 'stops: [{place: a, hours: "14:00-15:00"}, {place: b, hours: "15:00-17:00"}]',
        "MISSING",
        "travel_minutes",
    ),
    "a route without stops": (MOBILE % "stops: []", "MISSING", "stops"),
    "booths stated twice": (
        "supervised_consumption: {capacity: {sites: 1, booths: 3, hours: '10:00-20:00', minutes_per_visit: 20}, "
        "operations: {kind: supervised_consumption, booths: 4}}",
        "UNUSED",
        "booths",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_day_is_refused_at_its_line(name: str, tmp_path: Path) -> None:
    text, code, words = BAD[name]
    with pytest.raises(StudyError) as caught:
        load(tmp_path, text)
    (problem,) = caught.value.problems
    assert (problem.code, problem.location.line) == (code, 7)
    assert words in problem.message
    assert problem.fix
    assert caught.value.exit_code == 3


def test_a_supervised_site_becomes_numbers(tmp_path: Path) -> None:
    overdose = "overdose: {per_visit: {evidence: scs.od_per_injection}, staff: 2, minutes: 40}"
    staff = f"staff: 3, staff_minutes_per_visit: 5, {overdose}"
    found = planned(tmp_path, SITE % f"{WHOLE}, spread: 0.5, waiting_room: 4, patience_minutes: 15, {staff}")
    windows = ((600, 1200),)
    attendance = Attendance(3, 5.0, DRAW["scs.od_per_injection"], 2, 40.0)
    arrivals = even_arrivals(windows, 9.0)
    site = Site(5, windows, arrivals, Law(20.0, 0.5), 15.0, 4, attendance)
    assert found == PlannedSite(site, 1, demand_given=True, profile=even_arrivals(windows, 1.0))
    assert sum(arrivals) == pytest.approx(9.0)


def test_hours_may_pass_midnight(tmp_path: Path) -> None:
    site = planned(tmp_path, SITE % WHOLE.replace("10:00-20:00", "22:00-02:00")).site
    assert site.windows == ((1320, 1560),)
    assert site.capacity_per_day == pytest.approx(5 * 240 / 20)
    assert [hour for hour, people in enumerate(site.arrivals) if people] == [0, 1, 22, 23]
    assert planned(tmp_path, SITE % WHOLE.replace("10:00-20:00", "00:00-24:00")).site.never_closes


def test_a_clinic_and_a_route_become_numbers(tmp_path: Path) -> None:
    clinic = planned(tmp_path, CLINIC % f'hours: "09:00-17:00", {BOOKED}').site
    assert clinic.appointments == Appointments(9, 9.0, 0.1)
    assert sum(clinic.arrivals) == 0.0
    stops = 'stops: [{place: a, hours: "18:00-19:30"}, {place: b, hours: "23:00-01:00"}], travel_minutes: 20'
    unit = planned(tmp_path, MOBILE % stops).site
    assert (unit.windows, unit.travel, unit.servers) == (((1080, 1170), (1380, 1500)), 20.0, 2)


def test_capacity_of_a_study_serves_and_clients_set_the_demand(tmp_path: Path) -> None:
    """Clients n r m / (1 + r m), each with v visits a year, over two sites."""
    capacity = "capacity: {sites: 2, booths: 3, hours: '10:00-20:00', minutes_per_visit: 20}"
    text = f"supervised_consumption: {{{capacity}, operations: {{kind: supervised_consumption}}}}"
    found = planned(tmp_path, text)
    people = 10_000 * DRAW["pop.inject_share_oud_can"] * (1 - DRAW["exp.custody_share"])
    reached = DRAW["exp.scs_reach_rate"] * DRAW["exp.scs_stay_years"]
    per_year = people * reached / (1 + reached) * 2.0 * DRAW["scs.visits_per_client_insite"]
    assert found.site.wanted_per_day == pytest.approx(per_year / 365.25 / 2)
    assert (found.sites, found.site.servers, found.demand_given) == (2, 3, False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"servers": 0},
        {"windows": ()},
        {"windows": ((600, 600),)},
        {"windows": ((600, 700), (650, 800))},
        {"windows": ((600, 700), (800, 2100))},
        {"arrivals": (1.0,) * 7},
        {"arrivals": (-1.0,) * 24},
        {"arrivals": (float("nan"),) * 24},
        {"visit": Law(0.0)},
        {"visit": Law(20.0, -1.0)},
        {"patience": 0.0},
        {"waiting_room": -1},
        {"travel": -1.0},
        {"attendance": Attendance(1, 5.0, 0.1, 2, 10.0)},
        {"attendance": Attendance(0, 5.0)},
    ],
)
def test_numbers_that_no_site_has_are_refused(wrong: dict) -> None:
    sound = {"servers": 2, "windows": ((600, 700),), "arrivals": (1.0,) * 24, "visit": Law(20.0)}
    Site(**sound)
    with pytest.raises(SiteError, match="expected"):
        Site(**(sound | wrong))


def test_the_json_schema_and_the_reference_hold_the_block() -> None:
    keys = json_schema()["$defs"]["Operations"]["properties"]
    assert {"kind", "booths", "staff", "hours", "stops", "appointments", "overdose"} <= set(keys)
    assert keys["kind"]["enum"] == ["supervised_consumption", "clinic", "mobile_unit"]
    assert "| `staff_minutes_per_visit` |" in yaml_reference()
