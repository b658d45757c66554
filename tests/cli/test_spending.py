"""What each service of a run costs, by fiscal year, on the screen."""

import csv
from pathlib import Path

import pytest

STUDY = """\
hrsim: 1
title: Two services
extends: settings/blank.yaml
horizon: {start: 2026-01-01, years: 2}
population: {size: 100}
services:
  talks:
    label: Talks
    reach: 1
    costs:
      - {per: contact, price: 1000, currency: CAD, price_year: 2024, payer: p, sector: health, category: c}
  free: {label: Free, reach: 1}
arms:
  now: {}
  cut: {budgets: {less: {of: now, share: 0.5}}}
analysis: {comparator: now, draws: 2, seed: 3}
"""


@pytest.fixture
def run(hrsim, tmp_path: Path) -> Path:
    (tmp_path / "two.yaml").write_text(STUDY)
    assert hrsim("run", "two.yaml").code == 0
    return next((tmp_path / "runs").iterdir())


def test_spending_is_a_table_of_the_run_and_a_screen(hrsim, run: Path) -> None:
    with (run / "tables" / "spending_by_service.csv").open(encoding="utf-8") as file:
        rows = [
            row for row in csv.DictReader(file) if row["measure"] == "spending" and row["service"] == "talks"
        ]
    spent = {arm: [float(row["mean"]) for row in rows if row["arm"] == arm] for arm in ("now", "cut")}
    assert sum(spent["now"]) > 0
    assert (
        sum(spent["cut"]) <= 0.5 * sum(spent["now"]) + 1
    )  # a quarter across a fiscal year's end is split by days
    shown = hrsim("services", "--run", str(run))
    assert shown.code == 0
    firsts = [line.split()[0] for line in shown.out.splitlines()[3:]]
    assert firsts == ["now", "talks", "all", "cut", "talks", "all"]
    assert "free" not in shown.out


def test_one_service_of_a_run_and_an_unknown_one(hrsim, run: Path) -> None:
    assert hrsim("services", "talks", "--run", str(run)).out.count("talks") == 2
    refused = hrsim("services", "tals", "--run", str(run))
    assert refused.code == 3 and "did you mean 'talks'" in refused.err


def test_a_run_with_a_budget_of_another_arm_verifies_and_resumes(hrsim, run: Path) -> None:
    assert hrsim("verify", str(run), "--full").code == 0


def test_the_page_shows_what_services_cost(hrsim, written_pages, run: Path) -> None:
    assert "Spending on each service by fiscal year" in (run / "report.html").read_text(encoding="utf-8")
