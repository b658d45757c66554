"""The table of the catalogue: each service alone changes what it should, costs what it should, and nothing else."""

import numpy as np
import pytest
from numpy.typing import NDArray

from hrsim.economics.currency import CurrencyYear, load_conversions
from hrsim.engine.ledger import Ledger
from hrsim.evidence.register import load_register
from hrsim.experiment.parameters import study_register
from hrsim.experiment.valuing import valuer
from hrsim.processes.events import EVENTS
from hrsim.units import TICKS_PER_YEAR
from tests.catalogue.studies import (
    CATALOGUE,
    TABLE,
    arm,
    ledgers,
    measured,
    neutral,
    standard_errors,
    study,
    without,
)
from tests.simulation.studies import central

STANDARD_ERRORS = 4.0
CENT = 0.005
# Starts of treatment that are followed, and who is retained, are counts of the treatment's own clients.
OF_OTHERS = [not name.startswith("oat_") for name in EVENTS]
MODELLED = [name for name, row in TABLE.items() if row["changes"] != "none"]
NOT_MODELLED = [name for name, row in TABLE.items() if row["changes"] == "none"]
# What the price of each line is paid for, written out here once more.
QUANTITY = {
    "client_year": ("client_ticks", TICKS_PER_YEAR),
    "open_year": ("open_ticks", TICKS_PER_YEAR),
    "site_year": ("site_ticks", TICKS_PER_YEAR),
    "contact": ("contacts", 1),
    "start": ("starts", 1),
    "kit": ("items", 1),
}


def test_the_table_has_every_service_of_the_catalogue() -> None:
    assert set(TABLE) == set(CATALOGUE)


@pytest.mark.parametrize("service", MODELLED)
def test_a_service_alone_changes_what_it_should(service: str) -> None:
    for what, sign in TABLE[service]["changes"].items():
        size = standard_errors(service, what)
        assert (size if sign == "+" else -size) > STANDARD_ERRORS, (what, size)


@pytest.mark.parametrize("service", TABLE)
def test_without_effect_it_changes_nothing_else(service: str) -> None:
    """Events, person-time and other services differ by exactly 0; its own clients and costs stay."""
    assert_only_its_own(service, f"{service}_neutral")


@pytest.mark.parametrize("service", NOT_MODELLED)
def test_a_service_without_modelled_benefit_changes_nothing_else(service: str) -> None:
    assert_only_its_own(service, service)
    assert "not modelled" in CATALOGUE[service]["because"]
    assert all(measured(one, f"{service}.contacts", service) > 0 for one in ledgers())


def assert_only_its_own(service: str, name: str) -> None:
    a, b = arm(without(service)), arm(name)
    for one in ledgers():
        np.testing.assert_array_equal(one.events[a][..., OF_OTHERS], one.events[b][..., OF_OTHERS])
        np.testing.assert_array_equal(over_treatments(one, a), over_treatments(one, b))
        others = [s for s, other in enumerate(one.service_names) if other != service]
        np.testing.assert_array_equal(one.service_flow[a][:, others], one.service_flow[b][:, others])


def over_treatments(ledger: Ledger, a: int) -> NDArray[np.int64]:
    """Return person-ticks by state, summed over opioid agonist treatment: being enrolled is itself a state there."""
    assert ledger.state_dimensions[0][0] == "oat"
    levels = len(ledger.state_dimensions[0][1])
    return ledger.state_ticks[a].reshape(*ledger.state_ticks[a].shape[:2], levels, -1).sum(axis=2)


def test_neutral_takes_effects_away_and_no_clients() -> None:
    """The test above would pass if the neutral arm had no clients at all."""
    assert neutral("prep")["effects"][0]["multiplier"] == 1.0
    for service in TABLE:
        assert all(measured(one, f"{service}.contacts", f"{service}_neutral") > 0 for one in ledgers()), (
            service
        )


@pytest.mark.parametrize("service", TABLE)
def test_a_service_costs_its_flows_times_its_prices(service: str) -> None:
    """To the cent, each line by hand: ledger x price of the register in money of 2024, and no line beside them."""
    register, parameters = load_register(), central(study())
    value = valuer(study().study, study_register(register, study().study, study().rows))
    money, conversions = CurrencyYear("CAD", 2024), load_conversions()
    for one in ledgers()[:2]:
        valued = value.value(one, parameters)
        named = [line.name for line in valued.lines]
        costs = {name: valued.costs[:, :, number].sum(axis=1) for number, name in enumerate(named)}
        mine = [name for name in named if name.startswith(f"{service}.")]
        expected = 0.0
        for line in CATALOGUE[service].get("costs", ()):
            row = register[line["price"]["evidence"]]
            price = row.value * line["price"].get("times", 1)
            price *= conversions.factor(CurrencyYear(row.currency, row.price_year), money)
            expected += price * quantity(one, service, line["per"])
        assert abs(sum(costs[name][arm(service)] for name in mine) - expected) < CENT
        assert (expected > 0.0) == bool(CATALOGUE[service].get("costs"))
        assert all(costs[name][arm(without(service))] == 0.0 for name in mine)


def quantity(ledger: Ledger, service: str, per: str) -> float:
    if per == "set_up":
        return 1.0
    flow, unit = QUANTITY[per]
    return measured(ledger, f"{service}.{flow}", service) / unit
