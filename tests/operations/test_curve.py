"""The share of demand met: falls with demand, returns closed forms, and is kept by content."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hrsim.operations import cache, curve
from hrsim.operations.curve import met_share_curve
from hrsim.operations.site import Law, Site, SiteError, even_arrivals
from tests.operations.queues import LIMIT, REPLICATES, steady_site
from tests.operations.sites import ALL, MOBILE, OFFICE, SUPERVISED


@pytest.fixture(autouse=True)
def few_visits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curve, "VISITS_PER_LOAD", 500)
    monkeypatch.setattr(curve, "LEAST_DAYS", 2)


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(cache, "user_cache_dir", lambda name: str(tmp_path))
    met_share_curve.cache_clear()
    return tmp_path / "operations"


@pytest.mark.parametrize("name", ALL)
def test_more_demand_lowers_the_share_met_and_not_the_visits_met(name: str) -> None:
    found = met_share_curve(ALL[name], 1, name)
    assert np.all(np.diff(found.shares) <= 0.0)
    assert found.shares[0] == pytest.approx(1.0)
    assert found.shares[-1] < 0.6
    visits = found.loads * found.shares
    assert np.all(np.diff(visits) >= -0.05 * visits[1:])  # a standard error at most 1 %


def test_loss_without_a_waiting_room_is_erlang_b(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within LIMIT standard errors, of as many days as replicates, at each load that turns away enough to have one."""
    monkeypatch.setattr(curve, "LEAST_DAYS", REPLICATES)
    found = met_share_curve(steady_site(5, 1.0, 90.0, waiting_room=0), 1, "loss")
    for load, share, error in list(zip(found.loads, found.shares, found.errors, strict=True))[3:]:
        blocked = 1.0
        for servers in range(1, 6):
            blocked = 5 * load * blocked / (servers + 5 * load * blocked)
        assert abs(share - (1.0 - blocked)) <= LIMIT * error, (load, share, 1 - blocked, error)
    assert abs(found.shares[8] - found.shares[7]) > 3 * found.errors[8]  # the next load would not pass


def test_between_loads_straight_and_beyond_the_last_no_more_visits() -> None:
    found = met_share_curve(SUPERVISED, 1, "a")
    assert found.share(0.95) == pytest.approx((found.share(0.9) + found.share(1.0)) / 2)
    assert found.share(6.0) == pytest.approx(found.shares[-1] / 2)
    assert found.share(0.0) == 1.0


def test_wishes_out_of_hours_are_not_met_at_any_demand() -> None:
    site = replace(MOBILE, arrivals=(1.0,) * 24)
    found = met_share_curve(site, 1, "a")
    assert found.shares[0] == pytest.approx(site.open_minutes / 1440)
    assert np.all(found.shares <= found.shares[0])


def test_own_demand_sets_the_profile_only() -> None:
    small, large = (Site(2, OFFICE, even_arrivals(OFFICE, wanted), Law(20.0)) for wanted in (2.0, 40.0))
    assert met_share_curve(small, 1, "a").shares == pytest.approx(met_share_curve(large, 1, "a").shares)
    with pytest.raises(SiteError):
        met_share_curve(Site(2, OFFICE, (0.0,) * 24, Law(20.0)), 1, "a")


def test_a_kept_curve_is_read_back_and_a_damaged_one_computed_again(own_folder: Path, monkeypatch) -> None:
    site = replace(MOBILE, servers=1)
    first = met_share_curve(site, 1, "a")
    (file,) = own_folder.glob("*.npy")
    met_share_curve.cache_clear()
    monkeypatch.setattr(curve, "_simulated", lambda *_: pytest.fail("simulated again"))
    again = met_share_curve(site, 1, "a")
    assert np.array_equal(first.shares, again.shares)
    file.write_bytes(b"damaged")
    met_share_curve.cache_clear()
    monkeypatch.setattr(curve, "_simulated", lambda *_: np.zeros((3, 2)))
    assert met_share_curve(site, 1, "a").shares[0] == 0.0


def test_a_folder_that_cannot_be_written_changes_nothing(monkeypatch, tmp_path: Path) -> None:
    first = met_share_curve(MOBILE, 1, "a")
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(cache, "user_cache_dir", lambda name: str(tmp_path / "file"))
    met_share_curve.cache_clear()
    assert np.array_equal(met_share_curve(MOBILE, 1, "a").shares, first.shares)


def test_another_site_seed_or_name_has_another_curve(own_folder: Path) -> None:
    shares = [
        met_share_curve(*which).shares
        for which in (
            (MOBILE, 1, "a"),
            (MOBILE, 2, "a"),
            (MOBILE, 1, "b"),
            (replace(MOBILE, servers=3), 1, "a"),
        )
    ]
    assert len({tuple(row) for row in shares}) == 4
    assert len(list(own_folder.glob("*.npy"))) == 4
