"""Repricing: the report of other prices comes from the stored draws, and is that of a fresh run to the byte."""

import json
import re

import pytest

from hrsim.economics.currency import CurrencyYear, load_conversions
from hrsim.evidence import load_register

STUDY = """
hrsim: 1
title: Kits and places
extends: settings/british_columbia.yaml
horizon: {start: 2026-01-01, years: 2}
arms:
  now: {}
  kits: {services: {take_home_naloxone: {capacity: {kits_per_year: 9000}}}}
  both: {extends: [kits], services: {oat_methadone: {capacity: {places: +100}}}}
analysis: {comparator: now, draws: 2}
"""
OTHER_PRICES = (
    *("prices.emergency_visit=500", "prices.cost.amb_can=900", "parameters.ut.out_can=0.5"),
    *("analysis.discount.costs=0.05", "analysis.thresholds=[20000]", "analysis.price_year=2020"),
)
KIT_PRICE = (
    "services.take_home_naloxone.costs=[{per: kit, price: 40, currency: CAD, price_year: 2024, payer: city, "
    "sector: health, category: programme}]"
)
SERVICE_PRICE = (f"arms.kits.{KIT_PRICE}", f"arms.both.{KIT_PRICE}")


def with_set(overrides):
    return [word for override in overrides for word in ("--set", override)]


def tables_of(folder):
    return {path.name: path.read_bytes() for path in sorted((folder / "tables").iterdir())}


def whole(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def study(tmp_path):
    (tmp_path / "towns.yaml").write_text(STUDY)


@pytest.fixture
def run(hrsim, tmp_path, study, stand_in_engine):
    done = hrsim("run", "towns.yaml")
    assert done.code == 0, done.err
    (path,) = (tmp_path / "runs").iterdir()
    return path


@pytest.fixture
def no_engine(monkeypatch):
    """Let nothing be compiled or simulated from here on."""

    def fail(*_):
        raise AssertionError("simulated")

    monkeypatch.setattr("hrsim.cli.running.prepare", fail)
    monkeypatch.setattr("hrsim.experiment.run.simulate", fail)


@pytest.mark.parametrize("overrides", [OTHER_PRICES, SERVICE_PRICE])
def test_repriced_tables_are_those_of_a_fresh_run_to_the_byte(hrsim, tmp_path, run, overrides):
    priced = hrsim("report", str(run), *with_set(overrides))
    assert priced.code == 0, priced.err
    fresh = hrsim("run", "towns.yaml", *with_set(overrides), "--out", "fresh")
    assert fresh.code == 0, fresh.err
    (fresh_folder,) = (tmp_path / "fresh").iterdir()
    (priced_folder,) = (path for path in (tmp_path / "runs").iterdir() if path != run)
    assert tables_of(priced_folder) == tables_of(fresh_folder)
    assert tables_of(priced_folder) != tables_of(run)
    said = re.compile(rb"Repriced from .*?simulated\s+again\.\n", re.DOTALL)
    summary, removed = said.subn(b"", (priced_folder / "summary.txt").read_bytes())
    assert removed == 1
    assert summary == (fresh_folder / "summary.txt").read_bytes()


def test_a_repriced_folder_says_where_its_draws_are_and_can_be_compared(hrsim, tmp_path, run, no_engine):
    before = whole(run)
    assert hrsim("report", str(run), "--set", "analysis.thresholds=[20000]", "--out", "priced").code == 0
    (folder,) = (tmp_path / "priced").iterdir()
    assert folder.name.startswith(f"{run.name}-priced-")
    manifest = json.loads((folder / "manifest.json").read_text())
    original = json.loads((run / "manifest.json").read_text())
    assert manifest["priced_from"] == {
        "run": run.name, "content_hash": original["content_hash"], "set": ["analysis.thresholds=[20000]"],
    }  # fmt: skip
    assert manifest["status"] == "complete"
    assert whole(run) == before
    assert hrsim("compare", str(run), str(folder)).code == 0
    refused = hrsim("report", str(folder))
    assert refused.code == 2
    assert run.name in refused.err


def test_without_set_a_damaged_report_is_rebuilt_in_place(hrsim, run, no_engine):
    before = whole(run)
    (run / "tables" / "costs.csv").write_text("spoilt")
    (run / "summary.txt").unlink()
    done = hrsim("report", str(run))
    assert done.code == 0, done.err
    assert whole(run) == before


def test_what_the_simulation_reads_is_refused_by_its_path(hrsim, tmp_path, run):
    refused = {
        "horizon.years=3": "horizon.years",
        "analysis.draws=5": "analysis.draws",
        "arms.kits.services.take_home_naloxone.capacity.kits_per_year=5": "kits_per_year",
        "parameters.od.witnessed=0.5": "parameters.od.witnessed",
        f"arms.kits.{KIT_PRICE}": "arms.both.services.take_home_naloxone.costs",
        "services.take_home_naloxone.costs=[]": "arms.now.services.take_home_naloxone.costs",
    }
    for override, words in refused.items():
        done = hrsim("report", str(run), "--set", override)
        assert done.code == 3, override
        assert "SIMULATED" in done.err
        assert words in done.err
    assert [path for path in (tmp_path / "runs").iterdir() if path != run] == []


def test_with_budgets_prices_are_part_of_what_was_simulated(hrsim, tmp_path, study, stand_in_engine):
    budget = 'budgets={harm: {per_fiscal_year: 1000000, fiscal_year_starts: "04-01", services: [take_home_naloxone]}}'
    assert hrsim("run", "towns.yaml", "--set", budget).code == 0
    (folder,) = (tmp_path / "runs").iterdir()
    for override in (
        f"arms.both.{KIT_PRICE}",
        "analysis.price_year=2020",
        "prices.cost.met_month_can=600",
    ):
        done = hrsim("report", str(folder), "--set", override)
        assert (done.code, "SIMULATED" in done.err) == (3, True), override
    assert hrsim("report", str(folder), "--set", "prices.cost.amb_can=900").code == 0


@pytest.mark.parametrize(("own", "code"), [("", 3), ('fiscal_year_starts: "04-01", ', 0)])
def test_the_first_day_of_a_budget_is_simulated_where_it_is_that_of_the_analysis(
    own, code, hrsim, tmp_path, study, stand_in_engine
):
    budget = f"budgets={{harm: {{per_fiscal_year: 1000000, {own}services: [take_home_naloxone]}}}}"
    assert hrsim("run", "towns.yaml", "--set", budget).code == 0
    (folder,) = (tmp_path / "runs").iterdir()
    done = hrsim("report", str(folder), "--set", "analysis.fiscal_year_starts=07-01")
    assert (done.code, "SIMULATED" in done.err) == (code, code == 3)


def test_folders_that_cannot_be_priced_are_named(hrsim, tmp_path, run):
    (tmp_path / "empty").mkdir()
    for folder in ("empty", "nowhere"):
        done = hrsim("report", folder)
        assert (done.code, "not a run folder" in done.err) == (2, True)
    next((run / "draws").glob("draw_*.parquet")).unlink()
    assert hrsim("report", str(run)).code == 8
    manifest = json.loads((run / "manifest.json").read_text())
    (run / "manifest.json").write_text(json.dumps({**manifest, "status": "partial"}))
    assert hrsim("report", str(run)).code == 8
    assert hrsim("report", str(run), "--out", "elsewhere").code == 2


@pytest.mark.slow
def test_a_real_run_repriced_is_that_of_a_fresh_one(hrsim, tmp_path, study):
    """The engine itself, with groups, survivors and a distributional analysis beside it."""
    small = (
        *("population.size=400", "horizon.years=1", "analysis.draws=2", "population.groups={sex: derived}"),
        "analysis.distributional={threshold: 40000}",
    )
    prices = (
        *(
            "analysis.beyond_horizon=false",
            "analysis.reference_case=canada_2017",
            "parameters.ut.met_can=0.7",
        ),
        *("analysis.fiscal_year_starts=07-01", "analysis.perspectives=[ministry_of_health, societal]"),
        *(
            "prices.cost.od_hosp_can={price: 9000, currency: USD, price_year: 2020}",
            "analysis.distributional.threshold=60000",
        ),
        "prices.ambulance={value: 700, low: 500, high: 900}",
    )
    assert hrsim("run", "towns.yaml", *with_set(small)).code == 0
    (run,) = (tmp_path / "runs").iterdir()
    priced = hrsim("report", str(run), *with_set(prices), "--out", "priced")
    assert priced.code == 0, priced.err
    fresh = hrsim("run", "towns.yaml", *with_set((*small, *prices)), "--out", "fresh")
    assert fresh.code == 0, fresh.err
    (priced_folder,), (fresh_folder,) = (list((tmp_path / name).iterdir()) for name in ("priced", "fresh"))
    assert tables_of(priced_folder) == tables_of(fresh_folder)
    assert {"horizon.csv", "distributional.csv"} <= set(tables_of(fresh_folder))


def test_a_run_whose_tables_this_hrsim_would_make_otherwise_is_left_as_it_is(hrsim, run, no_engine):
    path = run / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["files"]["tables/costs.csv"] = "0" * 64
    path.write_text(json.dumps(manifest))
    (run / "summary.txt").write_text("mine")
    done = hrsim("report", str(run))
    assert (done.code, "tables/costs.csv" in done.err) == (2, True)
    assert (run / "summary.txt").read_text() == "mine"


def test_a_repriced_report_says_so_under_its_title_with_before_and_after(hrsim, tmp_path, run):
    was = load_register()["cost.amb_can"]
    assert (
        hrsim("report", str(run), *with_set(["prices.cost.amb_can=900", "analysis.discount.costs=0.05"])).code
        == 0
    )
    (priced,) = (path for path in (tmp_path / "runs").iterdir() if "priced" in path.name)
    _, _, *below = (priced / "summary.txt").read_text(encoding="utf-8").splitlines()
    said = " ".join(below[:3])
    assert f"Repriced from the draws of {run.name}" in said
    assert f"prices.cost.amb_can was {was.value:g} " in said and "and is 900 " in said
    assert "analysis.discount.costs was 0.015 and is 0.05" in " ".join(said.split())
    assert "Repriced" not in (run / "summary.txt").read_text(encoding="utf-8")


def test_each_path_that_changes_the_simulation_is_refused_once(hrsim, run):
    for overrides in (["population.size=5000"], ["population.size=5000", "horizon.years=1"]):
        refused = hrsim("report", str(run), *with_set([*overrides, "prices.cost.amb_can=900"]))
        assert refused.code == 3
        assert re.findall(r"    at  (.*)", refused.err) == [path.partition("=")[0] for path in overrides]


@pytest.mark.parametrize("path", ["prices.ambulance", "prices.cost.amb_can"])
def test_a_price_that_was_set_is_said_in_its_money_before_and_after(hrsim, tmp_path, run, path):
    was = load_register()["cost.amb_can"]
    assert hrsim("report", str(run), "--set", f"{path}=900").code == 0
    (priced,) = (folder for folder in (tmp_path / "runs").iterdir() if "priced" in folder.name)
    said = " ".join((priced / "summary.txt").read_text(encoding="utf-8").split())
    then, now = CurrencyYear(was.currency, was.price_year), CurrencyYear("CAD", 2024)
    converted = f"{was.value * load_conversions().factor(then, now):.2f} CAD of 2024"
    assert (
        f"{path} was {was.value:g} {was.unit} (CAD of {was.price_year}; {converted}) and is 900 CAD" in said
    )
    assert re.search(r"and is 900 CAD[a-z ]* \(CAD of 2024\)\.", said)
