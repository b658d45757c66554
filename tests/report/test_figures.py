"""Figures: fixed bytes, the data beside them, and nothing drawn where nothing differs."""

import numpy as np
import pandas as pd

from hrsim.report.figures import changes_data, draw_changes, plane_data, write_figure

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
         "price_year": 2024, "cost": np.arange(4.0), "qalys": 1.0, "status": "frontier"}
    )  # fmt: skip
    data = plane_data(table)
    assert data["arm"].tolist() == ["a", "b"]
    assert data["cost"].tolist() == [0.0, 1.0]
