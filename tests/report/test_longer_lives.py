"""More of a harm in an arm that saves lives is explained only where each year lived has no more of it."""

import pandas as pd
import pytest

from hrsim.report.comparison import comparison, headlines
from hrsim.report.language import language
from hrsim.report.longer_lives import longer_lives

LABELS = {"now": "Now", "more": "More"}
KEY = {"group": "all", "discounted": False, "unit": "events", "n_draws": 50}


def tables(visits, years, mcse=1.0):
    """Give totals and changes of visits and life-years of two arms; each argument holds both arms' totals."""
    totals, changes = [], []
    for measure, pair in {"admission_all": visits, "life_years": years}.items():
        totals += [
            {**KEY, "arm": arm, "measure": measure, "mean": mean}
            for arm, mean in zip(LABELS, pair, strict=True)
        ]
        known = {"comparator": "now", "measure": measure, "mean": pair[1] - pair[0], "mcse": mcse}
        changes.append({**KEY, "arm": "more", **known})
    return {"outcomes": pd.DataFrame(totals), "differences": pd.DataFrame(changes)}


@pytest.mark.parametrize(
    ("visits", "years", "mcse", "said"),
    [
        ((1000.0, 1050.0), (10_000.0, 10_600.0), 1.0, True),  # 0.1000 a year becomes 0.0991
        ((1000.0, 1060.0), (10_000.0, 10_600.0), 1.0, True),  # the same for each year lived
        ((1000.0, 1130.0), (10_000.0, 10_600.0), 1.0, False),  # 60 of 130: less than half
        ((1000.0, 950.0), (10_000.0, 10_600.0), 1.0, False),  # fewer
        ((1000.0, 1050.0), (10_000.0, 9_900.0), 1.0, False),  # fewer years lived
        ((1000.0, 1050.0), (10_000.0, 10_600.0), 30.0, False),  # another seed might say otherwise
    ],
)
def test_years_lived_explain_a_rise_only_where_the_rate_does_not_rise(visits, years, mcse, said):
    found = list(longer_lives(tables(visits, years, mcse), LABELS))
    assert len(found) == said
    for notice in found:
        assert notice.words() == (
            "Hospital admissions: more in More, because people live longer. For each year lived there are no more than "
            "in the comparator."
        )
        assert notice.words(language("fr")).startswith("Hospitalisations")


def test_a_rise_that_years_explain_in_most_part_is_said_to_be_so():
    """600 added years at 0.1 a year bring 60 of a rise of 70."""
    (notice,) = longer_lives(tables((1000.0, 1070.0), (10_000.0, 10_600.0)), LABELS)
    assert notice.words().startswith("Hospital admissions: more in More, mostly because people live longer.")
    assert "surtout" in notice.words(language("fr"))


@pytest.mark.parametrize(
    ("visits", "code"),
    [(950.0, "shorter_lives"), (900.0, "mostly_shorter_lives"), (800.0, None), (1010.0, None)],
)
def test_a_fall_that_lost_years_explain_is_no_gain(visits, code):
    """600 lost years at 0.1 a year take 60 away: all of a fall of 50, most of one of 100, not half of one of 200."""
    found = list(longer_lives(tables((1000.0, visits), (10_000.0, 9_400.0)), LABELS))
    assert [notice.code for notice in found] == ([code] if code else [])
    assert all("die earlier" in notice.words() for notice in found)


def test_one_arm_has_nothing_to_explain():
    assert list(longer_lives({**tables((1.0, 2.0), (1.0, 2.0)), "differences": pd.DataFrame()}, LABELS)) == []


def test_a_total_is_split_below_it_where_two_causes_occurred(make_report):
    report = make_report()

    def shown(levels):
        rows = [
            {**KEY, "arm": arm, "measure": measure, "mean": mean, "low": mean, "high": mean, "mcse": 1.0}
            for measure, mean in levels.items() for arm in LABELS
        ]  # fmt: skip
        found = {
            "outcomes": pd.DataFrame(rows),
            "differences": pd.DataFrame(),
            "costs": report.tables["costs"].iloc[:0],
        }
        assert comparison(found, LABELS)
        return [headline.measure for headline in headlines(found)]

    both = {
        "admission_all": 30.0,
        "overdose_admission": 10.0,
        "endocarditis_admission": 20.0,
        "admission": 0.0,
    }
    assert shown(both) == ["admission_all", "overdose_admission", "endocarditis_admission"]
    alone = {"admission_all": 30.0, "overdose_admission": 30.0, "admission": 0.0}
    assert shown(alone) == ["admission_all"]
