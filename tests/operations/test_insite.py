"""A face comparison with Insite in 2016: 13 booths, 18 hours, 514 visits a day of 20 minutes. Nothing is tuned.

Published: 514 injection-room visits per day, 0.0095 overdoses per visit (1 781 in 2016, 4.9 per day). Not published:
waits and walk-aways. The formula for even arrivals says that 73 % of booths are taken, that 22 % of visitors wait, and
1.2 minutes on average; real arrivals peak, so that waits are longer (see the case in the validation papers).
"""

from __future__ import annotations

import dataclasses

import pytest

from hrsim.evidence import central_parameters, load_register
from hrsim.operations.measures import measures, simulate_days
from hrsim.operations.site import Attendance, Law, Site, even_arrivals

DRAW = central_parameters(load_register().values())
OPEN = ((9 * 60, 27 * 60),)
EVEN = even_arrivals(OPEN, DRAW["scs.visits_day_insite"])
STAY = Law(DRAW["scs.minutes_per_visit_insite"], DRAW["exp.site_visit_spread"])
STAFF = Attendance(5, DRAW["exp.scs_staff_minutes_per_visit"], DRAW["scs.od_per_injection"], 2, 30.0)
DAYS = 40


def shown(site: Site) -> dict[str, float]:
    table = measures(site, simulate_days(site, DAYS, 1, "insite"))
    return dict(zip(table["measure"], table["mean"], strict=True))


def test_the_published_visits_fit_and_the_published_overdoses_come() -> None:
    found = shown(Site(13, OPEN, EVEN, STAY, attendance=STAFF))
    assert found["met_share"] > 0.99
    assert found["met_per_day"] == pytest.approx(514, rel=0.03)
    assert found["overdoses_per_day"] == pytest.approx(1781 / 365, abs=4 * (4.9 / DAYS) ** 0.5)
    assert found["places_use"] == pytest.approx(0.732, abs=0.05)
    assert 0.1 < found["waited_share"] < 0.4


def test_a_day_with_peaks_waits_longer_than_an_even_one() -> None:
    peak = [people * (1.3 if 12 <= hour < 21 else 0.7) for hour, people in enumerate(EVEN)]
    peaked = tuple(people * sum(EVEN) / sum(peak) for people in peak)
    even, busy = (shown(Site(13, OPEN, arrivals, STAY)) for arrivals in (EVEN, peaked))
    assert busy["wait_mean"] > 2 * even["wait_mean"]
    assert dataclasses.replace(Site(13, OPEN, EVEN, STAY), arrivals=peaked).wanted_per_day == pytest.approx(
        514
    )
