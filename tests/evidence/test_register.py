"""The register loads whole and frozen; a faulty one is refused with every fault at once."""

from __future__ import annotations

import csv
import io
from dataclasses import FrozenInstanceError

import pytest

from hrsim.errors import HrsimError
from hrsim.evidence import describe, load_register
from hrsim.evidence.register import REGISTER_COLUMNS, UnknownEvidence, parse_register
from hrsim.evidence.tables import RegisterError

REGISTER = load_register()
GROUPS = "group,because\n"
SOUND = {
    "id": "od.example",
    "name": "An example",
    "value": "0.2",
    "low": "0.1",
    "high": "0.3",
    "unit": "probability",
    "kind": "probability",
    "distribution": "beta",
    "distribution_parameters": "alpha=12.6;beta=50.4",
    "setting": "nowhere",
    "year": "2026",
    "citation": "Somebody, 2026",
    "identifier": "",
    "interval_obtained": "published",
    "obtained": "seen",
    "grade": "A",
    "currency": "",
    "price_year": "",
    "group": "",
    "group_loading": "",
    "status": "evidence",
    "note": "",
}
COST = {
    "unit": "CAD per visit",
    "kind": "cost",
    "currency": "CAD",
    "price_year": "2020",
    "value": "5",
    "low": "4",
    "high": "6",
    "distribution": "fixed",
    "distribution_parameters": "value=5",
}


def text_of(*rows: dict[str, str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, REGISTER_COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def codes_of(*rows: dict[str, str], groups: str = GROUPS) -> list[str]:
    with pytest.raises(RegisterError) as caught:
        parse_register(text_of(*rows), groups)
    assert all(problem.fix for problem in caught.value.problems)
    return [problem.code for problem in caught.value.problems]


def test_sound_rows_load():
    assert parse_register(text_of(SOUND, {**SOUND, "id": "cost.example", **COST}), GROUPS).ids() == (
        "od.example",
        "cost.example",
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"citation": " "}, "EVIDENCE_SOURCE"),
        ({"distribution": ""}, "EVIDENCE_DISTRIBUTION"),
        ({"distribution": "cauchy"}, "EVIDENCE_DISTRIBUTION"),
        ({"distribution_parameters": "alpha=12.6"}, "EVIDENCE_DISTRIBUTION"),
        ({"distribution_parameters": "alpha=12.6;beta=-1"}, "EVIDENCE_DISTRIBUTION"),
        ({"distribution_parameters": "alpha=12.6;beta=inf"}, "EVIDENCE_DISTRIBUTION"),
        ({"distribution": "fixed", "distribution_parameters": "value=0.25"}, "EVIDENCE_DISTRIBUTION"),
        ({"distribution_parameters": "alpha=twelve;beta=1"}, "EVIDENCE_NUMBER"),
        ({"value": "a fifth"}, "EVIDENCE_NUMBER"),
        ({"value": "0.4"}, "EVIDENCE_RANGE"),
        ({"low": "nan"}, "EVIDENCE_VALUE"),
        ({"kind": "chance"}, "EVIDENCE_KIND"),
        ({"unit": "per person-year"}, "EVIDENCE_UNIT"),
        ({"distribution": "normal", "distribution_parameters": "mean=0.2;sd=0.5"}, "EVIDENCE_SUPPORT"),
        ({"id": ""}, "EVIDENCE_ID"),
        ({"grade": "D"}, "EVIDENCE_GRADE"),
        ({"status": "placeholder"}, "EVIDENCE_GRADE"),
        ({"status": "rumour"}, "EVIDENCE_STATUS"),
        ({"group": "together"}, "EVIDENCE_GROUP"),
        ({"group_loading": "0.5"}, "EVIDENCE_GROUP"),
        ({"price_year": "2020"}, "EVIDENCE_MONEY"),
        ({**COST, "price_year": ""}, "EVIDENCE_MONEY"),
        ({**COST, "currency": "USD"}, "EVIDENCE_MONEY"),
    ],
)
def test_a_faulty_row_is_refused(change, code):
    assert code in codes_of({**SOUND, **change})


def test_a_fixed_value_outside_its_kind_is_refused():
    change = {"value": "1.2", "high": "1.3", "distribution": "fixed", "distribution_parameters": "value=1.2"}
    assert codes_of({**SOUND, **change}) == ["EVIDENCE_RANGE", "EVIDENCE_SUPPORT"]


def test_all_faults_of_all_rows_are_reported_at_once():
    rows = ({**SOUND, "citation": ""}, {**SOUND, "value": "9"}, {**SOUND, "id": "b", "unit": "years"})
    found = codes_of(*rows)
    assert set(found) == {"EVIDENCE_SOURCE", "EVIDENCE_RANGE", "EVIDENCE_UNIT", "EVIDENCE_DUPLICATE"}


def test_groups_are_declared_and_used():
    grouped = {**SOUND, "group": "pair", "group_loading": "0.9"}
    assert codes_of(grouped) == ["EVIDENCE_GROUP"]
    assert codes_of(SOUND, groups="group,because\npair,they go together\n") == ["EVIDENCE_GROUP"]
    assert codes_of(grouped, groups="group,because\npair,\n") == ["EVIDENCE_GROUP"]
    assert len(parse_register(text_of(grouped), "group,because\npair,they go together\n")) == 1


def test_wrong_columns_and_ragged_rows_are_refused():
    with pytest.raises(RegisterError, match="EVIDENCE_COLUMNS"):
        parse_register("id,name\na,b\n", GROUPS)
    with pytest.raises(RegisterError, match="cells, expected"):
        parse_register(text_of(SOUND) + "a,b\n", GROUPS)


def test_an_unknown_id_names_the_nearest():
    with pytest.raises(UnknownEvidence, match=r"did you mean .*od\.witnessed") as caught:
        REGISTER["od.witnesed"]
    assert isinstance(caught.value, HrsimError)
    assert isinstance(caught.value, KeyError)
    assert caught.value.exit_code == 3
    with pytest.raises(UnknownEvidence, match="list the ids"):
        REGISTER["zzzzzzzz"]


def test_rows_are_frozen_and_the_register_is_read_once():
    row = REGISTER["od.witnessed"]
    with pytest.raises(FrozenInstanceError):
        row.value = 0.0
    with pytest.raises(TypeError):
        row.distribution_parameters["min"] = 0.0
    assert load_register() is REGISTER


def test_overrides_leave_the_register_as_it_was():
    other = parse_register(text_of({**SOUND, "id": "od.witnessed"}), GROUPS)["od.witnessed"]
    changed = REGISTER.with_overrides([other])
    assert changed["od.witnessed"] is other
    assert REGISTER["od.witnessed"] is not other
    assert changed.ids() == REGISTER.ids()


def test_placeholders_are_named_exp_or_say_that_they_are_elicited():
    for row in REGISTER.values():
        assert row.is_placeholder == (row.obtained == "elicited"), row.id
        assert not row.id.startswith("exp.") or row.is_placeholder, row.id


def test_no_figure_with_an_assumed_or_recalled_interval_has_grade_a():
    for row in REGISTER.values():
        if row.grade == "A":
            assert row.interval_obtained == "published" and row.obtained == "seen", row.id


def test_a_derived_row_names_the_rows_it_comes_from_and_is_graded_no_better():
    derived = [row for row in REGISTER.values() if row.citation.startswith("hrsim derivation from ")]
    assert derived
    for row in derived:
        names = row.citation.removeprefix("hrsim derivation from ").split(": ")[0].split(", ")
        grades = [REGISTER[name].grade for name in names]
        assert "placeholder" not in grades, row.id
        assert row.grade >= max("B", *grades), row.id


def test_a_description_carries_value_unit_source_interval_and_grade():
    text = describe(REGISTER["cost.met_month_can"])
    for part in ("579.2", "CAD per month", "CAD of 2020", "Enns B", "model_input", "grade        B"):
        assert part in text
    assert "not evidence" in describe(REGISTER["exp.custody_share"])
    assert "group oat_stay, loading -0.9" in describe(REGISTER["oat.weibull_rate_met_first"])
