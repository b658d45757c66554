"""What limits the use of a run, and only what does."""

import pandas as pd
import pytest

from hrsim.report.fitness import Basis, largest_error_share, limits
from hrsim.report.language import language
from hrsim.report.texts import beside_text, readme_text

SOUND = Basis(calibrated=True, placeholders=(), numbers=200, samples=100, point_values=False)


def tables(mcse=1.0, mean=-100.0):
    """Give the tables of a run with one headline: overdose deaths of two arms."""
    key = {"group": "all", "measure": "overdose_death", "discounted": False}
    total = {**key, "mean": 500.0, "low": 400.0, "high": 600.0, "mcse": 5.0}
    change = {**key, "arm": "more", "comparator": "now", "mean": mean, "mcse": mcse}
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
    at = largest_error_share() * 100.0
    assert codes(SOUND, tables(mcse=at)) == []
    assert codes(SOUND, tables(mcse=at * 1.01)) == ["monte_carlo_error"]
    assert codes(SOUND, tables(mcse=0.0, mean=0.0)) == []
    assert codes(SOUND, tables(mcse=0.01, mean=0.0)) == ["monte_carlo_error"]
    (limit,) = limits(SOUND, tables(mcse=50.0))
    assert "10 % of the change for 1 of the 1 headline changes (Overdose deaths)" in limit.words()


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
