"""Running: the run folder, its bytes, resuming, refusing; the engine is a stand-in, all else is real."""

import json
import re

import pandas as pd
import pytest

from hrsim.over_draws import COUNTS
from hrsim.study.parents import packaged_scenarios

DEMO = str(packaged_scenarios() / "demo.yaml")
SMALL = ("--draws", "3", "--set", "horizon.years=2")
TABLES = {
    *("outcomes", "outcomes_by_year", "differences", "costs", "cost_effectiveness", "cost_benefit"),
    *("services", "parameters", "sources", "assumptions", "convergence", "impact_inventory"),
}

pytestmark = pytest.mark.usefixtures("stand_in_engine")


def run_folder(tmp_path, out="runs"):
    (folder,) = (tmp_path / out).iterdir()
    return folder


def contents(folder):
    """Give every file's bytes but the manifest's, and the manifest without its timing."""
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    manifest = json.loads(files.pop("manifest.json"))
    manifest.pop("timing", None)
    return files, manifest


def test_a_run_leaves_what_is_promised(hrsim, tmp_path, written_pages):
    done = hrsim("run", DEMO, *SMALL)
    assert done.code == 0, done.err
    folder = run_folder(tmp_path)
    assert folder.name.startswith("demo-")
    assert {path.stem for path in folder.glob("tables/*.csv")} >= TABLES
    for name in ("README.txt", "summary.txt", "summary.json", "manifest.json"):
        assert (folder / name).stat().st_size > 0
    for name in ("study.yaml", "resolved.yaml", "provenance.csv"):
        assert (folder / "inputs" / name).stat().st_size > 0
    assert len(list(folder.glob("draws/draw_*.parquet"))) == 3
    assert (folder / "report.html").stat().st_size > 0
    drawn, data = (sorted(path.stem for path in folder.glob(f"figures/*.{kind}")) for kind in ("svg", "csv"))
    assert drawn == data
    assert {"changes", "plane", "over_time_overdose_death"} <= set(drawn)
    assert "hrsim analyse runs/demo-" in done.out
    assert "UNCALIBRATED" in done.out


def test_the_same_study_gives_the_same_bytes_whatever_the_threads(hrsim, tmp_path, written_pages):
    hrsim("run", DEMO, *SMALL, "--out", "one", "--threads", "1")
    hrsim("run", DEMO, *SMALL, "--out", "two", "--threads", "3")
    assert contents(run_folder(tmp_path, "one")) == contents(run_folder(tmp_path, "two"))


def test_nothing_in_a_run_folder_names_this_machine(hrsim, tmp_path, written_pages):
    hrsim("run", DEMO, *SMALL)
    files, manifest = contents(run_folder(tmp_path))
    home = str(packaged_scenarios().parent)
    for name, data in files.items():
        assert home.encode() not in data, name
        assert str(tmp_path).encode() not in data, name
    assert home not in json.dumps(manifest)


def test_pages_are_written_in_the_languages_asked_for(hrsim, tmp_path, written_pages):
    done = hrsim("run", DEMO, *SMALL, "--lang", "fr,en")
    assert done.code == 0, done.err
    folder = run_folder(tmp_path)
    assert '<html lang="fr">' in (folder / "report.html").read_text()
    assert '<html lang="en">' in (folder / "report.en.html").read_text()
    assert "report.html  report.docx  report.en.html  workbook.xlsx" in done.out


def test_a_language_without_reports_is_refused_before_anything_is_done(hrsim, tmp_path):
    refused = hrsim("run", DEMO, *SMALL, "--lang", "en,de")
    assert refused.code == 2
    assert "'de'" in refused.err
    assert list(tmp_path.iterdir()) == []


def test_pages_without_their_libraries_are_refused_with_the_line_that_installs_them(hrsim, monkeypatch):
    monkeypatch.setattr("hrsim.report.figures.drawing.find_spec", lambda name: None)
    refused = hrsim("run", DEMO, *SMALL, "--lang", "en,fr")
    assert refused.code == 7
    assert 'pip install "hrsim[report]"' in refused.err


def test_another_seed_is_another_run_with_other_numbers(hrsim, tmp_path):
    hrsim("run", DEMO, *SMALL, "--seed", "1")
    hrsim("run", DEMO, *SMALL, "--seed", "2")
    first, second = sorted((tmp_path / "runs").iterdir())
    assert (first / "tables/outcomes.csv").read_bytes() != (second / "tables/outcomes.csv").read_bytes()


def test_an_existing_run_is_only_replaced_by_force(hrsim, tmp_path):
    hrsim("run", DEMO, *SMALL)
    (run_folder(tmp_path) / "summary.txt").write_text("my notes")
    refused = hrsim("run", DEMO, *SMALL)
    assert refused.code == 2
    assert "--force" in refused.err
    assert (run_folder(tmp_path) / "summary.txt").read_text() == "my notes"
    assert hrsim("run", DEMO, *SMALL, "--force").code == 0
    assert (run_folder(tmp_path) / "summary.txt").read_text() != "my notes"


def test_an_interrupted_run_is_partial_and_resumes_to_the_same_bytes(
    hrsim, tmp_path, monkeypatch, interrupting_engine
):
    hrsim("run", DEMO, *SMALL, "--out", "whole")
    whole = run_folder(tmp_path, "whole")
    with monkeypatch.context() as patch:
        patch.setattr("hrsim.experiment.run.simulate", interrupting_engine(1))
        stopped = hrsim("run", DEMO, *SMALL, "--threads", "1")
    assert stopped.code == 130
    assert "--resume" in stopped.err
    partial = run_folder(tmp_path)
    assert json.loads((partial / "manifest.json").read_text())["status"] == "partial"
    assert "PARTIAL" in (partial / "README.txt").read_text()
    assert not (partial / "summary.txt").exists()
    assert hrsim("compare", str(partial)).code == 8
    assert hrsim("run", DEMO, *SMALL, "--resume").code == 0
    assert contents(partial) == contents(whole)


def test_an_invalid_study_is_3_and_writes_nothing(hrsim, tmp_path):
    refused = hrsim("run", DEMO, "--draws", "0", "--set", "horizon.yeers=2")
    assert refused.code == 3
    assert "horizon.yeers" in refused.err
    assert "analysis.draws" in refused.err
    assert list(tmp_path.iterdir()) == []


def test_strict_is_4_while_uncalibrated(hrsim):
    assert hrsim("run", DEMO, *SMALL, "--strict").code == 4


def test_resume_and_force_exclude_each_other(hrsim):
    assert hrsim("run", DEMO, "--resume", "--force").code == 2


def test_demo_runs_twice_and_keeps_both(hrsim, tmp_path):
    assert hrsim("demo", *SMALL[2:]).code == 0
    assert hrsim("demo", *SMALL[2:]).code == 0
    first, second = sorted((tmp_path / "runs").iterdir())
    assert second.name == f"{first.name}-2"


def test_differences_are_the_arms_less_the_comparator(hrsim, tmp_path):
    hrsim("run", DEMO, *SMALL)
    tables = run_folder(tmp_path) / "tables"
    outcomes, differences = (pd.read_csv(tables / f"{name}.csv") for name in ("outcomes", "differences"))
    counted = outcomes[~outcomes["discounted"]].set_index(["arm", "measure"])["mean"]
    chosen = differences[
        ~differences["discounted"] & differences["measure"].isin(["overdose_death", "life_years"])
    ]
    assert len(chosen) == 2 * 4
    for row in chosen.itertuples():
        expected = counted[row.arm, row.measure] - counted["status_quo", row.measure]
        assert row.mean == pytest.approx(expected)


def test_no_key_of_a_table_appears_twice(hrsim, tmp_path):
    hrsim("run", DEMO, *SMALL)
    statistics = {"mean", "sd", "mcse", "low", "high", "n_draws", "per_cent", *COUNTS}
    for name in ("outcomes", "outcomes_by_year", "differences", "costs", "services"):
        table = pd.read_csv(run_folder(tmp_path) / "tables" / f"{name}.csv")
        keys = [column for column in table.columns if column not in statistics]
        assert not table.duplicated(keys).any(), name


def test_the_manifest_hashes_every_file(hrsim, tmp_path):
    hrsim("run", DEMO, *SMALL)
    files, manifest = contents(run_folder(tmp_path))
    assert set(manifest["files"]) == set(files)
    assert manifest["status"] == "complete"
    assert {"python", "numpy", "numba", "hrsim"} <= set(manifest["versions"])


def test_compare_sets_runs_side_by_side(hrsim, tmp_path):
    hrsim("run", DEMO, *SMALL, "--seed", "1")
    hrsim("run", DEMO, *SMALL, "--seed", "2")
    runs = [str(path) for path in sorted((tmp_path / "runs").iterdir())]
    shown = hrsim("compare", *runs, "--base", "status_quo", "--threshold", "50000")
    assert shown.code == 0, shown.err
    assert all(f"{run.split('/')[-1]}:naloxone_x3" in shown.out for run in runs)
    assert "Net monetary benefit at 50,000" in shown.out
    assert shown.out.count("! UNCALIBRATED, PLACEHOLDERS") == 2
    assert hrsim("compare", *runs, "--base", "nobody").code == 2
    assert hrsim("compare", *runs, "--perspective", "nobody").code == 2
    assert hrsim("compare", str(tmp_path)).code == 2


def test_compare_keeps_what_a_run_found_draw_by_draw(hrsim, tmp_path):
    """Within one run arms share draws and luck: the change stands as in its summary, not as a difference of means."""
    hrsim("run", DEMO, *SMALL)
    (run,) = (tmp_path / "runs").iterdir()
    shown = hrsim("compare", str(run)).out
    block = (run / "summary.txt").read_text().split("Overdose deaths\n")[1].splitlines()[1]
    change = re.split(r"  +", block.strip())[2]
    line = next(line for line in shown.split("Overdose deaths\n")[1].splitlines() if ":naloxone_x3" in line)
    assert change.endswith(")") and line.endswith(change)


def test_a_run_without_the_libraries_of_pages_says_so_everywhere(hrsim, tmp_path, monkeypatch):
    """The pages were left out without a word."""
    monkeypatch.setattr("hrsim.report.figures.drawing.find_spec", lambda name: None)
    done = hrsim("run", DEMO, *SMALL)
    assert done.code == 0, done.err
    folder = run_folder(tmp_path)
    assert not list(folder.glob("figures/*.svg"))
    assert not list(folder.glob("report*"))
    notices = json.loads((folder / "manifest.json").read_text())["notices"]
    (notice,) = [words for words in notices if "hrsim[report]" in words]
    assert json.loads((folder / "summary.json").read_text())["notices"] == notices
    for text in ((folder / "summary.txt").read_text(), done.out):
        assert notice in " ".join(text.split())


def test_the_limits_of_a_run_stand_in_every_output(hrsim, tmp_path):
    done = hrsim("run", DEMO, *SMALL)
    folder = run_folder(tmp_path)
    banners = json.loads((folder / "summary.json").read_text())["banners"]
    assert [banner.split(":")[0] for banner in banners][:2] == ["UNCALIBRATED", "PLACEHOLDERS"]
    texts = [
        folder / name for name in ("summary.txt", "README.txt", "tables/README.txt", "figures/README.txt")
    ]
    for text in (done.out, *(path.read_text() for path in texts)):
        assert all(f"! {banner}" in " ".join(text.split()) for banner in banners)


def test_point_values_are_a_limit(hrsim):
    done = hrsim("run", DEMO, *SMALL, "--set", "analysis.uncertainty=central", "--replicates", "2")
    assert "! POINT VALUES" in done.out
    assert "ONE SAMPLE" not in done.out


def test_a_study_that_was_fitted_is_not_called_uncalibrated(hrsim):
    done = hrsim("run", DEMO, *SMALL, "--set", "calibrated=true")
    assert "UNCALIBRATED" not in done.out
