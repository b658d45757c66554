"""Every row says where it is used, and every row that the code names is found."""

import ast
from pathlib import Path

import pytest

import hrsim
from hrsim.cli.evidence_uses import NOWHERE, uses, uses_text
from hrsim.evidence import load_register


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ("od.witnessed", "process overdose"),
        ("od.mult_fentanyl", "process supply"),
        ("exp.od_reference_exposure", "process supply"),
        ("exp.entry_injecting_share", "people at the start and people who enter"),
        ("cost.amb_can", "price of ambulance"),
        ("vsl.can_2007", "value of a life"),
        ("ut.hcv_dc", "utility: liver"),
        ("ut.od_month_can", "utility: overdose_nonfatal"),
        ("exp.thn_reach_rate", "service take_home_naloxone: reach"),
        ("pop.age_mean_bc", "study settings/british_columbia.yaml: population.age.mean"),
        ("od.mult_inject", "study settings/british_columbia.yaml: parameters.od.mult_inject"),
    ],
)
def test_a_row_is_found_where_it_is_used(row, place):
    assert place in list(uses(row))


def test_a_row_that_nothing_uses_says_so():
    assert NOWHERE in uses_text("vsl.epa_2022usd")


def test_every_row_that_the_processes_name_has_a_use():
    register = load_register()
    package = Path(hrsim.__file__).parent
    files = [*package.glob("processes/*.py"), *package.glob("world/*.py"), package / "people.py"]
    named = {
        node.value
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in register
    }
    assert len(named) > 50
    assert [row for row in sorted(named) if not list(uses(row))] == []


def test_the_verb_prints_the_uses(hrsim):
    done = hrsim("evidence", "od.witnessed")
    assert "used in      process overdose" in done.out
    assert hrsim("evidence", "od.witnesed").code == 3
