"""`hrsim analyse`: tables beside the run's own, simulations with the same luck, and words for what cannot be told."""

import hashlib
import json
import shutil

import pandas as pd
import pytest

from hrsim.cli.running import Request, run_request
from hrsim.sensitivity.structural import in_every_arm, scenarios
from hrsim.study.load import load_study
from hrsim.study.parents import packaged_scenarios
from tests.cli.conftest import prepare_stand_in, simulate_stand_in

DEMO = packaged_scenarios() / "demo.yaml"
SHORT = ("horizon.years=2",)
UNDISCOUNTED = 'structural.undiscounted=["analysis.discount.costs=0.0", "analysis.discount.effects=0.0"]'


def stored_run(out, monkeypatch, *overrides):
    monkeypatch.setattr("hrsim.cli.running.prepare", prepare_stand_in)
    monkeypatch.setattr("hrsim.experiment.run.simulate", simulate_stand_in)
    return run_request(Request(DEMO, (*SHORT, *overrides), out, 1, "refuse")).path


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Make one run of 32 draws that every test copies."""
    with pytest.MonkeyPatch.context() as patches:
        return stored_run(tmp_path_factory.mktemp("runs"), patches, "analysis.draws=32", UNDISCOUNTED)


@pytest.fixture
def run(made, tmp_path):
    return shutil.copytree(made, tmp_path / "run")


@pytest.fixture
def simulated(monkeypatch):
    """Stand in for the engine and list the luck of every simulation."""
    done = []

    def simulate(model, parameters, luck):
        done.append(luck)
        return simulate_stand_in(model, parameters, luck)

    monkeypatch.setattr("hrsim.sensitivity.same_luck.prepare", prepare_stand_in)
    monkeypatch.setattr("hrsim.sensitivity.same_luck.simulate", simulate)
    return done


def table(run, name):
    return pd.read_csv(
        run / "tables" / f"{name}.csv", keep_default_na=False, na_values={"mcse": [""], "threshold": [""]}
    )


def bytes_of(run):
    return {path.relative_to(run).as_posix(): path.read_bytes() for path in run.rglob("*") if path.is_file()}


def test_without_options_nothing_is_simulated_and_the_runs_own_files_stay(hrsim, run, simulated, monkeypatch):
    before = bytes_of(run)
    done = hrsim("analyse", str(run))
    assert done.code == 0 and not simulated
    after = bytes_of(run)
    added = {"tables/rank_correlation.csv", "tables/evppi.csv"}
    assert set(after) - set(before) == added
    described = {"manifest.json", "ro-crate-metadata.json"}
    assert all(after[name] == content for name, content in before.items() if name not in described)
    hashes = json.loads(after["manifest.json"])["files"]
    assert {hashes[name] for name in added} == {hashlib.sha256(after[name]).hexdigest() for name in added}
    assert "How sure is the best buy?" in done.out and "read the EVPI as an upper value" in " ".join(
        done.out.split()
    )
    assert hrsim("analyse", str(run)).out == done.out and bytes_of(run) == after
    monkeypatch.setattr("hrsim.experiment.verify.prepare", prepare_stand_in)
    monkeypatch.setattr("hrsim.experiment.verify.simulate", simulate_stand_in)
    assert hrsim("verify", str(run)).code == 0


def test_one_way_uses_the_same_luck_and_simulates_only_what_the_simulation_reads(hrsim, run, simulated):
    assert hrsim("analyse", str(run), "--one-way", "od.witnessed", "--one-way", "cost.ambulance_ri").code == 0
    assert (
        len(simulated) == 3 * 3 and len(set(simulated)) == 3
    )  # three lucks: base, low and high of one parameter
    bars = table(run, "tornado").set_index(["arm", "measure", "evidence"]).sort_index()
    deaths = bars.loc["integrated", "overdose_death"]
    witnessed = deaths.loc["od.witnessed"]
    # The stand-in's events are proportional to od.witnessed, and later arms have fewer: more of them averted.
    assert witnessed["result_at_high"] < witnessed["result_at_base"] < witnessed["result_at_low"] < 0
    assert (
        deaths.loc["cost.ambulance_ri", "result_at_low"] == deaths.loc["cost.ambulance_ri", "result_at_high"]
    )
    assert deaths.loc["cost.ambulance_ri", "mcse"] == 0


@pytest.mark.slow
def test_the_base_of_one_way_is_the_run_at_point_values_with_the_same_luck(
    hrsim, run, simulated, tmp_path, monkeypatch
):
    central = stored_run(
        tmp_path / "central", monkeypatch, "analysis.uncertainty=central", "analysis.replicates=3"
    )
    assert hrsim("analyse", str(run), "--one-way", "od.witnessed").code == 0
    base = table(run, "tornado").drop_duplicates(["arm", "measure", "perspective", "threshold"])
    base = base[base["measure"] == "overdose_death"].set_index("arm")["result_at_base"]
    told = table(central, "differences")
    told = told[(told["measure"] == "overdose_death") & (told["group"] == "all")].set_index("arm")["mean"]
    pd.testing.assert_series_equal(base.sort_index(), told.sort_index(), check_names=False)


@pytest.mark.slow
def test_top_takes_the_parameters_of_largest_correlation(hrsim, run, simulated):
    assert hrsim("analyse", str(run), "--top", "2", "--lucks", "1").code == 0
    ranks = table(run, "rank_correlation")
    largest = ranks.loc[ranks["rank_correlation"].abs().idxmax(), "evidence"]
    bars = table(run, "tornado")
    assert bars["evidence"].nunique() == 2 and largest in set(bars["evidence"])
    assert bars["mcse"].isna().all()  # one luck knows no error


@pytest.mark.slow
def test_two_way_is_a_grid_whose_corners_follow_both_parameters(hrsim, run, simulated):
    typed = (
        "analyse",
        str(run),
        "--two-way",
        "od.witnessed,cost.ambulance_ri",
        "--points",
        "3",
        "--lucks",
        "1",
    )
    assert hrsim(*typed).code == 0
    grid = table(run, "two_way")
    grid = grid[(grid["arm"] == "integrated") & (grid["measure"] == "overdose_death")]
    assert len(grid) == 9
    by_first = grid.groupby("first_value")["result"]
    assert (by_first.nunique() == 1).all() and by_first.first().is_monotonic_decreasing


def test_structures_stand_beside_the_base(hrsim, run, simulated):
    done = hrsim("analyse", str(run), "--structure", "study", "--structure", "no_hiv", "--lucks", "2")
    assert done.code == 0
    found = table(run, "structural").set_index(["structure", "arm", "measure", "perspective"]).sort_index()
    assert set(found.index.get_level_values("structure")) == {"base", "undiscounted", "no_hiv"}
    assert (found.loc[["base", "no_hiv"], "change"] == 0).all()  # the stand-in knows no HIV
    base, free = (
        found.loc[(name, "integrated", "qalys", ""), :].squeeze() for name in ("base", "undiscounted")
    )
    assert abs(free["result"]) > abs(base["result"])
    assert free["change"] == pytest.approx(free["result"] - base["result"])


def test_an_override_of_the_base_reaches_every_arm_that_it_concerns():
    study = load_study(DEMO).study
    assert in_every_arm(study, "processes.hiv=false") == [
        f"arms.{arm}.processes.hiv=false" for arm in study.arms
    ]
    with_it = [arm for arm in study.arms if "supervised_consumption" in study.arms[arm].services]
    assert len(with_it) > 0
    assert in_every_arm(study, "services.supervised_consumption.label=x") == [
        f"arms.{arm}.services.supervised_consumption.label=x" for arm in with_it
    ]
    assert in_every_arm(study, "analysis.seed=2") == ["analysis.seed=2"]
    assert in_every_arm(study, "parameters.od.witnessed=0.5") == ["parameters.od.witnessed=0.5"]
    assert scenarios(study)["with_distress"] == ("processes.distress=true",)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--group", "nobody"), 2, "got 'nobody'"),
        (("--group", "pair=od.witnessed,no.such"), 2, "no.such"),
        (("--one-way", "od.witnesed"), 3, "did you mean od.witnessed"),
        (("--two-way", "od.witnessed"), 2, "two ids"),
        (("--structure", "no_hvi"), 2, "no_hiv"),
    ],
)
def test_mistakes_are_named_before_anything_is_simulated_or_written(hrsim, run, simulated, words, code, said):
    before = bytes_of(run)
    done = hrsim("analyse", str(run), *words)
    assert done.code == code and said in done.err
    assert not simulated and bytes_of(run) == before


@pytest.mark.slow
def test_few_draws_and_none_are_told_of(hrsim, tmp_path, monkeypatch):
    few = stored_run(tmp_path / "few", monkeypatch, "analysis.draws=3")
    done = hrsim("analyse", str(few))
    assert done.code == 0 and "need 30 draws or more; this run has 3" in done.out
    assert not any((few / "tables" / f"{name}.csv").exists() for name in ("evppi", "rank_correlation"))
    for words in (("--top", "3"), ("--sobol", "2"), ("--group", "pair=od.witnessed,od.public_share")):
        assert hrsim("analyse", str(few), *words).code == 2
    central = stored_run(tmp_path / "central", monkeypatch, "analysis.uncertainty=central")
    done = hrsim("analyse", str(central))
    assert done.code == 0 and "nothing can be told of doubt" in done.out
    assert not (central / "tables" / "acceptability.csv").exists()
    assert hrsim("analyse", str(central), "--top", "3").code == 2
