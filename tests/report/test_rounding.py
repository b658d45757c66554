"""Totals and changes of one block agree as printed, to one decimal place, whatever the numbers."""

import re
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrsim.report.comparison import Headline, comparison
from hrsim.report.language import language
from hrsim.report.rounding import block_decimals

SIZES = st.floats(1e-6, 1e9, allow_nan=False)
STEPS = st.floats(-1.0, 1.0, allow_nan=False)
ERRORS = st.floats(1e-6, 1.0)
NUMBER = re.compile(r"−?[0-9][0-9,]*(?:\.[0-9]+)?")


def stated(mean, error, draws=50):
    return {
        "mean": mean,
        "low": mean - 2 * error,
        "high": mean + 2 * error,
        "mcse": error,
        "sd": error,
        "n_draws": draws,
    }


def made(base, steps, errors):
    """Make a headline of a comparator and other arms; steps are shares of the comparator's total."""
    totals = [{"arm": "now", "unit": "events", **stated(base, 0.1 * base)}]
    changes = []
    for number, (step, error) in enumerate(zip(steps, errors, strict=True)):
        arm = f"arm{number}"
        totals.append({"arm": arm, "unit": "events", **stated(base * (1 + step), 0.1 * base)})
        row = {"arm": arm, "comparator": "now", "unit": "events", **stated(base * step, error * base)}
        counts = {"draws_better": 50, "draws_same": 0, "draws_worse": 0}
        changes.append({**row, "per_cent": 100 * step, **counts})
    return Headline(
        "overdose_death", "Deaths", *(pd.DataFrame(rows).set_index("arm") for rows in (totals, changes))
    )


def numbers(text):
    return [Decimal(found.replace(",", "").replace("−", "-")) for found in NUMBER.findall(text)]


@given(SIZES, st.lists(st.tuples(STEPS, ERRORS), min_size=1, max_size=4))
def test_each_total_is_the_comparators_plus_the_change_as_printed(base, arms):
    headline = made(base, *zip(*arms, strict=True))
    comparator = numbers(headline.total("now"))[0]
    places = {comparator.as_tuple().exponent}
    for arm in headline.changes.index:
        total, change = (numbers(write(arm)) for write in (headline.total, headline.change))
        assert total[0] - comparator == change[0]
        assert all(low <= mean <= high for mean, low, high in (total, change))
        places |= {value.as_tuple().exponent for value in (*total, *change)}
    assert len(places) == 1


@given(SIZES, st.lists(st.tuples(STEPS, ERRORS), min_size=1, max_size=4))
def test_no_printed_number_is_a_unit_of_its_last_place_off(base, arms):
    headline = made(base, *zip(*arms, strict=True))
    unit = 10.0**-headline.decimals
    for arm in headline.changes.index:
        assert abs(float(numbers(headline.total(arm))[0]) - headline.totals.loc[arm, "mean"]) <= unit * 1.001
        assert (
            abs(float(numbers(headline.change(arm))[0]) - headline.changes.loc[arm, "mean"]) <= unit * 0.501
        )


def test_totals_show_the_change_that_is_printed_with_them():
    headline = made(1487.3, [-0.004], [0.0005])
    assert (headline.total("now"), headline.total("arm0"), headline.change("arm0")) == (
        "1,487.3 (1,189.8 to 1,784.8)", "1,481.4 (1,183.9 to 1,778.8)", "−5.9 (−7.4 to −4.5)",
    )  # fmt: skip


def test_the_most_precise_clear_change_sets_the_place_and_an_unclear_one_does_not():
    clear, unclear = stated(-6.0, 1.0), stated(0.002, 0.01)
    assert block_decimals([stated(1500.5, 60.0)], [clear, unclear]) == 0
    assert block_decimals([stated(1500.5, 60.0)], [stated(-60.0, 20.0), stated(0.5, 30.0)]) == -1
    assert block_decimals([stated(1500.5, 60.0)], [stated(-60.5, 20.0), stated(-6.0, 0.2)]) == 1


@pytest.mark.parametrize("tiny", [-0.000053, 5e-7])
def test_money_never_runs_to_a_string_of_noughts(tiny):
    assert block_decimals([stated(202.4, 9.0)], [stated(tiny, abs(tiny) / 50)]) <= 3


def test_a_share_is_in_per_cent_and_its_change_in_percentage_points(make_report):
    report = make_report()
    key = {
        "group": "all",
        "measure": "oat_retention_12_months",
        "unit": "share of starts",
        "discounted": False,
    }
    totals = [{"arm": arm, **key, **stated(mean, 0.002)} for arm, mean in {"now": 0.4, "more": 0.43}.items()]
    change = {"arm": "more", "comparator": "now", **key, **stated(0.03, 0.002), "per_cent": 7.5}
    counts = {"draws_better": 48, "draws_same": 0, "draws_worse": 2}
    tables = {
        **report.tables,
        "outcomes": pd.DataFrame(totals),
        "differences": pd.DataFrame([{**change, **counts}]),
        "costs": report.tables["costs"].iloc[:0],
    }
    heading, now, more = comparison(tables, {"now": "Now", "more": "More"})
    assert heading.label.endswith("% (changes in percentage points)")
    assert (now.total, more.total) == ("40.0 (39.6 to 40.4)", "43.0 (42.6 to 43.4)")
    assert (more.change, more.per_cent, more.better) == ("3.0 (2.6 to 3.4)", "", "48 / 0 / 2")
    in_french = comparison(tables, {"now": "Now", "more": "More"}, language("fr"))
    assert in_french[0].label.endswith("points de pourcentage)")
