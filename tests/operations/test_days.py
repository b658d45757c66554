"""Identities inside full working days: nobody is lost, Little's law, limits that hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hrsim.operations.floor import Outcome, run_site
from hrsim.operations.luck import Luck
from hrsim.operations.measures import measures, simulate_days
from hrsim.operations.occupancy import Occupancy
from hrsim.operations.site import MINUTES_PER_DAY, Appointments, Attendance, Law, Site, even_arrivals
from tests.operations.sites import ALL, ATTENDANCE, CLINIC, MOBILE, SUPERVISED

DAYS = 10


@pytest.fixture(params=ALL)
def site(request: pytest.FixtureRequest) -> Site:
    return ALL[request.param]


def whole_day(site: Site, measure: str, days: int = DAYS) -> float:
    table = measures(site, simulate_days(site, days, 1, "site")).set_index("measure")
    return float(table.loc[measure, "mean"])


def test_littles_law_is_an_identity_of_every_resource(site: Site) -> None:
    """The area under the counters at the resources equals the sum of the times of the visits."""
    for replicate in range(DAYS):
        run = run_site(site, Luck(1, "site", replicate), days=2)
        assert run.waiting.sum() == pytest.approx(run.waited.sum(), rel=1e-9)
        assert run.busy.sum() == pytest.approx(run.inside.sum(), rel=1e-9)
        assert run.waited.sum() > 0.0


def test_littles_law_in_the_long_run_of_a_site_that_never_closes() -> None:
    """The counters stop at midnight and the visits run on: L and lambda W differ by what the ends hold."""
    site = replace(SUPERVISED, windows=((0, MINUTES_PER_DAY),), arrivals=(28.0,) * 24)
    run = run_site(site, Luck(1, "site", 0), days=30, warm_up=1)
    for area, times in ((run.waiting, run.waited), (run.busy, run.inside)):
        at_the_ends = 2 * (site.servers + (site.waiting_room or 0)) * times.max()
        assert abs(area.sum() - times.sum()) < at_the_ends < 0.1 * run.busy.sum()


def test_staff_work_as_many_minutes_as_visits_and_overdoses_take() -> None:
    for replicate in range(DAYS):
        run = run_site(SUPERVISED, Luck(1, "site", replicate))
        met = np.count_nonzero(run.outcome == Outcome.MET)
        at_overdoses = ATTENDANCE.staff_per_overdose * ATTENDANCE.minutes_per_overdose * run.overdoses
        assert run.staff.sum() == pytest.approx(met * ATTENDANCE.minutes_per_visit + at_overdoses)
        assert run.staff.max() <= ATTENDANCE.staff * 60.0 + 1e-9


def test_everybody_has_one_outcome_and_only_people_seen_take_a_place(site: Site) -> None:
    run = run_site(site, Luck(1, "site", 0), days=5)
    seen = run.outcome == Outcome.MET
    assert np.all(run.inside[seen] > 0.0)
    assert np.all(run.inside[~seen] == 0.0)
    never_waited = np.isin(run.outcome, [Outcome.CLOSED, Outcome.FULL, Outcome.NO_SLOT, Outcome.NO_SHOW])
    assert np.all(run.waited[never_waited] == 0.0)
    assert 0 < run.most_busy <= site.servers


def test_nobody_is_let_in_while_the_site_is_closed(site: Site) -> None:
    run = run_site(site, Luck(1, "site", 0), days=5)
    minute = run.wanted_at % MINUTES_PER_DAY + site.day_begins
    open_then = np.any([(minute >= opens) & (minute < closes) for opens, closes in site.windows], axis=0)
    assert np.array_equal(run.outcome == Outcome.CLOSED, ~open_then)


def test_wishes_outside_hours_are_turned_away() -> None:
    run = run_site(replace(MOBILE, arrivals=(2.0,) * 24), Luck(1, "site", 0), days=50)
    share = np.mean(run.outcome == Outcome.CLOSED)
    assert share == pytest.approx(
        1 - MOBILE.open_minutes / MINUTES_PER_DAY, abs=4 * np.sqrt(0.25 / run.outcome.size)
    )


def test_people_without_a_slot_leave_at_closing_and_those_with_one_are_seen() -> None:
    crowded = replace(CLINIC, visit=Law(60.0, 0.0), patience=None, waiting_room=None)
    run = run_site(crowded, Luck(1, "site", 0))
    assert np.count_nonzero(run.outcome == Outcome.AT_CLOSING) > 0
    assert not np.any(run.outcome == Outcome.WALKED_AWAY)
    calendar = Appointments(16, 1e3, 0.0)
    full = replace(crowded, visit=Law(90.0, 0.0), arrivals=(0.0,) * 24, appointments=calendar)
    run = run_site(full, Luck(1, "site", 0))
    assert np.count_nonzero(run.outcome == Outcome.MET) == 16
    assert run.busy[17:].sum() == pytest.approx(16 * 90 - (2 * 8 * 60 - 30))  # the second slot is at 9:30


def test_an_empty_calendar_on_time_never_waits() -> None:
    site = replace(
        CLINIC, arrivals=(0.0,) * 24, visit=Law(50.0, 0.0), appointments=Appointments(16, 1e3, 0.0)
    )
    run = run_site(site, Luck(1, "site", 0))
    assert np.count_nonzero(run.outcome == Outcome.MET) == 16
    assert run.waited.max() == 0.0


def test_slots_met_are_the_smaller_of_slots_and_wishes() -> None:
    """E[min(n, Poisson(m))] by summation, within 4 standard errors of 400 days; the others find no slot."""
    site = replace(CLINIC, arrivals=(0.0,) * 24, appointments=Appointments(16, 14.0, 0.0))
    runs = simulate_days(site, 400, 1, "site")
    met = [np.count_nonzero(run.outcome == Outcome.MET) for run in runs]
    refused = [np.count_nonzero(run.outcome == Outcome.NO_SLOT) for run in runs]
    wanted = [int(Luck(1, "site", day).booked(14.0, 1)[0]) for day in range(400)]
    assert refused == [max(number - 16, 0) for number in wanted]
    assert np.array_equal(np.add(met, refused), wanted)
    chance = np.exp(-14.0 + np.arange(200) * np.log(14.0) - np.cumsum(np.log(np.maximum(np.arange(200), 1))))
    truth = np.sum(np.minimum(np.arange(200), 16) * chance)
    assert np.mean(met) == pytest.approx(truth, abs=4 * np.std(met) / np.sqrt(400))


def test_a_share_of_those_with_a_slot_does_not_come_and_takes_nobodys_time() -> None:
    site = replace(CLINIC, arrivals=(0.0,) * 24, appointments=Appointments(16, 1e3, 0.3))
    runs = simulate_days(site, 100, 1, "site")
    absent = sum(np.count_nonzero(run.outcome == Outcome.NO_SHOW) for run in runs)
    assert absent == pytest.approx(1600 * 0.3, abs=4 * np.sqrt(1600 * 0.3 * 0.7))
    assert sum(np.count_nonzero(run.outcome == Outcome.MET) for run in runs) == 1600 - absent


def test_a_counter_splits_its_area_at_the_hour_and_keeps_to_its_times() -> None:
    """Two people from 10:30 to 12:15, counted from 11:00 to 12:10; the day began at 10:00."""
    counter = Occupancy(day_begins=600, first=60.0, last=130.0)
    counter.change(30.0, 2)
    counter.change(135.0, -2)
    assert counter.by_hour()[[10, 11, 12]] == pytest.approx([0.0, 120.0, 20.0])
    assert counter.by_hour().sum() == pytest.approx(140.0)


def test_arrivals_follow_the_hours_of_the_clock() -> None:
    """Counts by half hour over 200 days against Poisson means, within 4.5 standard errors each."""
    people = np.array(even_arrivals(((9 * 60 + 30, 26 * 60),), 300.0)) + np.arange(48) / 20
    assert people.size == 48
    site = replace(SUPERVISED, arrivals=tuple(people))
    minutes = Luck(1, "site", 0).arrivals(site, 200) + site.day_begins
    counts = np.bincount((minutes // 30).astype(int) % 48, minlength=48)
    assert np.all(np.abs(counts - 200 * people) <= 4.5 * np.sqrt(200 * people))


def test_a_mobile_unit_that_runs_late_opens_late() -> None:
    quick = replace(MOBILE, travel=5.0, visit=Law(0.5, 0.0))
    assert run_site(quick, Luck(1, "site", 0), days=5).late == 0.0
    far = run_site(replace(quick, travel=45.0), Luck(1, "site", 0), days=5)
    assert far.late == pytest.approx(5 * 2 * 15.0, abs=5.0)  # two stops a day, a quarter of an hour late


def test_two_overdoses_at_once_do_not_wait_for_each_other_for_ever() -> None:
    """With one visitor in two overdosing and a team of all staff, every visit still ends."""
    site = replace(SUPERVISED, attendance=Attendance(2, 1.0, 0.5, 2, 10.0), patience=None, waiting_room=None)
    run = run_site(site, Luck(1, "site", 0))
    seen = run.outcome == Outcome.MET
    assert run.overdoses > 10
    assert np.all(run.inside[seen] > 0.0)


@pytest.mark.parametrize(
    ("better", "measure"),
    [
        (replace(SUPERVISED, servers=13), "wait_mean"),
        (replace(SUPERVISED, attendance=replace(ATTENDANCE, staff=6)), "wait_mean"),
        (replace(SUPERVISED, attendance=replace(ATTENDANCE, overdoses_per_visit=0.0)), "staff_use"),
        (replace(SUPERVISED, visit=Law(15.0, 0.7)), "walked_away_share"),
    ],
    ids=["booths", "staff", "no overdoses", "short visits"],
)
def test_more_room_means_shorter_waits(better: Site, measure: str) -> None:
    assert whole_day(better, measure) < whole_day(SUPERVISED, measure)


def test_statistics_of_days() -> None:
    """The mean is the ratio of sums; one day has no interval."""
    runs = simulate_days(SUPERVISED, 30, 1, "site")
    table = measures(SUPERVISED, runs).set_index("measure")
    met = [np.count_nonzero(run.outcome == Outcome.MET) for run in runs]
    assert table.loc["met_per_day", "mean"] == pytest.approx(np.mean(met))
    assert table.loc["met_per_day", "mcse"] == pytest.approx(np.std(met, ddof=1) / np.sqrt(30))
    wanted = sum(run.outcome.size for run in runs)
    assert table.loc["met_share", "mean"] == pytest.approx(sum(met) / wanted)
    alone = measures(SUPERVISED, runs[:1]).set_index("measure")
    assert alone.loc["met_share", ["low", "high", "mcse"]].isna().all()
