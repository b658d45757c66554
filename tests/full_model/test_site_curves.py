"""A site's working day decides how many wanted visits are met; without one all that fit are, as before."""

from pathlib import Path

import numpy as np
import pytest

from hrsim.engine.ledger import Ledger
from hrsim.operations.curve import MetShareCurve
from hrsim.processes.sites import share_on_curve
from hrsim.simulate import Prepared
from tests.full_model.studies import QUIET, assert_same, by_arm, flow, prepared, run, study

PEOPLE, YEARS = 400, 1.0
SITE = """
      site:
        label: Site
        stay: {mean: 1000000 years}
        at_start: {enrolled: 1}
        delivers: {supervised_use: {visits_per_client_year: VISITS, routes: [injecting, other_route]}}
        capacity: {sites: 2, booths: 5, hours: "10:00-20:00", minutes_per_visit: 20}"""
DAY = """
        operations: {kind: supervised_consumption, arrivals: {per_day: 150}, patience_minutes: 15}"""


def sites(folder: Path, visits: float, days: dict[str, str], site: str = SITE) -> Prepared:
    """Compile arms, each with the site and its own `operations`."""
    site = site.replace("VISITS", f"{visits:g}")
    arms = "\n".join(f"  {arm}:\n    services:{site}{day}" for arm, day in days.items())
    return prepared(folder, study(arms, PEOPLE, YEARS, QUIET))


@pytest.mark.parametrize("visits", [100.0, 270.0, 400.0])
def test_visits_are_those_wanted_times_the_share_of_the_curve(tmp_path: Path, visits: float) -> None:
    """Clients never change: the count is exact but for the part of a visit that is carried over."""
    compiled = sites(tmp_path, visits, {"status_quo": "", "day": DAY})
    ledger = run(compiled)
    clients = ledger_clients(ledger)
    load = clients * visits / (2 * 5 * 30 * 365.25)
    assert counted(ledger, 0) == pytest.approx(clients * visits * min(1.0, 1.0 / load), abs=2.0)
    share = compiled.curves["day"]["site"].share(load)
    assert counted(ledger, 1) == pytest.approx(clients * visits * share, abs=2.0)
    assert share < min(1.0, 1.0 / load)


def test_a_day_in_one_arm_changes_nothing_in_another(tmp_path: Path) -> None:
    with_day = by_arm(run(sites(tmp_path, 400.0, {"status_quo": "", "day": DAY})))
    without = by_arm(run(sites(tmp_path, 400.0, {"status_quo": "", "day": ""})))
    assert_same(with_day["status_quo"], without["status_quo"])
    assert_same(without["status_quo"], without["day"])
    with pytest.raises(AssertionError):
        assert_same(with_day["status_quo"], with_day["day"])


def test_booths_may_stand_in_the_day_alone(tmp_path: Path) -> None:
    """A site of ten booths stated in `operations` meets as many visits as one stated in `capacity`."""
    hall = 'booths: 10, hours: "10:00-20:00", minutes_per_visit: 20'
    in_capacity = f"{DAY}\n        capacity: {{sites: 1, {hall}}}"
    alone = DAY.replace("}, patience", f"}}, {hall}, patience")
    compiled = sites(
        tmp_path, 400.0, {"status_quo": in_capacity, "alone": alone}, SITE[: SITE.index("\n        cap")]
    )
    ledger = run(compiled)
    assert counted(ledger, 0) == counted(ledger, 1) > 0
    assert compiled.curves["alone"]["site"] is compiled.curves["status_quo"]["site"]


@pytest.mark.parametrize("load", [0.0, 0.1, 0.2, 0.55, 1.0, 2.999, 3.0, 3.001, 50.0])
def test_the_kernel_reads_a_curve_as_python_does(load: float) -> None:
    loads = np.array([0.0, 0.2, 0.5, 1.0, 3.0])
    shares = np.array([1.0, 0.99, 0.9, 0.7, 0.3])
    table = Table(loads, np.array([np.ones(5), shares]))
    python = MetShareCurve(loads, shares, np.zeros(5)).share(load)
    plain = getattr(share_on_curve, "py_func", share_on_curve)  # the compiler may be off
    assert plain(table, 1, load) == pytest.approx(python, rel=1e-12)


class Table:
    """Stands for the arrays of a simulation."""

    def __init__(self, loads: np.ndarray, shares: np.ndarray) -> None:
        self.curve_load, self.curve_share = loads, shares


def counted(ledger: Ledger, arm: int) -> int:
    return int(flow(ledger, arm, "site", "visits").sum())


def ledger_clients(ledger: Ledger) -> float:
    lived = ledger.quarter_edges[-1] - ledger.quarter_edges[0]
    return float(flow(ledger, 0, "site", "client_ticks").sum() / lived)
