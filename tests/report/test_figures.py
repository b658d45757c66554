"""Figures: fixed bytes, the data beside them, and nothing drawn where nothing differs."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from hrsim.economics import frontier
from hrsim.report import figures
from hrsim.report.figures import (
    changes_data,
    draw_changes,
    draw_plane,
    frontier_line,
    notices,
    plane_data,
    write_figure,
)

LABELS = {"more": "More", "most": "Most"}


def differences(sd):
    rows = [
        {"arm": arm, "comparator": "less", "group": "all", "measure": measure, "unit": "events", "mean": -3.0,
         "sd": sd, "low": -5.0, "high": -1.0, "n_draws": 9, "discounted": False}
        for arm in LABELS for measure in ("overdose_death", "hiv_infection", "years_use_injecting")
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_the_same_data_gives_the_same_bytes(tmp_path):
    data = changes_data(differences(sd=1.0))
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_figure("changes", data, draw_changes, LABELS, tmp_path / name)
    first, second = ((tmp_path / name / "changes.svg").read_bytes() for name in ("a", "b"))
    assert first == second
    assert b"<svg" in first
    assert b"dc:date" not in first
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "a" / "changes.csv"), data.reset_index(drop=True))


def test_only_headlines_that_differ_are_shown():
    assert set(changes_data(differences(sd=1.0))["measure"]) == {"overdose_death", "hiv_infection"}
    assert changes_data(differences(sd=0.0)).empty
    assert changes_data(pd.DataFrame()).empty


def test_the_plane_shows_every_arm_once_from_the_first_perspective():
    table = pd.DataFrame(
        {"arm": ["a", "b"] * 2, "perspective": ["health_sector"] * 2 + ["societal"] * 2, "currency": "CAD",
         "price_year": 2024, "cost": np.arange(4.0), "qalys": 1.0, "status": "frontier", "icer": np.nan}
    )  # fmt: skip
    data = plane_data(table)
    assert data["arm"].tolist() == ["a", "b"]
    assert data["cost"].tolist() == [0.0, 1.0]


PLANE_ARMS = ("dear", "now", "best", "some")  # in no order of cost


def plane(costs=(90e6, 20e6, 70e6, 30e6), qalys=(55.0, 10.0, 60.0, 50.0)):
    """Return what the plane shows of four arms: `dear` is dominated, the others make the frontier."""
    return pd.DataFrame(
        {"arm": place.arm, "perspective": "health_sector", "currency": "CAD", "price_year": 2024,
         "cost": place.cost, "qalys": place.effect, "status": place.status.value, "icer": place.icer}
        for place in frontier(PLANE_ARMS, costs, qalys, "now")
    )  # fmt: skip


def test_the_line_joins_the_arms_of_the_frontier_cheapest_first():
    assert frontier_line(plane())["arm"].tolist() == ["now", "some", "best"]
    twins = plane(costs=(30e6, 20e6, 70e6, 30e6), qalys=(50.0, 10.0, 60.0, 50.0))
    assert len(frontier_line(twins)) == 3


def test_the_plane_draws_the_frontier_with_its_ratios_and_every_arm():
    drawn = Figure()
    draw_plane(plane(), {arm: arm for arm in PLANE_ARMS}, drawn)
    (panel,) = drawn.axes
    line = next(line for line in panel.lines if line.get_label() == "Efficiency frontier")
    assert line.get_xydata().tolist() == [[10.0, 20.0], [50.0, 30.0], [60.0, 70.0]]
    written = {text.get_text() for text in panel.texts}
    assert {*PLANE_ARMS, "250,000 per QALY", "4,000,000 per QALY"} == written
    hollow = next(line for line in panel.lines if line.get_label() == "Off the frontier")
    assert hollow.get_xydata().tolist() == [[55.0, 90.0]]


def test_without_the_plotting_library_the_report_says_so(monkeypatch, tmp_path):
    assert notices() == ()
    monkeypatch.setattr(figures, "find_spec", lambda name: None)
    assert "hrsim[figures]" in notices()[0]
    write_figure("plane", plane(), draw_plane, {}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["plane.csv"]
