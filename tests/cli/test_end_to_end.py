"""The shipped study on the real engine, small: it runs, repeats, resumes, and its books balance."""

import pandas as pd
import pytest

from hrsim.study.parents import packaged_scenarios

DEMO = str(packaged_scenarios() / "demo.yaml")
SMALL = ("--draws", "2", "--set", "population.size=200", "--set", "horizon.years=1")


@pytest.mark.slow
def test_the_demonstration_runs_repeats_and_resumes(hrsim, tmp_path):
    assert hrsim("run", DEMO, *SMALL, "--out", "one", "--threads", "1").code == 0
    assert hrsim("run", DEMO, *SMALL, "--out", "two", "--threads", "2").code == 0
    ((one,), (two,)) = ([*(tmp_path / out).iterdir()] for out in ("one", "two"))
    first = one / "draws" / "draw_00000_0.parquet"
    kept = first.read_bytes()
    first.unlink()
    assert hrsim("run", DEMO, *SMALL, "--out", "one", "--resume").code == 0
    assert first.read_bytes() == kept
    files = [
        path.relative_to(one) for path in one.rglob("*") if path.is_file() and path.name != "manifest.json"
    ]
    assert all((one / file).read_bytes() == (two / file).read_bytes() for file in files)

    outcomes = pd.read_csv(one / "tables" / "outcomes.csv")
    totals = outcomes[~outcomes["discounted"] & (outcomes["group"] == "all")].set_index(["arm", "measure"])[
        "mean"
    ]
    for arm in totals.index.get_level_values("arm").unique():
        causes = totals[arm][totals[arm].index.str.endswith("_death")].sum()
        assert totals[arm, "deaths_all_causes"] == pytest.approx(causes)
        assert totals[arm, "overdose_all"] > totals[arm, "overdose_death"]
        assert 0 < totals[arm, "life_years"] <= 200 + totals[arm, "entry"]
