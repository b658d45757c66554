"""The site model returns the closed forms of queueing (M/M/1, Erlang A, B and C, M/M/4/8, Pollaczek-Khinchine).

The numbers are those of the validation paper, section 1, cases Q1 to Q7; `queues.py` says how a comparison decides.
"""

from __future__ import annotations

import math

import pytest

from hrsim.operations.site import Attendance, Site
from tests.operations.queues import Estimate, estimates, steady_site

INSITE_PER_HOUR = 514 / 18

CASES: dict[str, tuple[Site, int, dict[str, float]]] = {  # site, days of a replicate, truths
    "Q1 M/M/1": (steady_site(1, 48.0, 1.0), 1, {"inside": 4.0, "queue": 3.2, "wait": 4.0}),
    "Q2 Erlang C, 13 booths": (
        steady_site(13, INSITE_PER_HOUR, 20.0),
        2,
        {
            "waits": 0.217449,
            "wait": 1.249177,
            "queue": 0.594516,
            "inside": 10.113034,
            "waits_long": 0.038139,
            "busy": 13 * 0.732194,
        },
    ),
    "Q2b Erlang C, 12 booths": (
        steady_site(12, INSITE_PER_HOUR, 20.0),
        1,
        {"waits": 0.353625, "wait": 2.850108, "queue": 1.356440, "busy": 12 * 0.793210},
    ),
    "Q3 Erlang C, 4 places": (
        steady_site(4, 9.0, 20.0),
        3,
        {"waits": 0.509434, "wait": 10.188679, "inside": 4.528302},
    ),
    "Q4 Erlang A": (
        steady_site(10, INSITE_PER_HOUR, 20.0, patience=30.0),
        1,
        {"waits": 0.520547, "queue": 1.335676, "abandon": 0.093549, "inside": 9.963744},
    ),
    "Q4b patience as long as service": (
        steady_site(4, 15.0, 20.0, patience=20.0),
        1,
        {"inside": 5.0, "waits": 0.734974, "abandon": 0.287369},
    ),
    "Q5 Erlang B": (
        steady_site(50, 40.0, 90.0, waiting_room=0),
        1,
        {"blocked": 0.216119, "busy": 47.032881},
    ),
    "Q5 Erlang B, constant stay": (
        steady_site(50, 40.0, 90.0, spread=0.0, waiting_room=0),
        1,
        {"blocked": 0.216119, "busy": 47.032881},
    ),
    "Q6 M/M/4/8": (
        steady_site(4, 12.0, 20.0, waiting_room=4),
        3,
        {"blocked": 0.138528, "inside": 4.831169, "wait": 8.040201, "met_per_hour": 10.337662},
    ),
    "Q7 M/D/1": (steady_site(1, 48.0, 1.0, spread=0.0), 1, {"queue": 1.6}),
    "Q7 M/G/1, spread 0.5": (steady_site(1, 48.0, 1.0, spread=0.5), 1, {"queue": 2.0}),
    "Q7 M/G/1, squared spread 2": (steady_site(1, 48.0, 1.0, spread=math.sqrt(2)), 1, {"queue": 4.8}),
    "staff as the only server, M/D/1": (
        steady_site(1000, 48.0, 10.0, attendance=Attendance(staff=1, minutes_per_visit=1.0)),
        1,
        {"queue": 1.6, "wait": 2.0},
    ),
}


def compare(found: dict[str, Estimate], truths: dict[str, float], largest_error: float) -> list[str]:
    """Return what disagrees, or is known too badly to matter."""
    return [
        f"{name}: {found[name].mean:.5g} (SE {found[name].error:.2g}) against {truth:.5g}"
        for name, truth in truths.items()
        if not found[name].agrees(truth) or found[name].error > largest_error * truth
    ]


QUICK = [name for name in CASES if name[:3] in ("Q2 ", "Q3 ", "Q4 ", "Q5 ", "Q6 ") or name == "Q7 M/D/1"]


@pytest.mark.parametrize("case", QUICK)
def test_closed_forms(case: str) -> None:
    site, days, truths = CASES[case]
    assert compare(estimates(site, case, days), truths, largest_error=0.12) == []


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_closed_forms_with_small_standard_errors(case: str) -> None:
    """At most 4 %, mostly below half a per cent."""
    site, days, truths = CASES[case]
    assert compare(estimates(site, case, 10 * days), truths, largest_error=0.04) == []


@pytest.mark.slow
def test_a_nearly_full_site_after_a_long_warm_up() -> None:
    site = steady_site(10, INSITE_PER_HOUR, 20.0)
    truths = {"waits": 0.831735, "wait": 34.549009, "queue": 16.442769}
    assert compare(estimates(site, "nearly full", days=20, warm_up=15), truths, largest_error=0.08) == []


@pytest.mark.parametrize(
    "wrong",
    [
        steady_site(12, INSITE_PER_HOUR, 20.0),
        steady_site(13, INSITE_PER_HOUR, 21.0),
        steady_site(13, INSITE_PER_HOUR, 20.0, spread=0.5),
    ],
    ids=["a booth less", "longer visits", "less spread"],
)
def test_another_site_does_not_pass_for_erlang_c(wrong: Site) -> None:
    _, days, truths = CASES["Q2 Erlang C, 13 booths"]
    found = estimates(wrong, "wrong", days)
    assert not all(found[name].agrees(truth) for name, truth in truths.items())
