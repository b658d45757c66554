"""`hrsim cohort`: the table of arms, JSON, who is where, and refusals."""

import csv
import io
import json

from hrsim.study.parents import packaged_scenarios

FOLDER = packaged_scenarios() / "published"
HIV = str(FOLDER / "chancellor.cohort.yaml")


def test_the_table_shows_cost_effect_and_ratio_of_each_arm(hrsim):
    shown = hrsim("cohort", HIV)
    assert shown.code == 0
    row = next(line for line in shown.out.splitlines() if line.startswith("Zidovudine and"))
    assert row.split()[3:] == [
        "50,601.65",
        "8.937389",
        "5,938.20",
        "0.946182",
        "6,275.96",
        "on",
        "the",
        "frontier",
    ]
    assert "not the simulator" not in shown.err
    assert "no luck" in shown.out


def test_given_results_have_no_life_years_and_no_comparator(hrsim):
    shown = hrsim("cohort", str(FOLDER / "c_difficile.results.yaml"))
    assert shown.code == 0
    assert "Life-years" not in shown.out
    assert "dominated by a mix" in shown.out


def test_json_is_at_full_precision_and_values_can_be_set(hrsim):
    found = json.loads(hrsim("cohort", HIV, "--json", "--set", "cycles.counted=mean_of_cycle").out)
    assert abs(found["arms"]["monotherapy"]["effect"] - 8.475325) < 5e-7
    assert found["arms"]["combination"]["against"] == "monotherapy"


def test_csv_has_everybody_in_every_cycle(hrsim):
    lines = list(csv.DictReader(io.StringIO(hrsim("cohort", HIV, "--csv").out)))
    assert len(lines) == 2 * 21 * 4
    last = [float(line["people"]) for line in lines if (line["arm"], line["cycle"]) == ("combination", "20")]
    assert abs(sum(last) - 1.0) < 1e-12


def test_refusals(hrsim):
    assert hrsim("cohort", HIV, "--csv", "--json").code == 2
    wrong = hrsim("cohort", HIV, "--set", "comparator=nobody")
    assert wrong.code == 3
    assert "COHORT_NAME" in wrong.err
    assert hrsim("cohort", "absent.yaml").code == 3
