"""The verb operations: what it prints, that it can be repeated, and how it refuses."""

import io
import json
from pathlib import Path

import pandas as pd
import pytest

from hrsim.study.parents import packaged_scenarios

STUDY = str(packaged_scenarios() / "site_operations.yaml")
QUICK = ("operations", STUDY, "--days", "3")


def results(shown) -> pd.DataFrame:
    assert shown.code == 0, shown.err
    return pd.read_csv(io.StringIO(shown.out))


def test_it_shows_waits_use_and_staff_by_hour_of_each_service(hrsim):
    shown = hrsim(*QUICK)
    assert shown.code == 0, shown.err
    for words in ("Supervised consumption site", "Low-threshold clinic", "Mobile unit", "One more member"):
        assert words in shown.out
    for words in (
        "Wait, 90th percentile",
        "Booths in use",
        "Walked away",
        "Turned away",
        "Staff at work, by hour",
    ):
        assert words in shown.out
    assert "PLACEHOLDERS" in shown.out
    assert " to " in shown.out  # intervals


def test_csv_and_json_hold_the_same_numbers(hrsim):
    table = results(hrsim(*QUICK, "--csv"))
    data = json.loads(hrsim(*QUICK, "--json").out)
    assert [row["mean"] for row in data["measures"]] == pytest.approx(list(table["mean"]), nan_ok=True)
    assert set(table["arm"]) == {"as_now", "more_staff", "smaller_site"}
    assert set(table["service"]) == {"supervised_consumption", "low_threshold_clinic", "mobile_unit"}
    assert hrsim(*QUICK, "--csv", "--json").code == 2


def test_the_same_command_gives_the_same_bytes_and_another_seed_does_not(hrsim):
    first, again = hrsim(*QUICK, "--csv").out, hrsim(*QUICK, "--csv").out
    assert first == again != hrsim(*QUICK, "--csv", "--seed", "7").out


WITHOUT_CLINIC = """hrsim: 1
title: Without the clinic
extends: site_operations.yaml
remove: [services.low_threshold_clinic, arms.more_staff.services.low_threshold_clinic]
"""


def test_another_service_or_arm_moves_no_number(hrsim, tmp_path):
    """Without the clinic, with another clinic, or for one arm alone, other lines stay as they are, byte for byte."""
    whole = hrsim(*QUICK, "--csv").out.splitlines()
    alone = hrsim(*QUICK, "--csv", "--arm", "more_staff").out.splitlines()
    assert alone[1:] == [line for line in whole if line.startswith("more_staff,")]
    (tmp_path / "fewer.yaml").write_text(WITHOUT_CLINIC)
    fewer = hrsim("operations", "fewer.yaml", "--days", "3", "--csv")
    assert fewer.code == 0, fewer.err
    assert fewer.out.splitlines() == [line for line in whole if "low_threshold_clinic" not in line]
    clinic = ("--set", "services.low_threshold_clinic.operations.staff=9")
    changed = hrsim(*QUICK, "--csv", *clinic).out.splitlines()
    assert [line for line in changed if "low_threshold_clinic" not in line] == fewer.out.splitlines()


def test_more_staff_lowers_the_wait_and_fewer_booths_raise_it(hrsim):
    table = results(hrsim("operations", STUDY, "--days", "10", "--csv"))
    wait = table[table["measure"] == "wait_mean"].set_index(["service", "arm"])["mean"]
    for service in ("supervised_consumption", "low_threshold_clinic", "mobile_unit"):
        assert wait[service, "more_staff"] < wait[service, "as_now"]
    assert wait["supervised_consumption", "smaller_site"] > wait["supervised_consumption", "as_now"]


def test_one_day_has_no_interval_and_says_so(hrsim):
    shown = hrsim("operations", STUDY, "--days", "1")
    assert shown.code == 0
    assert "ONE DAY" in shown.out
    table = results(hrsim("operations", STUDY, "--days", "1", "--csv"))
    assert table["low"].isna().all()


def test_an_arm_without_a_site_says_so(hrsim):
    none = ("--set", "arms.smaller_site.services.supervised_consumption.capacity.sites=0")
    shown = hrsim(*QUICK, *none)
    assert shown.code == 0, shown.err
    assert "Consumption site with 10 booths: no site" in shown.out
    table = results(hrsim(*QUICK, *none, "--csv"))
    assert "supervised_consumption" not in set(table[table["arm"] == "smaller_site"]["service"])


def test_it_refuses_in_words(hrsim):
    other = hrsim("operations", str(packaged_scenarios() / "demo.yaml"))
    assert other.code == 3
    assert "operations:" in other.err
    unknown = hrsim(*QUICK, "--arm", "more_stuff")
    assert unknown.code == 2
    assert "more_staff" in unknown.err
    assert hrsim("operations", STUDY, "--days", "0").code == 2


def test_a_number_that_no_site_has_is_refused_at_its_line(hrsim):
    refused = hrsim(*QUICK, "--set", "services.mobile_unit.operations.minutes_per_visit=0")
    assert refused.code == 3
    assert "mobile_unit" in refused.err
    assert "fix:" in refused.err
    assert "Traceback" not in refused.err


@pytest.mark.slow
def test_the_table_in_the_documentation_is_what_the_command_prints(hrsim):
    text = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    shown = hrsim("operations", STUDY, "--arm", "as_now")
    assert shown.code == 0
    assert shown.out.strip() in text
