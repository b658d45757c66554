"""A report made by hand, for every test of reports."""

import pytest

from tests.report.made import evidence_tables, make, money_tables


@pytest.fixture(scope="session")
def make_report():
    """Give a function that makes a report; tables given by name replace its own, None takes one away."""
    return make


@pytest.fixture(scope="session")
def make_money():
    """Give a function that makes the money tables with a change of net benefit for each arm."""
    return money_tables


@pytest.fixture(scope="session")
def make_evidence():
    """Give a function that makes the tables of evidence with a note of an assumption."""
    return evidence_tables
