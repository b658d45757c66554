"""Nothing is worked out for a process that is off: no remainder of an all-cause rate can then be impossible."""

from typing import Any

import pytest

from hrsim.errors import StudyError
from tests.simulation.studies import bare, prepared

MANY_OVERDOSES = {"od.nf_rate_pwid_us_post2016": 60.0}
ILL = {"prevalence": 0.95, "diagnosed": 0.0, "treated": 0.0}
# What the remainder is of, the study, and the process that makes it impossible.
CASES: dict[str, tuple[str, dict[str, Any], str]] = {
    "emergency visits": ("emergency_visits", {"parameters": MANY_OVERDOSES}, "overdose"),
    "admissions": ("admissions", {"parameters": MANY_OVERDOSES}, "overdose"),
    "background mortality": (
        "background_mortality",
        {"hiv": ILL, "parameters": {"inf.hiv_mort_cd4lt200_pwid": 5.0}},
        "hiv",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_remainder_of_a_process_that_is_off_is_not_worked_out(case: str) -> None:
    process, study, cause = CASES[case]
    prepared(bare(50, 0.25, {}, on=(cause,), **study))
    with pytest.raises(StudyError, match="modelled causes"):
        prepared(bare(50, 0.25, {}, on=(cause, process), **study))
    prepared(bare(50, 0.25, {}, on=(process,), **study))


def test_a_process_that_is_on_in_one_arm_only_is_worked_out() -> None:
    arms = {"only": {}, "visits": {"processes": {"emergency_visits": True}}}
    with pytest.raises(StudyError, match="modelled causes"):
        prepared(bare(50, 0.25, {}, on=("overdose",), arms=arms, parameters=MANY_OVERDOSES))
