"""What limits the use of a run, and only what does."""

import pandas as pd
import pytest

from hrsim.report.fitness import Basis, largest_error_share, limits
from hrsim.report.language import language
from hrsim.report.texts import beside_text, readme_text

SOUND = Basis(calibrated=True, placeholders=(), numbers=200, samples=100, point_values=False)


def tables(mcse=1.0, mean=-100.0, draws=100):
    """Give the tables of a run with one headline: overdose deaths of two arms."""
    key = {"group": "all", "measure": "overdose_death", "discounted": False}
    total = {**key, "mean": 500.0, "low": 400.0, "high": 600.0, "mcse": 5.0}
    known = {"low": mean - 2 * mcse, "high": mean + 2 * mcse, "mcse": mcse, "n_draws": draws}
    change = {**key, "arm": "more", "comparator": "now", "mean": mean, **known}
    return {
        "outcomes": pd.DataFrame([{**total, "arm": "now"}, {**total, "arm": "more", "mean": 500.0 + mean}]),
        "differences": pd.DataFrame([change]),
        "costs": pd.DataFrame({"perspective": []}),
    }


def codes(basis, found):
    return [limit.code for limit in limits(basis, found)]


def test_a_sound_run_has_no_limits():
    assert codes(SOUND, tables()) == []


@pytest.mark.parametrize(
    ("basis", "code"),
    [
        ({"calibrated": False}, "uncalibrated"),
        ({"placeholders": ("exp.a",)}, "placeholders"),
        ({"samples": 1}, "one_sample"),
        ({"point_values": True}, "point_values"),
        ({"curves": ("supervised_consumption",)}, "site_curves"),
        ({"faults": ("too few numbers inside",)}, "posterior_faults"),
        ({"warnings": ("deaths of 2024 missed",)}, "posterior_warnings"),
    ],
)
def test_each_fault_alone_is_named(basis, code):
    (limit,) = limits(Basis(**{**vars(SOUND), **basis}), tables())
    assert limit.code == code
    assert "{" not in limit.words()


def test_the_monte_carlo_error_is_held_against_the_change():
    """The declared share is the last that passes; a change of nothing with no error passes too."""
    at = largest_error_share() * 100.0 / 1.98422  # Student's t of 99 degrees of freedom
    assert codes(SOUND, tables(mcse=at * 0.999)) == []
    assert codes(SOUND, tables(mcse=at * 1.01)) == ["monte_carlo_error"]
    assert codes(SOUND, tables(mcse=0.0, mean=0.0)) == []
    assert codes(SOUND, tables(mcse=0.01, mean=0.0)) == ["monte_carlo_error"]
    (limit,) = limits(SOUND, tables(mcse=50.0))
    assert (
        "20% of the change to either side for 1 of the 1 changes on which the decision rests (Overdose deaths)"
        in limit.words()
    )


def test_few_draws_are_held_to_students_t():
    """An error of 8 % of the change passes with 100 draws and not with 5: 2.776 x 8 % > 20 %."""
    assert codes(SOUND, tables(mcse=8.0)) == []
    assert codes(SOUND, tables(mcse=8.0, draws=5)) == ["monte_carlo_error"]


@pytest.mark.parametrize(("tied", "expected"), [(False, []), (True, ["monte_carlo_error"])])
def test_an_arm_that_cannot_be_the_best_does_not_matter_to_the_decision(tied, expected):
    """Its error of 30 % is left alone where another arm is better by far more than the error of their distance."""
    key = {
        "comparator": "now",
        "perspective": "societal",
        "threshold": 1.0,
        "measure": "net_monetary_benefit",
    }
    rows = [
        {"arm": "now", "tied": True, "difference_mean": 0.0, "difference_mcse": 0.0},
        {"arm": "more", "tied": tied, "difference_mean": -1e6, "difference_mcse": 20.0},
    ]
    net = pd.DataFrame([{**key, **row, "n_draws": 100} for row in rows])
    assert codes(SOUND, {**tables(mcse=30.0), "net_benefit": net}) == expected


def test_outcomes_that_decide_nothing_are_not_counted():
    found = tables(mcse=50.0)
    renamed = {name: found[name].assign(measure="emergency_visit") for name in ("outcomes", "differences")}
    assert codes(SOUND, {**found, **renamed}) == []


def test_a_run_of_one_arm_has_no_changes_to_doubt():
    assert codes(SOUND, {**tables(), "differences": pd.DataFrame()}) == []


def test_many_placeholders_are_counted_and_some_named():
    names = tuple(f"exp.{letter}" for letter in "abcdefg")
    (limit,) = limits(Basis(**{**vars(SOUND), "placeholders": names}), tables())
    assert "7 of the 200 numbers" in limit.words()
    assert "exp.e, ..." in limit.words()
    assert "exp.f" not in limit.words()


def test_notes_beside_files_carry_the_banners_or_say_that_there_are_none():
    assert "! UNCALIBRATED" in beside_text("Study", "Tables.", ["UNCALIBRATED: not fitted."])
    assert "Nothing known limits" in beside_text("Study", "Tables.", [])
    assert "! UNCALIBRATED" in readme_text("Study", "complete", ["UNCALIBRATED: not fitted."])


def test_the_outcomes_a_limit_names_are_named_in_the_language_of_the_page():
    (limit,) = limits(SOUND, tables(mcse=1e9))
    english, french = limit.words(language("en")), limit.words(language("fr"))
    assert "verdose deaths" in english
    assert "écès par surdose" in french and "verdose deaths" not in french
