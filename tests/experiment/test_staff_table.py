"""The table of staff: posts on average over fiscal years, by hand."""

import pytest

from hrsim.economics.fiscal import fiscal_years
from hrsim.evidence import central_parameters, load_register
from hrsim.experiment.staff_table import staff_table
from hrsim.study.load import load_study
from hrsim.study.parents import packaged_scenarios
from hrsim.units import TICKS_PER_YEAR


def test_posts_are_averaged_over_days_of_the_fiscal_year() -> None:
    """From 22 to 65 posts from 1 January 2028 on, in 365.25 days."""
    study = load_study(packaged_scenarios() / "burnout_spiral.yaml").study
    assert str(study.horizon.start) == "2026-01-01"
    comparator = study.analysis.comparator or ""
    years = fiscal_years(study.horizon.start, 4, 1, 5 * TICKS_PER_YEAR)
    table = staff_table(study, comparator, years, [central_parameters(load_register().values())])
    posts = table.query(
        "arm == 'repaired_by_hiring' and pool == 'clinicians' and measure == 'posts'"
    ).set_index("year")["mean"]
    rise, before, left = (
        (65 - 22) / 365.25,
        91,
        365.25 - 91,
    )  # a day; days of it before 1 April 2028 and after
    half_way = 22 + rise * before
    assert posts[2026] == 22
    assert posts[2027] == pytest.approx(22 + rise * before / 2 * before / 366)
    assert posts[2028] == pytest.approx(((half_way + 65) / 2 * left + 65 * (365 - left)) / 365)
    assert posts[2029] == 65
    against = table.query("arm == 'repaired_by_hiring' and measure == 'change'").set_index("year")["mean"]
    assert against[2026] == 22 - 65
    change = table.query("measure == 'change' and arm == @comparator")["mean"]
    assert (change == 0).all()
